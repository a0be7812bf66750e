package cloudformation

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// parameter is one entry of a template's Parameters.
type parameter struct {
	stack    *stack
	field    field
	resolved *value
}

// value is what Ref of the parameter gives.
func (p *parameter) value() *value {
	if p.resolved != nil {
		return p.resolved
	}
	s, def := p.stack, p.field.value
	typ := "String"
	if t := def.get("Type"); t.scalar() {
		typ = t.text
	}
	given, isGiven := s.given[p.field.name]
	fallback := def.get("Default")
	switch {
	case strings.HasPrefix(typ, "AWS::SSM::Parameter::Value"):
		// The template holds the name of an SSM parameter, the deployment its value.
		p.resolved = p.symbol("")
	case isGiven:
		p.checkAllowed(given)
		p.resolved = typed(given, typ)
	case fallback.scalar():
		p.resolved = typed(s.resolve(fallback), typ)
	case fallback != nil && fallback.kind == kindList:
		p.resolved = s.resolve(fallback)
	default:
		needs := ""
		if s.depth == 0 {
			needs = "--parameter " + p.field.name + "=Value"
		}
		p.resolved = p.symbol(needs)
		if isListType(typ) {
			p.resolved = &value{kind: kindUnknown, gap: p.resolved.gap}
		}
	}
	return p.resolved
}

func (p *parameter) symbol(needs string) *value {
	n := &node{at: p.field.at}
	return p.stack.world.symbolIn(p.stack.prefix, "${"+p.field.name+"}", p.field.name, needs, n)
}

func isListType(typ string) bool {
	return typ == "CommaDelimitedList" || strings.HasPrefix(typ, "List<")
}

// typed makes a list of the text that a list parameter has.
func typed(v *value, typ string) *value {
	if !isListType(typ) {
		return v.asText()
	}
	if v.kind == kindList || !v.readable() || v.kind == kindUnknown {
		return v
	}
	list := &value{kind: kindList}
	if v.text == "" {
		return list
	}
	for part := range strings.SplitSeq(v.text, ",") {
		list.items = append(list.items, item{value: &value{kind: kindString, text: strings.TrimSpace(part), partial: v.partial}})
	}
	return list
}

// checkAllowed refuses a value that CloudFormation would refuse.
func (p *parameter) checkAllowed(v *value) {
	allowed := p.field.value.get("AllowedValues")
	if allowed == nil || allowed.kind != kindList || !v.readable() || !v.certain() {
		return
	}
	var names []string
	for _, a := range allowed.items {
		names = append(names, fmt.Sprintf("%q", a.text))
	}
	if !slices.Contains(names, fmt.Sprintf("%q", v.text)) && !isListType(p.field.value.get("Type").textOr("String")) {
		p.stack.world.fail(p.field.at, fmt.Sprintf("the value %q is not allowed for parameter %q", clip(v.text, 80), p.field.name),
			"one of "+clip(strings.Join(names, ", "), 200))
	}
}

func (n *node) textOr(fallback string) string {
	if n.scalar() {
		return n.text
	}
	return fallback
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
	for _, name := range sortedKeys(w.options.Parameters) {
		if !declared[name] {
			expected := "none, as the template declares no parameters"
			if len(declared) > 0 {
				expected = "one of " + clip(strings.Join(sortedKeys(declared), ", "), 300)
			}
			return &Error{Problem: fmt.Sprintf("the template has no parameter %q", clip(name, 80)), Expected: expected}
		}
	}
	return nil
}

func sortedKeys[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// ReadParameters reads a file of parameter values: the list of objects that
// the AWS CLI takes ([{"ParameterKey": ..., "ParameterValue": ...}]), a list of
// "Name=Value" texts, {"Parameters": {...}} or a plain object, in JSON or YAML.
// The error is an *Error.
func ReadParameters(file string) (map[string]string, error) {
	doc, err := readDocument(file, nil)
	if err != nil {
		return nil, err
	}
	const expected = `{"Name": "value"}, {"Parameters": {...}} or the list that the AWS CLI takes`
	root := doc.root
	if inner := root.get("Parameters"); inner != nil {
		root = inner
	}
	values := map[string]string{}
	set := func(at *node, name string, v *node) error {
		switch {
		case v != nil && v.scalar():
			values[name] = v.text
		case v != nil && v.kind == kindList:
			var parts []string
			for _, i := range v.items {
				if !i.scalar() {
					return errorAt(i.at, fmt.Sprintf("an item of parameter %q is %s", clip(name, 80), i.kind), "text")
				}
				parts = append(parts, i.text)
			}
			values[name] = strings.Join(parts, ",")
		default:
			return errorAt(at.at, fmt.Sprintf("parameter %q has no value that is text", clip(name, 80)), expected)
		}
		return nil
	}
	switch root.kind {
	case kindObject:
		for _, f := range root.fields {
			if err := set(f.value, f.name, f.value); err != nil {
				return nil, err
			}
		}
	case kindList:
		for _, in := range root.items {
			name, v := in.get("ParameterKey"), in.get("ParameterValue")
			if key, val, ok := strings.Cut(in.textOr(""), "="); ok {
				values[key] = val
				continue
			}
			if in.get("UsePreviousValue") != nil && v == nil {
				continue
			}
			if !name.scalar() {
				return nil, errorAt(in.at, "an item without ParameterKey", expected)
			}
			if err := set(in, name.text, v); err != nil {
				return nil, err
			}
		}
	default:
		return nil, errorAt(root.at, "the file holds "+root.kind.String(), expected)
	}
	return values, nil
}
