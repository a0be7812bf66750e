package vtl

import (
	"slices"
	"strings"
)

// chunk is a piece of text that is constant, or of which only this is known:
// which characters it may hold, and that what they spell is well formed.
type chunk struct {
	lit     string // constant text; the rest is empty then
	chars   charset
	encoded bool // form-encoded: every percent sign starts an escape
	inner   bool // the inside of a JSON string: escapes are whole, quotes escaped
	json    bool // one JSON value
	isText  bool // a JSON string, where json
	empty   bool // it may be empty
	quote   bool // escaped, and may hold \' (T139)
	client  bool // the caller chooses it
	opaque  bool // nothing is known of it, and the caller does not choose it
	from    read
	ref     *reference
}

// read is where data comes from.
type read struct {
	kind string // "body", "header", "query", "path", "parameter", "context", "authorizer"
	name string // of a parameter
	path string // in a JSON body: steps that are joined by pathStep; wholeBody without
	json bool   // it is reached through the body as JSON
	key  bool   // it is the name of a member there
}

const (
	pathStep = "\x00"
	anyIndex = "\x01" // an element of an array
	anyKey   = "\x02" // a member of an object
)

func (c chunk) isConst() bool { return c.chars.empty() && c.ref == nil }

// text is what a value prints, as one of a few sequences of chunks.
type text [][]chunk

const maxAlternatives = 6

func constText(s string) text {
	if s == "" {
		return text{nil}
	}
	return text{{{lit: s}}}
}

func (t text) constant() (string, bool) {
	if len(t) != 1 {
		return "", false
	}
	var b strings.Builder
	for _, c := range t[0] {
		if !c.isConst() {
			return "", false
		}
		b.WriteString(c.lit)
	}
	return b.String(), true
}

// flat is one chunk that stands for all that the text can be.
func (t text) flat() chunk {
	out := chunk{encoded: true, inner: true}
	count := 0
	for _, alt := range t {
		if len(alt) == 0 {
			out.empty = true
		}
		empty := true
		for _, c := range alt {
			count++
			if c.isConst() {
				c.chars = charsOf(c.lit)
				c.encoded = c.chars.without(encodedOnly).empty() && !c.chars.has('%') && !c.chars.has('+')
				c.inner = c.chars.and(jsonSpecial).empty()
			}
			empty = empty && c.empty
			out.chars = out.chars.or(c.chars)
			out.encoded, out.inner = out.encoded && c.encoded, out.inner && (c.inner || c.chars.and(jsonSpecial).empty())
			if c.ref != nil && (out.ref == nil || c.client && !out.client) {
				out.ref, out.from = c.ref, c.from
			}
			out.quote, out.client, out.opaque = out.quote || c.quote, out.client || c.client, out.opaque || c.opaque
		}
		out.empty = out.empty || empty
	}
	if count == 1 && len(t) == 1 {
		return t[0][0].asChunk()
	}
	return out
}

func (c chunk) asChunk() chunk {
	if c.isConst() {
		c.chars = charsOf(c.lit)
		c.inner = c.chars.and(jsonSpecial).empty()
		c.encoded = c.chars.without(encodedOnly).empty() && !c.chars.has('%') && !c.chars.has('+')
		c.lit = ""
	}
	return c
}

// or is a text that is one of two.
func (t text) or(o text) text {
	out := slices.Clone(t)
	for _, alt := range o {
		if !slices.ContainsFunc(out, func(x []chunk) bool { return slices.Equal(x, alt) }) {
			out = append(out, alt)
		}
	}
	if len(out) > maxAlternatives {
		return text{{out.flat()}}
	}
	return out
}

// then is a text with another behind it.
func (t text) then(o text) text {
	if len(t)*len(o) > maxAlternatives || len(t[0])+len(o[0]) > 64 {
		return text{{t.flat(), o.flat()}}
	}
	var out text
	for _, a := range t {
		for _, b := range o {
			out = append(out, append(slices.Clone(a), b...))
		}
	}
	return out
}

// each changes every chunk of a text.
func (t text) each(f func(chunk) chunk) text {
	out := make(text, len(t))
	for i, alt := range t {
		for _, c := range alt {
			c = f(c)
			if !c.isConst() || c.lit != "" {
				out[i] = append(out[i], c)
			}
		}
	}
	return out
}

// abstract is what is known of a value for every call.
type abstract struct {
	kind  abstractKind
	known value     // kindKnown
	text  text      // kindText
	chunk chunk     // of client JSON, numbers and booleans: what it prints
	items abstracts // of a list or map that the template made
	open  bool      // there may be any number of such members
	null  bool      // it may also be null
	def   *definition
	least int64 // of a number
	id    int   // of a collection that the template made: one object under several names
	ref   *reference
	why   string
}

type abstracts []entry

type entry struct {
	key   string
	name  text
	value abstract
}

type abstractKind uint8

const (
	absKnown  abstractKind = iota // a value of the template alone; null too
	absText                       // a text
	absNode                       // a value of client JSON
	absNumber                     // a number that is a count
	absBool
	absList
	absMap
	absEntry // of entrySet
	absDef   // of #define
	absLoop  // $foreach
	absUnknown
)

func known(v value) abstract { return abstract{kind: absKnown, known: v} }

