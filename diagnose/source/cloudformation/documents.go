package cloudformation

import (
	"cmp"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// Documents are files that are no templates and may hold what templates hold:
// CloudFormation's functions, and texts that something fills in. They share their
// symbols, and the region and account that they are in.
type Documents struct {
	world *world
	files []*tree.Document
	env   *environment
}

// NewDocuments starts without a file.
func NewDocuments(o Options) *Documents {
	w := newWorld(o)
	w.apart = true
	return &Documents{world: w}
}

// Add takes a file among those that belong together. All are added before the
// first Value.
func (d *Documents) Add(doc *tree.Document) {
	d.world.know(doc)
	d.files = append(d.files, doc)
}

// Value is what a file holds, with its functions evaluated and the texts that API
// Gateway fills in filled in. Other holes are unknown where fill is set.
func (d *Documents) Value(doc *tree.Document, fill bool) (tree.View, error) {
	s := d.world.newStack(doc, defaultStackName, "", nil, d.where(), nil)
	s.macros = true // what a function names is not here
	v := imports{stack: s, holes: fill}.value(s.resolve(doc.Root), doc.Root, "")
	return tree.View{Value: v, At: doc.Root.At}, d.err()
}

// Skips are the findings that an OpenAPI document says are known: in its own
// extension x-apisqs-doctor, and in those of its operations, which speak for them.
func (d *Documents) Skips(doc *tree.Document) ([]snapshot.Skip, error) {
	const extension = "x-" + metadataKey
	list := d.world.skipsIn(doc.Root.Get(extension), extension)
	for _, path := range members(doc.Root.Get("paths")) {
		for _, operation := range members(path.Value) {
			n := operation.Value.Get(extension)
			if n == nil {
				continue
			}
			verb := strings.ToUpper(operation.Name)
			if operation.Name == "x-amazon-apigateway-any-method" {
				verb = "ANY"
			}
			for _, skip := range d.world.skipsIn(n, extension) {
				skip.Method = cmp.Or(skip.Method, verb+" "+path.Name)
				list = append(list, skip)
			}
		}
	}
	return list, d.err()
}

func (d *Documents) err() error { return d.world.err }

func (d *Documents) where() *environment {
	if d.env == nil {
		d.env = d.world.environmentOf(source{}, d.files...)
	}
	return d.env
}

// Target says where the documents are, as far as that is known.
func (d *Documents) Target(kind string) snapshot.Target {
	e := d.where()
	return snapshot.Target{Kind: kind, Region: e.region, Account: e.account, Partition: e.partition.ID}
}

// Complete adds to a snapshot what stands for unknown values and what was taken
// for granted.
func (d *Documents) Complete(s *snapshot.Snapshot) {
	s.Symbols = d.world.symbols.list
	s.Target.Assumed = append(slices.Clip(d.world.assumed), s.Target.Assumed...)
}

// imports fills in what API Gateway does when it imports a definition: region,
// account and partition, in any text of it (I40).
type imports struct {
	stack *stack
	holes bool // other texts of that form are somebody's to fill in (I40)
}

// value is a value with its texts filled in. n is the node that it comes from,
// name the member that it is.
func (i imports) value(v *tree.Value, n *tree.Node, name string) *tree.Value {
	switch v.Kind {
	case tree.String:
		if strings.Contains(v.Text, "${") {
			return i.text(v, n, name)
		}
	case tree.List:
		items := v.Items
		for at, in := range items {
			if out := i.value(in.Value, n, name); out != in.Value {
				if &v.Items[0] == &items[0] {
					v = &tree.Value{Kind: tree.List, Items: slices.Clone(items)}
				}
				v.Items[at].Value = out
			}
		}
	case tree.Object:
		members := v.Members
		for at, m := range members {
			inner := m.Name
			if name == "requestTemplates" || name == "responseTemplates" {
				inner = name
			}
			if out := i.value(m.Value, n, inner); out != m.Value {
				if &v.Members[0] == &members[0] {
					v = &tree.Value{Kind: tree.Object, Members: slices.Clone(members)}
				}
				v.Members[at].Value = out
			}
		}
	}
	return v
}

// text fills in a text.
func (i imports) text(v *tree.Value, n *tree.Node, name string) *tree.Value {
	var parts []*tree.Value
	rest, changed := v.Text, false
	for {
		open := strings.Index(rest, "${")
		if open < 0 {
			break
		}
		end := strings.IndexByte(rest[open:min(len(rest), open+maxVariable)], '}')
		if end < 0 {
			break
		}
		expression := rest[open : open+end+1]
		in := i.variable(expression, v.Text, n, name)
		if in == nil {
			in = tree.Text(expression)
		} else {
			changed = true
		}
		parts = append(appendText(parts, rest[:open]), in)
		rest = rest[open+end+1:]
	}
	if !changed {
		return v
	}
	out := i.stack.concat(appendText(parts, rest), n)
	if v.Partial && out.Kind == tree.String {
		out = &tree.Value{Kind: tree.String, Text: out.Text, Partial: true}
	}
	return out
}

// variable is what is filled in for ${...}; nil when it stands for itself.
func (i imports) variable(expression, text string, n *tree.Node, name string) *tree.Value {
	inside := expression[2 : len(expression)-1]
	switch inside {
	case "AWS::Region", "AWS::AccountId", "AWS::Partition":
		return i.stack.ref(inside, n)
	}
	if !i.holes || gatewayOwn(inside, text, name) {
		return nil
	}
	base := inside[strings.LastIndexByte(inside, '.')+1:]
	return i.stack.world.symbolIn("", expression, base, "the document with "+expression+" filled in", n)
}

// gatewayOwn tells whether ${inside} means something to API Gateway: a variable
// of a mapping template, or of a mapping expression.
func gatewayOwn(inside, text, member string) bool {
	root := inside
	if end := strings.IndexAny(inside, ".[("); end >= 0 {
		root = inside[:end]
	}
	switch root {
	case "stageVariables", "context", "request", "response", "integration", "route", "method", "connectionId":
		return true
	}
	if member != "requestTemplates" && member != "responseTemplates" {
		return false
	}
	if root == "input" || root == "util" || root == "foreach" || root == "velocityCount" {
		return true
	}
	for _, assigns := range []string{"#set($" + root, "#set( $" + root, "#set(${" + root, "#set ($" + root, "#foreach($" + root, "#foreach( $" + root, "#foreach ($" + root, "#foreach(${" + root} {
		if strings.Contains(text, assigns) {
			return true
		}
	}
	return false
}
