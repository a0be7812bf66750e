package tui

import (
	"strings"
	"unicode/utf8"
)

// editor is a text that is edited in place. It keeps every byte of it, also
// those that cannot be shown as they are.
type editor struct {
	text   string
	cursor int // byte offset in text
	column int // that up and down try to keep, -1 for the cursor's own
}

func newEditor(text string) editor { return editor{text, len(text), -1} }

func (e *editor) insert(s string) {
	e.text = e.text[:e.cursor] + s + e.text[e.cursor:]
	e.cursor += len(s)
	e.column = -1
}

// before and after are the offsets of the neighbouring characters.
func (e *editor) before() int {
	_, n := utf8.DecodeLastRuneInString(e.text[:e.cursor])
	return e.cursor - n
}

func (e *editor) after() int {
	_, n := utf8.DecodeRuneInString(e.text[e.cursor:])
	return e.cursor + n
}

func (e *editor) remove(from, to int) {
	e.text = e.text[:from] + e.text[to:]
	e.cursor, e.column = from, -1
}

func (e *editor) to(at int) { e.cursor, e.column = at, -1 }

// lineStart and lineEnd bound the line of the text that holds the offset.
func (e *editor) lineStart(at int) int { return strings.LastIndexByte(e.text[:at], '\n') + 1 }

func (e *editor) lineEnd(at int) int {
	if n := strings.IndexByte(e.text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(e.text)
}

// wordStart is where the word before the cursor begins.
func (e *editor) wordStart() int {
	s := strings.TrimRight(e.text[:e.cursor], " ")
	at := strings.LastIndexAny(s, " \n&=:/") + 1
	if at >= e.cursor {
		return e.before()
	}
	return at
}

// vertical moves the cursor up or down by lines of the text.
func (e *editor) vertical(by int) {
	start := e.lineStart(e.cursor)
	column := e.column
	if column < 0 {
		column = utf8.RuneCountInString(e.text[start:e.cursor])
	}
	switch {
	case by < 0 && start == 0:
		e.to(0)
		return
	case by < 0:
		start = e.lineStart(start - 1)
	case e.lineEnd(e.cursor) == len(e.text):
		e.to(len(e.text))
		return
	default:
		start = e.lineEnd(e.cursor) + 1
	}
	at, end := start, e.lineEnd(start)
	for n := 0; n < column && at < end; n++ {
		_, size := utf8.DecodeRuneInString(e.text[at:])
		at += size
	}
	e.cursor, e.column = at, column
}

// key carries out a key that edits, and tells whether it was one.
func (e *editor) key(name string, runes []rune) bool {
	switch name {
	case "left":
		e.to(e.before())
	case "right":
		e.to(e.after())
	case "up":
		e.vertical(-1)
	case "down":
		e.vertical(1)
	case "home", "ctrl+a":
		e.to(e.lineStart(e.cursor))
	case "end", "ctrl+e":
		e.to(e.lineEnd(e.cursor))
	case "backspace", "ctrl+h":
		e.remove(e.before(), e.cursor)
	case "delete", "ctrl+d":
		at := e.cursor
		e.remove(at, e.after())
	case "ctrl+w", "alt+backspace":
		e.remove(e.wordStart(), e.cursor)
	case "ctrl+u":
		e.remove(e.lineStart(e.cursor), e.cursor)
	case "ctrl+k":
		e.remove(e.cursor, e.lineEnd(e.cursor))
	case "enter":
		e.insert("\n")
	case "tab":
		e.insert("\t")
	default:
		if len(runes) == 0 {
			return false
		}
		e.insert(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(runes)))
	}
	return true
}

// view draws the rows around the cursor, which is a bar between two
// characters. Only they are looked at, so a large
// body costs no more than a small one.
func (e *editor) view(g *glyphs, columns, rows int) []line {
	if rows < 1 || columns < 4 {
		return nil
	}
	room := columns - 1
	// A window of the text that surely holds the rows before and after the cursor.
	reach := 4 * room * rows
	from := e.lineStart(max(e.cursor-reach, 0))
	if e.cursor-from > 2*reach { // one very long line
		from = e.cursor - reach
		for from < e.cursor && !utf8.RuneStart(e.text[from]) {
			from++
		}
	}
	to := min(e.cursor+reach, len(e.text))
	for to < len(e.text) && !utf8.RuneStart(e.text[to]) {
		to++
	}
	var all []line
	at, cursorRow := from, 0
	for {
		end := to
		if n := strings.IndexByte(e.text[at:to], '\n'); n >= 0 {
			end = at + n
		}
		if e.cursor < at || e.cursor > end {
			for _, p := range hardWrap(show(e.text[at:end]), room) {
				all = append(all, put(p, plain))
			}
		} else {
			pieces := hardWrap(show(e.text[at:e.cursor]), room)
			last := pieces[len(pieces)-1]
			for _, p := range pieces[:len(pieces)-1] {
				all = append(all, put(p, plain))
			}
			if width(last) >= room {
				all, last = append(all, put(last, plain)), ""
			}
			cursorRow = len(all)
			tail := show(e.text[e.cursor:end])
			more, next := splitAt(tail, room-width(last)-1)
			all = append(all, line{{last, plain}, {g.bar, accent}, {more, plain}})
			if next != "" {
				for _, p := range hardWrap(next, room) {
					all = append(all, put(p, plain))
				}
			}
		}
		if at = end + 1; end == to || at > to {
			break
		}
	}
	top := max(min(cursorRow-rows/2, len(all)-rows), 0)
	all = all[top:min(top+rows, len(all))]
	for i := range all {
		mark := span{" ", plain}
		if top+i == cursorRow {
			mark = span{g.chosen, accent}
		}
		all[i] = append(line{mark}, all[i]...)
	}
	return all
}
