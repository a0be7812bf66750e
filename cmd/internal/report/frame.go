package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	ground "apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

// frame shows the source that a finding is about: a line of the mapping template or
// a mapping expression. It tells whether there is one.
func (t *text) frame(d *diagnose.Diagnosis, f *diagnose.Finding) bool {
	if f.Severity == diagnose.Note || d.Trace == nil {
		return false
	}
	for i, e := range f.Evidence {
		if t.frameTemplate(d, f, e) {
			t.smallest(d, f)
			return true
		}
		// Beside the first place it is that of the fault only where the message names it.
		if m, ok := mappingOf(d.Trace, e); ok && (i == 0 || strings.Contains(f.Message, m.name[strings.LastIndexByte(m.name, '.')+1:])) && t.frameMapping(d, f, e) {
			return true
		}
	}
	if e, ok := mendedPlace(d.Trace, f); ok {
		return t.frameTemplate(d, f, e)
	}
	return false
}

// mendedPlace is the place in the mapping template that the fix of a finding changes, for
// a finding that points at none.
func mendedPlace(trace *walk.Trace, f *diagnose.Finding) (e diagnose.Evidence, ok bool) {
	if len(f.Fixes) == 0 || len(f.Evidence) == 0 {
		return e, false
	}
	before, after := trace.Mapping.Template, ""
	for _, c := range f.Fixes[0].Changes {
		if set, is := c.(snapshot.SetTemplate); is && set.Before == before && after == "" {
			after = set.After
		}
	}
	if before == "" || after == "" {
		return e, false
	}
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	for start > 0 && wordRune(rune(before[start-1])) && start < len(before) && wordRune(rune(before[start])) {
		start--
	}
	end := len(before)
	for i := len(after); end > start && i > start && before[end-1] == after[i-1]; i-- {
		end--
	}
	for end > start && end < len(before) && wordRune(rune(before[end])) && wordRune(rune(before[end-1])) {
		end++
	}
	if start > end || strings.Contains(before[start:end], "\n") || start == end && strings.Count(before, "\n") != strings.Count(after, "\n") {
		return e, false
	}
	return diagnose.Evidence{Value: before[start:end], Origin: trace.Mapping.TemplateAt, Line: 1 + strings.Count(before[:start], "\n"),
		Column: start - strings.LastIndexByte(before[:start], '\n')}, true
}

// frameTemplate shows the line of a mapping template that evidence points at, the
// reference in it underlined, and beneath it what SQS received there. It tells
// whether there is such a line.
func (t *text) frameTemplate(d *diagnose.Diagnosis, f *diagnose.Finding, e diagnose.Evidence) bool {
	if e.Line == 0 {
		return false
	}
	lines := strings.Split(d.Trace.Mapping.Template, "\n")
	if e.Line > len(lines) || e.Column < 1 || e.Column > len(lines[e.Line-1])+1 {
		return false
	}
	source := strings.TrimRight(lines[e.Line-1], "\r")
	length := len(e.Value)
	if at := e.Column - 1; at > len(source) || !strings.HasPrefix(source[at:], e.Value) {
		length = 1
	}
	lead := fmt.Sprintf("    %4d | ", e.Line)
	shown, before, n := t.centered(source, e.Column-1, length, t.width-lipgloss.Width(lead))
	at := spot{line: e.Line, column: e.Column}
	if t.framed == at {
		return true // it was just shown
	}
	t.framed = at
	line := fmt.Sprintf("line %d of mapping template %s", e.Line, d.Trace.Mapping.Choice.Key)
	if place := t.where(e.Origin); place != "" {
		line += " (" + place + ")"
	}
	t.field("where", t.clean(line))
	t.line("%s%s", lead, shown)
	t.line("         | %s%s", strings.Repeat(" ", before), t.style.warn.Render(strings.Repeat("^", n)))
	if trace, of := t.traceOf(d, f); trace.Mapping.Template == d.Trace.Mapping.Template {
		i := slices.IndexFunc(trace.Mapping.Spans, func(s walk.Span) bool {
			return s.Line == e.Line && s.Column == e.Column || s.PrintedLine == e.Line && s.PrintedColumn == e.Column
		})
		if i >= 0 {
			if s := trace.Mapping.Spans[i]; s.PrintedLine > 0 && s.PrintedLine != e.Line {
				t.hang("           ", 19, t.clean(fmt.Sprintf("printed by %s in line %d", s.Printed, s.PrintedLine)))
			}
			if got := received(trace, trace.Mapping.Spans[i]); got != "" {
				t.hang("           "+of+"SQS got ", 19, t.clean(got))
			}
		}
	}
	if ownStep(d, f) {
		t.sentAndNeeded("", mendedPart(source, mendedLine(d.Trace, f, e.Line), d.Trace.SendsForm()))
	}
	return true
}

