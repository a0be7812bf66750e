package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// resource is one instance of a resource, of a configuration, a plan or a state.
type resource struct {
	address string
	kind    string // aws_sqs_queue
	at      tree.Place
	// arguments is what the input says of it, as an object.
	arguments tree.View
	// attribute gives an attribute, an argument or one that follows from them.
	attribute func(name string) cty.Value
	// spot finds places below the resource; the zero spot where the input has none.
	spot spot
	// raw is the resource in a configuration; nil in plans and states.
	raw *instance
}

// origin is the place of the resource.
func (r *resource) origin() snapshot.Origin {
	o := r.at.Origin()
	o.Resource = r.address
	return o
}

// get is an argument.
func (r *resource) get(name string) tree.View { return r.arguments.Get(name) }

// read lists the resources of one of the kinds that the diagnosis looks at.
func wanted(kind string) bool {
	_, ok := mappers[kind]
	return ok
}

// resources evaluates the configuration and lists the instances of the kinds
// that matter. A resource whose instances are not known is reported to doubt.
func (ev *evaluator) resources(root *scope, sy *symbols, doubt func(*expansion)) []*resource {
	var list []*resource
	ev.instances(root, func(e *expansion) {
		if !wanted(e.block.Labels[0]) || e.block.Type != "resource" {
			return
		}
		if e.keys.hole != nil {
			doubt(e)
			return
		}
		for _, in := range e.instances {
			list = append(list, ev.resource(in, sy))
		}
	})
	return list
}

func (ev *evaluator) resource(in *instance, sy *symbols) *resource {
	body := in.block.Body
	r := &resource{address: in.address, kind: in.kind(), at: placeOf(in.block.TypeRange), raw: in,
		spot: spot{ev: ev, at: in.block.TypeRange, body: body, ctx: in.ctx}}
	value := &tree.Value{Kind: tree.Object}
	add := func(name string) {
		v, _ := in.configured(name)
		if own, ok := in.values[name]; ok {
			v = own
		}
		at := r.spot.member(name)
		if v.CanIterateElements() && at.expr != nil {
			at = at.inner(0) // what the parts stand in
		}
		value.Members = append(value.Members, tree.Member{Name: name, At: at.place(), Value: sy.value(v, at)})
	}
	for _, a := range sortedAttributes(body) {
		if !metaArguments[a.Name] {
			add(a.Name)
		}
	}
	seen := map[string]bool{}
	for _, b := range body.Blocks {
		if kind := blockKind(b); !metaArguments[kind] && !seen[kind] {
			seen[kind] = true
			add(kind)
		}
	}
	r.arguments = tree.View{Resource: r.address, At: r.at, Value: value}
	r.attribute = func(name string) cty.Value {
		v, _ := in.attribute(name)
		return v
	}
	return r
}

// text is an attribute as text with symbols.
func (b *builder) text(r *resource, name string) string {
	v, err := convert.Convert(r.attribute(name), cty.String)
	if err != nil {
		return ""
	}
	t, _ := plainText(textual(v))
	return b.symbols.text(t)
}

// document is a JSON or YAML text of a resource as a tree, with the places of
// its parts. ok is false where the text is not known or does not parse.
func (b *builder) document(r *resource, name string) (tree.View, bool) {
	x := r.get(name)
	text, known := plainText(r.attribute(name))
	if x.Absent() || x.Unknown() || !known {
		return x, false
	}
	at := r.spot.member(name)
	doc, err := tree.Language{Name: "a document"}.Parse(at.at.Filename, []byte(text))
	if err != nil {
		if holed(text) {
			x.Value = &tree.Value{Kind: tree.Unknown, Gap: &tree.Missing{Expression: x.Path + " holds a value that is known only after apply"}}
		}
		return x, false
	}
	x.Value = b.node(doc.Root, at.document(text), text)
	return x, true
}

// document is the spot of a text that holds a document. A text that stands in the
// configuration as such, or in a file that it reads, has lines of its own.
func (s spot) document(text string) spot {
	in := s.inner(0)
	switch e := in.expr.(type) {
	case *hclsyntax.TemplateExpr:
		if e.SrcRange.End.Line > e.SrcRange.Start.Line {
			in.text = &tree.Place{File: e.SrcRange.Filename, Line: int32(firstLine(e))}
		}
		in.expr = nil
	case *call:
		switch e.Name {
		case "file", "templatefile":
			if len(e.Args) == 0 {
				break
			}
			v, diags := e.Args[0].Value(in.ctx)
			name, ok := plainText(v)
			if diags.HasErrors() || !ok || s.ev == nil {
				break
			}
			path := s.ev.path(name)
			source := s.ev.sources[path]
			place := tree.Place{File: path, Line: 1}
			if e.Name == "templatefile" && strings.Count(string(source), "\n") != strings.Count(text, "\n") {
				place.Line = 0
			}
			in.text, in.expr = &place, nil
		}
	}
	return in
}

// firstLine is the line of the first character of a template's text: the one
// after the marker of a heredoc.
func firstLine(e *hclsyntax.TemplateExpr) int {
	if len(e.Parts) > 0 {
		return e.Parts[0].Range().Start.Line
	}
	return e.SrcRange.Start.Line
}

