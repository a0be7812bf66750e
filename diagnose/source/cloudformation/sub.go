package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// maxVariable is how long the name in ${...} may be, in bytes. A logical id has
// at most 255.
const maxVariable = 600

// sub evaluates Fn::Sub, as text or as a list of text and variables.
func (s *stack) sub(arg, n *tree.Node) *tree.Value {
	template, variables := arg, (*tree.Node)(nil)
	if arg.Kind == tree.List && len(arg.Items) == 2 {
		template, variables = arg.Items[0], arg.Items[1]
	} else if arg.Kind == tree.List && len(arg.Items) == 1 {
		template = arg.Items[0]
	}
	if !template.Scalar() {
		return s.unknown(n)
	}
	raw := template.Text
	var parts []*tree.Value
	literal := 0
	for at := 0; at < len(raw); {
		open := strings.Index(raw[at:], "${")
		if open < 0 {
			break
		}
		open += at
		end := strings.IndexByte(raw[open:min(len(raw), open+maxVariable)], '}')
		if end < 0 {
			at = open + 2
			continue
		}
		end += open
		if !s.world.spend(n.At) {
			return tree.Nothing
		}
		inside := raw[open+2 : end]
		at = end + 1
		switch {
		case strings.HasPrefix(inside, "!"): // ${!Name} is the text ${Name}
			parts = appendText(parts, raw[literal:open]+"${"+inside[1:]+"}")
		case !substitutable(inside):
			// Anything else in braces is left alone, such as ${context.x + 1}.
			at = open + 2
			continue
		default:
			parts = appendText(parts, raw[literal:open])
			parts = append(parts, s.variable(strings.TrimSpace(inside), variables, n))
		}
		literal = at
	}
	parts = appendText(parts, raw[literal:])
	if len(parts) == 0 {
		return tree.Text("")
	}
	if strings.Contains(raw, "{{resolve:") {
		v := s.concat(parts, n)
		if v.Kind != tree.String {
			return v
		}
		resolved := *s.dynamic(v.Text, n.At)
		resolved.Partial = resolved.Partial || v.Partial
		return &resolved
	}
	return s.concat(parts, n)
}

func appendText(parts []*tree.Value, literal string) []*tree.Value {
	if literal == "" {
		return parts
	}
	return append(parts, tree.Text(literal))
}

// substitutable tells whether ${inside} is a substitution.
func substitutable(inside string) bool {
	inside = strings.TrimSpace(inside)
	for _, r := range inside {
		if !(r == '.' || r == ':' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return inside != ""
}

// variable looks a name of Fn::Sub up: its own variables, then what Ref and
// Fn::GetAtt know.
func (s *stack) variable(name string, variables, n *tree.Node) *tree.Value {
	if v := variables.Get(name); v != nil {
		return s.resolve(v)
	}
	if id, attribute, dotted := strings.Cut(name, "."); dotted {
		return s.attribute(id, attribute, n)
	}
	return s.ref(name, n)
}
