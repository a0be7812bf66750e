package vtl

import "strings"

// reference is $name or ${name} with the properties, calls and indexes after it.
type reference struct {
	name    string
	slot    int
	steps   []step
	quiet   bool   // written $!name
	escapes int    // backslashes in front
	source  string // from the dollar sign to its end
	braced  bool   // written ${name}
	at      place
	offset  int // of its dollar sign in the template as written; -1 where that is not known
	id      int // place in renderer.marks
}

type stepKind uint8

const (
	stepProperty stepKind = iota
	stepMethod
	stepIndex
)

// step is one .property, .method(arguments) or [index] of a reference.
type step struct {
	kind stepKind
	name string
	args []expr
	path *jsonPath // the argument of path or json, when it is a literal
	end  int       // length of the reference's source up to here
}

// reference reads a reference at a dollar sign. It returns nil, and consumes
// nothing, when the dollar sign starts none.
func (p *parser) reference() (*reference, error) {
	start := p.pos
	i := start + 1
	s := p.src
	r := &reference{at: p.here(), offset: p.base + start}
	if p.moved || p.fixed != nil {
		r.offset = -1
	}
	if i < len(s) && s[i] == '!' {
		r.quiet = true
		i++
	}
	braced := i < len(s) && s[i] == '{'
	if braced {
		i++
	}
	if i >= len(s) || !isLetter(s[i]) && s[i] != '_' {
		return nil, nil
	}
	if err := p.nest(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.pos = i
	r.name = p.name()
	if r.name == "true" || r.name == "false" {
		return nil, p.errorAt(start, quote(r.name)+" is a literal, not a variable", "")
	}
	r.slot = p.slot(r.name)
	for p.pos < len(s) {
		st, ok, err := p.step()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		st.end = p.pos - start
		r.steps = append(r.steps, st)
	}
	if braced {
		if err := p.expect('}'); err != nil {
			return nil, err
		}
	}
	r.source, r.braced = s[start:p.pos], braced
	r.id = len(p.refs)
	p.refs = append(p.refs, r)
	return r, nil
}

func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.src) && isNameByte(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}

func (p *parser) step() (step, bool, error) {
	s := p.src
	switch s[p.pos] {
	case '[':
		p.pos++
		arg, err := p.parameter()
		if err != nil {
			return step{}, false, err
		}
		p.skipSpace()
		return step{kind: stepIndex, args: []expr{arg}}, true, p.expect(']')
	case '.':
		if p.pos+1 >= len(s) || !isLetter(s[p.pos+1]) {
			return step{}, false, nil
		}
		p.pos++
		st := step{name: p.name()}
		// A parenthesis at the very end of the template is text.
		if p.peek() != '(' || p.pos+1 >= len(s) {
			return st, true, nil
		}
		p.pos++
		st.kind = stepMethod
		var err error
		if st.args, err = p.arguments(); err != nil {
			return step{}, false, err
		}
		if len(st.args) == 1 && (st.name == "path" || st.name == "json") {
			if t, ok := st.args[0].(*textLiteral); ok {
				st.path = parsePath(t.text)
			}
		}
		return st, true, nil
	}
	return step{}, false, nil
}

// arguments reads a call's arguments after the parenthesis. Velocity 1.7 takes
// `()` but not `( )`, and a bare word for an undefined reference.
func (p *parser) arguments() ([]expr, error) {
	if p.peek() == ')' {
		p.pos++
		return nil, nil
	}
	var args []expr
	for {
		p.skipSpace()
		e, err := p.argument()
		if err != nil {
			return nil, err
		}
		args = append(args, e)
		p.skipSpace()
		if p.peek() != ',' {
			return args, p.expect(')')
		}
		p.pos++
	}
}

func (p *parser) argument() (expr, error) {
	if isLetter(p.peek()) || p.peek() == '_' {
		rest := p.src[p.pos:]
		n := 0
		for n < len(rest) && isNameByte(rest[n]) {
			n++
		}
		if w := rest[:n]; w != "true" && w != "false" {
			p.pos += n
			return nullLiteral{}, nil
		}
	}
	return p.parameter()
}

// behind is the state in which the reference leaves Velocity's lexer.
func (r *reference) behind() lexState {
	if r.braced {
		return inText
	}
	state := inReference
	for _, st := range r.steps {
		switch st.kind {
		case stepProperty:
			state = inProperty
		case stepMethod:
			state = inReference
		}
	}
	return state
}

// upTo is the source text of the reference up to and including step i, -1 for
// the variable alone.
func (r *reference) upTo(i int) string {
	if i >= 0 {
		return r.source[:r.steps[i].end]
	}
	if len(r.steps) == 0 {
		return r.source
	}
	n := strings.Index(r.source, r.name) + len(r.name)
	return r.source[:n]
}

// overridePath is the full name of what a #set on this reference overrides
// ("requestOverride.header.X-Amz-Target"), or empty.
func (r *reference) overridePath() string {
	if r.name != "context" || len(r.steps) < 2 {
		return ""
	}
	var names []string
	for _, st := range r.steps {
		name, ok := st.literalName()
		if !ok {
			return ""
		}
		names = append(names, name)
	}
	if names[0] != "requestOverride" && names[0] != "responseOverride" {
		return ""
	}
	return strings.Join(names, ".")
}

// literalName is the member that a step names in the template's text: .x,
// ["x"] or .get("x").
func (st *step) literalName() (string, bool) {
	switch {
	case st.kind == stepProperty:
		return st.name, true
	case len(st.args) == 1 && (st.kind == stepIndex || st.name == "get"):
		if t, ok := st.args[0].(*textLiteral); ok {
			return t.text, true
		}
	}
	return "", false
}
