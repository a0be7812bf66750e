package tree

import "apisqs-doctor/diagnose/snapshot"

// Value is a node after resolution: no intrinsic function is left in it.
// Values are never changed once they are built and may be shared.
type Value struct {
	Kind    Kind
	Text    string   // scalars; for an unknown one the symbol's text, empty when not even the shape is known
	Partial bool     // the text holds a symbol, so it equals nothing but itself
	Items   []Item   // lists
	Members []Member // objects, in the order of the file
	Gap     *Missing // why it is unknown
}

type Item struct {
	At    Place
	Value *Value
}

type Member struct {
	Name  string
	At    Place
	Value *Value
}

// Missing says what an unknown value would have been.
type Missing struct {
	Expression string          // what the template says
	Needs      string          // what would make it known; may be empty
	Detail     string          // a sentence, when the expression alone does not say it
	Reason     snapshot.Reason // empty for unresolved
}

var Nothing = &Value{Kind: Null}

func Text(s string) *Value { return &Value{Kind: String, Text: s} }

func (v *Value) Member(name string) *Member {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i]
		}
	}
	return nil
}

// Readable tells whether the value can stand inside other text.
func (v *Value) Readable() bool {
	switch v.Kind {
	case String, Number, Bool:
		return true
	case Unknown:
		return v.Text != ""
	}
	return false
}

// Certain tells whether the value and everything in it is known before deployment.
func (v *Value) Certain() bool {
	if v.Kind == Unknown || v.Partial {
		return false
	}
	for _, i := range v.Items {
		if !i.Value.Certain() {
			return false
		}
	}
	for _, m := range v.Members {
		if !m.Value.Certain() {
			return false
		}
	}
	return true
}

// AsText is the value as it stands in text: numbers and booleans become strings.
func (v *Value) AsText() *Value {
	if v.Kind == Number || v.Kind == Bool {
		return &Value{Kind: String, Text: v.Text, Partial: v.Partial}
	}
	return v
}

// Literal is a node as a value, with no function evaluated.
func Literal(n *Node) *Value {
	v := &Value{Kind: n.Kind, Text: n.Text}
	for _, in := range n.Items {
		v.Items = append(v.Items, Item{At: in.At, Value: Literal(in)})
	}
	for _, f := range n.Fields {
		v.Members = append(v.Members, Member{Name: f.Name, At: f.At, Value: Literal(f.Value)})
	}
	return v
}
