package cloudformation

import (
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// checkForms refuses what CloudFormation refuses of properties whatever they are
// for: null, which it takes nowhere (cfn-lint issue 38), and Ref and Fn::GetAtt
// with arguments that name nothing.
func (s *stack) checkForms(r *resource) {
	seen := map[*tree.Node]bool{}
	var walk func(n *tree.Node, path string)
	walk = func(n *tree.Node, path string) {
		if n == nil || seen[n] { // an alias of YAML is the node of its anchor
			return
		}
		seen[n] = true
		if n.Kind == tree.Null {
			s.world.refuse("ValidationError", "Template validation error: ["+tree.Clip(path, 200)+"] 'null' values are not allowed in templates", s.origin(r, "", n.At))
			return
		}
		if problem := s.malformedCall(n); problem != "" {
			s.world.refuse("ValidationError", "Template error: "+problem, s.origin(r, "", n.At))
			return
		}
		for i, in := range n.Items {
			walk(in, path+"/"+strconv.Itoa(i))
		}
		for _, f := range n.Fields {
			walk(f.Value, path+"/"+f.Name)
		}
	}
	if r.properties != nil && r.properties.Kind != tree.Object && r.properties.Kind != tree.Null && published(r.typ) == nil {
		s.world.refuse("ValidationError", "Template format error: [/Resources/"+r.id+"/Properties] Properties must be an object, found "+r.properties.Kind.String(), s.origin(r, "", r.properties.At))
	}
	if !strings.HasPrefix(r.typ, "AWS::Serverless::") {
		walk(r.properties, "/Resources/"+r.id+"/Type")
	} else if body := r.properties.Get("DefinitionBody"); body != nil {
		walk(body, "/Resources/"+r.id+"/Type/Body") // SAM leaves out other properties that are null
	}
}

// malformedCall says what is wrong with the argument of Ref or Fn::GetAtt. The
// language extensions take functions in it.
func (s *stack) malformedCall(n *tree.Node) string {
	f := n.Single()
	if f == nil {
		return ""
	}
	arg, given := f.Value, func(n *tree.Node) bool { return n.Scalar() && n.Text != "" || s.extended && n.Kind == tree.Object }
	switch {
	case f.Name == "Ref" && !given(arg):
		return "every Ref object must have a single String value."
	case f.Name != "Fn::GetAtt":
		return ""
	case arg.Scalar():
		if id, attribute, dotted := strings.Cut(arg.Text, "."); dotted && id != "" && attribute != "" {
			return ""
		}
	case len(arg.Items) > 1 && given(arg.Items[0]) && (given(arg.Items[1]) || arg.Items[1].Kind == tree.Object):
		return ""
	}
	return "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"
}
