package tui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// loaded takes over what was read.
func (m *model) loaded(msg loadedMsg) tea.Cmd {
	if m.choice >= 0 {
		m.keep(m.choice, m.loading, msg)
		m.rate(m.choice)
	}
	if msg.err != nil {
		m.problem, m.at = msg.err, atProblem
		return nil
	}
	if m.choice >= 0 {
		return m.take(&m.survey.subjects[m.choice])
	}
	return m.take(&subject{read: &msg, loading: m.loading, entries: entriesOf(&msg.shell)})
}

// take shows the methods of what was read and diagnoses them one by one, as far
// as that is not done yet.
func (m *model) take(t *subject) tea.Cmd {
	m.problem, m.snap, m.shell, m.request, m.want = nil, t.read.snap, t.read.shell, t.read.request, -1
	m.o.Selection = t.read.selection
	m.loading.done = max(m.loading.done, len(m.loading.calls))
	m.entries = t.entries
	m.methods = list{heading: count(len(m.entries), "method") + " to SQS"}
	if n := m.shell.Others; n > 0 {
		m.methods.heading += fmt.Sprintf(", %d others", n)
	}
	for i := range m.entries {
		m.methods.items = append(m.methods.items, item{name: m.entryName(m.shell.Diagnoses[i].Trace)})
		m.rateMethod(i)
		if m.reopen != nil && format(m.reopen) == format(&m.entries[i].request) {
			m.want = i
		}
	}
	m.reopen = nil
	m.status = m.loading.summary(t.read.took)
	if len(m.entries) == 1 {
		m.want = 0
	}
	switch {
	case m.want < 0:
		m.at = atMethods
	case m.entries[m.want].d != nil:
		m.open(m.want)
		m.want = -1
	default:
		m.at = atLoading
	}
	return m.nextExamination()
}

// entriesOf are the methods that were found, still to be diagnosed.
func entriesOf(shell *diagnose.Examination) []entry {
	var list []entry
	for i := range shell.Diagnoses {
		list = append(list, entry{request: shell.Diagnoses[i].Trace.Request})
	}
	return list
}

func (m *model) entryName(t *walk.Trace) string {
	name := call(&t.Request)
	if t.Route.Stage != nil {
		name += " · " + t.Route.Stage.Name
	}
	if t.Route.API != nil && len(m.shell.APIs) > 1 {
		name += " · " + t.Route.API.Name
	}
	return report.NewWords(m.snap).Show(name)
}

// nextExamination diagnoses the wanted entry, or the next one.
func (m *model) nextExamination() tea.Cmd { return m.diagnose(m.reading, m.snap, m.entries, m.want) }

// undiagnosed is the wanted entry, or the first, that has no diagnosis; -1 for none.
func undiagnosed(list []entry, want int) int {
	if want >= 0 && list[want].d == nil {
		return want
	}
	return slices.IndexFunc(list, func(e entry) bool { return e.d == nil })
}

// diagnose diagnoses one entry for the reading, if there is still one to be diagnosed.
func (m *model) diagnose(reading int, s *snapshot.Snapshot, list []entry, want int) tea.Cmd {
	next := undiagnosed(list, want)
	if next < 0 {
		return nil
	}
	r, rules := list[next].request, m.o.Rules
	return func() tea.Msg { return examinedMsg{reading, next, examine(s, r, rules)} }
}

func (m *model) examined(msg examinedMsg) tea.Cmd {
	m.entries[msg.entry].d = msg.d
	m.rateMethod(msg.entry)
	if m.choice >= 0 {
		m.rate(m.choice)
	}
	if msg.entry == m.want {
		m.want = -1
		if m.at == atLoading || m.at == atMethods { // not when something else was opened meanwhile
			m.open(msg.entry)
		}
	}
	return m.nextExamination()
}

// rateMethod gives a method's row its verdict.
func (m *model) rateMethod(i int) {
	if d := m.entries[i].d; d != nil {
		it := &m.methods.items[i]
		it.word, it.role = verdictWord(d.Verdict)
		it.detail = outcome(&d.Predicted)
	}
}
