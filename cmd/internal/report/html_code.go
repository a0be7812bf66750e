package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// longestCode is how many bytes of a text a page shows in one place; the JSON
// report has all of it.
const longestCode = 8000

// htmlLine is a line of code, in pieces of one look each.
type htmlLine struct {
	N      int // 1-based number; 0 for none
	Pieces []htmlPiece
	Notes  []string // what is wrong with the marked pieces
	Hot    bool     // a piece of it is to blame
}

// htmlPiece is a part of a line.
type htmlPiece struct {
	Text  string
	Class string // empty, client, blame, gone or new
	Why   string // said of the piece when it is pointed at
}

// htmlMark gives a look to a part of a text.
type htmlMark struct {
	start, end int // bytes of the text
	class, why string
}

// codeLines cuts a text into lines and pieces. Of marks that overlap the first
// counts. A long text is cut, and a last line says so.
func codeLines(s string, marks []htmlMark, say Words) []htmlLine {
	if s == "" {
		return nil
	}
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b htmlMark) int { return cmp.Compare(a.start, b.start) })
	left := 0
	if len(s) > longestCode {
		end := longestCode
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		left, s = len(s)-end, s[:end]
	}
	lines := []htmlLine{{N: 1}}
	put := func(text, class, why string) {
		for i, part := range strings.Split(text, "\n") {
			if i > 0 {
				lines = append(lines, htmlLine{N: len(lines) + 1})
			}
			l := &lines[len(lines)-1]
			if part != "" {
				l.Pieces = append(l.Pieces, htmlPiece{say.Show(part), class, say.Show(why)})
				l.Hot = l.Hot || class == "blame"
			}
		}
	}
	at := 0
	for _, m := range marks {
		if m.start < at || m.end > len(s) || m.end <= m.start {
			continue
		}
		put(s[at:m.start], "", "")
		put(s[m.start:m.end], m.class, m.why)
		at = m.end
	}
	put(s[at:], "", "")
	if last := len(lines) - 1; last > 0 && len(lines[last].Pieces) == 0 {
		lines = lines[:last] // the line end of the last line
	}
	if left > 0 {
		lines = append(lines, htmlLine{Notes: []string{plural(left, "more byte") + ", in the JSON report"}})
	}
	return lines
}

// around keeps the lines that are to blame and their neighbours.
func around(lines []htmlLine) []htmlLine {
	const neighbours = 2
	var kept []htmlLine
	last := -1
	for i, l := range lines {
		near := false
		for j := max(i-neighbours, 0); j <= min(i+neighbours, len(lines)-1); j++ {
			near = near || lines[j].Hot
		}
		if !near {
			continue
		}
		if last >= 0 && last != i-1 {
			kept = append(kept, htmlLine{Pieces: []htmlPiece{{Text: "⋯"}}})
		}
		kept, last = append(kept, l), i
	}
	return kept
}

// offset is the byte of a text at a line and a column, both 1-based; columns
// count bytes.
func offset(s string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(s[at:], '\n')
		if i < 0 {
			return len(s)
		}
		at += i + 1
	}
	return min(at+max(column-1, 0), len(s))
}
