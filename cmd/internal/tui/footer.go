package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
)

// footer holds the keys that do something here, as many as fit; help and quit
// always do.
func (m *model) footer() line {
	list, last := m.hints()
	var tail line
	for _, k := range last {
		tail = append(tail, hint(k, false)...)
	}
	room := m.width - tail.width() - 1
	l := line{{" ", plain}}
	for _, k := range list {
		h := hint(k.Binding, k.off)
		if h.width() > room-l.width() {
			continue
		}
		l = append(l, h...)
	}
	return append(l, tail...)
}

func hint(k key.Binding, off bool) line {
	look := accent
	if off {
		look = dim
	}
	return line{{k.Help().Key, look}, {" " + k.Help().Desc + "  ", dim}}
}

// hintKey is a key of the footer; off means that it does nothing now, and says why.
type hintKey struct {
	key.Binding
	off bool
}

func on(list ...key.Binding) []hintKey {
	out := make([]hintKey, len(list))
	for i, k := range list {
		out[i] = hintKey{Binding: k}
	}
	return out
}

// named is the key with another word for what it does.
func named(k key.Binding, about string) key.Binding {
	k.SetHelp(k.Help().Key, about)
	return k
}

// pair is two keys in one hint.
func pair(a, b key.Binding, about string) key.Binding {
	first := func(k key.Binding) string { s, _, _ := strings.Cut(k.Help().Key, "/"); return s }
	a.SetHelp(first(a)+first(b), about)
	return a
}

// hints lists the keys of the present screen, the most useful first.
func (m *model) hints() (list []hintKey, last []key.Binding) {
	k := &m.keys
	last = []key.Binding{k.help, k.quit}
	move := pair(k.up, k.down, "move")
	switch m.at {
	case atLoading:
		return nil, []key.Binding{named(k.quit, "cancel and quit")}
	case atProblem:
		if len(m.choices) > 0 {
			return on(k.again, named(k.back, "all APIs")), last
		}
		return on(k.again), last
	case atAPIs:
		return on(move, k.open, k.filter, k.sort, named(k.again, "list again")), last
	case atMethods:
		list = on(move, k.open, k.filter)
		if m.o.Calls != nil {
			list = append(list, on(named(k.calls, "calls"))...)
		}
		list = append(list, on(k.save, named(k.copy, "copy command"), k.again)...)
		if len(m.choices) > 0 {
			list = append(list, on(named(k.back, "all APIs"))...)
		}
		return list, last
	case atCalls:
		return on(move, named(k.open, "where it failed"), k.filter, named(k.back, "back"), k.again), last
	case atEdit:
		return on(k.done, k.preset, k.unpreset, k.external, k.reset), []key.Binding{bind("ctrl+c", "quit")}
	case atTry:
		return append(on(named(k.back, "back"), pair(k.up, k.down, "scroll")), hintKey{k.apply, m.cannotApply() != ""}), last
	case atSave:
		return on(pair(k.up, k.down, "what"), named(k.open, "save"), k.back), []key.Binding{bind("ctrl+c", "quit")}
	case atConfirm:
		if m.confirm.done {
			return on(named(k.open, "read again")), nil
		}
		return on(k.back), []key.Binding{bind("ctrl+c", "cancel")}
	case atHelp:
		return on(named(k.back, "back"), pair(k.up, k.down, "scroll")), []key.Binding{k.quit}
	}
	return m.walkHints()
}

func (m *model) walkHints() (list []hintKey, last []key.Binding) {
	k, w := &m.keys, &m.walk
	if w.viewer.typing {
		return on(named(k.open, "keep"), named(k.back, "end search")), nil
	}
	about := "stage"
	if w.inDetail {
		about = "scroll"
	}
	list = on(pair(k.up, k.down, about), k.pane)
	if w.viewer.query != "" {
		list = append(list, on(named(k.finding, "next hit"), named(k.back, "end search"))...)
	} else {
		list = append(list, hintKey{k.finding, len(w.detail.d.Findings) == 0})
	}
	list = append(list, hintKey{k.edit, false}, hintKey{k.try, w.fix() == nil}, hintKey{k.copy, false},
		hintKey{k.apply, m.cannotApply() != ""}, hintKey{k.save, m.o.Save == nil}, hintKey{k.search, false})
	if m.o.Calls != nil {
		list = append(list, on(named(k.calls, "calls"))...)
	}
	if len(m.entries) > 1 || len(m.choices) > 0 {
		list = append(list, hintKey{named(k.back, "list"), false})
	}
	return list, []key.Binding{k.help, k.quit}
}

// commandLine shows the command line that gives what the screen shows.
func (m *model) commandLine() line {
	return line{{" = ", dim}, {show(m.command()), plain}}.cut(m.width, m.theme.glyphs.more)
}
