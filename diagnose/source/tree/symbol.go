package tree

import "strings"

// Hyphenated is a text with a hyphen for all but letters, digits and hyphens.
func Hyphenated(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s)
}

// Mentions lists where a text has a word: from there on, as many bytes as given.
func Mentions(text, word string, length int) []string {
	var list []string
	for at := 0; ; at += len(word) {
		next := strings.Index(text[at:], word)
		if next < 0 {
			return list
		}
		at += next
		list = append(list, text[at:min(len(text), at+length)])
	}
}
