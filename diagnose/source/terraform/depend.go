package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// dependencies are what Terraform has created before it creates something.
// Terraform orders whole resources, not their instances.
type dependencies struct {
	done map[string]bool // everything that was looked at, resources under their configuration addresses
}

// configAddress is the address of a resource in the configuration, without keys.
func (s *scope) configAddress(id string) string {
	var b strings.Builder
	for _, name := range s.path {
		b.WriteString("module." + name + ".")
	}
	return b.String() + id
}

// dependenciesOf follows the references of a resource through names, modules and
// other resources.
func dependenciesOf(r *instance) *dependencies {
	d := &dependencies{done: map[string]bool{}}
	d.resource(r.scope, r.block)
	delete(d.done, r.scope.configAddress(resourceID(r.block)))
	return d
}

// once tells whether something is looked at for the first time.
func (d *dependencies) once(s *scope, name string) bool {
	key := s.configAddress(name)
	if d.done[key] {
		return false
	}
	d.done[key] = true
	return true
}

func (d *dependencies) resource(s *scope, b *hclsyntax.Block) {
	if !d.once(s, resourceID(b)) {
		return
	}
	d.body(s, b.Body)
	// A module waits with all that is in it for what its call depends on.
	for at := s; at.call != nil; at = at.parent {
		if a, ok := at.call.Body.Attributes["depends_on"]; ok {
			d.expression(at.parent, a.Expr)
		}
	}
}

func (d *dependencies) body(s *scope, body *hclsyntax.Body) {
	for _, a := range body.Attributes {
		d.expression(s, a.Expr)
	}
	for _, b := range body.Blocks {
		if b.Type != "provisioner" && b.Type != "lifecycle" {
			d.body(s, b.Body)
		}
	}
}

func (d *dependencies) expression(s *scope, e hclsyntax.Expression) {
	eachNode(e, func(n hclsyntax.Node) {
		if t := nameIn(n); t != nil {
			d.reference(s, t)
		}
	})
}

// eachNode visits an expression and all inside it, as the user has written them.
func eachNode(e hclsyntax.Expression, visit func(hclsyntax.Node)) {
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		visit(unwrapped(n))
		return nil
	})
}

// nameIn is the name that a node is; nil for any other node.
func nameIn(n hclsyntax.Node) hcl.Traversal {
	switch e := n.(type) {
	case *reference:
		return e.Traversal
	case *hclsyntax.ScopeTraversalExpr:
		return e.Traversal
	}
	return nil
}

func (d *dependencies) reference(s *scope, t hcl.Traversal) {
	name, ok := attributeStep(t, 1)
	if !ok {
		return
	}
	switch root := t.RootName(); root {
	case "local":
		if a, ok := s.module.locals[name]; ok && d.once(s, "local."+name) {
			d.expression(s, a.Expr)
		}
	case "var":
		if s.call != nil && d.once(s, "var."+name) {
			if a, ok := s.call.Body.Attributes[name]; ok {
				d.expression(s.parent, a.Expr)
			}
		}
	case "module":
		call, ok := s.module.calls[name]
		if !ok {
			return
		}
		c := s.moduleCall(call)
		if c.hole != nil || len(c.instances) == 0 {
			return
		}
		d.module(c.instances[0], outputOf(t))
	default:
		id := root + "." + name
		if root == "data" {
			third, _ := attributeStep(t, 2)
			id += "." + third
		}
		if b, ok := s.module.resources[id]; ok {
			d.resource(s, b)
		}
	}
}

// outputOf is the output that a reference to a module names; empty for the whole module.
func outputOf(t hcl.Traversal) string {
	for _, step := range t[2:] {
		if a, ok := step.(hcl.TraverseAttr); ok {
			return a.Name
		}
	}
	return ""
}

func (d *dependencies) module(s *scope, output string) {
	for name, b := range s.module.outputs {
		if (output == "" || name == output) && d.once(s, "output."+name) {
			d.body(s, b.Body)
		}
	}
	if output != "" {
		return
	}
	for _, b := range s.module.resources {
		d.resource(s, b)
	}
	for _, call := range s.module.calls {
		if c := s.moduleCall(call); c.hole == nil && len(c.instances) > 0 {
			d.module(c.instances[0], "")
		}
	}
}
