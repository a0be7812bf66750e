package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// actionKey does something with the open diagnosis.
func (m *model) actionKey(k tea.KeyMsg) tea.Cmd {
	w := &m.walk
	switch {
	case key.Matches(k, m.keys.copy):
		what, text := w.copyable(m.command())
		return copying(&m.o, what, text)
	case key.Matches(k, m.keys.try):
		fix := w.fix()
		if fix == nil {
			m.refuse(w.noFix())
			return nil
		}
		return m.startTrial(fix.Title, w.finding().Rule, *fix)
	case key.Matches(k, m.keys.plan):
		fixes := w.detail.d.Plan.Fixes
		if len(fixes) == 0 {
			m.refuse("no set of fixes is known to make the method healthy")
			return nil
		}
		title := "the only fix that is needed: " + fixes[0].Title
		if len(fixes) > 1 {
			title = fmt.Sprintf("%d fixes together", len(fixes))
		}
		return m.startTrial(title, "", fixes...)
	case key.Matches(k, m.keys.apply):
		m.startApplying()
	case key.Matches(k, m.keys.edit):
		m.editor, m.at, m.invalid = newEditor(format(&w.request)), atEdit, nil
	case key.Matches(k, m.keys.save):
		m.startSaving("")
	case key.Matches(k, m.keys.page):
		m.startSaving("html")
	case key.Matches(k, m.keys.calls):
		return m.startCalls()
	case key.Matches(k, m.keys.again):
		m.reopen = &w.first
		return m.load()
	}
	return nil
}

// copyable is what c copies: the fix, else how to check, else the command line.
func (w *walkScreen) copyable(command string) (what, text string) {
	if fix := w.fix(); fix != nil {
		if text, err := w.detail.render(fix); err == nil && text != "" {
			return "the fix (" + dialects[w.detail.dialect] + ")", text
		}
	}
	if f := w.finding(); f != nil {
		if _, commands := w.detail.check(f); commands != "" {
			return "the check", commands
		}
	}
	return "the command line", command
}

// noFix says why there is nothing to try.
func (w *walkScreen) noFix() string {
	switch f := w.finding(); {
	case f == nil:
		return "there is no finding, so there is nothing to fix"
	case f.Request != nil:
		return "the client's call is at fault: correct it with e"
	}
	return "the finding has no fix that the doctor can make"
}

func (m *model) startTrial(title, only string, fixes ...diagnose.Fix) tea.Cmd {
	m.trials++
	m.trial = trial{title: title, only: only, fixes: fixes, before: m.walk.detail.d, words: m.walk.path.words}
	m.at = atTry
	return try(m.snap, m.walk.request, fixes, m.o.Rules, m.trials)
}

func (m *model) tryKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.down):
		m.trial.viewer.scroll(1, m.bodyRows())
	case key.Matches(k, m.keys.up):
		m.trial.viewer.scroll(-1, m.bodyRows())
	case key.Matches(k, m.keys.pageDown):
		m.trial.viewer.scroll(m.bodyRows()-1, m.bodyRows())
	case key.Matches(k, m.keys.pageUp):
		m.trial.viewer.scroll(1-m.bodyRows(), m.bodyRows())
	case key.Matches(k, m.keys.back, m.keys.try, m.keys.open):
		m.at = atWalk
	case key.Matches(k, m.keys.apply):
		if len(m.trial.fixes) > 1 {
			m.refuse("fixes are applied one by one: go back and press a")
			return nil
		}
		m.startApplying()
	case key.Matches(k, m.keys.copy):
		return copying(&m.o, "the command line", m.command())
	}
	return nil
}

// cannotApply says why a does nothing; empty when it does something.
func (m *model) cannotApply() string {
	switch {
	case m.o.Apply == nil && m.o.NoApply != "":
		return m.o.NoApply
	case m.o.Apply == nil:
		return "a fix cannot be applied here"
	case m.walk.fix() == nil:
		return m.walk.noFix()
	}
	return ""
}

