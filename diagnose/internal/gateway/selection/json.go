package selection

import (
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/text/jsontext"
)

// maxDepth bounds the nesting of a body; the parsers that AWS is likely to use
// stop there too.
const maxDepth = 1000

// skipValue reads one JSON value that starts at i and tells where it ends; -1
// when there is none.
func skipValue(s string, i, depth int) int {
	if i >= len(s) || depth > maxDepth {
		return -1
	}
	switch c := s[i]; {
	case c == '"':
		return skipString(s, i)
	case c == '{' || c == '[':
		return skipContainer(s, i, depth)
	case c == '-' || c >= '0' && c <= '9':
		return skipNumber(s, i)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(s[i:], word) {
			return i + len(word)
		}
	}
	return -1
}

func skipString(s string, i int) int {
	_, end, fault := jsontext.String(s, i, utf8.RuneError)
	if fault != nil {
		return -1
	}
	return end
}

func skipNumber(s string, i int) int {
	end, ok := jsontext.Number(s, i)
	if !ok {
		return -1
	}
	return end
}

func skipContainer(s string, i, depth int) int {
	object, end := s[i] == '{', s[i]+2 // ']' and '}' stand two behind their openers
	if i = jsontext.Blanks(s, i+1); i < len(s) && s[i] == end {
		return i + 1
	}
	for i < len(s) {
		if object {
			if s[i] != '"' {
				return -1
			}
			if i = skipString(s, i); i < 0 {
				return -1
			}
			if i = jsontext.Blanks(s, i); i >= len(s) || s[i] != ':' {
				return -1
			}
			i = jsontext.Blanks(s, i+1)
		}
		if i = skipValue(s, i, depth+1); i < 0 {
			return -1
		}
		switch i = jsontext.Blanks(s, i); {
		case i >= len(s):
			return -1
		case s[i] == end:
			return i + 1
		case s[i] != ',':
			return -1
		}
		i = jsontext.Blanks(s, i+1)
	}
	return -1
}

// validDocument tells whether s is one JSON value.
func validDocument(s string) bool {
	end := skipValue(s, jsontext.Blanks(s, 0), 0)
	return end >= 0 && jsontext.Blanks(s, end) == len(s)
}

// find follows the path in a valid document and gives the place of the value.
func find(s string, path []step) (start, end int, ok bool) {
	start = jsontext.Blanks(s, 0)
	for _, step := range path {
		switch {
		case s[start] == '{' && step.index < 0:
			start = member(s, start, step.name)
		case s[start] == '[' && step.index >= 0:
			start = element(s, start, step.index)
		default:
			return 0, 0, false
		}
		if start < 0 {
			return 0, 0, false
		}
	}
	return start, skipValue(s, start, 0), true
}

// member is the place of an object's member, of the last one where a name
// stands twice.
func member(s string, i int, name string) int {
	found := -1
	for i = jsontext.Blanks(s, i+1); s[i] == '"'; {
		key, end, _ := jsontext.String(s, i, utf8.RuneError)
		match := key == name
		i = jsontext.Blanks(s, jsontext.Blanks(s, end)+1)
		if match {
			found = i
		}
		if i = jsontext.Blanks(s, skipValue(s, i, 0)); s[i] != ',' {
			break
		}
		i = jsontext.Blanks(s, i+1)
	}
	return found
}

func element(s string, i, n int) int {
	if i = jsontext.Blanks(s, i+1); s[i] == ']' {
		return -1
	}
	for ; n > 0; n-- {
		if i = jsontext.Blanks(s, skipValue(s, i, 0)); s[i] != ',' {
			return -1
		}
		i = jsontext.Blanks(s, i+1)
	}
	return i
}

// decodeString is the text of a JSON string, quotes included.
func decodeString(s string) string {
	text, _, _ := jsontext.String(s, 0, utf8.RuneError)
	return text
}
