package selection

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/internal/vtl"
)

func TestParse(t *testing.T) {
	const refused, doubtful, fine = "refused", "doubtful", "fine"
	for _, c := range []struct {
		fact, text string
		grammar    Grammar
		want       string
	}{
		{"H20", "$request.header.x", Grammar{}, fine},
		{"H20", "${request.header.x}", Grammar{}, fine},
		{"H20", "$request.querystring.page", Grammar{}, fine},
		{"H20", "$request.path.id", Grammar{}, fine},
		{"H20", "$request.path", Grammar{}, fine},
		{"H20", "$request.body", Grammar{}, fine},
		{"H20", "$request.body.order.id", Grammar{}, fine},
		{"H20", "$request.body.pets[0].name", Grammar{}, fine},
		{"H20", "$context.requestId", Grammar{}, fine},
		{"H20", "$stageVariables.queue", Grammar{}, fine},
		{"H20", "any text, as it is", Grammar{}, fine},
		{"H22", "$request.headers.x", Grammar{}, refused},
		{"H22", "$aa", Grammar{}, refused},
		{"H22", "$invalid", Grammar{}, refused},
		{"H22", "$resp.header.x", Grammar{}, refused},
		{"H22", "$request.pathParameters.x", Grammar{}, refused},
		{"H22", "${request.method}", Grammar{}, refused},
		{"H22", "$request.header.whatever-it-is", Grammar{}, fine},
		{"H22", "$request.header.", Grammar{}, refused},
		{"H22", "$Request.body", Grammar{}, refused},
		{"H22", "$request.bodyless", Grammar{}, refused},
		{"H23", "${request.body", Grammar{}, refused},
		{"H23", "$request.body}", Grammar{}, refused},
		{"H23", "$request.header.foo{", Grammar{}, refused},
		{"H23", "${request.header.foo}}", Grammar{}, refused},
		{"H23", "{", Grammar{}, refused},
		{"H23", "}", Grammar{}, refused},
		{"H23", "${request.header.foo{}", Grammar{}, fine},
		{"H23", `{"id":"x"}`, Grammar{}, doubtful},
		{"H24", "$a", Grammar{}, fine},
		{"H24", "price in $", Grammar{}, fine},
		{"H24", "$", Grammar{}, fine},
		{"H24", "$5 off", Grammar{}, doubtful},
		{"H24", "${a$b$}", Grammar{}, refused},
		{"H24", `\$request.body`, Grammar{}, doubtful},
		{"H25", "${request.body}followed with text$request.path", Grammar{}, fine},
		{"H25", "${request.header.x-forwarded-proto}://${context.domainName}${request.path}", Grammar{}, fine},
		{"H25", "$request.path.a $request.path.b", Grammar{}, fine},
		{"H25", "$request.header.a$request.header.b", Grammar{}, fine},
		{"H25", "$request.path.a|$request.path.b", Grammar{}, doubtful},
		{"H26", "${request.header.user-agent}", Grammar{}, fine},
		{"H28", `{"A":{"DataType":"String","StringValue":"${request.header.x}"}}`, Grammar{JSON: true}, fine},
		{"H28", `{"A":{"DataType":"String","StringValue":"$request.header.x"}}`, Grammar{JSON: true}, doubtful},
		{"H28", `{"A":{"StringValue":"${request.pathParameters.x}"}}`, Grammar{JSON: true}, refused},
		{"H51", "$response.header.x-id", Grammar{Response: true}, fine},
		{"H51", "$request.header.x", Grammar{Response: true}, refused},
		{"H51", "$response.body", Grammar{}, refused},
		{"H102", `\$default`, Grammar{Escapes: true}, fine},
	} {
		e, err := Parse(c.text, c.grammar)
		got := fine
		if err != nil {
			got = refused
		} else if len(e.Doubts) > 0 {
			got = doubtful
		}
		if got != c.want {
			t.Errorf("%s: %q is %s, want %s (%v)", c.fact, c.text, got, c.want, err)
		}
	}
}

// request is the call that TestEvaluate and the benchmark evaluate for.
func request() *Input {
	context := map[string]string{"requestId": "req-1", "domainName": "api.example.com", "authorizer.claims.sub": "user-1"}
	return &Input{
		Headers:        []Pair{{"X-Tenant", "acme"}, {"x-many", "1"}, {"X-Many", "2"}, {"X-Empty", ""}},
		Query:          []Pair{{"page", "7"}, {"tag", "a"}, {"tag", "b"}},
		Path:           "/orders/42",
		PathVariables:  map[string]string{"id": "42", "proxy": "a/b/c"},
		Body:           `{"id":7,"text":"he said \"hi\" & left","none":null,"empty":"","list":[{"n":"one"},{"n":"two"}],"o":{"k":"v"},"k\u0065y":"esc","twice":"1","twice":"2"}`,
		Context:        func(name string) (string, bool) { v, ok := context[name]; return v, ok },
		StageVariables: map[string]string{"queue": "orders"},
	}
}

