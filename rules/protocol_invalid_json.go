package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var protocolInvalidJSON = diagnose.Rule{
	ID:       "protocol-invalid-json",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the JSON document that SQS receives is invalid",
	Doc: `In the JSON protocol the body must be one JSON object whose members have the types of the service model: QueueUrl and
MessageBody are strings, DelaySeconds is a number. Client data pasted between quotes ("MessageBody": "$input.body") ends the
string at its first quotation mark; a document without quotes ("MessageBody": $input.json('$')) is an object where a string
belongs; $util.escapeJavaScript alone turns an apostrophe into \', which is no JSON. SQS answers 400 SerializationException.

Repair: "MessageBody": "$util.escapeJavaScript($input.body).replaceAll("\\'","'")".`,
	Explains: []walk.ErrorCode{walk.Serialization, walk.MissingParameter},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html",
	},
	When: unreadableFor(func(f walk.Faults) bool { return f.Document }),
	Check: func(p *diagnose.Pass) {
		if p.Awkward != "" && p.Trace.Mapping.Rendered == nil {
			return // the client speaks to SQS itself
		}
		if p.Trace.Protocol.Protocol != "json" {
			reportBrokenDocument(p)
			return
		}
		call := &p.Trace.Protocol.Call
		detail := ""
		switch {
		case call.Failure != nil && call.Intended != nil:
			detail, _, _ = strings.Cut(call.Intended.Why, "; its readable part")
		case p.Trace.Protocol.Refusal != nil:
			detail = p.Trace.Protocol.Refusal.Message
			if at := p.Trace.Protocol.Refusal.Parameter; at != "" {
				detail = at + ": " + detail
			}
		}
		f := diagnose.Finding{
			Message:  "the body is no valid document of the JSON protocol: " + detail,
			Why:      "SQS parses the body before it looks at anything else, and answers SerializationException.",
			Evidence: []diagnose.Evidence{bodyEvidence(p)},
			Fixes:    documentFixes(p),
		}
		if p.Trace.Mapping.Rendered == nil {
			f.Message = fmt.Sprintf("the client's body is passed on and is no valid document of the JSON protocol: %s", detail)
		}
		p.ReportAs(f, p.Failed(walk.StageProtocol))
	},
}

// documentFixes escape the client's data where the template puts it.
func documentFixes(p *diagnose.Pass) []diagnose.Fix {
	m, t := &p.Trace.Mapping, p.Template()
	if t == nil {
		return nil
	}
	var fixes []diagnose.Fix
	try := func(title string, edits ...text.Edits) {
		if change := p.EditTemplate(edits...); change != nil {
			fixes = append(fixes, mendedDocument(p, title, change)...)
		}
	}
	commas, _ := t.RemoveSurplusCommas()
	try("take the surplus commas out", commas)
	if refusal := p.Trace.Protocol.Refusal; refusal != nil {
		if at, ok := t.Member(refusal.Parameter); ok && !strings.Contains(m.Template[at.ValueStart:at.End], "$") {
			value := m.Template[at.ValueStart:at.End]
			other := strings.Trim(value, `"`)
			if other == value {
				other = `"` + value + `"`
			}
			edits, _ := t.SetMember(refusal.Parameter, other)
			try("write "+refusal.Parameter+" as "+other, edits)
		}
	}
	var inQuotes, bare []text.Edits
	var inQuotesOf, bareOf []walk.Span
	for _, span := range m.Spans {
		if !walk.FromTheClient(span) || span.Printed == "" {
			continue
		}
		if e, ok := t.EscapeReference(span.PrintedLine, span.PrintedColumn, false); ok {
			inQuotes, inQuotesOf = append(inQuotes, e), append(inQuotesOf, span)
		}
		if e, ok := t.EscapeReference(span.PrintedLine, span.PrintedColumn, true); ok {
			bare, bareOf = append(bare, e), append(bareOf, span)
		}
	}
	try("escape "+references(inQuotesOf)+" with $util.escapeJavaScript", inQuotes...)
	try("write "+references(bareOf)+" as a JSON string: in quotes, with $util.escapeJavaScript", bare...)
	return fixes
}

// mendedDocument offers a change of the template if SQS can read what it renders.
func mendedDocument(p *diagnose.Pass, title string, change snapshot.Change) []diagnose.Fix {
	fix := p.Fix(title, change)
	if after := p.Walk(p.Trace.Request, fix.Changes...); after == nil || after.Protocol.Faults.Document {
		return nil
	}
	return []diagnose.Fix{fix}
}

// reportBrokenDocument reports a document that SQS does not come to read, since nothing
// announces it.
func reportBrokenDocument(p *diagnose.Pass) {
	problem := walk.BrokenDocument(string(p.Trace.Mapping.Body))
	if problem == "" {
		p.NotApplicable()
		return
	}
	p.Report(diagnose.Finding{
		Codes:    []walk.ErrorCode{walk.Serialization},
		Message:  "the body is no valid document of the JSON protocol: " + problem,
		Why:      "SQS answers SerializationException once the headers of the JSON protocol are sent.",
		Evidence: []diagnose.Evidence{bodyEvidence(p)},
	})
}
