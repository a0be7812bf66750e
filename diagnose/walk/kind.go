package walk

import (
	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/snapshot"
)

// Kind is what the kinds of APIs do differently. Everything else that the walk
// does is the same for all of them.
type Kind struct {
	// Mapped tells that the integration request is made by mapping templates and
	// parameter mappings, and the answer by integration responses.
	Mapped bool
	// OneWay tells that an answer which no integration response takes is dropped,
	// and that no method response is asked for.
	OneWay bool

	byKey    bool                                                                                // routes are found by their key alone, not by a path
	private  bool                                                                                // such an API may be reachable through VPC endpoints only
	noMethod func() *Failure                                                                     // the answer to a call that meets no method or route
	open     string                                                                              // what of the kind is not covered; empty when nothing
	mapping  func(w *mapping, step *Step, gaps *snapshot.Gaps)                                   // derives the integration request
	signing  func(w *signing, step *Step, gaps *snapshot.Gaps)                                   // derives endpoint and identity
	response func(w *responding, step *Step, gaps *snapshot.Gaps)                                // derives what the client sees
	template func(*snapshot.Integration, map[string]snapshot.Fact[string]) (key string, ok bool) // what selects the template beside the Content-Type
}

// kindOf is the one place that asks which kind an API is; one of no known type is
// taken for a REST API.
func kindOf(api *snapshot.API) *Kind {
	switch api.Type {
	case snapshot.HTTP:
		return &httpKind
	case snapshot.WebSocket:
		return &webSocketKind
	}
	return &restKind
}

var restKind = Kind{
	Mapped: true, private: true,
	noMethod: func() *Failure { return own(gateway.MissingToken) },
	mapping:  (*mapping).mapped, signing: (*signing).signed, response: (*responding).mapped,
}

var webSocketKind = Kind{
	Mapped: true, OneWay: true, byKey: true,
	noMethod: func() *Failure { return own(gateway.MissingToken) },
	open:     "routes of WebSocket APIs are not covered yet",
	mapping:  (*mapping).mapped, signing: (*signing).signed, response: (*responding).mapped,
	template: selectedTemplate,
}

var httpKind = Kind{
	noMethod: func() *Failure {
		f := own(gateway.HTTPNotFound)
		f.Code = NotFound
		return f
	},
	mapping: (*mapping).http, signing: (*signing).http, response: (*responding).http,
}
