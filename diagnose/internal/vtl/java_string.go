package vtl

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stringMethod is a method of java.lang.String. Positions count UTF-16 units,
// as in Java.
func (r *renderer) stringMethod(c *call, v value) value {
	if !r.spend(1 + len(v.str)/256) {
		return value{}
	}
	var out value
	var ok bool
	switch len(c.args) {
	case 0:
		out, ok = r.plainStringMethod(c, v)
	case 1:
		if out, ok = r.testStringMethod(c, v); !ok {
			out, ok = r.editStringMethod(c, v)
		}
	case 2:
		if out, ok = r.testStringMethod(c, v); !ok {
			out, ok = r.editStringMethod(c, v)
		}
	}
	switch {
	case ok:
		return out
	case c.name == "format" || c.name == "getBytes" || c.name == "toCharArray" || c.name == "chars" || c.name == "join":
		r.fail("Java's String."+c.name+" is not supported", true)
	}
	return c.unknown()
}

// plainStringMethod is a method without arguments.
func (r *renderer) plainStringMethod(c *call, v value) (value, bool) {
	s := v.str
	switch c.name {
	case "length":
		return intValue(int64(units(s))), true
	case "isEmpty":
		return boolValue(s == ""), true
	case "isBlank":
		return boolValue(strings.TrimFunc(s, unicode.IsSpace) == ""), true
	case "toString", "intern":
		return v, true
	case "trim":
		return trimmed(v, func(c rune) bool { return c <= ' ' }), true
	case "strip":
		return trimmed(v, unicode.IsSpace), true
	case "toLowerCase":
		return r.recased(v, strings.ToLower(s)), true
	case "toUpperCase":
		return r.recased(v, strings.ToUpper(s)), true
	case "hashCode":
		var h int32
		for _, c := range s {
			if c >= 0x10000 {
				c -= 0x10000
				h = 31*h + int32(0xD800+c>>10)
				c = 0xDC00 + c&0x3FF
			}
			h = 31*h + int32(c)
		}
		return intValue(int64(h)), true
	}
	return value{}, false
}

func trimmed(v value, blank func(rune) bool) value {
	s := v.str
	from := len(s) - len(strings.TrimLeftFunc(s, blank))
	to := len(strings.TrimRightFunc(s, blank))
	if from >= to {
		return value{kind: kindString, obj: v.obj}
	}
	return stringValue(s[from:to], v.tr.part(from, to))
}

// recased keeps the history of every part when the change of case moved nothing.
func (r *renderer) recased(v value, s string) value {
	r.make(len(s))
	if isASCII(v.str) {
		return value{kind: kindString, str: s, tr: v.tr, obj: v.obj}
	}
	return stringValue(s, r.flat(v.tr).trace())
}

// testStringMethod is a method that answers with a number or a boolean.
func (r *renderer) testStringMethod(c *call, v value) (value, bool) {
	s := v.str
	if c.name == "equals" && len(c.args) == 1 {
		return boolValue(c.args[0].kind == kindString && c.args[0].str == s), true
	}
	arg, ok := c.text(0)
	if !ok {
		return value{}, false
	}
	if len(c.args) == 2 {
		n, ok := c.integer(1)
		if !ok {
			return value{}, false
		}
		from, inside := byteIndex(s, max(0, n))
		switch c.name {
		case "indexOf":
			if inside {
				if i := strings.Index(s[from:], arg); i >= 0 {
					return intValue(int64(units(s[:from+i]))), true
				}
			}
			return intValue(-1), true
		case "startsWith":
			return boolValue(n >= 0 && inside && strings.HasPrefix(s[from:], arg)), true
		}
		return value{}, false
	}
	switch c.name {
	case "contains":
		return boolValue(strings.Contains(s, arg)), true
	case "startsWith":
		return boolValue(strings.HasPrefix(s, arg)), true
	case "endsWith":
		return boolValue(strings.HasSuffix(s, arg)), true
	case "equalsIgnoreCase":
		return boolValue(strings.EqualFold(s, arg)), true
	case "indexOf", "lastIndexOf":
		i := strings.Index(s, arg)
		if c.name == "lastIndexOf" {
			i = strings.LastIndex(s, arg)
		}
		if i > 0 {
			i = units(s[:i])
		}
		return intValue(int64(i)), true
	case "compareTo":
		return intValue(int64(compareTo(s, arg))), true
	case "compareToIgnoreCase":
		return intValue(int64(compareTo(strings.ToLower(s), strings.ToLower(arg)))), true
	case "matches":
		re, ok := r.regex(c, arg, true)
		return boolValue(ok && re.MatchString(s)), true
	case "parseInt", "parseLong":
		return value{}, false
	}
	return value{}, false
}

