package model

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// pair is a model that others refer to.
const pair = `{"$schema":"http://json-schema.org/draft-04/schema#","title":"pair","type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]}`

func lookup(name string) (string, bool) {
	text, ok := map[string]string{"Pair": pair, "List": `{"id":"list","items":{"$ref":"Pair"}}`, "Broken": `{"type":"text"}`}[name]
	return text, ok
}

// loader gives a library the models of lookup.
type loader struct{}

func (loader) Load(url string) (any, error) {
	text, ok := lookup(url[strings.LastIndexByte(url, '/')+1:])
	if !ok {
		return nil, fmt.Errorf("no such model")
	}
	return jsonschema.UnmarshalJSON(strings.NewReader(text))
}

// oracle is New by a library for JSON Schema.
func oracle(text string) (fits func(body string) (fits, endless bool), err error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(loader{})
	if err := c.AddResource(home, doc); err != nil {
		return nil, err
	}
	schema, err := c.Compile(home)
	if err != nil {
		return nil, err
	}
	return func(body string) (bool, bool) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err == nil {
			err = schema.Validate(value)
		}
		return err == nil, err != nil && strings.Contains(err.Error(), "reference cycle")
	}, nil
}

// hold compares what New and the library make of a model and bodies. What refers to
// itself without end cannot be used; the library refuses each body, if it comes to that.
func hold(t *testing.T, text string, bodies ...string) (fit int) {
	t.Helper()
	m, err := New(text, lookup)
	fits, want := oracle(text)
	if err != nil && strings.Contains(err.Error(), "without end") {
		return 0
	}
	if (err == nil) != (want == nil) {
		t.Errorf("%s\n read: %v\n the library: %v", text, err, want)
		return 0
	}
	if err != nil {
		return 0
	}
	for _, body := range bodies {
		why := m.Refuses(body)
		want, endless := fits(body)
		if (why == "") != want || endless {
			t.Errorf("%s\n holds %s: %q, the library says it fits: %v, that it ends: %v", text, body, why, want, !endless)
		}
		if want {
			fit++
		}
	}
	return fit
}

var values = []string{`null`, `true`, `0`, `1`, `1.0`, `-3`, `2.5`, `10e2`, `1e400`, `"a"`, `""`, `"abcd"`, `"2026-12-01"`, `"a@b.example"`, `[]`, `[1]`, `[1,1.0]`, `["a","b",3]`,
	`{}`, `{"a":1}`, `{"a":"x","b":2}`, `{"a":{"a":1},"b":[1,2]}`, `{"c":null,"d":false}`, `[{"a":1,"b":2}]`}

// Models as people write them, and what they may do beyond.
func TestAgainstLibrary(t *testing.T) {
	for _, text := range []string{
		pair, `{}`, `[]`, `true`, `{`, `{"type":"object","title":"Empty Schema","$schema":"http://json-schema.org/draft-04/schema#"}`,
		`{"type":"array","items":{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/Pair"}}`,
		`{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/List"}`,
		`{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/Pair#/properties/a"}`,
		`{"$ref":"https://apigateway.amazonaws.com/restapis/a1/models/Broken"}`, `{"$ref":"Gone"}`,
		`{"$ref":"#/definitions/n","definitions":{"n":{"type":"number"}}}`, `{"$ref":"#/definitions/gone"}`, `{"$ref":"#"}`,
		`{"properties":{"a":{"$ref":"#/other/n"}},"other":{"n":{"type":"number"}}}`, `{"properties":{"a":{"$ref":"#/other/n"}},"other":{"n":{"type":"text"}}}`,
		`{"type":"object","properties":{"a":{"$ref":"#"},"b":{"type":"array","items":{"$ref":"#/properties/a"}}}}`,
		`{"anyOf":[{"type":"string"},{"allOf":[{"$ref":"#"}]}]}`, `{"anyOf":[{"type":"string"},{"items":{"$ref":"#"}}]}`,
		`{"id":"http://example.com/a","properties":{"a":{"$ref":"#/definitions/n"},"b":{"$ref":"http://example.com/a#/definitions/n"}},"definitions":{"n":{"type":"number"}}}`,
		`{"properties":{"a":{"$ref":"#n"}},"definitions":{"n":{"id":"#n","type":"number"}}}`, `{"$ref":"#none"}`,
		`{"properties":{"a":{"$ref":"sub#/definitions/n"}},"definitions":{"s":{"id":"sub","definitions":{"n":{"type":"number"}}}}}`,
		`{"definitions":{"a":{"id":"x"},"b":{"id":"x"}}}`, `{"properties":{"a":{"example":{"id":"x"}},"b":{"example":{"id":"x"}}}}`,
		`{"properties":{"a":{"$ref":"http://json-schema.org/draft-04/schema#"}}}`,
		`{"properties":{"a/b":{"$ref":"#/definitions/c~1d%25"}},"definitions":{"c/d%":{"type":"number"}}}`,
		`{"type":"number","minimum":1,"exclusiveMinimum":true}`, `{"exclusiveMinimum":true}`, `{"exclusiveMinimum":1}`, `{"maximum":"1"}`, `{"multipleOf":0}`, `{"minimum":1e399}`,
		`{"required":[]}`, `{"required":true}`, `{"type":[]}`, `{"type":"text"}`, `{"type":["number","number"]}`, `{"enum":[]}`, `{"enum":[1,1.0]}`, `{"pattern":"("}`, `{"patternProperties":{"(":{}}}`,
		`{"minLength":-1}`, `{"minLength":1.0}`, `{"maxLength":1e30}`, `{"format":"none"}`, `{"items":[]}`, `{"additionalItems":1}`, `{"definitions":{"a":1}}`, `{"not":{}}`,
		`{"nullable":true,"example":{"a":1},"type":"object","x-other":1}`, `{"$schema":1}`, `{"$schema":"http://example.com/other"}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["a"],"properties":{"a":{"type":"string"}},"additionalProperties":false}`,
	} {
		hold(t, text, append(values, ``, `{"a":1`, `1 2`)...)
	}
}

