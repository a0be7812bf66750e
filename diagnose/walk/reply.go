package walk

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// reply builds the client's answer of SQS's by the chosen integration response:
// body, headers and a status that a template overrides.
func (w *responding) reply(response *snapshot.IntegrationResponse, gaps *snapshot.Gaps) *Failure {
	r := w.Response
	r.setHeader("Content-Type", "application/json") // T98: whatever the body is
	w.replyHeaders(response, gaps)
	return w.responseBody(response, gaps)
}

// refusedReplies lists the response parameter mappings of an integration response that
// AWS does not store: malformed ones, and headers that the method response does not
// declare (T102).
func refusedReplies(response *snapshot.IntegrationResponse, declared map[string]snapshot.MethodResponse) []Refused {
	var list []Refused
	method, known := declared[response.Status]
	for _, name := range slices.Sorted(maps.Keys(response.Parameters)) {
		text := response.Parameters[name]
		refused := Refused{Name: name, Expression: text, Origin: response.Origin.At("responseParameters['" + name + "']")}
		_, refused.Err = rest.ParseReplyExpression(text)
		if _, ok := method.Parameters[name]; refused.Err == nil && known && !ok {
			refused.Undeclared, refused.Declaration, refused.Err = true, name, rest.Undeclared(name)
		}
		if refused.Err != nil {
			list = append(list, refused)
		}
	}
	return list
}

// replyHeaders applies the response parameter mappings. Of the headers that SQS
// answers with only those are known that every answer has.
func (w *responding) replyHeaders(response *snapshot.IntegrationResponse, gaps *snapshot.Gaps) {
	for _, name := range slices.Sorted(maps.Keys(response.Parameters)) {
		header, ok := strings.CutPrefix(name, "method.response.header.")
		source, err := rest.ParseReplyExpression(response.Parameters[name])
		if !ok || err != nil {
			continue
		}
		if value, ok := w.replyValue(source, gaps); ok {
			w.Response.setHeader(header, value)
		}
	}
}

func (w *responding) replyValue(source rest.Expression, gaps *snapshot.Gaps) (string, bool) {
	r := w.Response
	switch source.Kind {
	case rest.ResponseBody:
		if source.Name == "$" {
			body := r.SQSBody.String()
			return body, body != ""
		}
		return rest.JSONPath(r.SQSBody.String(), "$."+source.Name)
	case rest.ResponseHeader:
		switch strings.ToLower(source.Name) {
		case "content-type":
			if strings.HasPrefix(r.SQSBody.String(), "<") {
				return "text/xml", true
			}
			return "application/json", true
		case "x-amzn-requestid":
			return rest.SampleRequestID, true
		}
		return "", false
	}
	mapped, _ := w.evaluate(source, gaps)
	if mapped.Missing != "" {
		r.Missing = append(r.Missing, mapped.Missing)
	}
	return mapped.Value, !mapped.Absent
}

