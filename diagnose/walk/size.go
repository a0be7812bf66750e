package walk

import (
	"fmt"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/websocket"
	"apisqs-doctor/diagnose/snapshot"
)

// Sizes of what API Gateway takes over HTTP, in bytes: of a body (T114, H52), and of
// the request line with all headers (H52).
const (
	maxPayload = 10 << 20
	maxHead    = 10240
)

// oversized refuses a body that API Gateway does not take. What becomes of a head that
// is too long is not recorded.
func (w *routing) oversized(gaps *snapshot.Gaps) (*Failure, string) {
	r := &w.Request
	head := len(r.Method) + len(r.Path) + len(" HTTP/1.1\r\n")
	for _, q := range r.Query {
		head += len("?") + len(q.Name) + len("=") + len(q.Value)
	}
	for _, h := range r.Headers {
		head += len(h.Name) + len(": ") + len(h.Value) + len("\r\n")
	}
	if head > maxHead {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: fmt.Sprintf("API Gateway takes %d bytes of request line and headers, and this call has %d; what it answers is not documented", maxHead, head), Origin: w.Route.API.Origin})
	}
	if len(r.Body) <= maxPayload {
		return nil, ""
	}
	return own(gateway.TooLarge), fmt.Sprintf("the body has %d bytes, API Gateway takes %d", len(r.Body), maxPayload)
}

// tooBig refuses a message that ends the connection. One that is larger than a frame
// can be sent in several, which clients do or do not (H106).
func (w *routing) tooBig(gaps *snapshot.Gaps) (*Failure, string) {
	switch n := len(w.Request.Body); {
	case n > websocket.MaxMessage:
		return &Failure{Origin: FromAPIGateway, Code: MessageTooBig, Message: "the connection is closed with code 1009"},
			fmt.Sprintf("the message has %d bytes, API Gateway takes %d: it closes the connection with code 1009", n, websocket.MaxMessage)
	case n > websocket.MaxFrame:
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: fmt.Sprintf("a frame of more than %d bytes closes the connection with code 1009, and this message has %d: whether the client sends it in several frames is not known", websocket.MaxFrame, n), Origin: w.Route.API.Origin})
	}
	return nil, ""
}
