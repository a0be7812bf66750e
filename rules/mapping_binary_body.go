package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingBinaryBody = diagnose.Rule{
	ID:       "mapping-binary-body",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "binary media types turn the body into bytes, which a template cannot read",
	Doc: `A client's body whose Content-Type is among the API's binary media types is handled as bytes; */* covers every call. A
mapping template over bytes fails: 500, "Unable to transform request". With contentHandling CONVERT_TO_TEXT the template sees the
body as base64 text, which $util.base64Decode turns back. contentHandling CONVERT_TO_BINARY makes bytes of any body.

Repair: take the media type out of the API's binary media types, or convert to text and decode in the template; then deploy.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html"},
	When:     reached,
	Check: func(p *diagnose.Pass) {
		m := &p.Trace.Mapping
		types, ok := p.Trace.Route.Configuration.BinaryMediaTypes.Read(p.Gaps())
		handling, known := m.Integration.ContentHandling.Read(p.Gaps())
		failure := p.Failed(walk.StageMapping)
		if !ok || !known {
			return
		}
		if !m.Binary || m.SyntaxError != nil || failure == nil || failure.Status != 500 || m.Choice.Pass {
			p.Requires(walk.StageMapping)
			return
		}
		f := diagnose.Finding{
			Message: fmt.Sprintf("the body is handled as bytes, which the template of %s cannot read", m.Choice.Key),
			Why:     "API Gateway answers 500 when a mapping template meets a binary payload.",
			Evidence: []diagnose.Evidence{{Label: "binary media types of the API", Value: cmp.Or(quoteAll(types), "none"), Origin: p.Trace.Route.Configuration.BinaryMediaTypes.Origin()},
				{Label: "contentHandling of the integration", Value: cmp.Or(handling, "none"), Origin: m.Integration.ContentHandling.Origin()}},
		}
		if m.Choice.Key == "" {
			f.Message = "contentHandling CONVERT_TO_BINARY meets a body that is no base64 text"
			f.Why = "API Gateway decodes the text from base64 and answers 500 when that fails."
		}
		if handling == "CONVERT_TO_BINARY" {
			f.Fixes = append(f.Fixes, p.Fix("remove contentHandling CONVERT_TO_BINARY: the body stays text",
				snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldContentHandling, Before: handling}))
		}
		if m.Choice.Key == "" {
			p.ReportAs(f, failure)
			return
		}
		f.Fixes = append(f.Fixes, asText(p, types)...)
		toText := snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldContentHandling, Before: handling, After: "CONVERT_TO_TEXT"}
		if decoded := strings.ReplaceAll(m.Template, "$input.body", "$util.base64Decode($input.body)"); decoded != m.Template {
			fix := p.Fix("set contentHandling to CONVERT_TO_TEXT, and decode $input.body with $util.base64Decode in the template", toText, p.SetTemplate(decoded))
			fix.Risk = "only bodies of binary media types arrive as base64; a body of another type would be decoded wrongly"
			f.Fixes = append(f.Fixes, fix)
		} else {
			fix := p.Fix("set contentHandling to CONVERT_TO_TEXT", toText)
			fix.Risk = "the template then sees base64 text, which it has to decode"
			f.Fixes = append(f.Fixes, fix)
		}
		p.ReportAs(f, failure)
	},
}

// asText takes the media type of the call out of those that are bytes.
func asText(p *diagnose.Pass, types []string) []diagnose.Fix {
	media := p.Trace.Mapping.Wanted
	var kept, gone []string
	for _, t := range types {
		if t == "*/*" || strings.EqualFold(t, media) {
			gone = append(gone, t)
		} else {
			kept = append(kept, t)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	fix := p.Fix("take "+strings.Join(gone, " and ")+" out of the binary media types of the API", snapshot.SetBinaryMediaTypes{API: p.Method().API, Before: types, After: kept})
	if others := len(p.Trace.Route.Configuration.Methods) - 1; others > 0 {
		fix.Risk = "the other methods of the API get such bodies as text too"
	}
	return []diagnose.Fix{fix}
}
