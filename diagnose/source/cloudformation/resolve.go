package cloudformation

import (
	"fmt"
	"strings"
)

// resolve evaluates the intrinsic functions of a node and everything in it.
func (s *stack) resolve(n *node) *value {
	w := s.world
	if n == nil || !w.spend(n.at) {
		return nothing
	}
	if w.recursion++; w.recursion > maxRecursion {
		w.fail(n.at, "references lead through references without end", "fewer references in a row")
	}
	defer func() { w.recursion-- }()
	switch n.kind {
	case kindObject:
		if f := n.single(); f != nil && intrinsic(f.name) && !strings.HasPrefix(f.name, "Fn::ForEach") {
			return s.call(n, f)
		}
		return s.object(n)
	case kindList:
		v := &value{kind: kindList, items: make([]item, 0, len(n.items))}
		for _, in := range n.items {
			if r := s.resolve(in); r.kind != kindNull {
				v.items = append(v.items, item{at: in.at, value: r})
			}
		}
		return v
	case kindNull:
		return nothing
	}
	if n.kind == kindString && strings.Contains(n.text, "{{resolve:") {
		return s.dynamic(n.text, n.at)
	}
	return &value{kind: n.kind, text: n.text}
}

func (s *stack) object(n *node) *value {
	fields := s.splice(n.fields, 0)
	v := &value{kind: kindObject, members: make([]member, 0, len(fields))}
	for _, f := range fields {
		r := s.resolve(f.value)
		if r.kind != kindNull {
			v.members = append(v.members, member{name: f.name, at: f.at, value: r})
		}
	}
	return v
}

// call evaluates one intrinsic function.
func (s *stack) call(n *node, f *field) *value {
	arg := f.value
	switch f.name {
	case "Ref":
		if arg.scalar() {
			return s.ref(arg.text, n)
		}
	case "Fn::GetAtt":
		return s.getAtt(arg, n)
	case "Fn::Sub":
		return s.sub(arg, n)
	case "Fn::Join":
		return s.join(arg, n)
	case "Fn::Select":
		return s.pick(arg, n)
	case "Fn::Split":
		return s.split(arg, n)
	case "Fn::FindInMap":
		return s.findInMap(arg, n)
	case "Fn::If":
		return s.choose(arg, n)
	case "Fn::Base64":
		return s.base64(arg, n)
	case "Fn::Length":
		return s.length(arg, n)
	case "Fn::ToJsonString":
		return s.toJSON(arg, n)
	case "Fn::GetAZs":
		return s.zones(arg, n)
	case "Fn::ImportValue":
		return s.importValue(arg, n)
	case "Fn::Transform":
		return s.transform(arg, n)
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		switch s.truth(n) {
		case yes:
			return &value{kind: kindBool, text: "true"}
		case no:
			return &value{kind: kindBool, text: "false"}
		}
	}
	return s.unknown(n)
}

// unknown is the value of a call that has none before deployment, with a text
// to stand for it.
func (s *stack) unknown(n *node) *value {
	f := n.single()
	expression := describe(n)
	base := expression
	if f != nil && f.value.scalar() {
		base = f.value.text
	}
	return s.world.symbolIn(s.prefix, expression, base, "", n)
}

// shapeless is an unknown value that may be anything: an object, a list, text or nothing.
func (s *stack) shapeless(n *node, detail string) *value {
	return &value{kind: kindUnknown, gap: &missing{expression: describe(n), detail: detail}}
}

// accountScope is the scope of names that all stacks of an account share.
const accountScope = "account"

func (w *world) symbolIn(scope, expression, base, needs string, n *node) *value {
	if len(w.symbols.list) >= maxSymbols {
		w.fail(n.at, fmt.Sprintf("more than %d values are not known before deployment", maxSymbols), "")
		return nothing
	}
	return w.symbol(scope, expression, base, needs, originAt(n.at))
}

