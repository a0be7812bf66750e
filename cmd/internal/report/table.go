package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"apisqs-doctor/diagnose"
)

// row is one method of a table.
type row struct {
	verdict diagnose.Verdict
	cells   []string // account, region, API, stage, method, queue, first cause
}

// tableHeads name the cells.
var tableHeads = []string{"account", "region", "API", "stage", "method", "queue", "first cause"}

// Table writes what was found in many APIs, of one or of several regions and
// accounts: a line for each method, the broken ones first, then the causes over all
// of them. What does not fit the columns takes two lines.
func Table(w io.Writer, runs []Run, columns int, color bool) error {
	t := &table{style: newStyle(color), columns: columns, causes: map[string]*cause{}}
	for i := range runs {
		if runs[i].Problem == nil {
			t.add(&runs[i])
		}
	}
	order := []diagnose.Verdict{diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy}
	slices.SortStableFunc(t.rows, func(a, b row) int {
		return cmp.Compare(slices.Index(order, a.verdict), slices.Index(order, b.verdict))
	})
	t.write()
	_, err := io.WriteString(w, t.String())
	return err
}

type table struct {
	strings.Builder
	style   style
	columns int
	rows    []row
	causes  map[string]*cause
	unread  []string // what was not read
	notes   []string
	sum     Summary
}

// cause is a rule that finds something, over all methods.
type cause struct {
	rule     string
	severity diagnose.Severity
	methods  int
	apis     map[string]bool
}

func (t *table) add(r *Run) {
	e, say := &r.Examination, newWords(*r)
	clean := func(s string) string { return visible(say.Show(s), false) }
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		p := placeOf(d)
		api := p.apiID
		if p.apiName != "" && p.apiName != p.apiID {
			api = p.apiName + " (" + p.apiID + ")"
		}
		queue := ""
		if p.queueARN != "" {
			queue = p.queueName()
		}
		cells := []string{e.Target.Account, e.Target.Region, api, p.stage, strings.TrimSpace(p.method + " " + p.path), queue, t.firstCause(r, d, e.Target.Account+" "+e.Target.Region+" "+p.apiID)}
		for k := range cells {
			cells[k] = clean(cells[k])
		}
		t.rows = append(t.rows, row{verdict(d.Verdict), cells})
	}
	t.sum = t.sum.plus(Summarize(e))
	for _, g := range unread(e) {
		t.unread = append(t.unread, clean(cmp.Or(g.Detail, Where(g.Origin))))
	}
	for _, n := range r.Notices {
		if n = clean(n); !slices.Contains(t.notes, n) {
			t.notes = append(t.notes, n)
		}
	}
}

// firstCause is the rule of the worst finding, or what is not known; it counts all
// rules of the method.
func (t *table) firstCause(r *Run, d *diagnose.Diagnosis, api string) string {
	var rules []string
	for _, f := range d.Findings { // the worst first
		if f.Severity == diagnose.Note || r.suppression(d, f) != nil || slices.Contains(rules, f.Rule) {
			continue
		}
		rules = append(rules, f.Rule)
		c := t.causes[f.Rule]
		if c == nil {
			c = &cause{rule: f.Rule, severity: f.Severity, apis: map[string]bool{}}
			t.causes[f.Rule] = c
		}
		if f.Severity == diagnose.Error {
			c.severity = diagnose.Error
		}
		c.methods++
		c.apis[api] = true
	}
	switch {
	case len(rules) > 1:
		return fmt.Sprintf("%s +%d", rules[0], len(rules)-1)
	case len(rules) == 1:
		return rules[0]
	case verdict(d.Verdict) == diagnose.Inconclusive && len(d.Gaps) > 0:
		return cmp.Or(d.Gaps[0].Detail, string(d.Gaps[0].Reason))
	case verdict(d.Verdict) == diagnose.Healthy:
		return ""
	}
	return Outcome(d)
}

