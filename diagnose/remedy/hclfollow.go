package remedy

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// localNames are resources as the module of another one names them, without keys;
// elsewhere tells that there are others.
func localNames(addresses []string, from string) (names []string, elsewhere bool) {
	for _, address := range addresses {
		name, ok := local(address, from)
		if !ok {
			elsewhere = true
			continue
		}
		if at := strings.IndexByte(name, '['); at >= 0 {
			name = name[:at]
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, elsewhere
}

// follow makes integrations triggers of a deployment that has others: in the list
// that they are the fingerprint of. An id there stands for nothing of its resource
// that changes, and gives way to it (I22).
func (e *hclEditor) follow(deployment snapshot.Origin, names []string) error {
	for _, name := range names {
		f, b, err := e.resource(deployment)
		if err != nil {
			return err
		}
		a := b.Body.Attributes["triggers"]
		if a == nil {
			return nil // an older kind of trigger
		}
		list := fingerprinted(a.Expr)
		if list == nil {
			return f.computed("triggers", a.Expr)
		}
		if err := f.followIn(list, name); err != nil {
			return err
		}
	}
	return nil
}

func (f *hclText) followIn(list *hclsyntax.TupleConsExpr, name string) error {
	for _, item := range list.Exprs {
		r := item.Range()
		if string(r.SliceBytes(f.text)) == name+".id" {
			return f.splice(r.Start.Byte, r.End.Byte, name)
		}
	}
	if len(list.Exprs) == 0 {
		return f.splice(list.SrcRange.Start.Byte+1, list.SrcRange.Start.Byte+1, name)
	}
	last := list.Exprs[len(list.Exprs)-1].Range()
	text := ", " + name
	if list.SrcRange.Start.Line != list.SrcRange.End.Line {
		text = ",\n" + f.indentAt(last.Start.Byte) + name
	}
	return f.splice(last.End.Byte, last.End.Byte, text)
}

// fingerprinted is the list in sha1(jsonencode([...])) or its like; nil for none.
func fingerprinted(e hclsyntax.Expression) *hclsyntax.TupleConsExpr {
	var found *hclsyntax.TupleConsExpr
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		call, ok := n.(*hclsyntax.FunctionCallExpr)
		if !ok || len(call.Args) == 0 || found != nil {
			return nil
		}
		if list, ok := call.Args[len(call.Args)-1].(*hclsyntax.TupleConsExpr); ok && (call.Name == "jsonencode" || call.Name == "join") {
			found = list
		}
		return nil
	})
	return found
}
