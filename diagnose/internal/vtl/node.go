package vtl

// node is a statement of a template.
type node interface{ render(r *renderer) }

// textNode is text while parsing; blocks hold textRuns.
type textNode string

func (n textNode) render(r *renderer) { r.out.text(string(n), nil) }

// textRun is constant text.
type textRun struct {
	text  string
	parts []string
}

func (n *textRun) render(r *renderer) {
	if r.spend(1) {
		r.out.text(n.text, nil)
		r.checkOutput()
	}
}

func (b block) render(r *renderer) {
	for _, n := range b {
		n.render(r)
		if r.halt != running {
			return
		}
	}
}

type arm struct {
	cond expr
	body block
}

type ifNode struct {
	arms      []arm
	otherwise block
}

func (n *ifNode) render(r *renderer) {
	if !r.spend(1) {
		return
	}
	for i := range n.arms {
		if r.condition(n.arms[i].cond) {
			n.arms[i].body.render(r)
			return
		}
		if r.halted() {
			return
		}
	}
	n.otherwise.render(r)
}

// condition evaluates without noting empty references: testing for absence is
// what conditions are for.
func (r *renderer) condition(e expr) bool {
	r.testing++
	t := e.truth(r)
	r.testing--
	return t
}

type setNode struct {
	at     place
	target *reference
	value  expr
	path   string // "requestOverride.header.X", when it sets an override
}

func (n *setNode) render(r *renderer) {
	if !r.spend(1) {
		return
	}
	v := n.value.eval(r)
	if r.halted() {
		return
	}
	if v.isNull() {
		// Velocity 1.7 leaves the variable as it is when the value is null.
		if len(n.target.steps) > 0 {
			return
		}
		if r.variable(n.target.slot).isNull() {
			r.setVariable(n.target.slot, v) // still null, but with the reason why
		} else {
			r.doubt(n.at, DoubtSetNull, "#set("+n.target.source+") of null keeps the old value in Velocity 1.7; for API Gateway it is not verified")
		}
		return
	}
	if n.path != "" {
		r.noteOverride(n)
	}
	if len(n.target.steps) == 0 {
		r.setVariable(n.target.slot, v)
		return
	}
	r.assign(n.target, v)
}

// assign sets a member: $x.y.z = v, $x["y"] = v.
func (r *renderer) assign(ref *reference, v value) {
	last := len(ref.steps) - 1
	parent := ref.value(r, last)
	if r.halted() {
		return
	}
	st := &ref.steps[last]
	c := call{r: r, ref: ref, step: last, target: parent, name: st.name}
	switch st.kind {
	case stepProperty:
		if parent.kind == kindMap {
			r.putMember(&c, parent.dict(), st.name, nil, v)
		}
	case stepIndex:
		c.args = append(c.args, st.args[0].eval(r))
		switch parent.kind {
		case kindMap:
			if key, ok := c.key(0); ok {
				r.putMember(&c, parent.dict(), key.str, key.tr, v)
			}
		case kindList:
			if n, ok := c.integer(0); ok {
				l := parent.list()
				if n < 0 {
					n += len(l.items)
				}
				if n < 0 || n >= len(l.items) {
					c.outOfBounds(n, len(l.items))
					return
				}
				l.items[n] = r.stored(v)
			}
		}
	}
}

type haltNode struct{ stop bool }

func (n *haltNode) render(r *renderer) {
	if r.spend(1) {
		if n.stop {
			r.halt = stopped
		} else {
			r.halt = broken
		}
	}
}

type refusedNode struct {
	at   place
	name string
}

func (n *refusedNode) render(r *renderer) {
	r.at = n.at
	r.fail("#"+n.name+" needs a template store, which API Gateway does not offer", false)
}

// literalNode is #literal()...#end.
type literalNode struct {
	at     place
	text   string
	unsure bool
}

func (n *literalNode) render(r *renderer) {
	if !r.spend(1) {
		return
	}
	if n.unsure {
		r.at = n.at
		r.fail("what #literal prints for arguments, escapes and comments is not followed", true)
		return
	}
	r.out.text(n.text, nil)
	r.checkOutput()
}

// loop is $foreach.
type loop struct {
	index, size int
	parent      value
}

type foreachNode struct {
	at             place
	slot           int
	list           expr
	foreach        int // slots of $foreach, $velocityCount, $velocityHasNext
	count, hasNext int
	body           block
}

