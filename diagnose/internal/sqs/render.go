package sqs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Rendering is an answer as it goes over the wire.
type Rendering struct {
	Status      int
	ContentType string
	Headers     []Field // besides Content-Type, in a fixed order
	Body        string
}

// Field is one response header.
type Field struct{ Name, Value string }

// Content types of answers. XML's is documented for the query protocol; for the
// lone UnknownOperationException element it is unverified.
const (
	contentTypeXML  = "text/xml"
	contentTypeJSON = "application/json" // T8
)

// Body renders the answer's body in its own format.
func (a *Answer) Body() string { return a.Render(a.Format).Body }

// ContentType is the Content-Type of the answer in its own format.
func (a *Answer) ContentType() string {
	if a.bare {
		return contentTypeXML
	}
	switch a.Format {
	case FormatJSON:
		return contentTypeJSON
	case FormatAWSJSON:
		return MediaTypeJSON10 // T41
	}
	return contentTypeXML
}

// Render gives the answer in the asked format.
func (a Answer) Render(f Format) Rendering {
	if a.Status == 0 {
		return Rendering{} // the zero Answer answers nothing
	}
	a.Format = f
	out := Rendering{Status: a.Status, ContentType: a.ContentType(), Headers: []Field{{"x-amzn-RequestId", RequestID}}}
	switch {
	case a.bare:
		out.Body = "<UnknownOperationException/>" // T1, T2: XML whatever Accept asks
	case a.Code == "" && a.success != nil:
		out.Body = a.success.render(f, a.Failed)
	case f == FormatXML:
		out.Body = a.errorXML()
	case f == FormatJSON:
		out.Body = a.errorJSON()
	default:
		out.Body = `{"__type":` + quote(a.jsonNamespace+"#"+a.JSONType) + `,"message":` + quote(a.Message) + `}` // T43, T44
		if a.Code != CodeSerialization && a.Code != CodeUnknownOperation {
			// Those two arise before the operation is known; the siblings of T48 show no such header.
			out.Headers = append(out.Headers, Field{"x-amzn-query-error", a.Code + ";" + a.Type})
		}
	}
	return out
}

// errorXML: T32, with the empty Detail.
func (a *Answer) errorXML() string {
	return `<?xml version="1.0"?><ErrorResponse xmlns="` + a.Namespace + `"><Error><Type>` + a.Type +
		`</Type><Code>` + escapeXML(a.Code) + `</Code><Message>` + escapeXML(a.Message) +
		`</Message><Detail/></Error><RequestId>` + RequestID + `</RequestId></ErrorResponse>`
}

// errorJSON: T6, T8, T33: no ErrorResponse around it and no Detail.
func (a *Answer) errorJSON() string {
	return `{"Error":{"Code":` + quote(a.Code) + `,"Message":` + quote(a.Message) + `,"Type":` + quote(a.Type) +
		`},"RequestId":"` + RequestID + `"}`
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#xD;")

// escapeXML also drops the characters that XML cannot hold.
func escapeXML(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '&' || c == '<' || c == '>' || c == '"' {
			return xmlEscaper.Replace(strings.Map(func(r rune) rune {
				if validRune(r) {
					return r
				}
				return utf8.RuneError
			}, s))
		}
	}
	return s
}

// quote makes a JSON string.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	writeQuoted(&b, s)
	return b.String()
}

// writeQuoted writes a JSON string.
func writeQuoted(b *strings.Builder, s string) {
	const hex = "0123456789abcdef"
	if plain(s) {
		b.WriteByte('"')
		b.WriteString(s)
		b.WriteByte('"')
		return
	}
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			b.WriteString(`\u00`)
			b.WriteByte(hex[r>>4])
			b.WriteByte(hex[r&15])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// plain tells a text that stands in quotes as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func itoa(n int) string { return strconv.Itoa(n) }
