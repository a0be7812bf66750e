package report

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Widths of lines, in columns: where there is no terminal to ask, and the least
// that is laid out for.
const (
	usualWidth    = 100
	narrowestLine = 40
)

// wrap breaks text at blanks into lines of a width beside an indent: of first
// columns for the first line and of rest columns for the others. A word that is too
// long for a line is broken behind a sign; newlines in the text are kept.
func wrap(text string, width, first, rest int) []string {
	var lines []string
	indent := first
	for _, paragraph := range strings.Split(text, "\n") {
		line, used := "", 0
		end := func() {
			lines = append(lines, line)
			line, used, indent = "", 0, rest
		}
		for _, word := range unbroken(paragraph) {
			parts := []string{word}
			if lipgloss.Width(word) > width-rest {
				parts = pieces(word, width-rest)
			}
			for i, piece := range parts {
				w, gap := lipgloss.Width(piece), 0
				if line != "" && i == 0 {
					gap = 1
				}
				if indent+used+gap+w > width && (line != "" || indent > rest) {
					end()
					gap = 0
				}
				line += strings.Repeat(" ", gap) + piece
				used += gap + w
			}
		}
		end()
	}
	return lines
}

// unbroken parts a line at its blanks, but for those inside of a reference such as
// ${account id}.
func unbroken(line string) []string {
	var list []string
	open := false
	for _, field := range strings.Fields(line) {
		if open {
			list[len(list)-1] += " " + field
		} else {
			list = append(list, field)
		}
		whole := list[len(list)-1]
		at := strings.LastIndex(whole, "${")
		open = at >= 0 && !strings.Contains(whole[at:], "}") && strings.Contains(line, "}")
	}
	return list
}

// breakable are the signs behind which a long word may be broken. No error code has
// one of them.
const breakable = "/:,;&?=_-+%)]}>"

// pieces breaks a word behind signs, and where it has none, as late as it can. A
// run of letters and dots that fits on a line, such as an error code, stays whole.
func pieces(word string, room int) []string {
	var runs []string
	start := 0
	for i := 0; i < len(word); i++ {
		if strings.IndexByte(breakable, word[i]) >= 0 && !lineNumber(word, i) {
			runs = append(runs, word[start:i+1])
			start = i + 1
		}
	}
	runs = append(runs, word[start:])
	var list []string
	for _, run := range runs {
		for lipgloss.Width(run) > room && !isCode(run) {
			cut := fitting(run, room)
			list = append(list, run[:cut])
			run = run[cut:]
		}
		if n := len(list); n > 0 && lipgloss.Width(list[n-1])+lipgloss.Width(run) <= room {
			list[n-1] += run
		} else if run != "" {
			list = append(list, run)
		}
	}
	return list
}

// lineNumber tells whether the sign at i parts a file from a line.
func lineNumber(s string, i int) bool {
	return s[i] == ':' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9'
}

// isCode tells whether a run may be an error code, such as
// AWS.SimpleQueueService.NonExistentQueue, which is never broken.
func isCode(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:") == ""
}

// fitting is how many bytes of s fit into the columns, at least one character.
func fitting(s string, columns int) int {
	for i, r := range s {
		if i > 0 && lipgloss.Width(s[:i])+lipgloss.Width(string(r)) > columns {
			return i
		}
	}
	return len(s)
}
