package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var routeAuthorization = diagnose.Rule{
	ID:       "route-authorization",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "the call lacks the credentials that the method asks for",
	Doc: `Before it looks at the integration, API Gateway checks what the method asks of its caller: a request signed with
Signature Version 4 (authorization AWS_IAM; without one 403 Missing Authentication Token), the header or query parameter that
the authorizer reads (401 Unauthorized), or the header x-api-key with a key of a usage plan that covers the stage (403
Forbidden). Nothing of this concerns the role that sends to SQS.

Repair: send what is asked for. Whether the credentials are good only the authorizer knows.`,
	Explains: []walk.ErrorCode{walk.MissingAuthenticationToken, walk.Unauthorized, walk.Forbidden},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html",
	},
	NoFix: "the caller has to send credentials; taking the protection away is no repair",
	When:  hasMethod,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		kind, ok := r.Method.Authorization.Read(p.Gaps())
		required, known := r.Method.APIKeyRequired.Read(p.Gaps())
		if !ok || !known || len(r.Lacks) == 0 {
			return
		}
		origin := r.Method.Authorization.Origin()
		label, value := "authorization of the method", kind
		corrected := p.Trace.Request
		switch {
		case required && strings.Contains(r.Lacks[0], "x-api-key"):
			origin, label, value = r.Method.APIKeyRequired.Origin(), "apiKeyRequired", "true"
			corrected = corrected.WithHeader("x-api-key", "<a key of a usage plan of this stage>")
		case kind == "AWS_IAM":
			corrected = corrected.WithHeader("Authorization", "AWS4-HMAC-SHA256 <signature of the request>")
		default:
			corrected = p.WithCredentials(corrected)
		}
		p.ReportAs(diagnose.Finding{
			Message:  "the call lacks " + strings.Join(r.Lacks, " and "),
			Why:      "API Gateway refuses the call before the integration is looked at.",
			Evidence: []diagnose.Evidence{{Label: label, Value: value, Origin: origin}},
			Request:  &corrected,
			Check:    p.Curl(corrected),
		}, p.Failed(walk.StageRoute))
	},
}
