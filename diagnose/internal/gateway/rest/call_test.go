package rest

import (
	"slices"
	"testing"
)

func sampleCall() *Call {
	return &Call{Method: "POST", ContentType: "application/json", Body: `{"id":7,"name":"a b"}`,
		Headers:   []Parameter{{"X-One", "1"}, {"X-One", "2"}, {"Connection", "close"}},
		Query:     []Parameter{{"q", "x"}, {"blank", " "}},
		Path:      map[string]string{"tenant": "acme"},
		Variables: map[string]string{"queue": "orders"},
		Context: func() map[string]any {
			return NewContext(ContextInput{API: "a1", Stage: "prod", Authorizer: map[string]any{"principalId": "sample"}})
		},
	}
}

func TestEvaluate(t *testing.T) {
	for text, want := range map[string]Value{
		"'fixed'":                               {Text: "fixed"},
		"method.request.header.X-One":           {Text: "2", Client: true},    // T82: the last one
		"method.request.header.x-one":           {Client: true, Absent: true}, // T82: names are case-sensitive
		"method.request.header.Connection":      {Client: true, Absent: true}, // never visible
		"method.request.multivalueheader.X-One": {Text: "1,2", Client: true},
		"method.request.querystring.q":          {Text: "x", Client: true},
		"method.request.path.tenant":            {Text: "acme", Client: true},
		"method.request.path.other":             {Client: true, Absent: true},
		"method.request.body":                   {Text: `{"id":7,"name":"a b"}`, Client: true}, // T83
		"method.request.body.name":              {Text: "a b", Client: true},
		"method.request.body.gone":              {Client: true, Absent: true},
		"stageVariables.queue":                  {Text: "orders"},
		"stageVariables.gone":                   {Absent: true, Missing: "gone"}, // T84
		"context.stage":                         {Text: "prod"},
		"context.authorizer.claim":              {Text: "sample"},
		"context.nothing":                       {Absent: true},
	} {
		source, err := ParseExpression(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, refused := sampleCall().Evaluate(source); got != want || refused != nil {
			t.Errorf("%s: %+v, %v; want %+v", text, got, refused, want)
		}
	}
}

// T83: a body that begins like JSON and is none is refused, text is not.
func TestEvaluateBodyThatIsNoJSON(t *testing.T) {
	for body, refused := range map[string]bool{`{"a"`: true, "plain": false, "": false, `[1,]`: true} {
		c := sampleCall()
		c.Body = body
		if _, got := c.Evaluate(Expression{Kind: Body, Name: "$"}); (got != nil) != refused {
			t.Errorf("%q: refused %v, want %v", body, got, refused)
		}
	}
}

func TestEvaluateWithoutStageVariables(t *testing.T) {
	c := sampleCall()
	c.Variables = nil
	if v, _ := c.Evaluate(Expression{Kind: StageVariable, Name: "queue"}); !v.Unknown {
		t.Errorf("%+v: variables that were not read are not absent", v)
	}
}

func TestMissingParameters(t *testing.T) {
	declared := map[string]bool{"method.request.header.x-one": true, "method.request.querystring.blank": true, "method.request.querystring.q": true,
		"method.request.path.tenant": true, "method.request.header.gone": true, "method.request.header.optional": false}
	if got := sampleCall().MissingParameters(declared); !slices.Equal(got, []string{"gone", "blank"}) { // T111
		t.Errorf("%q", got)
	}
}

func TestPayload(t *testing.T) { // T99
	for _, c := range []struct {
		body, handling string
		types          []string
		want           string
		binary, fails  bool
	}{
		{"text", "", nil, "text", false, false},
		{"text", "", []string{"*/*"}, "text", true, false},
		{"text", "CONVERT_TO_TEXT", []string{"*/*"}, "dGV4dA==", false, false},
		{"dGV4dA==", "CONVERT_TO_BINARY", nil, "text", true, false},
		{"no base64!", "CONVERT_TO_BINARY", nil, "no base64!", true, true},
		{"", "CONVERT_TO_BINARY", nil, "", false, false},
	} {
		call := sampleCall()
		call.Body = c.body
		payload, binary, refused := call.Payload(c.types, c.handling)
		if payload != c.want || binary != c.binary || (refused != nil) != c.fails {
			t.Errorf("%+v: %q, %v, %v", c, payload, binary, refused)
		}
	}
}

func TestDefaults(t *testing.T) {
	c := sampleCall()
	c.ContentType = ""
	none := func(string) bool { return false }
	names := func(list []Default) (out []string) {
		for _, d := range list {
			out = append(out, d.Name+"="+d.Value)
		}
		return out
	}
	want := []string{"Accept=application/json", "Content-Type=application/json", "X-Amzn-Apigateway-Api-Id=a1", "User-Agent=AmazonAPIGateway_a1"} // T61, T62, T70, T177
	if got := names(c.Defaults("a1", none)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	c.Method = "GET"
	if got := names(c.Defaults("a1", func(name string) bool { return name == "Accept" })); !slices.Equal(got, want[2:]) {
		t.Errorf("%q", got)
	}
}

func TestModel(t *testing.T) { // T111
	models := map[string]string{"application/json": "Order", "text/plain": "Empty"}
	for contentType, want := range map[string]string{"": "Order", "application/json; charset=utf-8": "Order", "text/plain": "", "text/xml": ""} {
		if got := (&Call{ContentType: contentType}).Model(models); got != want {
			t.Errorf("%q: %q, want %q", contentType, got, want)
		}
	}
}
