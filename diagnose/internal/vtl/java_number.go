package vtl

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// scalarMethod is a method of a number, a boolean or a character, the static
// ones of its class included.
func (r *renderer) scalarMethod(c *call, v value) value {
	var out value
	ok := false
	switch len(c.args) {
	case 0:
		out, ok = r.ownMethod(c, v)
	case 1:
		if out, ok = r.comparison(c, v); !ok {
			out, ok = r.parsing(c, v, 10)
		}
	case 2:
		if n, isInt := c.integer(1); isInt {
			out, ok = r.parsing(c, v, n)
		}
	}
	if !ok && !r.halted() {
		out, ok = staticMethod(v.class(), c.name, c.args)
	}
	if !ok && r.ofNull(c) {
		return value{}
	}
	if !ok {
		return c.unknown()
	}
	if out.tr == nil && v.tr != nil && len(c.args) == 0 && c.name != "hashCode" {
		out.tr = v.tr
	}
	return out
}

// ownMethod is a method without arguments.
func (r *renderer) ownMethod(c *call, v value) (value, bool) {
	class := v.class()
	switch c.name {
	case "toString":
		return stringValue(v.scalar(), v.tr), true
	case "hashCode":
		return hashOf(v), class != "BigInteger"
	case "booleanValue", "charValue":
		return v, class == "Boolean" && c.name == "booleanValue" || class == "Character" && c.name == "charValue"
	case "intValue", "longValue", "doubleValue", "floatValue", "shortValue", "byteValue":
		if v.isNumber() {
			return convert(v, c.name)
		}
	case "isNaN":
		return boolValue(v.float() != v.float()), class == "Double"
	case "isInfinite":
		return boolValue(math.IsInf(v.float(), 0)), class == "Double"
	case "signum":
		return intValue(int64(v.toBig().Sign())), class == "BigInteger"
	}
	return value{}, false
}

// comparison is equals and compareTo.
func (r *renderer) comparison(c *call, v value) (value, bool) {
	a := c.args[0]
	switch {
	case c.name == "equals":
		return boolValue(r.same(a, v)), true
	case c.name != "compareTo" || a.class() == "":
		return value{}, false
	case a.class() != v.class():
		// The compareTo of Object that the class also has casts, and throws.
		r.fail(c.ref.upTo(c.step)+": a "+v.class()+" is compared with a "+a.class(), false)
		return value{}, true
	case v.isChar():
		return intValue(int64(compareTo(v.str, a.str))), true
	case v.kind == kindBool:
		return intValue(v.num - a.num), true
	}
	return intValue(int64(compareNumbers(v, a))), true
}

// same is Java's equals: values of one class with one content.
func (r *renderer) same(a, b value) bool {
	if a.kind != b.kind || a.class() != b.class() {
		return false
	}
	if a.kind == kindFloat && a.float() != a.float() {
		return b.float() != b.float()
	}
	return a.isNull() || r.equal(a, b)
}

// convert is intValue and its kind; what a float prints is known where a float
// holds the number exactly and in few digits.
func convert(v value, name string) (value, bool) {
	switch name {
	case "doubleValue":
		return floatValue(v.toFloat()), true
	case "floatValue":
		f := v.toFloat()
		return floatValue(f), math.Abs(f) < 1<<20 && f*64 == math.Trunc(f*64)
	}
	n := v.num
	switch v.kind {
	case kindFloat:
		f, lo, hi := v.float(), float64(math.MinInt32), float64(math.MaxInt32)
		if name == "longValue" {
			lo, hi = math.MinInt64, math.MaxInt64
		}
		switch {
		case f != f:
			n = 0
		case f <= lo:
			n = int64(lo)
		case f >= hi && name == "longValue":
			n = math.MaxInt64
		case f >= hi:
			n = math.MaxInt32
		default:
			n = int64(f)
		}
	case kindBig:
		n = int64(bigLow(v))
	}
	switch name {
	case "longValue":
		return longValue(n), true
	case "shortValue":
		return intValue(int64(int16(n))), true
	case "byteValue":
		return intValue(int64(int8(n))), true
	}
	return intValue(int64(int32(n))), true
}

// hashOf is Java's hashCode of a scalar.
func hashOf(v value) value {
	fold := func(n int64) value { return intValue(int64(int32(n ^ int64(uint64(n)>>32)))) }
	switch v.class() {
	case "Boolean":
		return intValue(1237 - 6*v.num)
	case "Integer":
		return intValue(v.num)
	case "Long":
		return fold(v.num)
	case "Double":
		if v.float() != v.float() {
			return fold(0x7ff8000000000000)
		}
		return fold(v.num)
	}
	var h int32
	for _, c := range v.str {
		if c >= 0x10000 {
			c -= 0x10000
			h = 31*h + int32(0xD800+c>>10)
			c = 0xDC00 + c&0x3FF
		}
		h = 31*h + int32(c)
	}
	return intValue(int64(h))
}