// What of a later draft API Gateway does not know is not judged.
func TestLaterDraft(t *testing.T) {
	if _, err := New(`{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{"a":{"const":1}}}`, lookup); err == nil || err.Error() != "const is no word of draft 4" {
		t.Errorf("%v", err)
	}
}

// Generated models, held against generated bodies.
func TestGenerated(t *testing.T) {
	fit, held := 0, 0
	for seed := range uint64(300) {
		g := generator{rand.New(rand.NewPCG(seed, 28))}
		text, _ := json.Marshal(g.schema(3))
		fit += hold(t, string(text), values...)
		held += len(values)
	}
	if fit < held/10 || fit > held*9/10 {
		t.Errorf("%d of %d bodies fit: the models say too little", fit, held)
	}
}

type generator struct{ *rand.Rand }

func (g generator) pick(list ...any) any { return list[g.IntN(len(list))] }

func (g generator) schema(depth int) map[string]any {
	s := map[string]any{}
	for range 1 + g.IntN(3) {
		switch name := g.pick("type", "type", "enum", "format", "size", "required", "dependencies", "properties", "properties", "patternProperties", "additionalProperties",
			"items", "additionalItems", "uniqueItems", "pattern", "range", "multipleOf", "not", "allOf", "anyOf", "oneOf", "$ref").(string); name {
		case "type":
			s[name] = g.pick("object", "object", "array", "string", "number", "integer", "null", "boolean", []any{"string", "null"}, []any{"object", "array", "integer"})
		case "enum":
			s[name] = g.pick([]any{"a", 1, nil}, []any{map[string]any{"a": 1.0}, []any{1}}, []any{0, true})
		case "format":
			s[name] = g.pick("date", "email", "regex", "none")
		case "size":
			s[g.pick("min", "max").(string)+g.pick("Length", "Items", "Properties").(string)] = g.IntN(4)
		case "required":
			s[name] = g.pick([]any{"a"}, []any{"a", "b"}, []any{"d", "c"})
		case "dependencies":
			s[name] = map[string]any{"a": g.pick([]any{"b"}, []any{"a"}, g.sub(depth)), "c": []any{"d"}}
		case "properties", "patternProperties":
			s[name] = map[string]any{"a": g.sub(depth), "[bc]": g.sub(depth), "b": g.sub(depth)}
		case "additionalProperties", "additionalItems":
			s[name] = g.pick(false, true, g.sub(depth))
		case "items":
			s[name] = g.pick(g.sub(depth), []any{g.sub(depth)}, []any{g.sub(depth), g.sub(depth)})
		case "uniqueItems":
			s[name] = true
		case "pattern":
			s[name] = g.pick("^a", "[0-9]", "^$")
		case "range":
			if side := g.pick("inimum", "aximum").(string); side == "inimum" {
				s["minimum"], s["exclusiveMinimum"] = g.pick(0, 1, 2.5), g.pick(true, false)
			} else {
				s["maximum"], s["exclusiveMaximum"] = g.pick(0, 1, 2.5), g.pick(true, false)
			}
		case "multipleOf":
			s[name] = g.pick(1, 0.5, 3)
		case "not":
			s[name] = g.sub(depth)
		case "allOf", "anyOf", "oneOf":
			s[name] = []any{g.sub(depth), g.sub(depth)}
		case "$ref":
			s = map[string]any{name: g.pick("#", "Pair", "List")}
		}
	}
	return s
}

func (g generator) sub(depth int) map[string]any {
	if depth == 0 {
		return map[string]any{"type": g.pick("string", "number", "object")}
	}
	return g.schema(depth - 1)
}

