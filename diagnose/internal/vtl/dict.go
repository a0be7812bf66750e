package vtl

import (
	"slices"
	"strings"
)

// dict is a map in insertion order, as Java's LinkedHashMap. Keys are texts.
type dict struct {
	entries []dictEntry
	changes int            // how often the number of entries changed
	index   map[string]int // built when there are many entries
	client  bool           // an object of client JSON, or a map of client parameters
	hidden  bool           // prints nothing: the maps of $context (T144)
	origin  Origin         // of members, with source, for $context and the like
	source  string         // "context:identity." and so on; empty for plain maps
}

type dictEntry struct {
	key   string
	trace *trace
	value value
}

const indexAbove = 8

func (d *dict) find(key string) int {
	if d.index != nil {
		if i, ok := d.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if d.entries[i].key == key {
			return i
		}
	}
	return -1
}

func (d *dict) at(key string) value {
	if i := d.find(key); i >= 0 {
		return d.entries[i].value
	}
	return value{}
}

// put sets a member and returns the old value.
func (d *dict) put(key string, t *trace, v value) value {
	if i := d.find(key); i >= 0 {
		old := d.entries[i].value
		d.entries[i].value = v
		return old
	}
	d.changes++
	d.entries = append(d.entries, dictEntry{key: key, trace: t, value: v})
	switch n := len(d.entries); {
	case d.index != nil:
		d.index[key] = n - 1
	case n > indexAbove:
		d.reindex()
	}
	return value{}
}

func (d *dict) reindex() {
	d.index = nil
	if len(d.entries) > indexAbove {
		d.index = make(map[string]int, len(d.entries)*2)
		for i := range d.entries {
			d.index[d.entries[i].key] = i
		}
	}
}

func (d *dict) remove(key string) value {
	i := d.find(key)
	if i < 0 {
		return value{}
	}
	old := d.entries[i].value
	d.changes++
	d.entries = append(d.entries[:i], d.entries[i+1:]...)
	d.reindex()
	return old
}

// mapEntry is one member of entrySet().
type mapEntry struct {
	key      string
	keyTrace *trace
	dict     *dict
	outer    *trace     // the history of the map
	ref      *reference // what made the entry
}

// member reads a member of a map. It gives the members of $context and the
// like their history, and those of a JSON document the document's.
func (r *renderer) member(d *dict, key string, outer *trace, ref *reference, upTo int) value {
	i := d.find(key)
	if i < 0 {
		return value{obj: d.absence(key, ref, upTo)}
	}
	_, v := r.entry(d, i, outer, ref)
	if v.isEmpty() && v.obj == nil {
		v.obj = d.absence(key, ref, upTo)
	}
	return v
}

// entry is the history of a member's key, and the member. Keys of client data
// are the client's too; those of $context are API Gateway's.
func (r *renderer) entry(d *dict, i int, outer *trace, ref *reference) (*trace, value) {
	e := &d.entries[i]
	key, v := e.trace, e.value
	if !r.track {
		return nil, v
	}
	if key == nil {
		key = outer
		if d.source != "" && d.origin == OriginClient {
			key = r.readMark(ref, d.origin, d.source, e.key)
		}
	}
	if v.tr == nil {
		v.tr = outer
		if d.source != "" && v.kind != kindMap && v.kind != kindList {
			v.tr = r.readMark(ref, d.origin, d.source, e.key)
		}
	}
	return key, v
}

// absence says why a member of the map is missing or empty.
func (d *dict) absence(key string, ref *reference, upTo int) *absence {
	kind, prefix, _ := strings.Cut(d.source, ":")
	a := &absence{reason: AbsentClientValue, subject: kind + " " + prefix + key}
	switch kind {
	case "":
		a.subject = "value " + ref.upTo(upTo)
		if !d.client {
			a.reason = NullValue
		}
	case "context":
		a.reason = AbsentContextValue
	case "stageVariable":
		a.reason, a.subject = AbsentStageVariable, "stage variable "+key
	case "query", "path":
		a.subject = kind + " parameter " + key
	}
	return a
}

func (r *renderer) mapMethod(c *call, d *dict) value {
	if !javaHas("Map", c.name, c.args) {
		return c.unknown()
	}
	if r.ofNull(c) {
		return value{}
	}
	out, ok := r.wholeMapMethod(c, d)
	if !ok && !r.halted() {
		out, ok = r.keyMapMethod(c, d)
	}
	if ok || r.halted() {
		return out
	}
	return c.unknown()
}

