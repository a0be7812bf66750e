package vtl

import "slices"

// printReference prints a reference into the text.
func (p *prover) printReference(ref *reference) {
	if ref.escapes > 0 {
		p.escaped(ref)
		return
	}
	v := p.reference(ref)
	if p.dead {
		return
	}
	p.printValue(ref, v)
}

func (p *prover) printValue(ref *reference, v abstract) {
	switch {
	case v.isNull():
		return
	case v.kind == absUnknown:
		if v.ref == nil || v.ref == noReference {
			v.ref = ref
		}
		p.stop(v.ref, v.why)
		return
	case v.kind == absDef:
		if p.depth++; p.depth > 20 {
			p.stop(ref, "a #define that prints itself")
			p.dead = true
			return
		}
		p.block(v.def.body)
		p.depth--
		return
	}
	t, ok := v.prints(p)
	if !ok {
		p.stop(ref, "what "+ref.source+" prints cannot be told")
		return
	}
	if v.null {
		t = t.or(text0())
	}
	p.emit(t, ref)
}

// escaped prints a reference behind backslashes, of which an odd one keeps it
// from being read.
func (p *prover) escaped(ref *reference) {
	slashes := ""
	for range ref.escapes / 2 {
		slashes += `\`
	}
	p.emit(constText(slashes), nil)
	if ref.escapes%2 == 0 {
		p.printValue(ref, p.reference(ref))
		return
	}
	v := p.reference(ref)
	t := constText(ref.source)
	if v.isNull() {
		t = constText(`\` + ref.source)
	} else if v.null {
		t = t.or(constText(`\` + ref.source))
	}
	p.emit(t, nil)
}

// emit appends a text to the output, or to the string that is being made.
func (p *prover) emit(t text, by *reference) {
	if len(t) == 0 {
		p.stop(by, "what it prints cannot be told")
		p.dead = true
		return
	}
	if p.states == nil {
		p.made = p.made.then(t)
		return
	}
	var all []lexed
	for _, alt := range t {
		states := p.states
		if len(alt) == 0 && by != nil {
			states = blamed(states, by)
		}
		for _, c := range alt {
			states = p.after(states, c)
		}
		if len(t) == 1 {
			all = states
		} else {
			all = p.union(all, states)
		}
	}
	if p.states = all; len(all) == 0 {
		p.dead = true
	}
}

// blamed are the states behind a reference that may print nothing: where JSON
// wants a value, it is to blame for what follows.
func blamed(states []lexed, by *reference) []lexed {
	states = slices.Clone(states)
	for i := range states {
		if states[i].mode == jsonValue || states[i].mode == jsonFirst {
			states[i].blame = by
		}
	}
	return states
}

// after is how far the text is read behind a chunk.
func (p *prover) after(states []lexed, c chunk) []lexed {
	var out []lexed
	add := func(s lexed) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, s := range states {
		if c.isConst() {
			next := s.read(c.lit)
			if next.mode != lexBroken {
				add(next)
			} else if s.blame != nil {
				p.place(s.blame, JSONStructure, Broken, read{})
			} else {
				p.unreadable()
			}
			continue
		}
		p.data(s, c, add)
	}
	return out
}

// data reads on by a chunk that is not constant.
func (p *prover) data(s lexed, c chunk, add func(lexed)) {
	context := s.context()
	harm := NoHarm
	next := s
	switch context {
	case FormName:
		if c.client && !c.chars.empty() {
			harm = Injected
		}
		next.mode = formName
		if c.empty {
			add(s)
		}
		if c.chars.has('=') {
			v := next
			v.mode = formValue
			add(v)
		}
	case FormValue:
		next.hex = 0
		switch {
		case s.hex > 0:
			harm = Broken // it stands within an escape that the template begins
		case c.encoded:
		case c.chars.has('&'):
			harm = Injected
		case c.chars.has('%'):
			harm = Broken
		case c.chars.has('+'):
			harm = Altered
		}
	case JSONString:
		if s.mode == jsonKeyEsc || s.mode == jsonTextEsc {
			harm = Broken
			next.mode -= jsonKeyEsc - jsonInKey
			next.hex = 0
		} else if !c.inner && !c.chars.and(jsonSpecial).empty() {
			harm = Cut
		}
		if next.mode == jsonInKey && next.stack == "{" {
			next.key = "" // any name
		}
	case JSONStructure:
		harm = p.structure(s, &next, c, add)
	}
	if c.client || harm != NoHarm && !c.opaque {
		ref, from := c.ref, c.from
		if !c.client {
			// AWS made it. Where it is no JSON, no call can be read.
			if context == JSONStructure {
				p.stop(ref, "it prints no JSON value where one must stand")
			}
			add(next)
			return
		}
		if ref != nil && ref != noReference {
			p.place(ref, context, harm, from)
		} else if harm != NoHarm {
			p.stop(noReference, "client data of several references meets here")
		}
	} else if c.opaque && harm != NoHarm {
		p.stop(c.ref, "what it holds is not known")
	}
	if c.client && c.from.kind == "" && harm != NoHarm {
		p.stop(c.ref, "where its data comes from cannot be told")
	}
	add(next)
}

// structure reads on by a chunk that stands where JSON has a value or
// punctuation.
func (p *prover) structure(s lexed, next *lexed, c chunk, add func(lexed)) Harm {
	switch s.mode {
	case jsonValue, jsonFirst:
		*next = s.value()
		if c.empty {
			doubtful := s
			doubtful.blame = c.ref
			add(doubtful)
		}
		switch {
		case !c.json:
			return Injected
		case s.stack == "":
			return Injected // the document is the client's
		case s.text && !c.isText:
			return Broken // SQS wants a string
		}
		return NoHarm
	case jsonBare:
		if c.chars.without(digits).empty() {
			return NoHarm
		}
	}
	if c.empty {
		add(s)
	}
	return Injected
}
