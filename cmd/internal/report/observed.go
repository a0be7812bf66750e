package report

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
)

// observedOf is what was seen of the method of a diagnosis; nil when no logs were read.
func (r *Run) observedOf(d *diagnose.Diagnosis) *logs.Observed {
	if d.Trace == nil || d.Trace.Route.API == nil || d.Trace.Route.Method == nil {
		return nil
	}
	return r.Observed[ObservedKey(d)]
}

// ObservedKey names the method of a diagnosis in Run.Observed.
func ObservedKey(d *diagnose.Diagnosis) string {
	r := &d.Trace.Route
	stage := ""
	if r.Stage != nil {
		stage = r.Stage.Name
	}
	return r.API.ID + "/" + stage + " " + logs.MethodName(r.Method)
}

// observed is what was seen, in the words of a report.
func observed(o *logs.Observed, say Words) *logs.Observed {
	if o == nil {
		return nil
	}
	out := *o
	out.Unread, out.Groups = []string{}, slices.Clone(o.Groups)
	for _, s := range o.Unread {
		out.Unread = append(out.Unread, say.Show(s))
	}
	for i := range out.Groups {
		g := &out.Groups[i]
		g.Example.Line, g.Shared, g.Why = say.Show(g.Example.Line), say.Show(g.Shared), say.Show(g.Why)
	}
	return &out
}

// observedLine sums up what was seen in a sentence.
func observedLine(o *logs.Observed) string {
	s := fmt.Sprintf("%s in %s: %s", plural(o.Calls, "call"), o.Window, Ended(o))
	if o.Calls == 0 {
		s = "no call in the logs of " + o.Window + ", which does not say that there was none"
	}
	if len(o.Unread) > 0 {
		s += "; calls may be missing"
	}
	return s
}

// Ended says how many of the calls failed. Nothing is said of those that did not
// where the log tells of none how it ended.
func Ended(o *logs.Observed) string {
	if o.Untold == o.Calls && o.Calls > 0 {
		return "the log does not say how they ended"
	}
	s := fmt.Sprintf("%d failed, %d lost", o.Failed, o.Lost)
	if o.Untold > 0 {
		s += fmt.Sprintf(", and of %d the log does not say how they ended", o.Untold)
	}
	return s
}

// ObservedWords say how a group stands against the prediction.
var ObservedWords = map[logs.Outcome]string{
	logs.Confirmed:    "as predicted",
	logs.Differs:      "DIFFERS from the prediction",
	logs.NotPredicted: "not predicted",
	logs.TooLittle:    "too little is logged to compare",
}

// groupLine is a group in a sentence.
func groupLine(g logs.Group) string {
	s := fmt.Sprintf("%d × %s, %s", g.Count, g.Seen(), ObservedWords[g.Outcome])
	if g.Rule != "" {
		s += " (" + g.Rule + ")"
	}
	if g.Shared != "" {
		s += "; " + g.Shared
	}
	return s
}

// observed writes what was seen under the path of a method.
func (t *text) observed(d *diagnose.Diagnosis) {
	o := t.run.observedOf(d)
	if o == nil {
		return
	}
	t.hang("  seen     ", 11, t.clean(observedLine(o)))
	for _, g := range o.Groups {
		t.hang("           ", 13, t.clean(groupLine(g)))
	}
	t.line("")
}

// markdownObserved writes what was seen of a method.
func markdownObserved(b *strings.Builder, name string, o *logs.Observed, say Words) {
	if o == nil {
		return
	}
	fmt.Fprintf(b, "\n%s, from its logs: %s\n", code(name), prose(observedLine(o)))
	for i, g := range o.Groups {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "- %s\n", prose(say.Show(groupLine(g))))
	}
}
