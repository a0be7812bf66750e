package cloudformation

import (
	"slices"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// inLoop stands among the names that a resource refers to when it holds a loop
// of the language extensions.
const inLoop = "Fn::ForEach"

// dependencies lists the logical ids that a resource waits for by itself:
// DependsOn, Ref, Fn::GetAtt and Fn::Sub.
func (s *stack) dependencies(r *resource) []string {
	if r.scanned {
		return r.needs
	}
	r.scanned = true
	r.refers = names{}
	for _, f := range r.body.Fields {
		switch f.Name {
		case "DependsOn":
			for _, n := range append(f.Value.Items, f.Value) {
				if n.Scalar() {
					r.refers.add(n.Text, n.At)
				}
			}
		case "Properties":
			s.scan(f.Value, r.refers)
		}
	}
	for id := range r.refers {
		if other, ok := s.resources[id]; ok && other != r {
			r.needs = append(r.needs, id)
		}
	}
	sort.Strings(r.needs)
	return r.needs
}

// names are what a resource refers to, with the first place of each.
type names map[string]tree.Place

// add records the part of a name before the first dot.
func (found names) add(name string, at tree.Place) {
	name, _, _ = strings.Cut(name, ".")
	if _, have := found[name]; !have {
		found[name] = at
	}
}

// scan collects the names that a node refers to. Branches of Fn::If that are not
// taken do not count.
func (s *stack) scan(n *tree.Node, found names) {
	if n == nil || !s.world.spend(n.At) {
		return
	}
	if f := n.Single(); f != nil && intrinsic(f.Name) {
		arg := f.Value
		switch {
		case (f.Name == "Ref" || f.Name == "Fn::GetAtt") && arg.Scalar():
			found.add(arg.Text, arg.At)
			return
		case f.Name == "Fn::GetAtt" && len(arg.Items) > 0 && arg.Items[0].Scalar():
			found.add(arg.Items[0].Text, arg.At)
		case f.Name == "Fn::Sub" && arg.Scalar():
			found.addSub(arg, nil)
		case f.Name == "Fn::Sub" && len(arg.Items) > 0 && arg.Items[0].Scalar():
			var variables *tree.Node
			if len(arg.Items) > 1 {
				variables = arg.Items[1]
			}
			found.addSub(arg.Items[0], variables)
		case f.Name == "Fn::If" && len(arg.Items) == 3 && arg.Items[0].Scalar():
			switch s.conditionNamed(arg.Items[0].Text, arg.At) {
			case yes:
				s.scan(arg.Items[1], found)
				return
			case no:
				s.scan(arg.Items[2], found)
				return
			}
		}
	}
	for _, in := range n.Items {
		s.scan(in, found)
	}
	for _, f := range n.Fields {
		if strings.HasPrefix(f.Name, inLoop) {
			found.add(inLoop, f.At)
		}
		s.scan(f.Value, found)
	}
}

// addSub collects the names in the text of an Fn::Sub, without its own variables.
func (found names) addSub(n, variables *tree.Node) {
	raw := n.Text
	for {
		_, rest, ok := strings.Cut(raw, "${")
		if !ok {
			return
		}
		name, _, closed := strings.Cut(rest[:min(len(rest), maxVariable)], "}")
		if name = strings.TrimSpace(name); closed && substitutable(name) && variables.Get(name) == nil {
			found.add(name, n.At)
		}
		raw = rest
	}
}

// waitsFor returns everything that a resource waits for, directly or through others.
func (s *stack) waitsFor(r *resource) map[string]bool {
	reached := map[string]bool{}
	open := []*resource{r}
	for len(open) > 0 {
		next := open[len(open)-1]
		open = open[:len(open)-1]
		for _, id := range s.dependencies(next) {
			if !reached[id] {
				reached[id] = true
				open = append(open, s.resources[id])
			}
		}
	}
	return reached
}

// checkCycles refuses resources that wait for each other, as CloudFormation
// does. What SAM generates of its own types is not in the template, so those
// are left out.
func checkCycles(s *stack) {
	refuse := func(ids []string, r *resource, at tree.Place) bool {
		sort.Strings(ids)
		s.world.refuse("ValidationError", "Circular dependency between resources: ["+tree.Clip(strings.Join(ids, ", "), 300)+"]", s.origin(r, "", at))
		return false
	}
	open := map[*resource]bool{} // true while what it waits for is looked at, false after that
	var path []*resource         // the open ones, each of which waits for the next
	var visit func(r *resource) bool
	visit = func(r *resource) bool {
		waits, visited := open[r]
		switch {
		case waits:
			var ids []string
			for _, in := range path[slices.Index(path, r):] {
				ids = append(ids, in.id)
			}
			return refuse(ids, r, r.at)
		case visited || strings.HasPrefix(r.typ, "AWS::Serverless::") || s.exists(r) == no:
			return true
		}
		needs := s.dependencies(r)
		if at, itself := r.refers[r.id]; itself && r.refers[inLoop] == (tree.Place{}) {
			return refuse([]string{r.id}, r, at)
		}
		open[r], path = true, append(path, r)
		for _, id := range needs {
			if !visit(s.resources[id]) {
				return false
			}
		}
		open[r], path = false, path[:len(path)-1]
		return true
	}
	for _, r := range s.order {
		if !visit(r) {
			return
		}
	}
}
