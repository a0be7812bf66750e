package iam

import (
	"strings"

	"apisqs-doctor/diagnose/text"
)

// splitARN splits s at its first five colons.
func splitARN(s string) (parts [6]string, ok bool) {
	for i := range 5 {
		head, rest, found := strings.Cut(s, ":")
		if !found {
			return parts, false
		}
		parts[i], s = head, rest
	}
	parts[5] = s
	return parts, true
}

// parseARN is text.ParseARN for a text with placeholders, whose colons do not count. The
// account must be a number or hold a placeholder.
func (o Opaque) parseARN(s string) (a text.ARN, ok bool) {
	var parts [5]string
	part, start := 0, 0
	for i := 0; i < len(s) && part < 5; i++ {
		if n, _ := o.at(s[i:]); n > 0 {
			i += n - 1
		} else if s[i] == ':' {
			parts[part], start = s[start:i], i+1
			part++
		}
	}
	if part < 5 || parts[0] != "arn" || !isAccount(parts[4]) && !o.in(parts[4]) {
		return text.ARN{}, false
	}
	return text.ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: s[start:]}, true
}

// afterSlash is what follows the last slash outside of placeholders.
func (o Opaque) afterSlash(s string) string {
	start := 0
	for i := 0; i < len(s); i++ {
		if n, _ := o.at(s[i:]); n > 0 {
			i += n - 1
		} else if s[i] == '/' {
			start = i + 1
		}
	}
	return s[start:]
}

// isAccount reports whether s is a bare account number.
func isAccount(s string) bool { return len(s) == 12 && allDigits(s) }

// allDigits reports whether s is decimal digits, at least one, and nothing else.
func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