// editStringMethod is a method that makes strings of the string.
func (r *renderer) editStringMethod(c *call, v value) (value, bool) {
	two := len(c.args) == 2
	switch c.name {
	case "charAt":
		if n, ok := c.integer(0); ok && !two {
			return r.substring(c, v, n, n+1), true
		}
	case "substring", "subSequence":
		from, ok := c.integer(0)
		to := units(v.str)
		if ok && two {
			to, ok = c.integer(1)
		}
		if ok {
			return r.substring(c, v, from, to), true
		}
	case "concat":
		if _, ok := c.text(0); ok && !two {
			return r.capture(func(b *builder) {
				b.text(v.str, v.tr)
				b.text(c.args[0].str, c.args[0].tr)
			}), true
		}
	case "replace":
		old, ok1 := c.text(0)
		if _, ok2 := c.text(1); ok1 && ok2 {
			return r.replaceLiteral(v, old, c.args[1]), true
		}
	case "replaceAll", "replaceFirst":
		pattern, ok1 := c.text(0)
		if _, ok2 := c.text(1); ok1 && ok2 {
			return r.replaceRegex(c, v, pattern, c.args[1]), true
		}
	case "split":
		pattern, ok := c.text(0)
		limit := 0
		if ok && two {
			limit, ok = c.integer(1)
		}
		if ok {
			return r.split(c, v, pattern, limit), true
		}
	case "repeat":
		if n, ok := c.integer(0); ok && !two {
			if n < 0 {
				r.fail("a string is repeated a negative number of times", false)
				return value{}, true
			}
			if n > r.limits.Steps || !r.spend(n) || n*len(v.str) > r.limits.MadeBytes {
				r.bound("MadeBytes", "a string is repeated too often")
				return value{}, true
			}
			return r.capture(func(b *builder) {
				for range n {
					b.text(v.str, v.tr)
				}
			}), true
		}
	case "valueOf":
		if !two {
			if text, ok := r.toText(c.args[0]); ok {
				return text, true
			}
		}
	}
	return value{}, false
}

func (r *renderer) substring(c *call, v value, from, to int) value {
	i, ok1 := byteIndex(v.str, from)
	j, ok2 := byteIndex(v.str, to)
	if !ok1 || !ok2 || i > j {
		n := units(v.str)
		if 0 <= from && from <= to && to <= n {
			r.fail("half of a surrogate pair is cut off; what is printed for it is not known", true)
		} else {
			r.fail(c.ref.upTo(c.step)+": begin "+strconv.Itoa(from)+", end "+strconv.Itoa(to)+", length "+strconv.Itoa(n), false)
		}
		return value{}
	}
	return stringValue(v.str[i:j], v.tr.part(i, j))
}

func (r *renderer) replaceLiteral(v value, old string, with value) value {
	if old != "" && !strings.Contains(v.str, old) {
		return v
	}
	if old == "" && !isASCII(v.str) {
		r.fail("a replacement between all characters of non-ASCII text is not supported", true)
		return value{}
	}
	return r.capture(func(b *builder) {
		s, at := v.str, 0
		for {
			i := strings.Index(s[at:], old)
			if old == "" && at < len(s) {
				b.text(with.str, with.tr)
				b.text(s[at:at+1], v.tr.part(at, at+1))
				at++
				continue
			}
			if i < 0 || r.tooMuch(b) {
				break
			}
			b.text(s[at:at+i], v.tr.part(at, at+i))
			b.text(with.str, with.tr)
			if at += i + len(old); old == "" {
				return
			}
		}
		b.text(s[at:], v.tr.part(at, len(s)))
	})
}

// tooMuch stops a text that grows while it is made.
func (r *renderer) tooMuch(b *builder) bool {
	if r.made+len(b.buf) > r.limits.MadeBytes {
		r.bound("MadeBytes", "the rendering makes too much text")
	}
	return r.halted()
}

// parseNumber is Integer.parseInt and its kind.
func (r *renderer) parseNumber(c *call, v value) value {
	if v.kind != kindString {
		if c.name == "valueOf" && v.isNumber() {
			return v
		}
		return c.unknown()
	}
	isFloat := c.target.kind == kindFloat
	if isFloat != (c.name == "parseDouble") && c.name != "valueOf" {
		return c.unknown()
	}
	if isFloat {
		if f, err := strconv.ParseFloat(strings.TrimSpace(v.str), 64); err == nil {
			return floatValue(f).with(v.tr)
		}
	} else if n, err := strconv.ParseInt(v.str, 10, 64); err == nil {
		return intValue(n).with(v.tr)
	}
	r.fail(c.ref.upTo(c.step)+": the text is no number", false)
	return value{}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// units is the length of a text in UTF-16 units.
func units(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0xF0:
			n += 2
		case c < 0x80 || c >= 0xC0:
			n++
		}
	}
	return n
}

// byteIndex is the byte at UTF-16 unit n; ok is false outside the text and
// within a pair.
func byteIndex(s string, n int) (int, bool) {
	if n < 0 {
		return 0, false
	}
	if n <= len(s) && isASCII(s[:n]) {
		return n, true
	}
	for i, c := range s {
		if n == 0 {
			return i, true
		}
		if n--; c >= 0x10000 {
			n--
		}
		if n < 0 {
			return 0, false
		}
	}
	return len(s), n == 0
}

// compareTo is Java's order of strings: the difference at the first unit that
// differs, or of the lengths.
func compareTo(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	if n == len(a) || n == len(b) {
		return units(a[n:]) - units(b[n:])
	}
	x, _ := utf8.DecodeRuneInString(a[n:])
	y, _ := utf8.DecodeRuneInString(b[n:])
	high := func(c rune) int {
		if c >= 0x10000 {
			return int(0xD800 + (c-0x10000)>>10)
		}
		return int(c)
	}
	if d := high(x) - high(y); d != 0 {
		return d
	}
	return int(x) - int(y)
}
