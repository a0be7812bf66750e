package vtl

import (
	"slices"
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
	if !ok {
		out, ok = r.regionMatches(c, v)
	}
	if !ok && r.ofNull(c) {
		return value{}
	}
	if ok || r.halted() {
		return out
	}
	return c.unknown()
}

// ofNull fails a call that Java throws for because an argument is null.
func (r *renderer) ofNull(c *call) bool {
	switch c.name {
	case "concat", "contains", "endsWith", "compare", "compareToIgnoreCase", "indexOf", "lastIndexOf", "matches", "replace", "replaceFirst",
		"split", "regionMatches":
		if c.target.kind != kindString {
			return false
		}
		fallthrough
	case "replaceAll", "compareTo", "parseInt", "parseLong", "parseDouble", "addAll", "containsAll", "removeAll", "retainAll", "putAll":
		if slices.ContainsFunc(c.args, value.isNull) && javaHas(c.target.class(), c.name, c.args) {
			r.fail(c.ref.upTo(c.step)+": an argument is null", false)
		}
	}
	return r.halted()
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
		return boolValue(strings.TrimFunc(s, javaBlank) == ""), true
	case "toString", "intern":
		return v, true
	case "trim":
		return trimmed(v, func(c rune) bool { return c <= ' ' }), true
	case "strip":
		return trimmed(v, javaBlank), true
	case "stripLeading", "stripTrailing":
		kept := strings.TrimLeftFunc(s, javaBlank)
		from, to := len(s)-len(kept), len(s)
		if c.name == "stripTrailing" {
			from, to = 0, len(strings.TrimRightFunc(s, javaBlank))
		}
		if from >= to {
			return value{kind: kindString, obj: v.obj}, true
		}
		return stringValue(s[from:to], v.tr.part(from, to)), true
	case "toLowerCase":
		return r.recased(v, strings.ToLower(s)), true
	case "toUpperCase":
		return r.recased(v, strings.ToUpper(s)), true
	case "hashCode":
		return hashOf(v), true
	}
	return value{}, false
}

// javaBlank is Character.isWhitespace: the no-break spaces are not among it.
func javaBlank(c rune) bool {
	switch {
	case c == 0x85, c == 0xA0, c == 0x2007, c == 0x202F:
		return false
	case 0x1C <= c && c <= 0x1F:
		return true
	}
	return unicode.IsSpace(c)
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
		return boolValue(r.same(c.args[0], v)), true
	}
	if c.name == "equalsIgnoreCase" && c.args[0].isNull() {
		return boolValue(false), len(c.args) == 1
	}
	if c.name == "indexOf" || c.name == "lastIndexOf" {
		return r.position(c, s)
	}
	if n, ok := c.integer(0); ok && c.name == "codePointAt" && len(c.args) == 1 {
		if i, inside := byteIndex(s, n); inside && i < len(s) {
			code, _ := utf8.DecodeRuneInString(s[i:])
			return intValue(int64(code)), true
		}
		if n < 0 || n >= units(s) {
			r.fail(c.ref.upTo(c.step)+": index "+strconv.Itoa(n)+", length "+strconv.Itoa(units(s)), false)
			return value{}, true
		}
		return value{}, false
	}
	arg, ok := c.text(0)
	if !ok {
		return value{}, false
	}
	if len(c.args) == 2 {
		if other, ok := c.text(1); ok && c.name == "compare" {
			return intValue(int64(compareTo(arg, other))), true
		}
		n, ok := c.integer(1)
		if !ok || c.name != "startsWith" {
			return value{}, false
		}
		from, inside := byteIndex(s, n)
		return boolValue(inside && strings.HasPrefix(s[from:], arg)), true
	}
	switch c.name {
	case "contains":
		return boolValue(strings.Contains(s, arg)), true
	case "startsWith":
		return boolValue(strings.HasPrefix(s, arg)), true
	case "endsWith":
		return boolValue(strings.HasSuffix(s, arg)), true
	case "contentEquals":
		return boolValue(s == arg), true
	case "equalsIgnoreCase":
		return boolValue(strings.EqualFold(s, arg)), true
	case "compareTo":
		return intValue(int64(compareTo(s, arg))), true
	case "compareToIgnoreCase":
		return intValue(int64(compareTo(strings.ToLower(s), strings.ToLower(arg)))), true
	case "matches":
		re, ok := r.regex(c, arg, true)
		return boolValue(ok && re.MatchString(s)), true
	}
	return value{}, false
}

