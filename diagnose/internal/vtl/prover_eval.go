package vtl

import "slices"

// truth is whether a condition holds: in every call, in none, or in some.
type truth uint8

const (
	never truth = iota
	always
	maybe
)

func truthOf(b bool) truth {
	if b {
		return always
	}
	return never
}

func (t truth) not() truth {
	switch t {
	case always:
		return never
	case never:
		return always
	}
	return maybe
}

func (t truth) abstract() abstract {
	switch t {
	case maybe:
		return abstract{kind: absBool, chunk: wordChunk}
	}
	return known(boolValue(t == always))
}

// wordChunk is true or false.
var wordChunk = chunk{chars: charsOf("truefals"), encoded: true, inner: true, json: true, ref: noReference}

func numberChunk(ref *reference) chunk {
	return chunk{chars: digits.or(charsOf("-")), encoded: true, inner: true, json: true, ref: ref}
}

func (p *prover) truth(e expr) truth {
	switch e := e.(type) {
	case *reference:
		return p.eval(e).truth()
	case *notNode:
		return p.truth(e.operand).not()
	case *binaryNode:
		switch {
		case e.op == opOr || e.op == opAnd:
			a, b := p.truth(e.left), p.truth(e.right)
			stop := truthOf(e.op == opOr)
			switch {
			case a == stop || b == stop:
				return stop
			case a == maybe || b == maybe:
				return maybe
			}
			return stop.not()
		case e.op >= opAdd:
			return never // a calculation as a condition is false in Velocity 1.7
		}
		return p.eval(e).truth()
	case boolLiteral:
		return truthOf(bool(e))
	}
	return never
}

func (a abstract) truth() truth {
	switch {
	case a.kind == absKnown:
		return truthOf(a.known.truth())
	case a.kind == absBool || a.kind == absNode || a.kind == absUnknown || a.null:
		return maybe
	}
	return always
}

func (p *prover) eval(e expr) abstract {
	if !p.spend() {
		return known(value{})
	}
	switch e := e.(type) {
	case *reference:
		return p.reference(e)
	case *textLiteral:
		return known(stringValue(e.text, nil))
	case *numberLiteral:
		return known(e.value)
	case boolLiteral:
		return known(boolValue(bool(e)))
	case nullLiteral:
		return known(value{})
	case *notNode:
		return p.truth(e.operand).not().abstract()
	case *binaryNode:
		return p.binary(e)
	case *interpolation:
		return p.capture(e.body)
	case *listLiteral:
		p.ids++
		out := abstract{kind: absList, id: p.ids}
		for _, x := range e.items {
			out.items = append(out.items, entry{value: p.eval(x)})
		}
		return out
	case *mapLiteral:
		p.ids++
		out := abstract{kind: absMap, id: p.ids}
		for i := range e.keys {
			out = p.put(out, p.eval(e.keys[i]), p.eval(e.values[i]))
		}
		return out
	case *rangeLiteral:
		a, b := p.eval(e.first), p.eval(e.last)
		if a.kind == absKnown && b.kind == absKnown {
			if v := e.eval(p.r); p.settled() == nil && v.kind == kindList && len(v.list().items) <= 64 {
				return known(v)
			}
		}
		return abstract{kind: absList, open: true, items: abstracts{{value: abstract{kind: absNumber, chunk: numberChunk(noReference), least: -1 << 62}}}}
	}
	return unknownValue(noReference, "an expression that is not followed")
}

// capture is the text that a block makes.
func (p *prover) capture(b block) abstract {
	states, made := p.states, p.made
	p.states, p.made = nil, text0()
	p.block(b)
	out := p.made
	p.states, p.made = states, made
	if p.dead {
		return known(value{})
	}
	return ofText(out)
}

