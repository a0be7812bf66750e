package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var routeRequestValidation = diagnose.Rule{
	ID:       "route-request-validation",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	APIs:     restOnly,
	Title:    "the request validator refuses the call",
	Doc: `A method with a request validator is checked before the integration is called: first the required headers, path and
query parameters (400 "Missing required request parameters: [...]"), then the body against the model of its content type
(400 "Invalid request body"; an absent body fails too). A content type without a model is not checked. To refuse bad calls
loudly is good practice, so this is a fault of the call unless the model is wrong.

Repair: send what the model and the method's parameters ask for, or change the model and deploy.`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html"},
	NoFix:    "the call does not fit the model or the required parameters; the validator does its work",
	When:     hasMethod,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		if _, ok := r.Method.ValidatorID.Read(p.Gaps()); !ok {
			return
		}
		if r.Validation == "" {
			p.Requires(walk.StageRoute)
			return
		}
		if p.Awkward != "" {
			return // a call that is refused loudly harms nobody
		}
		failure := p.Failed(walk.StageRoute)
		if failure == nil {
			return
		}
		f := diagnose.Finding{
			Message: "the request validator refuses the call: " + r.Validation,
			Why:     "API Gateway answers 400 \"" + failure.Message + "\" and does not call SQS.",
			Evidence: []diagnose.Evidence{
				{Label: "request validator of the method", Value: r.Validation, Origin: r.Method.ValidatorID.Origin()},
				{Label: "body of the call", Value: excerpt([]byte(p.Trace.Request.Body))},
			},
		}
		if corrected, ok := p.Valid(); ok {
			f.Request, f.Check = &corrected, p.Curl(corrected)
		}
		if strings.HasPrefix(r.Validation, "Missing") {
			f.Evidence = f.Evidence[:1]
		}
		p.ReportAs(f, failure)
	},
}
