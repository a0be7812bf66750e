package rest

import (
	"strings"
	"testing"
)

func TestParseExpression(t *testing.T) {
	for _, c := range []struct {
		text        string
		kind        Kind
		name        string
		declaration string
	}{
		// T80: the sources of a mapping, and which of them need a declaration.
		{"'application/x-www-form-urlencoded'", Literal, "", ""},
		{"''", Literal, "", ""},
		{"method.request.header.X-Tenant", Header, "X-Tenant", "method.request.header.X-Tenant"},
		{"method.request.multivalueheader.X-Tenant", MultiHeader, "X-Tenant", "method.request.header.X-Tenant"},
		{"method.request.querystring.tag", QueryString, "tag", "method.request.querystring.tag"},
		{"method.request.multivaluequerystring.tag", MultiQueryString, "tag", "method.request.querystring.tag"},
		{"method.request.path.id", PathParameter, "id", "method.request.path.id"},
		{"method.request.body", Body, "$", ""},
		{"method.request.body.detail.type", Body, "detail.type", ""},
		{"stageVariables.queue", StageVariable, "queue", ""},
		{"context.identity.sourceIp", Context, "identity.sourceIp", ""},
	} {
		e, err := ParseExpression(c.text)
		if err != nil || e.Kind != c.kind || e.Name != c.name || e.Declaration() != c.declaration {
			t.Errorf("%s: %+v, declaration %q, %v", c.text, e, e.Declaration(), err)
		}
	}
}

// T102: what AWS does not store, in its own words.
func TestParseExpressionRefuses(t *testing.T) {
	for text, detail := range map[string]string{
		"application/x-www-form-urlencoded":   "Invalid mapping expression specified: application/x-www-form-urlencoded",
		`"application/json"`:                  `Invalid mapping expression specified: "application/json"`,
		"method.request.headers.X":            "Invalid mapping expression specified: method.request.headers.X",
		"integration.response.header.X":       "Invalid mapping expression specified: integration.response.header.X",
		"":                                    "Invalid mapping expression specified: ",
		"'":                                   "Invalid mapping expression specified: '",
		"method.request.querystring.a b":      "Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$",
		"method.request.querystring.filter[]": "Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$",
	} {
		_, err := ParseExpression(text)
		want := "Invalid mapping expression specified: Validation Result: warnings : [], errors : [" + detail + "]"
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestParseReplyExpression(t *testing.T) {
	for text, kind := range map[string]Kind{
		"integration.response.header.Date":          ResponseHeader,
		"integration.response.multivalueheader.Via": ResponseHeader,
		"integration.response.body":                 ResponseBody,
		"integration.response.body.a.b":             ResponseBody,
		"'*'":                                       Literal,
		"stageVariables.x":                          StageVariable,
		"context.requestId":                         Context,
	} {
		if e, err := ParseReplyExpression(text); err != nil || e.Kind != kind {
			t.Errorf("%s: %+v, %v", text, e, err)
		}
	}
	for _, text := range []string{"method.request.header.X", "*", "integration.response.headers.X", "integration.response.bodyx"} {
		if _, err := ParseReplyExpression(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestMeant(t *testing.T) {
	for text, want := range map[string]string{
		"application/x-www-form-urlencoded":   "'application/x-www-form-urlencoded'",
		`"application/json"`:                  "'application/json'",
		"$context.requestId":                  "context.requestId",
		"${stageVariables.queue}":             "stageVariables.queue",
		"'method.request.header.X":            "method.request.header.X",
		"method.request.headers.X-Tenant":     "method.request.header.X-Tenant",
		"integration.request.querystring.tag": "method.request.querystring.tag",
		"method.request.body.$.a":             "method.request.body.$.a",
	} {
		dest, source := Meant("integration.request.headers.X", text)
		if dest != (Destination{"header", "X"}) || source.Source() != want {
			t.Errorf("%s: %+v, %s, want %s", text, dest, source.Source(), want)
		}
		if _, err := ParseExpression(source.Source()); err != nil {
			t.Errorf("%s: what is meant is refused as well: %v", text, err)
		}
	}
	if dest, _ := Meant("Content-Type", "'x'"); dest.Name != "" {
		t.Errorf("a bare name says no place: %+v", dest)
	}
}

func TestParseDestination(t *testing.T) {
	d, err := ParseDestination("integration.request.header.X-Amz-Target")
	if err != nil || d != (Destination{"header", "X-Amz-Target"}) {
		t.Errorf("%+v, %v", d, err)
	}
	for _, text := range []string{"integration.request.headers.X", "method.request.header.X", "integration.request.header.", "integration.request.header.a b", "X"} {
		if _, err := ParseDestination(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{"'x'", "method.request.header.X", "method.request.body.$.a", "context.a", "stageVariables.", "integration.response.body", "method.request.path.{id}", "'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseExpression(text)
		if err == nil && e.Kind == Literal && "'"+e.Text+"'" != text {
			t.Errorf("the literal %q is read as %q", text, e.Text)
		}
		if err == nil && e.Declaration() != "" && !strings.HasSuffix(e.Declaration(), "."+e.Name) {
			t.Errorf("%q: declaration %q of %q", text, e.Declaration(), e.Name)
		}
		if err != nil && !strings.Contains(err.Error(), "warnings : [], errors : [") {
			t.Errorf("%q: the refusal has not AWS's frame: %v", text, err)
		}
		_, _ = ParseReplyExpression(text)
		if err == nil && e.Source() != text {
			t.Errorf("%q is written as %q", text, e.Source())
		}
		Meant(text, text)
	})
}
