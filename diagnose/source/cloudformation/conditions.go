package cloudformation

import "fmt"

// conditionNamed evaluates a condition of the template.
func (s *stack) conditionNamed(name string, at place) truth {
	c, ok := s.conditions[name]
	if !ok {
		if !s.macros {
			s.world.refuse("ValidationError", fmt.Sprintf("Template error: the condition %q is not defined", clip(name, 80)), s.origin(nil, "", at))
		}
		return maybe
	}
	if c.known {
		return c.truth
	}
	if c.busy {
		s.world.fail(c.field.at, fmt.Sprintf("circular condition: %q depends on itself", clip(name, 80)), "conditions that lead to parameters")
		return maybe
	}
	c.busy = true
	c.truth = s.truth(c.field.value)
	c.busy, c.known = false, true
	return c.truth
}

// truth evaluates a condition's definition.
func (s *stack) truth(n *node) truth {
	w := s.world
	if n == nil || !w.spend(n.at) {
		return maybe
	}
	if w.recursion++; w.recursion > maxRecursion {
		w.fail(n.at, "conditions lead through conditions without end", "fewer conditions in a row")
	}
	defer func() { w.recursion-- }()
	if n.scalar() {
		switch n.text {
		case "true":
			return yes
		case "false":
			return no
		}
		return maybe
	}
	f := n.single()
	if f == nil {
		return maybe
	}
	arg := f.value
	switch {
	case f.name == "Condition" && arg.scalar():
		return s.conditionNamed(arg.text, arg.at)
	case arg.kind != kindList:
	case f.name == "Fn::Equals" && len(arg.items) == 2:
		return equal(s.resolve(arg.items[0]), s.resolve(arg.items[1]))
	case f.name == "Fn::Not" && len(arg.items) == 1:
		return s.truth(arg.items[0]).not()
	case f.name == "Fn::And":
		result := yes
		for _, in := range arg.items {
			result = result.and(s.truth(in))
		}
		return result
	case f.name == "Fn::Or":
		result := no
		for _, in := range arg.items {
			result = result.or(s.truth(in))
		}
		return result
	case f.name == "Fn::If" && len(arg.items) == 3 && arg.items[0].scalar():
		switch s.conditionNamed(arg.items[0].text, arg.at) {
		case yes:
			return s.truth(arg.items[1])
		case no:
			return s.truth(arg.items[2])
		}
	}
	return maybe
}
