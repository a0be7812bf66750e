package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// followed are the resources for whose change a deployment is made anew: those that
// its triggers name, or what stood for triggers before there were any (I22). Where
// that cannot be told, all are.
type followed struct {
	resources map[string]bool // under their configuration addresses
	seen      map[string]bool
	all       bool
}

// followedBy looks at what replaces a deployment.
func followedBy(r *instance) *followed {
	f := &followed{resources: map[string]bool{}, seen: map[string]bool{}}
	for _, name := range []string{"triggers", "variables", "description", "stage_description"} {
		if a := r.block.Body.Attributes[name]; a != nil {
			f.expression(r.scope, a.Expr)
		}
	}
	for _, b := range r.block.Body.Blocks {
		if a := b.Body.Attributes["replace_triggered_by"]; b.Type == "lifecycle" && a != nil {
			f.expression(r.scope, a.Expr)
		}
	}
	return f
}

func (f *followed) has(address string) bool { return f.all || f.resources[address] }

func (f *followed) expression(s *scope, e hclsyntax.Expression) {
	eachNode(e, func(n hclsyntax.Node) {
		if t := nameIn(n); t != nil {
			f.reference(s, t)
		}
		// What is read from files, or is new each time, follows what nobody can name.
		if c, ok := n.(*call); ok && (strings.HasPrefix(c.Name, "file") || c.Name == "templatefile" || c.Name == "timestamp" || c.Name == "uuid") {
			f.all = true
		}
	})
}

func (f *followed) reference(s *scope, t hcl.Traversal) {
	name, ok := attributeStep(t, 1)
	if !ok {
		return
	}
	once := func(what string) bool {
		key := s.configAddress(what)
		first := !f.seen[key]
		f.seen[key] = true
		return first
	}
	switch root := t.RootName(); root {
	case "local":
		if a, ok := s.module.locals[name]; ok && once("local."+name) {
			f.expression(s, a.Expr)
		}
	case "var":
		if s.call == nil {
			f.all = f.all || name != "" && s.module.variables[name] != nil && s.module.variables[name].Body.Attributes["default"] == nil
			return
		}
		if a, ok := s.call.Body.Attributes[name]; ok && once("var."+name) {
			f.expression(s.parent, a.Expr)
		}
	case "module":
		f.module(s, name, outputOf(t), once)
	case "data", "path", "each", "count", "self", "terraform":
	default:
		b, ok := s.module.resources[root+"."+name]
		switch {
		case !ok:
		case strings.HasPrefix(root, "aws_"):
			// An id stays what it is when something else of the resource changes.
			if last, named := lastAttribute(t[2:]); !named || last != "id" {
				f.resources[s.configAddress(root+"."+name)] = true
			}
		case once(root + "." + name): // null_resource, terraform_data and their like follow what they name
			for _, a := range b.Body.Attributes {
				f.expression(s, a.Expr)
			}
		}
	}
}

// module follows an output of a module; the module as a whole, or one that was not
// read, may be anything.
func (f *followed) module(s *scope, name, output string, once func(string) bool) {
	call, ok := s.module.calls[name]
	if !ok {
		return
	}
	c := s.moduleCall(call)
	if c.hole != nil || len(c.instances) == 0 || output == "" {
		f.all = true
		return
	}
	inner := c.instances[0]
	if b, ok := inner.module.outputs[output]; ok && once("module."+name+"."+output) {
		if a := b.Body.Attributes["value"]; a != nil {
			f.expression(inner, a.Expr)
		}
	}
}

// lastAttribute is the last name in the rest of a reference.
func lastAttribute(rest hcl.Traversal) (string, bool) {
	for i := len(rest) - 1; i >= 0; i-- {
		if a, ok := rest[i].(hcl.TraverseAttr); ok {
			return a.Name, true
		}
	}
	return "", false
}
