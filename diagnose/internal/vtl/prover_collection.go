package vtl

import (
	"slices"
	"strings"
)

// mutates are the methods that change a collection.
var mutates = map[string]bool{"add": true, "addAll": true, "put": true, "putAll": true, "remove": true, "set": true, "clear": true, "removeAll": true,
	"retainAll": true, "putIfAbsent": true, "replace": true, "setValue": true, "sort": true, "replaceAll": true}

// collectionStep is a step of a list or map.
func (p *prover) collectionStep(ref *reference, i int, v abstract, st *step, name string, args []abstract) abstract {
	if st.kind == stepProperty && v.kind == absList {
		switch getters := []string{"get" + strings.ToUpper(st.name[:1]) + st.name[1:], "get" + st.name}; {
		case st.name == "empty":
			return maybe.abstract()
		case st.name == "class" || slices.ContainsFunc(getters, func(m string) bool { return javaHasName("List", m) }):
			return unknownValue(ref, "what "+ref.upTo(i)+" gives cannot be told")
		}
		return known(value{}) // a list has no members with names
	}
	if step, ok := st.literalName(); ok && v.kind == absMap {
		return p.memberOf(v, step)
	}
	switch name {
	case "get", "getOrDefault":
		if a := args0(args); v.kind == absMap && a.kind == absKnown && a.known.kind == kindString {
			out := p.memberOf(v, a.known.str)
			if name == "getOrDefault" && len(args) == 2 {
				return out.join(args[1], p)
			}
			return out
		}
		if a := args0(args); v.kind == absList && !v.open && a.kind == absKnown && a.known.kind == kindInt && a.known.num >= 0 && a.known.num < int64(len(v.items)) {
			return v.items[a.known.num].value
		}
		return v.member(p).orNull(p)
	case "size", "isEmpty", "contains", "containsKey", "containsValue", "indexOf", "hasNext":
		if name != "size" && name != "indexOf" {
			return maybe.abstract()
		}
		if !v.open && name == "size" {
			return known(intValue(int64(len(v.items))))
		}
		return abstract{kind: absNumber, chunk: numberChunk(ref)}
	case "keySet":
		out := abstract{kind: absList, open: v.open, ref: v.ref}
		for _, e := range v.items {
			if e.name == nil {
				out.items = append(out.items, entry{value: known(stringValue(e.key, nil))})
			} else {
				out.items = append(out.items, entry{value: ofText(e.name)})
			}
		}
		return out
	case "values":
		out := abstract{kind: absList, open: v.open, ref: v.ref}
		for _, e := range v.items {
			out.items = append(out.items, entry{value: e.value})
		}
		return out
	case "entrySet":
		out := abstract{kind: absList, open: v.open, ref: v.ref}
		for _, e := range v.items {
			if e.name == nil {
				e.name = constText(e.key)
			}
			out.items = append(out.items, entry{value: abstract{kind: absEntry, ref: v.ref, items: abstracts{e}}})
		}
		return out
	case "toString":
		if t, ok := v.prints(p); ok {
			return ofText(t)
		}
	case "add":
		if v.kind == absList && len(args) == 1 {
			w := v
			w.items = append(slices.Clone(v.items), entry{value: args[0]})
			if len(w.items) > 24 {
				w.open, w.items = true, abstracts{{value: w.member(p)}}
			}
			p.change(v, w)
			return known(boolValue(true))
		}
	case "put", "putIfAbsent":
		if v.kind == absMap && len(args) == 2 {
			old := known(value{})
			if key, ok := p.keyOf(args[0]); ok {
				old = p.memberOf(v, key)
			} else {
				old = v.member(p).join(old, p)
			}
			p.change(v, p.put(v, args[0], args[1]))
			return old
		}
	}
	if mutates[name] {
		p.change(v, unknownValue(ref, ref.upTo(i)+" is not followed"))
	}
	return unknownValue(ref, "what "+ref.upTo(i)+" gives cannot be told")
}

