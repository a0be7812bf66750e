package vtl

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindInt    // a Java Integer or Long
	kindFloat  // a Java Double
	kindBig    // a Java BigInteger
	kindString // and a Java Character
	kindList
	kindMap
	kindObject // $input, $util, $foreach, map entries, #define blocks
)

// value is one Java value of a rendering with its history.
type value struct {
	obj  any    // *list, *dict, *big.Int, an object; for null and "" an *absence or nil
	str  string // a string; for a number of a JSON document its source text
	num  int64  // an integer, 0 or 1, or the bits of a float
	tr   *trace
	kind kind
}

// absence says why a value is null or empty.
type absence struct {
	reason  Reason
	subject string
}

func intValue(n int64) value     { return value{kind: kindInt, num: n} }
func floatValue(f float64) value { return value{kind: kindFloat, num: int64(math.Float64bits(f))} }
func bigValue(n *big.Int) value {
	if n.IsInt64() {
		return intValue(n.Int64())
	}
	return value{kind: kindBig, obj: n}
}
func boolValue(b bool) value {
	if b {
		return value{kind: kindBool, num: 1}
	}
	return value{kind: kindBool}
}
func stringValue(s string, t *trace) value { return value{kind: kindString, str: s, tr: t} }
func listValue(l *list) value              { return value{kind: kindList, obj: l} }
func mapValue(d *dict) value               { return value{kind: kindMap, obj: d} }
func objectValue(o any) value              { return value{kind: kindObject, obj: o} }
func absent(reason Reason, subject string) value {
	return value{obj: &absence{reason: reason, subject: subject}}
}

func (v value) isNull() bool   { return v.kind == kindNull }
func (v value) float() float64 { return math.Float64frombits(uint64(v.num)) }
func (v value) list() *list    { l, _ := v.obj.(*list); return l }
func (v value) dict() *dict    { d, _ := v.obj.(*dict); return d }

func (v value) isNumber() bool {
	return v.kind == kindInt || v.kind == kindFloat || v.kind == kindBig
}

// isEmpty tells whether the value prints nothing at the top level.
func (v value) isEmpty() bool {
	return v.kind == kindNull || v.kind == kindString && v.str == "" ||
		v.kind == kindMap && v.dict().hidden
}

func (v value) truth() bool {
	return v.kind != kindNull && (v.kind != kindBool || v.num != 0)
}

func (v value) with(t *trace) value {
	v.tr = t
	return v
}

// toBig is the value of an integer of any size.
func (v value) toBig() *big.Int {
	if n, ok := v.obj.(*big.Int); ok && v.kind == kindBig {
		return n
	}
	return big.NewInt(v.num)
}

func (v value) toFloat() float64 {
	switch v.kind {
	case kindFloat:
		return v.float()
	case kindBig:
		f, _ := new(big.Float).SetInt(v.toBig()).Float64()
		return f
	}
	return float64(v.num)
}

// scalar is Java's toString of a boolean, number or string.
func (v value) scalar() string {
	switch v.kind {
	case kindBool:
		if v.num != 0 {
			return "true"
		}
		return "false"
	case kindInt:
		return strconv.FormatInt(v.num, 10)
	case kindFloat:
		return javaDouble(v.float())
	case kindBig:
		return v.toBig().String()
	}
	return v.str
}

