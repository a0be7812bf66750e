package snapshot

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
)

var (
	snapshotType = reflect.TypeFor[Snapshot]()
	gapType      = reflect.TypeFor[Gap]()
	originType   = reflect.TypeFor[Origin]()
)

// misfit finds the first member of a decoded document that does not fit the Go
// type, and says what was expected there. encoding/json reports no path for
// what fails below a Fact, and an error without a place is of no use in a file
// of thousands of lines.
func misfit(doc any, t reflect.Type, path string) (where, problem string) {
	if t.Kind() == reflect.Pointer {
		if doc == nil {
			return "", ""
		}
		return misfit(doc, t.Elem(), path)
	}
	if inner, ok := factValueType(t); ok {
		return misfitFact(doc, inner, path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return misfitStruct(doc, t, path)
	case reflect.Map:
		object, ok := doc.(map[string]any)
		if !ok && doc != nil {
			return path, "expected an object, found " + describe(doc)
		}
		for _, name := range sortedNames(object) {
			if where, problem = misfit(object[name], t.Elem(), path+"["+name+"]"); problem != "" {
				return where, problem
			}
		}
	case reflect.Slice:
		list, ok := doc.([]any)
		if !ok && doc != nil {
			return path, "expected a list, found " + describe(doc)
		}
		for i, item := range list {
			if where, problem = misfit(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i)); problem != "" {
				return where, problem
			}
		}
	default:
		if !scalarFits(doc, t) {
			return path, fmt.Sprintf("expected a %s, found %s", kindName(t), describe(doc))
		}
	}
	return "", ""
}

func misfitStruct(doc any, t reflect.Type, path string) (where, problem string) {
	object, ok := doc.(map[string]any)
	if !ok {
		return path, "expected an object, found " + describe(doc)
	}
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = t.Field(i).Type
	}
	for _, name := range sortedNames(object) {
		at := strings.TrimPrefix(path+"."+name, ".")
		ft, ok := fields[name]
		if !ok {
			return at, "no such member in this version of the format"
		}
		if where, problem = misfit(object[name], ft, at); problem != "" {
			return where, problem
		}
	}
	return "", ""
}

func misfitFact(doc any, inner reflect.Type, path string) (where, problem string) {
	object, ok := doc.(map[string]any)
	if !ok {
		return path, `expected a fact (an object with "value" or "unknown"), found ` + describe(doc)
	}
	value, hasValue := object["value"]
	unknown, hasUnknown := object["unknown"]
	if hasValue == hasUnknown {
		return path, `a fact needs either "value" or "unknown"`
	}
	for _, name := range sortedNames(object) {
		switch name {
		case "value":
			where, problem = misfit(value, inner, path+".value")
		case "unknown":
			if where, problem = misfit(unknown, gapType, path+".unknown"); problem == "" {
				reason, _ := unknown.(map[string]any)["reason"].(string)
				if !Reason(reason).valid() {
					return path + ".unknown.reason", fmt.Sprintf("%q, expected one of %s", reason, reasonList())
				}
			}
		case "origin":
			where, problem = misfit(object[name], originType, path+".origin")
		default:
			return path + "." + name, "no such member in this version of the format"
		}
		if problem != "" {
			return where, problem
		}
	}
	return "", ""
}

// factValueType returns T when t is Fact[T].
func factValueType(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct || t.PkgPath() != snapshotType.PkgPath() || !strings.HasPrefix(t.Name(), "Fact[") {
		return nil, false
	}
	field, ok := t.FieldByName("value")
	return field.Type, ok
}

func scalarFits(doc any, t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String:
		_, ok := doc.(string)
		return ok
	case reflect.Bool:
		_, ok := doc.(bool)
		return ok
	case reflect.Int:
		n, ok := doc.(float64)
		return ok && n == float64(int(n))
	case reflect.Float64:
		_, ok := doc.(float64)
		return ok
	}
	return false
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	}
	return "string"
}

func describe(doc any) string {
	switch v := doc.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	default:
		return fmt.Sprintf("%v", v)
	}
}

func sortedNames(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
