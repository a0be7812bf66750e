package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var mappingBodyNotEncoded = diagnose.Rule{
	ID:       "mapping-body-not-encoded",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "client data reaches the form without URL-encoding",
	Doc: `In the query protocol the body is a form: "&" ends a parameter, "%" and "+" are decoded. A template that puts
$input.body, $input.json(...), $input.params(...) or a variable made of them into the form as it is works for plain text, and
then breaks on the first "&": when no name=value follows, SQS answers 403 AccessDenied (or MalformedQueryString), although no
permission is missing; when one follows, SQS answers 200, the message is cut at the "&", and what follows is a parameter of its
own. A client can so choose SQS parameters that were not meant for it, such as DelaySeconds or MessageGroupId.

Repair: $util.urlEncode(...) around the client's data, once.`,
	Explains: []walk.ErrorCode{walk.AccessDenied, walk.MalformedQuery, walk.InvalidParameter, walk.MissingParameter},
	Article:  true,
	Refs: []string{
		"https://repost.aws/knowledge-center/api-gateway-rest-api-sqs-errors",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html",
	},
	When: all(judges(walk.StageMapping), sendsForm),
	Check: func(p *diagnose.Pass) {
		raw := unencoded(&p.Trace.Mapping)
		if len(raw) == 0 {
			return
		}
		harm := provoke(p, raw)
		mended := encodings(p, raw)
		failure := spoilt(p, mended)
		if failure == nil && p.Trace.Queue.Altered == "" && harm.said == "" {
			return // whatever the client sends, nothing of it can leave its parameter
		}
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  agree(raw, "reaches", "reach") + " the form without URL-encoding",
			Why:      "SQS ends a form parameter at \"&\" and decodes \"%\" and \"+\". " + harm.said,
			Check:    harm.check,
		}
		for _, s := range raw {
			f.Evidence = append(f.Evidence, inTemplate(p, s.Reference, s.Line, s.Column))
		}
		f.Evidence = append(f.Evidence, harm.evidence...)
		// An object printed as {a=b} alters the message by itself, encoded or not;
		// mapping-object-as-map says so.
		asMap := slices.ContainsFunc(raw, func(s walk.Span) bool { return s.JavaMap })
		if altered := p.Trace.Queue.Altered; failure != nil || altered != "" && !asMap {
			f.Severity = diagnose.Error
			f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body))))})
			if altered != "" {
				f.Why += " In this call " + altered + "."
			}
		}
		if mended != "" {
			f.Fixes = []diagnose.Fix{p.Fix("URL-encode "+references(raw)+" in the template, with $util.urlEncode", p.SetTemplate(mended))}
		}
		p.ReportAs(f, failure)
	},
}

// unencoded lists the pieces of a form that hold the client's data as it came,
// one for each reference.
func unencoded(m *walk.Mapping) []walk.Span {
	var list []walk.Span
	for _, s := range m.Spans {
		if !walk.FromTheClient(s) || s.URLEncoded > 0 || s.Start == s.End {
			continue
		}
		if !slices.ContainsFunc(list, func(t walk.Span) bool { return sameReference(s, t) }) {
			list = append(list, s)
		}
	}
	return list
}

func sameReference(a, b walk.Span) bool {
	return a.Reference == b.Reference && a.Line == b.Line && a.Column == b.Column &&
		a.Printed == b.Printed && a.PrintedLine == b.PrintedLine && a.PrintedColumn == b.PrintedColumn
}

// agree says of what was read what one of them does, or several do.
func agree(spans []walk.Span, one, several string) string {
	s := references(spans)
	if slices.ContainsFunc(spans, func(x walk.Span) bool { return x.Reference != spans[0].Reference }) {
		return s + " " + several
	}
	return s + " " + one
}

// references names what was read, each once. Of many it names the first; the evidence
// has all.
func references(spans []walk.Span) string {
	var names []string
	for _, s := range spans {
		if !slices.Contains(names, s.Reference) {
			names = append(names, s.Reference)
		}
	}
	if len(names) > 4 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" (of %d references, all in the evidence)", len(names))
	}
	return strings.Join(names, ", ")
}

// spoilt is the failure of this very call that comes from the client's data:
// with the data encoded the call gets further. Where no such template is known,
// a form that SQS cannot read is blamed on data with the characters that a form
// reads.
func spoilt(p *diagnose.Pass, mended string) *walk.Failure {
	first := p.Trace.FirstFailure()
	if first == nil || first.Stage != walk.StageProtocol && first.Stage != walk.StageQueue || !strings.ContainsAny(clientText(p), "&%+") {
		return nil
	}
	if mended == "" {
		if p.Trace.Protocol.Call.Failure != nil {
			return first.Failure
		}
		return nil
	}
	if further(first, p.Walk(p.Trace.Request, p.SetTemplate(mended))) {
		return first.Failure
	}
	return nil
}

// clientText is what of the body came from the client as it was.
func clientText(p *diagnose.Pass) string {
	var b strings.Builder
	for _, s := range p.Trace.Mapping.Spans {
		if walk.FromTheClient(s) && s.URLEncoded == 0 {
			b.Write(p.Trace.Mapping.Body[s.Start:s.End])
		}
	}
	return b.String()
}

// harm is what a client's data can do to the form.
type harm struct {
	said     string
	check    diagnose.Verification
	evidence []diagnose.Evidence
}

