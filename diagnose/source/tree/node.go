package tree

import (
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// Kind is the JSON type of a node or a value.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
	Unknown // values only: nothing is known but where it would stand
)

func (k Kind) String() string {
	return [...]string{"nothing", "a boolean", "a number", "text", "a list", "an object", "an unknown value"}[k]
}

// Place is a position in a file.
type Place struct {
	File         string
	Line, Column int32
}

// Origin is the place without a resource.
func (p Place) Origin() snapshot.Origin {
	return snapshot.Origin{File: p.File, Line: int(p.Line), Column: int(p.Column)}
}

// Node is one value of a document as it was written, short-form tags aside:
// those are in their long form. Nodes are never changed once they are built and
// may be shared (a YAML alias is the node of its anchor).
type Node struct {
	Kind   Kind
	Quoted bool   // the scalar was written in quotes
	Text   string // scalars, as written
	Items  []*Node
	Fields []Field
	At     Place
}

// Field is one member of an object, in the order of the file.
type Field struct {
	Name  string
	At    Place // of the name
	Value *Node
}

// Get returns the member's value, or nil.
func (n *Node) Get(name string) *Node {
	if f := n.Field(name); f != nil {
		return f.Value
	}
	return nil
}

// Has tells whether the node is an object with members of all these names.
func (n *Node) Has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return n.Field(name) == nil })
}

func (n *Node) Field(name string) *Field {
	if n == nil || n.Kind != Object {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return &n.Fields[i]
		}
	}
	return nil
}

// Scalar tells whether the node is text, a number or a boolean.
func (n *Node) Scalar() bool {
	return n != nil && (n.Kind == String || n.Kind == Number || n.Kind == Bool)
}

// TextOr is the text of a scalar, or the fallback.
func (n *Node) TextOr(fallback string) string {
	if n.Scalar() {
		return n.Text
	}
	return fallback
}

// Single returns the only member of an object that has just one.
func (n *Node) Single() *Field {
	if n == nil || n.Kind != Object || len(n.Fields) != 1 {
		return nil
	}
	return &n.Fields[0]
}

// step joins a path and a member's name in the notation of reports:
// Properties.Integration.RequestTemplates['application/json'].
func step(path, name string) string {
	plain := name != ""
	for i := 0; i < len(name) && plain; i++ {
		c := name[i]
		plain = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && c >= '0' && c <= '9'
	}
	if !plain {
		return path + "['" + strings.ReplaceAll(name, "'", `\'`) + "']"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// index joins a path and a place in a list.
func index(path string, i int) string {
	return path + "[" + strconv.Itoa(i) + "]"
}
