package secret

import (
	"encoding/json"
	"strconv"
	"strings"
)

// json looks through the members of documents. It takes what is no JSON too: names
// in single quotes, text that is cut, and what stands around a document.
func (h hider) json(s string, depth int) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '"' && s[i] != '\'' {
			b.WriteByte(s[i])
			i++
			continue
		}
		end := literalEnd(s, i)
		at := skipBlanks(s, end)
		if at >= len(s) || s[at] != ':' {
			b.WriteString(h.inner(s[i:end], depth))
			i = end
			continue
		}
		at = skipBlanks(s, at+1)
		name := unquote(s[i:end])
		b.WriteString(s[i:at])
		if i = at; Named(Member, name) {
			i = valueEnd(s, at)
			b.WriteString(h.value(s[at:i]))
		}
	}
	return b.String()
}

// inner looks through the text of a string that may be a document or a form.
func (h hider) inner(literal string, depth int) string {
	plain := unquote(literal)
	if out := h.text(plain, depth-1); out != plain {
		return quote(literal, out)
	}
	return literal
}

// value hides a whole value: each string and number of a list or an object.
func (h hider) value(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		end := i + 1
		switch c := s[i]; {
		case c == '"' || c == '\'':
			end = literalEnd(s, i)
			if at := skipBlanks(s, end); at < len(s) && s[at] == ':' {
				b.WriteString(s[i:end])
			} else {
				b.WriteString(quote(s[i:end], h.credential(unquote(s[i:end]))))
			}
		case strings.IndexByte("{}[],: \t\r\n", c) >= 0:
			b.WriteByte(c)
		default:
			end = wordEnd(s, i)
			b.WriteString(h.word(s[i:end]))
		}
		i = end
	}
	return b.String()
}

// word hides a value without quotes: a number stays one.
func (h hider) word(s string) string {
	switch s {
	case "true", "false", "null":
		return s
	}
	if json.Valid([]byte(s)) {
		return "1" + strings.Repeat("0", len(h.mask(s))-1)
	}
	return h.credential(s)
}

// literalEnd is where the string literal that begins at i ends: behind its quote,
// or where the text does.
func literalEnd(s string, i int) int {
	for at := i + 1; at < len(s); at++ {
		switch s[at] {
		case '\\':
			at++
		case s[i]:
			return at + 1
		}
	}
	return len(s)
}

func skipBlanks(s string, i int) int {
	for i < len(s) && strings.IndexByte(" \t\r\n", s[i]) >= 0 {
		i++
	}
	return i
}

func wordEnd(s string, i int) int {
	if n := strings.IndexAny(s[i:], "{}[],:\"' \t\r\n"); n > 0 {
		return i + n
	}
	return len(s)
}

// valueEnd is where the value that begins at i ends.
func valueEnd(s string, i int) int {
	depth := 0
	for at := i; at < len(s); {
		switch s[at] {
		case '"', '\'':
			at = literalEnd(s, at)
		case '{', '[':
			depth++
			at++
			continue
		case '}', ']':
			if depth == 0 {
				return at
			}
			depth--
			at++
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return at
			}
			at++
			continue
		default:
			at = wordEnd(s, at)
		}
		if depth == 0 {
			return at
		}
	}
	return len(s)
}

// unquote is the text of a literal, also of one that is cut.
func unquote(literal string) string {
	if literal[0] == '"' {
		var out string
		if json.Unmarshal([]byte(literal), &out) == nil {
			return out
		}
		if out, err := strconv.Unquote(literal); err == nil {
			return out
		}
	}
	return strings.TrimSuffix(literal[1:], literal[:1])
}

// quote writes a text as a literal like another.
func quote(like, s string) string {
	if like[0] == '"' {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if e.Encode(s) == nil {
			return strings.TrimSuffix(b.String(), "\n")
		}
	}
	return like[:1] + s + like[:1]
}
