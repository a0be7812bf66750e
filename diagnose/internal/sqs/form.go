package sqs

import (
	"strings"
	"unicode/utf8"
)

// Source says where a part of a call was found.
type Source uint8

const (
	FromNowhere Source = iota
	FromQuery          // the URL's query string
	FromBody           // the request body
	FromTarget         // the X-Amz-Target header
	FromPath           // the URL's path
)

// String names the source as a report would.
func (s Source) String() string {
	switch s {
	case FromQuery:
		return "query string"
	case FromBody:
		return "body"
	case FromTarget:
		return "X-Amz-Target header"
	case FromPath:
		return "path"
	}
	return "nowhere"
}

// Param is one decoded name and value of a query protocol request.
type Param struct {
	Name  string
	Value string
	From  Source
}

// maxParams bounds what is kept of a request; SQS needs some hundred parameters
// for the largest batch. What comes after is still checked for syntax.
const maxParams = 10000

// form is what reading one query string or form body gives.
type form struct {
	params    []Param
	stray     string // first segment without '=', decoded as far as possible (T6)
	isStray   bool
	empty     bool   // an empty segment: "&&", or an '&' at either end
	badEscape string // first segment with a malformed percent escape
	badUTF8   bool   // decoded bytes that are no UTF-8, read as U+FFFD
	truncated bool   // more than maxParams
}

// parseForm splits text at '&' and decodes each pair. It appends to params.
func parseForm(text string, from Source, params []Param) form {
	f := form{params: params}
	if text == "" {
		return f
	}
	for start := 0; start <= len(text); {
		end := len(text)
		if i := strings.IndexByte(text[start:], '&'); i >= 0 {
			end = start + i
		}
		f.segment(text[start:end], from)
		start = end + 1
	}
	return f
}

func (f *form) segment(s string, from Source) {
	if s == "" {
		f.empty = true
		return
	}
	eq := strings.IndexByte(s, '=')
	if eq < 0 {
		// T6: a pair without '=' makes the whole form unreadable to SQS.
		if !f.isStray {
			f.isStray = true
			f.stray, _ = decode(s)
		}
		if _, ok := decode(s); !ok && f.badEscape == "" {
			f.badEscape = s
		}
		return
	}
	name, okName := decode(s[:eq])
	value, okValue := decode(s[eq+1:])
	if (!okName || !okValue) && f.badEscape == "" {
		f.badEscape = s
	}
	if !utf8.ValidString(value) {
		f.badUTF8 = true
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	if !utf8.ValidString(name) {
		f.badUTF8 = true
		name = strings.ToValidUTF8(name, "\uFFFD")
	}
	if len(f.params) >= maxParams {
		f.truncated = true
		return
	}
	f.params = append(f.params, Param{Name: name, Value: value, From: from})
}

// decode undoes form encoding: plus becomes a blank, percent pairs become bytes
// (T20: the expected rule, unverified). ok is false for a malformed escape, which
// is then left as it stands.
func decode(s string) (text string, ok bool) {
	i := 0
	for i < len(s) && s[i] != '%' && s[i] != '+' {
		i++
	}
	if i == len(s) {
		return s, true
	}
	ok = true
	out := make([]byte, 0, len(s))
	out = append(out, s[:i]...)
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s) && hexValue[s[i+1]]|hexValue[s[i+2]] < 16:
			c = hexValue[s[i+1]]<<4 | hexValue[s[i+2]]
			i += 2
		case c == '%':
			ok = false
		}
		out = append(out, c)
	}
	return string(out), ok
}

// hexValue gives the value of a hexadecimal digit, 255 for other bytes.
var hexValue = func() (table [256]byte) {
	for i := range table {
		table[i] = 255
	}
	for i, c := range []byte("0123456789abcdef") {
		table[c] = byte(i)
	}
	for i, c := range []byte("ABCDEF") {
		table[c] = byte(10 + i)
	}
	return table
}()

// findParam returns the first parameter of that name: where a name comes twice,
// the query string goes before the body and the first before the later ones
// (unverified; Recognize notes a doubt).
func findParam(params []Param, name string) (Param, bool) {
	for i := range params {
		if params[i].Name == name {
			return params[i], true
		}
	}
	return Param{}, false
}
