package rules

import (
	"fmt"
	"regexp"
	"strings"

	"apisqs-doctor/diagnose"
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
	Check: func(p *diagnose.Pass) {
		if !unreadableFor(p, func(f walk.Faults) bool { return f.Document }) {
			return
		}
		if p.Awkward != "" && p.Trace.Mapping.Rendered == nil {
			return // the client speaks to SQS itself
		}
		if p.Trace.Protocol.Protocol != "json" {
			p.NotApplicable()
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
			Check:    p.Curl(p.Trace.Request),
		}
		if p.Trace.Mapping.Rendered == nil {
			f.Message = fmt.Sprintf("the client's body is passed on and is no valid document of the JSON protocol: %s", detail)
		}
		p.ReportAs(f, p.Failed(walk.StageProtocol))
	},
}

// documentFixes escape the client's data where the template puts it.
func documentFixes(p *diagnose.Pass) []diagnose.Fix {
	m := &p.Trace.Mapping
	if m.Rendered == nil {
		return nil
	}
	var fixes []diagnose.Fix
	try := func(title string, edits []edit) {
		if text, ok := edited(m.Template, edits); ok {
			fixes = append(fixes, mendedDocument(p, title, text)...)
		}
	}
	fixes = append(fixes, mendedDocument(p, "take the surplus commas out", surplusCommaRE.ReplaceAllString(m.Template, "$1"))...)
	if refusal := p.Trace.Protocol.Refusal; refusal != nil {
		if at := jsonMember(m.Template, refusal.Parameter); at != nil && !strings.Contains(m.Template[at[2]:at[3]], "$") {
			value := m.Template[at[2]:at[3]]
			other := strings.Trim(value, `"`)
			if other == value {
				other = `"` + value + `"`
			}
			fixes = append(fixes, mendedDocument(p, "write "+refusal.Parameter+" as "+other, m.Template[:at[2]]+other+m.Template[at[3]:])...)
		}
	}
	var inQuotes, bare, repaired []edit
	for _, span := range m.Spans {
		if !walk.FromTheClient(span) || span.Printed == "" {
			continue
		}
		at := edit{reference: span.Printed, line: span.PrintedLine, column: span.PrintedColumn}
		inner := plainReference(span.Printed)
		if strings.Contains(inner, "escapeJavaScript") {
			at.by = inner + apostrophes
			repaired = append(repaired, at)
			continue
		}
		at.by = "$util.escapeJavaScript(" + inner + ")" + apostrophes
		inQuotes = append(inQuotes, at)
		at.by = `"` + at.by + `"`
		bare = append(bare, at)
	}
	try("escape the client's data", append(inQuotes, repaired...))
	try("write the client's data as a JSON string", append(bare, repaired...))
	return fixes
}

// apostrophes repairs what $util.escapeJavaScript makes of them (T139).
const apostrophes = `.replaceAll("\\'","'")`

var surplusCommaRE = regexp.MustCompile(`,(\s*[}\]])`)

// mendedDocument offers a template if SQS can read what it renders.
func mendedDocument(p *diagnose.Pass, title, template string) []diagnose.Fix {
	if template == p.Trace.Mapping.Template {
		return nil
	}
	fix := p.Fix(title, setTemplate(p, template))
	if after := p.Walk(p.Trace.Request, fix.Changes...); after == nil || after.Protocol.Faults.Document {
		return nil
	}
	return []diagnose.Fix{fix}
}
