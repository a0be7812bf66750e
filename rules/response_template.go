package rules

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var responseTemplate = diagnose.Rule{
	ID:       "response-template",
	Stage:    walk.StageResponse,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the response template fails or prints nothing",
	Doc: `A response template turns SQS's answer into the client's. One that does not parse, or that fails, gives the client 500 while
the message is already in the queue, so the client may send it again. One that reads members which the answer does not have prints
holes: over the query protocol SQS answers {"SendMessageResponse":{"SendMessageResult":{"MessageId":...}}} in JSON, and XML when
the integration maps Accept to application/xml (nothing can be read from XML by path); over the JSON protocol the members stand at the top.

Repair: mend the template, or read the members where they stand.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html"},
	When:     judgesAnswers,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Response
		failure := p.Failed(walk.StageResponse)
		for _, broken := range r.BrokenTemplates {
			f := diagnose.Finding{
				Severity: diagnose.Warning,
				Message:  fmt.Sprintf("the response template %s does not work: %s", forStatus(broken.Response.Status, broken.ContentType), broken.Err),
				Why:      failing(p) + " when it cannot transform the response; what SQS did stays done.",
				Evidence: []diagnose.Evidence{{Label: "response template " + broken.ContentType, Value: excerpt([]byte(broken.Response.Templates[broken.ContentType])), Origin: broken.Response.Origin}},
				Fixes:    []diagnose.Fix{p.Fix("remove the response template "+forStatus(broken.Response.Status, cmp.Or(broken.ContentType, "every type"))+": the answer of SQS goes on as it is", withoutTemplate(p, broken))},
			}
			if failure != nil && broken.Chosen {
				f.Severity = diagnose.Error
				p.ReportAs(f, failure)
				continue
			}
			p.Report(f)
		}
		if bad := r.Malformed; bad != nil {
			p.Report(diagnose.Finding{
				Severity: diagnose.Warning,
				Message:  "the answer is meant to be JSON and is none: " + bad.Problem,
				Why:      "The client cannot read the answer as JSON, whatever its Content-Type says.",
				Evidence: []diagnose.Evidence{
					{Label: fmt.Sprintf("response template of %s, line %d, column %d", r.Chosen.Status, bad.Line, bad.Column), Value: cmp.Or(bad.Reference, "none"), Origin: r.Chosen.Origin},
					{Label: "answer that the client gets", Value: excerpt([]byte(r.Body.String()))},
				},
				Fixes: answerAsJSON(p, bad),
			})
		}
		contextless(p)
		if r.SQSStatus != 200 || r.Rendered == nil {
			if r.SQSStatus == 0 {
				p.Requires(walk.StageResponse)
			}
			return
		}
		var names []string
		for _, e := range r.Rendered.Empty {
			if !e.Quiet && e.Reason != walk.EmptyText && e.Reason != walk.AbsentContextValue && !strings.HasPrefix(e.Reference, "$context") {
				names = append(names, e.Reference)
			}
		}
		if len(names) == 0 {
			return
		}
		p.Report(diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  fmt.Sprintf("the response template prints nothing for %s", strings.Join(names, ", ")),
			Why:      "SQS's answer has no such member, or is XML, which templates cannot read by path.",
			Evidence: []diagnose.Evidence{
				{Label: "response template " + forStatus(r.Chosen.Status, r.TemplateKey), Value: excerpt([]byte(r.Chosen.Templates[r.TemplateKey])), Origin: r.Chosen.Origin},
				{Label: "answer of SQS", Value: excerpt([]byte(r.SQSBody.String()))},
			},
			Fixes: readableAnswer(p),
		})
	},
}

// contextless reports references to members of $context that no call of the method
// has.
func contextless(p *diagnose.Pass) {
	r := &p.Trace.Response
	if r.Rendered == nil || r.Chosen == nil {
		return
	}
	for _, e := range r.Rendered.Empty {
		if e.Quiet || e.Reason != walk.AbsentContextValue || p.Trace.MayBeThere(e) {
			continue
		}
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  fmt.Sprintf("%s prints nothing in the answer (%s: %s)", e.Reference, e.Reason, e.Subject),
			Evidence: []diagnose.Evidence{
				{Label: fmt.Sprintf("response template of %s, line %d, column %d", r.Chosen.Status, e.Line, e.Column), Value: e.Reference, Origin: r.Chosen.Origin},
				{Label: "answer that the client gets", Value: excerpt([]byte(r.Body.String()))},
			},
		}
		f.Severity, f.Why = withoutValue(e, r.Chosen.Templates[r.TemplateKey])
		p.Report(f)
	}
}

// answerAsJSON prints with $input.json what the response template prints as a map.
func answerAsJSON(p *diagnose.Pass, bad *walk.Malformed) []diagnose.Fix {
	r := &p.Trace.Response
	m := pathCallRE.FindStringSubmatch(bad.Reference)
	template := p.ResponseTemplate()
	if m == nil || template == nil || bad.Quoted {
		return nil
	}
	edits, ok := template.ReplaceReference(bad.Line, bad.Column, asJSON(m[2]+m[3]))
	text, applied := edits.Apply(r.Chosen.Templates[r.TemplateKey])
	if !ok || !applied {
		return nil
	}
	before, after := *r.Chosen, *r.Chosen
	after.Templates = maps.Clone(before.Templates)
	after.Templates[r.TemplateKey] = text
	return []diagnose.Fix{p.Fix("write "+asJSON(m[2]+m[3])+" in place of "+strings.TrimSpace(bad.Reference)+" in the response template", snapshot.SetIntegrationResponse{On: p.Method(), Before: &before, After: &after})}
}

// forStatus names a response template; an integration response of a WebSocket API has
// no status.
func forStatus(status, key string) string {
	if status == "" {
		return key
	}
	return "of " + status + " for " + key
}

// failing is what the client gets of a template that fails.
func failing(p *diagnose.Pass) string {
	if p.Trace.Route.API.Type == snapshot.WebSocket {
		return "API Gateway sends an error frame"
	}
	return "API Gateway answers 500"
}

func withoutTemplate(p *diagnose.Pass, broken walk.BrokenTemplate) snapshot.Change {
	before, after := broken.Response, broken.Response
	if broken.ContentType == "" {
		after.ContentHandling = ""
		return snapshot.SetIntegrationResponse{On: p.Method(), Before: &before, After: &after}
	}
	after.Templates = map[string]string{}
	for key, text := range before.Templates {
		if key != broken.ContentType {
			after.Templates[key] = text
		}
	}
	return snapshot.SetIntegrationResponse{On: p.Method(), Before: &before, After: &after}
}

// readableAnswer asks SQS for JSON where the integration asks for XML.
func readableAnswer(p *diagnose.Pass) []diagnose.Fix {
	accept, ok := p.Trace.Mapping.Header("Accept")
	if !ok || accept.Expression == "" || strings.Contains(accept.Value, "json") {
		return nil
	}
	return []diagnose.Fix{p.Fix("set the header Accept to application/json: SQS answers in JSON", snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.header.Accept", Before: accept.Expression, After: "'application/json'"})}
}
