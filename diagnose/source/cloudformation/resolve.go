package cloudformation

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// resolve evaluates the intrinsic functions of a node and everything in it.
func (s *stack) resolve(n *tree.Node) *tree.Value {
	w := s.world
	if n == nil || !w.spend(n.At) {
		return tree.Nothing
	}
	if w.recursion++; w.recursion > maxRecursion {
		w.fail(n.At, "references lead through references without end", "fewer references in a row")
	}
	defer func() { w.recursion-- }()
	switch n.Kind {
	case tree.Object:
		if f := n.Single(); f != nil && intrinsic(f.Name) && !strings.HasPrefix(f.Name, "Fn::ForEach") {
			return s.call(n, f)
		}
		return s.object(n)
	case tree.List:
		v := &tree.Value{Kind: tree.List, Items: make([]tree.Item, 0, len(n.Items))}
		for _, in := range n.Items {
			if r := s.resolve(in); r.Kind != tree.Null {
				v.Items = append(v.Items, tree.Item{At: in.At, Value: r})
			}
		}
		return v
	case tree.Null:
		return tree.Nothing
	}
	if n.Kind == tree.String && strings.Contains(n.Text, "{{resolve:") {
		return s.dynamic(n.Text, n.At)
	}
	return &tree.Value{Kind: n.Kind, Text: n.Text}
}

func (s *stack) object(n *tree.Node) *tree.Value {
	fields, hidden := s.splice(n.Fields, 0)
	if hidden != "" {
		return s.shapeless(n, hidden)
	}
	v := &tree.Value{Kind: tree.Object, Members: make([]tree.Member, 0, len(fields))}
	for _, f := range fields {
		r := s.resolve(f.Value)
		// CloudFormation drops null; elsewhere it is a value (T105).
		if r.Kind != tree.Null || s.world.apart && f.Value.Kind == tree.Null {
			v.Members = append(v.Members, tree.Member{Name: f.Name, At: f.At, Value: r})
		}
	}
	return v
}

// functions evaluate the intrinsic functions of their names; arg is the argument of n.
var functions map[string]func(s *stack, arg, n *tree.Node) *tree.Value

func init() { // they call each other
	functions = map[string]func(s *stack, arg, n *tree.Node) *tree.Value{"Fn::GetAtt": (*stack).getAtt, "Fn::Sub": (*stack).sub, "Fn::Join": (*stack).join,
		"Fn::Select": (*stack).pick, "Fn::Split": (*stack).split, "Fn::FindInMap": (*stack).findInMap, "Fn::If": (*stack).choose, "Fn::Base64": (*stack).base64,
		"Fn::Length": (*stack).length, "Fn::ToJsonString": (*stack).toJSON, "Fn::GetAZs": (*stack).zones, "Fn::ImportValue": (*stack).importValue,
		"Fn::Transform": (*stack).transform}
}

// call evaluates one intrinsic function.
func (s *stack) call(n *tree.Node, f *tree.Field) *tree.Value {
	if function := functions[f.Name]; function != nil {
		return function(s, f.Value, n)
	}
	switch f.Name {
	case "Ref":
		if f.Value.Scalar() {
			return s.ref(f.Value.Text, n)
		}
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		switch s.truth(n) {
		case yes:
			return &tree.Value{Kind: tree.Bool, Text: "true"}
		case no:
			return &tree.Value{Kind: tree.Bool, Text: "false"}
		}
	}
	return s.unknown(n)
}

// unknown is the value of a call that has none before deployment, with a text
// to stand for it.
func (s *stack) unknown(n *tree.Node) *tree.Value {
	f := n.Single()
	expression := describe(n)
	base := expression
	if f != nil && f.Value.Scalar() {
		base = f.Value.Text
	}
	return s.world.symbolIn(s.prefix, expression, base, "", n)
}

// shapeless is an unknown value that may be anything: an object, a list, text or nothing.
func (s *stack) shapeless(n *tree.Node, detail string) *tree.Value {
	return &tree.Value{Kind: tree.Unknown, Gap: &tree.Missing{Expression: describe(n), Detail: detail}}
}

// accountScope is the scope of names that all stacks of an account share.
const accountScope = "account"

func (w *world) symbolIn(scope, expression, base, needs string, n *tree.Node) *tree.Value {
	if len(w.symbols.list) >= maxSymbols {
		w.fail(n.At, fmt.Sprintf("more than %d values are not known before deployment", maxSymbols), "")
		return tree.Nothing
	}
	return w.symbol(scope, expression, base, needs, n.At.Origin())
}

// inherit makes an unknown value of what a function could not do without.
func (s *stack) inherit(n *tree.Node, from *tree.Value) *tree.Value {
	v := s.unknown(n)
	if from.Gap != nil && v.Gap != nil && v.Gap.Needs == "" {
		v.Gap.Needs = from.Gap.Needs
	}
	return v
}

