package cloudformation

import "strings"

// value is a node after resolution: no intrinsic function is left in it.
// Values are never changed once they are built and may be shared.
type value struct {
	kind    kind
	text    string   // scalars; for an unknown one the symbol's text, empty when not even the shape is known
	partial bool     // the text holds a symbol, so it equals nothing but itself
	items   []item   // lists
	members []member // objects, in the order of the file
	gap     *missing // why it is unknown
}

type item struct {
	at    place
	value *value
}

type member struct {
	name  string
	at    place
	value *value
}

// missing says what an unknown value would have been.
type missing struct {
	expression string // what the template says
	needs      string // what would make it known; may be empty
	detail     string // a sentence, when the expression alone does not say it
}

var nothing = &value{kind: kindNull}

func text(s string) *value { return &value{kind: kindString, text: s} }

func (v *value) member(name string) *member {
	if v == nil || v.kind != kindObject {
		return nil
	}
	for i := range v.members {
		if v.members[i].name == name {
			return &v.members[i]
		}
	}
	return nil
}

// readable tells whether the value can stand inside other text.
func (v *value) readable() bool {
	switch v.kind {
	case kindString, kindNumber, kindBool:
		return true
	case kindUnknown:
		return v.text != ""
	}
	return false
}

// certain tells whether the value and everything in it is known before deployment.
func (v *value) certain() bool {
	if v.kind == kindUnknown || v.partial {
		return false
	}
	for _, i := range v.items {
		if !i.value.certain() {
			return false
		}
	}
	for _, m := range v.members {
		if !m.value.certain() {
			return false
		}
	}
	return true
}

// equal compares as CloudFormation would, with the answer maybe where a symbol
// meets anything but itself.
func equal(a, b *value) truth {
	if a == b {
		return yes
	}
	if a.readable() && b.readable() {
		switch {
		case a.text == b.text:
			return yes
		case a.certain() && b.certain():
			return no
		}
		return maybe
	}
	if a.kind == kindUnknown || b.kind == kindUnknown {
		return maybe
	}
	if a.kind != b.kind || len(a.items) != len(b.items) || len(a.members) != len(b.members) {
		return no
	}
	result := yes
	for i := range a.items {
		result = result.and(equal(a.items[i].value, b.items[i].value))
	}
	for _, m := range a.members {
		other := b.member(m.name)
		if other == nil {
			return no
		}
		result = result.and(equal(m.value, other.value))
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

// describe writes a node as a template's author would in a sentence.
func describe(n *node) string {
	var b strings.Builder
	describeInto(&b, n, 0)
	return clip(b.String(), 160)
}

func describeInto(b *strings.Builder, n *node, depth int) {
	if b.Len() > 200 || depth > 6 {
		return
	}
	switch n.kind {
	case kindList:
		b.WriteByte('[')
		for i, v := range n.items {
			if i > 0 {
				b.WriteString(", ")
			}
			if describeInto(b, v, depth+1); b.Len() > 200 {
				return
			}
		}
		b.WriteByte(']')
	case kindObject:
		if f := n.single(); f != nil && intrinsic(f.name) {
			describeCall(b, f, depth)
			return
		}
		b.WriteByte('{')
		for i, f := range n.fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(f.name + ": ")
			if describeInto(b, f.value, depth+1); b.Len() > 200 {
				return
			}
		}
		b.WriteByte('}')
	default:
		b.WriteString(clip(n.text, 200))
	}
}

func describeCall(b *strings.Builder, f *field, depth int) {
	arg := f.value
	switch {
	case f.name == "Ref" && arg.scalar():
		b.WriteString("${" + arg.text + "}")
	case f.name == "Fn::GetAtt" && arg.scalar():
		b.WriteString("${" + arg.text + "}")
	case f.name == "Fn::GetAtt" && len(arg.items) == 2 && arg.items[0].scalar() && arg.items[1].scalar():
		b.WriteString("${" + arg.items[0].text + "." + arg.items[1].text + "}")
	case f.name == "Fn::Sub" && arg.scalar():
		b.WriteString(clip(arg.text, 160))
	default:
		b.WriteString("!" + strings.TrimPrefix(f.name, "Fn::") + " ")
		describeInto(b, arg, depth+1)
	}
}

// intrinsic tells whether an object with this one member is a function call.
func intrinsic(name string) bool {
	return name == "Ref" || strings.HasPrefix(name, "Fn::")
}