func (p *prover) binary(e *binaryNode) abstract {
	if e.op == opOr || e.op == opAnd {
		return p.truth(e).abstract()
	}
	a, b := p.eval(e.left), p.eval(e.right)
	concat := e.op == opAdd && (a.isString() || b.isString())
	if a.kind == absKnown && b.kind == absKnown && !(concat && (a.isNull() || b.isNull())) {
		n := &binaryNode{op: e.op, left: constant{a.known, e.left}, right: constant{b.known, e.right}, at: e.at}
		if v := n.eval(p.r); p.settled() == nil {
			return known(v)
		}
		return unknownValue(noReference, "a calculation that fails")
	}
	switch {
	case e.op >= opLess && e.op <= opGreaterEqual || e.op == opEqual || e.op == opNotEqual:
		return compare(e.op, a, b).abstract()
	case concat:
		s, ok1 := p.operand(a, e.left)
		t, ok2 := p.operand(b, e.right)
		if !ok1 || !ok2 {
			return unknownValue(noReference, "a text of something that cannot be told")
		}
		if out := ofText(s.then(t)); a.isString() && !a.null || b.isString() && !b.null {
			return out
		} else {
			return out.orNull(p) // null and no text give null
		}
	case a.kind == absNode || b.kind == absNode || a.kind == absUnknown || b.kind == absUnknown:
		// A text or a number: all that the two can print.
		s, ok1 := p.operand(a, e.left)
		t, ok2 := p.operand(b, e.right)
		if !ok1 || !ok2 {
			return unknownValue(noReference, "a calculation with something that cannot be told")
		}
		return ofText(s.then(t).or(text{{{chars: numberChars, encoded: true, inner: true, json: true, client: true, ref: noReference}}})).orNull(p)
	}
	out := abstract{kind: absNumber, chunk: numberChunk(noReference), least: -1 << 62, null: e.op == opDivide || e.op == opModulo || !a.isNumber() || !b.isNumber()}
	out.chunk.chars = numberChars
	if e.op == opAdd && a.kind == absNumber && b.kind == absKnown && b.known.kind == kindInt && b.known.num >= 0 && a.least >= 0 {
		out.least = a.least + b.known.num
		out.chunk = numberChunk(noReference)
	}
	return out
}

// operand is what an operand adds to a text: null adds its source.
func (p *prover) operand(a abstract, e expr) (text, bool) {
	source := constText("null")
	if ref, ok := e.(*reference); ok {
		source = constText(ref.source)
	}
	if a.isNull() {
		return source, true
	}
	t, ok := a.prints(p)
	if ok && a.null {
		t = t.or(source)
	}
	return t, ok
}

func (a abstract) isString() bool {
	return a.kind == absText || a.kind == absKnown && a.known.kind == kindString
}

// isNumber tells a value that is a number in every call.
func (a abstract) isNumber() bool {
	return !a.null && (a.kind == absNumber || a.kind == absKnown && a.known.isNumber())
}

// constant is an expression whose value is known.
type constant struct {
	value value
	expr  expr
}

func (c constant) eval(*renderer) value { return c.value }
func (c constant) truth(*renderer) bool { return c.value.truth() }

// compare tells what is known of a comparison: that of a count with a number.
func compare(op operator, a, b abstract) truth {
	if a.kind != absNumber || a.null || b.kind != absKnown || b.known.kind != kindInt {
		return maybe
	}
	n := b.known.num
	switch {
	case op == opGreater && a.least > n, op == opGreaterEqual && a.least >= n, op == opNotEqual && a.least > n:
		return always
	case op == opLess && a.least >= n, op == opLessEqual && a.least > n, op == opEqual && a.least > n:
		return never
	}
	return maybe
}

// reference evaluates a reference.
func (p *prover) reference(ref *reference) abstract {
	v, i := p.root(ref)
	for ; i < len(ref.steps) && !p.dead; i++ {
		if v.isNull() {
			return v // null all the way (T132)
		}
		null := v.null
		v.null = false
		st := &ref.steps[i]
		var args []abstract
		for _, a := range st.args {
			args = append(args, p.eval(a))
		}
		if p.dead {
			break
		}
		v = p.step(ref, i, v, st, args)
		null = null || slices.ContainsFunc(args, func(a abstract) bool { return a.null || a.isNull() })
		if null {
			v = v.orNull(p)
		}
	}
	return v
}

// root is the value of a reference's variable; of $input, $context and
// $stageVariables, with the steps that name what is read.
func (p *prover) root(ref *reference) (abstract, int) {
	if v := p.variable(ref.slot); !v.isNull() || ref.slot > slotStage {
		return v, 0
	}
	if len(ref.steps) == 0 {
		if ref.slot == slotContext {
			return known(value{}), 0 // prints nothing (T144)
		}
		return unknownValue(ref, "an object of API Gateway itself"), 0
	}
	switch ref.slot {
	case slotInput:
		return p.input(ref)
	case slotContext:
		return p.contextRead(ref)
	case slotStage:
		name, ok := ref.steps[0].literalName()
		if !ok {
			return p.opaque(ref), len(ref.steps)
		}
		if p.q.StageVariables == nil {
			return p.opaque(ref), 1
		}
		s, ok := p.q.StageVariables[name]
		if !ok {
			return known(value{}), 1
		}
		return known(stringValue(s, nil)), 1
	}
	return p.util(ref), 1
}

// opaque is a text that the caller does not choose and of which nothing is known.
func (p *prover) opaque(ref *reference) abstract {
	return ofChunk(chunk{chars: anyChar, empty: true, opaque: true, ref: ref})
}
