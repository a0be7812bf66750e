package http

import "testing"

func TestCreation(t *testing.T) {
	for _, c := range []struct {
		fact    string
		err     error
		refused bool
	}{
		{"route key", CheckRouteKey("POST /orders"), false},
		{"route key", CheckRouteKey("ANY /{proxy+}"), false},
		{"route key", CheckRouteKey("post /orders"), false}, // open
		{"route key", CheckRouteKey("$default"), false},
		{"route key", CheckRouteKey("POST orders"), true},
		{"route key", CheckRouteKey("POST/orders"), true},
		{"route key", CheckRouteKey("FETCH /orders"), true},
		{"H62", CheckStageName("$default"), false},
		{"H62", CheckStageName("prod-1"), false},
		{"H62", CheckStageName("$"), true},
		{"H62", CheckStageName("/"), true},
		{"H62", CheckStageName(""), true},
		{"H67", CheckStageVariable("x_1", "a.b/c"), false},
		{"H67", CheckStageVariable("x-1", "a"), true},
		{"H67", CheckStageVariable("x", "a b"), true},
		{"H70", CheckAuthorization("NONE", []string{"a"}, false), true},
		{"H70", CheckAuthorization("AWS_IAM", []string{"a"}, false), true},
		{"H70", CheckAuthorization("CUSTOM", []string{"a"}, true), true},
		{"H70", CheckAuthorization("JWT", []string{"a"}, true), false},
		{"H70", CheckAuthorization("JWT", nil, false), true},
		{"H70", CheckAuthorization("CUSTOM", nil, false), true},
		{"H70", CheckAuthorization("NONE", nil, false), false},
		{"H70", CheckAuthorization("SOMETHING", nil, false), false}, // stored
		{"H8", CheckTimeout(50, MaxTimeout), false},
		{"H8", CheckTimeout(30000, MaxTimeout), false},
		{"H8", CheckTimeout(49, MaxTimeout), true},
		{"H8", CheckTimeout(30001, MaxTimeout), true},
		{"H106", CheckTimeout(29000, MaxWebSocketTimeout), false},
		{"H106", CheckTimeout(29001, MaxWebSocketTimeout), true},
		{"H108", CheckCORS([]string{"https://a.example", "*"}, true), true},
		{"H108", CheckCORS([]string{"https://a.example"}, true), false},
		{"H108", CheckCORS([]string{"*"}, false), false},
		{"H109", CheckLogging("INFO"), true},
		{"H109", CheckLogging("error"), true},
		{"H109", CheckLogging("OFF"), false},
		{"H109", CheckLogging(""), false},
		{"H110", CheckSettingsKey("POST /orders", []string{"POST /orders"}), false},
		{"H110", CheckSettingsKey("POST /order", []string{"POST /orders"}), true},
		{"H111", CheckRouteSelection(""), false},
		{"H111", CheckRouteSelection("${request.method} ${request.path}"), false},
		{"H111", CheckRouteSelection("$request.method $request.path"), false},
		{"H111", CheckRouteSelection("$request.body.action"), true},
	} {
		if (c.err != nil) != c.refused {
			t.Errorf("%s: %v, want refused %v", c.fact, c.err, c.refused)
		}
	}
}

// What no fact tells of a route key is a doubt and no refusal (H61).
func TestDoubtOfRouteKey(t *testing.T) {
	for key, doubted := range map[string]bool{"POST /orders": false, "ANY /a/{id}/b/{proxy+}": false, "$default": false, "GET /": false,
		"post /orders": true, "POST /{id": true, "POST /a}": true, "POST /x{id}": true, "POST /{proxy+}/x": true, "POST /{a}/{a}": true, "POST /{a}/{a+}": true} {
		if got := DoubtOfRouteKey(key); (got != "") != doubted {
			t.Errorf("%s: %q, want a doubt %v", key, got, doubted)
		}
	}
}

// What a malformed route key was meant to be is one that AWS takes.
func TestMeantRouteKey(t *testing.T) {
	for key, want := range map[string]string{"POST orders": "POST /orders", "POST  /orders": "POST /orders", "POST/orders": "POST /orders", "post: orders/{id}": "POST /orders/{id}",
		"/orders": "ANY /orders", "default": "$default", "SEND /orders": "", "": "", "orders": "", "POST /a b": "", "/a b": ""} {
		if got := MeantRouteKey(key); got != want {
			t.Errorf("%q: %q, want %q", key, got, want)
		} else if got != "" && (CheckRouteKey(got) != nil || DoubtOfRouteKey(got) != "") {
			t.Errorf("%q: %q is no route key", key, got)
		}
	}
}

func TestReservedHeaders(t *testing.T) {
	for name, want := range map[string]bool{"Access-Control-Allow-Origin": true, "x-amz-id": true, "Via": true, "Authorization": true, "X-Request": false, "Content-Type": false} {
		_, refusals := CompileReplies(map[string]map[string]string{"200": {"overwrite:header." + name: "x"}})
		if (len(refusals) > 0) != want {
			t.Errorf("H27: %s: %v, want refused %v", name, refusals, want)
		}
	}
}
