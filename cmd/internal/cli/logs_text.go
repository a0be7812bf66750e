package cli

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/rules"
)

// logsText writes what was seen.
func (a *app) logsText(f *logsFlags, s *snapshot.Snapshot, e *diagnose.Examination, out *seen, numbers *metricsTable) {
	api := &s.APIs[0]
	heading := strings.TrimSpace(api.Name + " (" + api.ID + ")")
	if st := stageOf(s, e, f.stage); st != nil {
		heading += " · stage " + st.Name
	}
	if f.file == "" {
		heading += " · last " + f.window.text()
	}
	a.printf("%s\n", report.Visible(heading))
	if f.file == "" {
		a.printf("%s", report.Fill("", 0, report.Visible(out.groups.Sight)))
	}
	counted := 0
	for _, o := range out.methods {
		counted += o.Calls
		a.observed(f, o)
	}
	switch {
	case !out.read:
		a.printf("\nNo log could be read, so that nothing is known of the calls.\n")
	case counted == 0:
		a.printf("\nNo call of these methods is in the logs. That does not say that there was none.\n")
	}
	if out.other > 0 {
		a.printf("\n%s of other methods or stages in the log.\n", report.Count(out.other, "call"))
	}
	a.sentences(out.unread)
	if len(out.groups.Hidden) > 0 && f.file == "" {
		a.printf("\nWhat the logs cannot show:\n")
		a.sentences(out.groups.Hidden)
	}
	if f.file == "" {
		a.advice(f, s, out, counted)
	}
	if out.forged > 0 {
		a.printf("\n%s in the data of requests looked like log lines and were not read as such.\n", report.Count(out.forged, "line"))
	}
	if numbers != nil {
		a.metricsText(numbers)
	}
}

// advice says how to see more: with other settings, by one call, or by metrics.
func (a *app) advice(f *logsFlags, s *snapshot.Snapshot, out *seen, counted int) {
	lines, err := out.groups.Advice.Write(shell.Kind(f.shell))
	if err != nil {
		a.printf("\nThe commands that switch logs on cannot be written for this shell: %s\n", err)
	}
	for i, line := range lines {
		if i == 0 {
			a.printf("\n")
		}
		a.printf("  %s\n", report.Visible(line))
	}
	if counted > 0 {
		return
	}
	a.printf("\nWithout logs, one call can be tried for real, and metrics show what is lost:\n")
	if s.APIs[0].Type == snapshot.REST {
		a.printf("  %s\n", report.Visible(commandLine(f.shell, slices.Insert(f.targetFlags.words(), 1, "probe")...)))
	}
	if !f.metrics {
		a.printf("  %s\n", report.Visible(commandLine(f.shell, append(slices.Insert(f.targetFlags.words(), 1, "logs"), "--metrics")...)))
	}
}

func (a *app) sentences(list []string) {
	for _, s := range list {
		a.printf("%s", report.Fill("  -", 4, report.Visible(s)))
	}
}

// observed writes what was seen of one method.
func (a *app) observed(f *logsFlags, o logs.Observed) {
	name := o.Method
	if name == "" {
		name = "calls of which the method is not known, or that reached none"
	}
	if o.Calls == 0 && o.Older == 0 {
		a.printf("\n%s: no call\n", report.Visible(name))
		return
	}
	a.printf("\n%s: %s, %s\n", report.Visible(name), report.Count(o.Calls, "call"), report.Ended(&o))
	for _, g := range o.Groups {
		a.printf("%s", report.Fill("  "+fmt.Sprint(g.Count)+" ×", 9, g.Seen()+" · "+report.ObservedWords[g.Outcome]+between(g)))
		why := g.Why
		if g.Rule != "" {
			why = g.Rule + ": " + why
		}
		if g.Outcome == logs.Differs {
			why = "predicted " + g.Example.Predicted + "; " + why
		}
		if why != "" {
			a.printf("%s", report.Fill("         why", 19, report.Visible(why)))
		}
		if causes := mayBe(&o, g); g.Rule == "" && causes != "" {
			a.printf("%s", report.Fill("         may be", 19, causes))
		}
		if g.Shared != "" {
			a.printf("%s", report.Fill("         shared", 19, report.Visible(g.Shared)))
		}
		example := "request " + g.Example.ID
		if g.Example.Line != "" && (f.bodies || !strings.HasPrefix(g.Example.Line, "{")) {
			example += ": " + g.Example.Line
		}
		a.printf("%s", report.Fill("         example", 19, report.Visible(example)))
		if f.bodies && g.Seen() != "" && o.Example(g) != nil {
			a.shown(o.Example(g))
		}
	}
	if o.Older > 0 {
		a.printf("  %s from before the current deployment\n", report.Count(o.Older, "call"))
	}
}

// mayBe is the likeliest cause of the calls of a group that no rule explains.
func mayBe(o *logs.Observed, g logs.Group) string {
	example := o.Example(g)
	if example == nil {
		return ""
	}
	causes := explain.Of(example, rules.All())
	switch {
	case len(causes) == 0:
		return ""
	case causes[0].Rule == "":
		return causes[0].Title
	}
	return causes[0].Rule + ": " + causes[0].Title
}

// between is when the calls of a group were.
func between(g logs.Group) string {
	switch {
	case g.First == "":
		return ""
	case g.First == g.Last:
		return " · " + g.First
	}
	return " · " + g.First + " to " + g.Last
}

// shown writes what was sent and answered in a call. Credentials are left out.
func (a *app) shown(o *logs.Observation) {
	for _, entry := range o.Entries.All() {
		a.printf("           %s\n", report.Visible(entry))
	}
}
