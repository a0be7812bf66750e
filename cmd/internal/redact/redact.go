// Package redact makes a snapshot, a request and what is said about them fit to
// be shown to others: every word that is not the public language of AWS, HTTP
// and mapping templates is replaced, the same word by the same stand-in, so that
// the diagnosis of what is left is that of the original. Names, account ids,
// ARNs, host names, bodies, and whatever else people put into a configuration
// are such words; that a word is public has to be known, that it is private
// has not.
package redact

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Redactor replaces private words. The zero Redactor has learnt none yet and
// may be used; it may not be used by several goroutines at a time.
type Redactor struct {
	names    map[string]string // private word in lower case -> stand-in
	count    int               // stand-ins that were made
	numbers  map[string]string
	prefixes []string // fragments before a wildcard, the longest first
	suffixes []string // fragments behind one
	english  map[string]bool
}

// shortest is the length, in characters, of the words that are replaced. What is
// shorter says nothing, and is often a part of some notation.
const shortest = 3

// shortestNumber is the number of digits from which a number is somebody's:
// account ids have 12, statuses, sizes and years fewer.
const shortestNumber = 5

// token is a piece of a text: a word, or what stands between words.
type token struct {
	text string
	word bool
	// open tells that a wildcard stands before or behind the word.
	openBefore, openBehind bool
}

// tokens takes a text apart. Percent escapes and what a backslash makes special
// belong to what is between words.
func tokens(s string) []token {
	var list []token
	start, inWord := 0, false
	end := func(i int, word bool) {
		if i > start {
			list = append(list, token{text: s[start:i], word: inWord})
		}
		start, inWord = i, word
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		skip := 0
		switch {
		case r == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			skip = 3
		case r == '\\' && i+5 < len(s) && s[i+1] == 'u':
			skip = 6
		case r == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf:
			skip = 2
		case r == '#':
			skip = directive(s[i:])
		}
		switch {
		case skip > 0:
			if inWord {
				end(i, false)
			}
			i += skip
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if !inWord {
				end(i, true)
			}
			i += size
		default:
			if inWord {
				end(i, false)
			}
			i += size
		}
	}
	end(len(s), false)
	for i := range list {
		if list[i].word {
			list[i].openBefore = i > 0 && strings.HasSuffix(list[i-1].text, "*")
			list[i].openBehind = i+1 < len(list) && strings.HasPrefix(list[i+1].text, "*")
		}
	}
	return list
}

// directive is the length of an #else or #end at the beginning of a text, which
// may touch the word behind it; 0 for none.
func directive(s string) int {
	for _, d := range [...]string{"#elseif", "#else", "#end"} {
		if strings.HasPrefix(s, d) {
			return len(d)
		}
	}
	return 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// Learn takes note of the fragments that stand beside wildcards in texts that
// are to be redacted together: stand-ins keep what such patterns match.
func (r *Redactor) Learn(texts []string) {
	prefixes, suffixes := map[string]bool{}, map[string]bool{}
	for _, s := range texts {
		if !strings.Contains(s, "*") {
			continue
		}
		for _, t := range tokens(s) {
			lower := strings.ToLower(t.text)
			if t.openBehind {
				prefixes[lower] = true
			}
			if t.openBefore {
				suffixes[lower] = true
			}
			if t.openBehind && startsPublic(lower) || t.openBefore && endsPublic(lower) {
				r.keep(lower)
			}
		}
	}
	r.prefixes, r.suffixes = byLength(prefixes), byLength(suffixes)
}

// keep lets a fragment of a public word stand, such as Send in sqs:Send*.
func (r *Redactor) keep(lower string) {
	if r.names == nil {
		r.names = map[string]string{}
	}
	if !public()[lower] {
		r.names[lower] = lower
	}
}

// mostFragments bounds the work for each word.
const mostFragments = 1000

func byLength(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool {
		if len(list[i]) != len(list[j]) {
			return len(list[i]) > len(list[j])
		}
		return list[i] < list[j]
	})
	return list[:min(len(list), mostFragments)]
}

// Text redacts a text of a configuration or a request.
func (r *Redactor) Text(s string) string { return r.replace(s, r.word) }

