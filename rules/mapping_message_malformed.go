package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var mappingMessageMalformed = diagnose.Rule{
	ID:       "mapping-message-malformed",
	Stage:    walk.StageMapping,
	Severity: diagnose.Warning,
	APIs:     templated,
	Title:    "the message is meant to be JSON and is none, or holds nothing of the body",
	Doc: `A template that builds JSON by hand joins texts, and nobody checks the result: SQS takes any text as a message: there
is no error, the client gets 200, and the consumer fails. The usual causes are a text printed without quotes ({"id": $input.path('$.id')}), a member that
the client left out, a quote or a line end in the client's text, and a comma too many. A message "" or {} comes of a path that
leads nowhere.

Repair: print members with $input.json('$.x'), which brings its own quotes and escapes, or put a text between quotes through
$util.escapeJavaScript(...).replaceAll("\\'","'").`,
	Refs: []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html"},
	When: judges(walk.StageMapping),
	Check: func(p *diagnose.Pass) {
		bad := p.Trace.Queue.Malformed
		if bad == nil {
			return
		}
		f := diagnose.Finding{
			Message:  "the message is meant to be JSON and is none: " + bad.Problem,
			Why:      "SQS takes any text, so that the client gets 200; the consumer cannot read the message.",
			Evidence: []diagnose.Evidence{{Label: "message", Value: excerpt([]byte(bad.Near))}},
		}
		if bad.Lost {
			f.Message, f.Why = bad.Problem, "What the template reads is not there, so that the consumer gets a message without content."
		}
		if bad.Line > 0 {
			f.Evidence = append([]diagnose.Evidence{inTemplate(p, cmp.Or(bad.Reference, "none"), bad.Line, bad.Column)}, f.Evidence...)
		}
		if fix, ok := asValue(p, bad); ok {
			f.Fixes = []diagnose.Fix{fix}
		}
		p.Report(f)
	},
}

// asValue prints what the reference reads as JSON does: with quotes and escapes of
// its own, or escaped between the quotes that stand there.
func asValue(p *diagnose.Pass, bad *walk.Malformed) (diagnose.Fix, bool) {
	m := pathCallRE.FindStringSubmatch(bad.Reference)
	template := p.Template()
	if m == nil || bad.Lost || template == nil {
		return diagnose.Fix{}, false
	}
	by := asJSON(m[2] + m[3])
	if bad.Quoted {
		by = fmt.Sprintf(`$util.escapeJavaScript(%s).replaceAll("\\'","'")`, strings.TrimSpace(bad.Reference))
	}
	edits, ok := template.ReplaceReference(bad.Line, bad.Column, by)
	change := p.EditTemplate(edits)
	if !ok || change == nil {
		return diagnose.Fix{}, false
	}
	return p.Fix("write "+by+" in place of "+strings.TrimSpace(bad.Reference)+": the message is JSON then", change), true
}