// The formats, held against the library's.
func TestFormats(t *testing.T) {
	for name, list := range map[string]string{
		"date-time": "2026-12-01T10:00:00Z 2026-12-01t10:00:00.5+01:00 2026-12-01T10:00:00 2026-12-01 10:00:00Z 2026-13-01T10:00:00Z 2016-12-31T23:59:60Z 2016-12-31T22:59:60-01:00 2016-12-31T22:59:60+01:00 2016-12-31T10:59:60Z x",
		"date":      "2026-12-01 2026-1-1 2026-02-30 2024-02-29 x",
		"time":      "10:00:00Z 24:00:00Z 10:60:00Z 10:00:61Z 10:00:00 10:00:00.Z 10:00:00.123z 10:00:00+1:00 10:00:00+24:00 10:00:00-23:59 00:29:60+00:30 00:29:60-00:30 23:29:60-00:30",
		"email":     `a@b a@b.example @b a@ a.b@c .a@c a.@c a..b@c "x"@c "x"y"@c ""@c "@c a@[127.0.0.1] a@[IPv6:::1] a@[IPv6:1.2.3.4] a@[x] a@-b ü@c a b@c a@b@c`,
		"hostname":  "a a.b a. a..b -a a- a_b ä 1.2 . " + strings.Repeat("a", 63) + " " + strings.Repeat("a", 64) + " " + strings.Repeat("a.", 127),
		"ipv4":      "1.2.3.4 1.2.3 01.2.3.4 256.1.1.1 1.2.3.4.5 ::1 x",
		"ipv6":      "::1 1::2::3 fe80::1%eth0 1.2.3.4 ::ffff:1.2.3.4 [::1] x",
		"uri":       "https://example.com /a a:b http://[::1]/x http://[::x]/ http://1:2:3/ urn:x:y %zz: ://x http://a/%zz",
		"uuid":      "123e4567-e89b-12d3-a456-426614174000 123E4567-E89B-12D3-A456-42661417400G 123e4567e89b12d3a456426614174000 x",
		"regex":     "a ( [ a+ a**",
	} {
		var bodies []string
		for _, text := range append(strings.Split(list, " "), "", " ", "a b@c", "\n") {
			body, _ := json.Marshal(text)
			bodies = append(bodies, string(body))
		}
		if hold(t, fmt.Sprintf(`{"format":%q}`, name), append(bodies, "1")...) < 2 {
			t.Errorf("%s: nothing fits", name)
		}
	}
}

// What a refusal says.
func TestRefuses(t *testing.T) {
	for _, c := range []struct{ model, body, want string }{
		{pair, `{"a":1,"b":2}`, ""},
		{pair, ``, "it is not JSON"},
		{pair, `{"a":1}`, "missing property 'b'"},
		{pair, `{}`, "missing properties 'a', 'b'"},
		{pair, `{"b":"x","a":"y"}`, "at '/a': got string, want number"},
		{`{"items":{"properties":{"a/b":{"type":["null","integer"]}}}}`, `[{},{"a/b":1.5}]`, "at '/1/a~1b': got number, want null or integer"},
		{`{"additionalProperties":false,"properties":{"a":{}}}`, `{"c":1,"a":2,"it's":3}`, `additional properties 'c', 'it\'s' not allowed`},
		{`{"enum":["a",1,null]}`, `2`, "value must be one of 'a', 1, null"},
		{`{"enum":["a"]}`, `2`, "value must be 'a'"},
		{`{"minLength":3}`, `"é"`, "minLength: got 1, want 3"},
		{`{"maximum":3,"exclusiveMaximum":true}`, `3.0`, "exclusiveMaximum: got 3.0, want 3"},
		{`{"oneOf":[{"type":"string"},{"type":"integer"},{"type":"number"}]}`, `1`, "'oneOf' failed, subschemas 1, 2 matched"},
		{`{"anyOf":[{"type":"string"},{"type":"null"}]}`, `1`, "got number, want string"},
		{`{"dependencies":{"a":["b","c"]}}`, `{"a":1,"c":1}`, "properties 'b' required, if 'a' exists"},
		{`{"uniqueItems":true}`, `[1,2,1.0]`, "items at 0 and 2 are equal"},
		{`{"items":[{}],"additionalItems":false}`, `[1,2,3]`, "last 2 additionalItem(s) not allowed"},
		{`{"format":"date"}`, `"x"`, "'x' is not valid date"},
		{`{"pattern":"^a"}`, `"x"`, "'x' does not match pattern '^a'"},
		{`{"multipleOf":2}`, `3`, "multipleOf: got 3, want 2"},
		{`{"minimum":5}`, `1e-999999999`, "minimum: got 1e-999999999, want 5"},
	} {
		m, err := New(c.model, lookup)
		if err != nil {
			t.Fatal(c.model, err)
		}
		if got := m.Refuses(c.body); got != c.want {
			t.Errorf("%s holds %s: %q, want %q", c.model, c.body, got, c.want)
		}
	}
}
