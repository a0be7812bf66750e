package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// trial is a fix made in memory: the walk before and after it.
type trial struct {
	title  string
	fixes  []diagnose.Fix
	only   string // the rule whose fix it is; empty for the fixes of all
	before *diagnose.Diagnosis
	after  *diagnose.Diagnosis // nil while it is being made
	err    error
	viewer viewer
	words  report.Words
}

// lay draws the two walks side by side; only what changes has a colour.
func (x *trial) lay(t *theme, columns, rows int) {
	g := &t.glyphs
	d := &doc{width: columns - 2, more: g.more, words: x.words}
	d.in("try").prose(x.title, strong)
	d.blank()
	switch {
	case x.err != nil:
		d.prose("the fix cannot be made here: "+x.err.Error(), bad)
	case x.after == nil:
		d.prose("walking again "+g.more, dim)
	default:
		d.lines = append(d.lines, x.table(t, d.width)...)
		d.blank()
		x.summary(d)
	}
	x.viewer.replace(indent(d.lines))
	x.viewer.scroll(0, rows)
}

// table is one row a stage: before and after.
func (x *trial) table(t *theme, columns int) []line {
	g := &t.glyphs
	before, after := path{d: x.before, words: x.words}, path{d: x.after, words: x.words}
	const name, word = 16, 11
	said := 0
	if columns >= 76 {
		said = (columns-name-2)/2 - word
	}
	half := word + said
	out := []line{append(append(put("", plain).fill(name, ""), put("now", dim).fill(half+2, "")...), span{"then", dim})}
	for i, s := range walk.Stages {
		bm, bw, br := before.mark(g, i)
		am, aw, ar := after.mark(g, i)
		bs, as := "", ""
		if said > 0 {
			bs, as = sentence(x.before, i, x.words), sentence(x.after, i, x.words)
		}
		changed := bw != aw || bm != am || sentence(x.before, i, x.words) != sentence(x.after, i, x.words)
		look := plain
		if !changed {
			br, ar, look = dim, dim, dim
		}
		l := put(fmt.Sprintf("%d %-13s ", i+1, s), look).fill(name, "")
		l = append(l, line{{bm + " ", br}, {fmt.Sprintf("%-7s ", bw), br}, {bs, look}}.fill(half-1, g.more)...)
		l = append(l, span{" ", plain})
		between := "  "
		if changed {
			between = g.arrow + " "
		}
		l = append(l, put(between, accent).fill(2, "")...)
		l = append(l, line{{am + " ", ar}, {fmt.Sprintf("%-7s ", aw), ar}, {as, look}}.cut(half, g.more)...)
		out = append(out, l.cut(columns, g.more))
	}
	return out
}

func sentence(d *diagnose.Diagnosis, i int, w report.Words) string {
	return show(w.Fill(report.Said(d.Trace.Steps[i])))
}

// summary says what the fix does to the answer and to the findings.
func (x *trial) summary(d *doc) {
	bw, br := verdictWord(x.before.Verdict)
	aw, ar := verdictWord(x.after.Verdict)
	d.in("now").prose(bw+": "+report.Outcome(x.before), br)
	d.in("then").prose(aw+": "+report.Outcome(x.after), ar)
	d.blank()
	gone, left, fresh := compare(x.before, x.after)
	for _, c := range []struct {
		label string
		list  []diagnose.Finding
		role  role
	}{{"gone", gone, good}, {"stays", left, plain}, {"new", fresh, warn}} {
		for _, f := range c.list {
			d.in(c.label).prosef(c.role, "%s %s: %s", f.Severity, f.Rule, f.Message)
		}
	}
	if len(gone)+len(left)+len(fresh) == 0 {
		d.prose("no findings before, none after", dim)
	}
}

// compare sorts the findings of two diagnoses by rule and message.
func compare(before, after *diagnose.Diagnosis) (gone, left, fresh []diagnose.Finding) {
	has := func(d *diagnose.Diagnosis, f *diagnose.Finding) bool {
		for i := range d.Findings {
			if d.Findings[i].Rule == f.Rule && d.Findings[i].Message == f.Message {
				return true
			}
		}
		return false
	}
	for i := range before.Findings {
		if f := &before.Findings[i]; has(after, f) {
			left = append(left, *f)
		} else {
			gone = append(gone, *f)
		}
	}
	for i := range after.Findings {
		if f := &after.Findings[i]; !has(before, f) {
			fresh = append(fresh, *f)
		}
	}
	return gone, left, fresh
}

