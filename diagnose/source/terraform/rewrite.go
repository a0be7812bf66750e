package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// The expressions of HCL do all of the evaluation. Those that find a value or
// that may turn an unknown one into another are wrapped, so that an unknown value
// always says which hole it is: the one that was handed through, or a new one.

// rewriteBody wraps the expressions of a body in place.
func rewriteBody(b *hclsyntax.Body) {
	for _, a := range b.Attributes {
		a.Expr = rewrite(a.Expr)
	}
	for _, inner := range b.Blocks {
		rewriteBody(inner.Body)
	}
}

func rewrite(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return &reference{e}
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = rewrite(e.Source)
		return &steps{e}
	case *hclsyntax.FunctionCallExpr:
		for i := range e.Args {
			e.Args[i] = rewrite(e.Args[i])
		}
		return &call{e}
	case *hclsyntax.ConditionalExpr:
		e.Condition, e.TrueResult, e.FalseResult = rewrite(e.Condition), rewrite(e.TrueResult), rewrite(e.FalseResult)
		return &choice{e}
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = rewrite(e.Collection), rewrite(e.Key)
		return &index{e}
	case *hclsyntax.SplatExpr:
		e.Source, e.Each = rewrite(e.Source), rewrite(e.Each)
		return &computed{e}
	case *hclsyntax.ForExpr:
		e.CollExpr, e.ValExpr = rewrite(e.CollExpr), rewrite(e.ValExpr)
		if e.KeyExpr != nil {
			e.KeyExpr = rewrite(e.KeyExpr)
		}
		if e.CondExpr != nil {
			e.CondExpr = rewrite(e.CondExpr)
		}
		return &computed{e}
	case *hclsyntax.TupleConsExpr:
		for i := range e.Exprs {
			e.Exprs[i] = rewrite(e.Exprs[i])
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			e.Items[i].KeyExpr, e.Items[i].ValueExpr = rewrite(e.Items[i].KeyExpr), rewrite(e.Items[i].ValueExpr)
		}
		return &computed{e}
	case *hclsyntax.ObjectConsKeyExpr:
		e.Wrapped = rewrite(e.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		e.Expression = rewrite(e.Expression)
	case *hclsyntax.TemplateExpr:
		for i, p := range e.Parts {
			if _, literal := p.(*hclsyntax.LiteralValueExpr); !literal {
				e.Parts[i] = &piece{rewrite(p)}
			}
		}
		return &computed{e}
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = rewrite(e.Tuple)
		return &computed{e}
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = rewrite(e.Wrapped)
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS, e.Op = rewrite(e.LHS), rewrite(e.RHS), careful(e.Op)
		return &computed{e}
	case *hclsyntax.UnaryOpExpr:
		e.Val = rewrite(e.Val)
		return &computed{e}
	}
	return e
}

// computed is an expression whose unknown result is a new hole.
type computed struct{ hclsyntax.Expression }

func (e *computed) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	return frameOf(ctx).settle(ctx, v, e.Expression, false), diags
}

// piece is a part of a template: an unknown value leaves its stand-in there.
type piece struct{ hclsyntax.Expression }

func (e *piece) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	if h := holeOf(v); h != nil {
		v = cty.StringVal(h.standIn())
	}
	return v, diags
}

// choice is a conditional. HCL would hand on the marks of condition and branches
// in one heap when the condition is not known.
type choice struct{ *hclsyntax.ConditionalExpr }

func (e *choice) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	condition, diags := e.Condition.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if decided, err := convert.Convert(condition, cty.Bool); err == nil && decided.IsKnown() || !marked(condition) && condition.IsKnown() {
		plain := *e.ConditionalExpr
		plain.Condition = &hclsyntax.LiteralValueExpr{Val: condition, SrcRange: e.Condition.Range()}
		return plain.Value(ctx)
	}
	yes, yesDiags := e.TrueResult.Value(ctx)
	no, noDiags := e.FalseResult.Value(ctx)
	if yesDiags.HasErrors() && noDiags.HasErrors() {
		return cty.DynamicVal, yesDiags
	}
	if !yesDiags.HasErrors() && !noDiags.HasErrors() && yes.RawEquals(no) {
		return yes, nil
	}
	t := cty.DynamicPseudoType
	if yes.Type().Equals(no.Type()) {
		t = yes.Type()
	}
	return frameOf(ctx).derived(ctx, e.ConditionalExpr).value(t), nil
}