// ownStep tells whether the plan mends a finding by its own fix: what another one needs
// is not what the reader has to write.
func ownStep(d *diagnose.Diagnosis, f *diagnose.Finding) bool {
	return len(d.Plan.Fixes) == 0 || slices.ContainsFunc(d.Plan.Fixes, func(x diagnose.Fix) bool { return x.Rule == f.Rule })
}

// mendedPart is what a line has after a change where it had something else before: the
// parameters or members that differ. It is empty where nothing but a part is gone.
func mendedPart(before, after string, form bool) string {
	start := 0
	for start < min(len(before), len(after)) && before[start] == after[start] {
		start++
	}
	end := 0 // from behind
	for end < min(len(before), len(after))-start && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	if start+end == len(before) { // it is put in between: before a sign that it ends in, too
		for start > 0 && start < len(after)-end && after[start-1] == after[len(after)-end-1] {
			start, end = start-1, end+1
		}
		if part := strings.Trim(after[start:len(after)-end], "&, "); strings.ContainsAny(part, "=:") {
			return part
		}
	}
	joints := "&"
	if !form {
		joints = ",{}"
	}
	start = strings.LastIndexAny(after[:start], joints) + 1
	if n := strings.IndexAny(after[len(after)-end:], joints); n >= 0 {
		end -= n
	} else {
		end = 0
	}
	part := strings.Trim(after[start:max(start, len(after)-end)], "& ")
	if slices.Contains(strings.FieldsFunc(before, func(r rune) bool { return strings.ContainsRune(joints, r) }), part) {
		return ""
	}
	return part
}

// mendedLine is what the fix of a finding makes of a line of the mapping template;
// empty where it changes the line in no way, or the lines around it too.
func mendedLine(trace *walk.Trace, f *diagnose.Finding, line int) string {
	if len(f.Fixes) == 0 {
		return ""
	}
	for _, c := range f.Fixes[0].Changes {
		set, ok := c.(snapshot.SetTemplate)
		if !ok || set.Before != trace.Mapping.Template || set.ContentType != trace.Mapping.Choice.Key {
			continue
		}
		before, after := strings.Split(set.Before, "\n"), strings.Split(set.After, "\n")
		if len(before) == len(after) && before[line-1] != after[line-1] {
			return strings.TrimRight(after[line-1], "\r")
		}
	}
	return ""
}

// spot is a place in a template, or a mapping by its name.
type spot struct {
	line, column int
	mapping      string
}

// centered cuts a line to the columns, so that the part that matters shows; at is the
// column and n the width of that part in what is left.
func (t *text) centered(line string, start, length, columns int) (shown string, at, n int) {
	end := min(start+length, len(line))
	before, part, behind := t.clean(line[:start]), t.clean(line[start:end]), t.clean(line[end:])
	n = max(1, min(lipgloss.Width(part), columns-2))
	room := max(0, columns-n)
	left := min(lipgloss.Width(before), max(room/2, room-lipgloss.Width(behind)))
	if w := lipgloss.Width(before); w > left {
		runes := []rune(before)
		for len(runes) > 0 && lipgloss.Width(string(runes))+1 > left {
			runes = runes[1:]
		}
		before = "…" + string(runes)
	}
	shown = before + part + behind
	if lipgloss.Width(shown) > columns {
		shown = shown[:fitting(shown, columns-1)] + "…"
	}
	return shown, lipgloss.Width(before), n
}

