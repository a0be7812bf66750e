package cloudformation

import "strings"

const (
	maxLoops = 1000 // turns of one loop
	copyCost = 9    // steps that copying a node costs beside the one of resolving it
)

// loop writes out an Fn::ForEach of the language extensions:
// "Fn::ForEach::Name": [Identifier, Collection, {Key: Body}]. A loop over what
// is not known adds nothing, and the stack then has resources out of sight.
func (s *stack) loop(f field) []field {
	arg := f.value
	if arg.kind != kindList || len(arg.items) != 3 || !arg.items[0].scalar() || arg.items[2].kind != kindObject {
		s.world.fail(f.at, "a malformed "+clip(f.name, 80), "[Identifier, Collection, {Key: Body}]")
		return nil
	}
	list := s.resolve(arg.items[1])
	if list.kind != kindList || len(list.items) > maxLoops {
		s.macros = true
		s.world.warn("%s:%d: the collection of %s is not known before deployment; what it adds is not seen", f.at.file.name, f.at.line, f.name)
		return nil
	}
	var out []field
	for _, in := range list.items {
		if !in.value.readable() {
			s.macros = true
			continue
		}
		for _, body := range arg.items[2].fields {
			out = append(out, s.instance(body, arg.items[0].text, in.value.text))
		}
	}
	return out
}

// instance copies the body of a loop for one turn.
func (s *stack) instance(f field, name, turn string) field {
	r := strings.NewReplacer("${"+name+"}", turn, "&{"+name+"}", alphanumeric(turn))
	return field{name: r.Replace(f.name), at: f.at, value: s.instantiate(f.value, name, turn, r)}
}

func (s *stack) instantiate(n *node, name, turn string, r *strings.Replacer) *node {
	s.world.steps += copyCost
	if !s.world.spend(n.at) {
		return n
	}
	if f := n.single(); f != nil && f.name == "Ref" && f.value.scalar() && f.value.text == name {
		return &node{kind: kindString, text: turn, quoted: true, at: n.at}
	}
	out := *n
	if n.kind == kindString {
		if !s.world.made(n.at, len(n.text)) {
			return n
		}
		out.text = r.Replace(n.text)
	}
	out.items, out.fields = nil, nil
	for _, i := range n.items {
		out.items = append(out.items, s.instantiate(i, name, turn, r))
	}
	for _, f := range n.fields {
		out.fields = append(out.fields, field{name: r.Replace(f.name), at: f.at, value: s.instantiate(f.value, name, turn, r)})
	}
	return &out
}

func alphanumeric(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return -1
	}, s)
}
