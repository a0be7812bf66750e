package sqs

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string; on a fault it returns what was read before it.
func (p *jsonParser) str() string {
	p.i++
	start := p.i
	ascii := true
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == '"':
			text := p.s[start:p.i]
			if !ascii && !p.validUTF8(text, start) {
				return text
			}
			p.i++
			return text
		case c == '\\':
			return p.escaped(start, ascii)
		case c < ' ':
			p.control(c)
			return p.s[start:p.i]
		case c >= utf8.RuneSelf:
			ascii = false
		}
		p.i++
	}
	p.fail("expected '\"' at the end of a string, found the end of the text")
	return p.s[start:p.i]
}

func (p *jsonParser) control(c byte) {
	p.fail(fmt.Sprintf("a string holds the raw control character %q; expected an escape", rune(c)))
}

func (p *jsonParser) validUTF8(text string, start int) bool {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				p.i = start + i
				p.fail("bytes that are no UTF-8")
				return false
			}
		}
	}
	return true
}

// escaped reads on from the first backslash of a string.
func (p *jsonParser) escaped(start int, ascii bool) string {
	var b strings.Builder
	b.WriteString(p.s[start:p.i])
	if !ascii && !p.validUTF8(p.s[start:p.i], start) {
		return b.String()
	}
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == '"':
			p.i++
			return b.String()
		case c < ' ':
			p.control(c)
			return b.String()
		case c != '\\':
			from := p.i
			for p.i < len(p.s) && p.s[p.i] != '"' && p.s[p.i] != '\\' && p.s[p.i] >= ' ' {
				p.i++
			}
			end := p.i
			if !p.validUTF8(p.s[from:end], from) {
				return b.String()
			}
			b.WriteString(p.s[from:end])
		default:
			r, ok := p.escape()
			if !ok {
				return b.String()
			}
			b.WriteRune(r)
		}
	}
	p.fail("expected '\"' at the end of a string, found the end of the text")
	return b.String()
}

// escape reads one escape sequence. A lone surrogate becomes U+FFFD.
func (p *jsonParser) escape() (rune, bool) {
	if p.i+1 >= len(p.s) {
		p.fail("expected an escape after '\\', found the end of the text")
		return 0, false
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	c := p.s[p.i+1]
	if k := strings.IndexByte(from, c); k >= 0 {
		p.i += 2
		return rune(to[k]), true
	}
	if c != 'u' {
		// Here ends what $util.escapeJavaScript makes of a single quote (T139).
		p.fail(fmt.Sprintf("'\\%c' is no JSON escape", c))
		return 0, false
	}
	r, ok := p.hex4(p.i + 2)
	if !ok {
		p.fail("expected four hexadecimal digits after '\\u'")
		return 0, false
	}
	p.i += 6
	if utf16.IsSurrogate(r) {
		if strings.HasPrefix(p.s[p.i:], `\u`) {
			if low, ok := p.hex4(p.i + 2); ok {
				if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
					p.i += 6
					return both, true
				}
			}
		}
		return utf8.RuneError, true
	}
	return r, true
}

func (p *jsonParser) hex4(at int) (rune, bool) {
	if at+4 > len(p.s) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(p.s[at : at+4]) {
		d := hexValue[c]
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}
