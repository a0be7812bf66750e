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
	} {
		if (c.err != nil) != c.refused {
			t.Errorf("%s: %v, want refused %v", c.fact, c.err, c.refused)
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
