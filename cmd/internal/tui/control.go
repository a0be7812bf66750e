package tui

import (
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// key carries out a key press.
func (m *model) key(k tea.KeyMsg) tea.Cmd {
	m.status = ""
	switch k.String() {
	case "ctrl+c":
		if m.at == atConfirm && m.confirm.running && !m.confirm.cancelled {
			m.confirm.cancelled = true
			m.cancel()
			return nil // what was done is shown first; a second one leaves
		}
		m.interrupted = true
		return m.leave()
	case "ctrl+z":
		return tea.Suspend
	}
	switch m.at {
	case atEdit:
		return m.editKey(k)
	case atSave:
		return m.saveKey(k)
	case atConfirm:
		return m.confirmKey(k)
	case atAPIs:
		if m.apis.typing {
			typed(&m.apis, k)
			return nil
		}
	case atMethods:
		if m.methods.typing {
			typed(&m.methods, k)
			return nil
		}
	case atCalls:
		if m.calls.list.typing {
			typed(&m.calls.list, k)
			return nil
		}
	case atWalk:
		if m.walk.viewer.typing {
			m.searchKey(k)
			return nil
		}
	}
	switch {
	case key.Matches(k, m.keys.quit):
		return m.leave()
	case key.Matches(k, m.keys.help) && m.at != atLoading && m.at != atHelp:
		m.back, m.at, m.help = m.at, atHelp, viewer{}
		return nil
	}
	switch m.at {
	case atProblem:
		switch {
		case key.Matches(k, m.keys.again):
			return m.Init()
		case key.Matches(k, m.keys.back) && len(m.choices) > 0:
			m.problem, m.choice = nil, -1
			return m.listed()
		}
	case atAPIs:
		return m.apisKey(k)
	case atMethods:
		return m.methodsKey(k)
	case atCalls:
		return m.callsKey(k)
	case atWalk:
		return m.walkKey(k)
	case atTry:
		return m.tryKey(k)
	case atHelp:
		switch {
		case key.Matches(k, m.keys.down, m.keys.pageDown):
			m.help.scroll(1, m.bodyRows())
		case key.Matches(k, m.keys.up, m.keys.pageUp):
			m.help.scroll(-1, m.bodyRows())
		default:
			m.at = m.back
		}
	}
	return nil
}

// typed edits the filter of a list.
func typed(l *list, k tea.KeyMsg) {
	switch k.String() {
	case "enter":
		l.typing = false
	case "esc":
		l.typing = false
		l.setFilter("")
	case "up":
		l.move(-1)
	case "down":
		l.move(1)
	case "backspace":
		_, n := utf8.DecodeLastRuneInString(l.filter)
		l.setFilter(l.filter[:len(l.filter)-n])
	default:
		l.setFilter(l.filter + string(k.Runes))
	}
}

// listKey moves in a list and tells whether the key did.
func (m *model) listKey(l *list, k tea.KeyMsg) bool {
	page := max(m.bodyRows()-3, 1)
	switch {
	case key.Matches(k, m.keys.up):
		l.move(-1)
	case key.Matches(k, m.keys.down):
		l.move(1)
	case key.Matches(k, m.keys.pageUp):
		l.move(-page)
	case key.Matches(k, m.keys.pageDown):
		l.move(page)
	case key.Matches(k, m.keys.top):
		l.move(-len(l.items))
	case key.Matches(k, m.keys.bottom):
		l.move(len(l.items))
	case key.Matches(k, m.keys.filter):
		l.typing = true
	case key.Matches(k, m.keys.back) && l.filter != "":
		l.setFilter("")
	default:
		return false
	}
	return true
}

func (m *model) apisKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case m.listKey(&m.apis, k):
	case key.Matches(k, m.keys.sort):
		m.sortBy = (m.sortBy + 1) % len(orders)
		m.apis.order = m.apiOrder()
		m.refuse("sorted by " + orders[m.sortBy])
	case key.Matches(k, m.keys.again):
		m.stop()
		m.choice = -1
		return m.Init()
	case key.Matches(k, m.keys.open) && m.apis.picked() >= 0:
		return m.pick(m.apis.picked())
	}
	return nil
}

