package vtl

import (
	"slices"
	"strings"
	"sync"
)

// Template is a compiled mapping template. It is immutable and safe for
// concurrent use.
type Template struct {
	body  block
	slots map[string]int
	sets  map[int]bool
	refs  []*reference
	calls []*callNode
	macro map[string]*macro

	problems []Problem
	unsure   *RenderError
	source   string // as written

	layoutOnce sync.Once
	layout     *layout // made when a rewrite first asks for it

	usesContext bool
	usesStage   bool
}

// rootNames are the variables that API Gateway sets, in slot order.
var rootNames = []string{"input", "util", "context", "stageVariables"}

const (
	slotInput = iota
	slotUtil
	slotContext
	slotStage
)

// noReference stands in where no reference is to name.
var noReference = &reference{}

// Compile parses a mapping template. The error is a *SyntaxError.
func Compile(source string) (*Template, error) {
	trimmed, base := trimTemplate(source)
	c := newCompiler(source)
	t, err := c.compile(trimmed, base)
	if err != nil {
		return nil, err
	}
	t.source, t.problems = source, c.problems()
	return t, nil
}

// trimTemplate is the text that API Gateway reads, and where it starts: the
// template is trimmed, Java's way (T145).
func trimTemplate(source string) (text string, base int) {
	isBlank := func(r rune) bool { return r <= ' ' }
	text = strings.TrimLeftFunc(source, isBlank)
	return strings.TrimRightFunc(text, isBlank), len(source) - len(text)
}

func (c *compiler) compile(text string, base int) (*Template, error) {
	p := &parser{compiler: c, src: text, base: base}
	b, end, err := p.statements()
	if err == nil && end != endOfText {
		word := [...]string{endEnd: "#end", endElse: "#else", endElseIf: "#elseif"}[end]
		err = p.errorAt(strings.LastIndexByte(text[:p.pos], '#'), quote(word)+" belongs to no open directive", "")
	}
	if err != nil && c.unsure != nil {
		b, err = nil, nil // the error may come from what is not followed
	}
	if err != nil {
		return nil, err
	}
	content := c.slot("bodyContent")
	for _, call := range c.calls {
		call.macro, call.content = c.macros[call.name], content
	}
	t := &Template{body: b, slots: c.slots, sets: c.sets, refs: c.refs, calls: c.calls, macro: c.macros, unsure: c.unsure}
	t.usesContext, t.usesStage = true, true
	if c.fixed == nil {
		t.usesContext = strings.Contains(text, "context") || strings.Contains(text, "evaluate")
		t.usesStage = strings.Contains(text, "stageVariables") || strings.Contains(text, "evaluate")
	}
	return t, nil
}

type haltState uint8

const (
	running haltState = iota
	broken            // #break
	stopped           // #stop
	failed
)

// renderer is the state of one rendering.
type renderer struct {
	in     *Input
	limits Limits
	t      *Template
	names  map[string]int // slots, when #evaluate added some
	macros int            // depth of macro calls
	known  map[string]*macro

	vars  []value
	frame *frame
	out   *builder
	main  builder
	free  []*builder

	halt  haltState
	err   *RenderError
	at    place      // blamed for an error without a better place
	ref   *reference // being evaluated
	steps int
	made  int
	depth int

	testing, inString int  // inside a condition, inside a string
	sourceNumbers     bool // JSON is printed with the numbers of its source

	track    bool
	template *mark
	marks    map[*reference]*mark

	scratch []byte

	payload payload
	params  *dict

	noted     map[*reference]bool
	empty     []EmptyReference
	doubts    []Doubt
	context   *dict
	overrides map[string]bool
}

var renderers = sync.Pool{New: func() any { return new(renderer) }}

// Render renders the template. The error is a *RenderError. It is safe for
// concurrent use; in is only read.
func (t *Template) Render(in *Input) (*Output, error) { return t.renderWith(in, nil) }

// renderWith renders with variables that prepare has set.
func (t *Template) renderWith(in *Input, prepare func(*renderer)) (*Output, error) {
	if t.unsure != nil {
		return nil, t.unsure
	}
	r := renderers.Get().(*renderer)
	defer r.release()
	r.in, r.t, r.track, r.limits = in, t, in.Provenance, in.Limits.withDefaults()
	if n := len(t.slots); cap(r.vars) >= n {
		r.vars = r.vars[:n]
	} else {
		r.vars = make([]value, n)
	}
	r.vars[slotInput] = value{kind: kindObject, obj: inputObject{}}
	r.vars[slotUtil] = value{kind: kindObject, obj: utilObject{}}
	if t.usesContext {
		r.context = r.newContext()
		r.vars[slotContext] = mapValue(r.context)
	}
	if t.usesStage {
		r.vars[slotStage] = mapValue(stringDict(in.StageVariables, OriginStage, "stageVariable:"))
	}
	r.main.reset(r.track)
	r.out = &r.main
	if prepare != nil {
		prepare(r)
	}
	t.body.render(r)
	if r.err != nil {
		return nil, r.err
	}
	out := &Output{Text: string(r.main.buf), Empty: r.empty, Doubts: r.doubts}
	if r.track {
		out.Spans = spans(r.main.runs)
	}
	out.RequestOverride, out.ResponseOverride = r.overridesOut()
	if r.err != nil {
		return nil, r.err
	}
	return out, nil
}

// maxKept bounds the memory that a pooled renderer keeps.
const maxKept = 1 << 16

func (r *renderer) release() {
	vars, main, free, scratch := r.vars, r.main, r.free, r.scratch
	clear(vars[:cap(vars)])
	if cap(main.buf) > maxKept || cap(main.runs) > maxKept/8 {
		main = builder{}
	}
	clear(main.runs)
	*r = renderer{vars: vars[:0], main: main, free: free, scratch: scratch}
	renderers.Put(r)
}