// position is indexOf and lastIndexOf of a text or a character's code, from a
// position on or back.
func (r *renderer) position(c *call, s string) (value, bool) {
	if _, isInt := c.integer(1); len(c.args) == 2 && !isInt {
		return value{}, false
	}
	wanted, ok := c.text(0)
	if code, isCode := c.integer(0); isCode {
		wanted, ok = string(rune(code)), true
		if code < 0 || code > utf8.MaxRune || 0xD800 <= code && code < 0xE000 {
			return intValue(-1), code < 0 || code > utf8.MaxRune
		}
	}
	if c.args[0].isChar() { // Velocity 1.7 passes a Character for an int only
		return value{}, false
	}
	last := c.name == "lastIndexOf"
	from := 0
	if last {
		from = units(s)
	}
	if len(c.args) == 2 {
		from, _ = c.integer(1)
	}
	if !ok {
		return value{}, false
	}
	if last {
		if from < 0 {
			return intValue(-1), true
		}
		end, inside := byteIndex(s, from)
		if !inside {
			end = len(s)
			if from < units(s) {
				return value{}, false // inside a surrogate pair
			}
		}
		i := strings.LastIndex(s[:min(len(s), end+len(wanted))], wanted)
		if i < 0 {
			return intValue(-1), true
		}
		return intValue(int64(units(s[:i]))), true
	}
	at, inside := byteIndex(s, max(0, from))
	if !inside {
		at = len(s)
		if from < units(s) {
			return value{}, false
		}
	}
	i := strings.Index(s[at:], wanted)
	if i < 0 {
		return intValue(-1), true
	}
	return intValue(int64(units(s[:at+i]))), true
}

// regionMatches compares parts of two ASCII texts.
func (r *renderer) regionMatches(c *call, v value) (value, bool) {
	args, fold := c.args, false
	if len(args) == 5 && args[0].kind == kindBool {
		args, fold = args[1:], args[0].num != 0
	}
	if c.name != "regionMatches" || len(args) != 4 || !javaHas("String", c.name, c.args) || args[1].kind != kindString || !isASCII(v.str) || !isASCII(args[1].str) {
		return value{}, false
	}
	a, b := v.str, args[1].str
	i, j, n := args[0].num, args[2].num, args[3].num
	if i < 0 || j < 0 || i > int64(len(a))-n || j > int64(len(b))-n {
		return boolValue(false), true
	}
	if n <= 0 {
		return boolValue(true), true
	}
	x, y := a[i:i+n], b[j:j+n]
	return boolValue(x == y || fold && strings.EqualFold(x, y)), true
}

// editStringMethod is a method that makes strings of the string.
func (r *renderer) editStringMethod(c *call, v value) (value, bool) {
	two := len(c.args) == 2
	switch c.name {
	case "charAt":
		if n, ok := c.integer(0); ok && !two {
			ch := r.substring(c, v, n, n+1)
			return charValue(ch.str, ch.tr), true
		}
	case "substring", "subSequence":
		from, ok := c.integer(0)
		to := units(v.str)
		if ok && two {
			to, ok = c.integer(1)
		}
		if ok && (two || c.name == "substring") {
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
		// Two texts or two characters, not one of each.
		if javaHas("String", c.name, c.args) && c.args[0].kind == kindString && c.args[1].kind == kindString {
			return r.replaceLiteral(v, c.args[0].str, c.args[1]), true
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
			text, ok := r.toText(c.args[0])
			if !ok {
				text = stringValue("null", nil)
			}
			text.num = 0
			return text, true
		}
	case "join":
		if between, ok := c.text(0); ok && two && javaHas("Collection", "addAll", c.args[1:]) && c.args[1].kind == kindList {
			return r.joined(between, c.args[0], c.args[1])
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

// joined is String.join over texts; a member of another class makes Java throw.
func (r *renderer) joined(between string, separator, v value) (value, bool) {
	for _, x := range v.list().items {
		if x.class() != "String" && !x.isNull() {
			r.fail("a text is joined with something that is none", false)
			return value{}, true
		}
	}
	return r.capture(func(b *builder) {
		for i, x := range v.list().items {
			if i > 0 {
				b.text(between, separator.tr)
			}
			r.print(b, inherit(x, v.tr), 0)
		}
	}), true
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
