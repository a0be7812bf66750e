package model

import (
	"fmt"
	"strings"
	"testing"
)

// doubled is a model each of whose schemas refers twice to the one before, in words
// that hold the two references.
func doubled(levels int, words string) string {
	var b strings.Builder
	b.WriteString(`{"definitions":{"a0":{"type":"object"}`)
	for i := 1; i <= levels; i++ {
		ref := fmt.Sprintf(`{"$ref":"#/definitions/a%d"}`, i-1)
		fmt.Fprintf(&b, `,"a%d":%s`, i, strings.ReplaceAll(words, "REF", ref))
	}
	fmt.Fprintf(&b, `},"$ref":"#/definitions/a%d"}`, levels)
	return b.String()
}

// A model that would judge a value twice at each of sixty levels judges it once.
func TestDoubledReferences(t *testing.T) {
	const levels = 60
	nested := strings.Repeat(`{"x":`, levels) + "%s" + strings.Repeat("}", levels)
	for _, c := range []struct{ words, body string }{
		{`{"allOf":[REF,REF]}`, "%s"},
		{`{"anyOf":[REF,REF]}`, "%s"},
		{`{"not":{"allOf":[{"not":REF},{"not":REF}]}}`, "%s"},
		{`{"dependencies":{"a":REF,"b":REF}}`, "%s"},
		{`{"properties":{"x":REF},"patternProperties":{"^x$":REF}}`, nested},
		{`{"allOf":[{"properties":{"x":REF}},{"properties":{"x":REF}}]}`, nested},
	} {
		m, err := New(doubled(levels, c.words), lookup)
		if err != nil {
			t.Errorf("%s: %v", c.words, err)
			continue
		}
		if why := m.Refuses(fmt.Sprintf(c.body, `{"a":1,"b":2}`)); why != "" {
			t.Errorf("%s refuses what fits: %s", c.words, why)
		}
		if why := m.Refuses(fmt.Sprintf(c.body, `7`)); why == "" && !strings.Contains(c.words, "dependencies") {
			t.Errorf("%s takes a number for an object", c.words)
		}
	}
}

// The place of a refusal is that of the value, also where another one was judged before.
func TestPlacesOfRefusals(t *testing.T) {
	m, err := New(`{"definitions":{"n":{"allOf":[{"type":"number"}]}},"properties":{"a":{"$ref":"#/definitions/n"},"b":{"items":{"$ref":"#/definitions/n"}}}}`, lookup)
	if err != nil {
		t.Fatal(err)
	}
	for body, at := range map[string]string{`{"a":"x"}`: "'/a'", `{"b":[1,"x"]}`: "'/b/1'", `{"a":"x","b":["x"]}`: "'/a'"} {
		if why := m.Refuses(body); !strings.HasPrefix(why, "at "+at+": ") {
			t.Errorf("%s is refused %s, want a refusal at %s", body, why, at)
		}
	}
}

// A model of schemas in one another without end is not read.
func TestDeepModels(t *testing.T) {
	for _, word := range []string{`{"not":`, `{"items":`, `{"properties":{"a":`} {
		closing := strings.Repeat("}", strings.Count(word, "{"))
		if _, err := New(strings.Repeat(word, 9000/len(closing))+"{}"+strings.Repeat(closing, 9000/len(closing)), lookup); err == nil {
			t.Errorf("%s… is read", word)
		}
		if _, err := New(strings.Repeat(word, 100)+"{}"+strings.Repeat(closing, 100), lookup); err != nil {
			t.Errorf("%s…: %v", word, err)
		}
	}
}

// Whatever a model and a body are, the one is read or is not, and says the same of the
// other each time.
func FuzzRefuses(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"type":"string","maxLength":2}},"required":["a"]}`, `{"a":"xyz"}`)
	f.Add(doubled(20, `{"allOf":[REF,REF]}`), `{}`)
	f.Add(`{"id":"x","items":[{"enum":[1,{}]}],"additionalItems":false}`, `[1,2]`)
	f.Add(`{"$ref":"#"}`, `1e999999999`)
	f.Fuzz(func(t *testing.T, text, body string) {
		m, err := New(text, lookup)
		if err != nil {
			return
		}
		if first, again := m.Refuses(body), m.Refuses(body); first != again {
			t.Errorf("it says %q and then %q", first, again)
		}
	})
}

func BenchmarkRefuses(b *testing.B) {
	m, err := New(`{"definitions":{"line":{"type":"object","required":["sku","count"],"properties":{"sku":{"type":"string","pattern":"^[A-Z]+-[0-9]+$"},"count":{"type":"integer","minimum":1}}}},
		"type":"object","properties":{"id":{"type":"string","format":"uuid"},"lines":{"type":"array","items":{"$ref":"#/definitions/line"}}},"required":["id","lines"],"additionalProperties":false}`, lookup)
	if err != nil {
		b.Fatal(err)
	}
	body := `{"id":"0f6f1a52-3c0e-4a1b-9d57-6d1f0b2c3e01","lines":[` + strings.Repeat(`{"sku":"AB-12","count":3},`, 99) + `{"sku":"AB-12","count":3}]}`
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if why := m.Refuses(body); why != "" {
			b.Fatal(why)
		}
	}
}
