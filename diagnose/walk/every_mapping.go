package walk

import (
	"strings"

	"apisqs-doctor/diagnose/internal/vtl"
)

// decisive are the parameters of the integration that decide what SQS makes of the
// call: of others a value does no harm but to itself, as API Gateway encodes it.
var decisive = map[string]bool{"content-type": true, "x-amz-target": true, "content-encoding": true, "action": true, "version": true, "queueurl": true}

// ReadBySQS tells whether SQS does something with a header of the call.
func ReadBySQS(header string) bool {
	name := strings.ToLower(header)
	return decisive[name] || name == "accept" || name == "x-amzn-trace-id"
}

// mappedByClient looks beside a safe template at the headers and query parameters
// that the integration takes from the client: a value that decides what SQS reads
// makes a call unsafe by itself. What such a value may do and was not seen to do is
// not decided.
func (e *Engine) mappedByClient(t *Trace, out *EveryBody) {
	m := &t.Mapping
	for i := range m.Spans {
		s := &m.Spans[i]
		if !FromTheClient(*s) || !t.SendsForm() {
			continue
		}
		form := string(m.Body[:s.Start])
		name, _, value := strings.Cut(form[strings.LastIndexByte(form, '&')+1:], "=")
		if value && decisive[strings.ToLower(name)] {
			*out = EveryBody{Result: NotDecided, Stopped: s.Reference, Line: s.Line, Why: "the client chooses the " + name + " of the call"}
			return
		}
	}
	for _, list := range [][]Mapped{m.Headers, m.Query} {
		for _, p := range list {
			source, ok := strings.CutPrefix(p.Expression, "method.request.")
			if p.Expression == "" || !ok && !p.FromClient || !decisive[strings.ToLower(p.Name)] {
				continue
			}
			if strings.EqualFold(source, "header.Content-Type") || strings.EqualFold(source, "multivalueheader.Content-Type") {
				continue // the choice of the template fixes it
			}
			for _, value := range []string{"x", "text/plain"} {
				c := caseOf(source, value, t.Request.Body)
				if c == nil {
					break
				}
				r := e.Walk(e.requestOf(t, c))
				if !arrives(r, t) || !shows(r, t) {
					continue
				}
				*out = EveryBody{Result: UnsafeForOne, Harm: vtl.Broken, Case: c, Request: &r.Request, Replay: r}
				return
			}
			*out = EveryBody{Result: NotDecided, Stopped: p.Expression, Why: "the client chooses a value that decides how SQS reads the call"}
		}
	}
}

// caseOf is the case of a client that gives a source of parameter mappings a value;
// nil where none is made.
func caseOf(source, value, body string) *vtl.Case {
	kind, name, _ := strings.Cut(source, ".")
	c := &vtl.Case{Body: body}
	switch strings.TrimPrefix(kind, "multivalue") {
	case "header":
		c.Header = map[string]string{name: value}
	case "querystring":
		c.Query = map[string]string{name: value}
	default:
		return nil
	}
	return c
}
