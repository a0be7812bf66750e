package terraform

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// keys are the keys of the instances of a block: none for a single one, numbers
// of count, or the keys of for_each.
type keys struct {
	single bool
	count  bool
	list   []cty.Value // NilVal for a single one
	values []cty.Value // each.value
	index  map[string]int
	hole   *hole // why the instances are not known; nil when they are
}

// maxInstances is how many instances one block may have.
const maxInstances = 10000

// keysOf finds the instances of a block.
func (s *scope) keysOf(b *hclsyntax.Block, name string) keys {
	count, each := b.Body.Attributes["count"], b.Body.Attributes["for_each"]
	// Of a block whose number is not known, each instance and each part of it is
	// a hole; a collection with text that is not known is one too (I13).
	unknown := func(v cty.Value, a *hclsyntax.Attribute) keys {
		h := s.hole(name, "", a.SrcRange)
		h.detail = fmt.Sprintf("the instances of %s are not known: %s of %s", s.global(name), a.Name, s.ev.source(a.Expr.Range()))
		for _, from := range s.ev.holes.holesOf(v) {
			h.needs = cmp.Or(h.needs, from.needs)
		}
		return keys{hole: h}
	}
	switch {
	case count != nil:
		v := s.ev.evaluate(count.Expr, s.ctx, "count of "+s.global(name))
		n, err := convert.Convert(v, cty.Number)
		if err != nil || !n.IsKnown() || n.IsNull() {
			return unknown(v, count)
		}
		number, accuracy := n.AsBigFloat().Int64()
		if accuracy != big.Exact || number < 0 || number > maxInstances {
			s.ev.stop(errorAt(count.Expr.Range(), fmt.Sprintf("a whole number of at most %d", maxInstances), "the count of %s is %s", s.global(name), n.AsBigFloat().Text('g', 10)))
			return unknown(v, count)
		}
		k := keys{count: true, index: map[string]int{}}
		for i := range number {
			k.add(cty.NumberIntVal(i), cty.NilVal)
		}
		return k
	case each != nil:
		v := s.ev.evaluate(each.Expr, s.ctx, "for_each of "+s.global(name))
		v, _ = v.Unmark()
		if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
			return unknown(v, each)
		}
		elements := map[string]cty.Value{}
		for key, value := range v.Elements() {
			if !v.Type().IsMapType() && !v.Type().IsObjectType() {
				key = value // of a set
			}
			text, ok := plainText(key)
			if !ok || holed(text) {
				return unknown(v, each)
			}
			elements[text] = value
		}
		k := keys{index: map[string]int{}}
		for _, text := range slices.Sorted(maps.Keys(elements)) {
			k.add(cty.StringVal(text), elements[text])
		}
		return k
	}
	return keys{single: true, list: []cty.Value{cty.NilVal}, values: []cty.Value{cty.NilVal}}
}

func (k *keys) add(key, value cty.Value) {
	k.index[keyText(key)] = len(k.list)
	k.list, k.values = append(k.list, key), append(k.values, value)
}

// find returns the place of a key, -1 when there is no such instance.
func (k *keys) find(key cty.Value) int {
	t := cty.String
	if k.count {
		t = cty.Number
	}
	key, err := convert.Convert(key, t)
	if err != nil || k.single {
		return -1
	}
	if i, ok := k.index[keyText(key)]; ok {
		return i
	}
	return -1
}

// context is the context of the instance with the index.
func (k *keys) context(s *scope, i int) *hcl.EvalContext {
	if k.single {
		return s.ctx
	}
	c := s.ctx.NewChild()
	if k.count {
		c.Variables = map[string]cty.Value{"count": cty.ObjectVal(map[string]cty.Value{"index": k.list[i]})}
	} else {
		c.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": k.list[i], "value": k.values[i]})}
	}
	return c
}

// collect is the value of the block as a whole: one value, a tuple or an object.
func (k *keys) collect(n int, at func(int) cty.Value) cty.Value {
	if k.single {
		return at(0)
	}
	list, object := []cty.Value{}, map[string]cty.Value{}
	for i := range n {
		if k.count {
			list = append(list, at(i))
		} else {
			object[k.list[i].AsString()] = at(i)
		}
	}
	if k.count {
		return cty.TupleVal(list)
	}
	return cty.ObjectVal(object)
}

