package iam

import (
	"slices"
	"strings"
)

// Opaque lists the substrings of the request and of the policies whose true text
// is not known, for instance a made-up account number that stands for
// AWS::AccountId, or "⟨ImportValue queue-arn⟩". Equal placeholders stand for
// equal text; beyond that a placeholder may stand for anything.
type Opaque []string

// in reports whether s holds a placeholder.
func (o Opaque) in(s string) bool {
	for _, atom := range o {
		if atom != "" && strings.Contains(s, atom) {
			return true
		}
	}
	return false
}

// equal compares two whole texts without wildcards.
func (o Opaque) equal(a, b string) Tri {
	if a == b {
		return Yes
	}
	if len(o) == 0 || !o.in(a) && !o.in(b) {
		return No
	}
	return matchTokens(o.tokens(nil, a, literal), o.tokens(nil, b, literal))
}

// A token is one element of a text that may hold wildcards and placeholders:
// a character, or one of the values below.
type token int32

const (
	tokenRun   token = -1 // "*": any run of characters
	tokenOne   token = -2 // "?": exactly one character
	tokenStray token = -3 // text of a policy variable that is not known; equal to nothing
	tokenAtom  token = -4 // and below: a placeholder, by its index and what it may hold
)

// A content says what a placeholder may stand for. It is told by its own shape: what
// is made up for an account or a region looks like one.
type content token

const (
	anything content = iota
	digits           // an account number
	name             // a region: small letters, digits and hyphens
	contents
)

// contentOf is what the placeholder may stand for.
func contentOf(atom string) content {
	switch {
	case isAccount(atom):
		return digits
	case regionShaped(atom):
		return name
	}
	return anything
}

// regionShaped reports whether s has the form of a region: a short prefix, words, a number.
func regionShaped(s string) bool {
	words := strings.Split(s, "-")
	last := len(words) - 1
	if last < 2 || len(words[0]) < 2 || len(words[0]) > 4 || !allDigits(words[last]) {
		return false
	}
	for _, word := range words[:last] {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}

// open reports whether t may stand for any run of characters.
func (t token) open() bool { return t == tokenRun || t <= tokenStray }

// content is what a placeholder may stand for.
func (t token) content() content {
	if t > tokenAtom {
		return anything
	}
	return content((tokenAtom - t) % token(contents))
}

// takes reports whether t, which is open, may stand for text with the character c.
func (t token) takes(c token) bool {
	switch digit := '0' <= c && c <= '9'; t.content() {
	case digits:
		return digit
	case name:
		return digit || c == '-' || 'a' <= c && c <= 'z'
	}
	return true
}

// textMode says how the characters of a text are to be read.
type textMode uint8

const (
	literal textMode = 0
	wild    textMode = 1 << iota // "*" and "?" are wildcards
	fold                         // ASCII case does not matter
)

// tokens appends the tokens of s to dst. Where placeholders overlap, the longest
// one that starts first counts.
func (o Opaque) tokens(dst []token, s string, mode textMode) []token {
	dst = slices.Grow(dst, len(s))
	for i := 0; i < len(s); {
		if n, index := o.at(s[i:]); n > 0 {
			dst = append(dst, tokenAtom-token(index)*token(contents)-token(contentOf(o[index])))
			i += n
			continue
		}
		c := s[i]
		switch {
		case mode&wild != 0 && c == '*':
			dst = append(dst, tokenRun)
		case mode&wild != 0 && c == '?':
			dst = append(dst, tokenOne)
		case mode&fold != 0 && 'A' <= c && c <= 'Z':
			dst = append(dst, token(c+'a'-'A'))
		case c < 0x80:
			dst = append(dst, token(c))
		default:
			r, n := decodeRune(s[i:])
			dst = append(dst, r)
			i += n
			continue
		}
		i++
	}
	return dst
}

// at returns the length and index of the longest placeholder that s starts with.
func (o Opaque) at(s string) (length, index int) {
	for i, atom := range o {
		if len(atom) > length && strings.HasPrefix(s, atom) {
			length, index = len(atom), i
		}
	}
	return length, index
}

// maxTableCells bounds the work of one comparison of two open texts. Beyond it
// the texts may match, for all we know.
const maxTableCells = 1 << 20

// matchTokens compares a pattern with a text: Yes if they match whatever the
// placeholders stand for, No if no reading of the placeholders makes them match.
func matchTokens(pattern, text []token) Tri {
	pattern, text = trimCommon(pattern, text)
	if certainMatch(pattern, text) {
		return Yes
	}
	if len(pattern)*len(text) > maxTableCells || intersect(pattern, text) {
		return Unknown
	}
	return No
}

// trimCommon drops the equal beginning and the equal end of both: what remains
// matches exactly if the whole does.
func trimCommon(pattern, text []token) (p, t []token) {
	for len(pattern) > 0 && len(text) > 0 && sameToken(pattern[0], text[0]) {
		pattern, text = pattern[1:], text[1:]
	}
	for len(pattern) > 0 && len(text) > 0 && sameToken(pattern[len(pattern)-1], text[len(text)-1]) {
		pattern, text = pattern[:len(pattern)-1], text[:len(text)-1]
	}
	return pattern, text
}

// sameToken reports whether p and t stand for the same text: the same character
// or the same placeholder.
func sameToken(p, t token) bool { return p == t && (p >= 0 || p <= tokenAtom) }

// certainMatch is glob matching in which a placeholder equals only itself, and
// "?" takes a character but no placeholder.
func certainMatch(pattern, text []token) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == tokenRun:
			star, mark = p, t
			p++
		case p < len(pattern) && (sameToken(pattern[p], text[t]) || pattern[p] == tokenOne && text[t] >= 0):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == tokenRun {
		p++
	}
	return p == len(pattern)
}

// intersect reports whether some text is matched by both when placeholders are
// read as wildcards: one row of a table at a time.
func intersect(a, b []token) bool {
	prev, row := make([]bool, len(b)+1), make([]bool, len(b)+1)
	for i := 0; i <= len(a); i++ {
		for j := 0; j <= len(b); j++ {
			switch {
			case i == 0 && j == 0:
				row[j] = true
			default:
				row[j] = i > 0 && prev[j] && a[i-1].open() ||
					j > 0 && row[j-1] && b[j-1].open() ||
					i > 0 && j > 0 && intersectStep(a[i-1], b[j-1], prev[j-1], prev[j], row[j-1])
			}
		}
		prev, row = row, prev
	}
	return prev[len(b)]
}

// intersectStep says whether the pair (x, y) can end a common text, given whether
// the table holds without both, without x and without y.
func intersectStep(x, y token, neither, withoutX, withoutY bool) bool {
	switch {
	case x.open():
		return withoutY && (y < 0 || x.takes(y)) // x takes the character of y
	case y.open():
		return withoutX && (x < 0 || y.takes(x)) // y takes the character of x
	case x == tokenOne || y == tokenOne || x == y:
		return neither
	}
	return false
}

// without returns s without its placeholders.
func (o Opaque) without(s string) string {
	if !o.in(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if n, _ := o.at(s[i:]); n > 0 {
			i += n
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
