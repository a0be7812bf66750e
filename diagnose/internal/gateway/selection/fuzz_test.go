package selection

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzEvaluate holds for every text: what is parsed is covered by its parts, the
// spans tile the value, and a member that is found is one of a valid document.
func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{"$request.body.a.b[0]", "${request.header.x}$", "a${context.x}b$request.path", `{"A":{"StringValue":"${request.body.a}"}}`, `\$default`, "$request.body['a']"} {
		for _, body := range []string{`{"a":{"b":["x"]}}`, `{"a":"\u00e9","a":1}`, `[1,2.5e3,null]`, "a=1"} {
			f.Add(seed, body)
		}
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		for _, g := range []Grammar{{}, {JSON: true}, {Escapes: true}, {Response: true}} {
			e, err := Parse(text, g)
			if err != nil {
				if _, ok := err.(*InvalidError); !ok {
					t.Fatalf("%q: %T", text, err)
				}
				continue
			}
			in := &Input{Body: body, Path: "/p", Headers: []Pair{{"x", body}}, StageVariables: map[string]string{}}
			v := e.Evaluate(in, nil)
			end := 0
			for _, s := range v.Spans() {
				if s.Start != end || s.End <= s.Start {
					t.Fatalf("%q: spans %+v of %q", text, v.Spans(), v.Text)
				}
				end = s.End
			}
			if end != len(v.Text) {
				t.Fatalf("%q: spans end at %d of %d", text, end, len(v.Text))
			}
			if _, static := e.Static(); static && v.Outcome == Nothing {
				t.Fatalf("%q: a static text gives nothing", text)
			}
			if again := e.Evaluate(in, nil); again.Text != v.Text || again.Outcome != v.Outcome {
				t.Fatalf("%q: %q, then %q", text, v.Text, again.Text)
			}
		}
		if got, want := validDocument(body), json.Valid([]byte(body)); got != want && strings.Count(body, "[")+strings.Count(body, "{") < maxDepth {
			t.Fatalf("%q: valid is %v, want %v", body, got, want)
		}
	})
}
