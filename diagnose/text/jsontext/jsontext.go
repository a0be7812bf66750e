// Package jsontext reads the words of a JSON text: white space, strings and
// numbers. Who reads them decides what documents may be made of, how deep they
// nest, and what their values are.
package jsontext

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Fault says where a word breaks.
type Fault struct {
	Offset int    // of the byte that does not fit
	Reason string // what stands there, and what was expected
}

// Blanks is the place of the first byte at or after i that is no white space.
func Blanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// String decodes the string whose opening quote stands at i, and gives the place
// behind it. Without escapes the value is a part of s, not a copy. Half of a
// surrogate pair becomes lone. At a fault the value is what was read before it.
func String(s string, i int, lone rune) (value string, end int, fault *Fault) {
	i++
	start := i
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[start:i], i + 1, nil
		case c == '\\':
			return escaped(s, start, i, lone)
		case c < ' ':
			return s[start:i], i, control(s, i)
		}
	}
	return s[start:], i, unclosed(i)
}

// escaped reads on from the first backslash of a string.
func escaped(s string, start, i int, lone rune) (string, int, *Fault) {
	out := append(make([]byte, 0, len(s[start:i])+64), s[start:i]...)
	for i < len(s) {
		switch c := s[i]; {
		case c == '"':
			return string(out), i + 1, nil
		case c < ' ':
			return string(out), i, control(s, i)
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		r, end, fault := escape(s, i, lone)
		if fault != nil {
			return string(out), i, fault
		}
		out, i = utf8.AppendRune(out, r), end
	}
	return string(out), i, unclosed(i)
}

// escape reads one escape, and the second half of a surrogate pair with the first.
func escape(s string, i int, lone rune) (r rune, end int, fault *Fault) {
	if i+1 >= len(s) {
		return 0, i, &Fault{i, `expected an escape after '\', found the end of the text`}
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if k := strings.IndexByte(from, s[i+1]); k >= 0 {
		return rune(to[k]), i + 2, nil
	}
	if s[i+1] != 'u' {
		// Here ends what $util.escapeJavaScript makes of a single quote (T139).
		c, _ := utf8.DecodeRuneInString(s[i+1:])
		return 0, i, &Fault{i, fmt.Sprintf(`'\%c' is no JSON escape`, c)}
	}
	r, ok := hex4(s, i+2)
	if !ok {
		return 0, i, &Fault{i, `expected four hexadecimal digits after '\u'`}
	}
	i += 6
	if !utf16.IsSurrogate(r) {
		return r, i, nil
	}
	if strings.HasPrefix(s[i:], `\u`) {
		if low, ok := hex4(s, i+2); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, i + 6, nil
			}
		}
	}
	return lone, i, nil
}

func hex4(s string, i int) (r rune, ok bool) {
	if i+4 > len(s) {
		return 0, false
	}
	for _, c := range []byte(s[i : i+4]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func control(s string, i int) *Fault {
	return &Fault{i, fmt.Sprintf("a string holds the raw control character %q; expected an escape", rune(s[i]))}
}

func unclosed(i int) *Fault {
	return &Fault{i, `expected '"' at the end of a string, found the end of the text`}
}

// Number gives the place behind the number at i, and whether it is well-formed;
// if not, the place of the byte that does not fit.
func Number(s string, i int) (end int, ok bool) {
	digits := func() bool {
		start := i
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
		return i > start
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return i, false
	}
	if i < len(s) && s[i] == '.' {
		if i++; !digits() {
			return i, false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		if i++; i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return i, false
		}
	}
	return i, true
}
