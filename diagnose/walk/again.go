package walk

import (
	"slices"

	"apisqs-doctor/diagnose/internal/gateway/websocket"
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
