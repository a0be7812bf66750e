package tree

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// maxDepth is how deep lists and objects of one file may nest. Templates in the
// field stay below 40.
const maxDepth = 200

// jsonReader reads JSON into nodes. encoding/json keeps no positions and takes
// the last of two equal names in silence.
type jsonReader struct {
	doc   *Document
	text  string
	pos   int
	line  int32
	start int // offset of the line's first byte
	names map[string]string
	// What is being read, the lists and objects around it first. Each list and object
	// takes a copy of its own part that is as long as it has to be.
	items  []*Node
	fields []Field
	nodes  []Node // made ahead of their use
}

// node is a new node at the current position.
func (r *jsonReader) node() *Node {
	if len(r.nodes) == 0 {
		r.nodes = make([]Node, min(64, 1+(len(r.text)-r.pos)/16))
	}
	n := &r.nodes[0]
	r.nodes, n.At = r.nodes[1:], r.here()
	return n
}

func parseJSON(doc *Document) (n *Node, err error) {
	r := &jsonReader{doc: doc, text: doc.Text, line: 1, names: map[string]string{}}
	if n, err = r.value(0); err != nil {
		return nil, err
	}
	r.blanks()
	if r.pos < len(r.text) {
		return nil, r.fail(fmt.Sprintf("%s after the end", r.found()), "nothing more")
	}
	return n, nil
}

func (r *jsonReader) here() Place {
	return Place{File: r.doc.Name, Line: r.line, Column: int32(r.pos-r.start) + 1}
}

func (r *jsonReader) fail(problem, expected string) *Error {
	return r.here().Fail(problem, expected)
}

const comment = "a comment, which JSON does not have"

// found says what stands at the current position.
func (r *jsonReader) found() string {
	if r.pos >= len(r.text) {
		return "the file ends in the middle of a value"
	}
	if rest := r.text[r.pos:]; strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*") {
		return comment
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

func (r *jsonReader) value(depth int) (*Node, error) {
	r.blanks()
	n := r.node()
	if r.pos >= len(r.text) {
		return nil, r.fail(r.found(), "a value")
	}
	if depth > maxDepth {
		return nil, r.fail(fmt.Sprintf("lists and objects nest more than %d deep", maxDepth), "")
	}
	var err error
	switch c := r.text[r.pos]; {
	case c == '{':
		n.Kind = Object
		n.Fields, err = r.object(depth)
	case c == '[':
		n.Kind = List
		n.Items, err = r.list(depth)
	case c == '"':
		n.Kind, n.Quoted = String, true
		n.Text, err = r.str()
	case c == '-' || c >= '0' && c <= '9':
		n.Kind = Number
		n.Text, err = r.number()
	default:
		n.Kind, n.Text, err = r.word()
	}
	return n, err
}

func (r *jsonReader) object(depth int) ([]Field, error) {
	r.pos++
	if r.blanks(); r.pos < len(r.text) && r.text[r.pos] == '}' {
		r.pos++
		return nil, nil
	}
	from := len(r.fields)
	var seen map[string]bool
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
		if seen, err = r.unseen(seen, r.fields[from:], name, at); err != nil {
			return nil, err
		}
		if r.blanks(); r.pos >= len(r.text) || r.text[r.pos] != ':' {
			return nil, r.fail(r.found(), "a colon")
		}
		r.pos++
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		r.fields = append(r.fields, Field{Name: r.intern(name), At: at, Value: value})
		if done, err := r.next('}'); done || err != nil {
			fields := slices.Clone(r.fields[from:])
			r.fields = r.fields[:from]
			return fields, err
		}
	}
}

// few is how many members are looked through one by one.
const few = 16

// unseen fails where an object has the name already. The names of one with many
// members are kept in seen.
func (r *jsonReader) unseen(seen map[string]bool, fields []Field, name string, at Place) (map[string]bool, error) {
	have := seen[name]
	switch {
	case seen != nil:
	case len(fields) < few:
		have = slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name })
	default:
		seen = make(map[string]bool, 2*few)
		for _, f := range fields {
			seen[f.Name] = true
		}
		have = seen[name]
	}
	if have {
		return nil, duplicate(at, name)
	}
	if seen != nil {
		seen[name] = true
	}
	return seen, nil
}

func (r *jsonReader) list(depth int) ([]*Node, error) {
	r.pos++
	if r.blanks(); r.pos < len(r.text) && r.text[r.pos] == ']' {
		r.pos++
		return nil, nil
	}
	from := len(r.items)
	for {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		r.items = append(r.items, item)
		if done, err := r.next(']'); done || err != nil {
			items := slices.Clone(r.items[from:])
			r.items = r.items[:from]
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
		return "", r.fail(fmt.Sprintf("%q is not a number", Clip(raw, 40)), "a number as JSON writes it")
	}
	return raw, nil
}

func (r *jsonReader) word() (Kind, string, error) {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.text[r.pos:], word) {
			r.pos += len(word)
			if word == "null" {
				return Null, "", nil
			}
			return Bool, word, nil
		}
	}
	return Null, "", r.fail(r.found(), "a value")
}

func duplicate(at Place, name string) *Error {
	return at.Fail(fmt.Sprintf("the name %q is there twice in one object", Clip(name, 80)), "each name once")
}

// Clip shortens text for a message.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && s[cut]&0xC0 == 0x80 {
		cut--
	}
	return s[:cut] + "..."
}