// javaDouble prints a double as Java does: 1.0, 1.0E10, 1.0E-4.
func javaDouble(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if a := math.Abs(f); a == 0 || 1e-3 <= a && a < 1e7 {
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

// print appends what the value prints inside b: Java's toString. Null prints
// "null"; references and interpolation leave null out before they come here.
func (r *renderer) print(b *builder, v value, depth int) {
	switch v.kind {
	case kindNull:
		b.text("null", v.tr)
	case kindInt:
		b.buf = strconv.AppendInt(b.buf, v.num, 10)
		if b.track {
			b.cover(v.tr)
		}
	case kindList:
		r.printList(b, v.list(), v.tr, depth)
	case kindMap:
		r.printMap(b, v.dict(), v.tr, depth)
	case kindObject:
		r.printObject(b, v, depth)
	default:
		b.text(v.scalar(), v.tr)
	}
}

func (r *renderer) tooDeep(depth int) bool {
	if depth > r.limits.Depth {
		r.bound("Depth", "a value is nested too deeply")
	}
	return r.halted()
}

// printList prints a list of the template as [a, b] and a JSON array as
// compact JSON (T135).
func (r *renderer) printList(b *builder, l *list, t *trace, depth int) {
	if r.tooDeep(depth) || !r.spend(1+len(l.items)) {
		return
	}
	switch l.style {
	case jsonArray:
		r.printJSON(b, listValue(l).with(t), depth)
		return
	case javaArray:
		r.fail("a Java array is printed; its text is an address that nobody can know", true)
		return
	}
	b.text("[", t)
	for i, v := range l.items {
		if i > 0 {
			b.text(", ", t)
		}
		r.print(b, inherit(v, t), depth+1)
	}
	b.text("]", t)
}

func (r *renderer) printMap(b *builder, d *dict, t *trace, depth int) {
	if d.hidden || r.tooDeep(depth) || !r.spend(1+len(d.entries)) {
		return
	}
	frame := r.changed(t, asJavaMap)
	b.text("{", frame)
	for i := range d.entries {
		e := &d.entries[i]
		if i > 0 {
			b.text(", ", frame)
		}
		key, v := r.entry(d, i, t, b.reference())
		b.text(e.key, r.changed(key, asJavaMap))
		b.text("=", frame)
		if v.kind != kindMap {
			v.tr = r.changed(v.tr, asJavaMap)
		}
		r.print(b, v, depth+1)
	}
	b.text("}", frame)
}

// inherit gives a member of a JSON document the history of the document.
func inherit(v value, t *trace) value {
	if v.tr == nil {
		v.tr = t
	}
	return v
}

func (r *renderer) printObject(b *builder, v value, depth int) {
	switch o := v.obj.(type) {
	case *mapEntry:
		b.text(o.key, o.keyTrace)
		b.text("=", nil)
		if i := o.dict.find(o.key); i >= 0 {
			_, v := r.entry(o.dict, i, o.outer, o.ref)
			r.print(b, v, depth+1)
		}
	case *definition:
		o.render(r, b)
	default:
		r.fail("an object of API Gateway itself is printed; its text is not known", true)
	}
}

// toText is the value as a string; ok is false for null.
func (r *renderer) toText(v value) (value, bool) {
	switch v.kind {
	case kindNull:
		return v, false
	case kindString:
		return v, true
	case kindBool, kindInt, kindFloat, kindBig:
		return stringValue(v.scalar(), v.tr), true
	}
	return r.capture(func(b *builder) { r.print(b, v, 0) }), true
}

// equal is Velocity's ==: numbers by value, others by their text; in API
// Gateway null equals the empty string too (T131).
func (r *renderer) equal(a, b value) bool {
	if a.isNull() || b.isNull() {
		return (a.isNull() || a.kind == kindString && a.str == "") && (b.isNull() || b.kind == kindString && b.str == "")
	}
	if a.isNumber() && b.isNumber() {
		return compareNumbers(a, b) == 0
	}
	if a.kind == kindString && b.kind == kindString {
		r.spend(1 + min(len(a.str), len(b.str))/256)
		return a.str == b.str
	}
	if a.kind == kindObject && a.obj == b.obj {
		return true
	}
	x, _ := r.toText(a)
	y, _ := r.toText(b)
	return x.str == y.str
}

// compareNumbers orders two numbers; NaN is equal to nothing.
func compareNumbers(a, b value) int {
	if a.kind == kindInt && b.kind == kindInt {
		switch {
		case a.num < b.num:
			return -1
		case a.num > b.num:
			return 1
		}
		return 0
	}
	if a.kind == kindFloat || b.kind == kindFloat {
		x, y := a.toFloat(), b.toFloat()
		switch {
		case x == y:
			return 0
		case x < y:
			return -1
		}
		return 1
	}
	return a.toBig().Cmp(b.toBig())
}
