package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// mostCommands is how many lines of commands the summary of a method shows.
const mostCommands = 6

// todo says what to do, before it is told why.
func (t *text) todo(d *diagnose.Diagnosis) {
	p := &d.Plan
	if len(p.Fixes) == 0 || p.After == nil {
		t.noPlan(d)
		return
	}
	lead := mending(d)
	if f := first(d, diagnose.Error); f != nil && f.Request != nil && slices.ContainsFunc(p.Remains, func(r diagnose.Remaining) bool { return r.Rule == f.Rule }) {
		t.instead(f)
		lead = "and do this, for other calls:"
		if p.Verdict == diagnose.Broken && len(p.Remains) > 1 {
			lead = "and do this:"
		}
	}
	for i, l := range wrap(lead, t.width, 2, 4) {
		t.line("%s%s", strings.Repeat(" ", 2+2*min(i, 1)), t.style.bold.Render(l))
	}
	for i := range p.Fixes {
		x := &p.Fixes[i]
		t.hang(fmt.Sprintf("    %d. ", i+1), 7, t.clean(x.Title)+" ("+heals(d, x)+")")
		if s := t.edit(d, x); s != "" {
			t.line("       %s", s)
		}
		if word, why := unsure(x); why != "" {
			t.hang("       "+word+": ", 9, t.clean(why))
		}
		if x.Risk != "" {
			t.hang("       risk: ", 9, t.clean(x.Risk))
		}
	}
	t.carryOut(p)
	for _, r := range p.Remains {
		if i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == r.Rule }); i >= 0 && d.Findings[i].Severity == diagnose.Note && !t.run.Verbose {
			continue
		}
		t.hang("    remains: ", 9, r.Rule+" ("+t.clean(r.Why)+")")
	}
	t.line("")
}

// heals names the rule of a step, those that it heals in passing, and that its finding
// does not show before the steps above are made.
func heals(d *diagnose.Diagnosis, x *diagnose.Fix) string {
	s := x.Rule
	if !reported(d, x.Rule) {
		s += ", which shows once the rest is mended"
	}
	for _, rule := range x.Resolves {
		if rule != x.Rule && reported(d, rule) {
			s += ", " + rule
		}
	}
	return s
}

func reported(d *diagnose.Diagnosis, rule string) bool {
	return slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == rule })
}

// noPlan says what is to be done where no change of the configuration is known to
// mend it.
func (t *text) noPlan(d *diagnose.Diagnosis) {
	f := first(d, diagnose.Error)
	switch {
	case f != nil && f.Request != nil:
		t.instead(f)
		t.line("")
		return
	case f != nil && len(f.Fixes) == 0 && d.Verdict == diagnose.Broken:
		t.hang("  no step is known that mends it: ", 4, t.clean(t.unknownStep(f)))
		t.line("")
		return
	case d.Trace != nil && len(d.Findings) == 0 && len(d.Trace.Route.Refused) > 0:
		t.hang("  what is refused: ", 4, t.where(d.Trace.Route.Refused[0].Origin))
		t.line("")
		return
	case d.Verdict != diagnose.Inconclusive:
		return
	}
	var needs []string
	for _, g := range openFacts(d) {
		if s := supply(g.Needs); s != "" && !slices.Contains(needs, s) {
			needs = append(needs, s)
		}
	}
	if len(needs) == 0 {
		return
	}
	t.line("  %s", t.style.bold.Render("to know it:"))
	for i, s := range needs[:min(len(needs), 3)] {
		t.hang(fmt.Sprintf("    %d. ", i+1), 7, t.clean(s))
	}
	t.line("")
}

// instead is the call that the client should make.
func (t *text) instead(f *diagnose.Finding) {
	t.line("  %s", t.style.bold.Render("send this instead:"))
	t.hang("    ", 6, t.clean(call(f.Request, t.say)))
}

// unknownStep says why no step removes a finding.
func (t *text) unknownStep(f *diagnose.Finding) string {
	i := slices.IndexFunc(t.run.Rules, func(r diagnose.Rule) bool { return r.ID == f.Rule })
	if i >= 0 && t.run.Rules[i].NoFix != "" {
		return t.run.Rules[i].NoFix
	}
	return "the finding below says what is wrong"
}