func (n *foreachNode) render(r *renderer) {
	if n.slot < 0 || !r.spend(1) {
		return
	}
	var items []value
	v := n.list.eval(r)
	ref, _ := n.list.(*reference)
	if ref == nil {
		ref = noReference
	}
	items, ok := r.members(v, ref)
	if !ok || len(items) == 0 || r.halted() {
		return
	}
	total := len(items)
	if total > r.limits.Loop {
		items = items[:r.limits.Loop]
		r.doubt(n.at, DoubtLoopCut, "#foreach stops at API Gateway's bound of iterations, the rest of the list is left out")
	}
	savedItem, savedLoop := r.variable(n.slot), r.variable(n.foreach)
	savedCount, savedNext := r.vars[n.count], r.vars[n.hasNext]
	l := &loop{size: total, parent: savedLoop}
	r.vars[n.foreach] = objectValue(l)
	unchanged := v.changes()
	for i, item := range items {
		if !r.spend(1) {
			break
		}
		if v.changes() != unchanged {
			// Java's iterators throw, but a list's that has come to its end.
			if l := v.list(); v.kind == kindList && l.of == nil && len(l.items) == i {
				break
			}
			r.at = n.at
			r.fail("#foreach runs over a collection that its own block changes", false)
			break
		}
		l.index = i
		r.bindLoop(n.slot, item)
		r.vars[n.count] = intValue(int64(i + 1))
		r.vars[n.hasNext] = boolValue(i+1 < total)
		n.body.render(r)
		if r.halt == broken {
			r.halt = running
			break
		}
		if r.halted() {
			break
		}
	}
	r.bindLoop(n.slot, savedItem)
	r.vars[n.foreach], r.vars[n.count], r.vars[n.hasNext] = savedLoop, savedCount, savedNext
}

func (l *loop) property(name string) (value, bool) {
	switch name {
	case "index":
		return intValue(int64(l.index)), true
	case "count":
		return intValue(int64(l.index + 1)), true
	case "hasNext":
		return boolValue(l.index+1 < l.size), true
	case "first":
		return boolValue(l.index == 0), true
	case "last":
		return boolValue(l.index+1 == l.size), true
	case "parent":
		return l.parent, true
	case "topmost":
		top := l
		for {
			up, ok := top.parent.obj.(*loop)
			if !ok {
				return objectValue(top), true
			}
			top = up
		}
	}
	return value{}, false
}

type defineNode struct {
	slot int
	body block
}

func (n *defineNode) render(r *renderer) {
	if r.spend(1) {
		r.setVariable(n.slot, objectValue(&definition{body: n.body, frame: r.frame}))
	}
}

// definition is the value of #define: a block rendered whenever it is printed.
type definition struct {
	body  block
	frame *frame
}

func (d *definition) render(r *renderer, b *builder) {
	if !r.enter() {
		return
	}
	saved, frame := r.out, r.frame
	r.out, r.frame = b, d.frame
	d.body.render(r)
	r.out, r.frame = saved, frame
	if r.halt == broken {
		r.halt = running
	}
	r.leave()
}

type evaluateNode struct {
	at  place
	arg expr
}

func (n *evaluateNode) render(r *renderer) {
	if !r.spend(1) {
		return
	}
	v := n.arg.eval(r)
	if v.isNull() || r.halted() {
		return
	}
	text, _ := r.toText(v)
	if !r.spend(1+len(text.str)/16) || !r.enter() {
		return
	}
	body, err := r.compile(text.str, n.at)
	if err != nil {
		r.at = n.at
		r.fail("the text of #evaluate does not compile: "+err.Error(), false)
		return
	}
	body.render(r)
	if r.halt == broken {
		r.halt = running
	}
	r.leave()
}

type macro struct {
	name   string
	params []int // slots
	body   block
}

// frame is one running macro call. Its arguments are evaluated in the caller's
// frame each time they are used; macros see the arguments of their callers.
type frame struct {
	macro  *macro
	caller *frame
	args   []argument
	locals []value // arguments that were set, or the variable of a #foreach
}

// callNode is #name(...): a macro call, or text when there is no such macro.
type callNode struct {
	at      place
	name    string
	args    []argument
	literal string
	body    block
	macro   *macro // bound after parsing
	content int    // slot of $bodyContent
}

func (n *callNode) render(r *renderer) {
	if !r.spend(1) {
		return
	}
	if n.macro == nil {
		r.out.text(n.literal, nil)
		r.checkOutput()
		return
	}
	if r.macros++; r.macros > r.limits.MacroDepth {
		r.at = n.at
		r.fail("macro "+quote(n.name)+" calls itself too deeply", false)
		r.err.Bound = "MacroDepth"
		return
	}
	f := &frame{macro: n.macro, caller: r.frame, args: n.args, locals: make([]value, len(n.macro.params))}
	saved := r.vars[n.content]
	if n.body != nil {
		r.vars[n.content] = objectValue(&definition{body: n.body, frame: r.frame})
	}
	r.frame = f
	n.macro.body.render(r)
	r.frame = f.caller
	r.vars[n.content] = saved
	r.macros--
	if r.halt == broken {
		r.halt = running
	}
}