func TestEvaluate(t *testing.T) {
	for _, c := range []struct {
		fact, text string
		outcome    Outcome
		want       string
	}{
		{"H20", "static & text", Resolved, "static & text"},
		{"H25", "a ${stageVariables.queue}-$request.path.id", Resolved, "a orders-42"},
		{"H30", "$request.path.id", Resolved, "42"},
		{"H30", "$request.path.proxy", Resolved, "a/b/c"},
		{"H20", "$request.path", Resolved, "/orders/42"},
		{"H31", "$request.header.x-tenant", Resolved, "acme"},
		{"H31", "$request.header.x-many", Resolved, "1,2"},
		{"H31", "$request.querystring.tag", Resolved, "a,b"},
		{"H31", "$request.querystring.Page", Nothing, ""},
		{"H32", "$request.body", Resolved, request().Body},
		{"H21", "$request.body.text", Resolved, `he said "hi" & left`},
		{"H21", "$request.body.list[1].n", Resolved, "two"},
		{"H21", "$request.body.o.k", Resolved, "v"},
		{"H21", "$request.body.key", Resolved, "esc"},
		{"H21", "$request.body.twice", Resolved, "2"},
		{"H21", "$request.body..k", Nothing, ""},
		{"H21", "$request.body.list[?(@.n=='one')].n", Nothing, ""},
		{"H21", "$request.body.list[*].n", Unknown, ""},
		{"H21", "$request.body.list[7].n", Nothing, ""},
		{"H21", "$request.body.text.deeper", Nothing, ""},
		{"H33", "$request.body.id", Unknown, "7"},
		{"H33", "$request.body.o", Unknown, `{"k":"v"}`},
		{"H33", "$request.body.none", Unknown, "null"},
		{"H34", "$context.requestId", Resolved, "req-1"},
		{"H34", "$context.authorizer.claims.sub", Resolved, "user-1"},
		{"H29", "$context.authorizer", Nothing, ""},
		{"H26", "$context.request-id", Nothing, ""},
		{"H40", "$request.header.x-absent", Nothing, ""},
		{"H40", "$request.body.MessageBody", Nothing, ""},
		{"H41", "$request.header.x-empty", Nothing, ""},
		{"H41", "$request.body.empty", Nothing, ""},
		{"H44", "${request.header.x-tenant}/${request.header.x-absent}", Nothing, "acme/"},
		{"H44", "${request.body.id}/${request.header.x-absent}", Nothing, "7/"},
		{"H67", "$stageVariables.unset", Nothing, ""},
	} {
		e, err := Parse(c.text, Grammar{})
		if err != nil {
			t.Errorf("%s: %q: %v", c.fact, c.text, err)
			continue
		}
		v := e.Evaluate(request(), nil)
		if v.Outcome != c.outcome || v.Text != c.want {
			t.Errorf("%s: %q gives %q (%d, %s), want %q (%d)", c.fact, c.text, v.Text, v.Outcome, v.Why, c.want, c.outcome)
		}
		if (v.Outcome != Resolved) != (v.Why != "") {
			t.Errorf("%q: outcome %d with reason %q", c.text, v.Outcome, v.Why)
		}
	}
}

func TestBodies(t *testing.T) {
	member, _ := Parse("$request.body.a", Grammar{})
	whole, _ := Parse("$request.body", Grammar{})
	big := strings.Repeat("x", bodyCutMost)
	for _, c := range []struct {
		fact, name string
		e          *Expression
		body       string
		want       Outcome
	}{
		{"H41", "no body", whole, "", Nothing},
		{"H42", "no body", member, "", Nothing},
		{"H42", "a form", member, "a=1", Nothing},
		{"H42", "two documents", member, `{"a":"1"} {}`, Nothing},
		{"H42", "a list", member, `["a"]`, Nothing},
		{"H32", "a form", whole, "a=1&b=2", Resolved},
		{"H32", "bytes", whole, "\xff\xfe", Unknown},
		{"H21", "behind the cut", member, `{"b":"` + big + `","a":"1"}`, Nothing},
		{"H21", "before the cut", member, `{"a":"1","b":"` + big + `"}`, Unknown},
		{"H21", "the whole of a large body", whole, big, Resolved},
	} {
		if v := c.e.Evaluate(&Input{Body: c.body}, nil); v.Outcome != c.want {
			t.Errorf("%s: %s of %s: outcome %d, want %d (%s)", c.fact, c.e.Text, c.name, v.Outcome, c.want, v.Why)
		}
	}
}

func TestSpans(t *testing.T) {
	e, err := Parse("v=${request.body.text};${context.requestId};${stageVariables.queue}", Grammar{})
	if err != nil {
		t.Fatal(err)
	}
	v := e.Evaluate(request(), nil)
	spans := v.Spans()
	want := []struct {
		text, source string
		origin       vtl.Origin
	}{
		{"v=", "", vtl.OriginTemplate}, {`he said "hi" & left`, "body:text", vtl.OriginClient}, {";", "", vtl.OriginTemplate},
		{"req-1", "context:requestId", vtl.OriginContext}, {";", "", vtl.OriginTemplate}, {"orders", "stageVariable:queue", vtl.OriginStage},
	}
	if len(spans) != len(want) {
		t.Fatalf("%d spans, want %d: %+v", len(spans), len(want), spans)
	}
	for i, w := range want {
		s := spans[i]
		if got := v.Text[s.Start:s.End]; got != w.text || s.Origin != w.origin || strings.Join(s.Source, " ") != w.source {
			t.Errorf("span %d: %q of %v %v, want %q of %q", i, got, s.Origin, s.Source, w.text, w.source)
		}
	}
}