// node turns a parsed document into values. Texts in it may hold stand-ins.
func (b *builder) node(n *tree.Node, at spot, text string) *tree.Value {
	out := &tree.Value{Kind: n.Kind, Text: n.Text}
	place := func(child *tree.Node, in spot) tree.Place {
		if at.text == nil {
			return in.place()
		}
		if at.text.Line == 0 {
			return *at.text
		}
		return tree.Place{File: at.text.File, Line: at.text.Line + child.At.Line - 1, Column: 1}
	}
	inner := func(in spot) spot {
		if at.text != nil {
			in.text, in.expr, in.body, in.blocks = at.text, nil, nil, nil
		}
		return in
	}
	switch n.Kind {
	case tree.String:
		return b.symbols.fromText(n.Text)
	case tree.List:
		for i, c := range n.Items {
			in := inner(at.item(i))
			out.Items = append(out.Items, tree.Item{At: place(c, in), Value: b.node(c, in, text)})
		}
	case tree.Object:
		for _, f := range n.Fields {
			in := inner(at.member(f.Name))
			out.Members = append(out.Members, tree.Member{Name: b.symbols.text(f.Name), At: place(f.Value, in), Value: b.node(f.Value, in, text)})
		}
	}
	return out
}

// policy is a policy document: its text, with the place of each statement.
func (b *builder) policy(r *resource, name string) (snapshot.Fact[string], []snapshot.Origin) {
	x, ok := b.document(r, name)
	if ok {
		if b.statementSpots(r, name, &x); x.Value.Kind == tree.Object {
			if hole := shapeless(x); hole != nil {
				return snapshot.Unknown[string](*hole), nil
			}
			_, lines := x.Policy()
			if fact, _ := x.Policy(); !fact.IsKnown() {
				return fact, nil
			}
			// The text is kept as it is written: what AWS refuses of it is refused for the text.
			t, _ := plainText(r.attribute(name))
			return snapshot.Known(b.symbols.text(t), x.Origin()), lines
		}
	}
	return x.Text(""), nil
}

// statementSpots gives the statements of a data source their places.
func (b *builder) statementSpots(r *resource, name string, x *tree.View) {
	if r.raw == nil {
		return
	}
	in := r.spot.member(name).inner(0)
	ref, ok := in.expr.(*reference)
	if !ok {
		return
	}
	f := frameOf(in.ctx)
	if f.scope == nil || ref.Traversal.RootName() != "data" {
		return
	}
	d := f.scope.instanceAt(ref.Traversal, in.at)
	if d == nil || d.kind() != "aws_iam_policy_document" {
		return
	}
	statements := x.Value.Member("Statement")
	if statements == nil || statements.Value.Kind != tree.List {
		return
	}
	at := spot{ev: in.ev, at: d.block.TypeRange, body: d.block.Body, ctx: d.ctx}.member("statement")
	for i := range statements.Value.Items {
		s := at.item(i)
		st := &statements.Value.Items[i]
		if at.blocks == nil || len(at.blocks) != len(statements.Value.Items) {
			s = spot{at: d.block.TypeRange}
		}
		st.At = s.place()
		if st.Value.Kind != tree.Object {
			continue
		}
		for j := range st.Value.Members {
			m := &st.Value.Members[j]
			if name, ok := statementArguments[m.Name]; ok {
				m.At = s.member(name).place()
			}
		}
	}
}

// instanceAt is the instance of a resource that a name leads to; nil when there
// is none.
func (s *scope) instanceAt(t hcl.Traversal, at hcl.Range) *instance {
	to, _ := s.indexed(t, at)
	if e, ok := to.(*expansion); ok && e.keys.single {
		return e.instances[0]
	}
	in, _ := to.(*instance)
	return in
}

// indexed is what a name leads to once the keys behind it have chosen an instance,
// and what is left of the name.
func (s *scope) indexed(t hcl.Traversal, at hcl.Range) (target, hcl.Traversal) {
	to, rest := s.target(t, at)
	for len(rest) > 0 && to != nil {
		i, ok := rest[0].(hcl.TraverseIndex)
		if !ok {
			break
		}
		to, rest = to.at(i.Key), rest[1:]
	}
	return to, rest
}

// statementArguments are the members of a statement as the data source has them.
var statementArguments = map[string]string{"Sid": "sid", "Effect": "effect", "Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources",
	"Principal": "principals", "NotPrincipal": "not_principals", "Condition": "condition"}

// shapeless finds a hole where a policy needs an object or a list: no text can
// stand there.
func shapeless(x tree.View) *snapshot.Gap {
	gap := func(v tree.View) *snapshot.Gap {
		if v.Unknown() {
			g := v.Gap()
			return &g
		}
		return nil
	}
	statements := x.Get("Statement")
	if g := gap(statements); g != nil {
		return g
	}
	for _, s := range statements.Items() {
		if g := gap(s); g != nil {
			return g
		}
		if g := gap(s.Get("Condition")); g != nil {
			return g
		}
		for _, c := range s.Get("Condition").Members() {
			if g := gap(c.View); g != nil {
				return g
			}
		}
	}
	return nil
}
