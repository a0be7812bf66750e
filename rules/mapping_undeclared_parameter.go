package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingUndeclaredParameter = diagnose.Rule{
	ID:       "mapping-undeclared-parameter",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     restOnly,
	Title:    "a mapping reads a parameter that the method does not declare",
	Doc: `A request parameter mapping may read method.request.header.NAME, .querystring.NAME and .path.NAME only when the method
declares that parameter under its request parameters (true for required, false for optional). Otherwise API Gateway refuses to
store the integration: "Invalid mapping expression parameter specified". Names are compared with regard to case. Mapping
templates need no declaration.

Repair: declare the parameter on the method.`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html"},
	When:     reached,
	Check: func(p *diagnose.Pass) {
		clean := true
		for _, refused := range p.Trace.Mapping.Refused {
			if !refused.Undeclared {
				continue
			}
			clean = false
			also, fixes := declaredAs(p, refused)
			p.ReportAs(diagnose.Finding{
				Message: fmt.Sprintf("%s reads %s, which the method does not declare%s", refused.Name, refused.Expression, also),
				Why:     "PutIntegration answers 400: " + refused.Err.Error() + ".",
				Evidence: []diagnose.Evidence{
					{Label: refused.Name, Value: refused.Expression, Origin: refused.Origin},
					{Label: "request parameters of the method", Value: "no " + refused.Declaration, Origin: p.Trace.Route.Method.RequestParameters.Origin()},
				},
				Fixes: append(fixes, p.Fix("declare "+refused.Declaration+" on the method",
					snapshot.DeclareParameter{On: p.Method(), Name: refused.Declaration})),
				Check: diagnose.Say("deploy the template, or put the integration again: AWS answers at once"),
			}, p.Failed(walk.StageMapping))
		}
		for _, refused := range p.Trace.Response.Refused {
			if refused.Undeclared {
				clean = false
				p.ReportAs(diagnose.Finding{
					Message:  fmt.Sprintf("a response mapping sets %s, which the method response does not declare", refused.Name),
					Why:      "PutIntegrationResponse answers 400: " + refused.Err.Error() + ".",
					Evidence: []diagnose.Evidence{{Label: refused.Name, Value: refused.Expression, Origin: refused.Origin}},
					Fixes:    replyFixes(p, p.Method(), p.Trace.Route.Method, refused.Name, refused.Expression),
					Check:    diagnose.Say("declare the header under the responseParameters of the method response, or remove the mapping"),
				}, p.Failed(walk.StageResponse))
			}
		}
		if clean {
			p.Requires(walk.StageMapping)
		}
	},
}

// declaredAs is the parameter that the method declares under another spelling, in
// words, and the fix that reads it.
func declaredAs(p *diagnose.Pass, refused walk.Refused) (also string, fixes []diagnose.Fix) {
	at := strings.LastIndex(refused.Declaration, ".") + 1
	if parts := strings.SplitN(refused.Declaration, ".", 4); len(parts) == 4 {
		at = len(refused.Declaration) - len(parts[3])
	}
	place, name := refused.Declaration[:at], refused.Declaration[at:]
	declared, _ := p.Trace.Route.Method.RequestParameters.Read(p.Gaps())
	var names []string
	for _, parameter := range slices.Sorted(maps.Keys(declared)) {
		if rest, ok := strings.CutPrefix(parameter, place); ok {
			names = append(names, rest)
		}
	}
	meant := nearest(name, names)
	if meant == "" {
		return "", nil
	}
	return "; it declares " + place + meant, []diagnose.Fix{p.Fix("read "+place+meant+", which the method declares", snapshot.SetRequestParameter{
		On: p.Method(), Name: refused.Name, Before: refused.Expression, After: strings.Replace(refused.Expression, name, meant, 1)})}
}
