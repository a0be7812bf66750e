package terraform

import (
	"apisqs-doctor/diagnose/source/tree"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// jsonNode is a JSON value with its place.
type jsonNode struct {
	at      hcl.Range
	value   json.Token // string, json.Number, bool, nil; json.Delim of what it opens
	members []jsonMember
	items   []*jsonNode
}

type jsonMember struct {
	name  string
	at    hcl.Range
	value *jsonNode
}

// maxDepth is how deep JSON may be nested.
const maxDepth = 500

// parseJSON reads a file in the JSON syntax of the language into the tree of the
// other one: every string is a template.
func parseJSON(file string, text []byte) (*hclsyntax.Body, error) {
	r := &jsonReader{file: file, text: text, lines: []int{0}}
	for i, c := range text {
		if c == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	r.decoder = json.NewDecoder(bytes.NewReader(text))
	r.decoder.UseNumber()
	root, err := r.node(0)
	if err != nil {
		return nil, err
	}
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: root.at, EndRange: root.at}
	for _, m := range root.members {
		r.blocks(body, m, labelled[m.name], nil)
	}
	return body, r.err
}

type jsonReader struct {
	file    string
	text    []byte
	lines   []int // offset of each line
	decoder *json.Decoder
	err     error
}

func (r *jsonReader) pos(offset int) hcl.Pos {
	low, high := 0, len(r.lines)
	for high-low > 1 {
		if mid := (low + high) / 2; r.lines[mid] <= offset {
			low = mid
		} else {
			high = mid
		}
	}
	return hcl.Pos{Line: low + 1, Column: offset - r.lines[low] + 1, Byte: offset}
}

func (r *jsonReader) fail(offset int64, problem string) error {
	p := r.pos(int(offset))
	return &tree.Error{File: r.file, Line: p.Line, Column: p.Column, Problem: problem, Expected: "JSON"}
}

func (r *jsonReader) token() (json.Token, hcl.Range, error) {
	start := int(r.decoder.InputOffset())
	for start < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[start]) >= 0 {
		start++
	}
	t, err := r.decoder.Token()
	if err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, hcl.Range{}, r.fail(min(syntax.Offset, int64(len(r.text))), syntax.Error())
		}
		return nil, hcl.Range{}, r.fail(int64(len(r.text)), "the file ends too early")
	}
	return t, hcl.Range{Filename: r.file, Start: r.pos(start), End: r.pos(int(r.decoder.InputOffset()))}, nil
}

func (r *jsonReader) node(depth int) (*jsonNode, error) {
	t, at, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &jsonNode{at: at, value: t}
	delim, ok := t.(json.Delim)
	if !ok {
		return n, nil
	}
	if depth > maxDepth {
		return nil, r.fail(int64(at.Start.Byte), fmt.Sprintf("values are nested more than %d deep", maxDepth))
	}
	for r.decoder.More() {
		if delim == '[' {
			item, err := r.node(depth + 1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
			continue
		}
		key, keyAt, err := r.token()
		if err != nil {
			return nil, err
		}
		value, err := r.node(depth + 1)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		n.members = append(n.members, jsonMember{name, keyAt, value})
	}
	_, end, err := r.token()
	n.at.End = end.End
	return n, err
}

// blocks adds the blocks that one member of a JSON body stands for: a chain of
// objects gives the labels, a list several blocks.
func (r *jsonReader) blocks(into *hclsyntax.Body, m jsonMember, labels int, have []string) {
	if m.value.value == json.Delim('[') {
		for _, in := range m.value.items {
			r.blocks(into, jsonMember{m.name, m.at, in}, labels, have)
		}
		return
	}
	if labels > 0 {
		for _, in := range m.value.members {
			r.blocks(into, jsonMember{m.name, in.at, in.value}, labels-1, append(have[:len(have):len(have)], in.name))
		}
		return
	}
	b := &hclsyntax.Block{Type: m.name, Labels: have, TypeRange: m.at, OpenBraceRange: m.value.at, CloseBraceRange: m.value.at,
		Body: &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: m.value.at, EndRange: m.value.at}}
	for range have {
		b.LabelRanges = append(b.LabelRanges, m.at)
	}
	for _, in := range m.value.members {
		if in.name == "dynamic" || in.name == "lifecycle" {
			r.nested(b.Body, in)
			continue
		}
		b.Body.Attributes[in.name] = &hclsyntax.Attribute{Name: in.name, Expr: r.expression(in.value, rawMember(m.name, in.name)), SrcRange: in.value.at, NameRange: in.at, EqualsRange: in.at}
	}
	into.Blocks = append(into.Blocks, b)
}

