package tui

import (
	"strings"
	"testing"
)

func TestEditorKeys(t *testing.T) {
	for _, c := range []struct {
		name, text, keys, want string // the bar is the cursor
	}{
		{"typing", "ab|", "c", "abc|"},
		{"in the middle", "a|b", "x", "ax|b"},
		{"a wide character is one", "漢|字", "backspace", "|字"},
		{"an invalid byte is one", "a\xff|b", "backspace", "a|b"},
		{"delete", "a|bc", "delete", "a|c"},
		{"left over the start", "|a", "left left", "|a"},
		{"right over the end", "a|", "right", "a|"},
		{"up keeps the column", "abc\ndef|", "up", "abc|\ndef"},
		{"up to a shorter line and on", "abc\n\ndef|", "up up", "abc|\n\ndef"},
		{"up in the first line", "ab|c", "up", "|abc"},
		{"down in the last line", "a|bc", "down", "abc|"},
		{"down keeps the column", "ab|c\nde", "down", "abc\nde|"},
		{"home", "x\nab|c", "home", "x\n|abc"},
		{"end", "x\n|abc\ny", "end", "x\nabc|\ny"},
		{"kill line", "x\na|bc\ny", "ctrl+k", "x\na|\ny"},
		{"kill to its start", "x\nab|c", "ctrl+u", "x\n|c"},
		{"kill a word", "POST /orders|", "ctrl+w", "POST /|"},
		{"newline", "a|b", "enter", "a\n|b"},
		{"tab is data", "a|", "tab", "a\t|"},
		{"pasted line ends", "|", "a\r\nb\rc", "a\nb\nc|"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := strings.Index(c.text, "|")
			e := newEditor(strings.Replace(c.text, "|", "", 1))
			e.to(at)
			keys := strings.Split(c.keys, " ")
			for _, k := range keys {
				m := message(k)
				e.key(m.String(), m.Runes)
			}
			if got := e.text[:e.cursor] + "|" + e.text[e.cursor:]; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// The cursor is on the screen wherever it is.
func TestEditorShowsItsCursor(t *testing.T) {
	text := strings.Repeat(nasty+"\n", 30) + strings.Repeat("x", 5000) + "\n" + strings.Repeat("short\n", 100)
	e := newEditor(text)
	for at := 0; at <= len(text); at++ {
		if at < len(text) && text[at]&0xC0 == 0x80 {
			continue
		}
		if at%7 != 0 {
			continue
		}
		e.to(at)
		rows := e.view(&unicodeGlyphs, 30, 5)
		bars := 0
		for _, l := range rows {
			if l.width() > 30 {
				t.Fatalf("at %d: %q is too wide", at, l.text())
			}
			bars += strings.Count(l.text(), "│")
		}
		if len(rows) > 5 || bars != 1 {
			t.Fatalf("at %d: %d rows, %d cursors", at, len(rows), bars)
		}
	}
}
