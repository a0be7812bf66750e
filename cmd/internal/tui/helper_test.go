package tui

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// began is the time of every test.
var began = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// withFixture completes options with a fixture as the target.
func withFixture(t testing.TB, name string, o Options) Options {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if o.Request == nil {
		o.Request = c.Request
	}
	return withSnapshot(c.Snapshot, o)
}

func withSnapshot(s *snapshot.Snapshot, o Options) Options {
	if o.Load == nil && o.Choose == nil {
		o.Load = func(context.Context, func(Event)) (*snapshot.Snapshot, error) { return s, nil }
	}
	if o.Env == nil {
		o.Env = func(string) string { return "" }
	}
	if o.Command == "" {
		o.Command = "apisqs-doctor --api-id a1b2c3d4"
	}
	if o.Apply == nil {
		o.NoApply = "this is an example"
	}
	if o.Rules == nil {
		o.Rules = rules.All()
	}
	if o.What == "" {
		o.What = "API a1b2c3d4"
	}
	if o.Save == nil {
		o.Save = func(string, *diagnose.Examination, *snapshot.Snapshot, string) error { return nil }
	}
	o.Remedy = report.Remedy{CloudFormation: remedy.CloudFormation, Terraform: remedy.Terraform,
		Commands: func(_ shell.Kind, s *snapshot.Snapshot, f diagnose.Fix) ([]string, error) {
			return remedy.Writer{}.Commands(s, f)
		},
		Check: func(_ shell.Kind, s *snapshot.Snapshot, t *walk.Trace, v diagnose.Verification) (string, []string) {
			return remedy.Writer{}.Check(s, t, v)
		}}
	o.now, o.frame = func() time.Time { return began }, time.Nanosecond
	return o
}

// saved collects what is saved.
type saved []savedFile

type savedFile struct {
	name, what string
	e          diagnose.Examination
}

func (f *saved) save(name string, e *diagnose.Examination, _ *snapshot.Snapshot, what string) error {
	*f = append(*f, savedFile{name, what, *e})
	return nil
}

// started is a model of the size that has read its target.
func started(t testing.TB, o Options, columns, rows int) *model {
	t.Helper()
	o.Width, o.Height = columns, rows
	m := newModel(context.Background(), o, newTheme(false, true, false))
	play(m, m.Init())
	return m
}

// record starts a walkthrough once, and returns what makes another one in its place:
// the messages are the same, and nothing is diagnosed again.
func record(t testing.TB, o Options) func(columns, rows int) *model {
	t.Helper()
	var messages []tea.Msg
	fresh := func(columns, rows int) (*model, tea.Cmd) {
		o := o
		o.Width, o.Height = columns, rows
		m := newModel(context.Background(), o, newTheme(false, true, false))
		return m, m.Init()
	}
	m, cmd := fresh(80, 24)
	perform(cmd, func(msg tea.Msg) tea.Cmd {
		messages = append(messages, msg)
		_, next := m.Update(msg)
		return next
	})
	return func(columns, rows int) *model {
		m, _ := fresh(columns, rows)
		for _, msg := range messages {
			m.Update(msg)
		}
		return m
	}
}

// play carries out a command and everything that follows from it, apart from
// the ticks of the spinner and leaving.
func play(m *model, cmd tea.Cmd) {
	perform(cmd, func(msg tea.Msg) tea.Cmd {
		_, next := m.Update(msg)
		return next
	})
}

// perform carries out a command, and what follows from its messages.
func perform(cmd tea.Cmd, update func(tea.Msg) tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil, tickMsg, tea.QuitMsg:
	case tea.BatchMsg:
		for _, c := range msg {
			perform(c, update)
		}
	default:
		perform(update(msg), update)
	}
}

var keyTypes = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "down": tea.KeyDown, "up": tea.KeyUp, "left": tea.KeyLeft, "right": tea.KeyRight,
	"pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"ctrl+n": tea.KeyCtrlN, "ctrl+p": tea.KeyCtrlP, "ctrl+r": tea.KeyCtrlR, "ctrl+o": tea.KeyCtrlO, "ctrl+c": tea.KeyCtrlC, "ctrl+u": tea.KeyCtrlU, "ctrl+k": tea.KeyCtrlK, "ctrl+w": tea.KeyCtrlW,
}

// message is the key's message; a text of several characters is pasted.
func message(k string) tea.KeyMsg {
	if t, ok := keyTypes[k]; ok {
		return tea.KeyMsg{Type: t}
	}
	if k == "space" {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k), Paste: utf8.RuneCountInString(k) > 1}
}

// press sends keys, and carries out what they lead to.
func press(m *model, keys ...string) {
	for _, k := range keys {
		_, cmd := m.Update(message(k))
		play(m, cmd)
	}
}

// shown fails the test unless the screen holds every text.
func shown(t *testing.T, m *model, texts ...string) {
	t.Helper()
	view := m.View()
	for _, want := range texts {
		if !strings.Contains(view, want) {
			t.Errorf("the screen does not say %q:\n%s", want, view)
		}
	}
}
