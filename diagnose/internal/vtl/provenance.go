package vtl

import "slices"

// Origin is where bytes of rendered text come from.
type Origin uint8

// Origins, from the least to the most suspicious.
const (
	OriginTemplate Origin = iota // written in the mapping template
	OriginContext                // $context: made by API Gateway, partly chosen by the caller
	OriginStage                  // a stage variable
	OriginClient                 // the payload, a header, a query or a path parameter
	OriginMixed                  // computed from more than one of them
)

// String is the lower-case name.
func (o Origin) String() string {
	return [...]string{"template", "context", "stage", "client", "mixed"}[min(o, OriginMixed)]
}

// Span is a piece of rendered text with one history. Spans tile the text in
// order; neighbours differ.
type Span struct {
	Start, End  int // bytes of the text
	Origin      Origin
	URLEncoded  int  // how many times it went through $util.urlEncode
	JSONEscaped int  // through $util.escapeJavaScript
	Base64      int  // through $util.base64Encode
	JavaMap     bool // printed as part of an object in Java's form {a=b}
	JSON        bool // printed as JSON by $input.json or as an array

	// Reference is the source text of the reference that read the data
	// ($input.params('x')); empty for template text.
	Reference    string
	Line, Column int // of Reference
	// Printed is the reference that put it into the text ($value); the same as
	// Reference, or around it, when the data is printed where it is read.
	Printed                    string
	PrintedLine, PrintedColumn int

	// Source names what was read: "body", "header:X", "query:x", "path:x",
	// "context:requestId", "stageVariable:x". Empty for template text.
	Source []string
}

// mark is the history of a text, shared by all texts that have the same one.
type mark struct {
	origin                          Origin
	urlEncoded, jsonEscaped, base64 int
	javaMap, json                   bool
	ref                             *reference
	source                          []string
	all                             trace           // this mark for a whole text
	derived                         [changes]*mark  // the marks made from this one
	joined                          map[*mark]*mark // and from this with another
}

// change is what an operation does to the history of a text.
type change uint8

const (
	urlEncoded change = iota
	urlDecoded
	jsonEscaped
	base64Encoded
	base64Decoded
	asJavaMap
	asJSON
	parsed // by $util.parseJson
	changes
)

// trace is the history of one text: one mark, or runs of them. A nil trace is
// template text that nothing was done to.
type trace struct {
	mark *mark
	runs []run
}

// run is a mark for the bytes from the end of the run before up to end.
type run struct {
	end  int
	mark *mark
	by   *reference // what printed it, in the output only
}

func newMark(m mark) *mark {
	p := &m
	p.all.mark = p
	return p
}

// change derives a mark; the result for one mark and change is always the same.
func (m *mark) change(c change) *mark {
	if d := m.derived[c]; d != nil {
		return d
	}
	d := *m
	d.derived, d.joined = [changes]*mark{}, nil
	switch c {
	case urlEncoded:
		d.urlEncoded++
	case urlDecoded:
		d.urlEncoded = max(0, d.urlEncoded-1)
	case jsonEscaped:
		d.jsonEscaped++
	case base64Encoded:
		d.base64++
	case base64Decoded:
		d.base64 = max(0, d.base64-1)
	case asJavaMap:
		d.javaMap = true
	case asJSON:
		d.json = true
	case parsed:
		d.jsonEscaped, d.json = max(0, d.jsonEscaped-1), false
	}
	p := newMark(d)
	m.derived[c] = p
	return p
}

// join is the history of bytes computed from texts of both histories.
func (r *renderer) join(a, b *mark) *mark {
	if a == nil {
		a = r.templateMark()
	}
	if b == nil {
		b = r.templateMark()
	}
	if a == b {
		return a
	}
	if j := a.joined[b]; j != nil {
		return j
	}
	j := *a
	j.derived, j.joined = [changes]*mark{}, nil
	if a.origin != b.origin {
		j.origin = OriginMixed
	}
	if j.ref == nil {
		j.ref = b.ref
	}
	j.urlEncoded, j.jsonEscaped, j.base64 = min(a.urlEncoded, b.urlEncoded), min(a.jsonEscaped, b.jsonEscaped), min(a.base64, b.base64)
	j.javaMap, j.json = a.javaMap || b.javaMap, a.json || b.json
	j.source = append([]string(nil), a.source...)
	for _, s := range b.source {
		if !slices.Contains(j.source, s) {
			j.source = append(j.source, s)
		}
	}
	p := a
	switch { // a sum over a loop must not make a mark each time
	case j.same(a):
	case j.same(b):
		p = b
	default:
		p = newMark(j)
	}
	if a.joined == nil {
		a.joined = map[*mark]*mark{}
	}
	a.joined[b] = p
	return p
}

func (r *renderer) templateMark() *mark {
	if r.template == nil {
		r.template = newMark(mark{})
	}
	return r.template
}

// readMark is the mark of data that a reference reads here.
func (r *renderer) readMark(ref *reference, origin Origin, kind, name string) *trace {
	if !r.track {
		return nil
	}
	if m := r.marks[ref]; m != nil && m.origin == origin && len(m.source[0]) == len(kind)+len(name) &&
		m.source[0][:len(kind)] == kind && m.source[0][len(kind):] == name {
		return &m.all
	}
	m := newMark(mark{origin: origin, ref: ref, source: []string{kind + name}})
	if r.marks == nil {
		r.marks = map[*reference]*mark{}
	}
	r.marks[ref] = m
	return &m.all
}