// choose evaluates Fn::If.
func (s *stack) choose(arg, n *tree.Node) *tree.Value {
	if arg.Kind != tree.List || len(arg.Items) != 3 || !arg.Items[0].Scalar() {
		return s.unknown(n)
	}
	switch s.conditionNamed(arg.Items[0].Text, arg.Items[0].At) {
	case yes:
		return s.resolve(arg.Items[1])
	case no:
		return s.resolve(arg.Items[2])
	}
	then, other := s.resolve(arg.Items[1]), s.resolve(arg.Items[2])
	if equal(then, other) == yes {
		return then
	}
	if then.Readable() && other.Readable() {
		return s.unknown(n)
	}
	return s.shapeless(n, fmt.Sprintf("the condition %q is not known before deployment", arg.Items[0].Text))
}

// findInMap evaluates Fn::FindInMap, with the DefaultValue of the language extensions.
func (s *stack) findInMap(arg, n *tree.Node) *tree.Value {
	if arg.Kind != tree.List || len(arg.Items) < 3 {
		return s.unknown(n)
	}
	found := s.mappings
	for _, key := range arg.Items[:3] {
		k := s.resolve(key)
		if !k.Readable() || !k.Certain() {
			return s.inherit(n, k)
		}
		if found = found.Get(k.Text); found == nil {
			if len(arg.Items) > 3 {
				if d := arg.Items[3].Get("DefaultValue"); d != nil {
					return s.resolve(d)
				}
			}
			v := s.unknown(n)
			s.world.refuse("ValidationError", "Template error: Unable to get mapping for "+s.keys(arg.Items[:3]), s.origin(nil, "", n.At))
			return v
		}
	}
	return s.resolve(found)
}

func (s *stack) keys(items []*tree.Node) string {
	var names []string
	for _, i := range items {
		names = append(names, s.resolve(i).Text)
	}
	return strings.Join(names, "::")
}

// transform evaluates Fn::Transform: AWS::Include of a local file. Other macros
// are programs of the account.
func (s *stack) transform(arg, n *tree.Node) *tree.Value {
	doc, problem := s.included(arg)
	if doc == nil {
		v := s.shapeless(n, problem)
		return v
	}
	return s.resolve(doc.Root)
}

// included returns the document that an AWS::Include names, or why there is none.
func (s *stack) included(arg *tree.Node) (*tree.Document, string) {
	name := arg.Get("Name")
	if !name.Scalar() || name.Text != "AWS::Include" {
		return nil, "the macro " + name.TextOr("") + " of the account makes it"
	}
	location := arg.Get("Parameters").Get("Location")
	if location == nil {
		return nil, "the AWS::Include has no Location"
	}
	where := s.resolve(location)
	if !where.Readable() || !where.Certain() || remote(where.Text) {
		return nil, "the AWS::Include reads " + describe(location) + ", which is not a local file"
	}
	file := beside(location.At.File, where.Text)
	doc, err := s.world.include(file)
	if err != nil {
		if e, ok := err.(*tree.Error); ok && e.Line > 0 {
			s.world.stop(e)
		}
		return nil, fmt.Sprintf("the file %q of the AWS::Include cannot be read", file)
	}
	return doc, ""
}

func (w *world) stop(err error) {
	if w.err == nil {
		w.err = err
	}
}

// splice writes out what may stand among the members of an object: a nested
// Fn::Transform that includes a file, and the loops of the language extensions.
// What cannot be written out is named; the object may then hold anything.
func (s *stack) splice(fields []tree.Field, depth int) (out []tree.Field, hidden string) {
	special := false
	for _, f := range fields {
		if f.Name == "Fn::Transform" || strings.HasPrefix(f.Name, "Fn::ForEach::") {
			special = true
		}
	}
	if !special {
		return fields, ""
	}
	if depth > 20 {
		return fields, "includes lead to includes without end"
	}
	add := func(more []tree.Field, what string) {
		if what == "" {
			more, what = s.splice(more, depth+1)
		}
		out = append(out, more...)
		if what != "" {
			hidden = what
		}
	}
	for _, f := range fields {
		switch {
		case f.Name == "Fn::Transform":
			doc, problem := s.included(f.Value)
			switch {
			case doc == nil:
				add(nil, problem)
			case doc.Root.Kind != tree.Object || !s.world.spend(f.At):
				add(nil, "the included file "+doc.Name+" is no object")
			default:
				add(doc.Root.Fields, "")
			}
		case strings.HasPrefix(f.Name, "Fn::ForEach::"):
			add(s.loop(f))
		default:
			out = append(out, f)
		}
	}
	return out, hidden
}
