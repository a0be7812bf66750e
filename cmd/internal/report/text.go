package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// text lays out one run for a person.
type text struct {
	strings.Builder
	run    Run
	say    Words
	style  style
	width  int          // of a line, in columns
	file   string       // that was named last
	framed spot         // of the template that was shown last
	engine *walk.Engine // of the snapshot, when an awkward request had to be followed
}

// Text writes the run for a person, in colour when color is set. A run without
// a diagnosis writes nothing: its problem is told on the error stream.
func Text(w io.Writer, r Run, color bool) error {
	if r.Problem != nil {
		return nil
	}
	t := &text{run: r, say: newWords(r), style: newStyle(color), width: usualWidth}
	if r.Width > 0 {
		t.width = max(r.Width, narrowestLine)
	}
	var healthy []*diagnose.Diagnosis
	for i := range r.Examination.Diagnoses {
		d := &r.Examination.Diagnoses[i]
		if foldable(d) && len(r.Examination.Diagnoses) > 1 {
			healthy = append(healthy, d)
			continue
		}
		t.diagnosis(d)
		if t.Len() < held {
			continue
		}
		if err := t.flush(w); err != nil {
			return err
		}
	}
	for _, d := range healthy {
		t.folded(d)
	}
	if len(healthy) > 0 {
		t.line("")
	}
	t.unread(unread(&r.Examination))
	t.passedOver()
	for _, a := range r.Examination.Target.Assumed {
		t.hang("assumed: ", 9, t.clean(a.What+": "+a.Why))
	}
	t.notices()
	t.summary()
	return t.flush(w)
}

// held is how much of a report is held before it is handed over: one of thousands of
// methods is never held whole.
const held = 64 << 10

// flush hands over what was laid out.
func (t *text) flush(w io.Writer) error {
	_, err := io.WriteString(w, t.String())
	t.Reset()
	return err
}

// passedOver says in one line what the source did not read of the input.
func (t *text) passedOver() {
	var parts []string
	for _, part := range t.run.Examination.Target.Unread {
		what := part.What
		if part.Origin.File != "" {
			what += fmt.Sprintf(" (%s:%d)", part.Origin.File, part.Origin.Line)
		}
		parts = append(parts, what)
	}
	if len(parts) > 0 {
		t.hang("passed over: ", 13, t.clean(strings.Join(parts, "; ")))
	}
}

// foldable tells whether a line is enough: all is well and nothing is to be said.
func foldable(d *diagnose.Diagnosis) bool {
	return d.Verdict == diagnose.Healthy && len(d.Findings) == 0
}

func (t *text) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// clean makes a text of the diagnosis safe to print on one line.
func (t *text) clean(s string) string { return visible(t.say.Show(s), false) }

func (t *text) heading(d *diagnose.Diagnosis) string {
	p := placeOf(d)
	api := p.apiID
	if p.apiName != "" && p.apiName != p.apiID {
		api = p.apiName + " (" + p.apiID + ")"
	}
	call := strings.TrimSpace(p.method + " " + p.path)
	if p.queueARN != "" {
		call += " -> " + p.queueName()
	}
	parts := []string{api, "no stage", call}
	if p.stage != "" {
		parts[1] = "stage " + p.stage
	}
	switch p.protocol {
	case "query":
		parts = append(parts, "query protocol")
	case "json":
		parts = append(parts, "JSON protocol")
	case "http-api":
		parts = append(parts, "HTTP API integration")
	}
	return t.clean(strings.Join(parts, " · "))
}

func (t *text) diagnosis(d *diagnose.Diagnosis) {
	v := verdict(d.Verdict)
	t.file, t.framed = "", spot{}
	for i, l := range wrap(t.heading(d), t.width, 0, 2) {
		t.line("%s%s", strings.Repeat(" ", min(i, 1)*2), t.style.bold.Render(l))
	}
	word := verdictWord(v)
	t.line("")
	t.hang("  "+t.style.verdict(v).Render(word)+"   ", min(len(word)+5, t.width/4), t.clean(Headline(d)))
	t.line("")
	t.todo(d)
	for i, s := range walk.Stages {
		if d.Trace != nil {
			t.stage(s, d.Trace.Steps[i])
		}
	}
	t.everyBody(d.EveryBody)
	t.line("")
	t.observed(d)
	for i := range d.Findings {
		f := &d.Findings[i]
		if known := t.run.suppression(d, *f); known != nil {
			t.suppressed(*f, *known)
		} else {
			t.finding(d, f)
		}
		if t.run.Verbose {
			t.line("")
		}
	}
	if len(d.Findings) > 0 && !t.run.Verbose {
		t.line("")
	}
}

// hang writes prose after a lead, and its further lines at the given column.
func (t *text) hang(lead string, column int, prose string) {
	for i, l := range wrap(prose, t.width, lipgloss.Width(lead), column) {
		if i > 0 {
			lead = strings.Repeat(" ", column)
		}
		t.line("%s", strings.TrimRight(lead+l, " "))
	}
}

func (t *text) stage(s walk.Stage, step walk.Step) {
	mark, paint := mark(step), t.style.dim
	switch mark {
	case "ok":
		paint = t.style.good
	case "FAIL":
		paint = t.style.bad
	case "?":
		paint = t.style.doubt
	}
	t.onPath(mark, paint, string(s), visible(t.say.Fill(Said(step)), false))
}

// onPath writes a line of the path.
func (t *text) onPath(mark string, paint lipgloss.Style, name, said string) {
	column := 23
	if t.width < 80 {
		column = 10
	}
	t.hang("  "+paint.Render(mark)+strings.Repeat(" ", 6-len(mark))+fmt.Sprintf("%-15s", name), column, said)
}

// mark is the word for a status. What an earlier failure keeps from happening
// is not in doubt, it is not reached.
func mark(step walk.Step) string {
	switch step.Status {
	case walk.Passed:
		return "ok"
	case walk.Failed:
		return "FAIL"
	case walk.NotApplicable:
		return "-"
	}
	if NotReached(step) {
		return "-"
	}
	return "?"
}

// folded tells of a healthy method in a line.
func (t *text) folded(d *diagnose.Diagnosis) {
	t.hang("  "+t.style.good.Render("ok")+"    ", 8, t.heading(d)+": healthy, "+t.clean(Outcome(d)))
}

func (t *text) summary() {
	s := Summarize(&t.run.Examination)
	line := "no method is known to lead to SQS."
	if s.Methods > 0 {
		line = plural(s.Methods, "method") + " to SQS: " + s.verdicts() + "."
	}
	line += orNothing(" %s.", s.findings())
	if s.Others > 0 {
		line += fmt.Sprintf(" %s not to SQS.", plural(s.Others, "method"))
	}
	if rule := firstRule(&t.run.Examination); rule != "" {
		more := help(rule)
		if !t.run.Verbose {
			more = "--verbose, or " + more
		}
		t.hang("", 2, line)
		t.line("More: %s", more)
		return
	}
	t.hang("", 2, line)
}

// firstRule is the rule of the first finding of the worst severity there is.
func firstRule(e *diagnose.Examination) string {
	for _, severity := range []diagnose.Severity{diagnose.Error, diagnose.Warning, diagnose.Note} {
		for i := range e.Diagnoses {
			for _, f := range e.Diagnoses[i].Findings {
				if f.Severity == severity {
					return f.Rule
				}
			}
		}
	}
	return ""
}
