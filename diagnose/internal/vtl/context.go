package vtl

import (
	"maps"
	"slices"
)

// ContextValues is what $context offers, fixed before rendering. It may be shared
// by renderings of one goroutine.
type ContextValues struct {
	values func() map[string]any
	made   *dict // nil until a template reads $context
}

// NewContext builds $context from nested maps: the values are strings, bools,
// numbers, []any and map[string]any; anything else is left out. Members come
// in alphabetical order, as API Gateway lists them (T144). requestOverride and
// responseOverride are added by the rendering.
func NewContext(values map[string]any) *ContextValues {
	return LazyContext(func() map[string]any { return values })
}

// LazyContext is NewContext for values that are made when a template reads them.
func LazyContext(values func() map[string]any) *ContextValues { return &ContextValues{values: values} }

func (c *ContextValues) root() *dict {
	if c.made == nil {
		c.made = contextDict(c.values(), "context:", 0)
	}
	return c.made
}

const maxContextDepth = 20

func contextDict(values map[string]any, source string, depth int) *dict {
	d := &dict{hidden: true, origin: OriginContext, source: source}
	for _, k := range slices.Sorted(maps.Keys(values)) {
		if v, ok := contextValue(values[k], source+k, depth); ok {
			d.put(k, nil, v)
		}
	}
	return d
}

func contextValue(x any, source string, depth int) (value, bool) {
	switch x := x.(type) {
	case string:
		return stringValue(x, nil), true
	case bool:
		return boolValue(x), true
	case int:
		return intValue(int64(x)), true
	case int64:
		return intValue(x), true
	case float64:
		return floatValue(x), true
	case map[string]any:
		if depth < maxContextDepth {
			return mapValue(contextDict(x, source+".", depth+1)), true
		}
	case []any:
		if depth < maxContextDepth {
			l := &list{}
			for _, e := range x {
				if v, ok := contextValue(e, source, depth+1); ok {
					l.items = append(l.items, v)
				}
			}
			return listValue(l), true
		}
	}
	return value{}, false
}

// newContext copies $context for one rendering, which may write to it, and
// adds the overrides with their maps (T144).
func (r *renderer) newContext() *dict {
	d := &dict{hidden: true, origin: OriginContext, source: "context:"}
	if r.in.Context != nil {
		d = copyDict(r.in.Context.root())
	}
	d.put("requestOverride", nil, mapValue(r.in.RequestOverride.dict("requestOverride", "path", "header", "querystring")))
	d.put("responseOverride", nil, mapValue(r.in.ResponseOverride.dict("responseOverride", "header")))
	slices.SortStableFunc(d.entries, func(a, b dictEntry) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return 0
	})
	d.reindex()
	return d
}

func copyDict(d *dict) *dict {
	c := *d
	c.entries = slices.Clone(d.entries)
	for i := range c.entries {
		if sub := c.entries[i].value.dict(); sub != nil {
			c.entries[i].value.obj = copyDict(sub)
		}
		if l := c.entries[i].value.list(); l != nil {
			c.entries[i].value.obj = &list{items: slices.Clone(l.items)}
		}
	}
	c.reindex()
	return &c
}

// dict makes the map that a template sees.
func (o *Override) dict(name string, parts ...string) *dict {
	d := &dict{hidden: true, origin: OriginContext, source: "context:" + name + "."}
	for _, part := range parts {
		sub := &dict{hidden: true, origin: OriginContext, source: "context:" + name + "." + part + "."}
		if o != nil {
			for _, p := range map[string]Pairs{"header": o.Header, "querystring": o.QueryString, "path": o.Path}[part] {
				sub.put(p.Name, nil, stringValue(p.Value, nil))
			}
		}
		d.put(part, nil, mapValue(sub))
	}
	if o == nil {
		return d
	}
	if o.Status != "" {
		d.put("status", nil, stringValue(o.Status, nil))
	}
	for _, p := range o.Custom {
		d.put(p.Name, nil, stringValue(p.Value, nil))
	}
	return d
}

// overridesOut reads the overrides after the rendering.
func (r *renderer) overridesOut() (request, response *Override) {
	if r.context == nil {
		return r.in.RequestOverride.clone(), r.in.ResponseOverride.clone()
	}
	return r.overrideOut("requestOverride", r.in.RequestOverride), r.overrideOut("responseOverride", r.in.ResponseOverride)
}

func (o *Override) clone() *Override {
	if o == nil {
		return &Override{}
	}
	c := *o
	return &c
}

func (r *renderer) overrideOut(name string, before *Override) *Override {
	o := &Override{}
	d := r.context.at(name).dict()
	if d == nil {
		return o
	}
	if before == nil {
		before = o
	}
	for i := range d.entries {
		e := &d.entries[i]
		switch e.key {
		case "header":
			o.Header = r.pairs(e.value.dict(), before.Header)
		case "querystring":
			o.QueryString = r.pairs(e.value.dict(), before.QueryString)
		case "path":
			o.Path = r.pairs(e.value.dict(), before.Path)
		case "status":
			if v, ok := r.toText(e.value); ok {
				o.Status = v.str
			}
		default:
			o.Custom = append(o.Custom, r.pair(e, before.Custom))
		}
	}
	return o
}

func (r *renderer) pairs(d *dict, before Pairs) Pairs {
	if d == nil {
		return nil
	}
	var out Pairs
	for i := range d.entries {
		out = append(out, r.pair(&d.entries[i], before))
	}
	return out
}

// pair is one member of an override; a value carried over from an earlier
// template keeps its history.
func (r *renderer) pair(e *dictEntry, before Pairs) Pair {
	v, _ := r.toText(e.value)
	p := Pair{Name: e.key, Value: v.str}
	if !r.track || v.str == "" {
		return p
	}
	if v.tr == nil {
		for _, b := range before {
			if b.Name == p.Name && b.Value == p.Value {
				p.Spans = b.Spans
			}
		}
	}
	if p.Spans == nil {
		runs := []run{{end: len(v.str)}}
		if v.tr != nil && v.tr.runs != nil {
			runs = v.tr.runs
		} else if v.tr != nil {
			runs[0].mark = v.tr.mark
		}
		p.Spans = spans(runs)
	}
	return p
}

// noteOverride doubts an override that is set a second time: documented to
// fail with 5XX, never recorded (T143).
func (r *renderer) noteOverride(n *setNode) {
	if r.overrides[n.path] {
		r.doubt(n.at, DoubtOverrideTwice, quote("$context."+n.path)+" is set more than once, which API Gateway documents to fail")
		return
	}
	if r.overrides == nil {
		r.overrides = map[string]bool{}
	}
	r.overrides[n.path] = true
}

// stringDict makes a map of plain strings in alphabetical order.
func stringDict(values map[string]string, origin Origin, source string) *dict {
	d := &dict{origin: origin, source: source, client: origin == OriginClient}
	if len(values) == 0 {
		return d
	}
	d.entries = make([]dictEntry, 0, len(values))
	for _, k := range slices.Sorted(maps.Keys(values)) {
		d.put(k, nil, stringValue(values[k], nil))
	}
	return d
}
