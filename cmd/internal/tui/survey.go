package tui

import (
	"cmp"
	"context"
	"slices"
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

// survey reads the choices, a few at a time, while their list is on the screen. What
// they load from shares the account's quota of control plane calls.
type survey struct {
	visits   []visit   // under way
	subjects []subject // of each choice
}

// visit is a choice that is being read or diagnosed.
type visit struct {
	choice  int
	loading *loading // with the number of the reading
	cancel  context.CancelFunc
}

// visitsAtOnce are under way at a time.
const visitsAtOnce = 4

// of is the index of the visit with the number of the reading, or -1.
func (s *survey) of(reading int) int {
	return slices.IndexFunc(s.visits, func(v visit) bool { return v.loading.reading == reading })
}

// to is the index of the visit to the choice, or -1.
func (s *survey) to(choice int) int {
	return slices.IndexFunc(s.visits, func(v visit) bool { return v.choice == choice })
}

// listed shows the list of APIs and goes on with the survey.
func (m *model) listed() tea.Cmd {
	if m.cancel != nil {
		m.cancel()
	}
	m.renumber()
	m.at = atAPIs
	return m.nextSubjects()
}

// nextSubjects goes on with the first choices that have no verdict yet. What was
// read before is not read again, only its remaining methods are diagnosed.
func (m *model) nextSubjects() tea.Cmd {
	defer m.apis.setFilter(m.apis.filter) // it looks at the verdicts too
	var begun []tea.Cmd
	for i := range m.survey.subjects {
		t := &m.survey.subjects[i]
		switch {
		case len(m.survey.visits) >= cmp.Or(m.o.visits, visitsAtOnce):
			return tea.Batch(begun...)
		case t.err != nil || t.read != nil && undiagnosed(t.entries, -1) < 0 || m.survey.to(i) >= 0:
			continue
		}
		load := m.choices[i].Load
		if t.read == nil && load == nil {
			t.err = errNothing
			m.rate(i)
			continue
		}
		m.apis.items[i].word, m.apis.items[i].role = wordReading, accent
		m.lastReading++
		ctx, cancel := context.WithCancel(m.ctx)
		v := visit{i, &loading{reading: m.lastReading, what: m.choices[i].Name, began: m.o.now()}, cancel}
		m.survey.visits = append(m.survey.visits, v)
		if t.read != nil {
			v.loading.done = t.loading.done
			begun = append(begun, m.diagnose(v.loading.reading, t.read.snap, t.entries, -1))
			continue
		}
		events := newFeed()
		begun = append(begun, read(ctx, &m.o, load, v.loading.reading, events), listen(v.loading.reading, events))
	}
	return tea.Batch(begun...)
}

// stop ends the survey for another reading; what still comes in of it is dropped,
// since no visit has its number any more.
func (m *model) stop() {
	visits := m.survey.visits
	m.survey.visits = nil
	for _, v := range visits {
		v.cancel()
		m.rate(v.choice)
	}
}

// ended gives the choice of a visit its verdict, and goes on with the next one.
func (m *model) ended(i int) tea.Cmd {
	v := m.survey.visits[i]
	v.cancel()
	m.survey.visits = slices.Delete(m.survey.visits, i, i+1)
	m.rate(v.choice)
	return m.nextSubjects()
}

// surveyed takes over what was read of a choice, and diagnoses it.
func (m *model) surveyed(i int, msg loadedMsg) tea.Cmd {
	v := m.survey.visits[i]
	t := m.keep(v.choice, v.loading, msg)
	if t.err == nil {
		if cmd := m.diagnose(msg.reading, msg.snap, t.entries, -1); cmd != nil {
			return cmd
		}
	}
	return m.ended(i)
}

// surveyedMethod takes over the diagnosis of one method of a choice.
func (m *model) surveyedMethod(i int, msg examinedMsg) tea.Cmd {
	t := &m.survey.subjects[m.survey.visits[i].choice]
	t.entries[msg.entry].d = msg.d
	if cmd := m.diagnose(msg.reading, t.read.snap, t.entries, -1); cmd != nil {
		return cmd
	}
	return m.ended(i)
}

// keep remembers how the reading of a choice ended.
func (m *model) keep(choice int, l *loading, msg loadedMsg) *subject {
	t := &m.survey.subjects[choice]
	*t = subject{err: msg.err, loading: l}
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
		m.renumber()
		m.loading = t.loading
		return m.take(t)
	case m.survey.to(i) >= 0: // its reading goes on as that of the screen
		at := m.survey.to(i)
		v := m.survey.visits[at]
		m.survey.visits = slices.Delete(m.survey.visits, at, at+1)
		m.stop()
		if m.cancel != nil {
			m.cancel()
		}
		m.rate(i) // as long as it is not known, it is to be waited for
		m.reading, m.loading, m.cancel = v.loading.reading, v.loading, v.cancel
		m.choice, m.at = i, atLoading
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
	if i := m.survey.of(reading); i >= 0 {
		return m.survey.visits[i].loading
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