func (t *table) line(format string, args ...any) {
	t.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// fit shortens a text to so many columns.
func fit(s string, n int) string {
	if lipgloss.Width(s) <= n {
		return s
	}
	for lipgloss.Width(s) > max(n-1, 0) {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	return s + "…"
}

func columned(s string, n int) string { return s + strings.Repeat(" ", max(n-lipgloss.Width(s), 0)) }

// verdictColumns is the width of the longest verdict, and the gap behind it.
const verdictColumns = len("INCONCLUSIVE") + 2

func (t *table) write() {
	heads := tableHeads
	if place := t.onePlace(); place != "" {
		t.line("%s\n", place)
		heads = slices.Clone(tableHeads)
		heads[0], heads[1] = "", ""
	}
	widths := make([]int, len(heads))
	for i, head := range heads {
		widths[i] = lipgloss.Width(head)
		for _, r := range t.rows {
			widths[i] = max(widths[i], lipgloss.Width(r.cells[i]))
		}
	}
	const last = 6 // the cause, which is cut to what is left
	line := verdictColumns
	for _, n := range widths[:last] {
		if n > 0 {
			line += n + 2
		}
	}
	whole := line+24 <= t.columns
	if whole && len(t.rows) > 0 {
		t.line("%s%s", strings.Repeat(" ", verdictColumns), t.style.dim.Render(t.cells(heads, widths, t.columns-line)))
	}
	for _, r := range t.rows {
		word := strings.ToUpper(strings.ReplaceAll(string(r.verdict), "-", " "))
		lead := t.style.verdict(r.verdict).Render(word) + strings.Repeat(" ", verdictColumns-len(word))
		if whole {
			t.line("%s%s", lead, t.cells(r.cells, widths, t.columns-line))
			continue
		}
		room := t.columns - verdictColumns
		t.line("%s%s", lead, fit(words(r.cells[2], r.cells[3], r.cells[4]), room))
		below := words(r.cells[0], r.cells[1])
		if r.cells[5] != "" {
			below = words(below, "-> "+r.cells[5])
		}
		t.line("%s%s", strings.Repeat(" ", verdictColumns), fit(strings.TrimSpace(below+"  "+r.cells[6]), room))
	}
	t.overall()
	const most = 10 // the details and JSON have all
	for i, s := range t.unread[:min(len(t.unread), most)] {
		if i == 0 {
			t.line("")
		}
		t.line("not read: %s", s)
	}
	if more := len(t.unread) - most; more > 0 {
		t.line("not read: %s besides, which stand under their APIs and in -o json", plural(more, "fact"))
	}
	for _, s := range t.notes {
		t.line("note: %s", s)
	}
	t.line("")
	sum := "no method is known to lead to SQS."
	if t.sum.Methods > 0 {
		sum = plural(t.sum.Methods, "method") + " to SQS: " + t.sum.verdicts() + "." + orNothing(" %s.", t.sum.findings())
	}
	if t.sum.Others > 0 {
		sum += fmt.Sprintf(" %s not to SQS.", plural(t.sum.Others, "method"))
	}
	t.line("%s", sum)
	t.line("Details: --verbose, or -o json=FILE")
}

// onePlace is the account and region when all rows have the same, which then are no
// columns; else empty.
func (t *table) onePlace() string {
	for _, r := range t.rows {
		if r.cells[0] != t.rows[0].cells[0] || r.cells[1] != t.rows[0].cells[1] {
			return ""
		}
	}
	if len(t.rows) == 0 {
		return ""
	}
	account, region := t.rows[0].cells[0], t.rows[0].cells[1]
	for i := range t.rows {
		t.rows[i].cells[0], t.rows[i].cells[1] = "", ""
	}
	parts := []string{}
	if account != "" {
		parts = append(parts, "account "+account)
	}
	if region != "" {
		parts = append(parts, "region "+region)
	}
	return strings.Join(parts, " · ")
}

// words joins what is there.
func words(list ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" }), " ")
}

func (t *table) cells(cells []string, widths []int, room int) string {
	var b strings.Builder
	for i, c := range cells[:len(cells)-1] {
		if widths[i] > 0 {
			b.WriteString(columned(c, widths[i]) + "  ")
		}
	}
	return b.String() + fit(cells[len(cells)-1], room)
}

// overall lists the causes, those that break most first.
func (t *table) overall() {
	var list []*cause
	for _, c := range t.causes {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *cause) int {
		worse := func(c *cause) int {
			if c.severity == diagnose.Error {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(worse(a), worse(b)), -cmp.Compare(a.methods, b.methods), cmp.Compare(a.rule, b.rule))
	})
	names := 0
	for _, c := range list {
		names = max(names, len(c.rule))
	}
	for i, c := range list {
		if i == 0 {
			t.line("")
		}
		t.line("%-8s %-*s  %s in %s", c.severity, names, c.rule, plural(c.methods, "method"), plural(len(c.apis), "API"))
	}
}
