package iam

import (
	"encoding/base64"
	"net/netip"
	"strings"
)

// conditions tests all conditions of a statement (fact 35: all must hold).
func (e *env) conditions(st *Statement) Tri {
	result := Yes
	for i := range st.Conditions {
		if result = result.And(e.condition(&st.Conditions[i])); result == No {
			return No
		}
	}
	return result
}

// condition tests one operator with one key.
func (e *env) condition(c *Condition) Tri {
	if c.test.compare == compareNothing {
		return Unknown // AWS refuses it; what is stored is not known
	}
	k := e.r.Context.get(c.key)
	switch k.presence {
	case absent:
		return e.missing(c)
	case present:
		return e.presentKey(c, k)
	}
	return e.missing(c).agree(e.presentKey(c, k))
}

// missing is the outcome for a key that is not in the context.
func (e *env) missing(c *Condition) Tri {
	switch {
	case c.test.compare == compareNull:
		return anyOperand(c, func(o *operand) Tri { return o.asked(true) }) // fact 41
	case c.test.ifExists:
		return Yes // fact 36, negated operators too
	case c.test.quantifier == forAllValues:
		return Yes // fact 42
	case c.test.quantifier == forAnyValue:
		return No // fact 42
	}
	return tri(c.test.negated) // fact 36
}

// presentKey is the outcome for a key that is in the context.
func (e *env) presentKey(c *Condition, k contextKey) Tri {
	if c.test.compare == compareNull {
		return anyOperand(c, func(o *operand) Tri { return o.asked(false) })
	}
	if k.open {
		return e.openValue(c)
	}
	if len(k.values) == 0 { // an empty set is like a missing key (fact 42)
		return e.missing(c)
	}
	all, some := Yes, No
	for _, v := range k.values {
		one := e.holds(c, v)
		all, some = all.And(one), some.Or(one)
	}
	switch c.test.quantifier {
	case forAllValues:
		return all
	case forAnyValue:
		return some
	}
	// Without a set operator a key has one value; what AWS does with more is
	// not documented.
	return all.agree(some)
}

// openValue is the outcome for a value that cannot be known: only the pattern "*"
// holds whatever it is.
func (e *env) openValue(c *Condition) Tri {
	if c.test.compare == compareLike && c.test.quantifier == singleValue {
		for i := range c.vals {
			if c.vals[i].pattern.kind == patternAny {
				return tri(!c.test.negated)
			}
		}
	}
	return Unknown
}

// asked compares "true" or "false" of a Null test with whether the key is missing.
func (o *operand) asked(missing bool) Tri {
	if !o.valid {
		return Unknown
	}
	return tri(o.truth == missing)
}

func anyOperand(c *Condition, test func(*operand) Tri) Tri {
	result := No
	for i := range c.vals {
		result = result.Or(test(&c.vals[i]))
	}
	return result
}

// holds tests one value of the request against the list of the condition: any
// entry is enough, and for a negated operator none may match (fact 35).
func (e *env) holds(c *Condition, value string) Tri {
	result := No
	for i := range c.vals {
		if result = result.Or(e.compare(&c.test, &c.vals[i], c.Values[i], value)); result == Yes {
			break
		}
	}
	if c.test.negated {
		return result.Not()
	}
	return result
}

// compare tests one value against one entry, before negation.
func (e *env) compare(op *operator, o *operand, text, value string) Tri {
	if len(e.opaque) > 0 && (e.opaque.in(text) || e.opaque.in(value)) {
		return e.compareOpen(op, o, text, value)
	}
	if o.pattern.kind == patternVariable {
		return e.compareVariable(op, text, value)
	}
	switch op.compare {
	case compareString:
		return tri(o.pattern.text == value)
	case compareStringFold:
		return tri(strings.EqualFold(o.pattern.text, value))
	case compareLike:
		return tri(o.pattern.match(value))
	case compareARN:
		return compareARNs(o, text, value)
	case compareBinary:
		return compareBytes(text, value)
	}
	if !o.valid {
		return Unknown // AWS refuses such a value
	}
	switch op.compare {
	case compareNumber:
		n, ok := readNumber(value)
		return order(op.relation, n, o.number, ok)
	case compareDate:
		n, ok := readDate(value)
		return order(op.relation, n, o.number, ok)
	case compareBool:
		switch {
		case strings.EqualFold(value, "true"):
			return tri(o.truth)
		case strings.EqualFold(value, "false"):
			return tri(!o.truth)
		}
		return No
	case compareIP:
		a, err := netip.ParseAddr(value)
		if err != nil {
			return Unknown
		}
		return tri(o.prefix.Contains(a.Unmap()))
	}
	return Unknown
}

