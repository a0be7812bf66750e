package vtl

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"
)

// utilObject is $util.
type utilObject struct{}

const hexDigits = "0123456789ABCDEF"

func (r *renderer) utilMethod(c *call) value {
	if len(c.args) != 1 {
		return c.unknown()
	}
	arg := c.args[0]
	switch c.name {
	case "urlEncode", "urlDecode", "base64Encode", "base64Decode", "escapeJavaScript", "parseJson":
	default:
		return c.unknown()
	}
	if arg.isNull() {
		return arg // T134: of null nothing
	}
	if arg.kind != kindString {
		r.doubt(c.ref.at, DoubtUtilArgument, "$util."+c.name+" of something that is no string: taken as its text, which is not verified")
		if arg, _ = r.toText(arg); r.halted() {
			return value{}
		}
	}
	switch c.name {
	case "urlEncode":
		return r.mapText(arg, urlEncoded, appendURLEncoded)
	case "escapeJavaScript":
		return r.mapText(arg, jsonEscaped, appendJavaScript)
	case "base64Encode":
		return r.wholeText(arg, base64Encoded, base64.StdEncoding.EncodeToString([]byte(arg.str)))
	case "urlDecode":
		s, ok := urlDecode(arg.str)
		if !ok {
			r.fail("$util.urlDecode: a percent sign is not followed by two hexadecimal digits", false)
			return value{}
		}
		return r.wholeText(arg, urlDecoded, s)
	case "base64Decode":
		return r.base64Decode(arg)
	}
	v, err := r.parseJSON(arg.str, arg.tr)
	if err != nil {
		if !r.halted() {
			r.fail("$util.parseJson: the text is not JSON: "+err.Error(), true)
		}
		return value{}
	}
	return v
}

// mapText applies an encoding that works character by character, so that every
// part of the text keeps its own history.
func (r *renderer) mapText(v value, c change, encode func(dst []byte, s string) []byte) value {
	if v.str == "" {
		return v
	}
	r.make(len(v.str))
	if !r.track || v.tr == nil || v.tr.runs == nil {
		dst := encode(r.scratch[:0], v.str)
		s := string(dst)
		if cap(dst) <= maxKept {
			r.scratch = dst
		}
		r.make(len(s))
		return stringValue(s, r.changed(v.tr, c))
	}
	t := r.changed(v.tr, c)
	return r.capture(func(b *builder) {
		start := 0
		for _, x := range t.runs {
			b.buf = encode(b.buf, v.str[start:x.end])
			b.cover(x.mark.trace())
			start = x.end
		}
	})
}

// wholeText is a text made from the whole of another.
func (r *renderer) wholeText(v value, c change, s string) value {
	r.make(len(s))
	if s == "" {
		return value{kind: kindString, obj: v.obj}
	}
	if !r.track {
		return stringValue(s, nil)
	}
	return stringValue(s, r.changed(r.flat(v.tr).trace(), c))
}

// urlSafe marks the bytes that java.net.URLEncoder leaves alone (T134).
var urlSafe = func() (t [256]bool) {
	for c := 0; c < 256; c++ {
		t[c] = isLetter(byte(c)) || isDigit(byte(c)) || c == '-' || c == '_' || c == '.' || c == '*'
	}
	return t
}()

// appendURLEncoded is form encoding: a blank becomes +, other bytes %XX (T134).
func appendURLEncoded(dst []byte, s string) []byte {
	n := len(s)
	for i := 0; i < len(s); i++ {
		if !urlSafe[s[i]] && s[i] != ' ' {
			n += 2
		}
	}
	at := len(dst)
	dst = slices.Grow(dst, n)[:at+n]
	out := dst[at:]
	k := 0
	for i := 0; i < len(s) && k < len(out); i++ {
		c := s[i]
		switch {
		case urlSafe[c]:
			out[k] = c
			k++
		case c == ' ':
			out[k] = '+'
			k++
		default:
			e := out[k : k+3]
			e[0], e[1], e[2] = '%', hexDigits[c>>4], hexDigits[c&15]
			k += 3
		}
	}
	return dst
}

func urlDecode(s string) (string, bool) {
	if !strings.ContainsAny(s, "%+") {
		return s, true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			out = append(out, ' ')
		case '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return "", false
			}
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return validText(string(out)), true
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// validText replaces bytes that are no UTF-8, as reading them into a Java
// string does.
func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

func (r *renderer) base64Decode(v value) value {
	text := strings.TrimRight(v.str, "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		r.fail("$util.base64Decode: the text is not base64; what API Gateway makes of it is not known", true)
		return value{}
	}
	return r.wholeText(v, base64Decoded, validText(string(b)))
}

// appendJavaScript is escapeJavaScript of commons-lang 2: JavaScript's rules,
// so ' and / are escaped as well as what JSON needs, and everything outside
// ASCII becomes \uXXXX (T139).
func appendJavaScript(dst []byte, s string) []byte {
	for _, c := range s {
		switch c {
		case '\b':
			dst = append(dst, `\b`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\'', '"', '\\', '/':
			dst = append(dst, '\\', byte(c))
		default:
			switch {
			case c >= 0x10000:
				c -= 0x10000
				dst = appendUnicode(dst, 0xD800+c>>10)
				dst = appendUnicode(dst, 0xDC00+c&0x3FF)
			case c < ' ' || c > 0x7F:
				dst = appendUnicode(dst, c)
			default:
				dst = append(dst, byte(c))
			}
		}
	}
	return dst
}

func appendUnicode(dst []byte, c rune) []byte {
	return append(dst, '\\', 'u', hexDigits[c>>12&15], hexDigits[c>>8&15], hexDigits[c>>4&15], hexDigits[c&15])
}
