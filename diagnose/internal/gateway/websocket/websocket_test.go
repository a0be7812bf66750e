package websocket

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

func parse(t *testing.T, text string) *selection.Expression {
	t.Helper()
	if text == "" {
		return nil
	}
	e, err := selection.Parse(text, Selection)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return e
}

func TestChooseRoute(t *testing.T) {
	all := "$connect $disconnect $default submit order/new"
	for _, c := range []struct {
		fact, expression, routes, frame string
		want                            string
		doubt                           bool
	}{
		{"H101", "$request.body.action", all, `{"action":"submit"}`, "submit", false},
		{"H101", "${request.body.action}", all, `{"action":"submit"}`, "submit", false},
		{"H101", "${request.body.kind}/${request.body.verb}", all, `{"kind":"order","verb":"new"}`, "order/new", false},
		{"H101", "$request.body.action", all, `{"action":"other"}`, "$default", false},
		{"H101", "$request.body.action", all, `{"text":"x"}`, "$default", false},
		{"H101", "$request.body.action", all, "hello", "$default", false},
		{"H101", "$request.body.action", all, `{"action":"$connect"}`, "$default", false},
		{"H101", "$request.body.action", "submit", `{"action":"other"}`, "", false},
		{"H101", "$request.body.action", "submit", "hello", "", false},
		{"open", "$request.body.action", "$default 1", `{"action":1}`, "1", true},
	} {
		got := ChooseRoute(parse(t, c.expression), strings.Fields(c.routes), c.frame)
		if got.Route != c.want || (got.Doubt != "") != c.doubt {
			t.Errorf("%s: %s of %s: %+v, want %q", c.fact, c.expression, c.frame, got, c.want)
		}
	}
}

func TestChooseTemplate(t *testing.T) {
	for _, c := range []struct {
		fact, expression, keys, passthrough string
		want                                TemplateChoice
	}{
		{"H102", `\$default`, "$default", "NEVER", TemplateChoice{Key: "$default", Wanted: "$default"}},
		{"H102", "submit", "submit $default", "NEVER", TemplateChoice{Key: "submit", Wanted: "submit"}},
		{"H102", "${request.body.action}", "submit $default", "", TemplateChoice{Key: "submit", Wanted: "submit"}},
		{"H102", "${request.body.none}", "submit $default", "", TemplateChoice{Key: "$default"}},
		{"H102", "${request.body.none}", "submit", "NEVER", TemplateChoice{Refused: true}},
		{"H102", "${request.body.none}", "submit", "WHEN_NO_TEMPLATES", TemplateChoice{Refused: true}},
		{"H102", "${request.body.none}", "submit", "WHEN_NO_MATCH", TemplateChoice{Passed: true}},
		{"H102", "", "", "WHEN_NO_TEMPLATES", TemplateChoice{Passed: true}},
		{"H102", "", "$default", "NEVER", TemplateChoice{Key: "$default"}},
	} {
		in := &selection.Input{Body: `{"action":"submit"}`}
		if got := ChooseTemplate(parse(t, c.expression), strings.Fields(c.keys), c.passthrough, in); got != c.want {
			t.Errorf("%s: %q of %q with %s: %+v, want %+v", c.fact, c.expression, c.keys, c.passthrough, got, c.want)
		}
	}
	if got := ChooseTemplate(nil, []string{"application/json"}, "NEVER", &selection.Input{}); got.Doubt == "" {
		t.Errorf("open: without an expression: %+v", got)
	}
}

func TestResponses(t *testing.T) {
	r, bad := CompileResponses([]string{`/4\d\d/`, "$default", "/(?!x)/"})
	if len(bad) != 1 {
		t.Errorf("bad keys: %v", bad)
	}
	for status, want := range map[int]int{400: 0, 403: 0, 200: 1, 500: 1} {
		if got := r.Choose(status); got != want {
			t.Errorf("H103: %d is answered by %d, want %d", status, got, want)
		}
	}
	if none, _ := CompileResponses(nil); none.Choose(200) != -1 {
		t.Error("H103: no response answers")
	}
}

func TestDelivery(t *testing.T) {
	for _, c := range []struct {
		fact     string
		got      Outcome
		delivery Delivery
		statuses []int
	}{
		{"H103", Answered("submit", 200, false, false), NoFrame, nil},
		{"H103", Answered("submit", 403, false, true), NoFrame, nil}, // silent loss
		{"H103", Answered("submit", 200, true, true), Frame, nil},
		{"H104", Answered("submit", 200, true, false), ErrorFrame, nil},
		{"H104", Own("submit", InternalError, 500), ErrorFrame, nil},
		{"H104", Own("", Forbidden), ErrorFrame, nil},
		{"H105", Answered(Connect, 200, false, false), Handshake, []int{101}},
		{"H105", Answered(Connect, 403, false, false), Handshake, []int{500, 502, 403}},
		{"H105", Own(Connect, Forbidden, 403), Handshake, []int{403}},
		{"H103", Answered(Disconnect, 403, true, true), NoFrame, nil},
	} {
		if c.got.Delivery != c.delivery || !slices.Equal(c.got.Statuses, c.statuses) {
			t.Errorf("%s: %+v, want %d %v", c.fact, c.got, c.delivery, c.statuses)
		}
	}
	if got := FrameText(InternalError); !strings.HasPrefix(got, `{"message": "Internal server error", "connectionId":"`) {
		t.Errorf("H104: %s", got)
	}
}

func TestContext(t *testing.T) {
	c := ContextValues{API: "a1", Region: "eu-west-1", Stage: "live", RouteKey: "submit"}
	frame := c.Map()
	for _, name := range strings.Fields("connectionId requestId routeKey messageId eventType connectedAt domainName stage") {
		if text, ok := frame[name].(string); !ok || text == "" {
			t.Errorf("H107: $context.%s is missing", name)
		}
	}
	for _, name := range strings.Fields("httpMethod path resourcePath authorizer") {
		if _, ok := frame[name]; ok {
			t.Errorf("H107: $context.%s is there", name)
		}
	}
	c.RouteKey = Connect
	if m := c.Map(); m["messageId"] != nil || m["eventType"] != "CONNECT" {
		t.Errorf("H107: at the handshake: %v", m)
	}
}
