package websocket

// Refusal is what AWS answers when a part of an API is created: status 400,
// BadRequestException.
type Refusal struct{ Message string }

func (r *Refusal) Error() string { return r.Message }

var (
	// NoRouteSelection answers an API without a route selection expression, which
	// WebSocket APIs need; the text is not recorded.
	NoRouteSelection = &Refusal{"RouteSelectionExpression is required for WEBSOCKET protocol"}
	// AuthorizedElsewhere answers a route other than $connect that asks for
	// authorization (reported word for word).
	AuthorizedElsewhere = &Refusal{"Currently, authorization is restricted to the $connect route only"}
)

// Sizes of what a client sends, in bytes (H106). A message that is larger ends the
// connection with close code 1009; so does a frame, of which a message can have
// several.
const (
	MaxMessage = 128 << 10
	MaxFrame   = 32 << 10
)