// Texts that a client may send: an ampersand in prose, one that starts a
// parameter, and characters that a form decodes.
const (
	proseProbe     = " & more"
	parameterProbe = "&DelaySeconds=900&x="
	groupProbe     = "&MessageGroupId=x&x="
	actionProbe    = "&Action=PurgeQueue&x="
	fieldProbe     = "&b=2"
	decodedProbe   = " 1+1=100%25"
)

// provoke sends such texts through the integration and sees what SQS makes of
// them.
func provoke(p *diagnose.Pass, raw []walk.Span) harm {
	h := harm{check: diagnose.NoCheck}
	for _, source := range sources(raw) {
		request := p.Extended(source, proseProbe)
		prose := p.Walk(request)
		if !admitted(prose) || !strings.Contains(string(prose.Mapping.Body), proseProbe) {
			if t := p.Walk(p.Extended(source, decodedProbe)); h.said == "" && admitted(t) && strings.Contains(string(t.Mapping.Body), decodedProbe) {
				h.said = "A \"+\" that a client sends arrives as a blank, and \"%25\" as \"%\"."
				h.check = p.Curl(p.Extended(source, decodedProbe))
			}
			continue
		}
		h.check = p.Curl(request)
		h.said = outcomeOfProse(prose)
		if fields := p.Walk(p.Extended(source, fieldProbe)); ofForms(p) && admitted(fields) && fields.Step(walk.StageProtocol).Failure == nil {
			h.said = "A form of several fields, such as a=1&b=2, is cut at the first \"&\" without an error."
		}
		chosen, probe := chosenParameters(p, source)
		if len(chosen) > 0 {
			h.said += fmt.Sprintf(" With %q behind it a client cuts the message there and sets %s itself", probe, chosen[0])
			if len(chosen) > 1 {
				h.said += ", and so it can set " + strings.Join(chosen[1:], " and ")
			}
			h.said += "."
			h.evidence = append(h.evidence, diagnose.Evidence{Label: "SQS parameters that a client can set", Value: strings.Join(chosen, ", ")})
		}
		return h
	}
	return h
}

// ofForms tells whether the client sends forms.
func ofForms(p *diagnose.Pass) bool {
	return strings.HasPrefix(strings.ToLower(p.Trace.Mapping.ContentType), "application/x-www-form-urlencoded")
}

// admitted tells whether a call gets as far as the integration: one that the
// request validator refuses proves nothing about the template (T176).
func admitted(t *walk.Trace) bool {
	return t != nil && t.Step(walk.StageRoute).Status != walk.Failed
}

// outcomeOfProse says what happens to an ampersand in ordinary text.
func outcomeOfProse(t *walk.Trace) string {
	if failure := t.Step(walk.StageProtocol).Failure; failure != nil {
		return fmt.Sprintf("A client that sends \"&\" in its text gets %s from SQS: the form cannot be read.", failure.Code)
	}
	return "A client that sends \"&\" in its text loses what follows it."
}

// chosenParameters lists the parameters that a client's text can add, and gives the
// text that adds the first.
func chosenParameters(p *diagnose.Pass, source string) (chosen []string, first string) {
	for _, probe := range []string{parameterProbe, groupProbe, actionProbe} {
		name, value, _ := strings.Cut(strings.TrimSuffix(probe[1:], "&x="), "=")
		t := p.Walk(p.Extended(source, probe))
		if !admitted(t) || !strings.Contains(string(t.Mapping.Body), probe) {
			continue
		}
		if given, ok := t.Protocol.Effective().Param(name); ok && given.Value == value {
			if chosen = append(chosen, name); len(chosen) == 1 {
				first = strings.TrimSuffix(probe, "&x=")
			}
		}
	}
	return chosen, first
}

// sources lists the parts of the client's call that reach the form.
func sources(raw []walk.Span) []string {
	var list []string
	for _, s := range raw {
		for _, source := range s.Source {
			if place, _, _ := strings.Cut(source, ":"); place != "context" && place != "stageVariable" && !slices.Contains(list, source) {
				list = append(list, source)
			}
		}
	}
	return list
}

// encodings is the template with the client's data encoded, where it is printed
// or where it is read, whichever makes a form that SQS reads; empty when neither
// does.
func encodings(p *diagnose.Pass, raw []walk.Span) string {
	t := p.Template()
	if t == nil {
		return ""
	}
	var printed, read []text.Edits
	for _, s := range raw {
		if e, ok := t.EncodeReference(s.PrintedLine, s.PrintedColumn); ok {
			printed = append(printed, e)
		}
		if e, ok := t.EncodeReference(s.Line, s.Column); ok {
			read = append(read, e)
		}
	}
	for _, edits := range [][]text.Edits{printed, read} {
		if change, ok := p.EditTemplate(edits...).(snapshot.SetTemplate); ok {
			if t := p.Walk(p.Trace.Request, change); t != nil && t.SendsForm() && len(unencoded(&t.Mapping)) == 0 && !unreadable(t) {
				return change.After
			}
		}
	}
	return ""
}

// unreadable tells whether SQS cannot read the call, so that an edit of the
// template has spoilt it.
func unreadable(t *walk.Trace) bool {
	intended := t.Protocol.Call.Intended
	return t.Mapping.Rendered == nil || t.Protocol.Call.Failure != nil && (intended == nil || !intended.Certain)
}
