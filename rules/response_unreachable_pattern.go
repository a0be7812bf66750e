package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseUnreachablePattern = diagnose.Rule{
	ID:       "response-unreachable-pattern",
	Stage:    walk.StageResponse,
	Severity: diagnose.Warning,
	APIs:     restOnly,
	Title:    "an integration response that nothing selects",
	Doc: `For SQS, as for every AWS service but Lambda, the selection pattern is a regular expression that has to match the HTTP
status as a whole: 4\d{2}, 403, 5.*. A pattern such as ".*AccessDenied.*" is compared with "403" and never matches; a second
response without a pattern is never used, because the first one is the default; and a pattern behind one that takes all its
statuses is dead too. Errors then take another way than its author believes.

Repair: write the pattern for the status that the response is meant for.`,
	Refs: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html"},
	When: judgesAnswers,
	Check: func(p *diagnose.Pass) {
		for _, u := range p.Trace.Response.Unreachable {
			f := diagnose.Finding{
				Severity: diagnose.Note,
				Message:  fmt.Sprintf("the integration response %s is never used: %s", u.Response.Status, u.Why),
				Why:      "API Gateway compares the pattern with the status that SQS answers, from the first digit to the last.",
				Evidence: []diagnose.Evidence{{Label: "selection pattern", Value: cmp.Or(u.Response.Pattern, "none"), Origin: u.Response.Origin}},
				Check:    p.Stored("get-integration", "look at the integration responses"),
			}
			if u.Never {
				f.Severity = diagnose.Warning
			}
			if s := u.Response.Status; len(s) == 3 && (u.Never || u.Response.Pattern == "") {
				before, after := u.Response, u.Response
				after.Pattern = s[:1] + `\d{2}`
				f.Fixes = []diagnose.Fix{p.Fix(fmt.Sprintf("select the response %s by the pattern %s", s, after.Pattern),
					snapshot.SetIntegrationResponse{On: p.Method(), Before: &before, After: &after})}
			} else {
				before := u.Response
				f.Fixes = []diagnose.Fix{p.Fix("remove the response that is never used",
					snapshot.SetIntegrationResponse{On: p.Method(), Before: &before})}
			}
			p.Report(f)
		}
	},
}
