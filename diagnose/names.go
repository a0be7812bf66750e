package diagnose

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/snapshot"
)

// ArrivingNames are the names of headers, query and path parameters that a template
// can read on this call.
func (p *Pass) ArrivingNames() []string {
	return slices.Concat(p.ArrivingIn("header"), p.ArrivingIn("querystring"), p.ArrivingIn("path"))
}

// ArrivingIn are the names that the call has in a place, as parameter mappings call it.
func (p *Pass) ArrivingIn(place string) []string {
	var names []string
	switch strings.TrimPrefix(place, "multivalue") {
	case "header":
		for _, h := range p.Trace.Request.Headers {
			if rest.VisibleHeader(h.Name) {
				names = append(names, h.Name)
			}
		}
	case "querystring":
		for _, q := range p.Trace.Request.Query {
			names = append(names, q.Name)
		}
	case "path":
		names = slices.Sorted(maps.Keys(p.Trace.Route.PathParams))
	}
	return names
}

// DeclaredNames are the names of the parameters that the method declares.
func (p *Pass) DeclaredNames() []string {
	if p.Trace.Route.Method == nil {
		return nil
	}
	return declaredNames(p.Trace.Route.Method)
}

func declaredNames(m *snapshot.Method) (names []string) {
	declared, _ := m.RequestParameters.Peek()
	for _, parameter := range slices.Sorted(maps.Keys(declared)) {
		if parts := strings.SplitN(parameter, ".", 4); len(parts) == 4 {
			names = append(names, parts[3])
		}
	}
	return names
}

// SameButForSpelling tells two names that differ in case and joints alone.
func SameButForSpelling(a, b string) bool {
	bare := func(s string) string { return strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)) }
	return a != b && bare(a) == bare(b)
}

// BodyNames are the paths that the body has beside the one that a template reads: the
// members of the object that holds, or would hold, its last name.
func (p *Pass) BodyNames(path string) []string {
	var doc any
	if json.Unmarshal([]byte(p.Trace.Request.Body), &doc) != nil {
		return nil
	}
	parts := strings.Split(path, ".")
	for _, name := range parts[:len(parts)-1] {
		object, ok := doc.(map[string]any)
		if !ok {
			return nil
		}
		doc = object[name]
	}
	object, _ := doc.(map[string]any)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		names = append(names, strings.Join(append(slices.Clone(parts[:len(parts)-1]), name), "."))
	}
	return names
}
