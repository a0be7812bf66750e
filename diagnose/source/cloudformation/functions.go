package cloudformation

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// pair resolves the two items of an argument, which are nothing when it has not two.
func (s *stack) pair(arg *tree.Node) (first, second *tree.Value) {
	if arg.Kind != tree.List || len(arg.Items) != 2 {
		return tree.Nothing, tree.Nothing
	}
	return s.resolve(arg.Items[0]), s.resolve(arg.Items[1])
}

// join evaluates Fn::Join.
func (s *stack) join(arg, n *tree.Node) *tree.Value {
	separator, list := s.pair(arg)
	if separator.Kind != tree.String || list.Kind != tree.List {
		return s.unknown(n)
	}
	parts := make([]*tree.Value, 0, 2*len(list.Items))
	for i, in := range list.Items {
		if i > 0 {
			parts = append(parts, separator)
		}
		parts = append(parts, in.Value)
	}
	return s.concat(parts, n)
}

// concat joins texts; the result is partial when any of them holds a symbol,
// and nothing but the symbol when it is the only one.
func (s *stack) concat(parts []*tree.Value, n *tree.Node) *tree.Value {
	if len(parts) == 1 && parts[0].Readable() {
		return parts[0].AsText()
	}
	length, partial := 0, false
	for _, p := range parts {
		if !p.Readable() {
			return s.inherit(n, p)
		}
		length += len(p.Text)
		partial = partial || p.Partial
	}
	if !s.world.made(n.At, length) {
		return tree.Nothing
	}
	var b strings.Builder
	b.Grow(length)
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return &tree.Value{Kind: tree.String, Text: b.String(), Partial: partial}
}

// pick evaluates Fn::Select.
func (s *stack) pick(arg, n *tree.Node) *tree.Value {
	at, list := s.pair(arg)
	i, err := strconv.Atoi(at.Text)
	if err != nil || at.Kind == tree.Unknown || list.Kind != tree.List || i < 0 || i >= len(list.Items) {
		return s.inherit(n, list)
	}
	return list.Items[i].Value
}

// split evaluates Fn::Split. A text with a symbol in it may hold the separator
// out of sight, so that only what stands before the symbol is certain.
func (s *stack) split(arg, n *tree.Node) *tree.Value {
	separator, source := s.pair(arg)
	if separator.Kind != tree.String || separator.Text == "" || !source.Readable() || source.Kind == tree.Unknown {
		return s.inherit(n, source)
	}
	out := &tree.Value{Kind: tree.List}
	if !s.world.made(n.At, len(source.Text)) {
		return tree.Nothing
	}
	for _, part := range strings.Split(source.Text, separator.Text) {
		if !s.world.spend(n.At) {
			return tree.Nothing
		}
		v := tree.Text(part)
		v.Partial = source.Partial && s.world.symbolic(part)
		out.Items = append(out.Items, tree.Item{At: n.At, Value: v})
	}
	return out
}

// symbolic tells whether a text holds a symbol.
func (w *world) symbolic(part string) bool {
	return slices.ContainsFunc(w.symbols.list, func(sym snapshot.Symbol) bool { return strings.Contains(part, sym.Text) })
}

func (s *stack) base64(arg, n *tree.Node) *tree.Value {
	v := s.resolve(arg)
	if !v.Readable() || !v.Certain() || !s.world.made(n.At, 2*len(v.Text)) {
		return s.inherit(n, v)
	}
	return tree.Text(base64.StdEncoding.EncodeToString([]byte(v.Text)))
}

func (s *stack) length(arg, n *tree.Node) *tree.Value {
	v := s.resolve(arg)
	if v.Kind != tree.List {
		return s.inherit(n, v)
	}
	return &tree.Value{Kind: tree.Number, Text: strconv.Itoa(len(v.Items))}
}

func (s *stack) toJSON(arg, n *tree.Node) *tree.Value {
	v := s.resolve(arg)
	out, ok := tree.JSON(v)
	if !ok {
		return s.inherit(n, v)
	}
	if !s.world.made(n.At, len(out)) {
		return tree.Nothing
	}
	return &tree.Value{Kind: tree.String, Text: out, Partial: !v.Certain()}
}

// zones evaluates Fn::GetAZs. Which zones an account has is not known; that
// there are some is, so that Fn::Select and Fn::Join have something to work on.
func (s *stack) zones(_, n *tree.Node) *tree.Value {
	return s.shapeless(n, "the availability zones depend on the account")
}

// importValue evaluates Fn::ImportValue: from another stack of the same call
// when one exports the name, otherwise a symbol.
func (s *stack) importValue(arg, n *tree.Node) *tree.Value {
	name := s.resolve(arg)
	if !name.Readable() {
		return s.inherit(n, name)
	}
	if e, ok := s.world.exported(name); ok {
		return e.stack.output(e.output, n)
	}
	return s.world.symbolIn(accountScope, "!ImportValue "+tree.Clip(name.Text, 140), name.Text, "", n)
}

// dynamic replaces the dynamic references in a text, {{resolve:...}}, by symbols.
func (s *stack) dynamic(raw string, at tree.Place) *tree.Value {
	var parts []*tree.Value
	n := &tree.Node{Kind: tree.String, Text: raw, At: at}
	for {
		before, rest, found := strings.Cut(raw, "{{resolve:")
		reference, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			break
		}
		if before != "" {
			parts = append(parts, tree.Text(before))
		}
		parts = append(parts, s.world.symbolIn(accountScope, "{{resolve:"+tree.Clip(reference, 140)+"}}", reference, "", n))
		raw = after
	}
	if raw != "" || len(parts) == 0 {
		parts = append(parts, tree.Text(raw))
	}
	return s.concat(parts, n)
}
