package cloudformation

import (
	"strconv"
	"strings"
)

// kind is the JSON type of a node or a value.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindList
	kindObject
	kindUnknown // values only: nothing is known but where it would stand
)

func (k kind) String() string {
	return [...]string{"nothing", "a boolean", "a number", "text", "a list", "an object", "an unknown value"}[k]
}

// place is a position in a file.
type place struct {
	file         *document
	line, column int32
}

// node is one value of a document as it was written, short-form tags aside:
// those are in their long form. Nodes are never changed once they are built and
// may be shared (a YAML alias is the node of its anchor).
type node struct {
	kind   kind
	quoted bool   // the scalar was written in quotes
	text   string // scalars, as written
	items  []*node
	fields []field
	at     place
}

// field is one member of an object, in the order of the file.
type field struct {
	name  string
	at    place // of the name
	value *node
}

// get returns the member's value, or nil.
func (n *node) get(name string) *node {
	if f := n.field(name); f != nil {
		return f.value
	}
	return nil
}

func (n *node) field(name string) *field {
	if n == nil || n.kind != kindObject {
		return nil
	}
	for i := range n.fields {
		if n.fields[i].name == name {
			return &n.fields[i]
		}
	}
	return nil
}

// scalar tells whether the node is text, a number or a boolean.
func (n *node) scalar() bool {
	return n != nil && (n.kind == kindString || n.kind == kindNumber || n.kind == kindBool)
}

// single returns the only member of an object that has just one.
func (n *node) single() *field {
	if n == nil || n.kind != kindObject || len(n.fields) != 1 {
		return nil
	}
	return &n.fields[0]
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
