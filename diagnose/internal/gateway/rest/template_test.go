package rest

import "testing"

func TestChooseTemplate(t *testing.T) {
	both := []string{"$default", "application/json"}
	for _, c := range []struct {
		name, contentType string
		keys              []string
		passthrough       string
		want              Choice
	}{
		{"T70: no Content-Type is JSON, also with NEVER", "", []string{"application/json"}, Never, Choice{Key: "application/json"}},
		{"T71: parameters do not count", "application/json; charset=utf-8", []string{"application/json"}, Never, Choice{Key: "application/json"}},
		{"T71: nor do those of the key", "application/json", []string{"application/json;charset=utf-8"}, Never, Choice{Key: "application/json;charset=utf-8"}},
		{"T72: WHEN_NO_MATCH passes on", "text/plain", []string{"application/json"}, WhenNoMatch, Choice{Pass: true}},
		{"T72: WHEN_NO_TEMPLATES refuses when there is one", "text/plain", []string{"application/json"}, WhenNoTemplates, Choice{Refused: true}},
		{"T72: WHEN_NO_TEMPLATES passes on when there is none", "text/plain", nil, WhenNoTemplates, Choice{Pass: true}},
		{"T72: NEVER refuses", "text/plain", []string{"application/json"}, Never, Choice{Refused: true}},
		{"T72: NEVER without templates refuses everything", "application/json", nil, Never, Choice{Refused: true}},
		{"T74: the default is WHEN_NO_MATCH", "text/plain", nil, "", Choice{Pass: true}},
		{"templates spell the behavior in lower case", "text/plain", nil, "never", Choice{Refused: true}},
		{"T73: $default when nothing matches", "text/plain", both, Never, Choice{Key: "$default"}},
		{"T73: a match goes before $default", "application/json", both, Never, Choice{Key: "application/json"}},
	} {
		if got := ChooseTemplate(c.contentType, c.keys, c.passthrough); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// T96: the accepted type, else application/json, else the first.
func TestChooseResponseTemplate(t *testing.T) {
	keys := []string{"application/json", "application/xml"}
	for _, c := range []struct {
		accept string
		keys   []string
		want   string
	}{
		{"application/xml", keys, "application/xml"},
		{"application/xml;q=0.9", keys, "application/xml"},
		{"text/html, application/xml", keys, "application/xml"},
		{"text/html", keys, "application/json"},
		{"*/*", keys, "application/json"},
		{"", keys, "application/json"},
		{"text/html", []string{"application/xml"}, "application/xml"},
		{"application/json", nil, ""},
	} {
		if got := ChooseResponseTemplate(c.accept, c.keys); got != c.want {
			t.Errorf("%q of %v: %q, want %q", c.accept, c.keys, got, c.want)
		}
	}
}

// T99: binary media types, as the control plane writes them.

func FuzzChooseTemplate(f *testing.F) {
	f.Add("application/json", "application/json", "$default", "NEVER")
	f.Add("", ";", "/", "x")
	f.Fuzz(func(t *testing.T, contentType, a, b, passthrough string) {
		keys := []string{a, b}
		c := ChooseTemplate(contentType, keys, passthrough)
		n := 0
		for _, is := range []bool{c.Key != "", c.Pass, c.Refused} {
			if is {
				n++
			}
		}
		if n != 1 && a != "" && b != "" {
			t.Errorf("%q, %q, %q: %+v is not one outcome", contentType, keys, passthrough, c)
		}
		if key := ChooseResponseTemplate(contentType, keys); key != a && key != b {
			t.Errorf("the response template %q is none of %q", key, keys)
		}
	})
}
