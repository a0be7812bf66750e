package cloudformation

import (
	"fmt"

	"apisqs-doctor/diagnose/source/tree"
)

// conditionNamed evaluates a condition of the template.
func (s *stack) conditionNamed(name string, at tree.Place) truth {
	c, ok := s.conditions[name]
	if !ok {
		if !s.macros {
			s.world.refuse("ValidationError", fmt.Sprintf("Template error: the condition %q is not defined", tree.Clip(name, 80)), s.origin(nil, "", at))
		}
		return maybe
	}
	if c.known {
		return c.truth
	}
	if c.busy {
		s.world.fail(c.field.At, fmt.Sprintf("circular condition: %q depends on itself", tree.Clip(name, 80)), "conditions that lead to parameters")
		return maybe
	}
	c.busy = true
	c.truth = s.truth(c.field.Value)
	c.busy, c.known = false, true
	return c.truth
}

// truth evaluates a condition's definition.
func (s *stack) truth(n *tree.Node) truth {
	w := s.world
	if n == nil || !w.spend(n.At) {
		return maybe
	}
	if w.recursion++; w.recursion > maxRecursion {
		w.fail(n.At, "conditions lead through conditions without end", "fewer conditions in a row")
	}
	defer func() { w.recursion-- }()
	if n.Scalar() {
		switch n.Text {
		case "true":
			return yes
		case "false":
			return no
		}
		return maybe
	}
	f := n.Single()
	if f == nil {
		return maybe
	}
	arg := f.Value
	switch {
	case f.Name == "Condition" && arg.Scalar():
		return s.conditionNamed(arg.Text, arg.At)
	case arg.Kind != tree.List:
	case f.Name == "Fn::Equals" && len(arg.Items) == 2:
		return equal(s.resolve(arg.Items[0]), s.resolve(arg.Items[1]))
	case f.Name == "Fn::Not" && len(arg.Items) == 1:
		return s.truth(arg.Items[0]).not()
	case f.Name == "Fn::And":
		return anyOf(arg.Items, func(in *tree.Node) truth { return s.truth(in).not() }).not()
	case f.Name == "Fn::Or":
		return anyOf(arg.Items, s.truth)
	case f.Name == "Fn::Contains" && len(arg.Items) == 2: // in rules alone
		list, one := s.resolve(arg.Items[0]), s.resolve(arg.Items[1])
		if list.Kind != tree.List {
			return maybe
		}
		return anyOf(list.Items, func(in tree.Item) truth { return equal(in.Value, one) })
	case f.Name == "Fn::If" && len(arg.Items) == 3 && arg.Items[0].Scalar():
		switch s.conditionNamed(arg.Items[0].Text, arg.At) {
		case yes:
			return s.truth(arg.Items[1])
		case no:
			return s.truth(arg.Items[2])
		}
	}
	return maybe
}

// checkRules refuses parameters that a rule of the template does not take. Of what is
// compared with values that are not known, nothing is said.
func (s *stack) checkRules() {
	rules := s.doc.Root.Get("Rules")
	if rules == nil {
		return
	}
	for _, rule := range rules.Fields {
		when, assertions := rule.Value.Get("RuleCondition"), rule.Value.Get("Assertions")
		if when != nil && s.truth(when) != yes || assertions == nil {
			continue
		}
		for _, in := range assertions.Items {
			if assert := in.Get("Assert"); s.truth(assert) == no {
				s.world.refuse("ValidationError", "Template validation error: rule "+tree.Clip(rule.Name, 80)+" does not hold: "+in.Get("AssertDescription").TextOr(describe(assert)), s.origin(nil, "", in.At))
			}
		}
	}
}
