package report

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// htmlFinding is a finding with the lines it is about.
type htmlFinding struct {
	Finding
	ID       string
	Stage    htmlLink
	Place    string     // of the first evidence
	Frame    []htmlLine // of the mapping template, what is to blame marked
	FrameOf  string
	Source   []htmlLine // of the user's file
	SourceOf string
	Received []htmlLine // body that SQS receives
	Evidence []Evidence // what the frames do not show
	Fixes    []htmlFix
}

// htmlFix is a fix and its notations.
type htmlFix struct {
	Fix
	Then      string
	Notations []htmlNotation
}

// htmlNotation is a change as somebody can make it.
type htmlNotation struct {
	ID, Name, Text string
	Open           bool // the one for this target
}

// blame is a place of the mapping template and what is wrong with it.
type blame struct {
	line, column, length int // 1-based, in bytes
	reference, why       string
	finding              int // index of the finding; -1 when the template itself cannot be read
}

// blames are the places of the template that findings speak of.
func blames(d *diagnose.Diagnosis) []blame {
	if d.Trace == nil {
		return nil
	}
	m := &d.Trace.Mapping
	var list []blame
	add := func(b blame) {
		if b.line > 0 && !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	if e := m.SyntaxError; e != nil {
		add(blame{e.Line, e.Column, 1, "", e.Message, -1})
	}
	if e := m.RenderError; e != nil {
		add(blame{e.Line, e.Column, 1, "", e.Message, -1})
	}
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Stage != walk.StageMapping && f.Stage != walk.StageProtocol && f.Stage != walk.StageQueue {
			continue
		}
		for _, s := range m.Spans {
			if s.Reference != "" && mentions(f, s.Reference) {
				add(blame{s.Line, s.Column, len(s.Reference), s.Reference, f.Rule, i})
			}
			if s.Printed != "" && s.Printed != s.Reference && mentions(f, s.Printed) {
				add(blame{s.PrintedLine, s.PrintedColumn, len(s.Printed), s.Reference, f.Rule, i})
			}
		}
		if m.Rendered == nil {
			continue
		}
		for _, s := range m.Rendered.Empty {
			if mentions(f, s.Reference) {
				add(blame{s.Line, s.Column, len(s.Reference), s.Reference, f.Rule, i})
			}
		}
	}
	return list
}

// mentions tells whether a finding speaks of the reference.
func mentions(f *diagnose.Finding, reference string) bool {
	return strings.Contains(f.Message, reference) || slices.ContainsFunc(f.Evidence, func(e diagnose.Evidence) bool {
		return e.Value == reference || strings.Contains(e.Label, reference)
	})
}

// templateLines are the mapping template with what is to blame, and what reads
// the client's data, marked. Those of one finding have its places alone.
func templateLines(d *diagnose.Diagnosis, say Words, finding ...int) []htmlLine {
	m := &d.Trace.Mapping
	var marks []htmlMark
	notes := map[int][]string{}
	for _, b := range blames(d) {
		if len(finding) > 0 && b.finding >= 0 && !slices.Contains(finding, b.finding) {
			continue
		}
		start := offset(m.Template, b.line, b.column)
		marks = append(marks, htmlMark{start, min(start+b.length, len(m.Template)), "blame", b.why})
		if len(finding) > 0 && b.finding >= 0 {
			continue // the finding says it above
		}
		if !slices.Contains(notes[b.line], b.why) {
			notes[b.line] = append(notes[b.line], b.why)
		}
	}
	for _, s := range m.Spans {
		if s.Reference != "" && s.Origin != 0 {
			start := offset(m.Template, s.Line, s.Column)
			marks = append(marks, htmlMark{start, min(start+len(s.Reference), len(m.Template)), "client", "reads the client's data"})
		}
	}
	lines := codeLines(m.Template, marks, say)
	for i := range lines {
		for _, why := range notes[lines[i].N] {
			lines[i].Notes = append(lines[i].Notes, say.Show(why))
		}
	}
	return lines
}