// order compares two numbers; a request value that is none leaves it open.
func order(r relation, a, b float64, ok bool) Tri {
	if !ok {
		return Unknown
	}
	switch r {
	case lessThan:
		return tri(a < b)
	case lessOrEqual:
		return tri(a <= b)
	case greaterThan:
		return tri(a > b)
	case greaterOrEqual:
		return tri(a >= b)
	}
	return tri(a == b)
}

// compareARNs compares the six parts one by one (fact 40).
func compareARNs(o *operand, text, value string) Tri {
	if o.parts == nil {
		if text == "*" {
			return Unknown // not an ARN; whether AWS takes it for one is not documented
		}
		return No
	}
	parts, ok := splitARN(value)
	if !ok {
		return No
	}
	for i := range parts {
		if !matchGlob(o.parts[i], parts[i]) {
			return No
		}
	}
	return Yes
}

// compareBytes compares base64 texts by the bytes that they stand for.
func compareBytes(text, value string) Tri {
	if text == value {
		return Yes
	}
	a, errA := base64.StdEncoding.DecodeString(text)
	b, errB := base64.StdEncoding.DecodeString(value)
	if errA != nil || errB != nil {
		return Unknown
	}
	return tri(string(a) == string(b))
}

// compareOpen compares texts of which parts are not known.
func (e *env) compareOpen(op *operator, o *operand, text, value string) Tri {
	mode := literal
	switch op.compare {
	case compareString:
	case compareStringFold:
		mode = fold
	case compareLike, compareARN:
		mode = wild
	default:
		return Unknown // the text may turn out to be no number, date or address
	}
	var p []token
	if o.pattern.kind == patternVariable {
		var state Tri
		if p, state = e.expand(text, mode); state != Yes {
			return state
		}
	} else {
		p = e.opaque.tokens(nil, text, mode)
	}
	t := e.opaque.tokens(nil, value, mode&^wild)
	if op.compare == compareARN {
		return matchARNTokens(p, t)
	}
	return matchTokens(p, t)
}

// compareVariable compares with a text that holds policy variables. A variable
// without a value matches nothing (fact 33).
func (e *env) compareVariable(op *operator, text, value string) Tri {
	mode := literal
	switch op.compare {
	case compareStringFold:
		mode = fold
	case compareLike, compareARN:
		mode = wild
	}
	p, state := e.expand(text, mode)
	if state != Yes {
		return state
	}
	t := e.opaque.tokens(nil, value, mode&^wild)
	if op.compare == compareARN {
		return matchARNTokens(p, t)
	}
	return matchTokens(p, t)
}

// matchARNTokens compares ARNs part by part as far as the colons can be seen.
func matchARNTokens(p, t []token) Tri {
	parts, ok := splitTokens(p)
	values, okValue := splitTokens(t)
	whole := matchTokens(p, t)
	if whole == No {
		return No
	}
	if !ok || !okValue {
		if open(p) || open(t) || len(p) == 1 && p[0] == tokenRun { // as in compareARNs
			return Unknown
		}
		return No
	}
	result := Yes
	for i := range parts {
		result = result.And(matchTokens(parts[i], values[i]))
	}
	if result == No && (open(p) || open(t)) {
		return Unknown // a placeholder may hold colons
	}
	return result
}

// open reports whether a text holds a placeholder in which colons may stand.
func open(s []token) bool {
	for _, t := range s {
		if t <= tokenStray && t.takes(':') {
			return true
		}
	}
	return false
}

func splitTokens(s []token) (parts [6][]token, ok bool) {
	for i := range 5 {
		at := -1
		for j, t := range s {
			if t == ':' {
				at = j
				break
			}
		}
		if at < 0 {
			return parts, false
		}
		parts[i], s = s[:at], s[at+1:]
	}
	parts[5] = s
	return parts, true
}
