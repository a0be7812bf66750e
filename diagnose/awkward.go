package diagnose

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Awkward is a request that real clients send and that finds faults which a
// plain one does not.
type Awkward struct {
	Name    string // how evidence names it
	Request walk.Request
}

// Plain is the request that the doctor diagnoses when the user gives none.
func Plain(method, path string) walk.Request {
	return walk.Request{Method: method, Path: path,
		Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}},
		Body:    `{"id":1,"text":"hello"}`}
}

// awkwardTexts are texts that an encoding fault shows on. They go behind the
// texts that the base request has, so that the body keeps its shape and an
// integration that reads single members meets them too.
var awkwardTexts = []struct{ name, text string }{
	{"a body with &", " & more"},
	{"a body with &name=value", "&DelaySeconds=900"},
	{"a body with =", " a=b"},
	{"a body with %", " 100%"},
	{"a body with +", " +41 44 1"},
	{"a body with quotes", ` "hi"`},
	{"a body with an apostrophe", " it's"},
	{"a body with newlines", "\nsecond line"},
	{"a body with non-ASCII text", " Zoë Ω 漢 😀"},
}

// awkwardTypes are the content types that clients send without being asked.
var awkwardTypes = []struct{ name, contentType string }{
	{"no Content-Type", ""},
	{"Content-Type application/json; charset=utf-8", "application/json; charset=utf-8"},
	{"Content-Type text/plain", "text/plain"},
	{"Content-Type application/x-www-form-urlencoded", "application/x-www-form-urlencoded"},
}

// AwkwardRequests lists the awkward requests that Run tries beside the one that
// the walk followed.
func AwkwardRequests(s *snapshot.Snapshot, t *walk.Trace) []Awkward {
	return newEngine(s).awkwardRequests(t)
}

// awkwardRequests derives the awkward requests from the one that a walk
// followed: the same call with one thing changed.
func (e *engine) awkwardRequests(t *walk.Trace) []Awkward {
	base := t.Request
	var list []Awkward
	if base.Body != "" && base.Method != "GET" {
		bodies := e.awkwardBodies(base.Body)
		for i, b := range awkwardTexts {
			r := base
			r.Body = routed(t, bodies.texts[i])
			list = append(list, Awkward{b.name, r})
		}
		if bodies.pretty != base.Body {
			r := base
			r.Body = bodies.pretty
			list = append(list, Awkward{"a body over several lines", r})
		}
		r := base
		r.Body = ""
		list = append(list, Awkward{"an empty body", r})
	}
	for _, c := range awkwardTypes {
		if base.Method == walk.WebSocketMethod {
			break // a frame has no media type
		}
		if have, _ := base.Header("Content-Type"); have == c.contentType || base.Method == "GET" {
			continue
		}
		r := base.WithoutHeader("Content-Type")
		if c.contentType != "" {
			r = r.WithHeader("Content-Type", c.contentType)
		}
		list = append(list, Awkward{c.name, r})
	}
	if c := t.Route.Canary; c != nil && len(c.Variables) > 0 && !base.Canary {
		r := base
		r.Canary = true
		list = append(list, Awkward{fmt.Sprintf("a call that the canary takes (%g%% of them)", c.Percent), r})
	}
	if t.Route.Method == nil || t.Mapping.Integration == nil {
		return list // nothing is known to be read that could be left out
	}
	return append(list, e.without(t)...)
}

// awkwardBodies are what becomes of one body: with each of the awkward texts, and over
// several lines.
type awkwardBodies struct {
	of     string
	texts  []string
	pretty string
}

// awkwardBodies are those of the last body where this one is the same, as that of most
// methods is.
func (e *engine) awkwardBodies(body string) *awkwardBodies {
	if e.bodies == nil || e.bodies.of != body {
		e.bodies = &awkwardBodies{of: body, pretty: indented(body)}
		for _, b := range awkwardTexts {
			e.bodies.texts = append(e.bodies.texts, awkwardBody(body, b.text))
		}
	}
	return e.bodies
}

// awkwardBody puts the text behind the texts of a JSON body; a body that has
// none gets a member for it. Another body ends in the text.
func awkwardBody(body, text string) string {
	extended := extendedBody(body, text, textsOnly)
	if extended != body || !strings.HasPrefix(body, "{") {
		return extended
	}
	var doc map[string]any
	if json.Unmarshal([]byte(body), &doc) != nil {
		return body + text
	}
	doc["text"] = "hello" + text
	return marshal(doc)
}

