package selection

import (
	"unicode/utf8"

	"apisqs-doctor/diagnose/text/jsontext"
)

// Member is a member of a JSON object within a text.
type Member struct {
	Name               string
	NameStart, NameEnd int // quotes included
	Start, End         int // of the value
}

// Text is the value's text: of a JSON string what it says, of another value its
// source. isString tells them apart.
func (m *Member) Text(s string) (text string, isString bool) {
	raw := s[m.Start:m.End]
	if raw[0] == '"' {
		return decodeString(raw), true
	}
	return raw, false
}

// Members lists the members of the JSON object that starts at i, in the order of
// the text; of two of one name both. ok is false where no valid object starts
// there; an object at the start of the text has to be all of it.
func Members(s string, i int) (list []Member, ok bool) {
	start := jsontext.Blanks(s, i)
	end := skipValue(s, start, 0)
	if end < 0 || s[start] != '{' || i == 0 && jsontext.Blanks(s, end) != len(s) {
		return nil, false
	}
	for i = jsontext.Blanks(s, start+1); s[i] == '"'; i = jsontext.Blanks(s, i+1) {
		m := Member{NameStart: i}
		m.Name, m.NameEnd, _ = jsontext.String(s, i, utf8.RuneError)
		m.Start = jsontext.Blanks(s, jsontext.Blanks(s, m.NameEnd)+1)
		m.End = skipValue(s, m.Start, 0)
		list = append(list, m)
		if i = jsontext.Blanks(s, m.End); s[i] != ',' {
			break
		}
	}
	return list, true
}
