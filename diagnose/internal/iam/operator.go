package iam

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// comparison is what an operator compares.
type comparison uint8

const (
	compareNothing comparison = iota // not an operator that AWS has
	compareString
	compareStringFold
	compareLike
	compareARN
	compareNumber
	compareDate
	compareBool
	compareBinary
	compareIP
	compareNull
)

// relation is how numbers and dates are compared.
type relation uint8

const (
	equalTo relation = iota
	lessThan
	lessOrEqual
	greaterThan
	greaterOrEqual
)

// quantifier is the set operator before a condition operator (fact 42).
type quantifier uint8

const (
	singleValue quantifier = iota
	forAllValues
	forAnyValue
)

// operator is a condition operator taken apart.
type operator struct {
	compare    comparison
	relation   relation
	negated    bool
	ifExists   bool
	quantifier quantifier
	exactCase  bool // written as documented
}

// operators are the documented names without set operator and IfExists.
var operators = [...]struct {
	name string
	op   operator
}{
	{"StringEquals", operator{compare: compareString}},
	{"StringNotEquals", operator{compare: compareString, negated: true}},
	{"StringEqualsIgnoreCase", operator{compare: compareStringFold}},
	{"StringNotEqualsIgnoreCase", operator{compare: compareStringFold, negated: true}},
	{"StringLike", operator{compare: compareLike}},
	{"StringNotLike", operator{compare: compareLike, negated: true}},
	{"ArnLike", operator{compare: compareARN}},
	{"ArnEquals", operator{compare: compareARN}}, // fact 40: the same as ArnLike
	{"ArnNotLike", operator{compare: compareARN, negated: true}},
	{"ArnNotEquals", operator{compare: compareARN, negated: true}},
	{"Bool", operator{compare: compareBool}},
	{"Null", operator{compare: compareNull}},
	{"IpAddress", operator{compare: compareIP}},
	{"NotIpAddress", operator{compare: compareIP, negated: true}},
	{"BinaryEquals", operator{compare: compareBinary}},
	{"NumericEquals", operator{compare: compareNumber}},
	{"NumericNotEquals", operator{compare: compareNumber, negated: true}},
	{"NumericLessThan", operator{compare: compareNumber, relation: lessThan}},
	{"NumericLessThanEquals", operator{compare: compareNumber, relation: lessOrEqual}},
	{"NumericGreaterThan", operator{compare: compareNumber, relation: greaterThan}},
	{"NumericGreaterThanEquals", operator{compare: compareNumber, relation: greaterOrEqual}},
	{"DateEquals", operator{compare: compareDate}},
	{"DateNotEquals", operator{compare: compareDate, negated: true}},
	{"DateLessThan", operator{compare: compareDate, relation: lessThan}},
	{"DateLessThanEquals", operator{compare: compareDate, relation: lessOrEqual}},
	{"DateGreaterThan", operator{compare: compareDate, relation: greaterThan}},
	{"DateGreaterThanEquals", operator{compare: compareDate, relation: greaterOrEqual}},
}

// parseOperator takes a name like "ForAllValues:StringLikeIfExists" apart.
func parseOperator(name string) operator {
	rest, exact := name, true
	quantifier := singleValue
	if head, tail, found := strings.Cut(name, ":"); found {
		switch {
		case strings.EqualFold(head, "ForAllValues"):
			quantifier, exact = forAllValues, head == "ForAllValues"
		case strings.EqualFold(head, "ForAnyValue"):
			quantifier, exact = forAnyValue, head == "ForAnyValue"
		default:
			return operator{}
		}
		rest = tail
	}
	ifExists := false
	const suffix = "IfExists"
	if n := len(rest) - len(suffix); n > 0 && strings.EqualFold(rest[n:], suffix) {
		ifExists, exact = true, exact && rest[n:] == suffix
		rest = rest[:n]
	}
	for i := range operators {
		if len(operators[i].name) != len(rest) || !strings.EqualFold(operators[i].name, rest) {
			continue
		}
		op := operators[i].op
		if op.compare == compareNull && (ifExists || quantifier != singleValue) {
			return operator{} // fact 41
		}
		op.ifExists, op.quantifier, op.exactCase = ifExists, quantifier, exact && operators[i].name == rest
		return op
	}
	return operator{}
}

// operand is one value of a condition, read as its operator needs it.
type operand struct {
	pattern pattern    // strings
	parts   *[6]string // ARN operators: the parts; nil if it is no ARN
	number  float64    // numbers; dates in seconds
	prefix  netip.Prefix
	truth   bool
	valid   bool
}

// compile reads the operands. variables says whether ${...} is a variable.
func (c *Condition) compile(variables bool) {
	c.key = lower(c.Key)
	c.test = parseOperator(c.Operator)
	c.vals = make([]operand, len(c.Values))
	for i, v := range c.Values {
		c.vals[i] = readOperand(c.test.compare, v, variables)
	}
}

func readOperand(compare comparison, v string, variables bool) operand {
	o := operand{valid: true}
	switch compare {
	case compareString, compareStringFold:
		o.pattern = pattern{patternExact, v}
	case compareLike:
		o.pattern = compileGlob(v)
	case compareARN:
		o.pattern = pattern{patternExact, v}
		if parts, ok := splitARN(v); ok && parts[0] == "arn" {
			o.parts = &parts
		}
	case compareNumber:
		o.number, o.valid = readNumber(v)
		return o
	case compareDate:
		o.number, o.valid = readDate(v)
		return o
	case compareIP:
		o.prefix, o.valid = readPrefix(v)
		return o
	case compareBool, compareNull:
		o.truth, o.valid = strings.EqualFold(v, "true"), strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
		return o
	}
	// fact 32, 39: only in string and ARN operators.
	if variables && strings.Contains(v, "${") {
		o.pattern = pattern{patternVariable, v}
	}
	return o
}

// readNumber reads an integer or a decimal number (fact 39).
func readNumber(s string) (float64, bool) {
	if strings.ContainsAny(s, "xXpP_iInN") { // forms that strconv knows and AWS does not
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return f, err == nil && !math.IsInf(f, 0)
}

var dateLayouts = [...]string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02"}

// readDate reads an ISO 8601 date or epoch seconds and returns seconds (fact 39).
// Four digits alone may be a year or an epoch: not valid here.
func readDate(s string) (float64, bool) {
	if allDigits(s) {
		if len(s) == 4 || len(s) > 18 {
			return 0, false
		}
		v, err := strconv.ParseInt(s, 10, 64)
		return float64(v), err == nil
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.Unix()) + float64(t.Nanosecond())/1e9, true
		}
	}
	return 0, false
}

// readPrefix reads an address or a CIDR range, IPv4 or IPv6; without a prefix
// length it is one address (fact 39).
func readPrefix(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}
