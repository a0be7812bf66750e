package tui

import "github.com/charmbracelet/bubbles/key"

// keyMap is every key of the walkthrough. The footer and the help are made of it.
type keyMap struct {
	up, down, pageUp, pageDown, top, bottom key.Binding
	stage, pane, open, back                 key.Binding
	finding, previous, other, notation      key.Binding
	copy, try, plan, apply, edit, save      key.Binding
	page                                    key.Binding
	search, filter, help, quit              key.Binding
	preset, unpreset, external, reset, done key.Binding
	again, calls, sort                      key.Binding
}

func bind(help, about string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, about))
}

func newKeys() keyMap {
	return keyMap{
		up:       bind("↑/k", "up", "up", "k"),
		down:     bind("↓/j", "down", "down", "j"),
		pageUp:   bind("pgup/b", "scroll the detail up", "pgup", "b", "ctrl+b"),
		pageDown: bind("pgdn/space", "scroll the detail down", "pgdown", " ", "ctrl+f"),
		top:      bind("g", "to the top of the detail", "g", "home"),
		bottom:   bind("G", "to its end", "G", "end"),
		stage:    bind("1-8", "stage", "1", "2", "3", "4", "5", "6", "7", "8"),
		pane:     bind("tab", "pane", "tab", "shift+tab"),
		open:     bind("enter", "open", "enter"),
		back:     bind("esc", "back", "esc"),
		finding:  bind("n", "finding", "n"),
		previous: bind("N", "previous finding", "N"),
		other:    bind("o", "other fix", "o"),
		notation: bind("←→", "cli, cloudformation, terraform", "left", "right"),
		copy:     bind("c", "copy", "c"),
		try:      bind("t", "try fix", "t"),
		plan:     bind("T", "try all fixes", "T"),
		apply:    bind("a", "apply", "a"),
		edit:     bind("e", "edit request", "e"),
		save:     bind("s", "save", "s"),
		page:     bind("w", "write the page to hand on", "w"),
		search:   bind("/", "search", "/"),
		filter:   bind("/", "filter", "/"),
		help:     bind("?", "help", "?"),
		quit:     bind("q", "quit", "q"),
		preset:   bind("ctrl+n", "next preset", "ctrl+n"),
		unpreset: bind("ctrl+p", "previous preset", "ctrl+p"),
		external: bind("ctrl+o", "$EDITOR", "ctrl+o"),
		reset:    bind("ctrl+r", "as it was", "ctrl+r"),
		done:     bind("esc", "done", "esc"),
		sort:     bind("s", "sort", "s"),
		calls:    bind("l", "logged calls", "l"),
		again:    bind("r", "read again", "r"),
	}
}

// ascii names the arrow keys in words, for screens that have no arrows.
func (k *keyMap) ascii() {
	k.up.SetHelp("up/k", "up")
	k.down.SetHelp("down/j", "down")
	k.notation.SetHelp("left/right", "cli, cloudformation, terraform")
}

// chapter is one part of the help.
type chapter struct {
	name string
	keys []key.Binding
}

// help lists all keys by what they are for.
func (k *keyMap) chapters() []chapter {
	return []chapter{
		{"move", []key.Binding{k.up, k.down, k.stage, k.pane, k.open, k.back, named(k.sort, "sort the APIs")}},
		{"read", []key.Binding{k.pageDown, k.pageUp, k.top, k.bottom, k.search, k.finding, k.previous, k.calls}},
		{"fix", []key.Binding{k.notation, k.other, k.copy, k.try, k.plan, k.apply}},
		{"request", []key.Binding{k.edit, k.preset, k.unpreset, k.external, k.reset}},
		{"leave", []key.Binding{k.save, k.page, k.again, k.help, k.quit}},
	}
}
