package remedy

import (
	"fmt"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// setVersion sets the Version of a policy: of the document that its statements stand
// in, an object or a data source.
func (e *hclEditor) setVersion(c snapshot.SetPolicyVersion) error {
	p, err := e.policy(c.On)
	if err != nil {
		return err
	}
	if len(p.lines) == 0 {
		return fmt.Errorf("the Version of %s is not written in the configuration", describePolicy(c.On))
	}
	f, at, err := e.place(p.lines[0])
	if err != nil {
		return err
	}
	if b := f.block(at); b != nil && b.Type == "statement" {
		return e.documentVersion(f, at, c)
	}
	value := f.member(at, "Version")
	if value == nil {
		return fmt.Errorf("%s:%d: the policy stands in a text; change its Version there", filepath.ToSlash(f.name), p.lines[0].Line)
	}
	return f.literal("Version", value, c.After)
}

// documentVersion sets the version of the data source that a statement is a block of.
func (e *hclEditor) documentVersion(f *hclText, at int, c snapshot.SetPolicyVersion) error {
	for _, b := range f.body.Blocks {
		if r := b.Range(); at < b.OpenBraceRange.Start.Byte || at >= b.CloseBraceRange.End.Byte || r.Empty() {
			continue
		}
		if a := b.Body.Attributes["version"]; a != nil {
			return f.literal("version", a.Expr, c.After)
		}
		return f.addArgument(b, "version", hclString(c.After))
	}
	return fmt.Errorf("the Version of %s is not written in the configuration", describePolicy(c.On))
}

// literal replaces a text that is written where it is used.
func (f *hclText) literal(name string, x hclsyntax.Expression, text string) error {
	if len(x.Variables()) > 0 {
		return f.computed(name, x)
	}
	r := x.Range()
	return f.splice(r.Start.Byte, r.End.Byte, hclString(text))
}

// member is a member of the smallest object around an offset that has one of that name;
// nil when none has.
func (f *hclText) member(at int, name string) hclsyntax.Expression {
	var found hclsyntax.Expression
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		o, ok := n.(*hclsyntax.ObjectConsExpr)
		if !ok || at < o.SrcRange.Start.Byte || at >= o.SrcRange.End.Byte {
			return nil
		}
		for _, item := range o.Items {
			if isNamed(item, name) {
				found = item.ValueExpr // what is visited later stands inside
			}
		}
		return nil
	})
	return found
}

// setAPIStatement adds a statement to the resource policy of an API: to the list that
// is there, or in a resource of its own.
func (e *hclEditor) setAPIStatement(c snapshot.SetStatement, after map[string]any) error {
	api := e.s.API(c.On.Resource)
	if api == nil {
		return fmt.Errorf("the API %s is not known", c.On.Resource)
	}
	if c.Index != 0 || after == nil {
		return fmt.Errorf("%s:%d: take the statement out of the resource policy by hand", filepath.ToSlash(api.Policy.Origin().File), api.Policy.Origin().Line)
	}
	if text, _ := api.Policy.Peek(); text != "" {
		f, at, err := e.place(api.Policy.Origin())
		if err != nil {
			return err
		}
		if list, ok := f.member(f.inside(at), "Statement").(*hclsyntax.TupleConsExpr); ok && len(list.Exprs) > 0 {
			if last, ok := list.Exprs[len(list.Exprs)-1].(*hclsyntax.ObjectConsExpr); ok {
				return e.statementObject(f, last, api.Origin, true, nil, after)
			}
		}
		return fmt.Errorf("%s:%d: the resource policy cannot be edited by machine", filepath.ToSlash(f.name), api.Policy.Origin().Line)
	}
	f, b, err := e.resource(api.Origin)
	if err != nil {
		return err
	}
	if several(b) || len(b.Labels) != 2 {
		return fmt.Errorf("%s:%d: the API has several instances; add the policy by hand", filepath.ToSlash(f.name), api.Origin.Line)
	}
	document, err := documentHCL([]any{after}, e.words(f, api.Origin))
	if err != nil {
		return err
	}
	block := &hclBlock{key: resourceKey{"aws_api_gateway_rest_api_policy", f.freeName("aws_api_gateway_rest_api_policy", b.Labels[1])}}
	block.set("rest_api_id", b.Labels[0]+"."+b.Labels[1]+".id")
	if !e.first(f, b, "policy "+document) {
		return nil
	}
	block.inner = append(block.inner, "policy = "+document)
	return f.addBlock(b, block)
}

// inside is an offset in the object of the expression that begins at an offset, as that
// in jsonencode({…}).
func (f *hclText) inside(at int) int {
	if call, ok := f.expression(at).(*hclsyntax.FunctionCallExpr); ok && len(call.Args) == 1 {
		return call.Args[0].Range().Start.Byte
	}
	return at
}