// keyText is a key as addresses have it: ["eu"], [0], or nothing.
func keyText(key cty.Value) string {
	switch {
	case key == cty.NilVal || key.IsNull() || !key.IsKnown():
		return ""
	case key.Type() == cty.Number:
		return "[" + key.AsBigFloat().Text('f', 0) + "]"
	case key.Type() == cty.String:
		return "[" + strconv.Quote(key.AsString()) + "]"
	}
	return ""
}

// stepText is a step of a name as it is written.
func stepText(t hcl.Traverser) string {
	switch s := t.(type) {
	case hcl.TraverseAttr:
		return "." + s.Name
	case hcl.TraverseIndex:
		return keyText(s.Key)
	}
	return "[*]"
}

// expansion is a resource or data source with its instances.
type expansion struct {
	scope     *scope
	block     *hclsyntax.Block
	keys      keys
	instances []*instance
	all       cty.Value
}

func (s *scope) expand(b *hclsyntax.Block) *expansion {
	id := resourceID(b)
	if e, ok := s.resources[id]; ok {
		return e
	}
	e := &expansion{scope: s, block: b}
	s.resources[id] = e
	e.keys = s.keysOf(b, id)
	for i, key := range e.keys.list {
		e.instances = append(e.instances, &instance{scope: s, block: b, key: key, address: s.global(id + keyText(key)), ctx: e.keys.context(s, i), values: map[string]cty.Value{}})
	}
	return e
}

func (e *expansion) at(key cty.Value) target {
	if i := e.keys.find(key); i >= 0 {
		return e.instances[i]
	}
	return nil
}

func (e *expansion) attribute(name string) (cty.Value, bool) {
	if !e.keys.single {
		return cty.NilVal, false
	}
	return e.instances[0].attribute(name)
}

func (e *expansion) whole() cty.Value {
	if e.keys.hole != nil {
		return e.keys.hole.any()
	}
	if e.all == cty.NilVal {
		e.all = e.keys.collect(len(e.instances), func(i int) cty.Value { return e.instances[i].whole() })
	}
	return e.all
}

// instance is one instance of a resource or data source.
type instance struct {
	scope   *scope
	block   *hclsyntax.Block
	key     cty.Value
	address string
	ctx     *hcl.EvalContext
	values  map[string]cty.Value
	object  cty.Value
}

func (r *instance) at(cty.Value) target { return nil }

// kind is the type of the resource; data sources are told apart by the block.
func (r *instance) kind() string { return r.block.Labels[0] }

func (r *instance) data() bool { return r.block.Type == "data" }

func (r *instance) attribute(name string) (cty.Value, bool) {
	if v, ok := r.values[name]; ok {
		return v, true
	}
	ev, global := r.scope.ev, r.address+"."+name
	for i, b := range ev.busy {
		if b == global {
			ev.stop(errorAt(r.block.TypeRange, "", "%s depends on itself: %v", global, ev.busy[i:]))
			return ev.holes.get(hole{id: global, expression: global, at: r.block.TypeRange}).any(), true
		}
	}
	ev.busy = append(ev.busy, global)
	v := r.compute(name)
	ev.busy = ev.busy[:len(ev.busy)-1]
	r.values[name] = v
	return v, true
}

// compute finds the value of an attribute: what the configuration says, else
// what AWS makes of it, else what nothing says.
func (r *instance) compute(name string) cty.Value {
	given, ok := r.configured(name)
	if ok && (!given.IsKnown() || !given.IsNull()) {
		return given
	}
	if v, ok := r.derive(name); ok {
		return v
	}
	if ok {
		return given
	}
	return r.hole(name).any()
}

// hole is an attribute that only AWS knows.
func (r *instance) hole(name string) *hole {
	return r.scope.ev.holes.get(hole{id: r.address + "." + name, expression: r.address + "." + name, at: r.block.TypeRange})
}

