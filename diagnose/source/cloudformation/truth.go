package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// equal compares as CloudFormation would, with the answer maybe where a symbol
// meets anything but itself.
func equal(a, b *tree.Value) truth {
	if a == b {
		return yes
	}
	if a.Readable() && b.Readable() {
		switch {
		case a.Text == b.Text:
			return yes
		case a.Certain() && b.Certain():
			return no
		}
		return maybe
	}
	if a.Kind == tree.Unknown || b.Kind == tree.Unknown {
		return maybe
	}
	if a.Kind != b.Kind || len(a.Items) != len(b.Items) || len(a.Members) != len(b.Members) {
		return no
	}
	result := yes
	for i := range a.Items {
		result = result.and(equal(a.Items[i].Value, b.Items[i].Value))
	}
	for _, m := range a.Members {
		other := b.Member(m.Name)
		if other == nil {
			return no
		}
		result = result.and(equal(m.Value, other.Value))
	}
	return result
}

// truth is the three-valued outcome of a condition.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func (t truth) and(o truth) truth { return min(t, o) }
func (t truth) or(o truth) truth  { return max(t, o) }
func (t truth) not() truth        { return yes - t }

// anyOf tells whether one of a list is true.
func anyOf[T any](list []T, is func(T) truth) truth {
	result := no
	for _, in := range list {
		result = result.or(is(in))
	}
	return result
}

// describe writes a node as a template's author would in a sentence.
func describe(n *tree.Node) string {
	var b strings.Builder
	describeInto(&b, n, 0)
	return tree.Clip(b.String(), 160)
}

func describeInto(b *strings.Builder, n *tree.Node, depth int) {
	if b.Len() > 200 || depth > 6 {
		return
	}
	switch n.Kind {
	case tree.List:
		b.WriteByte('[')
		for i, v := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			if describeInto(b, v, depth+1); b.Len() > 200 {
				return
			}
		}
		b.WriteByte(']')
	case tree.Object:
		if f := n.Single(); f != nil && intrinsic(f.Name) {
			describeCall(b, f, depth)
			return
		}
		b.WriteByte('{')
		for i, f := range n.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(f.Name + ": ")
			if describeInto(b, f.Value, depth+1); b.Len() > 200 {
				return
			}
		}
		b.WriteByte('}')
	default:
		b.WriteString(tree.Clip(n.Text, 200))
	}
}

func describeCall(b *strings.Builder, f *tree.Field, depth int) {
	arg := f.Value
	switch {
	case f.Name == "Ref" && arg.Scalar():
		b.WriteString("${" + arg.Text + "}")
	case f.Name == "Fn::GetAtt" && arg.Scalar():
		b.WriteString("${" + arg.Text + "}")
	case f.Name == "Fn::GetAtt" && len(arg.Items) == 2 && arg.Items[0].Scalar() && arg.Items[1].Scalar():
		b.WriteString("${" + arg.Items[0].Text + "." + arg.Items[1].Text + "}")
	case f.Name == "Fn::Sub" && arg.Scalar():
		b.WriteString(tree.Clip(arg.Text, 160))
	default:
		b.WriteString("!" + strings.TrimPrefix(f.Name, "Fn::") + " ")
		describeInto(b, arg, depth+1)
	}
}

// intrinsic tells whether an object with this one member is a function call.
func intrinsic(name string) bool {
	return name == "Ref" || strings.HasPrefix(name, "Fn::")
}
