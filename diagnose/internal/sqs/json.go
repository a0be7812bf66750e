package sqs

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/text/jsontext"
)

// Kind is the kind of a JSON value.
type Kind uint8

const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

// String names the kind as a message would.
func (k Kind) String() string {
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[k]
}

// Value is one decoded JSON value. Objects keep the order of their members.
type Value struct {
	Kind     Kind
	Text     string // a string's decoded text; "true" or "false"; a number as written
	Members  []Member
	Elements []Value
}

// Member is one member of a JSON object.
type Member struct {
	Name  string
	Value Value
}

// Get returns the last member of that name: JSON readers overwrite (unverified
// for SQS). A null counts as absent.
func (v *Value) Get(name string) (*Value, bool) {
	if v == nil || v.Kind != KindObject {
		return nil, false
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			m := &v.Members[i].Value
			return m, m.Kind != KindNull
		}
	}
	return nil, false
}

// SyntaxError says where a JSON text breaks.
type SyntaxError struct {
	Offset int    // bytes before the fault
	Reason string // what was found and what was expected

	Trailing bool // the document is complete, but text follows it
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at byte %d: %s", e.Offset, e.Reason)
}

const (
	maxDepth  = 500    // nesting beyond this is refused
	maxValues = 100000 // values beyond this are checked, not kept
)

// ParseJSON decodes one JSON text. On an error the value holds what was read
// before the fault, so that a diagnosis can go on with it.
func ParseJSON(text string) (Value, error) {
	v, _, err := parseJSON(text)
	if err != nil {
		return v, err
	}
	return v, nil
}

// parseJSON also says whether values were left out.
func parseJSON(text string) (v Value, truncated bool, err *SyntaxError) {
	p := jsonParser{s: text}
	p.blanks()
	v = p.value(0)
	p.blanks()
	if p.err == nil && p.i < len(p.s) {
		p.fail("expected the end of the document, found " + p.found())
		p.err.Trailing = true
	}
	return v, p.kept > maxValues, p.err
}

type jsonParser struct {
	s    string
	i    int
	kept int
	err  *SyntaxError
}

func (p *jsonParser) fail(reason string) {
	if p.err == nil {
		p.err = &SyntaxError{Offset: p.i, Reason: reason}
	}
}

// found describes the byte at the current place.
func (p *jsonParser) found() string {
	if p.i >= len(p.s) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(p.s[p.i:])
	return fmt.Sprintf("%q", r)
}

func (p *jsonParser) blanks() { p.i = jsontext.Blanks(p.s, p.i) }

func (p *jsonParser) value(depth int) Value {
	p.kept++
	if depth > maxDepth {
		p.fail(fmt.Sprintf("more than %d levels of nesting", maxDepth))
		return Value{}
	}
	if p.i >= len(p.s) {
		p.fail("expected a value, found the end of the text")
		return Value{}
	}
	switch c := p.s[p.i]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return Value{Kind: KindString, Text: p.str()}
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(p.s[p.i:], word) {
			p.i += len(word)
			if word == "null" {
				return Value{}
			}
			return Value{Kind: KindBool, Text: word}
		}
	}
	p.fail("expected a value, found " + p.found())
	return Value{}
}

func (p *jsonParser) object(depth int) Value {
	v := Value{Kind: KindObject}
	if depth == 0 {
		v.Members = make([]Member, 0, 6) // a SendMessage has two to seven
	}
	p.i++
	p.blanks()
	if p.i < len(p.s) && p.s[p.i] == '}' {
		p.i++
		return v
	}
	for {
		p.blanks()
		if p.i >= len(p.s) || p.s[p.i] != '"' {
			p.fail("expected a member name in double quotes, found " + p.found())
			return v
		}
		name := p.str()
		p.blanks()
		if p.err == nil && (p.i >= len(p.s) || p.s[p.i] != ':') {
			p.fail("expected ':' after a member name, found " + p.found())
		}
		if p.err != nil {
			return v
		}
		p.i++
		p.blanks()
		val := p.value(depth + 1)
		if p.kept <= maxValues {
			v.Members = append(v.Members, Member{name, val})
		}
		if !p.more('}', "a member") {
			return v
		}
	}
}

func (p *jsonParser) array(depth int) Value {
	v := Value{Kind: KindArray}
	p.i++
	p.blanks()
	if p.i < len(p.s) && p.s[p.i] == ']' {
		p.i++
		return v
	}
	for {
		p.blanks()
		el := p.value(depth + 1)
		if p.kept <= maxValues {
			v.Elements = append(v.Elements, el)
		}
		if !p.more(']', "an element") {
			return v
		}
	}
}

// more reads what stands after a member or an element, and tells whether another follows.
func (p *jsonParser) more(end byte, after string) bool {
	p.blanks()
	if p.err != nil {
		return false
	}
	if p.i < len(p.s) && (p.s[p.i] == ',' || p.s[p.i] == end) {
		p.i++
		return p.s[p.i-1] == ','
	}
	p.fail("expected ',' or '" + string(end) + "' after " + after + ", found " + p.found())
	return false
}

func (p *jsonParser) number() Value {
	start := p.i
	end, ok := jsontext.Number(p.s, start)
	if p.i = end; !ok {
		p.fail("expected a digit, found " + p.found())
	}
	return Value{Kind: KindNumber, Text: p.s[start:p.i]}
}

// str reads a string, which has to be UTF-8. A lone surrogate becomes U+FFFD; on a
// fault it returns what was read before it.
func (p *jsonParser) str() string {
	start := p.i
	text, end, fault := jsontext.String(p.s, start, utf8.RuneError)
	if !utf8.ValidString(p.s[start:end]) {
		p.i = start + invalid(p.s[start:end])
		p.fail("bytes that are no UTF-8")
		return text
	}
	if p.i = end; fault != nil {
		p.fail(fault.Reason)
	}
	return text
}

// invalid is the place of the first byte that is no UTF-8.
func invalid(s string) int {
	for i, r := range s {
		if _, n := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n == 1 {
			return i
		}
	}
	return len(s)
}
