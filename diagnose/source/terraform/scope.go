package terraform

import (
	"apisqs-doctor/diagnose/source/tree"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// scope is one instance of a module: its configuration with values for its variables.
type scope struct {
	ev      *evaluator
	module  *module
	parent  *scope
	call    *hclsyntax.Block // the call in the parent; nil for the root
	inputs  *hcl.EvalContext // in which the arguments of the call are evaluated
	address string           // module.orders["eu"]; empty for the root
	path    []string         // names of the calls from the root down
	ctx     *hcl.EvalContext
	proxies map[string]string // providers handed down: local name -> name in the parent

	values    map[string]cty.Value // of variables, locals and outputs
	resources map[string]*expansion
	modules   map[string]*moduleCall
}

// frame says where an expression is evaluated. It travels with HCL's contexts.
type frame struct {
	ev    *evaluator
	scope *scope // nil inside a template file
}

// frameKey is no name that an expression can hold.
const frameKey = "\x00frame"

var frameType = cty.Capsule("frame", reflect.TypeFor[frame]())

func (f *frame) context(variables map[string]cty.Value) *hcl.EvalContext {
	all := map[string]cty.Value{frameKey: cty.CapsuleVal(frameType, f)}
	maps.Copy(all, variables)
	return &hcl.EvalContext{Variables: all, Functions: f.ev.functions()}
}

func frameOf(ctx *hcl.EvalContext) *frame {
	for c := ctx; c != nil; c = c.Parent() {
		if v, ok := c.Variables[frameKey]; ok {
			return v.EncapsulatedValue().(*frame)
		}
	}
	return &frame{ev: &evaluator{holes: newHoles()}}
}

func (ev *evaluator) newScope(m *module, parent *scope, call *hclsyntax.Block, inputs *hcl.EvalContext, address string) *scope {
	s := &scope{ev: ev, module: m, parent: parent, call: call, inputs: inputs, address: address, proxies: map[string]string{}, values: map[string]cty.Value{},
		resources: map[string]*expansion{}, modules: map[string]*moduleCall{}}
	if parent != nil {
		s.path = append(parent.path[:len(parent.path):len(parent.path)], call.Labels[0])
	}
	s.ctx = (&frame{ev: ev, scope: s}).context(nil)
	return s
}

// global is a name in the scope as it reads from the root.
func (s *scope) global(name string) string { return below(s.address, name) }

// below is a name inside a module, which is empty for the root.
func below(module, name string) string {
	if module == "" {
		return name
	}
	return module + "." + name
}

// resolve finds the value of a name.
func (f *frame) resolve(t hcl.Traversal, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	s := f.scope
	if to, rest := s.target(t, at); to != nil {
		return f.follow(to, rest, at)
	}
	if s.ev.err != nil {
		return cty.DynamicVal, problem(at, "%s", s.ev.err)
	}
	name, ok := attributeStep(t, 1)
	if !ok {
		return cty.DynamicVal, problem(at, "%q names nothing", t.RootName())
	}
	var v cty.Value
	switch root := t.RootName(); root {
	case "var":
		v = s.variable(name, at)
	case "local":
		v = s.local(name, at)
	case "path":
		v = s.folder(name)
	case "terraform", "tofu":
		v = s.ev.workspace(at)
		if name != "workspace" {
			return cty.DynamicVal, problem(at, "%s.%s is not known", root, name)
		}
	case "each", "count", "self":
		return cty.DynamicVal, problem(at, "%s.%s has no value here", root, name)
	default:
		v = s.undeclared(root+"."+name, "a "+root+" resource", at)
		if s.module.missing == "" {
			return cty.DynamicVal, problem(at, "%s.%s is not declared", root, name)
		}
	}
	return f.walk(v, t[2:], at)
}

func attributeStep(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	switch s := t[i].(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		return plainText(s.Key)
	}
	return "", false
}

// target finds the resource or module that a name begins with, and what is left
// of the name.
func (s *scope) target(t hcl.Traversal, at hcl.Range) (target, hcl.Traversal) {
	root := t.RootName()
	name, ok := attributeStep(t, 1)
	if !ok {
		return nil, t
	}
	switch root {
	case "var", "local", "path", "terraform", "tofu", "each", "count", "self":
		return nil, t
	case "module":
		if call, ok := s.module.calls[name]; ok {
			return s.moduleCall(call), t[2:]
		}
		if s.module.missing == "" {
			s.ev.stop(errorAt(at, "a call of that name in "+filepath.ToSlash(s.module.dir), "the module %q is not called", name))
		}
		return nil, t
	}
	id, used := root+"."+name, 2
	if root == "data" || root == "ephemeral" {
		if third, ok := attributeStep(t, 2); ok {
			id, used = id+"."+third, 3
		}
	}
	if block, ok := s.module.resources[id]; ok {
		return s.expand(block), t[used:]
	}
	if s.module.missing == "" {
		s.ev.stop(errorAt(at, "a resource or data source of that name in "+filepath.ToSlash(s.module.dir), "%s is not declared", id))
	}
	return nil, t
}

// folder is path.module, path.root and path.cwd.
func (s *scope) folder(name string) cty.Value {
	if name != "module" {
		return cty.StringVal(".")
	}
	rel, err := filepath.Rel(s.ev.root, s.module.dir)
	if err != nil {
		rel = s.module.dir
	}
	return cty.StringVal(filepath.ToSlash(rel))
}

// memo evaluates a named value once and finds those that lead back to themselves.
func (s *scope) memo(name string, at hcl.Range, compute func() cty.Value) cty.Value {
	if v, ok := s.values[name]; ok {
		return v
	}
	global := s.global(name)
	for i, b := range s.ev.busy {
		if b == global {
			s.ev.stop(errorAt(at, "", "%s depends on itself: %s", name, strings.Join(append(s.ev.busy[i:len(s.ev.busy):len(s.ev.busy)], global), " -> ")))
			return s.hole(name, "", at).any()
		}
	}
	s.ev.busy = append(s.ev.busy, global)
	v := compute()
	s.ev.busy = s.ev.busy[:len(s.ev.busy)-1]
	s.values[name] = v
	return v
}

// undeclared is the value of a name that is not declared: an error, unless a file is
// missing that may declare it.
func (s *scope) undeclared(name, what string, at hcl.Range) cty.Value {
	if s.module.missing == "" {
		s.ev.stop(errorAt(at, what+" of that name in "+filepath.ToSlash(s.module.dir), "%s is not declared", name))
		return s.hole(name, "", at).any()
	}
	h := s.hole(name, "", hcl.Range{})
	h.detail = name + " is not declared in the files that are here: " + s.module.missing
	return h.any()
}

// hole is the hole with a name of the scope.
func (s *scope) hole(name, needs string, at hcl.Range) *hole {
	return s.ev.holes.get(hole{id: s.global(name), expression: s.global(name), needs: needs, at: at})
}

func (s *scope) local(name string, at hcl.Range) cty.Value {
	a, ok := s.module.locals[name]
	if !ok {
		return s.undeclared("local."+name, "a local value", at)
	}
	return s.memo("local."+name, at, func() cty.Value { return s.ev.evaluate(a.Expr, s.ctx, s.global("local."+name)) })
}

// evaluate gives the value of an expression. One that has none is a hole with the reason.
func (ev *evaluator) evaluate(e hclsyntax.Expression, ctx *hcl.EvalContext, name string) cty.Value {
	v, diags := e.Value(ctx)
	if err := firstError(diags); err != nil {
		h := ev.holes.fresh(hole{expression: name, at: e.Range(), detail: fmt.Sprintf("%s has no value: %s", name, ev.holes.show(err.Problem))})
		return h.any()
	}
	return v
}

func (s *scope) output(name string) (cty.Value, bool) {
	b, ok := s.module.outputs[name]
	if !ok {
		return cty.NilVal, false
	}
	a, ok := b.Body.Attributes["value"]
	if !ok {
		return cty.NullVal(cty.DynamicPseudoType), true
	}
	return s.memo("output."+name, a.SrcRange, func() cty.Value { return s.ev.evaluate(a.Expr, s.ctx, s.global("output."+name)) }), true
}

func (s *scope) variable(name string, at hcl.Range) cty.Value {
	b, ok := s.module.variables[name]
	if !ok {
		if in, given := s.ev.inputs[name]; given && s.parent == nil && s.module.missing != "" {
			return in.value
		}
		return s.undeclared("var."+name, "a variable", at)
	}
	return s.memo("var."+name, b.TypeRange, func() cty.Value {
		v := s.given(name, b)
		if isTrue(b, "sensitive") && (v.IsKnown() && !v.IsNull()) {
			h := s.hole("var."+name, "", b.TypeRange)
			h.detail = "var." + name + " is sensitive and is not looked at"
			return h.value(v.Type())
		}
		return v
	})
}

func isTrue(b *hclsyntax.Block, name string) bool {
	a, ok := b.Body.Attributes[name]
	if !ok {
		return false
	}
	v, diags := a.Expr.Value(nil)
	return !diags.HasErrors() && v.IsKnown() && !v.IsNull() && v.Type() == cty.Bool && v.True()
}

// given is the value of a variable: what the caller or the user gives, else its default.
func (s *scope) given(name string, b *hclsyntax.Block) cty.Value {
	t, defaults := s.typeOf(b)
	var v cty.Value
	at := b.TypeRange
	if s.parent == nil {
		v, at = s.ev.input(name, t, at)
	} else if a, ok := s.call.Body.Attributes[name]; ok {
		v, at = s.ev.evaluate(a.Expr, s.inputs, s.global("var."+name)), a.Expr.Range()
	}
	nullable := b.Body.Attributes["nullable"]
	if v != cty.NilVal && v.IsNull() && nullable != nil && !isTrue(b, "nullable") {
		v = cty.NilVal
	}
	if v == cty.NilVal {
		a, ok := b.Body.Attributes["default"]
		if !ok {
			h := s.hole("var."+name, "", b.TypeRange)
			if s.parent == nil {
				h.needs = "--var " + name + "=VALUE"
				h.detail = "var." + name + " has no value"
				s.ev.open[name] = true
			} else {
				h.detail = fmt.Sprintf("the call of %s gives no value for %q", s.address, name)
			}
			return h.value(t)
		}
		v = s.ev.evaluate(a.Expr, s.ctx, s.global("var."+name))
	}
	if defaults != nil && v.IsKnown() && !v.IsNull() {
		v = defaults.Apply(v)
	}
	out, err := convert.Convert(v, t)
	if err != nil {
		if v.IsKnown() {
			s.ev.stop(errorAt(at, typeexpr.TypeString(t), "the value of var.%s does not fit its type: %s", name, err))
		}
		return v
	}
	return out
}

// typeOf is the type that a variable is declared with. Old configurations have
// the name of the type in quotes.
func (s *scope) typeOf(b *hclsyntax.Block) (cty.Type, *typeexpr.Defaults) {
	a, ok := b.Body.Attributes["type"]
	if !ok {
		return cty.DynamicPseudoType, nil
	}
	if v, diags := a.Expr.Value(nil); !diags.HasErrors() {
		switch text, _ := plainText(v); text {
		case "string":
			return cty.String, nil
		case "list":
			return cty.List(cty.DynamicPseudoType), nil
		case "map":
			return cty.Map(cty.DynamicPseudoType), nil
		}
	}
	t, defaults, diags := typeexpr.TypeConstraintWithDefaults(plainExpression(a.Expr))
	if e := firstError(diags); e != nil {
		s.ev.stop(e)
		return cty.DynamicPseudoType, nil
	}
	return t, defaults
}

// plainExpression is a type expression as the parser made it. Types are read
// from the tree and never evaluated.
func plainExpression(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *reference:
		return e.ScopeTraversalExpr
	case *computed:
		return plainExpression(e.Expression)
	case *call:
		plain := *e.FunctionCallExpr
		plain.Args = nil
		for _, a := range e.Args {
			plain.Args = append(plain.Args, plainExpression(a))
		}
		return &plain
	case *hclsyntax.ObjectConsExpr:
		plain := *e
		plain.Items = nil
		for _, item := range e.Items {
			plain.Items = append(plain.Items, hclsyntax.ObjectConsItem{KeyExpr: item.KeyExpr, ValueExpr: plainExpression(item.ValueExpr)})
		}
		return &plain
	case *hclsyntax.TupleConsExpr:
		plain := *e
		plain.Exprs = nil
		for _, in := range e.Exprs {
			plain.Exprs = append(plain.Exprs, plainExpression(in))
		}
		return &plain
	}
	return e
}

