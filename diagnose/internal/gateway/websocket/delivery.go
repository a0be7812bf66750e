package websocket

// Delivery is what the client gets.
type Delivery uint8

// The deliveries.
const (
	NoFrame    Delivery = iota // nothing: the route is one-way (H103)
	Frame                      // the answer, through the route response
	ErrorFrame                 // API Gateway's own frame; the connection stays (H104)
	Handshake                  // the answer to the handshake: a status (H105)
)

// Outcome is what the client gets for one frame or handshake.
type Outcome struct {
	Delivery Delivery
	// Statuses of the handshake: all that AWS may use where the evidence is open,
	// the likeliest first; nil for a frame.
	Statuses []int
	Message  string // of an error frame
}

// connected is the status of a handshake that succeeds.
const connected = 101

// Own is what the client gets where API Gateway itself ends the processing:
// message is "Internal server error", or "Forbidden" where no route fits (H104).
func Own(route, message string, statuses ...int) Outcome {
	switch route {
	case Connect:
		return Outcome{Delivery: Handshake, Statuses: statuses, Message: message}
	case Disconnect:
		return Outcome{Delivery: NoFrame} // the connection is gone
	}
	return Outcome{Delivery: ErrorFrame, Message: message}
}

// Answered is what the client gets where the service has answered with status.
// twoWay tells that the route has a route response, and answers that an
// integration response is there for the status.
//
// Of a handshake whose service refuses it is recorded only that it fails; with
// which status is open (H105), and so is what a two-way route sends for a refusal
// that no integration response takes.
func Answered(route string, status int, twoWay, answers bool) Outcome {
	refused := status >= 400
	switch {
	case route == Connect && refused:
		return Outcome{Delivery: Handshake, Statuses: []int{500, 502, status}}
	case route == Connect:
		return Outcome{Delivery: Handshake, Statuses: []int{connected}}
	case route == Disconnect || !twoWay:
		return Outcome{Delivery: NoFrame}
	case !answers:
		return Outcome{Delivery: ErrorFrame, Message: InternalError}
	}
	return Outcome{Delivery: Frame}
}

// Messages of API Gateway's own frames.
const (
	InternalError = "Internal server error"
	Forbidden     = "Forbidden"
)

// FrameText is API Gateway's own frame with a message.
func FrameText(message string) string {
	return `{"message": "` + message + `", "connectionId":"` + sampleConnection + `", "requestId":"` + sampleRequest + `"}`
}
