package diagnose

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Walk follows another request through the configuration under diagnosis or,
// with changes, through the one that they would make of it. A rule asks it what
// a neighbouring request or a repair would do. It is nil when a change cannot be
// made on what is known.
func (p *Pass) Walk(r walk.Request, changes ...snapshot.Change) *walk.Trace {
	if len(changes) == 0 {
		return p.engine.Walk(r)
	}
	s, err := apply(p.running(), Fix{Changes: append(changes, p.Deploy())})
	if err != nil {
		return nil
	}
	return p.engine.on(s).Walk(r)
}

// Drafted follows the request under diagnosis through the draft, as if it were
// deployed; nil when the draft is not known.
func (p *Pass) Drafted() *walk.Trace {
	s, err := apply(p.Snapshot, Fix{Changes: []snapshot.Change{p.Deploy()}})
	if err != nil {
		return nil
	}
	return p.engine.on(s).Walk(p.Trace.Request)
}

// running is the snapshot with the configuration under diagnosis as its draft:
// changes are made to the draft, and what runs may be another.
func (p *Pass) running() *snapshot.Snapshot {
	route := &p.Trace.Route
	if !route.Deployed {
		return p.Snapshot
	}
	out := *p.Snapshot
	out.APIs = slices.Clone(out.APIs)
	for i := range out.APIs {
		if out.APIs[i].ID == route.API.ID {
			out.APIs[i].Draft = out.APIs[i].Draft.With(*route.Configuration)
		}
	}
	return &out
}

// Extended is the request under diagnosis with text added behind one part of
// it: "body", "header:X", "query:x" or "path:x", as Span.Source names them. In a
// JSON body the text goes behind every scalar, so that it also reaches a
// template that reads single members; elsewhere it goes to the end.
func (p *Pass) Extended(source, text string) walk.Request {
	r := p.Trace.Request
	place, name, _ := strings.Cut(source, ":")
	switch place {
	case "body":
		r.Body = extendedBody(r.Body, text, allScalars)
	case "header":
		value, _ := r.Header(name)
		r = r.WithHeader(name, value+text)
	case "query":
		r.Query = slices.Clone(r.Query)
		for i := range r.Query {
			if r.Query[i].Name == name {
				r.Query[i].Value += text
			}
		}
	case "path":
		path := p.Trace.Route.Method.Path
		for param, value := range p.Trace.Route.PathParams {
			if param == name {
				value += text
			}
			path = strings.ReplaceAll(strings.ReplaceAll(path, "{"+param+"}", value), "{"+param+"+}", value)
		}
		r.Path = path
	}
	return r
}