// input is the value that the user gives a variable of the root module.
func (ev *evaluator) input(name string, t cty.Type, at hcl.Range) (cty.Value, hcl.Range) {
	if in, ok := ev.inputs[name]; ok {
		if in.raw {
			return ev.rawInput(name, in, t), in.at
		}
		return in.value, in.at
	}
	return cty.NilVal, at
}

// rawInput reads a value of the command line or the environment: a text, or an
// expression where the type is not a simple one.
func (ev *evaluator) rawInput(name string, in input, t cty.Type) cty.Value {
	text, _ := plainText(in.value)
	if t.IsPrimitiveType() || t == cty.DynamicPseudoType {
		return in.value
	}
	e, diags := hclsyntax.ParseExpression([]byte(text), in.at.Filename, hcl.InitialPos)
	if !diags.HasErrors() {
		if v, diags := e.Value(nil); !diags.HasErrors() {
			return v
		}
	}
	ev.stop(&tree.Error{Problem: fmt.Sprintf("the value of --var %s is no value of its type", name), Expected: typeexpr.TypeString(t)})
	return cty.NilVal
}

// workspace is terraform.workspace.
func (ev *evaluator) workspace(at hcl.Range) cty.Value {
	if ev.options.Workspace != "" {
		return cty.StringVal(ev.options.Workspace)
	}
	return ev.holes.get(hole{id: "terraform.workspace", expression: "terraform.workspace", needs: "TF_WORKSPACE", at: at}).text()
}
