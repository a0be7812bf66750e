package iam

import (
	"strings"
	"unicode/utf8"
)

// matchGlob reports whether text is matched by pattern: "*" is any run of
// characters, "?" exactly one character, all else stands for itself.
func matchGlob(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		if p < len(pattern) {
			switch c := pattern[p]; {
			case c == '*':
				star, mark = p, t
				p++
				continue
			case c == '?':
				_, n := decodeRune(text[t:])
				p++
				t += n
				continue
			case c == text[t]:
				p++
				t++
				continue
			}
		}
		if star < 0 {
			return false
		}
		_, n := decodeRune(text[mark:])
		mark += n
		p, t = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// decodeRune reads one character; a byte that is no UTF-8 counts as one.
func decodeRune(s string) (token, int) {
	if s[0] < utf8.RuneSelf {
		return token(s[0]), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return token(utf8.MaxRune) + 1 + token(s[0]), 1
	}
	return token(r), n
}

// patternKind is the cheapest way to compare a pattern.
type patternKind uint8

const (
	patternExact    patternKind = iota // no wildcard
	patternPrefix                      // one "*", at the end
	patternAny                         // "*" alone
	patternGlob                        // anything else
	patternVariable                    // holds policy variables: built for each request
)

// pattern is a compiled text with wildcards.
type pattern struct {
	kind patternKind
	text string // what remains to compare: without the "*" of a prefix
}

// compileGlob compiles a text in which "*" and "?" are wildcards.
func compileGlob(s string) pattern {
	i := strings.IndexAny(s, "*?")
	switch {
	case i < 0:
		return pattern{patternExact, s}
	case s == "*":
		return pattern{patternAny, ""}
	case i == len(s)-1 && s[i] == '*':
		return pattern{patternPrefix, s[:i]}
	}
	return pattern{patternGlob, s}
}

// match compares a whole text.
func (p pattern) match(text string) bool {
	switch p.kind {
	case patternExact:
		return p.text == text
	case patternPrefix:
		return strings.HasPrefix(text, p.text)
	case patternAny:
		return true
	}
	return matchGlob(p.text, text)
}
