package terraform

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"apisqs-doctor/diagnose/source/tree"
)

// spot is where a value stands. Its parts are found in the text of the
// configuration, through names and calls that hand them on.
type spot struct {
	ev     *evaluator
	at     hcl.Range
	expr   hclsyntax.Expression // nil when the parts have no places of their own
	ctx    *hcl.EvalContext
	body   *hclsyntax.Body    // of a block
	blocks []*hclsyntax.Block // nested blocks of one kind
	// text is the place of a document's first line, for what is read out of one.
	text *tree.Place
}

func placeOf(r hcl.Range) tree.Place {
	return tree.Place{File: r.Filename, Line: int32(r.Start.Line), Column: int32(r.Start.Column)}
}

func (s spot) place() tree.Place { return placeOf(s.at) }

// of is the spot of an expression.
func (s spot) of(e hclsyntax.Expression, ctx *hcl.EvalContext) spot {
	return spot{ev: s.ev, at: e.Range(), expr: e, ctx: ctx}
}

// member is the spot of a member of an object.
func (s spot) member(name string) spot {
	s.text = nil
	if s.body != nil {
		if a, ok := s.body.Attributes[name]; ok {
			out := s.of(a.Expr, s.ctx)
			return out
		}
		out := spot{ev: s.ev, at: s.at, ctx: s.ctx}
		for _, b := range s.body.Blocks {
			if blockKind(b) == name {
				if out.blocks == nil {
					out.at = b.TypeRange
				}
				out.blocks = append(out.blocks, b)
			}
		}
		return out
	}
	in := s.inner(0)
	if o, ok := in.expr.(*hclsyntax.ObjectConsExpr); ok {
		for i := len(o.Items) - 1; i >= 0; i-- {
			item := o.Items[i]
			key, diags := item.KeyExpr.Value(in.ctx)
			if diags.HasErrors() {
				continue
			}
			if text, err := convert.Convert(key, cty.String); err == nil {
				if t, ok := plainText(text); ok && t == name {
					return in.of(item.ValueExpr, in.ctx)
				}
			}
		}
	}
	if c, ok := in.expr.(*call); ok && c.Name == "merge" {
		for i := len(c.Args) - 1; i >= 0; i-- {
			part := in.of(c.Args[i], in.ctx)
			if found := part.member(name); found.at != part.inner(0).at && found.at != part.at {
				return found
			}
		}
	}
	return spot{ev: s.ev, at: in.at}
}

// item is the spot of an element of a list.
func (s spot) item(i int) spot {
	s.text = nil
	if s.blocks != nil {
		b := s.blocks[min(i, len(s.blocks)-1)]
		body := b.Body
		if b.Type == "dynamic" {
			for _, in := range b.Body.Blocks {
				if in.Type == "content" {
					body = in.Body
				}
			}
		}
		return spot{ev: s.ev, at: b.TypeRange, body: body, ctx: s.ctx}
	}
	in := s.inner(0)
	switch e := in.expr.(type) {
	case *hclsyntax.TupleConsExpr:
		if i < len(e.Exprs) {
			return in.of(e.Exprs[i], in.ctx)
		}
	case *hclsyntax.ObjectConsExpr: // a single object where a list may stand
		return in
	}
	return spot{ev: s.ev, at: in.at}
}

// maxHops is how many names lead from a value to the place where it is written.
const maxHops = 30

// inner follows what hands the value on: names, parentheses, and functions that
// leave its parts as they are.
func (s spot) inner(hops int) spot {
	if s.expr == nil || hops > maxHops {
		return s
	}
	switch e := s.expr.(type) {
	case *computed:
		s.expr = e.Expression
		return s.inner(hops + 1)
	case *hclsyntax.ParenthesesExpr:
		return s.of(e.Expression, s.ctx).inner(hops + 1)
	case *hclsyntax.TemplateWrapExpr:
		return s.of(e.Wrapped, s.ctx).inner(hops + 1)
	case *call:
		switch e.Name {
		case "jsonencode", "yamlencode", "jsondecode", "yamldecode", "tomap", "tolist", "toset", "try", "tostring":
			if len(e.Args) > 0 {
				return s.of(e.Args[0], s.ctx).inner(hops + 1)
			}
		}
	case *choice:
		c, diags := e.Condition.Value(s.ctx)
		if b, err := convert.Convert(c, cty.Bool); err == nil && !diags.HasErrors() && b.IsKnown() && !b.IsNull() {
			branch := e.FalseResult
			if b.True() {
				branch = e.TrueResult
			}
			return s.of(branch, s.ctx).inner(hops + 1)
		}
	case *reference:
		if next, ok := s.follow(e.Traversal); ok {
			return next.inner(hops + 1)
		}
	}
	return s
}

// follow finds what a name stands for.
func (s spot) follow(t hcl.Traversal) (spot, bool) {
	f := frameOf(s.ctx)
	name, ok := attributeStep(t, 1)
	if !ok || f.scope == nil {
		return s, false
	}
	sc := f.scope
	below := func(at spot, rest hcl.Traversal) (spot, bool) {
		for _, step := range rest {
			switch step := step.(type) {
			case hcl.TraverseAttr:
				at = at.member(step.Name)
			case hcl.TraverseIndex:
				if text, ok := plainText(step.Key); ok {
					at = at.member(text)
				} else if n, _ := step.Key.AsBigFloat().Int64(); step.Key.Type() == cty.Number {
					at = at.item(int(n))
				}
			}
		}
		return at, at.expr != nil || at.body != nil
	}
	switch t.RootName() {
	case "local":
		if a, ok := sc.module.locals[name]; ok {
			return below(s.of(a.Expr, sc.ctx), t[2:])
		}
	case "var":
		b, ok := sc.module.variables[name]
		if !ok {
			break
		}
		if sc.call != nil {
			if a, ok := sc.call.Body.Attributes[name]; ok {
				return below(s.of(a.Expr, sc.inputs), t[2:])
			}
		}
		if _, given := s.ev.inputs[name]; sc.call != nil || !given {
			if a, ok := b.Body.Attributes["default"]; ok {
				return below(s.of(a.Expr, sc.ctx), t[2:])
			}
		}
	case "module":
		to, rest := sc.indexed(t, hcl.Range{})
		if c, ok := to.(*moduleCall); ok && c.hole == nil && c.keys.single {
			to = &moduleInstance{c.instances[0]}
		}
		m, ok := to.(*moduleInstance)
		output, named := attributeStep(rest, 0)
		if !ok || !named || m.scope.module.outputs[output] == nil {
			break
		}
		if a, ok := m.scope.module.outputs[output].Body.Attributes["value"]; ok {
			return below(s.of(a.Expr, m.scope.ctx), rest[1:])
		}
	}
	return s, false
}