// change gives every name of a collection its new content.
func (p *prover) change(old, now abstract) {
	if old.id == 0 {
		p.stop(old.ref, "a collection that has no name is changed")
		return
	}
	now.id = old.id
	for i := range p.vars {
		p.vars[i] = p.vars[i].renewed(old.id, now, 0)
	}
}

func (a abstract) renewed(id int, now abstract, depth int) abstract {
	if a.id == id {
		now.null = a.null
		return now
	}
	if len(a.items) > 0 && depth < 8 && (a.kind == absList || a.kind == absMap) {
		items := slices.Clone(a.items)
		for i := range items {
			items[i].value = items[i].value.renewed(id, now, depth+1)
		}
		a.items = items
	}
	return a
}

func (p *prover) keyOf(a abstract) (string, bool) {
	if a.kind != absKnown || a.known.isNull() {
		return "", false
	}
	return p.print(a.known)
}

// memberOf is a member of a map by name.
func (p *prover) memberOf(v abstract, key string) abstract {
	out, has := known(value{}), false
	for _, e := range v.items {
		if e.name == nil && e.key == key {
			out, has = e.value, true
		}
	}
	for _, e := range v.items {
		if e.name != nil || v.open && !has {
			out = out.join(e.value, p)
			if !has {
				out = out.orNull(p)
			}
		}
	}
	return out
}

// put is a map with a member more.
func (p *prover) put(m, key, v abstract) abstract {
	m.items = slices.Clone(m.items)
	if k, ok := p.keyOf(key); ok {
		for i := range m.items {
			if m.items[i].name == nil && m.items[i].key == k {
				m.items[i].value = v
				return m
			}
		}
		m.items = append(m.items, entry{key: k, value: v})
	} else if t, ok := key.prints(p); ok {
		m.open = true
		m.items = append(m.items, entry{name: t, value: v})
	} else {
		return unknownValue(key.ref, "a key that cannot be told")
	}
	if len(m.items) > 24 {
		m.items, m.open = abstracts{{name: m.names(), value: m.member(p)}}, true
	}
	return m
}

// assign sets a member of a variable's value.
func (p *prover) assign(ref *reference, v abstract) {
	parent := p.variable(ref.slot)
	key := known(value{})
	st := &ref.steps[len(ref.steps)-1]
	if st.kind == stepProperty {
		key = known(stringValue(st.name, nil))
	} else if len(st.args) == 1 {
		key = p.eval(st.args[0])
	}
	switch {
	case parent.isNull():
		return
	case len(ref.steps) == 1 && parent.kind == absMap && parent.id != 0:
		p.change(parent, p.put(parent, key, v))
	case parent.kind == absMap || parent.kind == absList:
		p.change(parent, unknownValue(ref, "an assignment to "+ref.source+" is not followed"))
	default:
		p.setVariable(ref.slot, unknownValue(ref, "an assignment to "+ref.source+" is not followed"))
	}
}

// members lists what a #foreach runs over; open tells that there may be any
// number of each.
func (p *prover) members(v abstract) (items []abstract, open, ok bool) {
	switch v.kind {
	case absKnown:
		if v.known.kind == kindList || v.known.kind == kindMap {
			list, ok := p.r.members(v.known, noReference)
			for _, x := range list {
				items = append(items, known(x))
			}
			return items, false, ok
		}
		return nil, false, true
	case absList, absMap:
		for _, e := range v.items {
			items = append(items, e.value)
		}
		return items, v.open || v.null, true
	case absNode:
		step := p.node(v.ref, nil, false)
		if steps, ok := v.chunk.from.steps(); ok {
			step = p.node(v.ref, append(steps, anyIndex), false)
		}
		step.chunk.client, step.chunk.opaque = v.chunk.client, v.chunk.opaque
		return []abstract{step}, true, true
	case absText, absNumber, absBool:
		return nil, false, true
	}
	return nil, false, false
}
