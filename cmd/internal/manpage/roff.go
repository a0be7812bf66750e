package manpage

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/text/lazy"
)

// roff is a page in the making, with the macros of man(7).
type roff struct {
	strings.Builder
	begun bool // the section or subsection has text
}

// line writes a line of text; what would be a request is none.
func (r *roff) line(s string) {
	if s = escape(s); strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	r.WriteString(s + "\n")
}

// macro writes a request with its arguments.
func (r *roff) macro(name string, args ...string) {
	r.begun = name != "SH" && name != "SS"
	r.WriteString("." + name)
	for _, arg := range args {
		r.WriteString(` "` + escape(arg) + `"`)
	}
	r.WriteString("\n")
}

// paragraph begins a paragraph, where the section has not begun one already.
func (r *roff) paragraph() {
	if r.begun {
		r.macro("PP")
	}
	r.begun = true
}

// tagged begins a paragraph with a bold tag and, behind it, a word in italics.
func (r *roff) tagged(tag, word string) {
	r.macro("TP")
	r.WriteString(`\fB` + escape(tag) + `\fR`)
	if word != "" {
		r.WriteString(` \fI` + escape(word) + `\fR`)
	}
	r.WriteString("\n")
}

// literal writes lines as they stand, without the indentation that all have.
func (r *roff) literal(lines []string) {
	common := len(lines[0])
	for _, line := range lines {
		if line != "" {
			common = min(common, len(line)-len(strings.TrimLeft(line, " ")))
		}
	}
	r.paragraph()
	r.macro("RS", "4")
	r.macro("EX")
	for _, line := range lines {
		r.line(line[min(common, len(line)):])
	}
	r.macro("EE")
	r.macro("RE")
}

// prose writes the text of a help: paragraphs, lists of terms, and lines that
// stand as they are because they are indented.
func (r *roff) prose(text string) {
	for lines := strings.Split(text, "\n"); len(lines) > 0; {
		if strings.TrimSpace(lines[0]) == "" {
			lines = lines[1:]
			continue
		}
		indented, n := strings.HasPrefix(lines[0], " "), 1
		for n < len(lines) && lines[n] != "" && strings.HasPrefix(lines[n], " ") == indented {
			n++
		}
		switch block := lines[:n]; {
		case indented && isList(block):
			r.list(block)
		case indented:
			r.literal(block)
		default:
			r.paragraph()
			for _, line := range block {
				r.line(line)
			}
		}
		lines = lines[n:]
	}
}

var (
	item         = lazy.Regexp(`^  (\S.*?)(?:  +(\S.*))?$`)
	continuation = lazy.Regexp(`^ {5,}(\S.*)$`)
)

// isList tells whether the lines are terms, each with what it means behind it
// or below it.
func isList(lines []string) bool {
	for i, line := range lines {
		found := item.FindStringSubmatch(line)
		alone := found != nil && found[2] == "" && (i+1 == len(lines) || !continuation.MatchString(lines[i+1]))
		if alone || found == nil && !continuation.MatchString(line) {
			return false
		}
	}
	return true
}

func (r *roff) list(lines []string) {
	for _, line := range lines {
		if found := item.FindStringSubmatch(line); found != nil {
			r.tagged(found[1], "")
			if found[2] != "" {
				r.line(found[2])
			}
			continue
		}
		r.line(continuation.FindStringSubmatch(line)[1])
	}
}

// special are the characters that roff takes for something else, or prints as a
// typographic one that no shell understands (groff_char(7), "Fundamental character set").
var special = map[rune]string{
	'\\': `\e`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`, '"': `\(dq`, '\t': "    ",
}

// escape makes a line mean what it says. The result is ASCII.
func escape(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch as, ok := special[c]; {
		case ok:
			b.WriteString(as)
		case c < ' ' || c >= 0x7f && c < 0xa0: // control characters
		case c > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
