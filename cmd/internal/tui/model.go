package tui

import (
	"context"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// screenName is what the screen shows.
type screenName int

const (
	atLoading screenName = iota
	atProblem
	atAPIs
	atMethods
	atCalls
	atWalk
	atEdit
	atTry
	atSave
	atConfirm
	atHelp
)

// entry is one request that is diagnosed.
type entry struct {
	request walk.Request
	d       *diagnose.Diagnosis // nil until it is
}

// model is the only Bubble Tea model; it routes keys and messages to the panes.
type model struct {
	ctx    context.Context
	cancel context.CancelFunc // of the reading or applying under way
	o      Options
	theme  theme
	keys   keyMap
	width  int
	height int
	at     screenName
	back   screenName // where help and save lead back to
	status string     // said once, in the lower rule
	sad    bool       // the status tells of a failure

	problem     error // what kept the target from being read
	interrupted bool  // ctrl+c was pressed
	leaving     bool  // q or ctrl+c was pressed: what still comes in is of no use

	choices []Choice
	choice  int // -1 without
	apis    list
	sortBy  int // index in orders
	survey  survey

	reading     int // number of the reading; messages of an older one are dropped
	lastReading int // number that was given last
	loading     *loading
	snap        *snapshot.Snapshot
	shell       diagnose.Examination
	request     *walk.Request // the user's; nil for the doctor's own
	entries     []entry
	want        int // entry to open as soon as it is diagnosed, -1 for none
	reopen      *walk.Request
	stage       int // that was looked at when the target changed, -1 for none

	watching bool
	methods  list
	calls    calls

	walk    walkScreen
	editor  editor
	invalid error // why the edited text is no request
	presetN int   // the preset that was chosen last, -1 for none
	edits   int   // number of the last change of the request
	walking bool  // a walk of an edited request is under way
	pending *walk.Request

	trial   trial
	trials  int
	confirm confirmation
	saving  saving
	help    viewer
}

func newModel(ctx context.Context, o Options, t theme) *model {
	m := &model{ctx: ctx, o: o, theme: t, keys: newKeys(), width: o.Width, height: o.Height, choice: -1, stage: -1, loading: &loading{}, want: -1, presetN: -1}
	if t.glyphs.arrow == asciiGlyphs.arrow {
		m.keys.ascii()
	}
	return m
}

// Init begins to read.
func (m *model) Init() tea.Cmd {
	if m.choice < 0 && m.o.Load == nil && m.o.Choose != nil {
		m.at = atLoading
		m.begin("the account's APIs")
		return tea.Batch(choose(m.context(), &m.o), tick(&m.o, m.reading))
	}
	if m.watching {
		return m.load()
	}
	m.watching = true
	return tea.Batch(m.load(), watch(m.ctx, &m.o))
}

// changed reads the target again and keeps what was looked at.
func (m *model) changed() tea.Cmd {
	next := watch(m.ctx, &m.o)
	switch m.at {
	case atWalk:
		m.reopen, m.stage = &m.walk.first, m.walk.path.chosen
	case atLoading, atMethods, atProblem:
	default: // what is being typed or tried is of the target as it was
		m.refuse("the files have changed: r reads them again")
		return next
	}
	return tea.Batch(m.load(), next)
}

// renumber gives the reading a new number: what still comes in of the one before is
// dropped.
func (m *model) renumber() {
	m.lastReading++
	m.reading = m.lastReading
}

// begin counts a new reading.
func (m *model) begin(what string) {
	m.renumber()
	m.loading = &loading{reading: m.reading, what: what, began: m.o.now()}
}

// context is one that q and ctrl+c cancel, as does whatever follows.
func (m *model) context() context.Context {
	if m.cancel != nil {
		m.cancel()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.cancel = cancel
	return ctx
}

// leave ends the walkthrough and what it is doing.
func (m *model) leave() tea.Cmd {
	m.leaving = true
	if m.cancel != nil {
		m.cancel()
	}
	for _, v := range m.survey.visits {
		v.cancel()
	}
	return tea.Quit
}

// errNothing tells of a target that cannot be read at all.
var errNothing = &Problem{Message: "there is nothing to read"}

// load reads the target.
func (m *model) load() tea.Cmd {
	load, what := m.o.Load, m.o.What
	if m.choice >= 0 {
		load, what = m.choices[m.choice].Load, m.choices[m.choice].Name
		m.survey.subjects[m.choice] = subject{} // it may have been changed since it was read
		m.rate(m.choice)
	}
	if load == nil {
		m.problem, m.at = errNothing, atProblem
		return nil
	}
	m.at = atLoading
	m.begin(what)
	events := newFeed()
	return tea.Batch(read(m.context(), &m.o, load, m.reading, events), listen(m.reading, events), tick(&m.o, m.reading))
}

// Update routes a message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	m.lay()
	return m, cmd
}

func (m *model) update(msg tea.Msg) tea.Cmd {
	if m.leaving {
		return nil
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyMsg:
		return m.key(msg)
	case tickMsg:
		if msg.reading == m.reading && (m.at == atLoading || m.at == atConfirm && m.confirm.running) {
			m.loading.frame++
			return tick(&m.o, m.reading)
		}
	case eventsMsg:
		if l := m.loadingOf(msg.reading); l != nil {
			for _, e := range msg.events {
				l.add(e)
			}
		}
		return listen(msg.reading, msg.from)
	case choicesMsg:
		return m.chosen(msg)
	case loadedMsg:
		if i := m.survey.of(msg.reading); i >= 0 {
			return m.surveyed(i, msg)
		}
		if msg.reading == m.reading {
			return m.loaded(msg)
		}
	case examinedMsg:
		if i := m.survey.of(msg.reading); i >= 0 {
			return m.surveyedMethod(i, msg)
		}
		if msg.reading == m.reading {
			return m.examined(msg)
		}
	case walkedMsg:
		return m.walked(msg)
	case callsMsg:
		m.gotCalls(msg)
	case callWalkedMsg:
		m.callWalked(msg)
	case triedMsg:
		if msg.trial == m.trials {
			m.trial.after, m.trial.err = msg.d, msg.err
		}
	case changedMsg:
		return m.changed()
	case copiedMsg:
		m.say("copied "+msg.what, "not copied: ", msg.err)
	case savedMsg:
		m.say("saved "+msg.name, "not saved: ", msg.err)
		if msg.err == nil {
			m.at = m.back
		}
	case appliedMsg:
		m.confirm.running, m.confirm.done, m.confirm.log, m.confirm.err = false, true, msg.log, msg.err
		m.forget()
	case fileMsg:
		if msg.err != nil {
			m.say("", "no file for the editor: ", msg.err)
			return nil
		}
		return edit(m.o.Env, msg.file)
	case writtenMsg:
		return m.written(msg)
	}
	return nil
}

// say tells in the lower rule what came of something.
func (m *model) say(good, bad string, err error) {
	m.status, m.sad = good, false
	if err != nil {
		m.status, m.sad = bad+err.Error(), true
	}
}

// refuse tells why a key does nothing.
func (m *model) refuse(why string) { m.status, m.sad = why, false }

func (m *model) chosen(msg choicesMsg) tea.Cmd {
	if msg.err != nil {
		m.problem, m.at = msg.err, atProblem
		return nil
	}
	m.problem, m.choices = nil, msg.choices
	m.survey = survey{subjects: make([]subject, len(msg.choices))}
	m.apis = list{heading: count(len(msg.choices), "API"), order: m.apiOrder()}
	for i, c := range msg.choices {
		m.apis.items = append(m.apis.items, item{name: c.Name})
		m.rate(i)
	}
	return m.listed()
}

// open shows the walk of an entry.
func (m *model) open(i int) {
	m.at = atWalk
	m.walk = newWalk(m.entries[i].d, m.snap, m.o.Remedy, &m.theme.glyphs, m.request != nil)
	m.walk.detail.calls = m.loading.summary(0)
	if m.loading.done > 0 {
		m.walk.detail.calls = fmt.Sprintf("%s made, %d refused", count(m.loading.done, "call"), len(m.loading.refused))
	}
	m.walk.detail.logged = m.loggedHere()
	if m.stage >= 0 {
		m.walk.to(m.stage)
		m.stage = -1
	}
	m.presetN, m.invalid = -1, nil
	m.edits++ // a walk of another API's request that still comes in is not for this one
}

// change takes over the edited text; a valid request is walked at once, and the
// last of several that come in meanwhile.
func (m *model) change() tea.Cmd {
	r, err := parse(m.editor.text, &m.walk.first)
	if m.invalid = err; err != nil {
		return nil
	}
	return m.rewalk(r)
}

func (m *model) rewalk(r walk.Request) tea.Cmd {
	if m.o.Hide != nil {
		r = m.o.Hide(r)
	}
	m.edits++
	if m.walking {
		m.pending = &r
		return nil
	}
	m.walking = true
	s, rules, n := m.snap, m.o.Rules, m.edits
	return func() tea.Msg { return walkedMsg{n, examine(s, r, rules)} }
}

func (m *model) walked(msg walkedMsg) tea.Cmd {
	m.walking = false
	if m.pending != nil {
		r := *m.pending
		m.pending = nil
		return m.rewalk(r)
	}
	if msg.edit == m.edits {
		m.walk.show(msg.d, m.snap)
	}
	return nil
}

func (m *model) written(msg writtenMsg) tea.Cmd {
	if msg.err != nil {
		m.say("", "the editor failed: ", msg.err)
		return nil
	}
	// Editors end a file with a newline that nobody typed.
	text := strings.ReplaceAll(msg.text, "\r\n", "\n")
	if !strings.HasSuffix(m.editor.text, "\n") {
		text = strings.TrimSuffix(text, "\n")
	}
	m.editor = newEditor(text)
	return m.change()
}
