package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

const (
	maxLoops = 1000 // turns of one loop
	copyCost = 9    // steps that copying a node costs beside the one of resolving it
)

// loop writes out an Fn::ForEach of the language extensions:
// "Fn::ForEach::Name": [Identifier, Collection, {Key: Body}]. A loop over what
// is not known adds nothing, and the stack then has resources out of sight.
func (s *stack) loop(f tree.Field) (fields []tree.Field, hidden string) {
	arg := f.Value
	if arg.Kind != tree.List || len(arg.Items) != 3 || !arg.Items[0].Scalar() || arg.Items[2].Kind != tree.Object {
		s.world.fail(f.At, "a malformed "+tree.Clip(f.Name, 80), "[Identifier, Collection, {Key: Body}]")
		return nil, ""
	}
	list := s.resolve(arg.Items[1])
	if list.Kind != tree.List || len(list.Items) > maxLoops {
		return nil, "the collection of " + f.Name + " is not known before deployment"
	}
	for _, in := range list.Items {
		if !in.Value.Readable() {
			hidden = "an item of the collection of " + f.Name + " is not known before deployment"
			continue
		}
		for _, body := range arg.Items[2].Fields {
			fields = append(fields, s.instance(body, arg.Items[0].Text, in.Value.Text))
		}
	}
	return fields, hidden
}

// instance copies the body of a loop for one turn.
func (s *stack) instance(f tree.Field, name, turn string) tree.Field {
	r := strings.NewReplacer("${"+name+"}", turn, "&{"+name+"}", alphanumeric(turn))
	return tree.Field{Name: r.Replace(f.Name), At: f.At, Value: s.instantiate(f.Value, name, turn, r)}
}

func (s *stack) instantiate(n *tree.Node, name, turn string, r *strings.Replacer) *tree.Node {
	s.world.steps += copyCost
	if !s.world.spend(n.At) {
		return n
	}
	if f := n.Single(); f != nil && f.Name == "Ref" && f.Value.Scalar() && f.Value.Text == name {
		return &tree.Node{Kind: tree.String, Text: turn, Quoted: true, At: n.At}
	}
	out := *n
	if n.Kind == tree.String {
		if !s.world.made(n.At, len(n.Text)) {
			return n
		}
		out.Text = r.Replace(n.Text)
	}
	out.Items, out.Fields = nil, nil
	for _, i := range n.Items {
		out.Items = append(out.Items, s.instantiate(i, name, turn, r))
	}
	for _, f := range n.Fields {
		out.Fields = append(out.Fields, tree.Field{Name: r.Replace(f.Name), At: f.At, Value: s.instantiate(f.Value, name, turn, r)})
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