// responseBody renders the response template for SQS's answer.
func (w *responding) responseBody(response *snapshot.IntegrationResponse, gaps *snapshot.Gaps) *Failure {
	r := w.Response
	accept, _ := w.Request.Header("Accept")
	keys := slices.Sorted(maps.Keys(response.Templates))
	key := rest.ChooseResponseTemplate(accept, keys)
	text := response.Templates[key]
	payload, binary, ok := w.replyPayload(response)
	if !ok {
		r.TemplateErr = "contentHandling CONVERT_TO_BINARY meets an answer of SQS, which is no base64 text"
		return own(gateway.Internal(gateway.LogTransform))
	}
	if key == "" || strings.TrimSpace(text) == "" {
		r.Body = payload // an empty template is stored as null: passthrough (T105)
		if w.Mapping.Rendered != nil {
			w.override(w.Mapping.Rendered.ResponseOverride) // T143
		}
		return nil
	}
	r.TemplateKey = key
	template, err := w.Template(text)
	if err == nil && binary {
		err = fmt.Errorf("the answer is handled as bytes, which a template cannot read") // T99
	}
	if err == nil {
		in := w.templateInput()
		in.Body, in.BodyIsBinary = payload.String(), false
		if w.Mapping.Rendered != nil {
			in.RequestOverride = w.Mapping.Rendered.RequestOverride // T143
			in.ResponseOverride = w.Mapping.Rendered.ResponseOverride
		}
		if r.Rendered, err = template.Render(in); err == nil {
			r.Body = Body{text: r.Rendered.Text}
			answer := rendered{r.Rendered.Text, nil, r.Rendered.Text, r.Rendered.Spans, text, r.Rendered.Empty}
			if r.Malformed = answer.malformed(); r.Malformed == nil {
				r.Malformed = answer.asMap()
			}
			w.override(r.Rendered.ResponseOverride)
			openContext(w.kind, r.Rendered.Empty, response.Origin, gaps)
			return nil
		}
		r.Rendered = nil
		if broken, ok := err.(*vtl.RenderError); ok && broken.Unknown {
			gaps.Add(snapshot.Gap{Reason: snapshot.NotCovered, Detail: "the response template: " + err.Error(), Origin: response.Origin})
			return nil
		}
	}
	r.TemplateErr = err.Error()
	return own(gateway.Internal(gateway.LogTransform))
}

// replyPayload is SQS's answer as the response template sees it. SQS answers
// with text, which CONVERT_TO_BINARY decodes from base64, failing on what is
// none (T99).
func (w *responding) replyPayload(response *snapshot.IntegrationResponse) (payload Body, binary, ok bool) {
	payload = w.Response.SQSBody
	if response.ContentHandling != "CONVERT_TO_BINARY" || payload.String() == "" {
		return payload, false, true
	}
	decoded, err := base64.StdEncoding.DecodeString(payload.String())
	return Body{text: string(decoded)}, true, err == nil
}

// override applies $context.responseOverride (T95, T143).
func (w *responding) override(o *vtl.Override) {
	r := w.Response
	if status, err := strconv.Atoi(o.Status); err == nil && status >= 100 && status < 600 {
		r.Status = status
	}
	for _, h := range o.Header {
		r.setHeader(h.Name, h.Value)
	}
}

// setHeader sets a header of the client's answer, under the name that it gets
// there (T97).
func (r *Response) setHeader(name, value string) {
	name = rest.ClientHeader(name)
	if name == "" {
		return
	}
	r.Headers = slices.DeleteFunc(r.Headers, func(h Header) bool { return strings.EqualFold(h.Name, name) })
	r.Headers = append(r.Headers, Header{name, value})
}

// brokenTemplates lists the response templates that do not parse, whichever
// answer chooses them, and the one that fails on this call's answer.
func (w *responding) brokenTemplates(responses []snapshot.IntegrationResponse) {
	r := w.Response
	for i := range responses {
		chosen := r.Chosen == &responses[i]
		if chosen && r.TemplateErr != "" && r.TemplateKey == "" {
			r.BrokenTemplates = append(r.BrokenTemplates, BrokenTemplate{responses[i], "", r.TemplateErr, true})
		}
		for _, key := range slices.Sorted(maps.Keys(responses[i].Templates)) {
			met := chosen && key == r.TemplateKey
			_, err := w.Template(responses[i].Templates[key])
			switch {
			case err != nil:
				r.BrokenTemplates = append(r.BrokenTemplates, BrokenTemplate{responses[i], key, err.Error(), met})
			case met && r.TemplateErr != "":
				r.BrokenTemplates = append(r.BrokenTemplates, BrokenTemplate{responses[i], key, r.TemplateErr, true})
			}
		}
	}
}

// ownAnswer is API Gateway's own answer to the client.
func (r *Response) ownAnswer(f *Failure) {
	r.Status, r.Body = f.Status, Body{text: f.Body}
	kind := f.Code
	if kind == UnsupportedMediaType {
		kind = BadRequest // T72
	}
	r.Headers = []Header{{"Content-Type", "application/json"}, {"x-amzn-ErrorType", string(kind)}}
}