// supply says how somebody gives what a gap needs; empty when it names nothing.
func supply(needs string) string {
	switch {
	case needs == "":
		return ""
	case strings.HasPrefix(needs, "--"):
		return "give " + needs
	case permission.MatchString(needs):
		return "allow the doctor's caller " + needs + ", and read it again"
	}
	if command, ok := strings.CutPrefix(needs, "the output of: "); ok {
		return "give what this prints, too: " + command
	}
	return "get " + needs
}

// carryOut gives the commands of a plan: of AWS where it is deployed, of the doctor
// where its files are at hand.
func (t *text) carryOut(p *diagnose.Plan) {
	var list []string
	if !t.run.Examination.Target.Written() {
		list, _ = render(t.run, t.run.commands, diagnose.Fix{Title: "all steps together", Changes: p.Changes})
		if n := strings.Count(strings.Join(list, "\n"), "\n") + 1; n > mostCommands && !t.run.Verbose {
			t.hang("       ", 7, fmt.Sprintf("(its commands, %d lines, are shown with --verbose)", n))
			list = nil
		}
	}
	if maker := t.run.maker(); maker != "" {
		t.hang("       ", 7, t.clean(Rewritten(maker)))
	} else if t.run.Mend != "" {
		line, why := mend(t.run.Mend, p)
		if why != "" {
			t.hang("       ", 7, why)
		}
		list = append(list, line)
	}
	for _, s := range list {
		for l := range strings.SplitSeq(visible(s, true), "\n") {
			t.line("       %s", l)
		}
	}
}

// mend is the command line that makes every step of a plan, and why it names rules:
// of a step that is not sure, its maker has to say that it is meant.
func mend(line string, p *diagnose.Plan) (command, why string) {
	words := map[diagnose.Sureness]bool{}
	var accepted []string
	for i := range p.Fixes {
		x := &p.Fixes[i]
		if x.Sure() == diagnose.Sure || slices.Contains(accepted, x.Rule) {
			continue
		}
		accepted = append(accepted, x.Rule)
		words[x.Sure()] = true
		line += " --accept " + x.Rule
	}
	switch {
	case len(accepted) == 0:
		return line, ""
	case words[diagnose.Blank] && words[diagnose.Choice]:
		why = "your choice or has a place for you to fill in"
	case words[diagnose.Blank]:
		why = "has a place for you to fill in"
	default:
		why = "your choice"
	}
	if words[diagnose.Choice] {
		why = "is " + why
	}
	return line, "(--accept makes the step that " + why + "; without it that one is left out)"
}

// edit says what a step changes where it is one value in one line: where, from what
// and to what.
func (t *text) edit(d *diagnose.Diagnosis, x *diagnose.Fix) string {
	if len(x.Changes) != 1 {
		return ""
	}
	_, before, after := snapshot.Parts(x.Changes[0])
	if before == "" || after == "" {
		return ""
	}
	before, after = differing(before, after)
	s, named := t.clean(before)+" -> "+t.clean(after), t.file
	if i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == x.Rule }); i >= 0 && len(d.Findings[i].Evidence) > 0 {
		if o := d.Findings[i].Evidence[0].Origin; o.File != "" {
			s = t.where(o) + ": " + s
		}
	}
	if len([]rune(s))+7 > t.width || strings.Contains(before+after, "\n") {
		t.file = named // it is not shown, and so not named
		return ""
	}
	return s
}

// differing cuts from two texts what both begin and end with, but for the words that
// the difference stands in.
func differing(a, b string) (string, string) {
	x, y := []rune(a), []rune(b)
	start := 0
	for start < len(x) && start < len(y) && x[start] == y[start] {
		start++
	}
	for start > 0 && wordRune(x[start-1]) {
		start--
	}
	end := 0
	for end < len(x)-start && end < len(y)-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	for end > 0 && (wordRune(x[len(x)-end]) || x[len(x)-end] == ')') {
		end--
	}
	if start < 12 {
		start = 0
	}
	if end < 12 {
		end = 0
	}
	cut := func(r []rune) string {
		s := string(r[start : len(r)-end])
		if start > 0 {
			s = "…" + s
		}
		if end > 0 {
			s += "…"
		}
		return s
	}
	return cut(x), cut(y)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("$._-/'(", r)
}
