package terraform

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// moduleCall is a call of a module with its instances.
type moduleCall struct {
	scope     *scope
	block     *hclsyntax.Block
	keys      keys
	instances []*scope
	hole      *hole // why nothing is known of it; nil when it is read
}

func (s *scope) moduleCall(b *hclsyntax.Block) *moduleCall {
	name := b.Labels[0]
	if c, ok := s.modules[name]; ok {
		return c
	}
	c := &moduleCall{scope: s, block: b}
	s.modules[name] = c
	m, hole := s.sourceOf(b)
	if hole != nil {
		c.hole = hole
		return c
	}
	c.keys = s.keysOf(b, "module."+name)
	if c.keys.hole != nil {
		c.hole = c.keys.hole
		return c
	}
	for i, key := range c.keys.list {
		address := s.global("module." + name + keyText(key))
		child := s.ev.newScope(m, s, b, c.keys.context(s, i), address)
		child.proxies = s.handedDown(b)
		c.instances = append(c.instances, child)
	}
	return c
}

// sourceOf finds the configuration of a called module.
func (s *scope) sourceOf(b *hclsyntax.Block) (*module, *hole) {
	name := b.Labels[0]
	unread := func(detail, needs string) (*module, *hole) {
		h := s.hole("module."+name, needs, b.TypeRange)
		h.detail = detail
		return nil, h
	}
	a, ok := b.Body.Attributes["source"]
	if !ok {
		s.ev.stop(errorAt(b.TypeRange, "source = \"…\"", "the module call %q has no source", name))
		return unread("the call has no source", "")
	}
	source, ok := plainText(s.ev.evaluate(a.Expr, s.ctx, "source"))
	if !ok || holed(source) {
		return unread("the source of module."+name+" is not known", "")
	}
	local := source == "." || source == ".." || strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../")
	dir := filepath.Join(s.module.dir, filepath.FromSlash(source))
	if !local {
		installed, found := s.ev.installed[strings.Join(append(s.path[:len(s.path):len(s.path)], name), ".")]
		if !found {
			detail := fmt.Sprintf("the module %q from %s is not in the folder", name, source)
			at := placeOf(b.TypeRange).Origin()
			at.Resource = s.global("module." + name)
			s.ev.unread = append(s.ev.unread, snapshot.Unread{What: detail + "; terraform init fetches it", Origin: at})
			return unread(detail, "terraform init")
		}
		dir = filepath.Join(s.ev.root, filepath.FromSlash(installed))
	} else {
		s.ev.files.allow(dir)
	}
	if len(s.path) > maxModules {
		s.ev.stop(errorAt(a.Expr.Range(), "", "modules call each other more than %d deep", maxModules))
		return unread("", "")
	}
	m, err := s.ev.readModule(dir)
	if err != nil {
		var content *tree.Error
		if errors.As(err, &content) && content.Line == 0 {
			err = errorAt(a.Expr.Range(), "a folder with Terraform files", "the module %q cannot be read: %s", name, content.Problem)
		}
		s.ev.stop(err)
		return unread("", "")
	}
	return m, nil
}

// maxModules is how deep modules may call each other.
const maxModules = 40

func (c *moduleCall) at(key cty.Value) target {
	if c.hole != nil {
		return nil
	}
	if i := c.keys.find(key); i >= 0 {
		return &moduleInstance{c.instances[i]}
	}
	return nil
}

func (c *moduleCall) attribute(name string) (cty.Value, bool) {
	if c.hole != nil || !c.keys.single {
		return cty.NilVal, false
	}
	return (&moduleInstance{c.instances[0]}).attribute(name)
}

func (c *moduleCall) whole() cty.Value {
	if c.hole != nil {
		return c.hole.any()
	}
	return c.keys.collect(len(c.instances), func(i int) cty.Value { return (&moduleInstance{c.instances[i]}).whole() })
}

// moduleInstance is one instance of a called module, seen from outside.
type moduleInstance struct{ scope *scope }

func (m *moduleInstance) at(cty.Value) target { return nil }

func (m *moduleInstance) attribute(name string) (cty.Value, bool) { return m.scope.output(name) }

func (m *moduleInstance) whole() cty.Value {
	values := map[string]cty.Value{}
	for name := range m.scope.module.outputs {
		values[name], _ = m.scope.output(name)
	}
	return cty.ObjectVal(values)
}
