package report

import (
	"fmt"
	"slices"
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

// briefValue is that where not all is told.
const briefValue = 100

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
	column := fieldColumns
	if t.width < 80 {
		column = 6
	}
	t.hang(fmt.Sprintf("    %-10s", name), column, prose)
}

// finding tells what is wrong and where, in a few lines; all of it with Verbose.
func (t *text) finding(d *diagnose.Diagnosis, f *diagnose.Finding) {
	t.hang("  "+t.style.severity(f.Severity).Render(string(f.Severity)+" "+f.Rule)+": ", min(fieldColumns, t.width/4), t.clean(f.Message+showsOn(f)))
	framed := t.frame(d, f)
	if t.run.Verbose {
		t.whole(d, f)
		return
	}
	if !framed && f.Severity != diagnose.Note && len(f.Evidence) > 0 {
		where := ""
		if e := untold(f); e.Value != "" || e.Origin.File != "" || f.Evidence[0].Value == "" {
			where = t.evidence(e)
		}
		if x := added(f); x != "" && ownStep(d, f) {
			where += "; needed: " + t.clean(x)
		}
		t.field("where", where)
	}
	t.field("made by", t.clean(MadeBy(t.run.Snapshot, *f)))
	if f == first(d, diagnose.Error) {
		why, _, _ := strings.Cut(f.Why, ". ")
		t.field("why", t.clean(strings.TrimSuffix(why, ".")))
	}
	planned := slices.ContainsFunc(d.Plan.Fixes, func(x diagnose.Fix) bool { return x.Rule == f.Rule || slices.Contains(x.Resolves, f.Rule) })
	if !planned && len(f.Fixes) > 0 && f.Severity != diagnose.Note {
		t.field("fix", t.title(d, f.Fixes[0]))
	}
	if f.Request != nil && (len(d.Plan.Fixes) > 0 || f != first(d, diagnose.Error)) {
		t.field("send", t.clean(call(f.Request, t.say)))
	}
}

// untold is the first evidence of a finding, without a value that its message says.
func untold(f *diagnose.Finding) diagnose.Evidence {
	const telling = 8 // a shorter value may stand there by chance
	e := f.Evidence[0]
	if len(e.Value) >= telling && strings.Contains(f.Message, e.Value) {
		e.Value = ""
	}
	return e
}

// whole tells what a finding rests on, each way to mend it, and how to see it.
func (t *text) whole(d *diagnose.Diagnosis, f *diagnose.Finding) {
	for i, e := range f.Evidence {
		name := "where"
		if i > 0 {
			name = "evidence"
		}
		t.field(name, t.evidence(e))
	}
	t.field("made by", t.clean(MadeBy(t.run.Snapshot, *f)))
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
		most := briefValue
		if t.run.Verbose {
			most = longestValue
		}
		if len(value) > most {
			value = append(value[:most], []rune(" … (cut)")...)
		}
		s += ": " + string(value)
	}
	if place := t.where(e.Origin); place != "" {
		s += " (" + place + ")"
	}
	return s
}

// where is the place of a value: a file that was just named is not named again, and
// what a resource of AWS is called inside is told with Verbose only.
func (t *text) where(o snapshot.Origin) string {
	switch {
	case o.File == "" && !t.run.Verbose:
		return ""
	case o.File == "" || o.Line == 0 || o.File != t.file:
		t.file = o.File
		return t.clean(Where(o))
	}
	return fmt.Sprintf("line %d", o.Line)
}

// title is a fix and what is predicted once it is made.
func (t *text) title(d *diagnose.Diagnosis, x diagnose.Fix) string {
	title := t.clean(x.Title)
	if then := after(x, d.Trace); then != "" {
		title += " -> " + then
	}
	return title
}

func (t *text) fix(d *diagnose.Diagnosis, name string, x diagnose.Fix) {
	t.field(name, t.title(d, x))
	if word, why := unsure(&x); why != "" {
		t.field("", word+": "+t.clean(why))
	}
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
