package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Calls are the calls that a stage has logged.
type Calls struct {
	Window string      // how far back was read, such as 1h
	List   []logs.Call // the newest first: those that failed, and some of the others
	Failed int         // all of them
	Count  int         // calls that were logged
	Notes  []string    // why calls may be missing
}

// calls is the list of logged calls, and what they say at the stages.
type calls struct {
	of      *snapshot.Snapshot // whose they are; nil before they were read
	got     Calls
	err     error
	reading bool
	back    screenName
	list    list
	opened  int // call whose walk is on its way, -1 for none
}

type (
	callsMsg struct {
		of  *snapshot.Snapshot
		got Calls
		err error
	}
	callWalkedMsg struct {
		call int
		msg  walkedMsg
	}
)

// startCalls shows the calls, and reads them when that was not done yet.
func (m *model) startCalls() tea.Cmd {
	if m.o.Calls == nil {
		why := m.o.NoCalls
		if why == "" {
			why = "there are no logs here"
		}
		m.refuse(why)
		return nil
	}
	m.calls.back, m.at = m.at, atCalls
	if m.calls.of == m.snap && m.calls.err == nil {
		return nil
	}
	m.calls = calls{of: m.snap, reading: true, back: m.calls.back, opened: -1, list: list{heading: "reading the logs " + m.theme.glyphs.more}}
	read, s, ctx := m.o.Calls, m.snap, m.ctx
	return func() tea.Msg {
		got, err := read(ctx, s)
		return callsMsg{s, got, err}
	}
}

// gotCalls takes over what was logged.
func (m *model) gotCalls(msg callsMsg) {
	c := &m.calls
	if msg.of != c.of {
		return
	}
	c.reading, c.got, c.err = false, msg.got, msg.err
	c.list = list{heading: fmt.Sprintf("%d of %s failed in %s", msg.got.Failed, count(msg.got.Count, "call"), msg.got.Window)}
	for i := range msg.got.List {
		c.list.items = append(c.list.items, callItem(&msg.got.List[i]))
	}
	m.walk.detail.logged = m.loggedHere()
}

// callItem is the row of a call.
func callItem(c *logs.Call) item {
	at := c.Time
	if len(at) > len("2006-01-02T15:04:05") {
		at = strings.Replace(at[:len("2006-01-02T15:04:05")], "T", " ", 1)
	}
	it := item{name: join(strings.TrimSpace(at+"  "+c.Method), string(c.Stage)), word: "ok", role: good}
	switch {
	case c.Lost:
		it.word, it.role = "LOST", bad
	case c.Failed:
		it.word, it.role = "FAILED", bad
	}
	it.detail = "seen " + c.Seen
	if c.Predicted != "" {
		it.detail += ", predicted " + c.Predicted
	}
	if c.After != "" {
		it.detail += ", after the fix " + c.After
	}
	return it
}

func (m *model) callsKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case m.listKey(&m.calls.list, k):
	case key.Matches(k, m.keys.again):
		m.calls.of, m.at = nil, m.calls.back
		return m.startCalls()
	case key.Matches(k, m.keys.back, m.keys.calls):
		m.at = m.calls.back
	case key.Matches(k, m.keys.open) && m.calls.list.picked() >= 0:
		return m.openCall(m.calls.list.picked())
	}
	return nil
}

// openCall shows the stage at which a call failed: in the walk of its own request,
// or of the doctor's where the client's was not logged.
func (m *model) openCall(i int) tea.Cmd {
	c := &m.calls.got.List[i]
	at := -1
	for k := range m.entries {
		if t := m.shell.Diagnoses[k].Trace; t.Route.Method != nil && logs.MethodName(t.Route.Method) == c.Method {
			at = k
		}
	}
	switch {
	case at < 0:
		m.refuse("this call reached no method that leads to SQS")
		return nil
	case m.entries[at].d == nil:
		m.refuse("its method is still looked at " + m.theme.glyphs.more)
		return nil
	case c.Request == nil:
		m.open(at)
		m.toCall(c, "its request was not logged; the walk is that of a plain one")
		return nil
	}
	r := *c.Request
	r.API, r.Stage = m.entries[at].request.API, m.entries[at].request.Stage
	m.edits++
	m.calls.opened = at
	m.refuse("following the call " + m.theme.glyphs.more)
	s, rules, n := m.snap, m.o.Rules, m.edits
	return func() tea.Msg { return callWalkedMsg{i, walkedMsg{n, examine(s, r, rules)}} }
}

// callWalked shows the walk of a call.
func (m *model) callWalked(msg callWalkedMsg) {
	if m.at != atCalls || msg.msg.edit != m.edits || m.calls.opened < 0 {
		return
	}
	d := msg.msg.d
	m.open(m.calls.opened)
	m.walk = newWalk(d, m.snap, m.o.Remedy, &m.theme.glyphs, true)
	m.walk.detail.logged = m.loggedHere()
	m.toCall(&m.calls.got.List[msg.call], "")
}

// toCall opens the stage at which a call failed, and says how it went.
func (m *model) toCall(c *logs.Call, note string) {
	for i, s := range walk.Stages {
		if s == c.Stage {
			m.walk.to(i)
		}
	}
	m.refuse(join("call "+c.ID+": seen "+c.Seen, note))
}

// loggedHere are the calls of the open walk's method that failed, by stage.
func (m *model) loggedHere() map[walk.Stage][]string {
	d := m.walk.detail.d
	if d == nil || d.Trace.Route.Method == nil || m.calls.of != m.snap {
		return nil
	}
	name := logs.MethodName(d.Trace.Route.Method)
	counts := map[walk.Stage]map[string]int{}
	out := map[walk.Stage][]string{}
	for _, c := range m.calls.got.List { // the newest first
		if !c.Failed || c.Method != name {
			continue
		}
		if counts[c.Stage] == nil {
			counts[c.Stage] = map[string]int{}
		}
		if counts[c.Stage][c.Seen]++; counts[c.Stage][c.Seen] == 1 {
			out[c.Stage] = append(out[c.Stage], c.Seen)
		}
	}
	for stage, list := range out {
		for i, seen := range list {
			list[i] = fmt.Sprintf("%s in %s: %s", count(counts[stage][seen], "call"), m.calls.got.Window, seen)
		}
	}
	return out
}

// logged says which calls failed in the stage.
func (v *detail) loggedAt(d *doc, stage walk.Stage) {
	for i, text := range v.logged[stage] {
		if i == 0 {
			d.heading("failed here", "", bad, v.glyphs.dash)
		}
		d.in("seen").prose(text, plain)
	}
}

// callsView draws the list of calls, and what may be missing from it.
func (m *model) callsView(rows int) []line {
	c := &m.calls
	notes := &doc{width: m.width - 2, more: m.theme.glyphs.more}
	if c.err != nil {
		notes.in("error").prose(oneLine(c.err.Error()), bad)
	}
	for _, n := range c.got.Notes {
		notes.in("?").prose(oneLine(n), doubt)
	}
	if c.err != nil {
		return indent(notes.lines)
	}
	below := indent(notes.lines)
	below = below[:min(len(below), rows/3)]
	out := c.list.view(&m.theme, m.width, rows-len(below)-1)
	if len(c.list.items) == 0 && !c.reading {
		out = []line{put(" no call is in the logs of "+c.got.Window+", which does not say that there was none", strong)}
	}
	for len(out) < rows-len(below) && len(below) > 0 {
		out = append(out, nil)
	}
	return append(out, below...)
}