// changed applies a change to every part of a history.
func (r *renderer) changed(t *trace, c change) *trace {
	switch {
	case !r.track:
		return nil
	case t == nil:
		return &r.templateMark().change(c).all
	case t.runs == nil:
		return &t.mark.change(c).all
	}
	out := make([]run, len(t.runs))
	for i, x := range t.runs {
		m := x.mark
		if m == nil {
			m = r.templateMark()
		}
		out[i] = run{end: x.end, mark: m.change(c)}
	}
	return &trace{runs: out}
}

// flat is one mark for the whole of a history, nil for plain template text.
func (r *renderer) flat(t *trace) *mark {
	if t == nil {
		return nil
	}
	if t.runs == nil {
		return t.mark
	}
	m := t.runs[0].mark
	for _, x := range t.runs[1:] {
		if x.mark != m {
			m = r.join(m, x.mark)
		}
	}
	return m
}

func (m *mark) trace() *trace {
	if m == nil {
		return nil
	}
	return &m.all
}

// part is the history of bytes i to j of a text with history t.
func (t *trace) part(i, j int) *trace {
	if t == nil || t.runs == nil || i >= j {
		return t
	}
	first := searchRun(t.runs, i)
	if t.runs[first].end >= j {
		return t.runs[first].mark.trace()
	}
	var out []run
	for _, x := range t.runs[first:] {
		out = append(out, run{end: min(x.end, j) - i, mark: x.mark})
		if x.end >= j {
			break
		}
	}
	return &trace{runs: out}
}

// searchRun finds the run that holds byte i.
func searchRun(runs []run, i int) int {
	lo, hi := 0, len(runs)-1
	for lo < hi {
		mid := (lo + hi) / 2
		if runs[mid].end > i {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// builder collects text and, when it tracks, its history.
type builder struct {
	buf   []byte
	runs  []run
	by    *reference
	track bool
	empty *absence // the last reference that printed nothing into it
}

func (b *builder) text(s string, t *trace) {
	b.buf = append(b.buf, s...)
	if b.track && s != "" {
		b.cover(t)
	}
}

// cover records history t for the bytes appended since the last run.
func (b *builder) cover(t *trace) {
	switch {
	case t == nil:
		b.run(len(b.buf), nil)
	case t.runs == nil:
		b.run(len(b.buf), t.mark)
	default:
		start := 0
		if n := len(b.runs); n > 0 {
			start = b.runs[n-1].end
		}
		for _, x := range t.runs {
			b.run(start+x.end, x.mark)
		}
	}
}

func (b *builder) run(end int, m *mark) {
	by := b.by
	if m == nil {
		by = nil
	}
	if n := len(b.runs); n > 0 {
		last := &b.runs[n-1]
		if last.mark == m && last.by == by {
			last.end = end
			return
		}
		if last.end == end {
			return
		}
	}
	b.runs = append(b.runs, run{end: end, mark: m, by: by})
}

// reference is what is being printed.
func (b *builder) reference() *reference {
	if b.by == nil {
		return noReference
	}
	return b.by
}

// trace is the history of all that was collected.
func (b *builder) trace() *trace {
	if !b.track || len(b.runs) == 0 {
		return nil
	}
	if len(b.runs) == 1 {
		return b.runs[0].mark.trace()
	}
	runs := make([]run, len(b.runs))
	for i, x := range b.runs {
		runs[i] = run{end: x.end, mark: x.mark}
	}
	return &trace{runs: runs}
}

func (b *builder) reset(track bool) {
	b.buf, b.runs, b.by, b.track, b.empty = b.buf[:0], b.runs[:0], nil, track, nil
}

// spans turns the runs of the output into their public form.
func spans(runs []run) []Span {
	out := make([]Span, 0, len(runs))
	start := 0
	for i, x := range runs {
		if i > 0 && x.by == runs[i-1].by && x.mark.same(runs[i-1].mark) {
			out[len(out)-1].End = x.end
			start = x.end
			continue
		}
		out = append(out, x.span(start))
		start = x.end
	}
	return out
}

func (x *run) span(start int) Span {
	s := Span{Start: start, End: x.end}
	if x.by != nil {
		s.Printed, s.PrintedLine, s.PrintedColumn = x.by.source, x.by.at.line, x.by.at.column
	}
	m := x.mark
	if m == nil {
		return s
	}
	s.Origin, s.URLEncoded, s.JSONEscaped, s.Base64 = m.origin, m.urlEncoded, m.jsonEscaped, m.base64
	s.JavaMap, s.JSON, s.Source = m.javaMap, m.json, m.source
	if m.ref != nil {
		s.Reference, s.Line, s.Column = m.ref.source, m.ref.at.line, m.ref.at.column
	}
	return s
}

// same tells whether two marks make the same span.
func (m *mark) same(o *mark) bool {
	if m == o {
		return true
	}
	return m != nil && o != nil && m.origin == o.origin && m.urlEncoded == o.urlEncoded && m.jsonEscaped == o.jsonEscaped &&
		m.base64 == o.base64 && m.javaMap == o.javaMap && m.json == o.json && m.ref == o.ref && slices.Equal(m.source, o.source)
}
