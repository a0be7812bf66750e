package tui

import (
	"fmt"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// path is the way of the message through the eight stages.
type path struct {
	d      *diagnose.Diagnosis
	chosen int // index in diagnose.Stages
	words  report.Words
}

// failing is the stage that decides what the client sees, or -1.
func failing(d *diagnose.Diagnosis) int {
	f := d.Trace.FirstFailure()
	for i := range d.Trace.Steps {
		if f == &d.Trace.Steps[i] {
			return i
		}
	}
	return -1
}

// opening is the stage to open at first: the failing one, else the one of the
// worst finding, else one that is not known, else the first.
func opening(d *diagnose.Diagnosis) int {
	if i := failing(d); i >= 0 {
		return i
	}
	for i, s := range walk.Stages {
		if len(d.Findings) > 0 && d.Findings[0].Stage == s {
			return i
		}
	}
	for i := range d.Trace.Steps {
		if _, word, _ := mark(&unicodeGlyphs, &d.Trace.Steps[i], false); word == "unknown" {
			return i
		}
	}
	return 0
}

// passedBy tells whether the message fails before stage i. The response stage
// always has something to do: it hands the failure on.
func (p *path) passedBy(i int) bool {
	f := failing(p.d)
	return f >= 0 && i > f && walk.Stages[i] != walk.StageResponse
}

// mark is the mark, the word and the look of stage i. One that passes with an
// error or a warning says so: the cause of a failure often stands before it.
func (p *path) mark(g *glyphs, i int) (glyph, word string, r role) {
	step := &p.d.Trace.Steps[i]
	if step.Status == walk.Passed {
		for j := range p.d.Findings { // the worst comes first
			if f := &p.d.Findings[j]; f.Stage == step.Stage && f.Severity != diagnose.Note {
				return g.warn, map[diagnose.Severity]string{diagnose.Error: "error", diagnose.Warning: "warn"}[f.Severity], severityRole(f.Severity)
			}
		}
	}
	return mark(g, step, p.passedBy(i))
}

// row is one stage with its mark and word, and its sentence where there is room for
// all of it: the beginning of one can say the opposite.
func (p *path) row(t *theme, i, columns int) line {
	g := &t.glyphs
	glyph, word, r := p.mark(g, i)
	cursor, name := span{" ", plain}, plain
	if i == p.chosen {
		cursor, name = span{g.chosen, accent}, accent
	} else if r == dim {
		name = dim
	}
	sentence := plain
	if r == dim {
		sentence = dim
	}
	l := line{{" ", plain}, cursor, {" ", plain}, {glyph, r}, {fmt.Sprintf("  %d %-13s  ", i+1, walk.Stages[i]), name},
		{fmt.Sprintf("%-*s", p.wordColumns(), word), r}}
	if whole := append(l[:len(l):len(l)], span{"  " + show(p.words.Fill(report.Said(p.d.Trace.Steps[i]))), sentence}); whole.width() <= columns {
		return whole
	}
	return l.cut(columns, g.more)
}

// columns is how much of the columns the path needs beside the detail.
func (p *path) columns(t *theme, most int) int {
	least := width("   " + outcome(&p.d.Predicted))
	for i := range walk.Stages {
		least = max(least, p.row(t, i, most).width())
	}
	return min(least+1, most)
}

// wordColumns is the width of the longest word for a stage.
func (p *path) wordColumns() int {
	n := 0
	for i := range walk.Stages {
		_, word, _ := p.mark(&unicodeGlyphs, i)
		n = max(n, len(word))
	}
	return n
}

// tall draws the path beside the detail.
func (p *path) tall(t *theme, columns, rows int) []line {
	g := &t.glyphs
	var all []line
	for i := range walk.Stages {
		all = append(all, p.row(t, i, columns))
	}
	if rows >= len(all)+4 {
		r := &p.d.Trace.Request
		top := []line{{{"   client  ", dim}, {show(call(r)), plain}}, {{"   " + g.flow, dim}}}
		_, role := verdictWord(p.d.Verdict)
		bottom := []line{{{"   " + g.down, dim}}, {{"   " + outcome(&p.d.Predicted), role}}}
		all = append(append(top, all...), bottom...)
		for i := range all {
			all[i] = all[i].cut(columns, g.more)
		}
		return all
	}
	if rows < len(all) { // the chosen stage stays in sight
		from := min(max(p.chosen-rows/2, 0), len(all)-rows)
		all = all[from : from+rows]
	}
	return all
}

// folded draws marks and names only, in rows of as many as fit.
func (p *path) folded(t *theme, columns int) []line {
	const cell = 20
	each := max(columns/cell, 1)
	if each >= 8 {
		each = 8
	} else if each > 4 {
		each = 4
	}
	var all []line
	var l line
	for i := range walk.Stages {
		glyph, _, r := p.mark(&t.glyphs, i)
		cursor, name := span{" ", plain}, plain
		switch {
		case i == p.chosen:
			cursor, name = span{t.glyphs.chosen, accent}, accent
		case r == dim:
			name = dim
		}
		l = append(l, cursor, span{glyph, r}, span{fmt.Sprintf(" %d %-*s", i+1, cell-5, walk.Stages[i]), name})
		if (i+1)%each == 0 || i+1 == len(walk.Stages) {
			all = append(all, l.cut(columns, ""))
			l = nil
		}
	}
	return all
}

// line draws one row of marks, and the chosen stage's name.
func (p *path) line(t *theme, columns int) line {
	l := line{{" ", plain}}
	for i := range walk.Stages {
		glyph, _, r := p.mark(&t.glyphs, i)
		if i == p.chosen {
			l = append(l, span{t.glyphs.chosen, accent})
		}
		l = append(l, span{glyph, r})
	}
	_, word, r := p.mark(&t.glyphs, p.chosen)
	l = append(l, span{fmt.Sprintf("  %d %s  ", p.chosen+1, walk.Stages[p.chosen]), accent}, span{word, r})
	return l.cut(columns, t.glyphs.more)
}
