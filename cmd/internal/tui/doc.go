package tui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/cmd/internal/report"
)

// labelColumns is where the text beside a label begins.
const labelColumns = 6

// most is how many bytes of one value are shown. The report has all of it.
const most = 32 << 10

// doc is text laid out for a pane of a given width: what scrolls and is searched.
type doc struct {
	width   int
	more    string // marks what was cut
	words   report.Words
	lines   []line
	anchors map[int]int // line at which a finding begins, by its number
	label   string      // to stand before the next row
}

// in sets the label of what follows.
func (d *doc) in(label string) *doc {
	d.label = label
	return d
}

// row adds one row beside the label, cut to the width.
func (d *doc) row(l line) {
	l = append(line{{d.lead(), dim}}, l...)
	d.lines = append(d.lines, l.cut(d.width, d.more))
}

func (d *doc) lead() string {
	lead := d.label
	d.label = ""
	return lead + strings.Repeat(" ", max(labelColumns-width(lead), 0))
}

func (d *doc) blank() {
	d.label = ""
	if n := len(d.lines); n > 0 && len(d.lines[n-1]) > 0 {
		d.lines = append(d.lines, nil)
	}
}

// heading adds a rule with a title in it, and at its end a word.
func (d *doc) heading(title, word string, r role, dash string) {
	d.blank()
	left := dash + dash + " " + title + " "
	right := ""
	if word != "" {
		right = " " + word + " " + dash + dash
	}
	n := d.width - width(left) - width(right)
	l := line{{left, dim}, {strings.Repeat(dash, max(n, 1)), dim}, {right, r}}
	if n < 1 {
		l = line{{dash + " " + title + "  ", dim}, {word, r}}
	}
	d.lines = append(d.lines, l.cut(d.width, d.more))
}

// prose adds text that is wrapped at blanks.
func (d *doc) prose(text string, r role) {
	for _, paragraph := range strings.Split(d.words.Show(text), "\n") {
		for _, row := range wordWrap(show(paragraph), d.width-labelColumns) {
			d.row(put(row, r))
		}
	}
}

func (d *doc) prosef(r role, format string, args ...any) { d.prose(fmt.Sprintf(format, args...), r) }

// literal adds text as it is: its lines are cut where they have to be.
func (d *doc) literal(text string, r role) {
	text, left := clip(text)
	d.put(d.words.Show(text), r)
	d.left(left)
}

// command adds a command line, which is quoted already: no word in it changes.
func (d *doc) command(text string) {
	if text != "" {
		d.put(text, plain)
	}
}

func (d *doc) put(text string, r role) {
	for _, row := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		for _, piece := range wrap(showTabs(row), d.width-labelColumns) {
			d.row(put(piece, r))
		}
	}
}

// name adds "name: value". A value that does not fit beside the name begins a
// row of its own.
func (d *doc) name(name, value string, r role) {
	value, left := clip(value)
	head := show(d.words.Show(name)) + ": "
	text := show(d.words.Show(value))
	room := d.width - labelColumns
	if width(head)+width(text) <= room {
		d.row(line{{head, dim}, {text, r}})
		return
	}
	beside := room - width(head)
	if beside < 16 || width(text) <= room-2 {
		for _, piece := range wordWrap(head, room) {
			d.row(put(piece, dim))
		}
		for _, piece := range wrap(text, room-2) {
			d.row(line{{"  ", plain}, {piece, r}})
		}
	} else {
		for i, piece := range wrap(text, beside) {
			if i > 0 {
				head = strings.Repeat(" ", width(head))
			}
			d.row(line{{head, dim}, {piece, r}})
		}
	}
	d.left(left)
}

// indent puts a blank before every line.
func indent(lines []line) []line {
	out := make([]line, len(lines))
	for i, l := range lines {
		out[i] = append(line{{" ", plain}}, l...)
	}
	return out
}

// left tells how much of a value is not shown.
func (d *doc) left(bytes int) {
	if bytes > 0 {
		d.row(put(fmt.Sprintf("%s %s more", d.more, count(bytes, "byte")), dim))
	}
}

// clip bounds what is shown of a value, and returns how many bytes are left out.
func clip(s string) (string, int) {
	if len(s) <= most {
		return s, 0
	}
	end := most
	for end > most-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end], len(s) - end
}

// showTabs shows a line of a text whose tabs are layout.
func showTabs(s string) string {
	if strings.Contains(s, "\t") {
		s = strings.ReplaceAll(s, "\t", "    ")
	}
	return show(s)
}

func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
