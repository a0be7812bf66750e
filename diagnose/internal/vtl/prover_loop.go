package vtl

import (
	"slices"
	"strings"
)

// foreach runs a loop: exactly where the members are known, else for any number
// of members, telling the first and the last round from the others.
func (p *prover) foreach(n *foreachNode) {
	if n.slot < 0 {
		return
	}
	v := p.eval(n.list)
	if p.dead {
		return
	}
	items, open, ok := p.members(v)
	if !ok {
		ref, _ := n.list.(*reference)
		p.stop(ref, "what #foreach runs over cannot be told")
		return
	}
	if steps, ok := v.chunk.from.steps(); ok && v.kind == absNode {
		member := v.chunk.from
		member.path = strings.Join(append(steps, anyIndex), pathStep)
		p.ask(member)
	}
	saved := [...]abstract{p.vars[n.slot], p.vars[n.foreach], p.vars[n.count], p.vars[n.hasNext]}
	breaks := p.breaks
	p.breaks = nil
	p.inLoop++
	const most = 24
	if !open && len(items) <= most {
		for i, item := range items {
			p.round(n, item, abstract{kind: absNumber, least: int64(i), known: intValue(int64(i))}, truthOf(i == 0), truthOf(i+1 == len(items)))
		}
	} else if len(items) > 0 {
		item := items[0]
		for _, x := range items[1:] {
			item = item.join(x, p)
		}
		p.openLoop(n, item, v.null || open)
	}
	p.inLoop--
	for _, s := range p.breaks {
		p.meet(s)
	}
	p.breaks = breaks
	p.vars[n.slot], p.vars[n.foreach], p.vars[n.count], p.vars[n.hasNext] = saved[0], saved[1], saved[2], saved[3]
}

// openLoop runs a block any number of times.
func (p *prover) openLoop(n *foreachNode, item abstract, optional bool) {
	if p.states == nil {
		p.openLoopText(n, item)
		return
	}
	none := p.clone()
	first, later := abstract{kind: absNumber, known: intValue(0)}, abstract{kind: absNumber, least: 1}
	p.round(n, item, first, always, always)
	single := p.proofState
	p.proofState = none.clone()
	p.round(n, item, first, always, never)
	for i := 0; !p.dead; i++ {
		before := p.clone()
		p.round(n, item, later, never, never)
		p.meet(before)
		if p.stable(before, i) {
			break
		}
	}
	p.round(n, item, later, never, always)
	p.meet(single)
	if optional {
		p.meet(none)
	}
}

// openLoopText makes a string in a loop: any sequence of what a round writes.
func (p *prover) openLoopText(n *foreachNode, item abstract) {
	before := p.made
	index := abstract{kind: absNumber}
	p.made = text0()
	for i := 0; !p.dead; i++ {
		start := p.clone()
		p.round(n, item, index, maybe, maybe)
		p.meet(start)
		p.made = text{{p.made.flat()}}
		if p.stable(start, i) {
			break
		}
	}
	all := p.made.flat()
	all.empty = true
	p.made = before.then(text{{all}})
}

func text0() text { return text{nil} }

func (p *prover) giveUp(i int) {
	p.vars[i] = unknownValue(noReference, "a variable that changes from round to round")
}

// stable tells whether another round changes nothing any more; what still grows
// is widened.
func (p *prover) stable(before proofState, round int) bool {
	same := slices.Equal(p.states, before.states) && (p.states != nil || p.made.equal(before.made) || round > 2)
	for i := range p.vars {
		if p.vars[i].same(before.vars[i]) {
			continue
		}
		same = false
		switch {
		case round > 6:
			p.giveUp(i)
		case round > 1 && p.vars[i].kind == absText:
			null := p.vars[i].null
			p.vars[i] = ofChunk(p.vars[i].text.flat())
			p.vars[i].null = null
		case round > 1 && p.vars[i].kind == absNumber:
			p.vars[i].least = min(0, p.vars[i].least)
		}
	}
	return same || round > 12
}

// round runs the block of a loop once.
func (p *prover) round(n *foreachNode, item, index abstract, first, last truth) {
	if p.dead {
		return
	}
	p.vars[n.slot] = item
	p.vars[n.foreach] = abstract{kind: absLoop, items: abstracts{{value: index}}, least: int64(first)<<2 | int64(last)} // told apart by loopTruth
	count := abstract{kind: absNumber, chunk: numberChunk(noReference), least: index.least + 1}
	if first == always {
		count = known(intValue(1))
	} else if !index.known.isNull() {
		count = known(intValue(index.known.num + 1))
	}
	p.vars[n.count], p.vars[n.hasNext] = count, last.not().abstract()
	p.block(n.body)
}
