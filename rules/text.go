package rules

import (
	"strings"
	"unicode/utf8"
)

// isForm tells the media type of a form, whatever its parameters and case.
func isForm(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), formType)
}

// orNone names what stands in a mapping, or that there is none.
func orNone(expression, passedOn string) string {
	switch {
	case expression != "":
		return expression
	case passedOn != "":
		return "no mapping; the client's " + passedOn + " is passed on"
	}
	return "no mapping"
}

// excerpt is the beginning of a body, for evidence.
func excerpt(body []byte) string {
	const most = 160
	text := strings.ToValidUTF8(string(body), "\uFFFD")
	if len(text) <= most {
		return text
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}

// from says in place of what a value comes; nothing where there was none.
func from(before string) string {
	if before == "" {
		return ""
	}
	return ", in place of " + before
}
