package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unseen tells whether a terminal would obey the character instead of showing
// it: controls, and the marks that change the direction of text.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// visible makes every character of s one that a terminal shows. Newlines stay
// when lines is set, since the caller lays lines out itself.
func visible(s string, lines bool) string {
	clean := utf8.ValidString(s) && strings.IndexFunc(s, unseen) < 0
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' && lines:
			b.WriteByte('\n')
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t' && lines:
			b.WriteString("    ")
		case r == '\t':
			b.WriteString(`\t`)
		case unseen(r) && r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unseen(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// Visible returns s on one line with every character that a terminal would
// obey shown as an escape.
func Visible(s string) string { return visible(s, false) }
