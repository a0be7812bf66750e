package diagnose

import (
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// arguments adds what the parameters of an HTTP API's integration read.
func (s *sampler) arguments(r *walk.Request, i *snapshot.Integration, name string) {
	subtype, ok := http.Lookup(name)
	if !ok {
		subtype = http.Meant(name)
	}
	facts, known := i.RequestParameters.Peek()
	if subtype == nil || !known {
		return
	}
	texts := map[string]string{}
	for name, fact := range facts {
		if text, ok := fact.Peek(); ok {
			texts[name] = text
		}
	}
	parameters, _ := http.Compile(subtype, texts)
	for _, argument := range parameters.Evaluate(&selection.Input{}) {
		for _, source := range argument.Expression.Sources {
			s.source(r, source, s.argumentText(&argument, source))
		}
	}
}

// argumentText is a sample of what a source of the argument gives.
func (s *sampler) argumentText(a *http.Argument, source selection.Source) string {
	switch {
	case a.Expression.Text == source.Text && strings.HasSuffix(a.Name, "Attributes"):
		return `{"sample":{"DataType":"String","StringValue":"sample"}}`
	case a.Name == "DelaySeconds" || a.Name == "MaxNumberOfMessages" || a.Name == "VisibilityTimeout" || a.Name == "WaitTimeSeconds":
		return "1"
	}
	return s.text(source.Name)
}

// source adds one header, query parameter or body member.
func (s *sampler) source(r *walk.Request, source selection.Source, text string) {
	switch source.Kind {
	case selection.Header:
		if _, ok := r.Header(source.Name); !ok {
			r.Headers = append(r.Headers, walk.Header{Name: source.Name, Value: text})
		}
	case selection.Query:
		r.Query = append(r.Query, walk.Header{Name: source.Name, Value: text})
	case selection.Body:
		if r.Body == "" {
			r.Body = Plain(r.Method, r.Path).Body // the parameters ask for one, whatever the method
			*r = r.WithHeader("Content-Type", "application/json")
		}
		if body, ok := WithMember(r.Body, source.Name, text); ok {
			r.Body = body
		}
	}
}

// WithMember is the JSON body with a text at the path, such as order.items[0].id;
// ok is false for a body that is no JSON object or a path that cannot be made.
func WithMember(body, path, text string) (string, bool) {
	doc, ok := decodedBody(body).(map[string]any)
	if !ok || path == "" {
		return body, path == ""
	}
	if !place(doc, strings.Split(path, "."), text) {
		return body, false
	}
	return marshal(doc), true
}

// place puts the text at the end of a path, in place of what is not of the shape.
func place(object map[string]any, names []string, text string) bool {
	name, indexes, _ := strings.Cut(names[0], "[")
	if name == "" || strings.ContainsAny(name, "*?@(':,$\"") {
		return false
	}
	var next any = text
	if len(names) > 1 {
		below, ok := object[name].(map[string]any)
		if indexes != "" || !ok {
			below = map[string]any{}
		}
		if !place(below, names[1:], text) {
			return false
		}
		next = below
	}
	for _, index := range reversed(strings.Split(strings.TrimSuffix(indexes, "]"), "][")) {
		if index == "" {
			continue
		}
		n, err := strconv.Atoi(index)
		const most = 100
		if err != nil || n < 0 || n > most {
			return false
		}
		list := make([]any, n+1)
		for i := range list {
			list[i] = next
		}
		next = list
	}
	if have, taken := object[name].(string); taken && len(names) == 1 && indexes == "" && have != "" {
		return true // a text is what is wanted
	}
	object[name] = next
	return true
}

func reversed(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[len(list)-1-i] = s
	}
	return out
}

// frame is a plain frame for the method's route: one that the API's route
// selection expression leads there.
func (s *sampler) frame() walk.Request {
	r := Plain(walk.WebSocketMethod, s.method.RouteKey)
	r.Headers = nil
	if strings.HasPrefix(s.method.RouteKey, "$") && s.method.RouteKey != "$default" {
		r.Body = "" // of the handshake and the end
		return r
	}
	expression, known := s.api.RouteSelection.Peek()
	if known && expression == "" {
		expression = "$request.body.action" // as most have it: AWS creates no API without
	}
	e, err := selection.Parse(expression, selection.Grammar{Escapes: true})
	if err != nil {
		return r
	}
	key := s.method.RouteKey
	if key == "$default" {
		key = "sample"
	}
	parts := strings.Split(key, "/")
	for i, source := range e.Sources {
		text := key
		if len(e.Sources) == len(parts) {
			text = parts[i]
		}
		if body, ok := WithMember(r.Body, source.Name, text); ok && source.Kind == selection.Body {
			r.Body = body
		}
	}
	return r
}

// argumentSources names what the parameters of an HTTP API's integration read of
// the client's call.
func argumentSources(t *walk.Trace) []string {
	var list []string
	for _, a := range t.Mapping.Arguments {
		e, err := selection.Parse(a.Expression, selection.Grammar{JSON: true})
		if err != nil {
			continue
		}
		for _, source := range e.Sources {
			switch {
			case source.Kind == selection.Header:
				list = append(list, "header:"+source.Name)
			case source.Kind == selection.Query:
				list = append(list, "query:"+source.Name)
			case source.Kind == selection.Body && source.Name != "":
				list = append(list, "body:$."+source.Name)
			}
		}
	}
	return list
}

// routed gives a frame the members of the one under diagnosis that choose its
// route, so that it goes the same way. Other bodies stay as they are.
func routed(t *walk.Trace, body string) string {
	if t.Request.Method != walk.WebSocketMethod || t.Route.API == nil {
		return body
	}
	text, _ := t.Route.API.RouteSelection.Peek()
	e, err := selection.Parse(text, selection.Grammar{Escapes: true})
	if err != nil {
		return body
	}
	for _, source := range e.Sources {
		one, err := selection.Parse(source.Text, selection.Grammar{})
		if err != nil || source.Kind != selection.Body {
			continue
		}
		v := one.Evaluate(&selection.Input{Body: t.Request.Body}, nil)
		if doc, ok := decodedBody(body).(map[string]any); ok && v.Outcome == selection.Resolved {
			if name, _, _ := strings.Cut(source.Name, "."); name == source.Name {
				doc[name] = v.Text
				body = marshal(doc)
			}
		}
	}
	return body
}
