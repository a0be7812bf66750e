package cloudformation

import (
	"encoding/json"
	"fmt"
	"strings"
)

// maxDepth is how deep lists and objects of one file may nest. Templates in the
// field stay below 40.
const maxDepth = 200

// jsonReader reads JSON into nodes. encoding/json keeps no positions and takes
// the last of two equal names in silence.
type jsonReader struct {
	doc   *document
	text  string
	pos   int
	line  int32
	start int // offset of the line's first byte
	names map[string]string
}

func parseJSON(doc *document) (n *node, err error) {
	r := &jsonReader{doc: doc, text: doc.text, line: 1, names: map[string]string{}}
	if n, err = r.value(0); err != nil {
		return nil, err
	}
	r.blanks()
	if r.pos < len(r.text) {
		return nil, r.fail(fmt.Sprintf("%s after the end of the template", r.found()), "nothing more")
	}
	return n, nil
}

func (r *jsonReader) here() place {
	return place{file: r.doc, line: r.line, column: int32(r.pos-r.start) + 1}
}

func (r *jsonReader) fail(problem, expected string) *Error {
	at := r.here()
	return &Error{File: r.doc.name, Line: int(at.line), Column: int(at.column), Problem: problem, Expected: expected}
}

// found says what stands at the current position.
func (r *jsonReader) found() string {
	if r.pos >= len(r.text) {
		return "the file ends in the middle of a value"
	}
	return fmt.Sprintf("unexpected %q", []rune(r.text[r.pos:min(len(r.text), r.pos+4)])[0])
}

func (r *jsonReader) blanks() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case '\n':
			r.line++
			r.start = r.pos + 1
		case ' ', '\t', '\r':
		default:
			return
		}
		r.pos++
	}
}

func (r *jsonReader) value(depth int) (*node, error) {
	r.blanks()
	n := &node{at: r.here()}
	if r.pos >= len(r.text) {
		return nil, r.fail(r.found(), "a value")
	}
	if depth > maxDepth {
		return nil, r.fail(fmt.Sprintf("lists and objects nest more than %d deep", maxDepth), "")
	}
	var err error
	switch c := r.text[r.pos]; {
	case c == '{':
		n.kind = kindObject
		n.fields, err = r.object(depth)
	case c == '[':
		n.kind = kindList
		n.items, err = r.list(depth)
	case c == '"':
		n.kind, n.quoted = kindString, true
		n.text, err = r.str()
	case c == '-' || c >= '0' && c <= '9':
		n.kind = kindNumber
		n.text, err = r.number()
	default:
		n.kind, n.text, err = r.word()
	}
	return n, err
}

func (r *jsonReader) object(depth int) ([]field, error) {
	var fields []field
	seen := map[string]bool{}
	r.pos++
	if r.blanks(); r.pos < len(r.text) && r.text[r.pos] == '}' {
		r.pos++
		return nil, nil
	}
	for {
		r.blanks()
		at := r.here()
		if r.pos >= len(r.text) || r.text[r.pos] != '"' {
			return nil, r.fail(r.found(), "a name in double quotes")
		}
		name, err := r.str()
		if err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, duplicate(at, name)
		}
		seen[name] = true
		if r.blanks(); r.pos >= len(r.text) || r.text[r.pos] != ':' {
			return nil, r.fail(r.found(), "a colon")
		}
		r.pos++
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{name: r.intern(name), at: at, value: value})
		if done, err := r.next('}'); done || err != nil {
			return fields, err
		}
	}
}

func (r *jsonReader) list(depth int) ([]*node, error) {
	var items []*node
	r.pos++
	if r.blanks(); r.pos < len(r.text) && r.text[r.pos] == ']' {
		r.pos++
		return nil, nil
	}
	for {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if done, err := r.next(']'); done || err != nil {
			return items, err
		}
	}
}

// next reads the comma before another member, or the end.
func (r *jsonReader) next(end byte) (done bool, err error) {
	r.blanks()
	switch {
	case r.pos < len(r.text) && r.text[r.pos] == end:
		r.pos++
		return true, nil
	case r.pos < len(r.text) && r.text[r.pos] == ',':
		r.pos++
		return false, nil
	}
	return false, r.fail(r.found(), fmt.Sprintf("a comma or %q", end))
}

// intern keeps one copy of each member name.
func (r *jsonReader) intern(name string) string {
	if have, ok := r.names[name]; ok {
		return have
	}
	r.names[name] = name
	return name
}

func (r *jsonReader) str() (string, error) {
	from := r.pos
	escaped := false
	for r.pos++; r.pos < len(r.text); r.pos++ {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.pos++
			raw := r.text[from:r.pos]
			if !escaped {
				return raw[1 : len(raw)-1], nil
			}
			var s string
			if err := json.Unmarshal([]byte(raw), &s); err != nil {
				r.pos = from
				return "", r.fail("malformed text: "+strings.TrimPrefix(err.Error(), "json: "), "")
			}
			return s, nil
		case c == '\\':
			escaped = true
			r.pos++
		case c < ' ':
			return "", r.fail(fmt.Sprintf("a control character (%#02x) inside text", c), `an escape such as "\n"`)
		}
	}
	r.pos = from
	return "", r.fail("the text that starts here never ends", "a closing quote")
}

func (r *jsonReader) number() (string, error) {
	from := r.pos
	for r.pos < len(r.text) && strings.IndexByte("+-.0123456789eE", r.text[r.pos]) >= 0 {
		r.pos++
	}
	raw := r.text[from:r.pos]
	if !json.Valid([]byte(raw)) {
		r.pos = from
		return "", r.fail(fmt.Sprintf("%q is not a number", clip(raw, 40)), "a number as JSON writes it")
	}
	return raw, nil
}

func (r *jsonReader) word() (kind, string, error) {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.text[r.pos:], word) {
			r.pos += len(word)
			if word == "null" {
				return kindNull, "", nil
			}
			return kindBool, word, nil
		}
	}
	return kindNull, "", r.fail(r.found(), "a value")
}

func duplicate(at place, name string) *Error {
	return &Error{File: at.file.name, Line: int(at.line), Column: int(at.column),
		Problem: fmt.Sprintf("the name %q is there twice in one object", clip(name, 80)), Expected: "each name once"}
}

// clip shortens text for a message.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "..."
}