func unknownValue(ref *reference, why string) abstract {
	return abstract{kind: absUnknown, ref: ref, why: why}
}

func ofText(t text) abstract {
	if s, ok := t.constant(); ok {
		return known(stringValue(s, nil))
	}
	return abstract{kind: absText, text: t}
}

func ofChunk(c chunk) abstract { return abstract{kind: absText, text: text{{c}}} }

func (a abstract) isNull() bool { return a.kind == absKnown && a.known.isNull() }

// orNull is a value that may be null too. It is no known value then, which all that
// computes with known values rests on.
func (a abstract) orNull(p *prover) abstract {
	if a.isNull() {
		return a
	}
	if a.kind == absKnown {
		s, ok := p.print(a.known)
		switch {
		case !ok || !a.isScalar():
			return unknownValue(noReference, "a variable that holds values of different kinds")
		case a.known.kind == kindString:
			a = abstract{kind: absText, text: constText(s)}
		case a.known.kind == kindBool:
			a = abstract{kind: absBool, chunk: wordChunk}
		default:
			a = abstract{kind: absNumber, chunk: chunk{chars: numberChars, encoded: true, inner: true, json: true, ref: noReference}, least: -1 << 62}
		}
	}
	a.null = true
	return a
}

// join is a value that is one of two.
func (a abstract) join(b abstract, p *prover) abstract {
	if a.same(b) {
		return a
	}
	switch {
	case a.isNull():
		return b.orNull(p)
	case b.isNull():
		return a.orNull(p)
	case a.kind == absUnknown:
		return a
	case b.kind == absUnknown:
		return b
	}
	if a.kind == absNumber && b.kind == absNumber {
		a.least, a.null = min(a.least, b.least), a.null || b.null
		return a
	}
	if (a.kind == absList || a.kind == absMap) && a.kind == b.kind {
		a.open, a.null = true, a.null || b.null
		a.items = abstracts{{value: a.member(p).join(b.member(p), p), name: a.names().or(b.names())}}
		return a
	}
	s, ok1 := a.prints(p)
	t, ok2 := b.prints(p)
	if !ok1 || !ok2 || !a.isScalar() || !b.isScalar() {
		return unknownValue(a.ref, "a variable that holds values of different kinds")
	}
	out := abstract{kind: absText, text: s.or(t), null: a.null || b.null}
	if a.kind == absNode || b.kind == absNode {
		// It may still have members.
		out.kind, out.chunk, out.ref = absNode, out.text.flat(), a.ref
		out.text, out.chunk.from = nil, read{}
		if out.ref == nil {
			out.ref = b.ref
		}
	}
	return out
}

// isScalar tells a value that is printed as a whole, client JSON included.
func (a abstract) isScalar() bool {
	switch a.kind {
	case absKnown:
		return a.known.kind <= kindString
	case absText, absNode, absNumber, absBool:
		return true
	}
	return false
}

func (a abstract) same(b abstract) bool {
	if a.kind != b.kind || a.null != b.null || a.open != b.open || a.chunk != b.chunk || a.least != b.least || a.def != b.def || a.why != b.why || len(a.items) != len(b.items) {
		return false
	}
	if a.kind == absKnown {
		return a.known.kind == b.known.kind && a.known.str == b.known.str && a.known.num == b.known.num && (a.known.isNull() || a.known.kind <= kindString && a.known.kind != kindBig || a.known.obj == b.known.obj)
	}
	for i := range a.items {
		if a.items[i].key != b.items[i].key || !a.items[i].value.same(b.items[i].value) || !a.items[i].name.equal(b.items[i].name) {
			return false
		}
	}
	return a.text.equal(b.text)
}

func (t text) equal(o text) bool {
	return slices.EqualFunc(t, o, func(x, y []chunk) bool { return slices.Equal(x, y) })
}

// member is what any member of a collection can be.
func (a abstract) member(p *prover) abstract {
	if len(a.items) == 0 {
		return known(value{})
	}
	v := a.items[0].value
	for _, e := range a.items[1:] {
		v = v.join(e.value, p)
	}
	return v
}

func (a abstract) names() text {
	out := text{}
	for _, e := range a.items {
		if e.name == nil {
			out = out.or(constText(e.key))
		} else {
			out = out.or(e.name)
		}
	}
	if len(out) == 0 {
		return text{nil}
	}
	return out
}

// prints is the text of a value that is not null; ok is false when it cannot be
// told.
func (a abstract) prints(p *prover) (text, bool) {
	switch a.kind {
	case absKnown:
		s, ok := p.print(a.known)
		return constText(s), ok
	case absText:
		return a.text, true
	case absNode, absNumber, absBool:
		return text{{a.chunk}}, true
	case absList, absMap, absEntry:
		c := chunk{chars: charsOf("[]{}=, "), ref: a.ref}
		for _, e := range a.items {
			t, ok := e.value.prints(p)
			if !ok {
				return nil, false
			}
			c = text{{c, t.flat(), a.names().flat()}}.flat()
		}
		c.chars = c.chars.or(charsOf("[]{}=, nul"))
		c.encoded, c.inner, c.empty = false, c.chars.and(jsonSpecial).empty(), false
		if c.ref == nil {
			c.ref = noReference
		}
		return text{{c}}, true
	}
	return nil, false
}