func (r *renderer) halted() bool { return r.halt >= stopped }

// fail ends the rendering; unknown tells that AWS may well go on.
func (r *renderer) fail(message string, unknown bool) {
	if r.err == nil {
		r.err = &RenderError{Line: r.at.line, Column: r.at.column, Message: message, Unknown: unknown}
	}
	r.halt = failed
}

func (r *renderer) bound(name, message string) {
	r.fail(message, true)
	if r.err.Bound == "" && r.err.Unknown {
		r.err.Bound = name
	}
}

// spend counts work and tells whether to go on.
func (r *renderer) spend(n int) bool {
	r.steps += n
	if r.steps > r.limits.Steps {
		r.bound("Steps", "the rendering takes too many steps")
	}
	return r.halt < stopped
}

func (r *renderer) enter() bool {
	if r.depth++; r.depth > r.limits.Depth {
		r.bound("Depth", "the template runs too deep")
	}
	return r.halt < stopped
}

func (r *renderer) leave() { r.depth-- }

func (r *renderer) checkOutput() {
	if len(r.out.buf) > r.limits.OutputBytes {
		r.bound("OutputBytes", "the rendered text is too long")
	}
}

// capture collects what f writes into a string value.
func (r *renderer) capture(f func(*builder)) value {
	var b *builder
	if n := len(r.free); n > 0 {
		b, r.free = r.free[n-1], r.free[:n-1]
	} else {
		b = new(builder)
	}
	b.reset(r.track)
	b.by = r.ref
	f(b)
	v := stringValue(string(b.buf), b.trace())
	if v.str == "" && b.empty != nil {
		v.obj = b.empty
	}
	r.make(len(v.str))
	if cap(b.buf) <= maxKept && len(r.free) < 8 {
		clear(b.runs)
		r.free = append(r.free, b)
	}
	return v
}

// make counts bytes of text that were made.
func (r *renderer) make(n int) {
	if r.made += n; r.made > r.limits.MadeBytes {
		r.bound("MadeBytes", "the rendering makes too much text")
	}
}

// variable reads a variable: an argument of a running macro or a global.
func (r *renderer) variable(slot int) value {
	for f := r.frame; f != nil; f = f.caller {
		for i, s := range f.macro.params {
			if s != slot {
				continue
			}
			if !f.locals[i].isNull() {
				return f.locals[i]
			}
			if i >= len(f.args) || f.args[i].expr == nil {
				break
			}
			saved := r.frame
			r.frame = f.caller
			var v value
			if r.enter() {
				v = f.args[i].expr.eval(r)
			}
			r.leave()
			r.frame = saved
			return v
		}
	}
	return r.vars[slot]
}

// setVariable sets a variable; an argument of a macro is set there and, as in
// Velocity 1.7, as a global too.
func (r *renderer) setVariable(slot int, v value) {
	r.bindLocal(slot, v)
	r.vars[slot] = v
}

// bindLoop sets the variable of a #foreach.
func (r *renderer) bindLoop(slot int, v value) {
	if !r.bindLocal(slot, v) {
		r.vars[slot] = v
	}
}

func (r *renderer) bindLocal(slot int, v value) bool {
	if f := r.frame; f != nil {
		if i := slices.Index(f.macro.params, slot); i >= 0 {
			f.locals[i] = v
			return true
		}
	}
	return false
}

// compile compiles text of #evaluate; new variables get new slots.
func (r *renderer) compile(text string, at place) (block, error) {
	if r.names == nil {
		r.names = make(map[string]int, len(r.t.slots)+8)
		for k, v := range r.t.slots {
			r.names[k] = v
		}
		r.known = make(map[string]*macro, len(r.t.macro))
		for k, v := range r.t.macro {
			r.known[k] = v
		}
	}
	r.spend(len(r.names))
	c := &compiler{slots: r.names, macros: r.known, sets: map[int]bool{}, fixed: &at, starts: []int{0}}
	t, err := c.compile(text, 0)
	if err != nil {
		return nil, err
	}
	for len(r.vars) < len(r.names) {
		r.vars = append(r.vars, value{})
	}
	if r.at = at; t.unsure != nil {
		r.fail(t.unsure.Message, true)
	}
	return t.body, nil
}

func (r *renderer) doubt(at place, kind DoubtKind, message string) {
	d := Doubt{Kind: kind, Line: at.line, Column: at.column, Message: message}
	if len(r.doubts) < 100 && !slices.Contains(r.doubts, d) {
		r.doubts = append(r.doubts, d)
	}
}

// nothing is the absence of a call made for its effect: it is not noted.
var nothing = &absence{}

// maxEmpty bounds Output.Empty when #evaluate makes ever new references.
const maxEmpty = 10_000

// noteEmpty records a reference that printed nothing.
func (r *renderer) noteEmpty(ref *reference, v value, position Position) {
	why, _ := v.obj.(*absence)
	if why == nothing {
		return
	}
	if why == nil {
		why = &absence{reason: EmptyText, subject: "value " + ref.source}
		if v.isNull() {
			why.reason = NullValue
		}
	}
	if r.out != nil {
		r.out.empty = why
	}
	if r.testing > 0 || r.noted[ref] || len(r.empty) >= maxEmpty {
		return
	}
	if r.noted == nil {
		r.noted = map[*reference]bool{}
	}
	r.noted[ref] = true
	if position == InOutput && r.inString > 0 {
		position = InString
	}
	r.empty = append(r.empty, EmptyReference{
		Reference: ref.source, Line: ref.at.line, Column: ref.at.column,
		Reason: why.reason, Subject: why.subject, Quiet: ref.quiet, Position: position,
	})
}
