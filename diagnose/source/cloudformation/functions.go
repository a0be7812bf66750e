package cloudformation

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// join evaluates Fn::Join.
func (s *stack) join(arg, n *node) *value {
	if arg.kind != kindList || len(arg.items) != 2 {
		return s.unknown(n)
	}
	separator, list := s.resolve(arg.items[0]), s.resolve(arg.items[1])
	if separator.kind != kindString || list.kind != kindList {
		return s.unknown(n)
	}
	parts := make([]*value, 0, 2*len(list.items))
	for i, in := range list.items {
		if i > 0 {
			parts = append(parts, separator)
		}
		parts = append(parts, in.value)
	}
	return s.concat(parts, n)
}

// concat joins texts; the result is partial when any of them holds a symbol,
// and nothing but the symbol when it is the only one.
func (s *stack) concat(parts []*value, n *node) *value {
	if len(parts) == 1 && parts[0].readable() {
		return parts[0].asText()
	}
	length, partial := 0, false
	for _, p := range parts {
		if !p.readable() {
			return s.inherit(n, p)
		}
		length += len(p.text)
		partial = partial || p.partial
	}
	if !s.world.made(n.at, length) {
		return nothing
	}
	var b strings.Builder
	b.Grow(length)
	for _, p := range parts {
		b.WriteString(p.text)
	}
	return &value{kind: kindString, text: b.String(), partial: partial}
}

// asText is the value as it stands in text: numbers and booleans become strings.
func (v *value) asText() *value {
	if v.kind == kindNumber || v.kind == kindBool {
		return &value{kind: kindString, text: v.text, partial: v.partial}
	}
	return v
}

// pick evaluates Fn::Select.
func (s *stack) pick(arg, n *node) *value {
	if arg.kind != kindList || len(arg.items) != 2 {
		return s.unknown(n)
	}
	at, list := s.resolve(arg.items[0]), s.resolve(arg.items[1])
	i, err := strconv.Atoi(at.text)
	if err != nil || at.kind == kindUnknown || list.kind != kindList || i < 0 || i >= len(list.items) {
		return s.inherit(n, list)
	}
	return list.items[i].value
}

// split evaluates Fn::Split. A text with a symbol in it may hold the separator
// out of sight, so that only what stands before the symbol is certain.
func (s *stack) split(arg, n *node) *value {
	if arg.kind != kindList || len(arg.items) != 2 {
		return s.unknown(n)
	}
	separator, source := s.resolve(arg.items[0]), s.resolve(arg.items[1])
	if separator.kind != kindString || separator.text == "" || !source.readable() || source.kind == kindUnknown {
		return s.inherit(n, source)
	}
	out := &value{kind: kindList}
	if !s.world.made(n.at, len(source.text)) {
		return nothing
	}
	for _, part := range strings.Split(source.text, separator.text) {
		if !s.world.spend(n.at) {
			return nothing
		}
		v := text(part)
		v.partial = source.partial && s.world.symbolic(part)
		out.items = append(out.items, item{at: n.at, value: v})
	}
	return out
}

// symbolic tells whether a text holds a symbol.
func (w *world) symbolic(part string) bool {
	for _, sym := range w.symbols.list {
		if strings.Contains(part, sym.Text) {
			return true
		}
	}
	return false
}

func (s *stack) base64(arg, n *node) *value {
	v := s.resolve(arg)
	if !v.readable() || !v.certain() || !s.world.made(n.at, 2*len(v.text)) {
		return s.inherit(n, v)
	}
	return text(base64.StdEncoding.EncodeToString([]byte(v.text)))
}

func (s *stack) length(arg, n *node) *value {
	v := s.resolve(arg)
	if v.kind != kindList {
		return s.inherit(n, v)
	}
	return &value{kind: kindNumber, text: strconv.Itoa(len(v.items))}
}

func (s *stack) toJSON(arg, n *node) *value {
	v := s.resolve(arg)
	out, ok := jsonOf(v)
	if !ok {
		return s.inherit(n, v)
	}
	if !s.world.made(n.at, len(out)) {
		return nothing
	}
	return &value{kind: kindString, text: out, partial: !v.certain()}
}

// zones evaluates Fn::GetAZs. Which zones an account has is not known; that
// there are some is, so that Fn::Select and Fn::Join have something to work on.
func (s *stack) zones(_, n *node) *value {
	return s.shapeless(n, "the availability zones depend on the account")
}

// importValue evaluates Fn::ImportValue: from another stack of the same call
// when one exports the name, otherwise a symbol.
func (s *stack) importValue(arg, n *node) *value {
	name := s.resolve(arg)
	if !name.readable() {
		return s.inherit(n, name)
	}
	if e, ok := s.world.exported(name); ok {
		return e.stack.output(e.output, n)
	}
	return s.world.symbolIn(accountScope, "!ImportValue "+clip(name.text, 140), name.text, "", n)
}

// dynamic replaces the dynamic references in a text, {{resolve:...}}, by symbols.
func (s *stack) dynamic(raw string, at place) *value {
	var parts []*value
	n := &node{kind: kindString, text: raw, at: at}
	for {
		before, rest, found := strings.Cut(raw, "{{resolve:")
		reference, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			break
		}
		if before != "" {
			parts = append(parts, text(before))
		}
		parts = append(parts, s.world.symbolIn(accountScope, "{{resolve:"+clip(reference, 140)+"}}", reference, "", n))
		raw = after
	}
	if raw != "" || len(parts) == 0 {
		parts = append(parts, text(raw))
	}
	return s.concat(parts, n)
}
