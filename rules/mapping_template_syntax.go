package rules

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text"
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

A directive that touches letters (#elseAction=...) or that is written in capitals is none: it is printed as text, and its branch
is lost without an error. #{else} keeps it apart from what follows.

Repair: mend the place that the finding names, and deploy. The console's Test shows the log at once.`,
	Explains: []walk.ErrorCode{walk.InternalServerError, walk.AccessDenied, walk.UnknownOperation, walk.InvalidAction, walk.MissingParameter},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html"},
	NoFix:    "what a broken part was meant to say is mostly known to its author only; the finding names the place and what was expected",
	When:     reached,
	Check: func(p *diagnose.Pass) {
		m := &p.Trace.Mapping
		if m.SyntaxError == nil && (m.RenderError == nil || m.RenderError.Unknown) {
			if p.Requires(walk.StageMapping) && p.Awkward == "" {
				reportStray(p)
			}
			return
		}
		f := diagnose.Finding{
			Why:   "API Gateway cannot build the request: it answers " + answerOr(p, "500") + " and does not call SQS.",
			Check: diagnose.Say("test the method in the console: the log says \"Unable to transform request\""),
		}
		if e := m.SyntaxError; e != nil {
			f.Message = "the mapping template does not parse: " + e.Error()
			f.Evidence = []diagnose.Evidence{inTemplate(p, lineAt(m.Template, e.Line), e.Line, e.Column)}
			f.Fixes = repaired(p, e.Repair)
		} else {
			f.Message = "the mapping template fails: " + m.RenderError.Error()
			f.Evidence = []diagnose.Evidence{inTemplate(p, lineAt(m.Template, m.RenderError.Line), m.RenderError.Line, m.RenderError.Column)}
		}
		p.ReportAs(f, p.Failed(walk.StageMapping))
	},
}

// reportStray reports directives that are printed as text (T173): the branch or the
// loop that they were to make is not there.
func reportStray(p *diagnose.Pass) {
	template := p.Template()
	if template == nil {
		return
	}
	m := &p.Trace.Mapping
	for _, stray := range template.Problems() {
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  "the mapping template: " + stray.Message,
			Why:      "API Gateway prints it and goes on, so that what it was to decide is not decided.",
			Evidence: []diagnose.Evidence{inTemplate(p, lineAt(m.Template, stray.Line), stray.Line, stray.Column), {Label: "body that SQS receives", Value: excerpt([]byte(p.Expression(string(m.Body))))}},
			Fixes:    repaired(p, &stray.Repair),
		}
		first := p.Trace.FirstFailure()
		if first != nil && (first.Stage == walk.StageProtocol || first.Stage == walk.StageQueue) {
			f.Severity = diagnose.Error
			p.ReportAs(f, first.Failure)
			continue
		}
		p.Report(f)
	}
}

// repaired writes what was evidently meant.
func repaired(p *diagnose.Pass, repair *text.Edit) []diagnose.Fix {
	if repair == nil || repair.Old == repair.New {
		return nil
	}
	edits, err := text.NewEdits(*repair)
	change := p.EditTemplate(edits)
	if err != nil || change == nil {
		return nil
	}
	return []diagnose.Fix{p.Fix("write "+repair.New+from(repair.Old), change)}
}

// lineAt is one line of a template, for evidence.
func lineAt(template string, line int) string {
	lines := strings.Split(template, "\n")
	if line < 1 || line > len(lines) {
		return excerpt([]byte(template))
	}
	return excerpt([]byte(strings.TrimSpace(lines[line-1])))
}
