package walk

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/text/lazy"
)

// Malformed is a text that a template evidently means to be JSON, and that is none.
type Malformed struct {
	Problem string // what is wrong, in a sentence
	Near    string // the text around the fault
	// Reference is what the template prints at the fault; empty when the template's
	// own text is at fault.
	Reference    string
	Line, Column int // in the template, 1-based; 0 when the place is not known
	// Quoted tells that the reference stands between quotes, where signs of the
	// client's text end the string; otherwise it stands where a value has to.
	Quoted bool
	// Lost tells that the text is valid and holds nothing of the body that was there.
	Lost bool
}

// content judges the messages: those that the template itself begins with a brace
// or a bracket are meant to be JSON. What a client sends as it likes is its own affair.
func (w *queueing) content() *Malformed {
	m := w.Mapping
	if m.Rendered == nil {
		return nil
	}
	for i := range w.Queue.Messages {
		message := &w.Queue.Messages[i]
		start, raw := w.messageText(message)
		if start < 0 {
			continue
		}
		at := offsets(raw, w.Protocol.Effective().Protocol == sqs.ProtocolJSON)
		for k := range at {
			at[k] += start
		}
		if len(at) != len(message.Body)+1 {
			continue // decoded in a way that is not followed here
		}
		text := rendered{message.Body, at, string(m.Body), m.Spans, m.Template, m.Rendered.Empty}
		if found := text.malformed(); found != nil {
			return found
		}
		if found := text.lost(w.Mapping.Payload); found != nil {
			return found
		}
	}
	return nil
}

var messageBodyRE = lazy.Regexp(`"MessageBody"\s*:`)

// messageText finds what stands for the message in the body, and where; -1 when it
// is not there.
func (w *queueing) messageText(message *sqs.Message) (int, string) {
	body := string(w.Mapping.Body)
	name := message.Prefix + "MessageBody"
	switch w.Protocol.Effective().Protocol {
	case sqs.ProtocolQuery:
		for _, f := range w.Mapping.Form() {
			if body[f.Start:f.NameEnd] != name || f.ValueStart == f.NameEnd {
				continue
			}
			for _, s := range w.Mapping.Spans {
				if s.Start <= f.End && f.End < s.End && FromTheClient(s) {
					return -1, "" // the client's ampersand cuts it, whatever it would be
				}
			}
			return f.ValueStart, body[f.ValueStart:f.End]
		}
	case sqs.ProtocolJSON:
		nth := 0
		if _, err := fmt.Sscanf(message.Prefix, "Entries.%d.", &nth); err == nil {
			nth--
		}
		places := messageBodyRE.FindAllStringIndex(body, nth+2)
		if len(places) <= nth || message.Prefix == "" && len(places) != 1 {
			return -1, ""
		}
		at := places[nth][1]
		rest := strings.TrimLeft(body[at:], " \t\r\n")
		at = len(body) - len(rest)
		if !strings.HasPrefix(rest, `"`) {
			return -1, ""
		}
		end := 1
		for end < len(rest) && rest[end] != '"' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		return at + 1, rest[1:min(end, len(rest))]
	}
	return -1, ""
}

// offsets gives for each byte of the decoded text, and for its end, the place in the
// encoded one: of a form value, or of a JSON string.
func offsets(raw string, isJSON bool) []int {
	at := make([]int, 0, len(raw)+1)
	for i := 0; i < len(raw); {
		length, bytes := 1, 1
		switch {
		case !isJSON && raw[i] == '%' && i+2 < len(raw):
			length = 3
		case isJSON && raw[i] == '\\' && i+1 < len(raw) && raw[i+1] == 'u' && i+6 <= len(raw):
			code := unit(raw[i:])
			if length = 6; utf16.IsSurrogate(code) {
				if pair := utf16.DecodeRune(code, unit(raw[i+6:])); pair != utf8.RuneError {
					length, code = 12, pair
				}
			}
			bytes = len(string(code))
		case isJSON && raw[i] == '\\':
			length = 2
		}
		for range bytes {
			at = append(at, i)
		}
		i += length
	}
	return append(at, len(raw))
}

