package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// maxNesting is how deep stacks may nest.
const maxNesting = 8

// open loads the template of a nested stack when it is a local file, and nil
// when it is not.
func (s *stack) open(r *resource) *stack {
	if r.opened {
		return r.child
	}
	r.opened = true
	location := s.nestedLocation(r)
	if location == "" {
		return nil
	}
	file := beside(r.at.File, location)
	if s.depth+1 > maxNesting {
		s.world.fail(r.at, fmt.Sprintf("stacks nest more than %d deep", maxNesting), "a template that does not contain itself")
		return nil
	}
	doc, err := s.world.include(file)
	if err != nil {
		if e, ok := err.(*tree.Error); ok && e.Line > 0 {
			s.world.stop(err)
			return nil
		}
		s.world.warn("%s:%d: the nested stack %s cannot be read: %v", r.at.File, r.at.Line, r.id, err)
		return nil
	}
	if err := checkTemplate(doc); err != nil {
		s.world.stop(err)
		return nil
	}
	if len(s.world.stacks) >= maxTemplates {
		s.world.fail(r.at, fmt.Sprintf("more than %d stacks belong together", maxTemplates), "")
		return nil
	}
	given := map[string]*tree.Value{}
	for _, m := range s.props(r).Get("Parameters").Members() {
		given[m.Name] = joined(m.View.Value)
	}
	r.child = s.world.newStack(doc, s.name+"-"+r.id, s.prefix+r.serial+"-", s, nil, given)
	return r.child
}

// joined is a value as a stack takes it for a parameter: lists become text.
func joined(v *tree.Value) *tree.Value {
	if v.Kind != tree.List {
		return v
	}
	out := &tree.Value{Kind: tree.String}
	for i, in := range v.Items {
		if !in.Value.Readable() {
			return v
		}
		if i > 0 {
			out.Text += ","
		}
		out.Text += in.Value.Text
		out.Partial = out.Partial || in.Value.Partial
	}
	return out
}

// nestedLocation is the local path of a nested stack's template, or empty.
func (s *stack) nestedLocation(r *resource) string {
	// The CDK keeps the file beside the template and says so in the metadata.
	if asset := r.body.Get("Metadata").Get("aws:asset:path"); asset.Scalar() {
		return asset.Text
	}
	property := "TemplateURL"
	if r.typ == "AWS::Serverless::Application" {
		property = "Location"
	}
	v := s.props(r).Get(property).Value
	if v != nil && v.Kind == tree.String && strings.Contains(v.Text, "/") {
		if file := s.world.asset(r.at.File, v.Text); file != "" {
			return file
		}
	}
	if v == nil || v.Kind != tree.String || v.Partial || remote(v.Text) {
		return ""
	}
	return v.Text
}

// nestedOutput evaluates Fn::GetAtt Stack.Outputs.Name.
func (s *stack) nestedOutput(r *resource, name string, n *tree.Node) *tree.Value {
	if child := s.open(r); child != nil {
		return child.output(name, n)
	}
	return s.world.symbolIn(s.prefix, "${"+r.id+".Outputs."+name+"}", r.id+"-"+name, "", n)
}

// output evaluates an output of the stack for another stack.
func (s *stack) output(name string, n *tree.Node) *tree.Value {
	out, ok := s.outputs[name]
	if !ok {
		s.world.refuse("ValidationError", fmt.Sprintf("the stack %s has no output %q", s.name, tree.Clip(name, 80)), n.At.Origin())
		return s.world.symbolIn(s.prefix, "${Outputs."+name+"}", name, "", n)
	}
	if out.value != nil {
		return out.value
	}
	if out.busy {
		s.world.fail(out.field.At, fmt.Sprintf("circular dependency: the output %q leads back to itself", tree.Clip(name, 80)), "")
		return tree.Nothing
	}
	out.busy = true
	out.value = s.resolve(out.field.Value.Get("Value"))
	out.busy = false
	return out.value
}

// export is an output that other stacks may import.
type export struct {
	stack  *stack
	output string
}

// exported finds the stack of this call that exports a name.
func (w *world) exported(name *tree.Value) (export, bool) {
	if w.exports == nil {
		w.exports = map[string]export{}
		for _, s := range w.stacks {
			for _, output := range slices.Sorted(maps.Keys(s.outputs)) {
				if n := s.outputs[output].field.Value.Get("Export").Get("Name"); n != nil {
					if v := s.resolve(n); v.Readable() {
						w.exports[v.Text] = export{s, output}
					}
				}
			}
		}
	}
	e, ok := w.exports[name.Text]
	return e, ok
}
