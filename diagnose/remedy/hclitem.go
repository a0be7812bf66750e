package remedy

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose/snapshot"
)

// entry sets or removes an entry of a map argument. container and own are the
// places of the map and of the entry that is there.
func (e *hclEditor) entry(block, container, own snapshot.Origin, argument, key, before, after string, raw bool) error {
	apart := func(o, from snapshot.Origin) bool {
		return o.File != "" && (o.File != from.File || o.Line != from.Line || o.Column != from.Column)
	}
	if before != "" && apart(own, block) && apart(own, container) {
		f, at, err := e.place(own)
		if err != nil {
			return err
		}
		if x := f.expression(at); x != nil {
			if after == "" {
				return f.removeItem(at)
			}
			return e.rewrite(f, block, fmt.Sprintf("%s[%q]", argument, key), x, before, after)
		}
	}
	f, b, err := e.resource(block)
	if err != nil {
		return err
	}
	value := after
	if !raw {
		if value, err = e.value(f, block, after); err != nil {
			return err
		}
	}
	a := b.Body.Attributes[argument]
	if a == nil {
		if after == "" {
			return nil
		}
		return f.addArgument(b, argument, "{\n  "+hclString(key)+" = "+value+"\n}")
	}
	x := a.Expr
	if o, ok := x.(*hclsyntax.ObjectConsExpr); ok {
		return e.item(f, block, o, argument, key, before, after, value)
	}
	if apart(container, block) {
		if g, at, err := e.place(container); err == nil {
			if o, ok := g.expression(at).(*hclsyntax.ObjectConsExpr); ok {
				return e.item(g, block, o, argument, key, before, after, value)
			}
		}
	}
	return f.computed(argument, x)
}

// isNamed tells whether an item of an object has the name, written as it is. A name may
// be computed, or be no text.
func isNamed(item hclsyntax.ObjectConsItem, name string) bool {
	v, diags := item.KeyExpr.Value(nil)
	return !diags.HasErrors() && v.IsKnown() && !v.IsNull() && v.Type() == cty.String && v.AsString() == name
}

// item sets or removes an item of an object.
func (e *hclEditor) item(f *hclText, block snapshot.Origin, o *hclsyntax.ObjectConsExpr, what, key, before, after, value string) error {
	for _, item := range o.Items {
		if !isNamed(item, key) {
			continue
		}
		if after == "" {
			return f.removeItem(item.ValueExpr.Range().Start.Byte)
		}
		return e.rewrite(f, block, fmt.Sprintf("%s[%q]", what, key), item.ValueExpr, before, after)
	}
	if after == "" {
		return nil
	}
	name := hclString(key)
	if hclsyntax.ValidIdentifier(key) && !slices.ContainsFunc(o.Items, func(i hclsyntax.ObjectConsItem) bool {
		return bytes.HasPrefix(i.KeyExpr.Range().SliceBytes(f.text), []byte(`"`))
	}) {
		name = key
	}
	line := name + " = " + value
	end := o.SrcRange.End.Byte - 1 // the closing brace
	if o.SrcRange.Start.Line == o.SrcRange.End.Line && !strings.Contains(value, "\n") {
		inner := strings.TrimRight(string(f.text[o.SrcRange.Start.Byte:end]), " ,")
		separator := ", "
		if len(o.Items) == 0 {
			separator = " "
		}
		return f.splice(o.SrcRange.Start.Byte, o.SrcRange.End.Byte, inner+separator+line+" }")
	}
	indent := f.indentAt(o.SrcRange.Start.Byte) + "  "
	line = indent + strings.ReplaceAll(line, "\n", "\n"+indent) + "\n"
	if len(o.Items) == 0 {
		return f.splice(o.SrcRange.Start.Byte, o.SrcRange.End.Byte, "{\n"+line+indent[2:]+"}")
	}
	last := o.Items[len(o.Items)-1].ValueExpr.Range()
	from := f.lineEnd(max(last.Start.Byte, last.End.Byte-1))
	if from > end {
		return f.splice(end, end, "\n"+line+indent[2:])
	}
	return f.splice(from, from, line)
}

// removeItem removes the item of an object whose value begins at an offset.
func (f *hclText) removeItem(at int) error {
	var err error = errors.New("the entry is not where it was read; change it by hand")
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		o, ok := n.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return nil
		}
		for i, item := range o.Items {
			if item.ValueExpr.Range().Start.Byte != at {
				continue
			}
			r := hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())
			if o.SrcRange.Start.Line != o.SrcRange.End.Line {
				err = f.removeLines(r)
				return nil
			}
			from, to := r.Start.Byte, r.End.Byte
			switch {
			case i+1 < len(o.Items):
				to = o.Items[i+1].KeyExpr.Range().Start.Byte
			case i > 0:
				from = o.Items[i-1].ValueExpr.Range().End.Byte
			}
			err = f.splice(from, to, "")
			return nil
		}
		return nil
	})
	return err
}
