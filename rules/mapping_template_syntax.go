package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var mappingTemplateSyntax = diagnose.Rule{
	ID:       "mapping-template-syntax",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the mapping template does not parse or fails",
	Doc: `Mapping templates are not compiled when they are stored: one with a missing #end, an unclosed parenthesis or quote, or a
call that throws is accepted, deployed, and then answers every call with 500 Internal server error. The reason stands in the
execution log only: "Execution failed due to configuration error: Unable to transform request".

Repair: mend the place that the finding names, and deploy. The console's Test shows the log at once.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html"},
	NoFix:    "what the broken part was meant to say is known to its author only; the finding names the place and what was expected",
	Check: func(p *diagnose.Pass) {
		if !p.Reached() {
			p.NotApplicable()
			return
		}
		m := &p.Trace.Mapping
		if m.SyntaxError == nil && (m.RenderError == nil || m.RenderError.Unknown) {
			p.Requires(walk.StageMapping)
			return
		}
		f := diagnose.Finding{
			Why:   "API Gateway cannot build the request: it answers " + answerOr(p, "500") + " and does not call SQS.",
			Check: diagnose.Say("test the method in the console: the log says \"Unable to transform request\""),
		}
		if e := m.SyntaxError; e != nil {
			f.Message = "the mapping template does not parse: " + e.Error()
			f.Evidence = []diagnose.Evidence{inTemplate(p, lineAt(m.Template, e.Line), e.Line, e.Column)}
		} else {
			f.Message = "the mapping template fails: " + m.RenderError.Error()
			f.Evidence = []diagnose.Evidence{inTemplate(p, lineAt(m.Template, m.RenderError.Line), m.RenderError.Line, m.RenderError.Column)}
		}
		p.ReportAs(f, p.Failed(walk.StageMapping))
	},
}

// lineAt is one line of a template, for evidence.
func lineAt(template string, line int) string {
	lines := strings.Split(template, "\n")
	if line < 1 || line > len(lines) {
		return excerpt([]byte(template))
	}
	return excerpt([]byte(strings.TrimSpace(lines[line-1])))
}
