package cloudformation

import (
	"fmt"
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
	file := r.at.file.beside(location)
	if s.depth+1 > maxNesting {
		s.world.fail(r.at, fmt.Sprintf("stacks nest more than %d deep", maxNesting), "a template that does not contain itself")
		return nil
	}
	doc, err := s.world.include(file)
	if err != nil {
		if e, ok := err.(*Error); ok && e.Line > 0 {
			s.world.stop(err)
			return nil
		}
		s.world.warn("%s:%d: the nested stack %s cannot be read: %v", r.at.file.name, r.at.line, r.id, err)
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
	given := map[string]*value{}
	for _, m := range s.props(r).get("Parameters").members() {
		given[m.name] = joined(m.view.v)
	}
	r.child = s.world.newStack(doc, s.name+"-"+r.id, s.prefix+r.serial+"-", s.depth+1, given)
	r.child.root = s.root
	return r.child
}

// joined is a value as a stack takes it for a parameter: lists become text.
func joined(v *value) *value {
	if v.kind != kindList {
		return v
	}
	out := &value{kind: kindString}
	for i, in := range v.items {
		if !in.value.readable() {
			return v
		}
		if i > 0 {
			out.text += ","
		}
		out.text += in.value.text
		out.partial = out.partial || in.value.partial
	}
	return out
}

// nestedLocation is the local path of a nested stack's template, or empty.
func (s *stack) nestedLocation(r *resource) string {
	// The CDK keeps the file beside the template and says so in the metadata.
	if asset := r.body.get("Metadata").get("aws:asset:path"); asset.scalar() {
		return asset.text
	}
	property := "TemplateURL"
	if r.typ == "AWS::Serverless::Application" {
		property = "Location"
	}
	v := s.props(r).get(property).v
	if v == nil || v.kind != kindString || v.partial || remote(v.text) {
		return ""
	}
	return v.text
}

// nestedOutput evaluates Fn::GetAtt Stack.Outputs.Name.
func (s *stack) nestedOutput(r *resource, name string, n *node) *value {
	if child := s.open(r); child != nil {
		return child.output(name, n)
	}
	return s.world.symbolIn(s.prefix, "${"+r.id+".Outputs."+name+"}", r.id+"-"+name, "", n)
}

// output evaluates an output of the stack for another stack.
func (s *stack) output(name string, n *node) *value {
	out, ok := s.outputs[name]
	if !ok {
		s.world.refuse("ValidationError", fmt.Sprintf("the stack %s has no output %q", s.name, clip(name, 80)), originAt(n.at))
		return s.world.symbolIn(s.prefix, "${Outputs."+name+"}", name, "", n)
	}
	if out.value != nil {
		return out.value
	}
	if out.busy {
		s.world.fail(out.field.at, fmt.Sprintf("circular dependency: the output %q leads back to itself", clip(name, 80)), "")
		return nothing
	}
	out.busy = true
	out.value = s.resolve(out.field.value.get("Value"))
	out.busy = false
	return out.value
}

// export is an output that other stacks may import.
type export struct {
	stack  *stack
	output string
}

// exported finds the stack of this call that exports a name.
func (w *world) exported(name *value) (export, bool) {
	if w.exports == nil {
		w.exports = map[string]export{}
		for _, s := range w.stacks {
			for _, output := range sortedKeys(s.outputs) {
				if n := s.outputs[output].field.value.get("Export").get("Name"); n != nil {
					if v := s.resolve(n); v.readable() {
						w.exports[v.text] = export{s, output}
					}
				}
			}
		}
	}
	e, ok := w.exports[name.text]
	return e, ok
}
