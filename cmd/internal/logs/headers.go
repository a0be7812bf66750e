package logs

import (
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// pairs reads a list as the log prints it, {a=b, c=d}, with nothing escaped
// (L29): a value goes on until a comma that a name and = follow. That is a guess
// where a value holds such a comma.
func pairs(list string) []walk.Header {
	list = strings.TrimSpace(list)
	list = strings.TrimPrefix(list, "{")
	list = strings.TrimSuffix(list, "}")
	var out []walk.Header
	for list != "" {
		name, rest, ok := strings.Cut(list, "=")
		if !ok {
			break
		}
		end := nextPair(rest)
		value := rest[:end]
		list = strings.TrimPrefix(rest[end:], ", ")
		name = strings.TrimSpace(name)
		// A signature's parts are one header.
		if n := len(out); n > 0 && strings.EqualFold(out[n-1].Name, "Authorization") && (name == "SignedHeaders" || name == "Signature") {
			out[n-1].Value += ", " + name + "=" + value
			continue
		}
		out = append(out, walk.Header{Name: name, Value: value})
	}
	return out
}

// nextPair is where the value ends that the text begins with.
func nextPair(s string) int {
	for at := 0; ; {
		i := strings.Index(s[at:], ", ")
		if i < 0 {
			return len(s)
		}
		at += i
		n := at + 2
		for n < len(s) && isToken(s[n]) {
			n++
		}
		if n > at+2 && n < len(s) && s[n] == '=' {
			return at
		}
		at += 2
	}
}

// isToken tells whether a name of a header or parameter can hold the byte.
func isToken(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
}

// header is the value under a name, without regard to case.
func header(list []walk.Header, name string) string {
	for _, h := range list {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}
