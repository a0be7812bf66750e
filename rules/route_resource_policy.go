package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

var routeResourcePolicy = diagnose.Rule{
	ID:       "route-resource-policy",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	APIs:     restOnly,
	Title:    "the API's resource policy refuses the call",
	Doc: `An API may carry a policy of its own. When it has one, a call without AWS credentials needs a statement that allows
execute-api:Invoke on the method to everybody, and no statement that denies it; otherwise API Gateway answers 403 "User:
anonymous is not authorized to perform: execute-api:Invoke". Where the method asks for a signed call (AWS_IAM) or has a Lambda
authorizer, that caller's or authorizer's policy may allow as well, and only a Deny refuses. A private API needs such a policy: without one it cannot be deployed. A change of the policy takes
effect with the next deployment only.

Repair: allow execute-api:Invoke on the stage and method, narrowed by aws:SourceIp, aws:SourceVpce or the like, and deploy.`,
	Explains: []walk.ErrorCode{walk.GatewayAccessDenied, walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html"},
	When:     hasMethod,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		text, ok := r.API.Policy.Read(p.Gaps())
		if !ok {
			return
		}
		if r.Policy == nil {
			failure := p.Failed(walk.StageRoute)
			if failure != nil && r.PolicyMissing {
				open := p.Fix("allow calls through VPC endpoint VPC-ENDPOINT-ID in the resource policy of the API", snapshot.SetStatement{On: apiPolicy(p), After: endpointStatement})
				open.Blank = "put the id of your VPC endpoint in the place of VPC-ENDPOINT-ID"
				p.ReportAs(diagnose.Finding{
					Fixes:    []diagnose.Fix{open},
					Message:  "the API is private and has no resource policy",
					Why:      "AWS refuses to deploy it: \"" + failure.Message + "\".",
					Evidence: []diagnose.Evidence{{Label: "resource policy of the API", Value: "none", Origin: r.API.Policy.Origin()}},
					Check:    diagnose.Say("deploy the API: AWS answers at once"),
				}, failure)
			}
			if text != "" {
				p.Requires(walk.StageRoute) // the policy may not have been understood
			}
			return
		}
		f := diagnose.Finding{
			Message:  "the API's resource policy lets no anonymous caller invoke " + walk.MethodName(r.Method),
			Why:      "With a resource policy on the API, a call without AWS credentials has to be allowed by it.",
			Evidence: []diagnose.Evidence{{Label: "resource policy of the API", Value: excerpt([]byte(text)), Origin: r.API.Policy.Origin()}},
		}
		switch {
		case r.Policy.Effect == walk.Denied && p.Failed(walk.StageRoute) != nil && p.Failed(walk.StageRoute).Code == walk.GatewayAccessDenied:
			if r.Policy.Explicit && len(r.Policy.Statements) > 0 {
				s := r.Policy.Statements[0]
				f.Message = fmt.Sprintf("the API's resource policy denies the call (%s)", policyStatement(s))
				f.Evidence[0].Origin = policyOrigin(r.API.Policy.Origin(), s)
				if before, ok := statementText(text, s.Statement); ok {
					f.Fixes = []diagnose.Fix{p.Fix("remove the Deny ("+policyStatement(s)+") from the resource policy, or take this call out of it",
						snapshot.SetStatement{On: apiPolicy(p), Index: s.Statement, Before: before})}
				}
			} else {
				f.Fixes = []diagnose.Fix{invocable(p)}
			}
			p.ReportAs(f, p.Failed(walk.StageRoute))
		case r.Policy.Effect == walk.Undecided && !r.CallerDecides:
			p.Requires(walk.StageRoute)
		case r.Policy.Effect == walk.Undecided && p.Awkward == "":
			f.Severity = diagnose.Note
			f.Message = "whether the API's resource policy lets a caller in depends on who calls"
			f.Why = "The policy looks at the caller's address, VPC or identity; a caller that does not fit gets 403."
			p.Report(f)
		}
	},
}

func policyStatement(m walk.Match) string {
	if m.Sid != "" {
		return fmt.Sprintf("statement %q", m.Sid)
	}
	return fmt.Sprintf("statement %d", m.Statement)
}

func policyOrigin(o snapshot.Origin, m walk.Match) snapshot.Origin {
	return o.At(fmt.Sprintf("Statement[%d]", m.Statement-1))
}

func apiPolicy(p *diagnose.Pass) snapshot.PolicyTarget {
	return snapshot.PolicyTarget{Kind: "api", Resource: p.Trace.Route.API.ID}
}

const endpointStatement = `{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*","Condition":{"StringEquals":{"aws:SourceVpce":"VPC-ENDPOINT-ID"}}}`

// invocable lets everybody call the method.
func invocable(p *diagnose.Pass) diagnose.Fix {
	r := &p.Trace.Route
	stage := "*"
	if r.Stage != nil {
		stage = r.Stage.Name
	}
	path := placeholderRE.ReplaceAllString(strings.TrimPrefix(r.Method.Path, "/"), "*")
	fix := p.Fix("allow everybody to invoke "+walk.MethodName(r.Method)+" in the resource policy of the API", snapshot.SetStatement{On: apiPolicy(p), After: compact(struct {
		Effect, Principal, Action, Resource string
	}{"Allow", "*", "execute-api:Invoke", "execute-api:/" + stage + "/" + strings.ReplaceAll(r.Method.HTTPMethod, "ANY", "*") + "/" + path})})
	fix.Choice = "it lets callers in whom the policy keeps out now; narrow it by aws:SourceIp or aws:SourceVpce where only some are meant"
	return fix
}

// placeholderRE finds a parameter of a path.
var placeholderRE = lazy.Regexp(`\{[^{}]+\}`)
