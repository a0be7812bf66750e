package vtl

import (
	"math"
	"math/big"
)

type notNode struct{ operand expr }

func (n *notNode) eval(r *renderer) value { return boolValue(n.truth(r)) }
func (n *notNode) truth(r *renderer) bool { return !n.operand.truth(r) }

type binaryNode struct {
	op          operator
	left, right expr
	at          place
}

// truth: a calculation as a condition is false in Velocity 1.7.
func (n *binaryNode) truth(r *renderer) bool {
	return n.op < opAdd && n.eval(r).truth()
}

func (n *binaryNode) eval(r *renderer) value {
	if !r.spend(1) {
		return value{}
	}
	switch n.op {
	case opOr:
		return boolValue(n.left.truth(r) || n.right.truth(r))
	case opAnd:
		return boolValue(n.left.truth(r) && n.right.truth(r))
	}
	a, b := n.left.eval(r), n.right.eval(r)
	if r.halted() {
		return value{}
	}
	switch n.op {
	case opEqual:
		return boolValue(r.equal(a, b))
	case opNotEqual:
		return boolValue(!r.equal(a, b))
	case opLess, opGreater, opLessEqual, opGreaterEqual:
		return boolValue(n.order(a, b))
	case opAdd:
		if a.kind == kindString || b.kind == kindString {
			return n.concat(r, a, b)
		}
	}
	if !a.isNumber() || !b.isNumber() {
		return absent(NullValue, "a calculation with something that is no number")
	}
	v := arithmetic(n.op, a, b)
	if r.track && (a.tr != nil || b.tr != nil) {
		v.tr = r.join(r.flat(a.tr), r.flat(b.tr)).trace()
	}
	if v.kind == kindBig && v.toBig().BitLen() > 1<<17 {
		r.at = n.at
		r.bound("MadeBytes", "a number is too long")
	}
	return v
}

// order compares numbers; anything else is never in order.
func (n *binaryNode) order(a, b value) bool {
	if !a.isNumber() || !b.isNumber() {
		return false
	}
	c := compareNumbers(a, b)
	switch n.op {
	case opLess:
		return c < 0
	case opGreater:
		return c > 0
	case opLessEqual:
		return c <= 0
	}
	return c >= 0
}

// concat is + with a string. Velocity 1.7 puts the source text of a null
// operand into the result; no recording tells what API Gateway does (T149).
func (n *binaryNode) concat(r *renderer, a, b value) value {
	literal := func(v value, e expr) value {
		if v.kind != kindNull {
			return v
		}
		r.doubt(n.at, DoubtConcatNull, "a text plus null: Velocity 1.7 adds the reference's source text; for API Gateway it is not verified")
		if ref, ok := e.(*reference); ok {
			return stringValue(ref.source, nil)
		}
		return stringValue("null", nil)
	}
	a, b = literal(a, n.left), literal(b, n.right)
	return r.capture(func(w *builder) {
		r.print(w, a, 0)
		r.print(w, b, 0)
	})
}

// arithmetic calculates as Java does: integers stay integers and grow when
// they overflow, a double makes a double, division by zero gives null.
func arithmetic(op operator, a, b value) value {
	if a.kind == kindFloat || b.kind == kindFloat {
		return floatArithmetic(op, a.toFloat(), b.toFloat())
	}
	x, y := a.toBig(), b.toBig()
	if a.kind == kindInt && b.kind == kindInt {
		if v, ok := intArithmetic(op, a.num, b.num); ok {
			return v
		}
	}
	if (op == opDivide || op == opModulo) && y.Sign() == 0 {
		return absent(NullValue, "a division by zero")
	}
	z := new(big.Int)
	switch op {
	case opAdd:
		z.Add(x, y)
	case opSubtract:
		z.Sub(x, y)
	case opMultiply:
		z.Mul(x, y)
	case opDivide:
		z.Quo(x, y)
	case opModulo:
		z.Rem(x, y)
	}
	return bigValue(z)
}

// intArithmetic is arithmetic within 64 bits; ok is false on overflow and on
// division by zero.
func intArithmetic(op operator, x, y int64) (value, bool) {
	switch op {
	case opAdd:
		z := x + y
		return intValue(z), (z > x) == (y > 0)
	case opSubtract:
		z := x - y
		return intValue(z), (z < x) == (y > 0)
	case opMultiply:
		const half = 1 << 31
		return intValue(x * y), -half < x && x < half && -half < y && y < half
	case opDivide:
		if y == 0 || y == -1 {
			return value{}, false
		}
		return intValue(x / y), true
	default:
		if y == 0 || y == -1 {
			return value{}, false
		}
		return intValue(x % y), true
	}
}

func floatArithmetic(op operator, x, y float64) value {
	switch op {
	case opAdd:
		return floatValue(x + y)
	case opSubtract:
		return floatValue(x - y)
	case opMultiply:
		return floatValue(x * y)
	}
	if y == 0 {
		return absent(NullValue, "a division by zero")
	}
	if op == opDivide {
		return floatValue(x / y)
	}
	return floatValue(math.Mod(x, y))
}

// bigLow is the low 64 bits of a big integer, as Java's longValue.
func bigLow(v value) uint64 {
	n := new(big.Int).And(v.toBig(), new(big.Int).SetUint64(^uint64(0)))
	return n.Uint64()
}
