package iam

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON and keeps its place. Errors stick: after the first one
// every method returns at once.
type scanner struct {
	text      string
	pos       int
	line      int // of pos, 1 for the first
	lineStart int
	blanks    int // bytes of white space outside of strings
	err       string
}

// maxDepth bounds how deep unknown parts of a policy may nest.
const maxDepth = 64

func (s *scanner) place() Position { return Position{s.line, s.pos - s.lineStart + 1} }

func (s *scanner) fail(message string) {
	if s.err == "" {
		s.err = message
	}
}

// space skips white space and returns the next byte, 0 at the end.
func (s *scanner) space() byte {
	start := s.pos
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case '\n':
			s.line++
			s.pos++
			s.lineStart = s.pos
			continue
		case ' ', '\t', '\r':
			s.pos++
			continue
		}
		break
	}
	s.blanks += s.pos - start
	if s.pos == len(s.text) {
		return 0
	}
	return s.text[s.pos]
}

// take reads the byte c after white space.
func (s *scanner) take(c byte) bool {
	if s.err != "" {
		return false
	}
	if s.space() != c {
		s.fail("expected " + strconv.Quote(string(c)) + s.found())
		return false
	}
	s.pos++
	return true
}

// found says what stands at the current place.
func (s *scanner) found() string {
	if s.pos >= len(s.text) {
		return ", found the end of the text"
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return ", found " + strconv.Quote(string(r))
}

// more steps to the next element of a list or object that close ends. first is
// true before the first element.
func (s *scanner) more(closing byte, first bool) bool {
	if s.err != "" {
		return false
	}
	c := s.space()
	switch {
	case c == closing:
		s.pos++
		return false
	case first:
		return true
	case c == ',':
		s.pos++
		if s.space() == closing {
			s.fail("a comma before " + strconv.Quote(string(closing)))
			return false
		}
		return true
	}
	s.fail("expected \",\" or " + strconv.Quote(string(closing)) + s.found())
	return false
}

// key reads a member name and its colon.
func (s *scanner) key() string {
	k := s.str()
	s.take(':')
	return k
}

// str reads a string. Without escapes it is a part of the text, not a copy.
func (s *scanner) str() string {
	if !s.take('"') {
		return ""
	}
	start := s.pos
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return s.text[start : s.pos-1]
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			s.fail("a control character inside a string")
			return ""
		}
		s.pos++
	}
	s.fail("a string without an end")
	return ""
}

// escaped reads on in a string that holds an escape.
func (s *scanner) escaped(start int) string {
	var b strings.Builder
	b.WriteString(s.text[start:s.pos])
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch {
		case c == '"':
			s.pos++
			return b.String()
		case c < 0x20:
			s.fail("a control character inside a string")
			return ""
		case c != '\\':
			b.WriteByte(c)
			s.pos++
			continue
		}
		if s.pos+1 >= len(s.text) {
			break
		}
		c = s.text[s.pos+1]
		s.pos += 2
		switch c {
		case '"', '\\', '/':
			b.WriteByte(c)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'u':
			b.WriteRune(s.unicode())
		default:
			s.fail("an unknown escape in a string")
			return ""
		}
		if s.err != "" {
			return ""
		}
	}
	s.fail("a string without an end")
	return ""
}

// unicode reads the digits after \u, and the second half of a surrogate pair.
func (s *scanner) unicode() rune {
	r := s.hex4()
	if !utf16.IsSurrogate(r) {
		return r
	}
	if strings.HasPrefix(s.text[s.pos:], `\u`) {
		mark := s.pos
		s.pos += 2
		if both := utf16.DecodeRune(r, s.hex4()); both != utf8.RuneError {
			return both
		}
		s.pos = mark
	}
	return utf8.RuneError
}

func (s *scanner) hex4() rune {
	if len(s.text)-s.pos < 4 {
		s.fail("an unfinished \\u escape")
		return 0
	}
	n, err := strconv.ParseUint(s.text[s.pos:s.pos+4], 16, 32)
	if err != nil {
		s.fail("a \\u escape without four hexadecimal digits")
		return 0
	}
	s.pos += 4
	return rune(n)
}

// scalar reads a string, a number or a boolean as text. ok is false for null,
// lists and objects, which are skipped.
func (s *scanner) scalar() (text string, ok bool) {
	if s.err != "" {
		return "", false
	}
	switch c := s.space(); {
	case c == '"':
		return s.str(), true
	case c == '{' || c == '[':
		s.skip(0)
		return "", false
	}
	start := s.pos
	for s.pos < len(s.text) && strings.IndexByte(",]} \t\r\n:\"{[", s.text[s.pos]) < 0 {
		s.pos++
	}
	text = s.text[start:s.pos]
	switch {
	case text == "true" || text == "false":
		return text, true
	case text == "null":
		return "", false
	case isNumber(text):
		return text, true
	}
	s.pos = start
	s.fail("expected a value" + s.found())
	return "", false
}

// skip reads any value and forgets it.
func (s *scanner) skip(depth int) {
	if depth > maxDepth {
		s.fail("nested too deeply")
	}
	if s.err != "" {
		return
	}
	switch s.space() {
	case '{':
		s.pos++
		for first := true; s.more('}', first); first = false {
			s.key()
			s.skip(depth + 1)
		}
	case '[':
		s.pos++
		for first := true; s.more(']', first); first = false {
			s.skip(depth + 1)
		}
	default:
		s.scalar()
	}
}

// isNumber reports whether s is a JSON number.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n := digits(s)
		return n > 0 && n == len(s)
	}
	return s == ""
}

// digits counts the decimal digits that s starts with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
