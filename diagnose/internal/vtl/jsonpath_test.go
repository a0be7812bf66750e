package vtl

import (
	"strings"
	"testing"
)

// Jayway's rules, which decide what $input.path and $input.json give.
func TestJSONPath(t *testing.T) {
	const doc = `{"store": {"book": [{"t": "A", "p": 8, "i": "x"}, {"t": "B", "p": 12}, {"t": "C", "p": 8.99}], "bike": {"p": 20}}, "a-b": 1, "a b": {"c.d": 2}, "é": 3, "s": "text", "m": [[1, 2], [3]]}`
	for _, c := range []struct{ path, want string }{
		{"$", doc},
		{"$.s", `"text"`},
		{"$.a-b", "1"},
		{"$['a b']['c.d']", "2"},
		{"$.é", "3"},
		{"$.store.book[1].t", `"B"`},
		{"$.store.book[-1].t", `"C"`},
		{"$['store'].book[0]['t']", `"A"`},
		{"$.store.book[9]", `""`},
		{"$.store.book.t", `""`}, // a name on an array finds nothing
		{"$.m[0][1]", "2"},
		{"$.store.book[*].t", `["A","B","C"]`},
		{"$.store.*.p", "[20]"},
		{"$..p", "[8,12,8.99,20]"},
		{"$.nope[*]", "[]"}, // indefinite paths always give a list
		{"$.store.book[0:2].p", "[8,12]"},
		{"$.store.book[-2:].p", "[12,8.99]"},
		{"$.store.book[:1].p", "[8]"},
		{"$.store.book[0,2].t", `["A","C"]`},
		{"$.store.book[0]['p','t']", `{"p":8,"t":"A"}`},
		{"$.store.book[?(@.p < 10)].t", `["A","C"]`},
		{"$.store.book[?(@.t == 'B')].p", "[12]"},
		{"$.store.book[?(@.i)].t", `["A"]`},
		{"$.store.book[?(@.p > 8 && @.t == 'C')].t", `["C"]`},
		{"$.store.bike[?(@.p == 20)]", `[{"p":20}]`}, // a filter on an object tests the object
		{"$.store.book.length()", "3"},
		{"s", `"text"`},
	} {
		in := &Input{Body: doc}
		want := c.want
		if c.path == "$" {
			want = mustRender(t, "$input.json('$')", in).Text
		}
		// Once as a literal, compiled with the template, and once computed.
		path := strings.ReplaceAll(c.path, "'", "''")
		for _, template := range []string{"$input.json('" + path + "')", "#set($path = '" + path + "')$input.json($path)"} {
			if got := mustRender(t, template, in).Text; got != want {
				t.Errorf("%s: got %s, want %s", template, got, want)
			}
		}
	}
}

func TestJSONPathProblems(t *testing.T) {
	for _, path := range []string{"", "$.a[?(@.x == $.y)]", "$.a[", "$.a.sum()", "$[0:9:2]"} {
		if p := parsePath(path); p.problem == "" {
			t.Errorf("%q: no problem told", path)
		}
	}
}

func TestInvalidJSON(t *testing.T) {
	for _, body := range []string{"{", "[1,]", `{"a":}`, `{"a" 1}`, `{a:1}`, "01", "1.", "-", "1e", `"a`, "\"a\nb\"", `"\x"`, `"\u12"`, "nul", "1 2", "{}x", `[1`, `{"a":1,}`} {
		in := &Input{Body: body}
		if got := mustRender(t, "[$input.path('$')][$input.path('$.a')]$input.json('$.a')", in).Text; got != "["+body+`][]""` {
			t.Errorf("%q is taken for JSON: %q", body, got)
		}
	}
}
