package vtl

import "math"

func (ref *reference) truth(r *renderer) bool { return ref.eval(r).truth() }

func (ref *reference) eval(r *renderer) value { return ref.value(r, len(ref.steps)) }

// value evaluates the reference up to its first n steps. Null in the middle
// makes the whole null (T132).
func (ref *reference) value(r *renderer, n int) value {
	var v value
	if r.frame == nil {
		v = r.vars[ref.slot]
	} else {
		v = r.variable(ref.slot)
	}
	if v.isNull() {
		if v.obj == nil {
			reason := UndefinedVariable
			if r.t.sets[ref.slot] {
				reason = UnsetVariable
			}
			return absent(reason, "variable $"+ref.name)
		}
		return v
	}
	for i := 0; i < n; i++ {
		if !r.spend(1) {
			return value{}
		}
		r.at, r.ref = ref.at, ref
		v = r.step(ref, i, v)
		if v.isNull() || r.halted() {
			if v.obj == nil {
				v = absent(NullValue, "value "+ref.upTo(i))
			}
			return v
		}
	}
	return v
}

func (ref *reference) render(r *renderer) {
	if !r.spend(1) {
		return
	}
	v := ref.eval(r)
	if r.halt >= stopped {
		return
	}
	b := r.out
	if ref.escapes > 0 {
		slashes := "\\\\\\\\\\\\\\\\"
		for n := ref.escapes / 2; n > 0; n -= len(slashes) {
			b.text(slashes[:min(n, len(slashes))], nil)
		}
		if ref.escapes%2 == 1 {
			if v.isNull() {
				b.text(`\`, nil)
			}
			b.text(ref.source, nil)
			r.checkOutput()
			return
		}
	}
	if v.isEmpty() {
		r.noteEmpty(ref, v, InOutput)
		return
	}
	saved := b.by
	b.by = ref
	before := len(b.buf)
	r.print(b, v, 0)
	b.by = saved
	if len(b.buf) == before && r.halt < stopped {
		r.noteEmpty(ref, v, InOutput)
	}
	if r.out == &r.main {
		r.checkOutput()
	}
}

// call is one method call, or an access that can fail like one.
type call struct {
	r      *renderer
	ref    *reference
	step   int
	target value
	name   string
	args   []value
	path   *jsonPath
	space  [3]value
}

func (r *renderer) step(ref *reference, i int, target value) value {
	st := &ref.steps[i]
	switch st.kind {
	case stepProperty:
		return r.property(ref, i, target, st.name)
	case stepIndex:
		return r.indexed(ref, i, target, st.args[0].eval(r))
	}
	c := call{r: r, ref: ref, step: i, target: target, name: st.name, path: st.path}
	c.args = c.space[:0]
	for _, e := range st.args {
		c.args = append(c.args, e.eval(r))
	}
	if r.halted() {
		return value{}
	}
	r.at, r.ref = ref.at, ref
	return r.invoke(&c, st)
}

func (r *renderer) invoke(c *call, st *step) value {
	switch c.name {
	case "getClass", "wait", "notify", "notifyAll":
		r.fail("method "+quote(c.name)+" of Java's Object is not for templates", true)
		return value{}
	}
	var v value
	switch c.target.kind {
	case kindString:
		v = r.stringMethod(c, c.target)
	case kindList:
		v = r.listMethod(c, c.target.list())
	case kindMap:
		v = r.mapMethod(c, c.target.dict())
	case kindObject:
		v = r.objectMethod(c)
	default:
		v = r.scalarMethod(c)
	}
	if !v.isEmpty() {
		r.noteArguments(c, st)
	} else if v.kind == kindString && v.obj == nil && len(c.args) > 0 && c.args[0].isEmpty() {
		v.obj = c.args[0].obj
	}
	return v
}

// noteArguments notes references among the arguments of a text-making call
// that were nothing while the call did print something.
func (r *renderer) noteArguments(c *call, st *step) {
	if c.name != "concat" && c.name != "urlEncode" && c.name != "base64Encode" && c.name != "escapeJavaScript" {
		return
	}
	for i, e := range st.args {
		if ref, ok := e.(*reference); ok && c.args[i].isEmpty() {
			r.noteEmpty(ref, c.args[i], InArgument)
		}
	}
}

func (r *renderer) property(ref *reference, i int, target value, name string) value {
	if name == "class" {
		r.fail("the Java class of a value is not for templates", true)
		return value{}
	}
	switch target.kind {
	case kindMap:
		return r.member(target.dict(), name, target.tr, ref, i)
	case kindObject:
		switch o := target.obj.(type) {
		case *loop:
			if v, ok := o.property(name); ok {
				return v
			}
		case *mapEntry:
			switch name {
			case "key":
				return stringValue(o.key, o.keyTrace)
			case "value":
				return r.member(o.dict, o.key, o.outer, ref, i)
			}
		case inputObject:
			if name == "body" {
				return r.bodyText(ref)
			}
		}
	case kindList:
		if name == "empty" {
			return boolValue(len(target.list().items) == 0)
		}
	case kindString:
		switch name {
		case "empty":
			return boolValue(target.str == "")
		case "bytes":
			r.fail("the bytes of a string are printed as an address that nobody can know", true)
			return value{}
		}
	}
	return absent(UnknownMethod, "property "+name+" of "+ref.upTo(i-1))
}

func (r *renderer) indexed(ref *reference, i int, target, index value) value {
	c := call{r: r, ref: ref, step: i, target: target, name: "get"}
	c.args = append(c.space[:0], index)
	switch target.kind {
	case kindList:
		if n, ok := c.integer(0); ok {
			if n < 0 {
				n += len(target.list().items)
			}
			return r.item(&c, target.list(), n)
		}
	case kindMap:
		if key, ok := c.key(0); ok {
			return r.member(target.dict(), key.str, target.tr, ref, i)
		}
	}
	return absent(NullValue, "value "+ref.upTo(i))
}

func (r *renderer) objectMethod(c *call) value {
	switch o := c.target.obj.(type) {
	case inputObject:
		return r.inputMethod(c)
	case utilObject:
		return r.utilMethod(c)
	case *mapEntry:
		switch {
		case c.name == "getKey" && len(c.args) == 0:
			return stringValue(o.key, o.keyTrace)
		case c.name == "getValue" && len(c.args) == 0:
			return r.member(o.dict, o.key, o.outer, c.ref, c.step)
		case c.name == "setValue" && len(c.args) == 1:
			return c.orVoid(r.putMember(c, o.dict, o.key, nil, c.args[0]))
		case c.name == "toString" && len(c.args) == 0:
			v, _ := r.toText(c.target)
			return v
		}
	case *loop:
		name := map[string]string{"getIndex": "index", "getCount": "count", "hasNext": "hasNext", "isFirst": "first", "isLast": "last", "getParent": "parent"}[c.name]
		if v, ok := o.property(name); ok && len(c.args) == 0 {
			return v
		}
	case *definition:
		if c.name == "toString" && len(c.args) == 0 {
			v, _ := r.toText(c.target)
			return v
		}
	}
	return c.unknown()
}

// scalarMethod is a method of a number or a boolean.
func (r *renderer) scalarMethod(c *call) value {
	v := c.target
	text := stringValue(v.scalar(), v.tr)
	switch {
	case len(c.args) == 0:
		switch c.name {
		case "toString":
			return text
		case "booleanValue":
			if v.kind == kindBool {
				return v
			}
		case "intValue", "longValue", "doubleValue", "floatValue":
			if v.isNumber() {
				return convert(v, c.name)
			}
		case "hashCode":
			if v.kind == kindInt && v.num == int64(int32(v.num)) {
				return intValue(v.num)
			}
		}
	case len(c.args) == 1:
		a := c.args[0]
		switch c.name {
		case "equals":
			return boolValue(a.kind == v.kind && r.equal(a, v))
		case "compareTo":
			if v.isNumber() && a.kind == v.kind {
				return intValue(int64(compareNumbers(v, a)))
			}
		case "parseInt", "parseLong", "parseDouble", "valueOf":
			return r.parseNumber(c, a)
		}
	case len(c.args) == 2 && (c.name == "max" || c.name == "min"):
		a, b := c.args[0], c.args[1]
		if a.isNumber() && a.kind == b.kind {
			if (compareNumbers(a, b) >= 0) == (c.name == "max") {
				return a
			}
			return b
		}
	}
	return c.unknown()
}

func convert(v value, name string) value {
	t := v.tr
	switch {
	case name == "doubleValue" || name == "floatValue":
		return floatValue(v.toFloat()).with(t)
	case v.kind == kindFloat:
		f, lo, hi := v.float(), float64(math.MinInt32), float64(math.MaxInt32)
		if name == "longValue" {
			lo, hi = math.MinInt64, math.MaxInt64
		}
		switch {
		case f != f:
			return intValue(0).with(t)
		case f <= lo:
			return intValue(int64(lo)).with(t)
		case f >= hi && name == "longValue":
			return intValue(math.MaxInt64).with(t)
		case f >= hi:
			return intValue(math.MaxInt32).with(t)
		}
		return intValue(int64(f)).with(t)
	case v.kind == kindBig:
		v = intValue(int64(bigLow(v)))
	}
	if name == "intValue" {
		return intValue(int64(int32(v.num))).with(t)
	}
	return intValue(v.num).with(t)
}

// unknown is the value of a call that names no method.
func (c *call) unknown() value {
	return absent(UnknownMethod, "method "+c.name+" of "+c.ref.upTo(c.step-1))
}

// void is the value of a call made for its effect.
func (c *call) void() value { return value{obj: nothing} }

// orVoid is v; null, as of the first put of a key, is nothing to report.
func (c *call) orVoid(v value) value {
	if v.isNull() {
		return c.void()
	}
	return v
}

func (c *call) outOfBounds(n, size int) value {
	c.r.fail(c.ref.upTo(c.step)+": index "+intValue(int64(n)).scalar()+" of "+intValue(int64(size)).scalar()+" members", false)
	return value{}
}

// integer is an argument that Java takes for an int.
func (c *call) integer(i int) (int, bool) {
	if i >= len(c.args) || c.args[i].kind != kindInt || c.args[i].num != int64(int32(c.args[i].num)) {
		return 0, false
	}
	return int(c.args[i].num), true
}

// text is an argument that is a string.
func (c *call) text(i int) (string, bool) {
	if i >= len(c.args) || c.args[i].kind != kindString {
		return "", false
	}
	return c.args[i].str, true
}

// key is an argument as a map key; only maps of the template have other keys than strings.
func (c *call) key(i int) (value, bool) {
	if i >= len(c.args) {
		return value{}, false
	}
	if c.args[i].kind != kindString && c.target.dict().client {
		return value{}, false
	}
	return c.r.toText(c.args[i])
}