// nested adds the blocks inside a resource that are no arguments of it.
func (r *jsonReader) nested(into *hclsyntax.Body, m jsonMember) {
	if m.name != "dynamic" {
		r.blocks(into, m, 0, nil)
		return
	}
	var from hclsyntax.Body
	r.blocks(&from, m, 1, nil)
	for _, b := range from.Blocks {
		if content, ok := b.Body.Attributes["content"]; ok {
			inner := &hclsyntax.Block{Type: "content", TypeRange: content.NameRange, Body: &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: content.SrcRange}}
			if o, ok := content.Expr.(*hclsyntax.ObjectConsExpr); ok {
				for _, item := range o.Items {
					name := hcl.ExprAsKeyword(item.KeyExpr)
					if v, diags := item.KeyExpr.Value(nil); !diags.HasErrors() {
						name, _ = plainText(v)
					}
					inner.Body.Attributes[name] = &hclsyntax.Attribute{Name: name, Expr: item.ValueExpr, SrcRange: item.ValueExpr.Range(), NameRange: item.KeyExpr.Range()}
				}
			}
			delete(b.Body.Attributes, "content")
			b.Body.Blocks = append(b.Body.Blocks, inner)
		}
		into.Blocks = append(into.Blocks, b)
	}
}

// rawMember tells whether the strings of a member are names and no templates:
// depends_on, providers and types.
func rawMember(block, member string) bool {
	return member == "depends_on" || member == "providers" || member == "provider" || block == "variable" && member == "type"
}

// expression is a JSON value as an expression. Names that stand in strings
// become references.
func (r *jsonReader) expression(n *jsonNode, names bool) hclsyntax.Expression {
	switch v := n.value.(type) {
	case string:
		start := n.at.Start
		if names {
			e, diags := hclsyntax.ParseExpression([]byte(v), r.file, start)
			if !diags.HasErrors() {
				return e
			}
		}
		e, diags := hclsyntax.ParseTemplate([]byte(v), r.file, start)
		if diags.HasErrors() {
			if r.err == nil {
				r.err = firstError(diags)
			}
			break
		}
		return e
	case json.Number:
		if number, err := cty.ParseNumberVal(v.String()); err == nil {
			return &hclsyntax.LiteralValueExpr{Val: number, SrcRange: n.at}
		}
	case bool:
		return &hclsyntax.LiteralValueExpr{Val: cty.BoolVal(v), SrcRange: n.at}
	case json.Delim:
		if v == '[' {
			e := &hclsyntax.TupleConsExpr{SrcRange: n.at, OpenRange: n.at}
			for _, in := range n.items {
				e.Exprs = append(e.Exprs, r.expression(in, names))
			}
			return e
		}
		e := &hclsyntax.ObjectConsExpr{SrcRange: n.at, OpenRange: n.at}
		for _, in := range n.members {
			key, diags := hclsyntax.ParseTemplate([]byte(in.name), r.file, in.at.Start)
			if diags.HasErrors() {
				key = &hclsyntax.LiteralValueExpr{Val: cty.StringVal(in.name), SrcRange: in.at}
			}
			e.Items = append(e.Items, hclsyntax.ObjectConsItem{KeyExpr: &hclsyntax.ObjectConsKeyExpr{Wrapped: key, ForceNonLiteral: true}, ValueExpr: r.expression(in.value, names)})
		}
		return e
	}
	return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: n.at}
}
