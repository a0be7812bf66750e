package vtl

import "slices"

// listStyle tells which Java list a list is: they print differently.
type listStyle uint8

const (
	javaList       listStyle = iota // [a, b]
	jsonArray                       // compact JSON (T135)
	javaArray                       // of String.split; prints an address
	javaSet                         // keySet and entrySet of a map
	javaCollection                  // values of a map
)

type list struct {
	items   []value
	style   listStyle
	changes int   // how often the number of items changed
	of      *dict // the map that this is a view of
}

// isView tells a copy of a map's view, which has no positions.
func (l *list) isView() bool { return l.style >= javaSet }

func (r *renderer) listMethod(c *call, l *list) value {
	if c.name == "toJSONString" && l.style == jsonArray && len(c.args) == 0 {
		return r.capture(func(b *builder) { r.printJSON(b, c.target, 0) })
	}
	if !javaHas(c.target.class(), c.name, c.args) {
		return c.unknown()
	}
	if r.ofNull(c) {
		return value{}
	}
	out, ok := r.readingListMethod(c, l)
	if !ok && !l.isView() && !r.halted() {
		out, ok = r.positionListMethod(c, l)
	}
	if !ok && l.style <= jsonArray && !r.halted() {
		out, ok = r.mutableListMethod(c, l)
	}
	if ok || r.halted() {
		return out
	}
	return c.unknown()
}

// readingListMethod is a method that every collection has.
func (r *renderer) readingListMethod(c *call, l *list) (value, bool) {
	switch c.name {
	case "size":
		return intValue(int64(len(l.items))), true
	case "isEmpty":
		return boolValue(len(l.items) == 0), true
	case "contains":
		return boolValue(r.indexOf(l, c.args[0], true) >= 0), true
	case "containsAll":
		for _, x := range c.args[0].list().items {
			if r.indexOf(l, x, true) < 0 {
				return boolValue(false), true
			}
		}
		return boolValue(true), true
	case "toString":
		v, _ := r.toText(c.target)
		return v, true
	}
	return value{}, false
}

// positionListMethod is a method of lists and arrays that changes at most the
// members, not their number.
func (r *renderer) positionListMethod(c *call, l *list) (value, bool) {
	n, isInt := c.integer(0)
	switch c.name {
	case "get":
		return r.item(c, l, n), true
	case "indexOf", "lastIndexOf":
		return intValue(int64(r.indexOf(l, c.args[0], c.name == "indexOf"))), true
	case "set":
		if n < 0 || n >= len(l.items) {
			return c.outOfBounds(n, len(l.items)), true
		}
		if l.style == javaArray && c.args[1].class() != "String" {
			return value{}, false
		}
		old := inherit(l.items[n], c.target.tr)
		l.items[n] = r.stored(c.args[1])
		return old, true
	case "subList":
		to, ok := c.integer(1)
		if !ok || !isInt {
			return value{}, false
		}
		if n < 0 || to > len(l.items) || n > to {
			return c.outOfBounds(to, len(l.items)), true
		}
		if r.spend(to - n) {
			return listValue(&list{items: append([]value(nil), l.items[n:to]...)}).with(c.target.tr), true
		}
	case "equals":
		if l.style == javaArray {
			return value{}, false
		}
		return boolValue(r.same(c.args[0], c.target)), true
	}
	return value{}, false
}

func (r *renderer) mutableListMethod(c *call, l *list) (value, bool) {
	last := value{}
	if len(c.args) > 0 {
		last = c.args[len(c.args)-1]
	}
	switch c.name {
	case "add", "addAll":
		var items []value
		if c.name == "add" {
			items = []value{r.stored(last)}
		} else {
			items, _ = r.members(last, c.ref)
		}
		at := len(l.items)
		if len(c.args) == 2 {
			at, _ = c.integer(0)
			if at < 0 || at > len(l.items) {
				return c.outOfBounds(at, len(l.items)), true
			}
			r.spend(len(l.items))
		}
		if !r.spend(len(items)) {
			return value{}, true
		}
		l.changes++
		l.items = slices.Insert(l.items, at, items...)
		if c.name == "add" && len(c.args) == 2 {
			return c.void(), true
		}
		return boolValue(len(items) > 0), true
	case "remove":
		n, isIndex := c.integer(0)
		if !isIndex {
			if n = r.indexOf(l, last, true); n < 0 {
				return boolValue(false), true
			}
		}
		if n < 0 || n >= len(l.items) {
			return c.outOfBounds(n, len(l.items)), true
		}
		r.spend(len(l.items))
		old := inherit(l.items[n], c.target.tr)
		l.changes++
		l.items = slices.Delete(l.items, n, n+1)
		if !isIndex {
			return boolValue(true), true
		}
		return old, true
	case "removeAll", "retainAll":
		with, before := last.list(), len(l.items)
		l.items = slices.DeleteFunc(l.items, func(x value) bool { return (r.indexOf(with, x, true) >= 0) == (c.name == "removeAll") })
		if len(l.items) != before {
			l.changes++
		}
		return boolValue(len(l.items) != before), true
	case "clear":
		l.changes++
		l.items = nil
		return c.void(), true
	case "ensureCapacity", "trimToSize":
		return c.void(), true
	case "clone":
		return listValue(&list{items: slices.Clone(l.items), style: l.style}).with(c.target.tr), true
	}
	return value{}, false
}

// item is a list member by index, with the list's history.
func (r *renderer) item(c *call, l *list, n int) value {
	if n < 0 || n >= len(l.items) {
		return c.outOfBounds(n, len(l.items))
	}
	v := inherit(l.items[n], c.target.tr)
	if v.isEmpty() && v.obj == nil {
		v.obj = &absence{reason: NullValue, subject: "value " + c.ref.upTo(c.step)}
	}
	return v
}

func (r *renderer) indexOf(l *list, v value, first bool) int {
	if !r.spend(len(l.items)) {
		return -1
	}
	at := -1
	for i := range l.items {
		x := l.items[i]
		if r.same(x, v) {
			if at = i; first {
				break
			}
		}
	}
	return at
}

// stored is a value as a member of a collection: template text gets a mark of
// its own, so that it never inherits the history of a JSON document.
func (r *renderer) stored(v value) value {
	if r.track && v.tr == nil {
		v.tr = &r.templateMark().all
	}
	return v
}

// members lists what a #foreach runs over: lists, map values, nothing else.
func (r *renderer) members(v value, ref *reference) ([]value, bool) {
	switch v.kind {
	case kindList:
		l := v.list()
		if v.tr == nil {
			return l.items, true
		}
		if !r.spend(len(l.items)) {
			return nil, false
		}
		out := make([]value, len(l.items))
		for i, x := range l.items {
			out[i] = inherit(x, v.tr)
		}
		return out, true
	case kindMap:
		d := v.dict()
		if !r.spend(len(d.entries)) {
			return nil, false
		}
		out := make([]value, len(d.entries))
		for i := range d.entries {
			out[i] = r.member(d, d.entries[i].key, v.tr, ref, -1)
		}
		return out, true
	}
	return nil, false
}

// changes counts how often the number of members of what v iterates over changed.
func (v value) changes() int {
	switch l, d := v.list(), v.dict(); {
	case v.kind == kindMap:
		return d.changes
	case v.kind == kindList && l.of != nil:
		return l.of.changes
	case v.kind == kindList:
		return l.changes
	}
	return 0
}
