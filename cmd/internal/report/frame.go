package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"apisqs-doctor/diagnose"
	shrinking "apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

// frame shows the line of a mapping template that a finding points at, the reference
// in it underlined, and beneath it what SQS received there. It tells whether there
// is such a line.
func (t *text) frame(d *diagnose.Diagnosis, f *diagnose.Finding) bool {
	if len(f.Evidence) == 0 || f.Evidence[0].Line == 0 || d.Trace == nil {
		return false
	}
	e := f.Evidence[0]
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
	shown, before, n := centered(source, e.Column-1, length, t.width-lipgloss.Width(lead))
	line := fmt.Sprintf("line %d of mapping template %s", e.Line, d.Trace.Mapping.Choice.Key)
	if place := t.where(e.Origin); place != "" {
		line += " (" + place + ")"
	}
	t.field("where", t.clean(line))
	at := spot{e.Line, e.Column}
	if t.framed == at && f.Severity != diagnose.Error {
		return true // it was just shown
	}
	t.framed = at
	t.line("%s%s", lead, shown)
	t.line("         | %s%s", strings.Repeat(" ", before), t.style.warn.Render(strings.Repeat("^", n)))
	if trace, of := t.traceOf(d, f); trace.Mapping.Template == d.Trace.Mapping.Template {
		i := slices.IndexFunc(trace.Mapping.Spans, func(s walk.Span) bool { return s.Line == e.Line && s.Column == e.Column })
		if i >= 0 {
			if s := trace.Mapping.Spans[i]; s.PrintedLine > 0 && s.PrintedLine != e.Line {
				t.hang("           ", 19, t.clean(fmt.Sprintf("printed by %s in line %d", s.Printed, s.PrintedLine)))
			}
			if got := received(trace, trace.Mapping.Spans[i]); got != "" {
				t.hang("           "+of+"SQS got ", 19, t.clean(got))
			}
		}
	}
	return true
}

// spot is a place in a template.
type spot struct{ line, column int }

// centered cuts a line to the columns, so that the part that matters shows; at is the
// column and n the width of that part in what is left.
func centered(line string, start, length, columns int) (shown string, at, n int) {
	end := min(start+length, len(line))
	before, part, behind := visible(line[:start], false), visible(line[start:end], false), visible(line[end:], false)
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
	case d.EveryBody != nil && d.EveryBody.Result == walk.UnsafeForOne:
		r = d.EveryBody.Request
	default:
		return d.Trace, ""
	}
	if t.engine == nil {
		t.engine = walk.New(t.run.Snapshot)
	}
	return t.engine.Walk(*r), "for the body " + t.clean(short(fmt.Sprintf("%q", r.Body))) + " "
}

// received is what SQS reads where a reference of the template stands: the parameter
// that holds it, and those that the client's data adds.
func received(trace *walk.Trace, span walk.Span) string {
	if !trace.Mapping.BodyKnown || !trace.SendsForm() || span.End > len(trace.Mapping.Body) {
		return ""
	}
	body := string(trace.Mapping.Body)
	start := strings.LastIndexByte(body[:span.Start], '&') + 1
	end := len(body)
	if n := strings.IndexByte(body[span.Start:], '&'); n >= 0 {
		end = span.Start + n
	}
	s := ending(body[start:end])
	if end >= span.End {
		return s
	}
	var names []string
	for _, extra := range strings.Split(body[end+1:span.End], "&") {
		name, _, isPair := strings.Cut(extra, "=")
		switch {
		case isPair:
			names = append(names, fmt.Sprintf("a parameter %q", short(name)))
		case extra != "":
			names = append(names, fmt.Sprintf("then %q, which is no parameter", short(extra)))
		}
	}
	if len(names) == 0 {
		return s + `, cut at the "&"`
	}
	return s + ", and " + strings.Join(names[:min(len(names), 3)], ", ")
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
	if least := shrinking.Shrink(body, alike); len(least)*2 < len(body) {
		t.line("           smallest body that fails: %s   yours: %s", t.clean(short(least)), plural(len(body), "byte"))
	}
}
