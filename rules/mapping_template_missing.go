package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingTemplateMissing = diagnose.Rule{
	ID:       "mapping-template-missing",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "no mapping template for the client's Content-Type: the raw body goes on to SQS",
	Doc: `API Gateway chooses the mapping template by the media type of the client's Content-Type; no Content-Type means
application/json. When none fits, the passthrough behavior decides: WHEN_NO_MATCH, the default, and WHEN_NO_TEMPLATES without
any template send the client's body on as it is. SQS then finds no action in it: 404 UnknownOperationException, or, when the
integration calls the body a form, 403 AccessDenied, although no permission is missing.

An integration that has its action in the query string needs no template.

Repair: add a template for that content type (or for $default), let the client send the content type that has one, and
set the passthrough behavior to NEVER so that other calls are refused with 415.`,
	Explains: []walk.ErrorCode{walk.UnknownOperation, walk.AccessDenied, walk.MissingParameter},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html",
	},
	When: judges(walk.StageMapping),
	Check: func(p *diagnose.Pass) {
		m := &p.Trace.Mapping
		failure := p.Failed(walk.StageProtocol)
		if !m.Choice.Pass || failure == nil {
			return
		}
		if !p.Trace.Protocol.Faults.PassedOn || p.Awkward != "" && p.Trace.Protocol.Call.Action != "" && p.Trace.Signing.URI.Action == "" {
			return // the client speaks to SQS itself, and says something wrong
		}
		f := diagnose.Finding{
			Message: fmt.Sprintf("no mapping template for %q: the client's body goes to SQS as it is", m.Wanted),
			Why:     "SQS finds no operation in the client's own body; its answer speaks of an unknown operation or of access, not of a template.",
			Evidence: []diagnose.Evidence{
				{Label: templateKeys(p), Value: cmp.Or(quoteAll(m.Keys), "none"), Origin: m.Integration.Templates.Origin()},
				{Label: "passthrough behavior", Value: cmp.Or(m.Passthrough, "WHEN_NO_MATCH"), Origin: m.Integration.Passthrough.Origin()},
				{Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(m.Body))))},
			},
			Fixes: templateFixes(p),
		}
		if r, ok := withTemplate(p); ok {
			f.Request = &r
		}
		if p.Awkward != "" {
			f.Fixes = append([]diagnose.Fix{p.Fix("set the passthrough behavior to NEVER: calls without a template are refused with "+answerOr(p, "415"), snapshot.SetIntegration{On: p.Method(),
				Field: snapshot.FieldPassthrough, Before: m.Passthrough, After: "NEVER"})}, f.Fixes...)
		}
		p.ReportAs(f, failure)
	},
}

// templateKeys names what templates are chosen by.
func templateKeys(p *diagnose.Pass) string {
	if frames(p) {
		return "keys that have a template"
	}
	return "content types that have a template"
}

// frames tells a WebSocket API, whose client gets frames and no status.
func frames(p *diagnose.Pass) bool {
	return p.Trace.Route.API != nil && p.Trace.Route.API.Type == snapshot.WebSocket
}

// answerOr is an answer of API Gateway's own by its status, which a frame does not have.
func answerOr(p *diagnose.Pass, status string) string {
	if frames(p) {
		return "an error frame"
	}
	return status
}

// reasonLog is the log that names the reason of a failure of API Gateway's own: HTTP
// APIs have no execution log.
func reasonLog(p *diagnose.Pass) string {
	if p.Trace.Route.API != nil && p.Trace.Route.API.Type == snapshot.HTTP {
		return "an access log with $context.integrationErrorMessage"
	}
	return "the execution log"
}

// withTemplate is the call with a Content-Type that has a template.
func withTemplate(p *diagnose.Pass) (walk.Request, bool) {
	if frames(p) {
		return walk.Request{}, false // which frame gives a key depends on the expression
	}
	for _, key := range p.Trace.Mapping.Keys {
		if key != "$default" {
			return p.Trace.Request.WithHeader("Content-Type", key), true
		}
	}
	return walk.Request{}, false
}