func (m *model) methodsKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case m.listKey(&m.methods, k):
	case key.Matches(k, m.keys.save):
		m.startSaving("")
	case key.Matches(k, m.keys.page):
		m.startSaving("html")
	case key.Matches(k, m.keys.calls):
		return m.startCalls()
	case key.Matches(k, m.keys.again):
		return m.load()
	case key.Matches(k, m.keys.copy):
		return copying(&m.o, "the command line", m.command())
	case key.Matches(k, m.keys.back) && len(m.choices) > 0:
		return m.listed()
	case key.Matches(k, m.keys.open) && m.methods.picked() >= 0:
		i := m.methods.picked()
		if m.entries[i].d != nil {
			m.open(i)
			return nil
		}
		m.want = i // the diagnosis under way goes on with it
		m.refuse("looking at it " + m.theme.glyphs.more)
	}
	return nil
}

func (m *model) searchKey(k tea.KeyMsg) {
	v := &m.walk.viewer
	switch k.String() {
	case "enter":
		v.typing = false
		return
	case "esc":
		v.typing, v.query = false, ""
	case "backspace":
		_, n := utf8.DecodeLastRuneInString(v.query)
		v.query = v.query[:len(v.query)-n]
	default:
		v.query += string(k.Runes)
	}
	v.find()
	if len(v.hits) > 0 {
		v.reveal(v.hits[v.current], m.detailRoom().rows)
	}
}

func (m *model) walkKey(k tea.KeyMsg) tea.Cmd {
	w, v := &m.walk, &m.walk.viewer
	rows := m.detailRoom().rows
	page := max(rows-2, 1)
	switch {
	case key.Matches(k, m.keys.up, m.keys.down):
		by := 1
		if key.Matches(k, m.keys.up) {
			by = -1
		}
		if w.inDetail {
			v.scroll(by, rows)
		} else {
			w.to(w.path.chosen + by)
		}
	case key.Matches(k, m.keys.stage):
		w.to(int(k.String()[0] - '1'))
	case key.Matches(k, m.keys.pane):
		w.inDetail = !w.inDetail
	case key.Matches(k, m.keys.open):
		w.inDetail = true
	case key.Matches(k, m.keys.back):
		switch {
		case v.query != "":
			v.query = ""
			v.find()
		case w.inDetail:
			w.inDetail = false
		case len(m.entries) > 1:
			m.at = atMethods
		case len(m.choices) > 0:
			return m.listed()
		}
	case key.Matches(k, m.keys.pageDown):
		v.scroll(page, rows)
	case key.Matches(k, m.keys.pageUp):
		v.scroll(-page, rows)
	case key.Matches(k, m.keys.top):
		v.to(0, rows)
	case key.Matches(k, m.keys.bottom):
		v.to(len(v.lines), rows)
	case key.Matches(k, m.keys.search):
		v.typing, v.query = true, ""
		v.find()
	case key.Matches(k, m.keys.finding, m.keys.previous):
		by := 1
		if key.Matches(k, m.keys.previous) {
			by = -1
		}
		if v.query != "" {
			v.next(by, rows)
			return nil
		}
		if len(w.detail.d.Findings) == 0 {
			m.refuse("there are no findings")
			return nil
		}
		w.next(by)
		m.lay()
		w.reveal(rows)
	case key.Matches(k, m.keys.other):
		if f := w.finding(); f != nil && len(f.Fixes) > 1 {
			w.detail.fix = (w.detail.fix + 1) % len(f.Fixes)
		} else {
			m.refuse("there is no other fix")
		}
	case key.Matches(k, m.keys.notation):
		by := 1
		if k.String() == "left" {
			by = -1
		}
		w.detail.dialect = (w.detail.dialect + by + len(dialects)) % len(dialects)
	default:
		return m.actionKey(k)
	}
	return nil
}
