package vtl

// listStyle tells which Java list a list is: they print differently.
type listStyle uint8

const (
	javaList  listStyle = iota // [a, b]
	jsonArray                  // compact JSON (T135)
	javaArray                  // of String.split; prints an address
)

type list struct {
	items []value
	style listStyle
}

func (r *renderer) listMethod(c *call, l *list) value {
	switch c.name {
	case "size":
		return intValue(int64(len(l.items)))
	case "isEmpty":
		return boolValue(len(l.items) == 0)
	case "get":
		if n, ok := c.integer(0); ok {
			return r.item(c, l, n)
		}
	case "contains":
		if len(c.args) == 1 {
			return boolValue(r.indexOf(l, c.args[0], true) >= 0)
		}
	case "toString":
		if len(c.args) == 0 {
			v, _ := r.toText(c.target)
			return v
		}
	}
	if l.style != javaArray {
		if v, ok := r.mutableListMethod(c, l); ok {
			return v
		}
	}
	return c.unknown()
}

func (r *renderer) mutableListMethod(c *call, l *list) (value, bool) {
	switch c.name {
	case "indexOf", "lastIndexOf":
		if len(c.args) == 1 {
			return intValue(int64(r.indexOf(l, c.args[0], c.name == "indexOf"))), true
		}
	case "add":
		if len(c.args) == 1 {
			l.items = append(l.items, r.stored(c.args[0]))
			return boolValue(true), true
		}
		if n, ok := c.integer(0); ok && len(c.args) == 2 {
			if n < 0 || n > len(l.items) {
				return c.outOfBounds(n, len(l.items)), true
			}
			r.spend(len(l.items))
			l.items = append(l.items, value{})
			copy(l.items[n+1:], l.items[n:])
			l.items[n] = r.stored(c.args[1])
			return c.void(), true
		}
	case "addAll":
		if len(c.args) == 1 {
			items, ok := r.members(c.args[0], c.ref)
			if ok && r.spend(len(items)) {
				l.items = append(l.items, items...)
				return boolValue(len(items) > 0), true
			}
		}
	case "set":
		if n, ok := c.integer(0); ok && len(c.args) == 2 {
			if n < 0 || n >= len(l.items) {
				return c.outOfBounds(n, len(l.items)), true
			}
			old := inherit(l.items[n], c.target.tr)
			l.items[n] = r.stored(c.args[1])
			return old, true
		}
	case "remove":
		if n, ok := c.integer(0); ok && len(c.args) == 1 {
			if n < 0 || n >= len(l.items) {
				return c.outOfBounds(n, len(l.items)), true
			}
			r.spend(len(l.items))
			old := inherit(l.items[n], c.target.tr)
			l.items = append(l.items[:n], l.items[n+1:]...)
			return old, true
		}
		if len(c.args) == 1 {
			n := r.indexOf(l, c.args[0], true)
			if n >= 0 {
				l.items = append(l.items[:n], l.items[n+1:]...)
			}
			return boolValue(n >= 0), true
		}
	case "clear":
		l.items = nil
		return c.void(), true
	case "subList":
		from, ok1 := c.integer(0)
		to, ok2 := c.integer(1)
		if ok1 && ok2 && len(c.args) == 2 {
			if from < 0 || to > len(l.items) || from > to {
				return c.outOfBounds(to, len(l.items)), true
			}
			if r.spend(to - from) {
				return listValue(&list{items: append([]value(nil), l.items[from:to]...)}).with(c.target.tr), true
			}
		}
	case "toJSONString":
		if l.style == jsonArray && len(c.args) == 0 {
			return r.capture(func(b *builder) { r.printJSON(b, c.target, 0) }), true
		}
	case "equals":
		if len(c.args) == 1 {
			return boolValue(c.args[0].kind == kindList && r.equal(c.target, c.args[0])), true
		}
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
		if x.kind == v.kind && (x.isNull() || r.equal(x, v)) {
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
