package walk

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/vtl"
)

// applyOverrides lets $context.requestOverride of the template replace mapped
// parameters (T142).
func (w *mapping) applyOverrides() {
	m := w.Mapping
	if m.Rendered == nil {
		return
	}
	o := m.Rendered.RequestOverride
	for _, h := range o.Header {
		m.Headers = withoutMapped(m.Headers, h.Name, true)
		mapped := Mapped{Name: h.Name, Value: h.Value, Expression: "$context.requestOverride.header." + h.Name, Origin: m.TemplateAt}
		mapped.FromClient, _ = history(h.Spans)
		w.place("header", mapped)
	}
	for _, q := range o.QueryString {
		mapped := Mapped{Name: q.Name, Value: q.Value, Expression: "$context.requestOverride.querystring." + q.Name, Origin: m.TemplateAt}
		mapped.FromClient, mapped.Encoded = history(q.Spans)
		m.Query = append(withoutMapped(m.Query, q.Name, false), mapped)
	}
	for _, p := range o.Path {
		m.Path = append(withoutMapped(m.Path, p.Name, false), Mapped{Name: p.Name, Value: p.Value, Expression: "$context.requestOverride.path." + p.Name, Origin: m.TemplateAt})
	}
}

// history tells whether a text holds the client's data, and how often that was
// URL-encoded.
func history(spans []vtl.Span) (client bool, encoded int) {
	for _, s := range spans {
		if s.Origin == vtl.OriginClient || s.Origin == vtl.OriginMixed {
			client, encoded = true, max(encoded, s.URLEncoded)
		}
	}
	return client, encoded
}

func withoutMapped(list []Mapped, name string, foldCase bool) []Mapped {
	return slices.DeleteFunc(list, func(p Mapped) bool {
		return p.Name == name || foldCase && strings.EqualFold(p.Name, name)
	})
}

// defaultHeaders adds what API Gateway sends by itself.
func (w *mapping) defaultHeaders() {
	m := w.Mapping
	mapped := func(name string) bool { _, ok := m.Header(name); return ok }
	defaults := w.client().Defaults(w.Route.API.ID, mapped)
	m.Headers = slices.Grow(m.Headers, len(defaults))
	for _, h := range defaults {
		m.Headers = append(m.Headers, Mapped{Name: h.Name, Value: h.Value, FromClient: h.Client})
	}
}

// Header returns the value of a header that leaves API Gateway.
func (m *Mapping) Header(name string) (Mapped, bool) {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) && !h.Absent {
			return h, true
		}
	}
	return Mapped{}, false
}
