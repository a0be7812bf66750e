package websocket

import (
	"slices"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

// Keys of the routes that every API may have.
const (
	Connect    = "$connect"
	Disconnect = "$disconnect"
	Default    = "$default"
)

// RouteChoice is the route that takes a frame.
type RouteChoice struct {
	Key   string // as the expression gives it; empty where the frame has no such member
	Route string // key of the route; empty for none: an error frame (H101)
	Doubt string // why another route may take it; empty when none can
}

// ChooseRoute picks the route of a frame: the one whose key the route selection
// expression gives, else $default (H101). A frame that is no JSON document goes
// to $default. The routes $connect and $disconnect are for the handshake and the
// end, and no frame picks them.
func ChooseRoute(e *selection.Expression, routes []string, frame string) RouteChoice {
	v := e.Evaluate(&selection.Input{Body: frame}, nil)
	c := RouteChoice{Key: v.Text}
	switch v.Outcome {
	case selection.Nothing:
		c.Key = ""
	case selection.Unknown:
		c.Doubt = v.Why
	}
	switch {
	case c.Key != "" && c.Key != Connect && c.Key != Disconnect && slices.Contains(routes, c.Key):
		c.Route = c.Key
	case slices.Contains(routes, Default):
		c.Route = Default
	}
	return c
}
