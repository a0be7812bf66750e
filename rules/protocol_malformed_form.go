package rules

import (
	"fmt"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var protocolMalformedForm = diagnose.Rule{
	ID:       "protocol-malformed-form",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the template's own text is no well-formed form",
	Doc: `A form is a list of name=value, joined by '&', in which '%' begins an escape of two hexadecimal digits. Text of the
template that breaks this, such as a parameter without '=' or a bare '%', makes SQS refuse the whole call: 403 AccessDenied,
with the same words as for a missing permission, or MalformedQueryString. (Client data that breaks the form is
mapping-body-not-encoded.)

Repair: write every parameter as Name=value, with values encoded ("100%25" for "100%").`,
	Explains: []walk.ErrorCode{walk.AccessDenied, walk.MalformedQuery},
	Refs:     []string{refArticle, "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html"},
	When:     unreadableFor(func(f walk.Faults) bool { return f.BrokenText }),
	Check: func(p *diagnose.Pass) {
		p.ReportAs(diagnose.Finding{
			Message:  fmt.Sprintf("the form that the template writes is malformed: SQS receives %q", excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body))))),
			Why:      "A part without '=' or a broken percent escape makes the form unreadable to SQS.",
			Evidence: []diagnose.Evidence{bodyEvidence(p), {Label: "mapping template", Value: excerpt([]byte(p.Trace.Mapping.Template)), Origin: p.Trace.Mapping.TemplateAt}},
			Fixes:    formFixes(p),
		}, p.Failed(walk.StageProtocol))
	},
}

// formFixes take parts without '=' out of the template, and encode bare '%'.
func formFixes(p *diagnose.Pass) []diagnose.Fix {
	template := p.Trace.Mapping.Template
	var kept, bare []string
	for _, part := range strings.Split(template, "&") {
		if strings.Contains(part, "=") || strings.Contains(part, "$") || strings.Contains(part, "#") {
			kept = append(kept, part)
		} else {
			bare = append(bare, strconv.Quote(part))
		}
	}
	without := strings.Join(kept, "&")
	var fixes []diagnose.Fix
	if without != template {
		fixes = append(fixes, p.Fix("take "+strings.Join(bare, " and ")+", which has no '=', out of the template", p.SetTemplate(without)))
	}
	if escaped := escapePercent(template); escaped != template {
		fixes = append(fixes, p.Fix("write '%' as %25 in the template", p.SetTemplate(escaped)))
	}
	return fixes
}

// escapePercent writes every '%' that begins no escape as "%25".
func escapePercent(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteByte(text[i])
		if text[i] == '%' && (i+2 >= len(text) || !hexDigit(text[i+1]) || !hexDigit(text[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
}

func hexDigit(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
