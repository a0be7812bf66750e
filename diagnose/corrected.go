package diagnose

import (
	"cmp"
	"maps"
	"slices"

	"apisqs-doctor/diagnose/walk"
)

// WithCredentials is the request with samples of what the method's
// authorizer reads.
func (p *Pass) WithCredentials(req walk.Request) walk.Request {
	s := sampler{method: p.Trace.Route.Method, config: p.Trace.Route.Configuration}
	s.credentials(&req)
	return req
}

// Valid is the request under diagnosis changed so far that the request validator
// takes it; false when no such request is known.
func (p *Pass) Valid() (walk.Request, bool) {
	route := &p.Trace.Route
	if route.Method == nil {
		return walk.Request{}, false
	}
	s := sampler{engine: p.engine, api: route.API, method: route.Method, config: route.Configuration}
	r := p.Trace.Request
	declared, _ := route.Method.RequestParameters.Peek()
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if declared[name] {
			s.parameter(&r, name)
		}
	}
	if p.engine.Walk(r).Route.Validation != "" {
		contentType, _ := r.Header("Content-Type")
		r.Body = cmp.Or(r.Body, "{}")
		s.model(&r, contentType)
	}
	return r, p.engine.Walk(r).Route.Validation == ""
}
