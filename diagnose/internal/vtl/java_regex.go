package vtl

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// regex compiles a Java regular expression with Go's engine. Where Go has no
// counterpart the rendering fails as unknown.
func (r *renderer) regex(c *call, pattern string, whole bool) (*regexp.Regexp, bool) {
	if !r.spend(1 + len(pattern)/4 + len(pattern)*len(c.target.str)/1024) {
		return nil, false
	}
	text, problem := translateRegex(pattern, strings.HasSuffix(c.target.str, "\n") || strings.HasSuffix(c.target.str, "\r"))
	if problem == "" {
		if whole {
			text = `\A(?:` + text + `)\z`
		}
		re, err := regexp.Compile(text)
		if err == nil {
			return re, true
		}
		problem = "it has no counterpart here"
	}
	r.fail("the Java regular expression "+quote(pattern)+" cannot be followed: "+problem, true)
	return nil, false
}

// javaClasses are classes whose meaning differs between Java and RE2.
var javaClasses = map[byte]string{'s': ` \t\n\x0B\f\r`, 'd': `0-9`, 'w': `a-zA-Z_0-9`, 'h': ` \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`}

// posixClasses are Java's ASCII classes \p{...}.
var posixClasses = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "Alpha": `a-zA-Z`, "Digit": `0-9`, "Alnum": `a-zA-Z0-9`, "ASCII": `\x00-\x7F`,
	"Punct": "!-/:-@\\[-`{-~", "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`, "XDigit": `0-9a-fA-F`, "Space": ` \t\n\x0B\f\r`,
}