// parsing is parseInt, valueOf and their kind, which throw on a text that is no
// number.
func (r *renderer) parsing(c *call, v value, radix int) (value, bool) {
	a, class := c.args[0], v.class()
	parse := map[string]string{"parseInt": "Integer", "parseLong": "Long", "parseDouble": "Double", "parseBoolean": "Boolean", "valueOf": class}[c.name]
	if parse != class || class == "Character" || class == "BigInteger" || len(c.args) == 2 && (class == "Double" || class == "Boolean") {
		return value{}, false
	}
	if class == "Boolean" && (a.kind == kindString && !a.isChar() || a.isNull()) {
		return boolValue(strings.EqualFold(a.str, "true")).with(a.tr), true
	}
	if c.name == "valueOf" && (a.kind == kindInt && class != "Boolean" || a.kind == kindFloat && class == "Double" || a.kind == kindBool && class == "Boolean") {
		switch {
		case len(c.args) == 2 || class == "Integer" && a.class() == "Long":
			return value{}, false
		case class == "Double":
			return floatValue(a.toFloat()).with(a.tr), true
		case class == "Long":
			return longValue(a.num).with(a.tr), true
		}
		return a, true
	}
	if a.kind != kindString || a.isChar() {
		return value{}, false
	}
	bits := 32
	switch class {
	case "Double":
		s := strings.TrimFunc(a.str, func(c rune) bool { return c <= ' ' })
		if strings.ContainsAny(s, "xX_") {
			return value{}, false // hexadecimal floats
		}
		if k := len(s) - 1; k > 0 && strings.IndexByte("dDfF", s[k]) >= 0 && isDigit(s[k-1]) {
			s = s[:k] // a suffix of Java's literals
		}
		f, err := strconv.ParseFloat(s, 64)
		if e, _ := err.(*strconv.NumError); e == nil && !strings.EqualFold(strings.TrimLeft(s, "+-"), "inf") || e != nil && e.Err == strconv.ErrRange {
			return floatValue(f).with(a.tr), true
		}
	case "Long":
		bits = 64
		fallthrough
	case "Integer":
		n, err := strconv.ParseInt(a.str, radix, bits)
		if err == nil && radix >= 2 {
			out := intValue(n)
			if class == "Long" {
				out = longValue(n)
			}
			return out.with(a.tr), true
		}
	}
	r.fail(c.ref.upTo(c.step)+": the text is no number", false)
	return value{}, true
}

// staticMethod is a static method of a number's or boolean's class.
func staticMethod(class, name string, args []value) (value, bool) {
	if !javaHas(class, name, args) || len(args) == 0 || len(args) > 2 {
		return value{}, false
	}
	for _, a := range args {
		if a.isNull() {
			return value{}, false
		}
	}
	a, b := args[0], args[len(args)-1]
	history := func(v value) value {
		if v.tr = a.tr; v.tr == nil {
			v.tr = b.tr
		}
		return v
	}
	switch class {
	case "Boolean":
		switch name {
		case "toString":
			return stringValue(a.scalar(), a.tr), true
		case "hashCode":
			return hashOf(a), true
		case "compare":
			return intValue(a.num - b.num), true
		case "logicalAnd":
			return boolValue(a.num&b.num != 0), true
		case "logicalOr":
			return boolValue(a.num|b.num != 0), true
		case "logicalXor":
			return boolValue(a.num != b.num), true
		}
	case "Double":
		x, y := a.toFloat(), b.toFloat()
		switch name {
		case "toString":
			return stringValue(javaDouble(x), a.tr), true
		case "hashCode":
			return hashOf(floatValue(x)), true
		case "isNaN":
			return boolValue(x != x), true
		case "isInfinite":
			return boolValue(math.IsInf(x, 0)), true
		case "isFinite":
			return boolValue(x == x && !math.IsInf(x, 0)), true
		case "max":
			return history(floatValue(math.Max(x, y))), true
		case "min":
			return history(floatValue(math.Min(x, y))), true
		case "sum":
			return history(floatValue(x + y)), true
		case "compare":
			return intValue(int64(compareNumbers(floatValue(x), floatValue(y)))), x == x && y == y
		}
	case "Integer", "Long":
		return integerStatic(class, name, a, b, len(args), history)
	}
	return value{}, false
}

func integerStatic(class, name string, a, b value, n int, history func(value) value) (value, bool) {
	of, unsigned := intValue, uint64(uint32(a.num))
	if class == "Long" {
		of, unsigned = longValue, uint64(a.num)
	}
	radix := 10
	switch name {
	case "toHexString":
		radix = 16
	case "toOctalString":
		radix = 8
	case "toBinaryString":
		radix = 2
	case "toString":
		if n == 2 && b.num >= 2 && b.num <= 36 {
			radix = int(b.num)
		}
		return stringValue(big.NewInt(a.num).Text(radix), a.tr), true
	case "hashCode":
		return hashOf(of(a.num)), true
	case "signum":
		return intValue(int64(big.NewInt(a.num).Sign())), true
	case "compare":
		return intValue(int64(compareNumbers(a, b))), true
	case "max":
		return history(of(max(a.num, b.num))), true
	case "min":
		return history(of(min(a.num, b.num))), true
	case "sum":
		if class == "Integer" {
			return history(of(int64(int32(a.num + b.num)))), true
		}
		return history(of(a.num + b.num)), true
	default:
		return value{}, false
	}
	return stringValue(strconv.FormatUint(unsigned, radix), a.tr), true
}