func (m *model) startApplying() {
	if why := m.cannotApply(); why != "" {
		m.refuse(why)
		return
	}
	fix := m.walk.fix()
	m.confirm = confirmation{fix: *fix, only: m.walk.finding().Rule}
	if m.o.Remedy.Commands != nil {
		m.confirm.lines, _ = m.o.Remedy.Commands(m.o.Remedy.Shell, m.snap, *fix)
	}
	if len(m.confirm.lines) == 0 {
		for _, c := range fix.Changes {
			m.confirm.lines = append(m.confirm.lines, c.String())
		}
	}
	m.at = atConfirm
}

func (m *model) confirmKey(k tea.KeyMsg) tea.Cmd {
	c := &m.confirm
	switch {
	case c.running:
		return nil
	case c.done:
		m.reopen = &m.walk.first // what is there now is read again
		return m.load()
	}
	switch k.String() {
	case "esc":
		m.at = atWalk
	case "up":
		c.viewer.scroll(-1, c.rows(m.bodyRows()))
	case "down":
		c.viewer.scroll(1, c.rows(m.bodyRows()))
	case "backspace":
		c.typed = c.typed[:max(len(c.typed)-1, 0)]
	case "enter":
		if c.typed != consent {
			m.refuse("type " + consent + " to apply, or press esc")
			return nil
		}
		c.running = true
		m.renumber()
		return tea.Batch(apply(m.context(), &m.o, m.snap, c.fix), tick(&m.o, m.reading))
	default:
		if s := string(k.Runes); isASCII(s) && len(c.typed)+len(s) <= 2*len(consent) {
			c.typed += s
		}
	}
	return nil
}

// startSaving asks what to save and where; what is chosen first.
func (m *model) startSaving(what string) {
	if m.o.Save == nil {
		m.refuse("saving is not possible here")
		return
	}
	m.back, m.at, m.saving = m.at, atSave, newSaving(what)
}

func (m *model) saveKey(k tea.KeyMsg) tea.Cmd {
	s := &m.saving
	switch k.String() {
	case "esc":
		m.at = m.back
	case "up", "shift+tab":
		s.choose(-1)
	case "down", "tab":
		s.choose(1)
	case "enter":
		name, what := strings.TrimSpace(s.name.text), savings[s.chosen].what
		if name == "" {
			m.refuse("a file needs a name")
			return nil
		}
		if what == "request" && m.back != atWalk {
			m.refuse("open a method first: this saves its request")
			return nil
		}
		return save(m.o, m.snap, m.saved(), what, name)
	default:
		s.name.key(k.String(), k.Runes)
	}
	return nil
}

// saved is the request that a saved report is about; nil for all methods.
func (m *model) saved() *walk.Request {
	if m.back == atWalk {
		return &m.walk.request
	}
	return m.request
}

func (m *model) editKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.done):
		if m.invalid != nil {
			m.refuse("it is no request yet: ctrl+r takes the changes back")
			return nil
		}
		m.at = atWalk
		m.walk.path.chosen = opening(m.walk.detail.d)
		m.walk.choose()
		m.walk.viewer.to(0, 1)
	case key.Matches(k, m.keys.preset, m.keys.unpreset):
		by := 1
		if key.Matches(k, m.keys.unpreset) {
			by = -1
		}
		if m.presetN < 0 && by < 0 {
			m.presetN = 0
		}
		presets := m.walk.presets
		if len(presets) == 0 {
			m.refuse("there is no other request to try")
			return nil
		}
		m.presetN = (m.presetN + by + len(presets)) % len(presets)
		p := presets[m.presetN]
		m.editor = newEditor(format(&p.Request))
		m.refuse("preset: " + p.Name)
		return m.change()
	case key.Matches(k, m.keys.reset):
		m.editor, m.presetN = newEditor(format(&m.walk.first)), -1
		return m.change()
	case key.Matches(k, m.keys.external):
		return write(m.editor.text)
	case k.Alt && k.Type == tea.KeyRunes: // a terminal's own, not text
	case m.editor.key(k.String(), k.Runes):
		return m.change()
	}
	return nil
}
