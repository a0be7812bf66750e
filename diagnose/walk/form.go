package walk

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
)

// FromTemplate is the origin of a Span that the template itself wrote.
const FromTemplate = vtl.OriginTemplate

// Reasons of an EmptyReference, under the names that rules use.
const (
	UndefinedVariable   = vtl.UndefinedVariable
	AbsentClientValue   = vtl.AbsentClientValue
	UnknownMethod       = vtl.UnknownMethod
	EmptyText           = vtl.EmptyText
	AbsentStageVariable = vtl.AbsentStageVariable
	AbsentContextValue  = vtl.AbsentContextValue
)

// InArgument is the position of an empty reference inside the arguments of a call.
const InArgument = vtl.InArgument

// FormField is one name=value of a form body, as offsets into it. A part
// without an equals sign has ValueStart equal to End and no name of its own.
type FormField struct {
	Start, NameEnd, ValueStart, End int
}

// SendsForm tells whether a mapping template makes a form of the query protocol
// that is meant to carry SQS's parameters in the body, be it announced as a form
// or not.
func (t *Trace) SendsForm() bool {
	if t.Mapping.Rendered == nil || t.Protocol.Effective().Protocol != sqs.ProtocolQuery {
		return false
	}
	for i := range t.Protocol.Effective().Params {
		if t.Protocol.Effective().Params[i].From == sqs.FromBody {
			return true
		}
	}
	return false
}

// Form takes the body apart at its ampersands.
func (m *Mapping) Form() []FormField {
	var fields []FormField
	for start := 0; start <= len(m.Body); {
		end := len(m.Body)
		if i := bytes.IndexByte(m.Body[start:], '&'); i >= 0 {
			end = start + i
		}
		f := FormField{start, end, end, end}
		if i := bytes.IndexByte(m.Body[start:end], '='); i >= 0 {
			f.NameEnd, f.ValueStart = start+i, start+i+1
		}
		fields = append(fields, f)
		start = end + 1
	}
	return fields
}

// FromTheClient tells whether a piece of text holds the client's data.
func FromTheClient(s Span) bool { return s.Origin == vtl.OriginClient || s.Origin == vtl.OriginMixed }

// Blanks lists the references of the template that printed nothing though
// something is meant to stand there: not $!quiet ones, not variables that the
// template sets in a branch which this request did not take, and not calls that
// stand on a line of their own.
func (m *Mapping) Blanks() []EmptyReference {
	if m.Rendered == nil {
		return nil
	}
	var list []EmptyReference
	for _, e := range m.Rendered.Empty {
		if !e.Quiet && e.Reason != vtl.UnsetVariable && e.Reason != vtl.EmptyText && !m.standsAlone(e) {
			list = append(list, e)
		}
	}
	return list
}

// MayBeThere tells a reference to a member of $context that AWS documents: it is
// empty for this call, and need not be for others. What an authorizer hands on is
// empty only where there is none.
func (t *Trace) MayBeThere(e EmptyReference) bool {
	name, ok := strings.CutPrefix(e.Subject, "context ")
	if !ok || e.Reason != vtl.AbsentContextValue {
		return false
	}
	return rest.DocumentedContext(name) || kindOf(t.Route.API).unrecorded(name)
}

// MisspeltParameters are the parameters that SQS drops because it spells them otherwise.
func (t *Trace) MisspeltParameters() []sqs.Misspelt { return t.Protocol.Effective().Misspelt() }

// standsAlone tells a reference that has its line for itself: it is called for
// its effect, and its nothing leaves at most a blank line.
func (m *Mapping) standsAlone(e EmptyReference) bool {
	line, _ := lineOf(m.Template, e.Line)
	return strings.TrimSpace(line) == e.Reference && strings.Contains(e.Reference, "(") && len(strings.TrimSpace(m.Template)) > len(e.Reference)
}

// lineOf returns the line with the number and the offset at which it starts.
func lineOf(text string, line int) (string, int) {
	at := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return "", len(text)
		}
		at += i + 1
	}
	rest := text[at:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return rest, at
}

// MeantMapping is the mapping that one which AWS does not store was evidently
// meant to be; the name is empty when that cannot be told.
func MeantMapping(name, expression string) (meantName, meantExpression string) {
	dest, source := rest.Meant(name, expression)
	if dest.Name != "" {
		meantName = "integration.request." + dest.Place + "." + dest.Name
	}
	return meantName, source.Source()
}

// MeantRouteKey is the route key of an HTTP API that a malformed one was evidently
// meant to be; empty when that cannot be told.
func MeantRouteKey(key string) string { return http.MeantRouteKey(key) }

// MappingNeeds is the declaration on the method that a mapping expression needs;
// empty when it needs none.
func MappingNeeds(expression string) string {
	e, err := rest.ParseExpression(expression)
	if err != nil {
		return ""
	}
	return e.Declaration()
}

// mangled says what the template itself does to the client's data on its way
// into the message: an object printed as {a=b}, or encoding that nobody takes off.
func (w *reading) mangled(message string) string {
	m := w.Mapping
	if m.Rendered == nil {
		return ""
	}
	for _, s := range m.Spans {
		if s.JavaMap && FromTheClient(s) && slices.Contains(s.Source, "body") {
			return fmt.Sprintf("an object of the client's body arrives as %q", trimWord(unescape(string(m.Body[s.Start:s.End]), s.URLEncoded), 60))
		}
	}
	if w.Protocol.Effective().Protocol == sqs.ProtocolJSON && message != m.Payload && unescape(message, 1) == m.Payload {
		return fmt.Sprintf("the message arrives percent-encoded: %q", trimWord(message, 60))
	}
	return ""
}