// confirmation shows the exact commands of a fix before it is applied, and
// afterwards what was done.
type confirmation struct {
	fix     diagnose.Fix
	only    string   // the rule whose fix it is
	lines   []string // commands, or the changes in words
	typed   string
	running bool

	cancelled bool // while it was running
	done      bool
	log       []string
	err       error
	viewer    viewer
}

// consent is what has to be typed before anything is changed.
const consent = "yes"

// asks tells whether the confirmation still waits for an answer.
func (c *confirmation) asks() bool { return !c.running && !c.done }

// rows is how many rows are left for the commands.
func (c *confirmation) rows(rows int) int {
	if c.asks() {
		return max(rows-2, 1)
	}
	return rows
}

func (c *confirmation) lay(t *theme, w report.Words, columns, rows int) {
	g := &t.glyphs
	d := &doc{width: columns - 2, more: g.more, words: w}
	switch {
	case c.running:
		d.in("apply").prose("applying: "+c.fix.Title, strong)
	case c.done && c.err != nil:
		d.in("apply").prose("not, or not wholly, applied: "+c.err.Error(), bad)
	case c.done:
		d.in("apply").prose("applied: "+c.fix.Title, good)
	default:
		d.in("apply").prose("this changes your AWS account: "+c.fix.Title, strong)
	}
	if c.fix.Risk != "" {
		d.prose("risk: "+c.fix.Risk, warn)
	}
	d.blank()
	if !c.done {
		d.in("runs")
		for _, l := range c.lines {
			d.literal(l, plain)
		}
	}
	for _, l := range c.log {
		d.literal(l, plain)
	}
	c.viewer.replace(indent(d.lines))
	c.viewer.scroll(0, c.rows(rows))
}

func (c *confirmation) view(t *theme, columns, rows int) []line {
	out := c.viewer.view(&t.glyphs, min(c.rows(rows), len(c.viewer.lines)))
	if c.asks() {
		out = append(out, nil, line{{" type " + consent + " and press enter to apply: ", strong}, {show(c.typed) + "_", accent}}.cut(columns, t.glyphs.more))
	}
	return out
}

// saving asks what to save and where.
type saving struct {
	chosen int
	name   editor
}

// savings are what can be saved.
var savings = [...]struct{ what, about, name string }{
	{"text", "the report, for people", "report.txt"},
	{"json", "the report, for programs", "report.json"},
	{"snapshot", "what was read, to diagnose it anywhere", "snapshot.json"},
	{"request", "the client's request, for --request", "call.json"},
	{"html", "the report as a page, to hand on", "report.html"},
}

// newSaving offers the first of the savings, or the one that is named.
func newSaving(what string) saving {
	for i, x := range savings {
		if x.what == what {
			return saving{i, newEditor(x.name)}
		}
	}
	return saving{name: newEditor(savings[0].name)}
}

// choose takes another thing to save; a name that was not edited follows.
func (s *saving) choose(by int) {
	old := savings[s.chosen].name
	s.chosen = (s.chosen + by + len(savings)) % len(savings)
	if s.name.text == old {
		s.name = newEditor(savings[s.chosen].name)
	}
}

func (s *saving) view(t *theme, columns, rows int) []line {
	g := &t.glyphs
	out := []line{put(" save", strong), nil}
	for i, x := range savings {
		cursor, look := "   ", plain
		if i == s.chosen {
			cursor, look = " "+g.chosen+" ", accent
		}
		out = append(out, line{{cursor, accent}, {fmt.Sprintf("%-10s", x.what), look}, {x.about, dim}})
	}
	out = append(out, nil, line{{"   to the file ", plain}, {show(strings.ReplaceAll(s.name.text[:s.name.cursor], "\n", "")), strong}, {g.bar, accent}, {show(s.name.text[s.name.cursor:]), strong}})
	for i := range out {
		out[i] = out[i].cut(columns, g.more)
	}
	return out[:min(len(out), max(rows, 0))]
}
