package text

import (
	"strconv"
	"strings"
)

// Quoted puts a text between quotes as people write them: in double ones, or in single
// ones where it has double ones itself, as JSON does. What no line can show is escaped.
func Quoted(s string) string {
	double := strconv.Quote(s)
	if double == `"`+s+`"` || strings.ContainsRune(s, '\'') || strings.ReplaceAll(double, `\"`, `"`) != `"`+s+`"` {
		return double
	}
	return "'" + s + "'"
}
