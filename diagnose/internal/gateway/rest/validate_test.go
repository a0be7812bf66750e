package rest

import "testing"

const numbers = `{"$schema":"http://json-schema.org/draft-04/schema#","title":"testSchema","type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]}`

func none(string) (string, bool) { return "", false }

func TestValidateBody(t *testing.T) {
	for _, c := range []struct {
		body string
		fits bool
	}{
		{`{"a":1,"b":2}`, true},
		{`{"test":"test"}`, false}, // T111
		{`{"a":"1","b":2}`, false},
		{``, false}, // T111: an absent body fails as well
		{`{"a":1`, false},
		{`[]`, false},
	} {
		refused, err := ValidateBody(numbers, none, c.body)
		if err != nil || (refused == "") != c.fits {
			t.Errorf("%s: %q, %v", c.body, refused, err)
		}
	}
}

// Models may refer to each other by name, and to nothing else.
func TestValidateReference(t *testing.T) {
	lookup := func(name string) (string, bool) { return numbers, name == "Pair" }
	schema := `{"type":"array","items":{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/Pair"}}`
	if refused, err := ValidateBody(schema, lookup, `[{"a":1}]`); err != nil || refused == "" {
		t.Errorf("%q, %v", refused, err)
	}
	if _, err := ValidateBody(`{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/Gone"}`, lookup, `{}`); err == nil {
		t.Error("a reference to a model that does not exist should be an error")
	}
	if _, err := ValidateBody(`{`, lookup, `{}`); err == nil {
		t.Error("a model that is no JSON should be an error")
	}
}

// A sample fits its model, or there is none.
func TestSampleBody(t *testing.T) {
	for _, schema := range []string{
		numbers,
		`{"type":"object","required":["id"],"properties":{"id":{"type":"string","minLength":20,"maxLength":24},"n":{"type":"integer","minimum":5,"maximum":6}}}`,
		`{"type":"array","minItems":2,"items":{"enum":["a","b"]}}`,
		`{"allOf":[{"type":"object","required":["a"],"properties":{"a":{"type":"boolean"}}},{"type":"object","required":["b"],"properties":{"b":{"type":["null","string"]}}}]}`,
		`{"definitions":{"x":{"type":"string","format":"date-time"}},"type":"object","required":["when"],"properties":{"when":{"$ref":"#/definitions/x"}}}`,
		`{"type":"object","required":["detail"]}`,
		`{"oneOf":[{"type":"string"},{"type":"number"}]}`,
		`{}`,
	} {
		body, ok := SampleBody(schema, none)
		if !ok {
			t.Errorf("%s: no sample, made %s", schema, body)
		}
	}
	for _, schema := range []string{`{"type":"string","pattern":"^[0-9]{7}$"}`, `{`, `{"not":{}}`} {
		if body, ok := SampleBody(schema, none); ok {
			t.Errorf("%s: %s should not fit", schema, body)
		}
	}
}

func FuzzSampleBody(f *testing.F) {
	f.Add(numbers)
	f.Add(`{"$ref":"#"}`)
	f.Add(`{"properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}}}`)
	f.Add(`{"type":"array","items":{"type":"array","items":{"$ref":"#"}},"minItems":10}`)
	f.Fuzz(func(t *testing.T, schema string) {
		body, ok := SampleBody(schema, none)
		if !ok {
			return
		}
		if refused, err := ValidateBody(schema, none, body); refused != "" || err != nil {
			t.Errorf("%s: the sample %s is refused: %s, %v", schema, body, refused, err)
		}
	})
}