// wholeMapMethod is a method of the map as a whole.
func (r *renderer) wholeMapMethod(c *call, d *dict) (value, bool) {
	switch c.name {
	case "size":
		return intValue(int64(len(d.entries))), true
	case "isEmpty":
		return boolValue(len(d.entries) == 0), true
	case "keySet", "values", "entrySet":
		return r.view(c, d), true
	case "clear":
		d.changes++
		d.entries, d.index = nil, nil
		return c.void(), true
	case "clone":
		copied := &dict{client: d.client, hidden: d.hidden, origin: d.origin, source: d.source, entries: slices.Clone(d.entries)}
		copied.reindex()
		return mapValue(copied).with(c.target.tr), true
	case "toString":
		return r.toText(c.target)
	case "putAll":
		from := c.args[0].dict()
		for i := 0; i < len(from.entries) && r.spend(1); i++ {
			key, v := r.entry(from, i, c.args[0].tr, c.ref)
			r.putMember(c, d, from.entries[i].key, key, v)
		}
		return c.void(), true
	case "equals":
		return boolValue(r.same(c.args[0], c.target)), true
	case "containsValue":
		found := false
		for i := 0; i < len(d.entries) && !found && r.spend(1); i++ {
			found = r.same(d.entries[i].value, c.args[0])
		}
		return boolValue(found), true
	}
	return value{}, false
}

// keyMapMethod is a method of one key; a null key is in no map that can be
// known.
func (r *renderer) keyMapMethod(c *call, d *dict) (value, bool) {
	key, ok := c.key(0)
	if !ok {
		switch c.name {
		case "containsKey":
			return boolValue(false), len(c.args) == 1
		case "get", "remove":
			return value{}, len(c.args) == 1
		case "getOrDefault":
			return c.args[1], true
		}
		return value{}, false
	}
	has := d.find(key.str) >= 0
	old := func() value { return r.member(d, key.str, c.target.tr, c.ref, c.step) }
	last := c.args[len(c.args)-1]
	switch c.name {
	case "get":
		return old(), true
	case "containsKey":
		return boolValue(has), true
	case "remove":
		r.spend(len(d.entries))
		if len(c.args) == 2 {
			has = has && r.same(d.at(key.str), last)
			if has {
				d.remove(key.str)
			}
			return boolValue(has), true
		}
		return c.orVoid(inherit(d.remove(key.str), c.target.tr)), true
	case "put":
		return c.orVoid(r.putMember(c, d, key.str, key.tr, last)), true
	case "getOrDefault":
		if !has {
			return last, true
		}
		return old(), true
	case "putIfAbsent":
		if !has || d.at(key.str).isNull() {
			return c.orVoid(r.putMember(c, d, key.str, key.tr, last)), true
		}
		return old(), true
	case "replace":
		if len(c.args) == 3 {
			if has = has && r.same(d.at(key.str), c.args[1]); has {
				r.putMember(c, d, key.str, key.tr, last)
			}
			return boolValue(has), true
		}
		if !has {
			return value{obj: nothing}, true
		}
		return c.orVoid(r.putMember(c, d, key.str, key.tr, last)), true
	}
	return value{}, false
}

func (r *renderer) putMember(c *call, d *dict, key string, t *trace, v value) value {
	r.spend(1)
	return inherit(d.put(key, t, r.stored(v)), c.target.tr)
}

func (r *renderer) view(c *call, d *dict) value {
	if !r.spend(len(d.entries)) {
		return value{}
	}
	l := &list{items: make([]value, len(d.entries)), style: javaSet, of: d}
	if c.name == "values" {
		l.style = javaCollection
	}
	for i := range d.entries {
		e := &d.entries[i]
		key, _ := r.entry(d, i, c.target.tr, c.ref)
		switch c.name {
		case "keySet":
			l.items[i] = stringValue(e.key, key)
		case "values":
			l.items[i] = r.member(d, e.key, c.target.tr, c.ref, c.step)
		default:
			l.items[i] = objectValue(&mapEntry{key: e.key, keyTrace: key, dict: d, outer: c.target.tr, ref: c.ref})
		}
	}
	return listValue(l)
}