// unit is the UTF-16 unit of the JSON escape that a text begins with.
func unit(text string) rune {
	if len(text) < 6 || text[:2] != `\u` {
		return utf8.RuneError
	}
	code, err := strconv.ParseUint(text[2:6], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(code)
}

// rendered is a text and where it comes from.
type rendered struct {
	text     string
	at       []int  // for each byte and the end, the place in whole; nil when text is whole
	whole    string // what the template printed
	spans    []vtl.Span
	template string
	empty    []vtl.EmptyReference
}

func (r *rendered) place(offset int) int {
	if r.at == nil {
		return offset
	}
	return r.at[min(max(offset, 0), len(r.at)-1)]
}

// span is the piece of the printed text that a byte of the text comes from.
func (r *rendered) span(offset int) *vtl.Span {
	place := r.place(offset)
	for i := range r.spans {
		if place >= r.spans[i].Start && place < r.spans[i].End {
			return &r.spans[i]
		}
	}
	return nil
}

// malformed says why a text that the template begins as JSON is none.
func (r *rendered) malformed() *Malformed {
	begin := len(r.text) - len(strings.TrimLeft(r.text, " \t\r\n"))
	if begin == len(r.text) || !evidentJSON.MatchString(r.text[begin:]) && !r.inQuotes(begin) {
		return nil
	}
	if s := r.span(begin); s == nil || s.Origin != vtl.OriginTemplate {
		return nil
	}
	var doc any
	err := json.Unmarshal([]byte(r.text), &doc)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return nil
	}
	offset := min(int(syntax.Offset), len(r.text)) - 1
	if strings.HasPrefix(syntax.Error(), "unexpected end") {
		offset = len(r.text) - 1
	}
	out := &Malformed{Problem: syntax.Error(), Near: trimWord(r.text[max(0, offset-20):min(len(r.text), offset+20)], 60)}
	switch s := r.span(offset); {
	case s != nil && s.JavaMap:
		return nil // an object printed as {a=b} is a fault with a name of its own
	case s != nil && s.Reference != "":
		out.Reference, out.Line, out.Column = s.Reference, s.Line, s.Column
		out.Quoted = r.quoted(s)
	default:
		r.ownText(out, offset)
	}
	return out
}

// evidentJSON tells a text that begins as JSON does, or as what people take for it:
// names in single quotes or none ({'id': 1}). A bracket before a word ([INFO] ...) and
// {id=1} begin other notations.
var evidentJSON = lazy.Regexp(`^(?:\{\s*(?:$|["}]|'[^']*'\s*:|[A-Za-z_][\w-]*\s*:)|\[\s*(?:$|["{\[\]0-9-]|true\b|false\b|null\b))`)

// inQuotes tells a text that the template puts between quotes.
func (r *rendered) inQuotes(begin int) bool {
	end := len(strings.TrimRight(r.text, " \t\r\n")) - 1
	if end <= begin || r.text[begin] != '"' || r.text[end] != '"' {
		return false
	}
	s := r.span(end)
	return s != nil && s.Origin == vtl.OriginTemplate
}

// quoted tells whether a piece begins inside of a JSON string.
func (r *rendered) quoted(s *vtl.Span) bool {
	inside := false
	for i := 0; i < len(r.text) && r.place(i) < s.Start; i++ {
		switch {
		case r.text[i] == '\\' && inside:
			i++
		case r.text[i] == '"':
			inside = !inside
		}
	}
	return inside
}

// ownText finds the place in the template of a fault in its own text: a reference
// that printed nothing there, or the text itself.
func (r *rendered) ownText(out *Malformed, offset int) {
	place := r.place(offset)
	for i := range r.empty {
		e := &r.empty[i]
		if e.Position != vtl.InOutput || e.Quiet {
			continue
		}
		// What stands before the fault stands before the reference too.
		line, _ := lineOf(r.template, e.Line)
		before := line[:min(max(e.Column-1, 0), len(line))]
		if tail := before[max(0, len(before)-6):]; tail != "" && strings.HasSuffix(strings.TrimRight(r.whole[:place], " \t"), strings.TrimRight(tail, " \t")) {
			out.Reference, out.Line, out.Column = e.Reference, e.Line, e.Column
			out.Problem = e.Reference + " prints nothing where a value has to stand"
			return
		}
	}
	for length := 16; length > 1; length /= 2 {
		for _, near := range []string{r.whole[max(0, place+1-length):min(place+1, len(r.whole))], r.text[max(0, offset+1-length):min(offset+1, len(r.text))]} {
			i := strings.Index(r.template, near)
			if near == "" || i < 0 || strings.Contains(r.template[i+1:], near) {
				continue
			}
			i += len(near) - 1
			out.Line = 1 + strings.Count(r.template[:i], "\n")
			out.Column = i - strings.LastIndexByte(r.template[:i], '\n')
			return
		}
	}
}

// asMap tells a text that holds an object in Java's notation.
func (r *rendered) asMap() *Malformed {
	for i := range r.spans {
		if s := &r.spans[i]; s.JavaMap {
			return &Malformed{Problem: s.Reference + " prints an object as {name=value}", Near: trimWord(r.text, 60), Reference: s.Reference, Line: s.Line, Column: s.Column}
		}
	}
	return nil
}

// lost tells a message that is an empty text or object though the client sent more.
func (r *rendered) lost(payload string) *Malformed {
	payload = strings.TrimSpace(payload)
	if r.text != `""` && r.text != "{}" || payload == "" || payload == r.text || payload == "{}" {
		return nil
	}
	s := r.span(0)
	if s == nil || !FromTheClient(*s) {
		return nil // the template's own text
	}
	return &Malformed{Problem: "the message is " + r.text + ", and the client's body is not in it", Near: r.text, Reference: s.Reference, Line: s.Line, Column: s.Column, Lost: true}
}
