package tui

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// dialects are the notations of a fix.
var dialects = [...]string{"cli", "cloudformation", "terraform"}

// findings shows what the rules found at the stage, and the fixes.
func (v *detail) findings(d *doc, s walk.Stage) {
	own, first := 0, true
	for i := range v.d.Findings {
		f := &v.d.Findings[i]
		if f.Stage != s {
			continue
		}
		own++
		v.found(d, i, f)
	}
	step := v.d.Trace.Step(s)
	if own > 0 || step.Status != walk.Failed || step.Failure == nil {
		return
	}
	for i := range v.d.Findings {
		if f := &v.d.Findings[i]; explains(f, step.Failure) {
			if first {
				d.blank()
				first = false
			}
			d.in("why").prosef(plain, "finding %d, at %s: %s", i+1, f.Stage, f.Message)
		}
	}
}

func explains(f *diagnose.Finding, failure *walk.Failure) bool {
	for _, c := range f.Codes {
		if c == failure.Code {
			return true
		}
	}
	return false
}

// found shows one finding.
func (v *detail) found(d *doc, i int, f *diagnose.Finding) {
	d.blank()
	d.anchors[i] = len(d.lines)
	title := fmt.Sprintf("finding %d of %d", i+1, len(v.d.Findings))
	if i == v.finding {
		title = v.glyphs.chosen + " " + title
	}
	d.heading(title, string(f.Severity), severityRole(f.Severity), v.glyphs.dash)
	d.prose(f.Message, strong)
	d.prose(f.Rule, dim)
	for j, e := range f.Evidence {
		label := ""
		if j == 0 {
			label = "where"
		}
		d.in(label)
		if e.Value != "" {
			d.name(e.Label, v.words.Show(e.Value), plain)
		} else {
			d.prose(e.Label, plain)
		}
		if place := report.Where(e.Origin); place != "" {
			d.prose(place, dim)
		}
	}
	if f.Why != "" {
		d.in("why").prose(f.Why, plain)
	}
	if f.Request != nil {
		d.in("send").prose("the client's call, corrected:", plain)
		d.literal(f.Request.Method+" "+target(f.Request), plain)
		v.headers(d, f.Request.Headers)
		v.body(d, "", f.Request.Body, plain)
	}
	v.fixes(d, i, f)
	if say, commands := v.check(f); say != "" || commands != "" {
		d.in("check")
		if say != "" {
			d.prose(say, plain)
		}
		d.command(commands)
	}
}

// fixes shows the chosen fix of a finding in the chosen notation.
func (v *detail) fixes(d *doc, i int, f *diagnose.Finding) {
	if len(f.Fixes) == 0 {
		return
	}
	chosen := 0
	if i == v.finding && v.fix < len(f.Fixes) {
		chosen = v.fix
	}
	for j := range f.Fixes {
		x := &f.Fixes[j]
		label := "fix"
		if j > 0 {
			label = "or"
		}
		look := plain
		if j == chosen && i == v.finding && len(f.Fixes) > 1 {
			look = accent
		}
		d.in(label).prose(x.Title, look)
		if x.After != nil {
			word, r := verdictWord(x.Verdict)
			d.prosef(r, "then %s; %s", report.OutcomeOf(*x.After), strings.ToLower(word))
		}
		switch {
		case x.Choice != "":
			d.prose("your choice: "+x.Choice, warn)
		case x.Blank != "":
			d.prose("to be filled in: "+x.Blank, warn)
		}
		if x.Risk != "" {
			d.prose("risk: "+x.Risk, warn)
		}
	}
	v.recipe(d, &f.Fixes[chosen])
}

// recipe shows how a fix is made.
func (v *detail) recipe(d *doc, x *diagnose.Fix) {
	var l line
	for i, name := range dialects {
		if i == v.dialect {
			l = append(l, span{"[" + name + "]", accent})
		} else {
			l = append(l, span{" " + name + " ", dim})
		}
		l = append(l, span{" ", plain})
	}
	d.row(l)
	text, err := v.render(x)
	if err != nil {
		d.prose(err.Error(), doubt)
		for _, c := range x.Changes {
			d.prose(c.String(), plain)
		}
		return
	}
	if v.dialect == 0 {
		d.command(text)
	} else {
		d.literal(text, plain)
	}
}

// render writes the fix in the chosen notation.
func (v *detail) render(x *diagnose.Fix) (string, error) {
	switch {
	case v.dialect == 1 && v.remedy.CloudFormation != nil:
		return v.remedy.CloudFormation(v.snap, *x)
	case v.dialect == 2 && v.remedy.Terraform != nil:
		return v.remedy.Terraform(v.snap, *x)
	case v.dialect == 0 && v.remedy.Commands != nil:
		return commands(v, v.snap, x)
	}
	return "", fmt.Errorf("this notation is not available here")
}

// check is how a finding is verified: in words, and by commands.
func (v *detail) check(f *diagnose.Finding) (say, commands string) {
	if v.remedy.Check == nil {
		return f.Check.Say, ""
	}
	say, list := v.remedy.Check(v.remedy.Shell, v.snap, v.d.Trace, f.Check)
	return say, strings.Join(list, "\n")
}

func commands(v *detail, s *snapshot.Snapshot, x *diagnose.Fix) (string, error) {
	list, err := v.remedy.Commands(v.remedy.Shell, s, *x)
	return strings.Join(list, "\n"), err
}
