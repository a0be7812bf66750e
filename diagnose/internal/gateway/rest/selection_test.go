package rest

import (
	"testing"
)

func patterns(t *testing.T, texts ...string) []Pattern {
	t.Helper()
	var list []Pattern
	for _, text := range texts {
		p, err := CompilePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func TestSelect(t *testing.T) {
	for _, c := range []struct {
		name     string
		patterns []string
		status   int
		index    int
	}{
		{"T90: the pattern is compared with the status", []string{"", `4\d{2}`}, 403, 1},
		{"T91: what no pattern takes goes to the default", []string{"", `4\d{2}`}, 500, 0},
		{"T91: a lone default takes errors too", []string{""}, 404, 0},
		{"T92: the whole status has to match", []string{"40", ""}, 403, 1},
		{"T92: of two that match the first is taken", []string{"403", "4.."}, 403, 0},
		{"T93: no match and no default", []string{"200"}, 403, -1},
		{"a number as a pattern", []string{"200", "400", "500"}, 400, 1},
		{"a pattern for a message matches no status", []string{".*AccessDenied.*", ""}, 403, 1},
		{"anchors change nothing", []string{"^4..$", ""}, 404, 0},
		{"alternatives", []string{"400|403", ""}, 403, 0},
		{"a lookahead, as for Lambda", []string{`(?!2\d\d)\d{3}`, "2.."}, 403, 0},
		{"a lookahead that refuses", []string{`^(?!2\d\d).*`, "2.."}, 200, 1},
		{"nothing at all", nil, 200, -1},
	} {
		if got := Select(c.status, patterns(t, c.patterns...)); got.Index != c.index {
			t.Errorf("%s: %+v, want index %d", c.name, got, c.index)
		}
	}
}

// Which of two patterns wins is recorded for one case only (T92); others that
// match are listed, so that a diagnosis can doubt the choice.
func TestSelectOthers(t *testing.T) {
	s := Select(403, patterns(t, ".*", "4..", "403", ""))
	if s.Index != 0 || len(s.Others) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestUncompilablePatterns(t *testing.T) {
	for _, text := range []string{"(", "(?<=4)00", "(?!2..).*|x", "[", `\p{Foo}`, "(?!"} {
		if p, err := CompilePattern(text); err == nil {
			t.Errorf("%q compiles as %+v", text, p)
		}
	}
}

func TestClientHeader(t *testing.T) {
	for name, want := range map[string]string{ // T97
		"X-Id": "X-Id", "Date": "x-amzn-Remapped-Date", "authorization": "x-amzn-Remapped-authorization", "Transfer-Encoding": "", "Content-Type": "Content-Type",
	} {
		if got := ClientHeader(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestRequestHeaders(t *testing.T) {
	// T64: headers that make every call of an AWS integration fail.
	for _, name := range []string{"Content-Length", "Transfer-Encoding", "Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE", "X-Amzn-Trace-Id"} {
		if !FatalHeader(name) {
			t.Errorf("%s may not be mapped", name)
		}
	}
	// T65: headers that may be mapped.
	for _, name := range []string{"Accept", "Content-Type", "Host", "User-Agent", "Date", "Referer", "Via", "X-Amz-Target"} {
		if FatalHeader(name) {
			t.Errorf("%s may be mapped", name)
		}
	}
	if !DroppedHeader("Referer") || DroppedHeader("Via") {
		t.Error("an AWS integration drops Referer and no other of T65")
	}
	// T66: headers of the client that nothing can read.
	for _, name := range []string{"Connection", "Content-Length", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE", "Transfer-Encoding", "Trailer", "Upgrade", "WWW-Authenticate"} {
		if VisibleHeader(name) {
			t.Errorf("%s is invisible", name)
		}
	}
	if !VisibleHeader("Authorization") || !VisibleHeader("Host") {
		t.Error("Authorization and Host can be read")
	}
}

// T113: the body of API Gateway's own answers is JSON with one member.

func FuzzSelect(f *testing.F) {
	for _, seed := range []string{"4..", "(?!2).*", "", ".*", "(?!(a", `[`, `4\d{2}|5\d{2}`, "(?!x)("} {
		f.Add(seed, 403)
	}
	f.Fuzz(func(t *testing.T, text string, status int) {
		p, err := CompilePattern(text)
		if (err == nil) != p.Valid() {
			t.Errorf("%q: error %v, but valid is %v", text, err, p.Valid())
		}
		s := Select(status, []Pattern{p, {}})
		if p.Text != "" && s.Default == p.Matches(status) {
			t.Errorf("%q for %d: %+v", text, status, s)
		}
	})
}

func BenchmarkSelect(b *testing.B) {
	var list []Pattern
	for _, text := range []string{`2\d{2}`, `4\d{2}`, `5\d{2}`, ""} {
		p, _ := CompilePattern(text)
		list = append(list, p)
	}
	for b.Loop() {
		Select(503, list)
	}
}
