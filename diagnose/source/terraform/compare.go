package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// truth is the outcome of a comparison that may meet what is not known.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

// equal compares two values as the operator == does.
func equal(a, b cty.Value) truth {
	if h := holeOf(a); h != nil && h == holeOf(b) {
		return yes
	}
	a, _ = a.UnmarkDeep()
	b, _ = b.UnmarkDeep()
	x, xText := plainText(a)
	y, yText := plainText(b)
	switch {
	case (a.IsNull() || b.IsNull()) && a.IsKnown() && b.IsKnown():
		return boolean(a.IsNull() && b.IsNull())
	case xText && yText && (holed(x) || holed(y)):
		return equalTexts(x, y)
	case xText != yText && a.IsKnown() && b.IsKnown() && !a.IsNull() && !b.IsNull() && (a.Type().IsPrimitiveType() && b.Type().IsPrimitiveType()):
		// contains and index convert to one type
		x, errA := convert.Convert(a, cty.String)
		y, errB := convert.Convert(b, cty.String)
		if errA == nil && errB == nil {
			return equal(x, y)
		}
	case marked(a) || marked(b):
		if a.RawEquals(b) {
			return yes
		}
		return maybe
	}
	if a.Type() != cty.DynamicPseudoType && b.Type() != cty.DynamicPseudoType && !a.Type().Equals(b.Type()) {
		return no
	}
	r := a.Equals(b)
	if !r.IsKnown() {
		return maybe
	}
	return boolean(r.True())
}

func boolean(b bool) truth {
	if b {
		return yes
	}
	return no
}

// equalTexts compares texts with stand-ins in them. They differ for certain when
// what is known before the first stand-in or after the last one differs.
func equalTexts(x, y string) truth {
	if x == y {
		return yes
	}
	head := func(s string) (string, bool) {
		before, _, found := strings.Cut(s, string(standInOpen))
		return before, found
	}
	tail := func(s string) (string, bool) {
		at := strings.LastIndex(s, string(standInClose))
		if at < 0 {
			return s, false
		}
		return s[at+len(string(standInClose)):], true
	}
	fits := func(a string, aOpen bool, b string, bOpen bool, has func(s, part string) bool) bool {
		switch {
		case aOpen && bOpen:
			return has(a, b) || has(b, a)
		case aOpen:
			return has(b, a)
		case bOpen:
			return has(a, b)
		}
		return a == b
	}
	hx, ox := head(x)
	hy, oy := head(y)
	tx, _ := tail(x)
	ty, _ := tail(y)
	if !fits(hx, ox, hy, oy, strings.HasPrefix) || !fits(tx, ox, ty, oy, strings.HasSuffix) {
		return no
	}
	return maybe
}

// careful is an operation that knows of stand-ins.
func careful(op *hclsyntax.Operation) *hclsyntax.Operation {
	if op != hclsyntax.OpEqual && op != hclsyntax.OpNotEqual {
		return op
	}
	plain := *op
	plain.Impl = wrap(op.Impl.Params(), nil, func(args []cty.Value) (cty.Value, error) {
		if !marked(args[0]) && !marked(args[1]) {
			return function.Function(op.Impl).Call(args)
		}
		t := equal(args[0], args[1])
		if t == maybe {
			return cty.UnknownVal(cty.Bool), nil
		}
		return cty.BoolVal((t == yes) == (op == hclsyntax.OpEqual)), nil
	})
	return &plain
}
