package http

import (
	"net/url"
	"testing"
)

// FuzzCall holds for every text and body: the spans tile the form, and the form
// reads back as its fields.
func FuzzCall(f *testing.F) {
	f.Add(`{"A":{"DataType":"String","StringValue":"${request.body.text}"}}`, `{"text":"a\"b"}`)
	f.Add(`{"\u0041":{"DataType":1,"More":[]}, "B":"${request.body}"}`, "x")
	f.Add("$request.body", `{"A":{"DataType":"String","StringValue":"é&"}}`)
	s, _ := Lookup("SQS-SendMessage")
	f.Fuzz(func(t *testing.T, attributes, body string) {
		p, _ := Compile(s, sends("MessageAttributes", attributes))
		in := input()
		in.Body = body
		c := NewCall(s, p.Evaluate(in))
		text, spans := c.Body()
		end := 0
		for _, s := range spans {
			if s.Start != end || s.End < s.Start {
				t.Fatalf("spans %+v of %q", spans, text)
			}
			end = s.End
		}
		if end != len(text) {
			t.Fatalf("spans end at %d of %d", end, len(text))
		}
		form, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range c.Form {
			if len(form[field.Name]) == 0 {
				t.Fatalf("%s is not in %q", field.Name, text)
			}
		}
	})
}
