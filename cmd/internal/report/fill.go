package report

import (
	"fmt"
	"strings"
)

// Fill lays prose out behind a lead of as many columns as indent, on lines of the
// usual width. Nothing in it is obeyed by a terminal.
func Fill(lead string, indent int, prose string) string {
	var b strings.Builder
	for i, l := range wrap(visible(prose, true), usualWidth, indent, indent) {
		if i > 0 {
			lead = ""
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s", indent, lead)+l, " ") + "\n")
	}
	return b.String()
}
