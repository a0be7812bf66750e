package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/walk"
)

func testApp() *app {
	return &app{Streams: Streams{In: strings.NewReader("from stdin"), LookupEnv: func(string) (string, bool) { return "", false }}}
}

func headers(pairs ...string) (list []walk.Header) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, walk.Header{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func TestSplitShell(t *testing.T) {
	for in, want := range map[string][]string{
		``:                               nil,
		`  a  b `:                        {"a", "b"},
		`'a b' "c d"e\ f`:                {"a b", "c de f"},
		`"say \"hi\" \n $x"`:             {`say "hi" \n $x`},
		`''`:                             {""},
		"a \\\n  b \\\r\n c":             {"a", "b", "c"},
		`$'it\'s\n\x41\u00e9\U0001F600'`: {"it's\nAé😀"},
		`-d'{"a":1}'`:                    {`-d{"a":1}`},
	} {
		got, err := splitShell(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
	for _, in := range []string{`'`, `"a`, `$'a`} {
		if _, err := splitShell(in); err == nil {
			t.Errorf("%q: no error", in)
		}
	}
}

// The expected requests are what curl 8 sends (its own Accept header and, for
// -d, the form Content-Type included), its User-Agent aside.
func TestCallFromCurl(t *testing.T) {
	file := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(file, []byte("{\n\"a\":1}\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const url = " https://example.com/orders"
	const form = "application/x-www-form-urlencoded"
	any := headers("Accept", "*/*")
	for in, want := range map[string]walk.Request{
		"curl" + url:               {Method: "GET", Path: "/orders", Headers: any},
		"curl example.com":         {Method: "GET", Path: "/", Headers: any},
		"curl -I" + url:            {Method: "HEAD", Path: "/orders", Headers: any},
		"curl -sSX put" + url:      {Method: "PUT", Path: "/orders", Headers: any},
		"curl -d a=1 -d b=2" + url: {Method: "POST", Path: "/orders", Headers: headers("Accept", "*/*", "Content-Type", form), Body: "a=1&b=2"},
		"curl -da=1" + url:         {Method: "POST", Path: "/orders", Headers: headers("Accept", "*/*", "Content-Type", form), Body: "a=1"},
		"curl -G -d a=1 --data-urlencode 'b=x y&'" + url: {Method: "GET", Path: "/orders", Headers: any, Query: headers("a", "1", "b", "x y&")},
		"curl -H 'content-type: application/json' --data-raw '@x'" + url: {Method: "POST", Path: "/orders",
			Headers: headers("Accept", "*/*", "content-type", "application/json"), Body: "@x"},
		"curl -H Content-Type: -d x" + url:       {Method: "POST", Path: "/orders", Headers: any, Body: "x"},
		"curl --json '{}'" + url:                 {Method: "POST", Path: "/orders", Headers: headers("Accept", "application/json", "Content-Type", "application/json"), Body: "{}"},
		"curl -d @" + file + url:                 {Method: "POST", Path: "/orders", Headers: headers("Accept", "*/*", "Content-Type", form), Body: `{"a":1}`},
		"curl --data-binary @" + file + url:      {Method: "POST", Path: "/orders", Headers: headers("Accept", "*/*", "Content-Type", form), Body: "{\n\"a\":1}\r\n"},
		"curl --data-binary @-" + url:            {Method: "POST", Path: "/orders", Headers: headers("Accept", "*/*", "Content-Type", form), Body: "from stdin"},
		"curl --compressed -o out -m 5" + url:    {Method: "GET", Path: "/orders", Headers: any},
		"curl -u me:pw" + url:                    {Method: "GET", Path: "/orders", Headers: headers("Accept", "*/*", "Authorization", "Basic bWU6cHc=")},
		"curl 'https://h/users/{id}?x=1&y=%20z'": {Method: "GET", Path: "/users/{id}", Headers: any, Query: headers("x", "1", "y", " z")},
		"curl 'https://h/users/a%2Fb'":           {Method: "GET", Path: "/users/a%2Fb", Headers: any},
		"curl -H 'X-A: 1' -H 'X-A: 2' -H 'X-B;'" + url: {Method: "GET", Path: "/orders",
			Headers: headers("Accept", "*/*", "X-A", "1", "X-A", "2", "X-B", "")},
	} {
		got, err := testApp().callFromCurl(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, *got.request); diff != "" {
			t.Errorf("%s:\n%s", in, diff)
		}
	}
	for in, want := range map[string]string{
		"curl":                         "no URL",
		"curl 'x":                      "not closed",
		"curl -F a=b https://h/":       `option "--form" is not understood`,
		"curl --unheard https://h/":    `option "--unheard" is not understood`,
		"curl https://h/ https://i/":   "two URLs",
		"curl -X":                      "needs a value",
		"curl https://h:x:y/":          "is not a URL",
		"curl https://h/?%zz":          "is not a URL",
		"curl -d @/no/such/f https://": "no such file",
	} {
		if _, err := testApp().callFromCurl(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one about %q", in, err, want)
		}
	}
}

func TestParseRequest(t *testing.T) {
	for in, want := range map[string]walk.Request{
		`{"method":"post","path":"/orders","headers":{"B":"2","A":["1","3"]},"query":{},"body":"x"}`: {
			Method: "POST", Path: "/orders", Headers: headers("A", "1", "A", "3", "B", "2"), Body: "x"},
		`{"path":"/a?x=1","query":{"y":2},"body":{"emoji":"\ud83d\ude00"}}`: {
			Method: "POST", Path: "/a", Query: headers("x", "1", "y", "2"), Body: `{"emoji":"😀"}`},
		"path: /a\n":                     {Method: "GET", Path: "/a"},
		"path: /a\nbody: ''\nheaders:\n": {Method: "GET", Path: "/a"},
		"body: hello\n":                  {Method: "POST", Body: "hello"},
		"path: /a\nheaders:\n- {name: N, value: 5}\nbody:\n  a: [1, x]\n": {
			Method: "POST", Path: "/a", Headers: headers("N", "5"), Body: `{"a":[1,"x"]}`},
	} {
		got, err := parseRequest(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", in, diff)
		}
	}
	for in, want := range map[string]string{
		"":                        "empty",
		"\xff":                    "not text",
		"[1]":                     "not an object",
		`{"methd":"x"}`:           `did you mean "method"?`,
		`{"path":`:                "not JSON",
		"a: b: c":                 "not YAML",
		`{"path":"orders"}`:       "does not begin with a slash",
		`{"headers":{"A":{}}}`:    "headers.A",
		`{"headers":[1]}`:         "headers[0]",
		`{"headers":"A: b"}`:      "expected an object",
		`{"method":1}`:            "method: expected a text",
		"path: /a\nbody:\n  1: 2": "body: expected a text",
	} {
		if _, err := parseRequest(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one about %q", in, err, want)
		}
	}
}

func TestCallFromFlags(t *testing.T) {
	json := headers("Content-Type", "application/json")
	for _, c := range []struct {
		name  string
		flags requestFlags
		want  call
	}{
		{"nothing", requestFlags{}, call{}},
		{"a method and a path only select", requestFlags{method: "post /orders"}, call{method: "POST", path: "/orders"}},
		{"so does a path", requestFlags{method: "/orders"}, call{path: "/orders"}},
		{"and a method", requestFlags{method: "put"}, call{method: "PUT"}},
		{"a body alone is posted as JSON", requestFlags{body: "{}", hasBody: true},
			call{request: &walk.Request{Method: "POST", Headers: json, Body: "{}"}}},
		{"an empty body is a body", requestFlags{method: "POST /a", hasBody: true},
			call{method: "POST", path: "/a", request: &walk.Request{Method: "POST", Path: "/a", Headers: json}}},
		{"a header without value removes the doctor's own", requestFlags{method: "POST /a", headers: []string{"content-type:"}, body: "x", hasBody: true},
			call{method: "POST", path: "/a", request: &walk.Request{Method: "POST", Path: "/a", Body: "x"}}},
		{"GET has no body", requestFlags{method: "GET /a?x=1"},
			call{method: "GET", path: "/a", request: &walk.Request{Method: "GET", Path: "/a", Query: headers("x", "1")}}},
		{"standard input", requestFlags{body: "@-", hasBody: true},
			call{request: &walk.Request{Method: "POST", Headers: json, Body: "from stdin"}}},
	} {
		got, err := testApp().readCall(&c.flags)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(call{})); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
	for _, q := range []requestFlags{
		{method: "POST orders"}, {method: "POST /a /b"}, {headers: []string{"no colon"}}, {headers: []string{": x"}},
		{curl: "curl h", file: "f"}, {curl: "curl h", method: "POST /a"}, {file: "f", hasBody: true}, {body: "@/no/such", hasBody: true},
	} {
		if _, err := testApp().readCall(&q); err == nil {
			t.Errorf("%+v: no error", q)
		}
	}
}

func FuzzCurl(f *testing.F) {
	for _, s := range []string{"curl https://h/", "curl -X POST $'a\\x41' \"b\\\"\" 'c'", "-d a -G -I --json x h", "curl -u a:b --aws-sigv4 aws:amz h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "@") {
			t.Skip("may name a file")
		}
		c, err := testApp().callFromCurl(s)
		if err == nil && (c.request == nil || c.request.Method == "" || !strings.HasPrefix(c.request.Path, "/")) {
			t.Errorf("%q gives %+v", s, c.request)
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	for _, s := range []string{`{"method":"POST","path":"/a","headers":{"A":"b"},"query":{"c":["d"]},"body":"e"}`, "path: /a\nbody: {a: [1, 2]}\n", "&a [*a]", "{", "[[[["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parseRequest(s)
		if err == nil && r.Method == "" {
			t.Errorf("%q gives no method", s)
		}
	})
}