// Prose redacts a sentence of the doctor's or of AWS's: words of plain English
// stay, unless they are private words of a configuration.
func (r *Redactor) Prose(s string) string {
	if r.english == nil {
		r.english = englishWords()
	}
	return r.replace(s, func(w string) string {
		lower := strings.ToLower(w)
		if _, private := r.names[lower]; !private && r.english[lower] {
			return w
		}
		return r.word(w)
	})
}

func (r *Redactor) replace(s string, word func(string) string) string {
	var b strings.Builder
	list := tokens(hideAddresses(s))
	for _, t := range list {
		if t.word {
			b.WriteString(word(t.text))
		} else {
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// word is the stand-in of a word, or the word when it is public.
func (r *Redactor) word(w string) string {
	lower := strings.ToLower(w)
	switch {
	case isNumber(w):
		return r.number(w)
	case utf8.RuneCountInString(w) < shortest || public()[lower]:
		return w
	}
	return like(w, r.name(lower))
}

// name is the stand-in of a private word in lower case. Fragments that stand
// before or behind a wildcard somewhere are replaced by themselves.
func (r *Redactor) name(lower string) string {
	if r.names == nil {
		r.names = map[string]string{}
	}
	if have, ok := r.names[lower]; ok {
		return have
	}
	for _, p := range r.prefixes {
		if rest, ok := strings.CutPrefix(lower, p); ok && rest != "" {
			r.names[lower] = r.fragment(p) + r.fragment(rest)
			return r.names[lower]
		}
	}
	for _, p := range r.suffixes {
		if rest, ok := strings.CutSuffix(lower, p); ok && rest != "" {
			r.names[lower] = r.fragment(rest) + r.fragment(p)
			return r.names[lower]
		}
	}
	return r.fragment(lower)
}

// fragment is the stand-in of a part of a word, whatever its length.
func (r *Redactor) fragment(lower string) string {
	if len(lower) < shortest || public()[lower] {
		return lower
	}
	if have, ok := r.names[lower]; ok {
		return have
	}
	r.count++
	name := letters(r.count)
	name = strings.Repeat("x", max(0, len(lower)-len(name))) + name
	r.names[lower] = name
	return name
}

// letters counts in letters. The x is none of them: it fills up a stand-in to
// the length of its word, so that sizes and limits stay what they are.
func letters(n int) string {
	const digits = "abcdefghijklmnopqrstuvwyz"
	var b []byte
	for {
		b = append([]byte{digits[n%len(digits)]}, b...)
		if n /= len(digits); n == 0 {
			return string(b)
		}
	}
}

// like writes a stand-in with the capitals of the word that it stands for.
func like(w, name string) string {
	if strings.ToLower(w) == name {
		return w
	}
	first, size := utf8.DecodeRuneInString(w)
	switch {
	case w == strings.ToLower(w):
		return name
	case w == strings.ToUpper(w):
		return strings.ToUpper(name)
	case unicode.IsUpper(first) && w[size:] != strings.ToLower(w[size:]):
		return strings.ToUpper(name[:1]) + name[1:len(name)-1] + strings.ToUpper(name[len(name)-1:])
	case unicode.IsUpper(first):
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return name[:len(name)-1] + strings.ToUpper(name[len(name)-1:])
}

func isNumber(w string) bool {
	return strings.IndexFunc(w, func(c rune) bool { return c < '0' || c > '9' }) < 0
}

// number is the stand-in of a number: as many digits, the first not zero.
func (r *Redactor) number(w string) string {
	if len(w) < shortestNumber || public()[w] {
		return w
	}
	if r.numbers == nil {
		r.numbers = map[string]string{}
	}
	if have, ok := r.numbers[w]; ok {
		return have
	}
	stand := fmt.Sprintf("1%0*d", len(w)-1, len(r.numbers)+1)
	r.numbers[w] = stand[:len(w)]
	return r.numbers[w]
}

// hideAddresses puts an address for documentation (RFC 5737) in the place of
// each IPv4 address: its numbers are too short to be taken for private ones.
func hideAddresses(s string) string {
	return address.ReplaceAllString(s, "192.0.2.1")
}
