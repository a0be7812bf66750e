package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var mappingInvalidJSONBody = diagnose.Rule{
	ID:       "mapping-invalid-json-body",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "a mapping reads the body as JSON, and the client's is none",
	Doc: `A request parameter mapping that reads method.request.body looks into the body: one that begins like JSON and is none is
answered with 400 "Invalid JSON in request body", and SQS is not called. Other text passes as it is, an empty body counts as {}.
Mapping templates are not so strict.

Repair: send JSON. To take any body, use a mapping template with $util.urlEncode($input.body) in place of the mapping.`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html"},
	NoFix:    "the client's body is at fault",
	When:     reached,
	Check: func(p *diagnose.Pass) {
		failure := p.Failed(walk.StageMapping)
		if !p.Trace.Mapping.InvalidJSON || failure == nil || failure.Status != 400 {
			p.Requires(walk.StageMapping)
			return
		}
		if p.Awkward != "" {
			return // a call that is refused loudly harms nobody
		}
		p.ReportAs(diagnose.Finding{
			Message:  "the body begins like JSON and is none",
			Why:      "API Gateway answers 400 \"" + failure.Message + "\" because a request parameter mapping reads method.request.body.",
			Evidence: []diagnose.Evidence{{Label: "body of the call", Value: excerpt([]byte(p.Trace.Request.Body)), Origin: p.Trace.Mapping.Integration.RequestParameters.Origin()}},
		}, failure)
	},
}
