package report

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// mapping is a mapping expression that evidence points at, and what came of it.
type mapping struct {
	name, expression string // as the integration has them
	got              string // what SQS received there; empty where no call is made
	origin           snapshot.Origin
}

// mappingOf finds the mapping that evidence is about.
func mappingOf(trace *walk.Trace, e diagnose.Evidence) (mapping, bool) {
	m := &trace.Mapping
	is := func(expression string, origin snapshot.Origin) bool {
		return expression != "" && expression == e.Value && (origin == e.Origin || origin == snapshot.Origin{})
	}
	for _, refused := range [][]walk.Refused{m.Refused, trace.Response.Refused} {
		for _, r := range refused {
			if is(r.Expression, r.Origin) {
				return mapping{r.Name, r.Expression, "", r.Origin}, true
			}
		}
	}
	for _, r := range m.RefusedArguments {
		if is(r.Expression, r.Origin) {
			return mapping{r.Name, r.Expression, "", r.Origin}, true
		}
	}
	for _, a := range m.Arguments {
		if is(a.Expression, a.Origin) {
			return mapping{a.Name, a.Expression, argumentSent(trace, &a), a.Origin}, true
		}
	}
	for i, list := range [][]walk.Mapped{m.Headers, m.Query, m.Path, m.Fatal} {
		kind := []string{"header.", "querystring.", "path.", "header."}[i]
		for _, h := range list {
			if is(h.Expression, h.Origin) {
				return mapping{"integration.request." + kind + h.Name, h.Expression, sent(trace, kind, &h), h.Origin}, true
			}
		}
	}
	return mapping{}, false
}

// sent is what SQS received of a mapping.
func sent(trace *walk.Trace, kind string, h *walk.Mapped) string {
	switch {
	case trace.Steps[walk.StageMapping.Index()].Status != walk.Passed:
		return ""
	case h.Absent:
		return "no " + h.Name
	case kind == "header.":
		return h.Name + ": " + h.Value
	case kind == "querystring.":
		return h.Name + "=" + h.Value
	}
	return h.Value
}

// argumentSent is what SQS received of a parameter of an HTTP API.
func argumentSent(trace *walk.Trace, a *walk.Argument) string {
	if a.Missing || a.Open || trace.Steps[walk.StageMapping.Index()].Status != walk.Passed {
		return ""
	}
	return a.Name + "=" + a.Value
}

// frameMapping shows the mapping expression that a finding points at, underlined, and
// beneath it what SQS received there beside what is needed.
func (t *text) frameMapping(d *diagnose.Diagnosis, f *diagnose.Finding, e diagnose.Evidence) bool {
	m, ok := mappingOf(d.Trace, e)
	if !ok {
		return false
	}
	at := spot{mapping: m.name}
	if t.framed == at {
		return true // it was just shown
	}
	t.framed = at
	line := e.Label
	if place := t.where(e.Origin); place != "" {
		line += " (" + place + ")"
	}
	t.field("where", t.clean(line))
	const lead = "         | "
	source, start := m.name+": "+m.expression, len(m.name)+2
	from, length := underlined(m.expression)
	shown, before, n := t.centered(source, start+from, length, t.width-len(lead))
	t.line("%s%s", lead, shown)
	t.line("%s%s%s", lead, strings.Repeat(" ", before), t.style.warn.Render(strings.Repeat("^", n)))
	if lipgloss.Width(m.got) > t.width {
		m.got = short(m.got)
	}
	needs := ""
	if ownStep(d, f) {
		needs = needed(f, m.name, m.got != "")
	}
	t.sentAndNeeded(m.got, needs)
	return true
}

// underlined is the part of an expression that reads something, all of it where it is
// one reference or a literal.
func underlined(expression string) (from, length int) {
	from = strings.Index(expression, "${")
	to := strings.IndexByte(expression[max(from, 0):], '}')
	if from < 0 || to < 0 || strings.Count(expression, "${") > 1 {
		return 0, len(expression)
	}
	return from, to + 1
}

// needed is what the fix of a finding puts into a mapping: its value where one was
// sent, else the expression.
func needed(f *diagnose.Finding, name string, asSent bool) string {
	for _, x := range f.Fixes {
		for _, c := range x.Changes {
			set, ok := c.(snapshot.SetRequestParameter)
			if !ok || !strings.EqualFold(set.Name, name) || set.After == "" {
				continue
			}
			if set.Name != name {
				return set.Name + ": " + set.After
			}
			if literal := strings.Trim(set.After, "'"); asSent && len(literal)+2 == len(set.After) {
				return literal
			}
			return set.After
		}
	}
	return ""
}

// added is the mapping expression that the fix of a finding adds where its evidence
// says that there is none.
func added(f *diagnose.Finding) string {
	if len(f.Fixes) == 0 || !f.Evidence[0].Absent {
		return ""
	}
	for _, c := range f.Fixes[0].Changes {
		set, ok := c.(snapshot.SetRequestParameter)
		if ok && set.Before == "" && set.After != "" {
			return set.After
		}
	}
	return ""
}

// sentAndNeeded says what SQS got, and beside it, or below where there is no room,
// what it needs.
func (t *text) sentAndNeeded(got, needed string) {
	const indent = 11
	switch got, needed = t.clean(got), t.clean(needed); {
	case got != "" && needed != "" && indent+lipgloss.Width(got+needed)+len("SQS got    needed: ") <= t.width:
		t.line("%sSQS got %s   needed: %s", strings.Repeat(" ", indent), got, needed)
	default:
		if got != "" {
			t.hang(strings.Repeat(" ", indent)+"SQS got ", 19, got)
		}
		if needed != "" {
			t.hang(fmt.Sprintf("%sneeded: ", strings.Repeat(" ", indent)), 19, needed)
		}
	}
}
