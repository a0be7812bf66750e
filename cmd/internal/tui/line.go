package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"apisqs-doctor/cmd/internal/report"
)

// role is what a piece of text is, from which the theme makes how it looks.
type role uint8

const (
	plain  role = iota
	strong      // headings
	dim         // what was not reached, labels
	good        // passed
	bad         // what fails, and nothing else
	warn        // warnings
	doubt       // what is not known
	accent      // what is chosen
	client      // what comes from the client
	found       // what was searched for
	roles       // the number of roles
)

// span is a piece of a line. Its text holds no control characters.
type span struct {
	text string
	role role
}

// line is one row of a pane, without colours: it is measured and cut before it
// is painted.
type line []span

// put makes a line of one span.
func put(text string, r role) line { return line{{text, r}} }

// text is the line without its roles.
func (l line) text() string {
	if len(l) == 1 {
		return l[0].text
	}
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.text)
	}
	return b.String()
}

// width is the most columns that the line takes on any terminal.
func (l line) width() int {
	n := 0
	for _, s := range l {
		n += width(s.text)
	}
	return n
}

// cut shortens the line to the columns, with a mark where something is missing.
func (l line) cut(columns int, more string) line {
	if l.width() <= columns {
		return l
	}
	room := max(columns-width(more), 0)
	out := make(line, 0, len(l)+1)
	for _, s := range l {
		head, rest := splitAt(s.text, room)
		if head != "" {
			out = append(out, span{head, s.role})
		}
		room -= width(head)
		if rest != "" {
			break
		}
	}
	if width(more) <= columns {
		out = append(out, span{more, dim})
	}
	return out
}

// fill cuts the line or pads it with blanks to exactly the columns.
func (l line) fill(columns int, more string) line {
	l = l.cut(columns, more)
	if n := columns - l.width(); n > 0 {
		l = append(l[:len(l):len(l)], span{strings.Repeat(" ", n), plain})
	}
	return l
}

// width is the most columns that s takes on any terminal: terminals differ on
// emoji made of several characters, so each character counts by itself.
func width(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cells is the most columns that a character adds.
func cells(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return 1
	case r == 0xFE0F: // asks for a picture of the character before it, which then takes two columns
		return 1
	case r >= 0x1F1E6 && r <= 0x1F1FF: // a letter of a flag, which some show by itself
		return 2
	}
	return max(ansi.StringWidthWc(string(r)), ansi.StringWidth(string(r)))
}

// splitAt cuts s after as many characters as fit into the columns.
func splitAt(s string, columns int) (head, rest string) {
	if len(s) <= columns {
		if isASCII(s) {
			return s, ""
		}
	} else if isASCII(s[:max(columns, 0)]) && s[max(columns, 0)] < utf8.RuneSelf {
		return s[:max(columns, 0)], s[max(columns, 0):]
	}
	n := 0
	for i, r := range s {
		c := cells(r)
		if n+c > columns {
			return s[:i], s[i:]
		}
		n += c
	}
	return s, ""
}

// hardWrap cuts s into rows of at most the columns.
func hardWrap(s string, columns int) []string {
	columns = max(columns, 2) // the widest character
	var rows []string
	for {
		head, rest := splitAt(s, columns)
		rows = append(rows, head)
		if rest == "" {
			return rows
		}
		s = rest
	}
}

// wrap cuts s into rows of at most the columns, after a blank or a sign that
// parts names and addresses where there is one near the end of the row.
func wrap(s string, columns int) []string {
	columns = max(columns, 2)
	var rows []string
	for {
		head, rest := splitAt(s, columns)
		if rest == "" {
			return append(rows, head)
		}
		at := strings.LastIndexByte(head, ' ')
		if at < len(head)/2 {
			at = strings.LastIndexAny(head, "/&,;.")
		}
		if at > len(head)/2 {
			rest, head = s[at+1:], s[:at+1]
		}
		rows = append(rows, head)
		s = rest
	}
}

// wordWrap breaks s at blanks into rows of at most the columns; a word that is
// too long is cut.
func wordWrap(s string, columns int) []string {
	columns = max(columns, 2)
	var rows []string
	row, used := "", 0
	for _, word := range strings.Fields(s) {
		w := width(word)
		if used > 0 && used+1+w > columns {
			rows, row, used = append(rows, row), "", 0
		}
		if used > 0 {
			row, used = row+" "+word, used+1+w
			continue
		}
		pieces := wrap(word, columns)
		rows = append(rows, pieces[:len(pieces)-1]...)
		row = pieces[len(pieces)-1]
		used = width(row)
	}
	return append(rows, row)
}

// invisible are characters that take no room and are no controls either; in
// data that somebody searches for a fault they have to be seen.
var invisible = strings.NewReplacer("\u00ad", `\u00ad`, "\u200b", `\u200b`, "\u2060", `\u2060`, "\ufeff", `\ufeff`)

// show makes one line of data safe and visible.
func show(s string) string {
	s = report.Visible(s)
	if isASCII(s) {
		return s
	}
	return invisible.Replace(s)
}
