package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingReservedHeader = diagnose.Rule{
	ID:       "mapping-reserved-header",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a mapped header that makes every call fail",
	Doc: `API Gateway writes some headers of a call to an AWS service itself. A mapping that sets one of them is stored and
deployed without complaint, and then every call is answered with 500 before SQS is reached: Authorization, Connection,
Content-Length, Expect, Proxy-Authenticate, TE, Transfer-Encoding, X-Amzn-Trace-Id, X-Amzn-Apigateway-Api-Id. To hand a client's
Authorization header on, put it into a message attribute or into the message.

Repair: remove the mapping.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html"},
	When:     reached,
	Check: func(p *diagnose.Pass) {
		if len(p.Trace.Mapping.Fatal) == 0 {
			p.Requires(walk.StageMapping)
			return
		}
		for _, h := range p.Trace.Mapping.Fatal {
			f := diagnose.Finding{
				Message:  fmt.Sprintf("the header %q is mapped, which makes the call fail", h.Name),
				Why:      "API Gateway sets this header of a call to an AWS service itself and answers " + answerOr(p, "500") + " when a mapping sets it too.",
				Evidence: []diagnose.Evidence{{Label: "integration request header " + h.Name, Value: h.Expression, Origin: h.Origin}},
			}
			if !strings.HasPrefix(h.Expression, "$context.") {
				f.Fixes = []diagnose.Fix{p.Fix("remove the mapping of "+h.Name,
					snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.header." + h.Name, Before: h.Expression})}
			}
			p.ReportAs(f, p.Failed(walk.StageMapping))
		}
	},
}