func htmlFindings(r Run, d *diagnose.Diagnosis, m Method, id string, say Words) []htmlFinding {
	var out []htmlFinding
	places := blames(d)
	for i, f := range m.Findings {
		x := htmlFinding{Finding: f, ID: fmt.Sprintf("%sfinding=%d", id, i+1), Stage: htmlLink{To: "#" + id + "stage=" + f.Stage, Text: f.Stage}, Evidence: f.Evidence}
		if len(f.Evidence) > 0 {
			x.Place = f.Evidence[0].place()
			x.Source, x.SourceOf = sourceLines(r, d.Findings[i].Evidence[0].Origin, say)
		}
		blamed := map[string]bool{}
		for _, b := range places {
			if b.finding == i || b.finding < 0 && f.Stage == string(walk.StageMapping) {
				blamed[b.reference] = true
			}
		}
		if len(blamed) > 0 {
			x.Frame = around(templateLines(d, say, i))
			x.FrameOf = "mapping template " + say.Show(d.Trace.Mapping.Choice.Key)
		}
		if d.Trace != nil && d.Trace.Mapping.BodyKnown && len(d.Trace.Mapping.Body) > 0 && shownAsBody(d, i) {
			x.Received = bodyLines(d.Trace, blamed, say)
		}
		x.Evidence = x.rest(d, i)
		for j, fix := range f.Fixes {
			x.Fixes = append(x.Fixes, htmlFix{fix, after(d.Findings[i].Fixes[j], d.Trace),
				notations(fmt.Sprintf("%s-fix%d", x.ID, j+1), m.kind(r), fix.Commands, fix.CloudFormation, fix.Terraform, "")})
		}
		out = append(out, x)
	}
	return out
}

// shownAsBody tells whether a finding rests on the body that SQS receives.
func shownAsBody(d *diagnose.Diagnosis, finding int) bool {
	f := &d.Findings[finding]
	if f.Awkward.Name != "" { // its body is that of another request
		return false
	}
	return slices.ContainsFunc(f.Evidence, func(e diagnose.Evidence) bool { return isBody(d, e.Value) })
}

// isBody tells whether a value is the body that SQS receives, or its beginning.
func isBody(d *diagnose.Diagnosis, value string) bool {
	start := strings.TrimSuffix(strings.TrimRight(value, " "), "…")
	return len(start) > 20 && strings.HasPrefix(string(d.Trace.Mapping.Body), start)
}

// rest is the evidence that the frames do not show already.
func (x *htmlFinding) rest(d *diagnose.Diagnosis, finding int) []Evidence {
	var list []Evidence
	for i, e := range d.Findings[finding].Evidence {
		switch {
		case len(x.Received) > 0 && isBody(d, e.Value):
		case len(x.Frame) > 0 && e.Origin == d.Trace.Mapping.TemplateAt && strings.Contains(d.Trace.Mapping.Template, e.Value):
		default:
			list = append(list, x.Finding.Evidence[i])
		}
	}
	return list
}

// sourceLines are the lines of the user's file around a place.
func sourceLines(r Run, o snapshot.Origin, say Words) ([]htmlLine, string) {
	if r.Remedy.Lines == nil || o.File == "" || o.Line == 0 {
		return nil, ""
	}
	rows, err := r.Remedy.Lines(o.File)
	if err != nil || o.Line > len(rows) {
		return nil, ""
	}
	const neighbours, widest = 2, 400
	var lines []htmlLine
	for n := max(o.Line-neighbours, 1); n <= min(o.Line+neighbours, len(rows)); n++ {
		row := rows[n-1]
		if len(row) > widest {
			row = strings.ToValidUTF8(row[:widest], "") + " …"
		}
		l := htmlLine{N: n, Hot: n == o.Line}
		if row != "" {
			l.Pieces = []htmlPiece{{Text: say.Show(row)}}
		}
		lines = append(lines, l)
	}
	return lines, Where(o)
}