// traceOf is the walk on which the finding shows, and of which body it is: that of
// the request under diagnosis, of the awkward one, or of one that breaks the template.
func (t *text) traceOf(d *diagnose.Diagnosis, f *diagnose.Finding) (trace *walk.Trace, of string) {
	r := &f.Awkward.Request
	switch {
	case t.run.Snapshot == nil || f.Severity == diagnose.Error:
		return d.Trace, ""
	case f.Awkward.Name != "":
		of = f.Awkward.Name
	case d.EveryBody != nil && d.EveryBody.Result == walk.UnsafeForOne:
		r, of = d.EveryBody.Request, d.EveryBody.Said()
	default:
		return d.Trace, ""
	}
	if t.engine == nil {
		t.engine = walk.New(t.run.Snapshot)
	}
	return t.engine.Walk(*r), "for " + t.clean(of) + " "
}

// received is what SQS reads where a reference of the template stands: the parameter
// that holds it, and those that the client's data adds.
func received(trace *walk.Trace, span walk.Span) string {
	if !trace.Mapping.BodyKnown || span.End > len(trace.Mapping.Body) {
		return ""
	}
	body := string(trace.Mapping.Body)
	if !trace.SendsForm() {
		return surrounded(body, span.Start, span.End)
	}
	start := strings.LastIndexByte(body[:span.Start], '&') + 1
	end := len(body)
	if n := strings.IndexByte(body[span.Start:], '&'); n >= 0 {
		end = span.Start + n
	}
	if end >= span.End {
		s := ending(body[start:span.End])
		if rest := body[span.End:end]; len([]rune(rest)) > 8 {
			return s + "…"
		}
		return ending(body[start:end])
	}
	s := ending(body[start:end])
	var names []string
	for _, extra := range strings.Split(body[end+1:span.End], "&") {
		name, _, isPair := strings.Cut(extra, "=")
		switch {
		case isPair:
			names = append(names, "a parameter "+ground.Quoted(short(name)))
		case extra != "":
			names = append(names, "then "+ground.Quoted(short(extra))+", which is no parameter")
		}
	}
	if len(names) == 0 {
		return s + `, cut at the "&"`
	}
	return s + ", and " + strings.Join(names[:min(len(names), 3)], ", ")
}

// surrounded is a part of a text, and what leads to it.
func surrounded(body string, start, end int) string {
	before, part := []rune(body[:start]), short(body[start:end])
	const lead = 16
	if len(before) > lead {
		before = append([]rune("…"), before[len(before)-lead:]...)
	}
	if part == body[start:end] {
		part += short(body[end:])
	}
	return string(before) + part
}

// ending is a parameter with the end of its value, where it may be cut.
func ending(parameter string) string {
	name, value, _ := strings.Cut(parameter, "=")
	if r := []rune(value); len(r) > mostOfValue {
		value = "…" + string(r[len(r)-mostOfValue:])
	}
	return name + "=" + value
}

// mostOfValue is how many characters of a text a line shows.
const mostOfValue = 40

// short cuts a text to what a line can show of it.
func short(s string) string {
	if r := []rune(s); len(r) > mostOfValue {
		return string(r[:mostOfValue]) + "…"
	}
	return s
}

// leastToShrink is the size, in bytes, of a body from which a smaller one says more.
const leastToShrink = 16

// mostToShrink is that up to which looking for one does not take long.
const mostToShrink = 64 << 10

// smallest shows the smallest body that fails as the caller's does, where the body
// is what makes the call fail.
func (t *text) smallest(d *diagnose.Diagnosis, f *diagnose.Finding) {
	failure := d.Trace.FirstFailure()
	body := d.Trace.Request.Body
	if f.Awkward.Name != "" || f.Severity != diagnose.Error || failure == nil || t.run.Snapshot == nil || len(body) < leastToShrink || len(body) > mostToShrink {
		return
	}
	if t.engine == nil {
		t.engine = walk.New(t.run.Snapshot)
	}
	alike := func(body string) bool {
		r := d.Trace.Request
		r.Body = body
		first := t.engine.Walk(r).FirstFailure()
		return first != nil && first.Stage == failure.Stage && first.Failure.Code == failure.Failure.Code
	}
	if alike("") || alike(`{}`) {
		return // whatever the body is
	}
	if least := ground.Shrink(body, alike); len(least)*2 < len(body) {
		s, yours := "smallest body that fails: "+t.clean(short(least)), "yours: "+plural(len(body), "byte")
		const indent = "           "
		if lipgloss.Width(s+yours)+len(indent)+3 <= t.width {
			t.line("%s%s   %s", indent, s, yours)
			return
		}
		t.hang(indent, 13, s)
		t.hang(indent, 13, yours)
	}
}
