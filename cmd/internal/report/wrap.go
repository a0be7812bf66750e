package report

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// width is the column at which prose is wrapped. Commands are never wrapped:
// they are to be copied.
const width = 100

// wrap breaks text at blanks into lines that fit beside an indent: of first
// columns for the first line and of rest columns for the others. A word that is
// too long stays whole; newlines in the text are kept.
func wrap(text string, first, rest int) []string {
	var lines []string
	indent := first
	for _, paragraph := range strings.Split(text, "\n") {
		line, used := "", 0
		for _, word := range strings.Fields(paragraph) {
			w := lipgloss.Width(word)
			if line != "" && indent+used+1+w > width {
				lines = append(lines, line)
				line, used, indent = "", 0, rest
			}
			if line != "" {
				line += " "
				used++
			}
			line += word
			used += w
		}
		lines = append(lines, line)
		indent = rest
	}
	return lines
}
