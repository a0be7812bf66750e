package http

import (
	"net/url"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/internal/vtl"
)

// Call is the request that API Gateway makes of the arguments: a POST of the
// query protocol, with a form as its body (H46).
type Call struct {
	Action string
	Region string  // of the Region parameter; empty for the API's own (H7)
	Form   []Field // Action and Version first
	// Problems say why a JSON text among the arguments is none that can be sent;
	// Doubts what no evidence settles about how an argument is sent.
	Problems []Problem
	Doubts   []string
}

// Field is a parameter of the form.
type Field struct {
	Name, Value string
	Parameter   string     // of the integration, that it was made of
	Spans       []vtl.Span // of Value
}

// Problem is an argument that does not read as what its parameter needs.
type Problem struct{ Parameter, Why string }

// NewCall makes the request. The arguments' values are taken as they are, also
// those that would have kept API Gateway from calling.
func NewCall(s *Subtype, arguments []Argument) *Call {
	c := &Call{Action: s.Action, Form: make([]Field, 0, len(arguments)+2)}
	c.field("Action", s.Action, "", nil)
	c.field("Version", "2012-11-05", "", nil)
	for i := range arguments {
		a := &arguments[i]
		switch a.Name {
		case "Region":
			c.Region = a.Text
		case "MessageAttributes":
			c.attributes("MessageAttribute", a)
		case "MessageSystemAttributes":
			c.attributes("MessageSystemAttribute", a)
		case "AttributeNames":
			c.names("AttributeName", a)
		case "MessageAttributeNames":
			c.names("MessageAttributeName", a)
		default:
			c.field(a.Name, a.Text, a.Name, a.Spans())
		}
	}
	return c
}

func (c *Call) field(name, value, parameter string, spans []vtl.Span) {
	if spans == nil && value != "" {
		spans = []vtl.Span{{End: len(value)}}
	}
	c.Form = append(c.Form, Field{name, value, parameter, spans})
}

// names sends a list of names. How several are written in one text is not
// documented.
func (c *Call) names(name string, a *Argument) {
	if strings.ContainsAny(a.Text, ",[") {
		c.Doubts = append(c.Doubts, "how several names are written in "+a.Name+" is not documented")
	}
	c.field(name+".1", a.Text, a.Name, a.Spans())
}

// attributes sends what the JSON text of an argument holds:
// {"Name":{"DataType":"String","StringValue":"..."}}, read once the sources have
// been filled in (H28).
func (c *Call) attributes(name string, a *Argument) {
	problem := func(why string) { c.Problems = append(c.Problems, Problem{a.Name, why}) }
	spans := a.Spans()
	members, ok := selection.Members(a.Text, 0)
	if !ok {
		problem("it is no JSON object")
		return
	}
	for i, m := range members {
		prefix := name + "." + strconv.Itoa(i+1)
		c.field(prefix+".Name", m.Name, a.Name, cut(spans, m.NameStart+1, m.NameEnd-1, m.Name))
		fields, ok := selection.Members(a.Text, m.Start)
		if !ok {
			problem("the attribute " + m.Name + " is no JSON object with DataType and StringValue")
			continue
		}
		for _, f := range fields {
			switch f.Name {
			case "DataType", "StringValue", "BinaryValue":
			default:
				c.Doubts = append(c.Doubts, "what becomes of "+f.Name+" in the attribute "+m.Name+" is not documented")
				continue
			}
			text, isText := f.Text(a.Text)
			start, end := f.Start, f.End
			if isText {
				start, end = start+1, end-1
			} else {
				c.Doubts = append(c.Doubts, "whether "+f.Name+" of the attribute "+m.Name+" may be anything but a text is not documented")
			}
			c.field(prefix+".Value."+f.Name, text, a.Name, cut(spans, start, end, text))
		}
	}
}

// cut gives the spans of text, which stands in the bytes from start to end of a
// JSON text with these spans. Where escapes moved the bytes, text has one history:
// that of the first source in it.
func cut(spans []vtl.Span, start, end int, text string) []vtl.Span {
	whole := vtl.Span{End: len(text)}
	var list []vtl.Span
	for _, s := range spans {
		if s.End <= start || s.Start >= end {
			continue
		}
		if s.Source != nil && whole.Source == nil {
			whole = s
			whole.Start, whole.End = 0, len(text)
		}
		s.Start, s.End = max(s.Start-start, 0), min(s.End, end)-start
		list = append(list, s)
	}
	if end-start != len(text) {
		list = []vtl.Span{whole}
	}
	return list
}

// Field returns the parameter of the form under that name.
func (c *Call) Field(name string) (string, bool) {
	for i := range c.Form {
		if c.Form[i].Name == name {
			return c.Form[i].Value, true
		}
	}
	return "", false
}

// Body is the form as it is sent, with the history of its bytes.
func (c *Call) Body() (string, []vtl.Span) {
	var b strings.Builder
	var spans []vtl.Span
	fixed := func(text string) {
		start := b.Len()
		b.WriteString(text)
		if n := len(spans); n > 0 && spans[n-1].Source == nil && spans[n-1].URLEncoded == 0 {
			spans[n-1].End = b.Len()
			return
		}
		spans = append(spans, vtl.Span{Start: start, End: b.Len()})
	}
	for i := range c.Form {
		f := &c.Form[i]
		if i > 0 {
			fixed("&")
		}
		fixed(url.QueryEscape(f.Name) + "=")
		for _, s := range f.Spans {
			text := url.QueryEscape(f.Value[s.Start:s.End])
			if s.Source == nil {
				fixed(text)
				continue
			}
			s.Start = b.Len()
			b.WriteString(text)
			s.End = b.Len()
			s.URLEncoded++
			spans = append(spans, s)
		}
	}
	return b.String(), spans
}
