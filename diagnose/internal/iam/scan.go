package iam

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/text/jsontext"
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
	if s.err != "" || s.space() != '"' {
		s.take('"')
		return ""
	}
	value, end, fault := jsontext.String(s.text, s.pos, utf8.RuneError)
	if s.pos = end; fault != nil {
		s.fail(fault.Reason)
		return ""
	}
	return value
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
	case text != "":
		if end, ok := jsontext.Number(text, 0); ok && end == len(text) {
			return text, true
		}
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
