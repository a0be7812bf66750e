package secret

import (
	"slices"
	"strings"
	"unicode"
)

// Mask puts a stand-in in the place of a credential. It is made so that a template
// treats it as it treats the credential; none of the credential's words is in it.
type Mask func(value string) string

// Plain is the word hidden, with each sign in its middle that the credential has
// and that a form, a document or a URL gives a meaning to.
func Plain(value string) string {
	if value == "" {
		return ""
	}
	var signs []rune
	for _, r := range value {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._~", r) || r > unicode.MaxASCII {
			if r > unicode.MaxASCII && unicode.IsLetter(r) {
				r = 'é'
			}
			signs = append(signs, r)
		}
	}
	slices.Sort(signs)
	return "hid" + string(slices.Compact(signs)) + "den"
}

// Shaped has the length and the signs of the credential, which patterns and limits
// may ask for: x for each letter and 0 for each digit.
func Shaped(value string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r):
			return 'X'
		case unicode.IsLetter(r):
			return 'x'
		case unicode.IsDigit(r):
			return '0'
		}
		return r
	}, value)
}
