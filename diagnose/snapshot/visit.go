package snapshot

import (
	"fmt"
	"reflect"
	"sort"
)

// FactRef is one fact of a snapshot, found by Facts.
type FactRef struct {
	Path  string // JSON path, such as apis[0].draft.value.methods[2].integration
	Known bool
	hide  func(Gap) (restore func())
}

// Hide makes the fact unknown, in the snapshot that Facts was given, until
// restore is called.
func (f FactRef) Hide(gap Gap) (restore func()) { return f.hide(gap) }

type hider interface{ hidden(Gap) any }

// Facts lists every fact of the snapshot, outer ones before those inside
// them, in a fixed order. It is how a test or a redaction reaches all of them.
func Facts(s *Snapshot) []FactRef {
	var refs []FactRef
	visit(reflect.ValueOf(s).Elem(), "", func(v reflect.Value) {}, &refs)
	return refs
}

// visit walks v, which set can replace as a whole when v is not addressable.
func visit(v reflect.Value, path string, set func(reflect.Value), refs *[]FactRef) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Elem(), path, nil, refs)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), fmt.Sprintf("%s[%d]", path, i), nil, refs)
		}
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, key := range keys {
			box := reflect.New(v.Type().Elem()).Elem()
			box.Set(v.MapIndex(key))
			visit(box, fmt.Sprintf("%s[%s]", path, key), func(nv reflect.Value) { v.SetMapIndex(key, nv) }, refs)
		}
	case reflect.Struct:
		if _, ok := factValueType(v.Type()); ok {
			visitFact(v, path, set, refs)
			return
		}
		for i := range v.NumField() {
			visit(v.Field(i), joinPath(path, jsonName(v.Type().Field(i))), nil, refs)
		}
	}
}

func visitFact(v reflect.Value, path string, set func(reflect.Value), refs *[]FactRef) {
	fact := v.Addr().Interface().(hider)
	*refs = append(*refs, FactRef{
		Path:  path,
		Known: v.FieldByName("known").Bool(),
		hide: func(gap Gap) func() {
			put := func(to reflect.Value) {
				v.Set(to)
				if set != nil {
					set(v)
				}
			}
			old := reflect.New(v.Type()).Elem()
			old.Set(v)
			put(reflect.ValueOf(fact.hidden(gap)))
			return func() { put(old) }
		},
	})
	// The value is not exported; go through a settable view of the same memory.
	inner := v.FieldByName("value")
	inner = reflect.NewAt(inner.Type(), inner.Addr().UnsafePointer()).Elem()
	visit(inner, path+".value", nil, refs)
}

func jsonName(f reflect.StructField) string {
	name := f.Tag.Get("json")
	for i, c := range name {
		if c == ',' {
			return name[:i]
		}
	}
	return name
}

func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