// inherit makes an unknown value of what a function could not do without.
func (s *stack) inherit(n *node, from *value) *value {
	v := s.unknown(n)
	if from.gap != nil && v.gap != nil && v.gap.needs == "" {
		v.gap.needs = from.gap.needs
	}
	return v
}

// choose evaluates Fn::If.
func (s *stack) choose(arg, n *node) *value {
	if arg.kind != kindList || len(arg.items) != 3 || !arg.items[0].scalar() {
		return s.unknown(n)
	}
	switch s.conditionNamed(arg.items[0].text, arg.items[0].at) {
	case yes:
		return s.resolve(arg.items[1])
	case no:
		return s.resolve(arg.items[2])
	}
	then, other := s.resolve(arg.items[1]), s.resolve(arg.items[2])
	if equal(then, other) == yes {
		return then
	}
	if then.readable() && other.readable() {
		return s.unknown(n)
	}
	return s.shapeless(n, fmt.Sprintf("the condition %q is not known before deployment", arg.items[0].text))
}

// findInMap evaluates Fn::FindInMap, with the DefaultValue of the language extensions.
func (s *stack) findInMap(arg, n *node) *value {
	if arg.kind != kindList || len(arg.items) < 3 {
		return s.unknown(n)
	}
	found := s.mappings
	for _, key := range arg.items[:3] {
		k := s.resolve(key)
		if !k.readable() || !k.certain() {
			return s.inherit(n, k)
		}
		if found = found.get(k.text); found == nil {
			if len(arg.items) > 3 {
				if d := arg.items[3].get("DefaultValue"); d != nil {
					return s.resolve(d)
				}
			}
			v := s.unknown(n)
			s.world.refuse("ValidationError", "Template error: Unable to get mapping for "+s.keys(arg.items[:3]), s.origin(nil, "", n.at))
			return v
		}
	}
	return s.resolve(found)
}

func (s *stack) keys(items []*node) string {
	var names []string
	for _, i := range items {
		names = append(names, s.resolve(i).text)
	}
	return strings.Join(names, "::")
}

// transform evaluates Fn::Transform: AWS::Include of a local file. Other macros
// are programs of the account.
func (s *stack) transform(arg, n *node) *value {
	doc, problem := s.included(arg)
	if doc == nil {
		v := s.shapeless(n, problem)
		return v
	}
	return s.resolve(doc.root)
}

// included returns the document that an AWS::Include names, or why there is none.
func (s *stack) included(arg *node) (*document, string) {
	name := arg.get("Name")
	if !name.scalar() || name.text != "AWS::Include" {
		return nil, "a macro of the account makes it"
	}
	location := arg.get("Parameters").get("Location")
	if location == nil {
		return nil, "the AWS::Include has no Location"
	}
	where := s.resolve(location)
	if !where.readable() || !where.certain() || remote(where.text) {
		return nil, "the AWS::Include reads " + describe(location) + ", which is not a local file"
	}
	file := location.at.file.beside(where.text)
	doc, err := s.world.include(file)
	if err != nil {
		if e, ok := err.(*Error); ok && e.Line > 0 {
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
func (s *stack) splice(fields []field, depth int) []field {
	special := false
	for _, f := range fields {
		if f.name == "Fn::Transform" || strings.HasPrefix(f.name, "Fn::ForEach::") {
			special = true
		}
	}
	if !special || depth > 20 {
		return fields
	}
	var out []field
	for _, f := range fields {
		switch {
		case f.name == "Fn::Transform":
			doc, problem := s.included(f.value)
			if doc == nil || doc.root.kind != kindObject || !s.world.spend(f.at) {
				s.macros = true
				s.world.warn("%s:%d: %s; what it adds is not seen", f.at.file.name, f.at.line, problem)
				continue
			}
			out = append(out, s.splice(doc.root.fields, depth+1)...)
		case strings.HasPrefix(f.name, "Fn::ForEach::"):
			out = append(out, s.splice(s.loop(f), depth+1)...)
		default:
			out = append(out, f)
		}
	}
	return out
}