// translateRegex writes a Java pattern in RE2's syntax. Whatever RE2 would
// read differently is a problem.
func translateRegex(p string, endsInNewline bool) (text, problem string) {
	var b strings.Builder
	inClass := false
	for i := 0; i < len(p); i++ {
		c := p[i]
		switch {
		case c == '\\':
			n, out, why := translateEscape(p[i:], inClass)
			if why != "" {
				return "", why
			}
			b.WriteString(out)
			i += n - 1
		case inClass:
			switch {
			case c == '[' || strings.HasPrefix(p[i:], "&&"):
				return "", "it combines character classes"
			case c == ']':
				inClass = false
			}
			b.WriteByte(c)
		case c == '[':
			inClass = true
			b.WriteByte(c)
			if strings.HasPrefix(p[i+1:], "^") {
				i++
				b.WriteByte('^')
			}
			if strings.HasPrefix(p[i+1:], "]") {
				return "", "a character class starts with a bracket"
			}
		case c == '.':
			b.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
		case c == '$' && endsInNewline:
			return "", "$ also matches before a final line end in Java"
		case strings.HasPrefix(p[i:], "(?") && !strings.HasPrefix(p[i:], "(?:") && !strings.HasPrefix(p[i:], "(?i)") && !strings.HasPrefix(p[i:], "(?<"):
			return "", "it uses a group that only Java has"
		case (c == '+' || c == '?') && i > 0 && strings.IndexByte("*+?}", p[i-1]) >= 0 && (i < 2 || p[i-2] != '\\') && c == '+':
			return "", "it uses a possessive quantifier"
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// translateEscape reads one escape and returns its length.
func translateEscape(p string, inClass bool) (n int, text, problem string) {
	if len(p) < 2 {
		return 0, "", "it ends in a backslash"
	}
	c := p[1]
	if class, ok := javaClasses[c]; ok {
		if inClass {
			return 2, class, ""
		}
		return 2, "[" + class + "]", ""
	}
	switch {
	case strings.IndexByte("DWSH", c) >= 0:
		if inClass {
			return 0, "", "a negated class stands in a class"
		}
		return 2, "[^" + javaClasses[c|0x20] + "]", ""
	case strings.IndexByte("bBAznrtfaQE", c) >= 0:
		if c == 'Q' {
			end := strings.Index(p, `\E`)
			if end < 0 {
				return len(p), regexp.QuoteMeta(p[2:]), ""
			}
			return end + 2, regexp.QuoteMeta(p[2:end]), ""
		}
		return 2, p[:2], ""
	case c == 'u' && len(p) >= 6:
		return 6, `\x{` + p[2:6] + `}`, ""
	case c == 'x' && len(p) >= 4:
		return 4, `\x{` + p[2:4] + `}`, ""
	case c == 'p' || c == 'P':
		end := strings.IndexByte(p, '}')
		if len(p) < 4 || p[2] != '{' || end < 0 {
			return 0, "", "it names a Unicode class in short form"
		}
		name := p[3:end]
		if class, ok := posixClasses[name]; ok {
			switch {
			case inClass && c == 'p':
				return end + 1, class, ""
			case inClass:
				return 0, "", "a negated class stands in a class"
			case c == 'P':
				return end + 1, "[^" + class + "]", ""
			}
			return end + 1, "[" + class + "]", ""
		}
		if len(name) <= 2 {
			return end + 1, p[:end+1], ""
		}
		return 0, "", "it names a class that only Java has"
	case c < utf8.RuneSelf && !isLetter(c) && !isDigit(c):
		return 2, regexp.QuoteMeta(p[1:2]), ""
	}
	return 0, "", "it uses an escape that only Java has"
}

func (r *renderer) replaceRegex(c *call, v value, pattern string, with value) value {
	re, ok := r.regex(c, pattern, false)
	if !ok {
		return value{}
	}
	s := v.str
	if with.str != "" && c.name == "replaceAll" && re.MatchString("") && pattern != "^" && pattern != "$" {
		r.fail("the regular expression "+quote(pattern)+" matches nothing at all, which Java and this engine replace differently", true)
		return value{}
	}
	max := r.limits.Steps - r.steps + 1
	if c.name == "replaceFirst" {
		max = 1
	}
	matches := re.FindAllStringSubmatchIndex(s, max)
	if len(matches) == 0 || !r.spend(len(matches)) {
		return v
	}
	return r.capture(func(b *builder) {
		at := 0
		for _, m := range matches {
			b.text(s[at:m[0]], v.tr.part(at, m[0]))
			if !r.expand(b, re, v, m, with) || r.tooMuch(b) {
				return
			}
			at = m[1]
		}
		b.text(s[at:], v.tr.part(at, len(s)))
	})
}

// expand appends a replacement: $1 and ${name} are groups, a backslash makes
// the next character plain. Anything else after a dollar sign fails in Java.
func (r *renderer) expand(b *builder, re *regexp.Regexp, v value, m []int, with value) bool {
	s := with.str
	group := func(g int) {
		if m[2*g] >= 0 {
			b.text(v.str[m[2*g]:m[2*g+1]], v.tr.part(m[2*g], m[2*g+1]))
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			_, size := utf8.DecodeRuneInString(s[i:])
			b.text(s[i:i+size], with.tr.part(i, i+size))
			i += size - 1
		case s[i] == '$' && i+1 < len(s) && isDigit(s[i+1]) && int(s[i+1]-'0') <= re.NumSubexp():
			g := int(s[i+1] - '0')
			i++
			for i+1 < len(s) && isDigit(s[i+1]) && g*10+int(s[i+1]-'0') <= re.NumSubexp() {
				i++
				g = g*10 + int(s[i]-'0')
			}
			group(g)
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			end := strings.IndexByte(s[i:], '}')
			g := -1
			if end > 0 {
				g = re.SubexpIndex(s[i+2 : i+end])
			}
			if g < 0 {
				r.fail("a replacement names a group that does not exist", false)
				return false
			}
			group(g)
			i += end
		case s[i] == '$' || s[i] == '\\':
			r.fail("a replacement holds a "+strconv.Quote(s[i:i+1])+" that starts no group", false)
			return false
		default:
			start := i
			for i+1 < len(s) && s[i+1] != '$' && s[i+1] != '\\' {
				i++
			}
			b.text(s[start:i+1], with.tr.part(start, i+1))
		}
	}
	return true
}

// split is Java's: without a limit, empty strings at the end are dropped; a
// match of nothing at the start makes no empty first string.
func (r *renderer) split(c *call, v value, pattern string, limit int) value {
	s := v.str
	var cuts [][]int
	if literal := strings.TrimPrefix(pattern, `\`); len(literal) == 1 && strings.IndexByte(`.$|()[{^?*+\`, literal[0]) < 0 && !(literal != pattern && (isLetter(literal[0]) || isDigit(literal[0]))) || len(pattern) == 2 && pattern[0] == '\\' && !isLetter(pattern[1]) && !isDigit(pattern[1]) {
		if !r.spend(strings.Count(s, literal)) {
			return value{}
		}
		cuts = literalCuts(s, literal)
	} else {
		re, ok := r.regex(c, pattern, false)
		if !ok {
			return value{}
		}
		cuts = re.FindAllStringIndex(s, r.limits.Steps-r.steps+1)
	}
	if !r.spend(len(cuts)) {
		return value{}
	}
	l := &list{style: javaArray}
	at := 0
	for _, m := range cuts {
		if limit > 0 && len(l.items) == limit-1 {
			break
		}
		if m[1] == 0 || m[0] == m[1] && m[0] == len(s) {
			continue
		}
		l.items = append(l.items, stringValue(s[at:m[0]], v.tr.part(at, m[0])))
		at = m[1]
	}
	l.items = append(l.items, stringValue(s[at:], v.tr.part(at, len(s))))
	if limit == 0 && len(l.items) > 1 {
		for len(l.items) > 0 && l.items[len(l.items)-1].str == "" {
			l.items = l.items[:len(l.items)-1]
		}
	}
	return listValue(l)
}

func literalCuts(s, literal string) [][]int {
	var cuts [][]int
	for at := 0; ; {
		i := strings.Index(s[at:], literal)
		if i < 0 {
			return cuts
		}
		cuts = append(cuts, []int{at + i, at + i + len(literal)})
		at += i + len(literal)
	}
}
