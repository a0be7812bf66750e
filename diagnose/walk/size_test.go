package walk_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// Bodies, heads and frames at the edge of what API Gateway takes, and beyond.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		fact, base string
		request    walk.Request
		body, head int
		code       walk.ErrorCode // of the route stage
		status     walk.Status
	}{
		{"T114", "orders", walk.Request{Method: "POST", Path: "/orders"}, 10 << 20, 0, "", walk.Passed},
		{"T114", "orders", walk.Request{Method: "POST", Path: "/orders"}, 10<<20 + 1, 0, walk.RequestTooLarge, walk.Failed},
		{"H52", "orders_http", walk.Request{Method: "POST", Path: "/orders"}, 10 << 20, 0, "", walk.Passed},
		{"H52", "orders_http", walk.Request{Method: "POST", Path: "/orders"}, 10<<20 + 1, 0, walk.RequestTooLarge, walk.Failed},
		{"H52", "orders_http", walk.Request{Method: "POST", Path: "/orders"}, 1, 10000, "", walk.Passed},
		{"H52", "orders_http", walk.Request{Method: "POST", Path: "/orders"}, 1, 10240, "", walk.Unknown},
		{"H106", "orders_socket", walk.Request{Method: walk.WebSocketMethod, Path: "submit"}, 32 << 10, 0, "", walk.Passed},
		{"H106", "orders_socket", walk.Request{Method: walk.WebSocketMethod, Path: "submit"}, 32<<10 + 1, 0, "", walk.Unknown},
		{"H106", "orders_socket", walk.Request{Method: walk.WebSocketMethod, Path: "submit"}, 128<<10 + 1, 0, walk.MessageTooBig, walk.Failed},
	} {
		loaded, err := fixtures.Load(c.base)
		if err != nil {
			t.Fatal(err)
		}
		r := c.request
		r.API = loaded.Snapshot.APIs[0].ID
		r.Body = `{"action":"submit","x":"`
		r.Body += strings.Repeat("x", max(0, c.body-len(r.Body)-2)) + `"}`
		if c.head > 0 {
			r.Headers = []walk.Header{{Name: "X-Long", Value: strings.Repeat("y", c.head)}}
		}
		trace := walk.New(loaded.Snapshot).Walk(r)
		step := trace.Step(walk.StageRoute)
		var code walk.ErrorCode
		if step.Failure != nil {
			code = step.Failure.Code
		}
		if step.Status != c.status || code != c.code {
			t.Errorf("%s: a body of %d bytes, a header of %d: %v %s, want %v %s", c.fact, c.body, c.head, step.Status, code, c.status, c.code)
		}
		if code == walk.MessageTooBig && trace.Response.Delivery != walk.DeliveryNone {
			t.Errorf("%s: the client gets %s of a connection that is closed", c.fact, trace.Response.Delivery)
		}
	}
}
