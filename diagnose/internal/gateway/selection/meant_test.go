package selection

import "testing"

func TestMeant(t *testing.T) {
	for text, want := range map[string]string{
		"$request.headers.x-tenant":        "$request.header.x-tenant",
		"${request.pathParameters.id}/a":   "${request.path.id}/a",
		"$request.queryStringParameters.q": "$request.querystring.q",
		"$method.request.body":             "$request.body",
		"$input.body":                      "$request.body",
		"$input.json('$.id')":              "$request.body.id",
		"$request.Body.id":                 "$request.body.id",
		"${request.body":                   "${request.body}",
		"${request.header.foo}}":           "${request.header.foo}",
		"$request.body}":                   "$request.body",
		"$nonsense":                        "",
		"${request.method}":                "",
	} {
		if got := Meant(text, Grammar{}); got != want {
			t.Errorf("%q was meant as %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"request.body": "$request.body", "method.request.body": "$request.body", "context.requestId": "$context.requestId", "'request.header.x'": "$request.header.x",
		"orders": "", "a.b": "", "": "", "body": "", "body.txt": "", "https://example.com/request.body": "",
	} {
		if got := Unmarked(text); got != want {
			t.Errorf("static %q was meant as %q, want %q", text, got, want)
		}
	}
}