func indented(body string) string {
	var doc json.RawMessage
	if json.Unmarshal([]byte(body), &doc) != nil {
		return body
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return body
	}
	return string(text)
}

// without leaves out, one at a time, the headers, query parameters and body
// members that the integration reads: nothing makes a client send them, unless the request
// validator does.
func (e *engine) without(t *walk.Trace) []Awkward {
	m := &t.Mapping
	var sources []string
	note := func(source string) {
		if !slices.Contains(sources, source) {
			sources = append(sources, source)
		}
	}
	if template, err := e.Template(m.Template); err == nil && m.Rendered != nil {
		for _, read := range template.Reads() {
			switch read.Kind {
			case "parameter":
				note("header:" + read.Name)
				note("query:" + read.Name)
			case "header", "query", "body":
				note(read.Kind + ":" + read.Name)
			}
		}
	}
	mappings, _ := m.Integration.RequestParameters.Peek()
	for _, fact := range mappings {
		text, _ := fact.Peek()
		switch source, err := rest.ParseExpression(text); {
		case err != nil:
		case source.Kind == rest.Header || source.Kind == rest.MultiHeader:
			note("header:" + source.Name)
		case source.Kind == rest.QueryString || source.Kind == rest.MultiQueryString:
			note("query:" + source.Name)
		}
	}
	for _, source := range argumentSources(t) {
		note(source)
	}
	slices.Sort(sources)
	var list []Awkward
	for _, source := range sources {
		place, name, _ := strings.Cut(source, ":")
		r := t.Request
		if place == "body" {
			if body, ok := withoutMember(r.Body, name); ok {
				r.Body = body
				list = append(list, Awkward{"a body without " + strings.TrimPrefix(name, "$."), r})
			}
			continue
		}
		if place == "header" {
			switch strings.ToLower(name) {
			case "content-type", "host", "authorization", "x-api-key", "user-agent":
				continue // asked for by others, or varied above
			}
			if _, ok := r.Header(name); !ok {
				continue
			}
			r = r.WithoutHeader(name)
			list = append(list, Awkward{"a call without header " + name, r})
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(r.Query), func(q walk.Header) bool { return q.Name == name })
		if len(kept) == len(r.Query) {
			continue
		}
		r.Query = kept
		list = append(list, Awkward{"a call without query parameter " + name, r})
	}
	return list
}

// withoutMember takes the member that a plain path such as $.detail.type names
// out of a JSON body.
func withoutMember(body, path string) (string, bool) {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "$"), ".")
	var doc map[string]any
	if path == "" || strings.ContainsAny(path, "[]*?@('") || json.Unmarshal([]byte(body), &doc) != nil {
		return "", false
	}
	names := strings.Split(path, ".")
	at := doc
	for _, name := range names[:len(names)-1] {
		next, ok := at[name].(map[string]any)
		if !ok {
			return "", false
		}
		at = next
	}
	if _, ok := at[names[len(names)-1]]; !ok {
		return "", false
	}
	delete(at, names[len(names)-1])
	return marshal(doc), true
}

// extendedBody puts text behind the scalars of a JSON body, or behind another
// body.
func extendedBody(body, text string, which func(any) bool) string {
	var doc any
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&doc) != nil || decoder.More() {
		return body + text
	}
	if extended, changed := extendScalars(doc, text, which); changed {
		return marshal(extended)
	}
	return body
}

// marshal writes JSON as clients do, with ampersands as they are.
func marshal(doc any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(doc) != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func textsOnly(v any) bool { _, ok := v.(string); return ok }

func allScalars(any) bool { return true }

func extendScalars(doc any, text string, which func(any) bool) (any, bool) {
	changed := false
	switch v := doc.(type) {
	case map[string]any:
		for name := range v {
			next, did := extendScalars(v[name], text, which)
			v[name], changed = next, changed || did
		}
		return v, changed
	case []any:
		for i := range v {
			next, did := extendScalars(v[i], text, which)
			v[i], changed = next, changed || did
		}
		return v, changed
	case nil:
		return nil, false
	}
	if !which(doc) {
		return doc, false
	}
	return fmt.Sprint(doc) + text, true
}
