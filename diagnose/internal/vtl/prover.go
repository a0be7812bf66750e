package vtl

import (
	"slices"
)

// prover evaluates a template for all calls at once.
type prover struct {
	t *Template
	q *Question
	r *renderer // evaluates what depends on no call

	proofState
	frame  *proofFrame
	breaks []proofState // where #break left the loop that is being run
	ends   []proofState // where #stop ended the text
	inLoop int
	ids    int
	steps  int
	depth  int

	places  []Place
	seen    map[placeKey]int
	reads   []read                   // of the client, where they arrive with a doubt first
	asked   []read                   // of the client, also where nothing is printed
	tried   map[bool]map[string]bool // bodies of the search, without and with parameters
	stopped *reference
	why     string

	unread bool // some call cannot be read for what the template itself writes
}

type placeKey struct {
	ref     *reference
	context Context
}

// proofState is what differs from branch to branch.
type proofState struct {
	vars   []abstract
	states []lexed // how the text so far can be read; nil while a string is made
	made   text    // the string that is being made
	dead   bool    // no call comes here
}

func (s proofState) clone() proofState {
	s.vars = slices.Clone(s.vars)
	return s
}

// proofFrame is a macro call, as frame is.
type proofFrame struct {
	macro  *macro
	caller *proofFrame
	args   []argument
}

const (
	proofSteps = 20_000
	maxStates  = 64
)

func newProver(t *Template, q *Question) *prover {
	r := &renderer{in: &Input{}, t: t, limits: DefaultLimits(), vars: make([]value, len(t.slots))}
	r.limits.Steps, r.limits.MadeBytes = proofSteps*4, 1<<20
	r.out = &r.main
	p := &prover{t: t, q: q, r: r, seen: map[placeKey]int{}, tried: map[bool]map[string]bool{}}
	p.vars = make([]abstract, len(t.slots))
	p.states = []lexed{q.Protocol.start()}
	return p
}

// run evaluates the template to its end.
func (p *prover) run() {
	if p.t.unsure != nil {
		p.stop(noReference, p.t.unsure.Message)
		return
	}
	p.block(p.t.body)
	for _, s := range append(p.ends, p.proofState) {
		if s.dead {
			continue
		}
		for _, state := range s.states {
			if state.mode == jsonBare && state.stack == "" {
				state.mode = jsonEnd
			}
			if state.complete() {
				continue
			}
			if state.blame != nil {
				p.place(state.blame, JSONStructure, Broken, read{})
			} else {
				p.unreadable()
			}
		}
	}
}

// stop records the first thing that cannot be followed.
func (p *prover) stop(ref *reference, why string) {
	if p.stopped == nil {
		if ref == nil {
			ref = noReference
		}
		p.stopped, p.why = ref, why
	}
}

// unreadable stops where the template's own text cannot be read, whatever a
// client sends.
func (p *prover) unreadable() {
	p.stop(noReference, "what the template writes cannot be read by SQS whatever a client sends")
	p.unread = true
}

func (p *prover) spend() bool {
	if p.steps++; p.steps > proofSteps {
		p.stop(noReference, "the template is too large to be followed for every call")
		p.dead = true
	}
	return !p.dead
}

// place records where client data arrives.
func (p *prover) place(ref *reference, context Context, harm Harm, from read) {
	key := placeKey{ref, context}
	i, ok := p.seen[key]
	if !ok {
		i = len(p.places)
		p.seen[key] = i
		p.places = append(p.places, Place{Reference: ref.source, Line: ref.at.line, Column: ref.at.column, Context: context})
	}
	p.places[i].Harm = max(p.places[i].Harm, harm)
	if from.kind != "" && !slices.Contains(p.reads, from) {
		if harm != NoHarm {
			p.reads = slices.Insert(p.reads, 0, from)
		} else {
			p.reads = append(p.reads, from)
		}
	}
}

// ask records what the template reads, be it for a condition or a loop.
func (p *prover) ask(from read) read {
	if !slices.Contains(p.asked, from) {
		p.asked = append(p.asked, from)
	}
	return from
}

// print is what a value of the template alone prints.
func (p *prover) print(v value) (string, bool) {
	if v.isNull() {
		return "", true
	}
	s, _ := p.r.toText(v)
	if v.kind == kindMap && v.dict().hidden {
		s.str = ""
	}
	return s.str, p.settled() == nil
}

// settled is the error of the last constant evaluation, which is done with then.
func (p *prover) settled() *RenderError {
	err := p.r.err
	p.r.err, p.r.halt = nil, running
	return err
}

// block runs statements.
func (p *prover) block(b block) {
	for _, n := range b {
		if !p.spend() {
			return
		}
		p.statement(n)
	}
}