// configured is the value of an argument or of the blocks of a kind.
func (r *instance) configured(name string) (cty.Value, bool) {
	if a, ok := r.block.Body.Attributes[name]; ok {
		return r.scope.ev.evaluate(a.Expr, r.ctx, r.address+"."+name), true
	}
	for _, b := range r.block.Body.Blocks {
		if blockKind(b) == name {
			return r.scope.ev.blocks(r.block.Body, name, r.ctx, r.address), true
		}
	}
	return cty.NilVal, false
}

// whole is the resource as a value: its arguments and what is derived from them.
func (r *instance) whole() cty.Value {
	if r.object != cty.NilVal {
		return r.object
	}
	values := map[string]cty.Value{}
	for name := range r.block.Body.Attributes {
		if !metaArguments[name] {
			values[name], _ = r.attribute(name)
		}
	}
	for _, b := range r.block.Body.Blocks {
		if kind := blockKind(b); !metaArguments[kind] {
			values[kind], _ = r.attribute(kind)
		}
	}
	for _, name := range derivedNames(r.kind(), r.data()) {
		values[name], _ = r.attribute(name)
	}
	r.object = cty.ObjectVal(values)
	return r.object
}

// metaArguments belong to Terraform and not to the resource.
var metaArguments = map[string]bool{"count": true, "for_each": true, "provider": true, "depends_on": true, "lifecycle": true, "provisioner": true, "connection": true}

// blocks evaluates the nested blocks of a kind: a tuple of objects.
func (ev *evaluator) blocks(body *hclsyntax.Body, kind string, ctx *hcl.EvalContext, name string) cty.Value {
	list := []cty.Value{}
	for _, b := range body.Blocks {
		switch {
		case blockKind(b) != kind:
		case b.Type != "dynamic":
			list = append(list, ev.object(b.Body, ctx, name+"."+kind))
		default:
			more, hole := ev.dynamic(b, ctx, name)
			if hole != nil {
				return hole.any()
			}
			list = append(list, more...)
		}
	}
	return cty.TupleVal(list)
}

func (ev *evaluator) object(body *hclsyntax.Body, ctx *hcl.EvalContext, name string) cty.Value {
	values := map[string]cty.Value{}
	for _, a := range body.Attributes {
		values[a.Name] = ev.evaluate(a.Expr, ctx, name+"."+a.Name)
	}
	for _, b := range body.Blocks {
		if kind := blockKind(b); values[kind] == cty.NilVal {
			values[kind] = ev.blocks(body, kind, ctx, name)
		}
	}
	return cty.ObjectVal(values)
}

// dynamic evaluates a dynamic block: one object for each element.
func (ev *evaluator) dynamic(b *hclsyntax.Block, ctx *hcl.EvalContext, name string) ([]cty.Value, *hole) {
	var content *hclsyntax.Block
	for _, in := range b.Body.Blocks {
		if in.Type == "content" {
			content = in
		}
	}
	each := b.Body.Attributes["for_each"]
	if content == nil || each == nil {
		ev.stop(errorAt(b.TypeRange, "for_each and a content block", "the dynamic block %q is not complete", b.Labels[0]))
		return nil, nil
	}
	iterator := b.Labels[0]
	if a, ok := b.Body.Attributes["iterator"]; ok {
		if keyword := hcl.ExprAsKeyword(a.Expr); keyword != "" {
			iterator = keyword
		}
	}
	v := ev.evaluate(each.Expr, ctx, "for_each of "+name+"."+b.Labels[0])
	v, _ = v.Unmark()
	if !v.IsKnown() || !v.IsNull() && !v.CanIterateElements() {
		h := ev.holes.fresh(hole{expression: name + "." + b.Labels[0], at: each.SrcRange, detail: "the number of " + b.Labels[0] + " blocks is not known"})
		return nil, h
	}
	if v.IsNull() {
		return nil, nil
	}
	list := []cty.Value{}
	for key, value := range v.Elements() {
		if v.Type().IsSetType() {
			key = value
		}
		c := ctx.NewChild()
		c.Variables = map[string]cty.Value{iterator: cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})}
		list = append(list, ev.object(content.Body, c, name+"."+b.Labels[0]))
	}
	return list, nil
}
