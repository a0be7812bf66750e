package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"apisqs-doctor/diagnose/text/lazy"
)

// unseen tells whether a terminal would obey the character instead of showing
// it: controls, and the marks that change the direction of text.
func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// visible makes every character of s one that a terminal shows. Newlines stay
// when lines is set, since the caller lays lines out itself.
func visible(s string, lines bool) string {
	if s = Inert(s); !lines && strings.Contains(s, "::") {
		s = wordCommand.ReplaceAllString(s, `$1\u003a:`) // wrapping may put the word at the beginning of a line
	}
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

// Inert returns s without anything that a pipeline would take for a command of its
// own: two colons at the beginning of a line (GitHub Actions), and ##name[ anywhere
// (Azure Pipelines, TeamCity, and the older form of GitHub Actions). JSON reads the
// escapes as what they stand for.
func Inert(s string) string { return inert(s, `\u003a:`, `\u005b`) }

// inert is Inert with the escapes of a notation for two colons and for a bracket.
func inert(s, colons, bracket string) string {
	s = inertLines(s, colons)
	if strings.Contains(s, "##") {
		s = bracketCommand.ReplaceAllString(s, "${1}"+bracket)
	}
	return s
}

// inertLines writes colons for the two colons that begin a line. It does without an
// expression, since every report passes through it whole.
func inertLines(s, colons string) string {
	var b strings.Builder
	from := 0 // what is not yet written
	for at := 0; ; at += len("::") {
		i := strings.Index(s[at:], "::")
		if i < 0 {
			break
		}
		before := s[at : at+i]
		at += i
		blanks := before[len(strings.TrimRight(before, " \t\n\f\r")):]
		if strings.Contains(blanks, "\n") || len(blanks) == at { // a line of its own, or the first
			b.WriteString(s[from:at])
			b.WriteString(colons)
			from = at + len("::")
		}
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

var (
	wordCommand    = lazy.Regexp(`(\s)::`)
	bracketCommand = lazy.Regexp(`(##[A-Za-z-]*)\[`)
)

// Lines is Visible for a text that has lines of its own.
func Lines(s string) string { return visible(s, true) }

// Visible returns s on one line with every character that a terminal would
// obey shown as an escape.
func Visible(s string) string { return visible(s, false) }
