package vtl

import (
	"slices"
	"strings"
)

// layout tells where the statements of a template stand in its text: what
// rewrites work on. It is made by parsing once more, since renderings need none.
type layout struct {
	pieces []piece
	group  int // the text that is being read: 0 is the template, others are strings in it
	groups int
	block  int // the block that is being read, 0 outside of all
	blocks int
	of     map[int]int // block -> the piece of its directive
	open   []int       // the pieces that are being read

	at    map[place]*reference
	calls map[string][]reach // of the functions of $util, by offset
}

// reach is where a call starts, and how far it or one before it reaches.
type reach struct{ start, end int }

// piece is one statement. The pieces of a directive's blocks follow it and lie
// within it.
type piece struct {
	kind       pieceKind
	start, end int  // bytes of the template as written
	group      int  // the text that it belongs to
	block      int  // the block that it stands in
	exact      bool // a text that prints exactly what is written
	ref        *reference
}

type pieceKind uint8

const (
	pieceOther pieceKind = iota // directives and comments
	pieceText
	pieceReference
)

// recording is a piece that is being read.
type recording struct {
	index, start int
}

func (p *parser) begin() recording {
	r := recording{start: p.base + p.pos, index: -1}
	if l := p.layout; l != nil && !p.moved {
		r.index = len(l.pieces)
		l.open = append(l.open, r.index)
		l.pieces = append(l.pieces, piece{start: r.start, group: l.group, block: l.block})
	}
	return r
}

func (r recording) end(p *parser, n node) {
	if r.index < 0 {
		return
	}
	p.layout.open = p.layout.open[:len(p.layout.open)-1]
	x := &p.layout.pieces[r.index]
	x.end = p.base + p.pos
	switch n := n.(type) {
	case textNode:
		x.kind, x.exact = pieceText, string(n) == p.src[r.start-p.base:p.pos]
	case *reference:
		x.kind, x.ref = pieceReference, n
	}
}

// enter starts a block of the directive that is being read.
func (l *layout) enter() (leave func()) {
	if l == nil {
		return func() {}
	}
	outer := l.block
	l.blocks++
	l.block = l.blocks
	if n := len(l.open); n > 0 {
		l.of[l.block] = l.open[n-1]
	}
	return func() { l.block = outer }
}

// enterString starts a text of its own.
func (l *layout) enterString() (leave func()) {
	if l == nil {
		return func() {}
	}
	group, block := l.group, l.block
	l.groups++
	l.group, l.block = l.groups, 0
	return func() { l.group, l.block = group, block }
}

// literal records a string without references.
func (l *layout) literal(p *parser, start, end int, moved bool) {
	if l == nil || moved {
		return
	}
	l.groups++
	l.pieces = append(l.pieces, piece{kind: pieceText, start: p.base + start, end: p.base + end, group: l.groups, exact: true})
}

// places is the layout of a template.
func (t *Template) places() *layout {
	t.layoutOnce.Do(func() {
		t.layout = &layout{of: map[int]int{}}
		c := newCompiler(t.source)
		c.layout = t.layout
		text, base := trimTemplate(t.source)
		if _, err := c.compile(text, base); err != nil {
			t.layout.pieces = nil
		}
		t.layout.index(t)
	})
	return t.layout
}

// runs lists the texts of a template, the template itself first, each as its
// pieces in order.
func (l *layout) runs() [][]piece {
	out := make([][]piece, l.groups+1)
	for _, x := range l.pieces {
		if x.end > x.start {
			out[x.group] = append(out[x.group], x)
		}
	}
	return out
}

// index prepares finding references and the calls around them.
func (l *layout) index(t *Template) {
	l.at, l.calls = make(map[place]*reference, len(t.refs)), map[string][]reach{}
	for _, ref := range t.refs {
		if ref.offset < 0 || !strings.HasPrefix(t.source[ref.offset:], ref.source) {
			continue
		}
		l.at[ref.at] = ref
		if ref.name == "util" && len(ref.steps) > 0 && ref.steps[0].kind == stepMethod {
			f := ref.steps[0].name
			l.calls[f] = append(l.calls[f], reach{ref.offset, ref.offset + ref.steps[0].end})
		}
	}
	for _, calls := range l.calls {
		slices.SortFunc(calls, func(a, b reach) int { return a.start - b.start })
		for i := 1; i < len(calls); i++ {
			calls[i].end = max(calls[i].end, calls[i-1].end)
		}
	}
}
