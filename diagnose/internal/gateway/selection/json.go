package selection

import (
	"encoding/json"
	"strings"
)

// maxDepth bounds the nesting of a body; the parsers that AWS is likely to use
// stop there too.
const maxDepth = 1000

// skipSpace is the place of the next byte that is no white space.
func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

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
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			if i++; i >= len(s) {
				return -1
			}
			if s[i] == 'u' {
				if i+4 >= len(s) || strings.Trim(s[i+1:i+5], "0123456789abcdefABCDEF") != "" {
					return -1
				}
				i += 4
			} else if strings.IndexByte(`"\/bfnrt`, s[i]) < 0 {
				return -1
			}
		}
	}
	return -1
}

func skipNumber(s string, i int) int {
	digits := func() bool {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > start
	}
	if s[i] == '-' {
		i++
	}
	start := i
	if !digits() || s[start] == '0' && i > start+1 {
		return -1
	}
	if i < len(s) && s[i] == '.' {
		if i++; !digits() {
			return -1
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return -1
		}
	}
	return i
}

func skipContainer(s string, i, depth int) int {
	object, end := s[i] == '{', s[i]+2 // ']' and '}' stand two behind their openers
	if i = skipSpace(s, i+1); i < len(s) && s[i] == end {
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
			if i = skipSpace(s, i); i >= len(s) || s[i] != ':' {
				return -1
			}
			i = skipSpace(s, i+1)
		}
		if i = skipValue(s, i, depth+1); i < 0 {
			return -1
		}
		switch i = skipSpace(s, i); {
		case i >= len(s):
			return -1
		case s[i] == end:
			return i + 1
		case s[i] != ',':
			return -1
		}
		i = skipSpace(s, i+1)
	}
	return -1
}

// validDocument tells whether s is one JSON value.
func validDocument(s string) bool {
	end := skipValue(s, skipSpace(s, 0), 0)
	return end >= 0 && skipSpace(s, end) == len(s)
}

// find follows the path in a valid document and gives the place of the value.
func find(s string, path []step) (start, end int, ok bool) {
	start = skipSpace(s, 0)
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
	for i = skipSpace(s, i+1); s[i] == '"'; {
		end := skipString(s, i)
		match := s[i+1:end-1] == name
		if !match && strings.IndexByte(s[i:end], '\\') >= 0 {
			match = decodeString(s[i:end]) == name
		}
		i = skipSpace(s, skipSpace(s, end)+1)
		if match {
			found = i
		}
		if i = skipSpace(s, skipValue(s, i, 0)); s[i] != ',' {
			break
		}
		i = skipSpace(s, i+1)
	}
	return found
}

func element(s string, i, n int) int {
	if i = skipSpace(s, i+1); s[i] == ']' {
		return -1
	}
	for ; n > 0; n-- {
		if i = skipSpace(s, skipValue(s, i, 0)); s[i] != ',' {
			return -1
		}
		i = skipSpace(s, i+1)
	}
	return i
}

// decodeString is the text of a JSON string, quotes included.
func decodeString(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1]
	}
	var text string
	if json.Unmarshal([]byte(s), &text) != nil {
		return ""
	}
	return text
}