// call is a call of a function.
type call struct{ *hclsyntax.FunctionCallExpr }

func (e *call) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	f := frameOf(ctx)
	kind, ok := functions().kinds[e.Name]
	if !ok {
		h := f.derived(ctx, e.FunctionCallExpr)
		h.detail = "the function " + e.Name + " is not one that can be told before apply"
		if impure := impureFunctions[e.Name]; impure != "" {
			h.detail = "the function " + e.Name + " " + impure
		}
		return h.any(), nil
	}
	v, diags := e.FunctionCallExpr.Value(ctx)
	return f.settle(ctx, v, e.FunctionCallExpr, kind == moves), diags
}

// derived makes a hole for the result of an expression. Where a name in it has no
// value for a reason of its own, that is the reason.
func (f *frame) derived(ctx *hcl.EvalContext, e hclsyntax.Expression) *hole {
	h := hole{expression: f.ev.source(e.Range()), at: e.Range()}
	_ = hclsyntax.Walk(e, &namesWalker{visit: func(name *reference) {
		if h.detail != "" {
			return
		}
		if v, diags := name.Value(ctx); !diags.HasErrors() {
			for _, in := range f.ev.holes.holesOf(v) {
				if h.detail == "" && in.detail != "" {
					h.detail, h.needs = in.detail, in.needs
				}
			}
		}
	}})
	return f.ev.holes.fresh(h)
}

// namesWalker finds the names of an expression that stand outside of what goes over a
// collection: those inside may be of its own.
type namesWalker struct {
	visit func(*reference)
	inner int
}

func (w *namesWalker) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if goesOver(n) {
		w.inner++
	}
	if name, ok := unwrapped(n).(*reference); ok && w.inner == 0 {
		w.visit(name)
	}
	return nil
}

func (w *namesWalker) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if goesOver(n) {
		w.inner--
	}
	return nil
}

// goesOver tells an expression that gives names to the elements of a collection.
func goesOver(n hclsyntax.Node) bool {
	_, ok := unwrapped(n).(*hclsyntax.ForExpr)
	return ok
}

// unwrapped is what the user has written of a node: a walk sees what is wrapped
// around it in its place.
func unwrapped(n hclsyntax.Node) hclsyntax.Node {
	for {
		switch e := n.(type) {
		case *computed:
			n = e.Expression
		case *piece:
			n = e.Expression
		default:
			return n
		}
	}
}

// settle gives every unknown part of a result one hole. A part that keeps the
// hole it had is that hole's value still.
func (f *frame) settle(ctx *hcl.EvalContext, v cty.Value, e hclsyntax.Expression, keep bool) cty.Value {
	if v == cty.NilVal {
		return v
	}
	if v.IsWhollyKnown() {
		if v.ContainsMarked() {
			v, _ = v.UnmarkDeep()
		}
		return v
	}
	if !v.IsKnown() {
		if keep && holeOf(v) != nil {
			return v
		}
		return f.derived(ctx, e).value(v.Type())
	}
	v, _ = v.Unmark()
	var rest *hole
	out, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if v.IsKnown() {
			v, _ = v.Unmark()
			return v, nil
		}
		if holeOf(v) != nil {
			return v, nil
		}
		if rest == nil {
			rest = f.derived(ctx, e)
		}
		plain, _ := v.Unmark()
		return plain.Mark(rest), nil
	})
	if err != nil {
		return f.derived(ctx, e).value(v.Type())
	}
	return out
}

// steps are attributes and indexes after something that is not a name.
type steps struct {
	*hclsyntax.RelativeTraversalExpr
}

func (e *steps) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if s, ok := e.Source.(selector); ok {
		if t := s.target(ctx); t != nil {
			return frameOf(ctx).follow(t, e.Traversal, e.Range())
		}
	}
	v, diags := e.Source.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return frameOf(ctx).walk(v, e.Traversal, e.Range())
}

// index is an element of a collection by a computed key.
type index struct{ *hclsyntax.IndexExpr }

