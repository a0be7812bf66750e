package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingDoubleEncoding = diagnose.Rule{
	ID:       "mapping-double-encoding",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "client data is URL-encoded where it is not decoded again",
	Doc: `SQS decodes a form once. Data that went through $util.urlEncode twice arrives percent-encoded: %7B%22id%22%3A1%7D in place of
{"id":1}. The same happens to encoded data in a JSON protocol body, which nobody decodes, and to encoded data in a query string
override, which API Gateway encodes itself. There is no error; the consumer fails on the message.

Repair: encode once in a form, not at all elsewhere.`,
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html"},
	Explains: nil,
	When:     judges(walk.StageMapping),
	Check: func(p *diagnose.Pass) {
		over := overEncoded(p.Trace)
		if len(over) == 0 {
			return
		}
		f := diagnose.Finding{
			Message: agree(over, "arrives percent-encoded: it is", "arrive percent-encoded: they are") + " URL-encoded once too often",
			Why:     "SQS decodes a form once and JSON not at all; the rest of the encoding stays in the message.",
		}
		for _, s := range over {
			f.Evidence = append(f.Evidence, inTemplate(p, s.Printed, s.PrintedLine, s.PrintedColumn))
		}
		if text, ok := decodedOnce(p, len(over)); ok {
			f.Fixes = []diagnose.Fix{p.Fix("URL-encode "+references(over)+" once: take what is too much out of the template", p.SetTemplate(text))}
		}
		reportMangled(p, f)
	},
}

// overEncoded lists the pieces that carry encoding which nobody takes off.
func overEncoded(t *walk.Trace) []walk.Span {
	allowed := 1
	switch {
	case t.Mapping.Rendered == nil:
		return nil
	case t.Protocol.Protocol == "json":
		if !strings.HasPrefix(strings.TrimSpace(string(t.Mapping.Body)), "{") {
			return nil // a form sent under the wrong protocol
		}
		allowed = 0
	case !t.SendsForm():
		return overEncodedQuery(t)
	}
	list := overEncodedQuery(t)
	for _, s := range t.Mapping.Spans {
		if walk.FromTheClient(s) && s.URLEncoded > allowed && changedByEncoding(t.Mapping.Body[s.Start:s.End]) {
			list = append(list, s)
		}
	}
	return list
}

// changedByEncoding tells whether a piece shows any encoding at all: letters and
// digits look the same.
func changedByEncoding(text []byte) bool { return strings.ContainsAny(string(text), "%+") }

func overEncodedQuery(t *walk.Trace) []walk.Span {
	var list []walk.Span
	for _, q := range t.Mapping.Rendered.RequestOverride.QueryString {
		for _, s := range q.Spans {
			if walk.FromTheClient(s) && s.URLEncoded > 0 && changedByEncoding([]byte(q.Value)) {
				list = append(list, s)
			}
		}
	}
	return list
}

// decodedOnce is the template without one of its $util.urlEncode calls: the
// first one whose absence repairs it.
func decodedOnce(p *diagnose.Pass, before int) (string, bool) {
	const most = 8
	template := p.Template()
	if template == nil {
		return "", false
	}
	for _, wrap := range [][2]string{{"", ""}, {"$util.escapeJavaScript(", ")" + walk.Apostrophes}} {
		for n, edits := range template.Unwrap("urlEncode", wrap[0], wrap[1]) {
			change, ok := p.EditTemplate(edits).(snapshot.SetTemplate)
			if n == most || !ok {
				break
			}
			t := p.Walk(p.Trace.Request, change)
			if t != nil && !t.Unread() && len(overEncoded(t)) < before && (!t.SendsForm() || len(unencoded(&t.Mapping)) == 0) {
				return change.After, true
			}
		}
	}
	return "", false
}
