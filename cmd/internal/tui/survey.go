package tui

import (
	"cmp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// subject is what is known of one of the choices.
type subject struct {
	read    *loadedMsg // what was read; nil until it was
	err     error      // why it could not be read
	loading *loading   // how the reading went
	entries []entry    // its methods; those that are open share them
}

// The words in the list for an API that has no verdict.
const (
	wordWaiting = "waiting"
	wordReading = "reading"
	wordNotRead = "not read"
)

// survey reads the choices one after the other while their list is on the
// screen. Only one is read at a time, because all of them share the account's
// quota of control plane calls.
type survey struct {
	at       int       // the choice that is being read or diagnosed, -1 for none
	subjects []subject // of each choice
}

// listed shows the list of APIs and goes on with the survey.
func (m *model) listed() tea.Cmd {
	m.at = atAPIs
	return m.nextSubject()
}

// nextSubject goes on with the first choice that has no verdict yet. What was
// read before is not read again, only its remaining methods are diagnosed.
func (m *model) nextSubject() tea.Cmd {
	defer m.apis.setFilter(m.apis.filter) // it looks at the verdicts too
	m.survey.at = -1
	for i := range m.survey.subjects {
		t := &m.survey.subjects[i]
		if t.err != nil || t.read != nil && undiagnosed(t.entries, -1) < 0 {
			continue
		}
		load := m.choices[i].Load
		if t.read == nil && load == nil {
			t.err = errNothing
			m.rate(i)
			continue
		}
		m.survey.at = i
		m.apis.items[i].word, m.apis.items[i].role = wordReading, accent
		m.begin(m.choices[i].Name)
		if t.read != nil {
			return m.diagnose(t.read.snap, t.entries, -1)
		}
		events := newFeed()
		return tea.Batch(read(m.context(), &m.o, load, m.reading, events), listen(m.reading, events))
	}
	return nil
}

// stop ends the survey for another reading, whose number makes that what still
// comes in of the present choice is dropped.
func (m *model) stop() {
	if m.survey.at < 0 {
		return
	}
	m.cancel()
	m.rate(m.survey.at)
	m.survey.at = -1
}

// surveyed takes over what was read of a choice, and diagnoses it.
func (m *model) surveyed(msg loadedMsg) tea.Cmd {
	t := m.keep(m.survey.at, msg)
	if t.err == nil {
		if cmd := m.diagnose(msg.snap, t.entries, -1); cmd != nil {
			return cmd
		}
	}
	m.rate(m.survey.at)
	return m.nextSubject()
}

// surveyedMethod takes over the diagnosis of one method of a choice.
func (m *model) surveyedMethod(msg examinedMsg) tea.Cmd {
	t := &m.survey.subjects[m.survey.at]
	t.entries[msg.entry].d = msg.d
	if cmd := m.diagnose(t.read.snap, t.entries, -1); cmd != nil {
		return cmd
	}
	m.rate(m.survey.at)
	return m.nextSubject()
}

// keep remembers how the reading of a choice ended.
func (m *model) keep(choice int, msg loadedMsg) *subject {
	t := &m.survey.subjects[choice]
	*t = subject{err: msg.err, loading: m.loading}
	if msg.err == nil {
		t.read, t.entries = &msg, entriesOf(&msg.shell)
	}
	return t
}

// orders are those of the list of APIs, in the order in which the key goes through them.
var orders = []string{"name", "verdict", "age, the newest first"}

// apiOrder compares two choices in the order that was chosen; nil for that of the list.
func (m *model) apiOrder() func(a, b int) int {
	rank := map[string]int{wordNotRead: -9} // what has no verdict yet comes last
	for i, v := range []diagnose.Verdict{diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy} {
		word, _ := verdictWord(v)
		rank[word] = i - 10
	}
	switch m.sortBy {
	case 1:
		return func(a, b int) int { return cmp.Compare(rank[m.apis.items[a].word], rank[m.apis.items[b].word]) }
	case 2:
		return func(a, b int) int { return -cmp.Compare(m.choices[a].Created, m.choices[b].Created) }
	}
	return nil
}

// forget gives up all that was read: a fix to one API's role, queue or key can
// change what is true of another API.
func (m *model) forget() {
	for i := range m.survey.subjects {
		m.survey.subjects[i] = subject{}
		m.rate(i)
	}
}

// pick opens a choice: with what the survey has read of it, or is just reading.
func (m *model) pick(i int) tea.Cmd {
	t := &m.survey.subjects[i]
	switch {
	case t.read != nil:
		m.stop()
		m.choice = i
		m.reading++
		m.loading = t.loading
		return m.take(t)
	case m.survey.at == i:
		m.rate(i) // as long as it is not known, it is to be waited for
		m.survey.at, m.choice, m.at = -1, i, atLoading
		return tick(&m.o, m.reading)
	}
	m.stop()
	m.choice = i
	return m.load()
}

// loadingOf is the reading of the number, or nil.
func (m *model) loadingOf(reading int) *loading {
	if m.loading.reading == reading {
		return m.loading
	}
	for i := range m.survey.subjects {
		if l := m.survey.subjects[i].loading; l != nil && l.reading == reading {
			return l
		}
	}
	return nil
}

// rate gives a choice's row its verdict, or why it has none.
func (m *model) rate(choice int) {
	t, it := &m.survey.subjects[choice], &m.apis.items[choice]
	about := m.choices[choice].Detail
	it.word, it.role, it.detail = wordWaiting, dim, about
	switch {
	case t.err != nil:
		it.word, it.role, it.detail = wordNotRead, doubt, oneLine(t.err.Error())
	case t.read == nil || undiagnosed(t.entries, -1) >= 0:
	case len(t.entries) == 0 && len(t.read.shell.Unlisted) == 0:
		it.word, it.detail = "-", join("no method to SQS", about)
	default:
		v := worst(t)
		it.word, it.role = verdictWord(v)
		it.detail = join(count(len(t.entries), "method"), about)
		if v == diagnose.Inconclusive && len(t.read.shell.Unlisted) > 0 {
			it.detail = missing(&t.read.shell.Unlisted[0])
		}
	}
}

// worst is the verdict of a choice all of whose methods are diagnosed.
func worst(t *subject) diagnose.Verdict {
	verdicts := map[diagnose.Verdict]bool{}
	for i := range t.entries {
		verdicts[t.entries[i].d.Verdict] = true
	}
	switch {
	case verdicts[diagnose.Broken]:
		return diagnose.Broken
	// A method that may be missing from the list may be broken.
	case len(t.read.shell.Unlisted) > 0 || verdicts[diagnose.Inconclusive] || verdicts[""]:
		return diagnose.Inconclusive
	case verdicts[diagnose.AtRisk]:
		return diagnose.AtRisk
	}
	return diagnose.Healthy
}

// missing says why methods may be missing from the list.
func missing(g *snapshot.Gap) string {
	why := string(g.Reason)
	if g.Detail != "" {
		why = oneLine(g.Detail) + " (" + why + ")"
	}
	return "methods may be missing: " + why
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func join(a, b string) string {
	if b == "" {
		return a
	}
	return a + " · " + b
}