func (e *index) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	f := frameOf(ctx)
	if t := e.target(ctx); t != nil {
		return t.whole(), nil
	}
	collection, diags := e.Collection.Value(ctx)
	key, keyDiags := e.Key.Value(ctx)
	if diags = append(diags, keyDiags...); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if key.IsWhollyKnown() && !marked(key) {
		return f.walk(collection, hcl.Traversal{hcl.TraverseIndex{Key: key, SrcRange: e.Key.Range()}}, e.Range())
	}
	return f.derived(ctx, e.IndexExpr).any(), nil
}

// target returns what the index selects among the instances of a resource or of
// a module, nil when it selects something else.
func (e *index) target(ctx *hcl.EvalContext) target {
	s, ok := e.Collection.(selector)
	if !ok {
		return nil
	}
	t := s.target(ctx)
	if t == nil {
		return nil
	}
	key, diags := e.Key.Value(ctx)
	if diags.HasErrors() || !key.IsWhollyKnown() || marked(key) {
		return nil
	}
	return t.at(key)
}

// reference is a name with the steps behind it.
type reference struct{ *hclsyntax.ScopeTraversalExpr }

func (e *reference) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	f := frameOf(ctx)
	if v, ok := e.local(ctx); ok {
		return f.walk(v, e.Traversal[1:], e.Range())
	}
	if f.scope == nil {
		return cty.DynamicVal, problem(e.Range(), "%q has no value here", e.Traversal.RootName())
	}
	return f.resolve(e.Traversal, e.Range())
}

// local is the value of a name that what stands around the expression gives.
func (e *reference) local(ctx *hcl.EvalContext) (cty.Value, bool) {
	for c := ctx; c != nil; c = c.Parent() {
		if v, ok := c.Variables[e.Traversal.RootName()]; ok {
			return v, true
		}
	}
	return cty.NilVal, false
}

func (e *reference) target(ctx *hcl.EvalContext) target {
	f := frameOf(ctx)
	if _, ok := e.local(ctx); ok || f.scope == nil {
		return nil
	}
	t, rest := f.scope.target(e.Traversal, e.Range())
	if t == nil || len(rest) > 0 {
		return nil
	}
	return t
}

// selector is an expression that may name a resource, a module or an instance of one.
type selector interface {
	target(*hcl.EvalContext) target
}

// target is what a name leads to and what is evaluated part by part: a
// resource, a module, or one instance of them.
type target interface {
	at(key cty.Value) target                 // an instance; nil when there is none
	attribute(name string) (cty.Value, bool) // false when instances stand between
	whole() cty.Value
}

// follow goes on from a target.
func (f *frame) follow(t target, rest hcl.Traversal, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	for len(rest) > 0 {
		switch s := rest[0].(type) {
		case hcl.TraverseIndex:
			next := t.at(s.Key)
			if next == nil {
				return f.walk(t.whole(), rest, at)
			}
			t, rest = next, rest[1:]
			continue
		case hcl.TraverseAttr:
			if v, ok := t.attribute(s.Name); ok {
				return f.walk(v, rest[1:], at)
			}
		}
		return f.walk(t.whole(), rest, at)
	}
	return t.whole(), nil
}

// walk follows steps inside a value. What lies below a hole is a hole of its own,
// the same for the same steps.
func (f *frame) walk(v cty.Value, rest hcl.Traversal, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	for _, step := range rest {
		h := holeOf(v)
		if s, ok := plainText(v); ok && h == nil {
			h = f.ev.holes.alone(s)
		}
		plain, _ := v.Unmark()
		if h != nil {
			name := stepText(step)
			below := f.ev.holes.get(hole{id: h.id + name, expression: h.expression + name, needs: h.needs, detail: h.detail, at: h.at})
			v = below.any()
			if a, ok := step.(hcl.TraverseAttr); ok && plain.Type().IsObjectType() && plain.Type().HasAttribute(a.Name) {
				v = below.value(plain.Type().AttributeType(a.Name))
			} else if t := plain.Type(); t.IsCollectionType() {
				v = below.value(t.ElementType())
			}
			continue
		}
		next, diags := step.TraversalStep(plain)
		if diags.HasErrors() {
			for _, d := range diags {
				d.Subject = at.Ptr()
			}
			return cty.DynamicVal, diags
		}
		v = next
	}
	return v, nil
}

func problem(at hcl.Range, format string, args ...any) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: errorAt(at, "", format, args...).Problem, Subject: at.Ptr()}}
}