func (p *prover) statement(n node) {
	switch n := n.(type) {
	case *textRun:
		p.emit(constText(n.text), nil)
	case *literalNode:
		if n.unsure {
			p.stop(noReference, "what #literal prints for arguments, escapes and comments is not followed")
		}
		p.emit(constText(n.text), nil)
	case *reference:
		p.printReference(n)
	case *ifNode:
		p.branch(n, 0)
	case *setNode:
		p.set(n)
	case *foreachNode:
		p.foreach(n)
	case *defineNode:
		p.setVariable(n.slot, abstract{kind: absDef, def: &definition{body: n.body}})
	case *callNode:
		p.call(n)
	case *haltNode:
		if n.stop || p.inLoop == 0 {
			p.ends = append(p.ends, p.clone())
		} else {
			p.breaks = append(p.breaks, p.clone())
		}
		p.dead = true
	case *refusedNode:
		p.dead = true // the rendering fails; nothing is sent
	case block:
		p.block(n)
	default:
		p.stop(noReference, "#evaluate is not followed")
	}
}

// branch runs the arms of an #if from the i-th one on.
func (p *prover) branch(n *ifNode, i int) {
	if i == len(n.arms) {
		p.block(n.otherwise)
		return
	}
	switch p.truth(n.arms[i].cond) {
	case always:
		p.block(n.arms[i].body)
	case never:
		p.branch(n, i+1)
	default:
		before := p.clone()
		p.block(n.arms[i].body)
		taken := p.proofState
		p.proofState = before
		p.branch(n, i+1)
		p.meet(taken)
	}
}

// meet joins the present state with that of another way to the same place.
func (p *prover) meet(o proofState) {
	switch {
	case o.dead:
		return
	case p.dead:
		p.proofState = o
		return
	}
	for i := range p.vars {
		if !p.vars[i].same(o.vars[i]) {
			p.vars[i] = p.vars[i].join(o.vars[i], p)
		}
	}
	p.states = p.union(p.states, o.states)
	if p.made != nil || o.made != nil {
		p.made = p.made.or(o.made)
	}
}

func (p *prover) union(a, b []lexed) []lexed {
	if slices.Equal(a, b) {
		return a
	}
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) > maxStates {
		p.stop(noReference, "the text can be read in too many ways")
		p.dead = true
	}
	return out
}

func (p *prover) set(n *setNode) {
	v := p.eval(n.value)
	if p.dead {
		return
	}
	if n.path != "" || n.target.name == "context" {
		p.override(n, v)
		return
	}
	if v.isNull() {
		if len(n.target.steps) == 0 && p.vars[n.target.slot].isNull() {
			p.setVariable(n.target.slot, v)
		}
		return // Velocity 1.7 keeps the old value
	}
	if len(n.target.steps) == 0 {
		if v.null {
			v.null = false
			v = v.join(p.variable(n.target.slot), p)
		}
		p.setVariable(n.target.slot, v)
		return
	}
	p.assign(n.target, v)
}

// override is an assignment of $context.requestOverride: client data there
// reaches headers or the query string, of which nothing is proved.
func (p *prover) override(n *setNode, v abstract) {
	t, ok := v.prints(p)
	if _, constant := t.constant(); ok && constant {
		return
	}
	c := chunk{client: true}
	if ok {
		c = t.flat()
	}
	if c.client || c.opaque {
		p.stop(n.target, "it takes client data into a header or the query string")
	}
}

// call runs a macro.
func (p *prover) call(n *callNode) {
	if n.macro == nil {
		p.emit(constText(n.literal), nil)
		return
	}
	if p.depth++; p.depth > 20 {
		p.stop(noReference, "macro "+quote(n.name)+" calls itself")
		p.dead = true
		return
	}
	saved := p.vars[n.content]
	if n.body != nil {
		p.vars[n.content] = abstract{kind: absDef, def: &definition{body: n.body}}
	}
	p.frame = &proofFrame{macro: n.macro, caller: p.frame, args: n.args}
	p.block(n.macro.body)
	p.frame = p.frame.caller
	p.vars[n.content] = saved
	p.depth--
}

func (p *prover) variable(slot int) abstract {
	for f := p.frame; f != nil; f = f.caller {
		i := slices.Index(f.macro.params, slot)
		if i < 0 {
			continue
		}
		if i >= len(f.args) || f.args[i].expr == nil {
			break
		}
		saved := p.frame
		p.frame = f.caller
		v := p.eval(f.args[i].expr)
		p.frame = saved
		return v
	}
	return p.vars[slot]
}

func (p *prover) setVariable(slot int, v abstract) {
	if f := p.frame; f != nil && slices.Contains(f.macro.params, slot) {
		p.stop(noReference, "a macro that sets its own argument is not followed")
	}
	p.vars[slot] = v
}
