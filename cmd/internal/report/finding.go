package report

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// fieldColumns is where the text of a finding's fields begins.
const fieldColumns = 14

// longestValue is how many characters of an evidence value the text report
// shows; the JSON report has all of it.
const longestValue = 240

// Said is a stage's sentence, or one in its place.
func Said(step walk.Step) string {
	switch {
	case step.Said != "":
		return step.Said
	case step.Status == walk.Failed && step.Failure != nil:
		return string(step.Failure.Code)
	case step.Status == walk.NotApplicable:
		return "does not apply"
	case step.Status == walk.Passed:
		return ""
	case NotReached(step):
		return "not reached"
	case len(step.Gaps) > 0:
		return step.Gaps[0].Detail
	}
	return "not known"
}

// NotReached tells whether all that is missing is what an earlier stage did
// not produce.
func NotReached(step walk.Step) bool {
	for _, g := range step.Gaps {
		if g.Reason != snapshot.Blocked {
			return false
		}
	}
	return len(step.Gaps) > 0
}

func (t *text) field(name, prose string) {
	if prose == "" {
		return
	}
	t.hang(fmt.Sprintf("    %-10s", name), fieldColumns, prose)
}

func (t *text) finding(d *diagnose.Diagnosis, f diagnose.Finding) {
	t.hang("  "+t.style.severity(f.Severity).Render(string(f.Severity)+" "+f.Rule)+": ", fieldColumns, t.clean(f.Message))
	for i, e := range f.Evidence {
		name := "where"
		if i > 0 {
			name = "evidence"
		}
		t.field(name, t.evidence(e))
	}
	t.field("made by", t.clean(MadeBy(t.run.Snapshot, f)))
	t.field("why", t.clean(f.Why))
	for i, x := range f.Fixes {
		name := "fix"
		if i > 0 {
			name = "or"
		}
		t.fix(d, name, x)
	}
	if f.Request != nil {
		t.field("send", t.clean(call(f.Request, t.say)))
	}
	name := "check"
	say, commands := t.run.check(d.Trace, f.Check)
	if say != "" {
		t.field(name, t.clean(say))
		name = ""
	}
	t.commands(name, commands)
}

// evidence says what stands where.
func (t *text) evidence(e diagnose.Evidence) string {
	s := t.clean(e.Label)
	if e.Value != "" {
		value := []rune(t.clean(e.Value))
		if len(value) > longestValue {
			value = append(value[:longestValue], []rune(" … (cut)")...)
		}
		s += ": " + string(value)
	}
	if place := t.clean(Where(e.Origin)); place != "" {
		s += " (" + place + ")"
	}
	return s
}

func (t *text) fix(d *diagnose.Diagnosis, name string, x diagnose.Fix) {
	title := t.clean(x.Title)
	if then := after(x, d.Trace); then != "" {
		title += "   -> " + then
	}
	t.field(name, title)
	if x.Risk != "" {
		t.field("", "risk: "+t.clean(x.Risk))
	}
	t.commands("", t.recipe(x))
}

// recipe is the change as its reader can make it: commands for what is
// deployed, a fragment for what stands in a template, words for the rest.
func (t *text) recipe(x diagnose.Fix) []string {
	fragments := map[string]func(*snapshot.Snapshot, diagnose.Fix) (string, error){snapshot.Template: t.run.Remedy.CloudFormation, snapshot.OpenAPI: t.run.Remedy.CloudFormation, snapshot.Terraform: t.run.Remedy.Terraform}
	if write := fragments[t.run.Examination.Target.Kind]; write != nil {
		if fragment, _ := render(t.run, write, x); fragment != "" {
			return []string{strings.TrimRight(t.say.Show(fragment), "\n")}
		}
	}
	if commands, _ := render(t.run, t.run.commands, x); len(commands) > 0 {
		return commands
	}
	var list []string
	for _, c := range x.Changes {
		list = append(list, t.say.Show(c.String()))
	}
	return list
}

// commands writes lines to be copied, as they are.
func (t *text) commands(name string, list []string) {
	for _, s := range list {
		for l := range strings.SplitSeq(visible(s, true), "\n") {
			t.line("%s", strings.TrimRight(fmt.Sprintf("    %-10s%s", name, l), " "))
			name = ""
		}
	}
}

// call says a request in a line.
func call(r *walk.Request, say Words) string {
	s := r.Method + " " + r.Path
	for _, h := range r.Headers {
		s += "; " + h.Name + ": " + say.Show(h.Value)
	}
	if r.Body != "" {
		s += "; body " + r.Body
	}
	return s
}
