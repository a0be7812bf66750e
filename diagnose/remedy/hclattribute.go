package remedy

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// reattributed makes a change of a text by another attribute of a resource that the
// expression refers to: the URL of a queue in place of its ARN (I14).
func (e *hclEditor) reattributed(f *hclText, block snapshot.Origin, x hclsyntax.Expression, before, after string) (string, bool) {
	out, found := "", false
	whole := x.Range()
	_ = hclsyntax.VisitAll(x, func(n hclsyntax.Node) hcl.Diagnostics {
		ref, ok := n.(*hclsyntax.ScopeTraversalExpr)
		if !ok || found {
			return nil
		}
		attribute, ok := ref.Traversal[len(ref.Traversal)-1].(hcl.TraverseAttr)
		if !ok {
			return nil
		}
		r := ref.Range()
		name := strings.TrimSuffix(string(r.SliceBytes(f.text)), "."+attribute.Name)
		values := e.attributes(module(block.Resource) + name)
		was := values[attribute.Name]
		if was == "" || strings.Count(before, was) != 1 {
			return nil
		}
		for _, other := range []string{"name", "arn", "url"} {
			value := values[other]
			if value != "" && value != was && strings.Replace(before, was, value, 1) == after {
				out = string(f.text[whole.Start.Byte:r.Start.Byte]) + name + "." + other + string(f.text[r.End.Byte:whole.End.Byte])
				found = true
				return nil
			}
		}
		return nil
	})
	return out, found
}

// attributes are the attributes of a queue or a role by its address.
func (e *hclEditor) attributes(address string) map[string]string {
	for arn, fact := range e.s.Queues {
		if q, ok := fact.Peek(); ok && q != nil && q.Origin.Resource == address {
			return map[string]string{"arn": arn, "name": arn[strings.LastIndexAny(arn, ":/")+1:], "url": q.URL, "id": q.URL}
		}
	}
	for arn, fact := range e.s.Roles {
		if r, ok := fact.Peek(); ok && r != nil && r.Origin.Resource == address {
			name := arn[strings.LastIndexAny(arn, ":/")+1:]
			return map[string]string{"arn": arn, "name": name, "id": name}
		}
	}
	return nil
}
