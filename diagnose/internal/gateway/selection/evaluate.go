package selection

import (
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/internal/vtl"
)

// Input is one request as an expression sees it. An Input may be used for several
// expressions, one after the other.
type Input struct {
	Headers       []Pair
	Query         []Pair
	Path          string // without the stage
	PathVariables map[string]string
	Body          string
	// Context gives the value of a context variable; ok is false for one that has
	// none.
	Context func(name string) (value string, ok bool)
	// StageVariables is nil where they are not known.
	StageVariables map[string]string

	document documentState
}

// Pair is a header or a query parameter.
type Pair struct{ Name, Value string }

type documentState uint8

const (
	documentUnread documentState = iota
	documentValid
	documentInvalid
)

// Outcome says what an evaluation came to.
type Outcome uint8

// The outcomes. The zero value is Unknown.
const (
	Unknown  Outcome = iota // no evidence tells what AWS makes of it
	Resolved                // the value is Text
	Nothing                 // a source is absent or empty: the value cannot be made (H40, H41, H44)
)

// Value is what an expression gives for one request.
type Value struct {
	Outcome Outcome
	// Text is the value; where the outcome is Unknown it is the likeliest one.
	Text string
	// Source is the source to which an outcome other than Resolved is due, nil
	// where it is due to the text itself. Why says it in plain words.
	Source *Source
	Why    string

	expression *Expression
	ends       []int // of the expression's parts in Text
}

// Spans tile Text and tell where each part comes from. They are made when they
// are asked for: most evaluations only want the text.
func (v *Value) Spans() []vtl.Span {
	spans := make([]vtl.Span, 0, len(v.ends))
	start := 0
	for i, end := range v.ends {
		if end == start {
			continue
		}
		span := vtl.Span{Origin: vtl.OriginTemplate}
		if source := v.expression.parts[i].source; source >= 0 {
			span = v.expression.Sources[source].span
		}
		span.Start, span.End = start, end
		spans = append(spans, span)
		start = end
	}
	return spans
}

// Parts is the number of parts that the expression has.
func (e *Expression) Parts() int { return len(e.parts) }

// Evaluate gives the value for one request. room is for notes on the value's
// parts; it is appended to and may be nil.
func (e *Expression) Evaluate(in *Input, room []int) Value {
	v := Value{Outcome: Resolved, expression: e}
	if len(e.parts) == 1 {
		v.Text = e.part(&e.parts[0], in, &v)
		v.ends = append(room, len(v.Text))
	} else {
		text := make([]byte, 0, len(e.Text)+64)
		for i := range e.parts {
			text = append(text, e.part(&e.parts[i], in, &v)...)
			room = append(room, len(text))
		}
		v.Text, v.ends = string(text), room
	}
	if v.Outcome == Resolved && len(e.Doubts) > 0 {
		v.Outcome, v.Why = Unknown, e.Doubts[0]
	}
	return v
}

// part is the text of one part. A source that gives nothing decides over one
// that is unknown: the call fails either way.
func (e *Expression) part(p *part, in *Input, v *Value) string {
	if p.source < 0 {
		return p.text
	}
	s := &e.Sources[p.source]
	text, outcome, why := s.read(in)
	if outcome == Resolved && text == "" {
		outcome, why = Nothing, "the "+s.String()+" is empty"
	}
	if outcome == Nothing && v.Outcome != Nothing || outcome == Unknown && v.Outcome == Resolved {
		v.Outcome, v.Source, v.Why = outcome, s, why
	}
	return text
}

// read is the value of the source.
func (s *Source) read(in *Input) (string, Outcome, string) {
	switch {
	case s.never != "":
		return "", Nothing, s.never
	case s.unknown != "":
		return "", Unknown, s.unknown
	}
	switch s.Kind {
	case Header:
		return joined(in.Headers, s, strings.EqualFold) // H31
	case Query:
		return joined(in.Query, s, func(a, b string) bool { return a == b })
	case PathVariable:
		if value, ok := in.PathVariables[s.Name]; ok {
			return value, Resolved, ""
		}
		return "", Nothing, "the route has no path variable " + s.Name
	case Path:
		return in.Path, Resolved, ""
	case Context:
		if in.Context != nil {
			if value, ok := in.Context(s.Name); ok {
				return value, Resolved, ""
			}
		}
		return "", Nothing, "the context variable " + s.Name + " has no value here"
	case StageVariable:
		if in.StageVariables == nil {
			return "", Unknown, "the stage's variables are not known"
		}
		if value, ok := in.StageVariables[s.Name]; ok {
			return value, Resolved, ""
		}
		return "", Nothing, "the stage has no variable " + s.Name // H67
	case Body:
		return s.body(in)
	}
	return "", Unknown, "the answer is not known yet"
}

func joined(pairs []Pair, s *Source, same func(a, b string) bool) (string, Outcome, string) {
	text, found := "", 0
	for i := range pairs {
		if !same(pairs[i].Name, s.Name) {
			continue
		}
		if found++; found == 1 {
			text = pairs[i].Value
		} else {
			text += "," + pairs[i].Value
		}
	}
	if found == 0 {
		return "", Nothing, "the request has no " + s.String()
	}
	return text, Resolved, ""
}

// bodyCut is where the body is cut before a JSON path is applied: 100 KB, be it
// thousands or powers of two (H21).
const (
	bodyCut     = 100_000
	bodyCutMost = 100 << 10
)

func (s *Source) body(in *Input) (string, Outcome, string) {
	if s.Name == "" {
		if !utf8.ValidString(in.Body) {
			return in.Body, Unknown, "how a body of bytes that are no text is passed on is not documented" // H32
		}
		return in.Body, Resolved, ""
	}
	if in.document == documentUnread {
		in.document = documentInvalid
		if utf8.ValidString(in.Body) && validDocument(in.Body) {
			in.document = documentValid
		}
	}
	if in.document == documentInvalid {
		why := "the body is no JSON document, so that it has no member " + s.Name // H42
		if in.Body == "" {
			why = "the request has no body, so no member " + s.Name
		}
		return "", Nothing, why
	}
	start, end, ok := find(in.Body, s.path)
	if !ok {
		return "", Nothing, "the body has no member " + s.Name
	}
	raw := in.Body[start:end]
	text := raw
	if raw[0] == '"' {
		text = decodeString(raw)
	}
	switch {
	case len(in.Body) > bodyCut && end > bodyCutMost:
		return "", Nothing, "the body is larger than 100 KB, and the member " + s.Name + " stands behind the part that a JSON path sees"
	case len(in.Body) > bodyCut:
		return text, Unknown, "the body is larger than 100 KB, and whether a member of it is found is not documented" // H21, H44
	case raw[0] != '"':
		return text, Unknown, "the member " + s.Name + " is " + jsonType(raw[0]) + ", and in which form that is passed on is not documented" // H33
	}
	return text, Resolved, ""
}

func jsonType(c byte) string {
	switch c {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
