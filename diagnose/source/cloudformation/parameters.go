package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// parameter is one entry of a template's Parameters.
type parameter struct {
	stack    *stack
	field    tree.Field
	resolved *tree.Value
}

// value is what Ref of the parameter gives.
func (p *parameter) value() *tree.Value {
	if p.resolved != nil {
		return p.resolved
	}
	s, def := p.stack, p.field.Value
	typ := "String"
	if t := def.Get("Type"); t.Scalar() {
		typ = t.Text
	}
	given, isGiven := s.given[p.field.Name]
	fallback := def.Get("Default")
	switch {
	case strings.HasPrefix(typ, "AWS::SSM::Parameter::Value"):
		// The template holds the name of an SSM parameter, the deployment its value.
		p.resolved = p.symbol("")
	case isGiven:
		p.checkAllowed(given)
		p.resolved = typed(given, typ)
	case fallback.Scalar():
		p.resolved = typed(s.resolve(fallback), typ)
	case fallback != nil && fallback.Kind == tree.List:
		p.resolved = s.resolve(fallback)
	default:
		needs := ""
		if s.depth == 0 {
			needs = "--parameter " + p.field.Name + "=Value"
		}
		p.resolved = p.symbol(needs)
		if isListType(typ) {
			p.resolved = &tree.Value{Kind: tree.Unknown, Gap: p.resolved.Gap}
		}
	}
	return p.resolved
}

func (p *parameter) symbol(needs string) *tree.Value {
	n := &tree.Node{At: p.field.At}
	return p.stack.world.symbolIn(p.stack.prefix, "${"+p.field.Name+"}", p.field.Name, needs, n)
}

func isListType(typ string) bool {
	return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<")
}

// typed makes a list of the text that a list parameter has.
func typed(v *tree.Value, typ string) *tree.Value {
	if !isListType(typ) {
		return v.AsText()
	}
	if v.Kind == tree.List || !v.Readable() || v.Kind == tree.Unknown {
		return v
	}
	list := &tree.Value{Kind: tree.List}
	if v.Text == "" {
		return list
	}
	for part := range strings.SplitSeq(v.Text, ",") {
		list.Items = append(list.Items, tree.Item{Value: &tree.Value{Kind: tree.String, Text: strings.TrimSpace(part), Partial: v.Partial}})
	}
	return list
}

// checkAllowed refuses a value that CloudFormation would refuse.
func (p *parameter) checkAllowed(v *tree.Value) {
	allowed := p.field.Value.Get("AllowedValues")
	if allowed == nil || allowed.Kind != tree.List || !v.Readable() || !v.Certain() {
		return
	}
	var names []string
	for _, a := range allowed.Items {
		names = append(names, fmt.Sprintf("%q", a.Text))
	}
	if !slices.Contains(names, fmt.Sprintf("%q", v.Text)) && !isListType(p.field.Value.Get("Type").TextOr("String")) {
		p.stack.world.fail(p.field.At, fmt.Sprintf("the value %q is not allowed for parameter %q", tree.Clip(v.Text, 80), p.field.Name),
			"one of "+tree.Clip(strings.Join(names, ", "), 200))
	}
}

// checkParameters refuses names that no template declares: a misspelt
// --parameter would be lost in silence.
func (w *world) checkParameters(roots []*stack) error {
	declared := map[string]bool{}
	for _, s := range roots {
		for name := range s.parameters {
			declared[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.options.Parameters)) {
		if !declared[name] {
			expected := "none, as the template declares no parameters"
			if len(declared) > 0 {
				expected = "one of " + tree.Clip(strings.Join(slices.Sorted(maps.Keys(declared)), ", "), 300)
			}
			return &tree.Error{Problem: fmt.Sprintf("the template has no parameter %q", tree.Clip(name, 80)), Expected: expected}
		}
	}
	return nil
}

// ReadParameters reads a file of parameter values: the list of objects that
// the AWS CLI takes ([{"ParameterKey": ..., "ParameterValue": ...}]), a list of
// "Name=Value" texts, {"Parameters": {...}} or a plain object, in JSON or YAML.
// The error is an *Error.
func ReadParameters(file string) (map[string]string, error) {
	doc, err := language.Read(file, nil)
	if err != nil {
		return nil, err
	}
	const expected = `{"Name": "value"}, {"Parameters": {...}} or the list that the AWS CLI takes`
	root := doc.Root
	if inner := root.Get("Parameters"); inner != nil {
		root = inner
	}
	values := map[string]string{}
	set := func(at *tree.Node, name string, v *tree.Node) error {
		switch {
		case v != nil && v.Scalar():
			values[name] = v.Text
		case v != nil && v.Kind == tree.List:
			var parts []string
			for _, i := range v.Items {
				if !i.Scalar() {
					return i.At.Fail(fmt.Sprintf("an item of parameter %q is %s", tree.Clip(name, 80), i.Kind), "text")
				}
				parts = append(parts, i.Text)
			}
			values[name] = strings.Join(parts, ",")
		default:
			return at.At.Fail(fmt.Sprintf("parameter %q has no value that is text", tree.Clip(name, 80)), expected)
		}
		return nil
	}
	switch root.Kind {
	case tree.Object:
		for _, f := range root.Fields {
			if err := set(f.Value, f.Name, f.Value); err != nil {
				return nil, err
			}
		}
	case tree.List:
		for _, in := range root.Items {
			name, v := in.Get("ParameterKey"), in.Get("ParameterValue")
			if key, val, ok := strings.Cut(in.TextOr(""), "="); ok {
				values[key] = val
				continue
			}
			if in.Get("UsePreviousValue") != nil && v == nil {
				continue
			}
			if !name.Scalar() {
				return nil, in.At.Fail("an item without ParameterKey", expected)
			}
			if err := set(in, name.Text, v); err != nil {
				return nil, err
			}
		}
	default:
		return nil, root.At.Fail("the file holds "+root.Kind.String(), expected)
	}
	return values, nil
}
