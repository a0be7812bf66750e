package vtl

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// javaMethods lists the public methods of the classes that values of a template
// have, as Velocity 1.7 finds them: class, method, parameters, and whether this
// package models the method. The first three columns come from reflection on
// Java 17, the fourth from running each method (TestJavaMethodTable -update).
// Classes that Velocity's own wrapper stands for are Array (of String.split),
// Set and Collection (the views of a map).
//
//go:embed java_methods.txt
var javaMethods string

type javaMethod struct{ class, name string }

// methodTable holds the parameter lists of each method's overloads.
var methodTable = sync.OnceValue(func() map[javaMethod][][]string {
	table := map[javaMethod][][]string{}
	for line := range strings.Lines(javaMethods) {
		f := strings.Fields(line)
		if len(f) != 4 || f[0] == "#" {
			continue
		}
		var params []string
		if f[2] != "-" {
			params = strings.Split(f[2], ",")
		}
		m := javaMethod{f[0], f[1]}
		table[m] = append(table[m], params)
	}
	return table
})

// javaLong marks an integer that is a java.lang.Long though it would fit into
// an Integer.
var javaLong = &struct{ name string }{"Long"}

func longValue(n int64) value { return value{kind: kindInt, num: n, obj: javaLong} }

// charValue is a java.lang.Character: it prints as text, and is none.
func charValue(s string, t *trace) value { return value{kind: kindString, str: s, tr: t, num: 1} }

func (v value) isChar() bool { return v.kind == kindString && v.num == 1 }

// class is the name of the value's Java class in the table; empty for API
// Gateway's own objects, whose classes nobody knows.
func (v value) class() string {
	switch v.kind {
	case kindBool:
		return "Boolean"
	case kindInt:
		if v.obj == javaLong || v.num != int64(int32(v.num)) {
			return "Long"
		}
		return "Integer"
	case kindFloat:
		return "Double"
	case kindBig:
		return "BigInteger"
	case kindString:
		if v.isChar() {
			return "Character"
		}
		return "String"
	case kindList:
		return [...]string{javaList: "List", jsonArray: "List", javaArray: "Array", javaSet: "Set", javaCollection: "Collection"}[v.list().style]
	case kindMap:
		return "Map"
	}
	if _, ok := v.obj.(*mapEntry); ok {
		return "Entry"
	}
	return ""
}

// javaHas tells whether a Java class has a method that takes these arguments.
func javaHas(class, method string, args []value) bool {
	return slices.ContainsFunc(methodTable()[javaMethod{class, method}], func(params []string) bool {
		last := len(params) - 1
		if len(params) != len(args) || last >= 0 && !accepts(params[last], args[last]) {
			// An array at the end takes its members, however many.
			if last < 0 || len(args) < last {
				return false
			}
			member, isArray := strings.CutSuffix(strings.TrimSuffix(params[last], "..."), "[]")
			if !isArray || slices.ContainsFunc(args[last:], func(arg value) bool { return !accepts(member, arg) }) {
				return false
			}
			params = params[:last]
		}
		for i, p := range params {
			if !accepts(p, args[i]) {
				return false
			}
		}
		return true
	})
}

// accepts tells whether Velocity 1.7 passes a value for a parameter of a type:
// numbers widen, null stands for every object.
func accepts(param string, v value) bool {
	class := v.class()
	switch param {
	case "Object":
		return true
	case "int":
		return class == "Integer"
	case "long":
		return class == "Integer" || class == "Long"
	case "float":
		return class == "Integer" || class == "Long"
	case "double":
		return class == "Integer" || class == "Long" || class == "Double"
	case "boolean":
		return class == "Boolean"
	case "char":
		return class == "Character"
	case "byte", "short":
		return false
	}
	if v.isNull() {
		return true
	}
	switch param {
	case "CharSequence":
		return class == "String"
	case "Number":
		return v.isNumber()
	case "Collection", "Iterable":
		return class == "List" || class == "Set" || class == "Collection"
	case "Comparable", "Serializable":
		return v.kind != kindObject
	}
	if param = strings.TrimSuffix(param, "..."); class == "Array" {
		return param == "String[]" || param == "CharSequence[]" || param == "Object[]"
	}
	return param == class
}

// getter is a property that Velocity reads through a method: getX, then isX,
// with the first letter in capitals or not.
func (r *renderer) getter(ref *reference, i int, target value, name string) (value, bool) {

	for _, prefix := range []string{"get", "is"} {
		for _, n := range []string{strings.ToUpper(name[:1]) + name[1:], strings.ToLower(name[:1]) + name[1:]} {
			if javaHas(target.class(), prefix+n, nil) {
				return r.invoke(&call{r: r, ref: ref, step: i, target: target, name: prefix + n}, &ref.steps[i]), true
			}
		}
	}
	return value{}, false
}
