package vtl

import "slices"

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
	if _, absent := v.obj.(*absence); absent && v.kind == kindString {
		r.noteEmpty(ref, v, InOutput) // the "" of $input.json for a member that is not there (T137)
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
		if c.target.isChar() {
			v = r.scalarMethod(c, c.target)
		} else {
			v = r.stringMethod(c, c.target)
		}
	case kindList:
		v = r.listMethod(c, c.target.list())
	case kindMap:
		v = r.mapMethod(c, c.target.dict())
	case kindObject:
		v = r.objectMethod(c)
	default:
		v = r.scalarMethod(c, c.target)
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
		_, absent := c.args[i].obj.(*absence)
		if ref, ok := e.(*reference); ok && (c.args[i].isEmpty() || absent) {
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
			if name == "value" {
				return r.member(o.dict, o.key, o.outer, ref, i)
			}
		case inputObject:
			if name == "body" {
				return r.bodyText(ref)
			}
		}
	}
	if target.kind != kindMap {
		if v, ok := r.getter(ref, i, target, name); ok {
			return v
		}
	}
	return absent(UnknownMethod, "property "+name+" of "+ref.upTo(i-1))
}

func (r *renderer) indexed(ref *reference, i int, target, index value) value {
	c := call{r: r, ref: ref, step: i, target: target, name: "get"}
	c.args = append(c.space[:0], index)
	switch target.kind {
	case kindList:
		if n, ok := c.integer(0); ok && !target.list().isView() {
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
	if n, ok := c.integer(0); ok && n < 0 && target.class() != "" && !javaHas(target.class(), "size", nil) {
		r.fail(ref.upTo(i)+": a negative index of a value that has no size", false)
		return value{}
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
		case c.name == "equals" && len(c.args) == 1:
			other, ok := c.args[0].obj.(*mapEntry)
			return boolValue(ok && other.key == o.key && r.same(o.dict.at(o.key), other.dict.at(other.key)))
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

// unknown ends the rendering as unknown when the value's Java class has the
// method, which is not modelled here. Where it has none, the call is null and
// prints nothing, as other references to null do (T130, T133); Velocity 1.7
// would print its source.
func (c *call) unknown() value {
	if class := c.target.class(); javaHas(class, c.name, c.args) {
		c.r.fail("what Java's "+class+"."+c.name+" gives is not known here", true)
		return value{}
	}
	plain := func(params []string) bool { return len(params) == 0 }
	if len(c.args) > 0 && slices.ContainsFunc(methodTable()[javaMethod{c.target.class(), c.name}], plain) {
		// Velocity 1.7 takes a method without parameters for one that fits.
		c.r.fail(c.ref.upTo(c.step)+": the method takes no such arguments", false)
		return value{}
	}
	c.r.doubt(c.ref.at, DoubtNoMethod, c.ref.upTo(c.step)+" names no method that the value has; Velocity 1.7 prints the reference, API Gateway is taken to print nothing")
	return absent(UnknownMethod, "method "+c.name+" of "+c.ref.upTo(c.step-1))
}

// void is the value of a call of a method without a result: "" in Velocity 1.7.
func (c *call) void() value { return value{kind: kindString, obj: nothing} }

// orVoid is v; null, as of the first put of a key, is nothing to report.
func (c *call) orVoid(v value) value {
	if v.isNull() {
		return value{obj: nothing}
	}
	return v
}

func (c *call) outOfBounds(n, size int) value {
	c.r.fail(c.ref.upTo(c.step)+": index "+intValue(int64(n)).scalar()+" of "+intValue(int64(size)).scalar()+" members", false)
	return value{}
}

// integer is an argument that Java takes for an int.
func (c *call) integer(i int) (int, bool) {
	if i >= len(c.args) || c.args[i].class() != "Integer" {
		return 0, false
	}
	return int(c.args[i].num), true
}

// text is an argument that is a string.
func (c *call) text(i int) (string, bool) {
	if i >= len(c.args) || c.args[i].kind != kindString || c.args[i].isChar() {
		return "", false
	}
	return c.args[i].str, true
}

// key is an argument as a map key. Keys are texts here; client JSON has no others.
func (c *call) key(i int) (value, bool) {
	if i >= len(c.args) || c.args[i].isChar() { // a Character equals no text
		return value{}, false
	}
	return c.r.toText(c.args[i])
}
