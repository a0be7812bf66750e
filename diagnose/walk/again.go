package walk

import (
	"slices"

	"apisqs-doctor/diagnose/internal/gateway/websocket"
	"apisqs-doctor/diagnose/snapshot"
)

// arrival is how the last call arrived. The next one that differs in the body alone
// arrives alike where the way there did not depend on it, which most of the awkward
// calls of a method do.
type arrival struct {
	asked, taken Request // as it was sent, and with the domain's path taken off
	kind         kind
	domained     bool
	route        Route
	step         Step
}

// arrive is the route stage, of the last call where that is the same.
func (w *routing) arrive() {
	asked := w.Request
	if last := w.last; last != nil && last.sameWay(&asked) {
		w.Request, w.kind, w.domained = last.taken, last.kind, last.domained
		w.Request.Body = asked.Body
		*w.Route, *w.step(StageRoute) = last.route, last.step
		return
	}
	w.route()
	w.last = nil
	if !w.bodyRead && len(asked.Body) <= websocket.MaxFrame {
		w.last = &arrival{asked, w.Request, w.kind, w.domained, *w.Route, *w.step(StageRoute)}
	}
}

// sameWay tells a call that differs in the body alone. One that is not small may be
// refused for its size.
func (a *arrival) sameWay(r *Request) bool {
	return a.asked.API == r.API && a.asked.Stage == r.Stage && a.asked.Method == r.Method && a.asked.Path == r.Path && a.asked.Canary == r.Canary && a.asked.Route == r.Route &&
		len(r.Body) <= websocket.MaxFrame && slices.Equal(a.asked.Headers, r.Headers) && slices.Equal(a.asked.Query, r.Query)
}

// clientBody is the client's body. What reads it here makes the way depend on it.
func (w *routing) clientBody() string {
	w.bodyRead = true
	return w.Request.Body
}

// signed is the last call as API Gateway signs it, where that depended on nothing but
// the method, what the URI takes in, and the verb.
type signed struct {
	method      *snapshot.Method
	integration *snapshot.Integration
	stage       *snapshot.Stage
	verb        string
	canary      bool
	path, query []Mapped
	signing     Signing
	step        Step
}

// signedAlike takes the last call's signature over where this one is signed alike.
func (w *signing) signedAlike(step *Step) bool {
	last := w.lastSigning
	if last == nil || last.method != w.Route.Method || last.integration != w.Mapping.Integration || last.stage != w.Route.Stage || last.verb != w.Request.Method ||
		last.canary != w.Request.Canary || !slices.Equal(last.path, w.Mapping.Path) || !slices.Equal(last.query, w.Mapping.Query) {
		return false
	}
	*w.Signing, *step = last.signing, last.step
	return true
}

// keepSigning keeps a signature for the next call. The body bears on that of a GET, and
// on a MOCK integration.
func (w *signing) keepSigning(step *Step) {
	w.lastSigning = nil
	if w.Signing.Type == "AWS" && w.Signing.Method != "GET" {
		w.lastSigning = &signed{w.Route.Method, w.Mapping.Integration, w.Route.Stage, w.Request.Method, w.Request.Canary, w.Mapping.Path, w.Mapping.Query, *w.Signing, *step}
	}
}
