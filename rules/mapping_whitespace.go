package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingWhitespace = diagnose.Rule{
	ID:       "mapping-whitespace",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "white space of the template stands around the form's parameters",
	Doc: `API Gateway trims the text of a template, not what it renders. Blank lines that directives leave behind, indentation and line
ends between parameters become part of the parameter names and values: a blank before Action makes a parameter that is not called
Action, and SQS answers 403 AccessDenied although no permission is missing; "SendMessage" with a line feed behind it is no known
action. A line that holds only a #set leaves nothing behind, an indented directive does.

Repair: write the form on one line, or end each line with ## and start the next one without indentation.`,
	Explains: []walk.ErrorCode{walk.AccessDenied, walk.UnknownOperation, walk.InvalidAction, walk.MissingParameter, walk.InvalidParameter, walk.NonExistentQueue, walk.InvalidAddress},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html"},
	When:     all(judges(walk.StageMapping), sendsForm),
	Check: func(p *diagnose.Pass) {
		blanks := strayBlanks(&p.Trace.Mapping)
		if len(blanks) == 0 {
			return
		}
		f := diagnose.Finding{
			Severity: diagnose.Warning,
			Message:  "white space stands " + strings.Join(blanks, ", "),
			Why:      "SQS takes white space in a form as part of the name or value that it touches.",
			Evidence: []diagnose.Evidence{
				{Label: "mapping template " + p.Trace.Mapping.Choice.Key, Value: excerpt([]byte(p.Trace.Mapping.Template)), Origin: p.Trace.Mapping.TemplateAt},
				{Label: "body that SQS receives", Value: fmt.Sprintf("%q", excerpt([]byte(p.Expression(string(p.Trace.Mapping.Body)))))},
			},
			Check: diagnose.Say("test the method in the console: the log shows the body as \"Endpoint request body after transformations\""),
		}
		tight, mended := tightened(p)
		if mended != nil {
			f.Fixes = []diagnose.Fix{p.Fix("take the white space around the form's parameters out of the template", p.SetTemplate(tight))}
		}
		failure := culprit(p, mended)
		if failure != nil || p.Trace.Queue.Altered != "" && mended != nil && mended.Queue.Altered == "" {
			f.Severity = diagnose.Error
		}
		p.ReportAs(f, failure)
	},
}

// culprit is the failure of this call that is gone once the white space is.
func culprit(p *diagnose.Pass, mended *walk.Trace) *walk.Failure {
	first := p.Trace.FirstFailure()
	if first == nil || first.Stage != walk.StageProtocol && first.Stage != walk.StageQueue {
		return nil
	}
	if mended == nil {
		return first.Failure
	}
	if then := mended.FirstFailure(); then == nil || then.Later(first) || then.Failure.Code != first.Failure.Code {
		return first.Failure
	}
	return nil
}

// strayBlanks says where white space that the template wrote touches a name or a
// value of the form.
func strayBlanks(m *walk.Mapping) []string {
	const most = 4
	var list []string
	written := func(at int) bool {
		for _, s := range m.Spans {
			if at >= s.Start && at < s.End {
				return s.Origin == walk.FromTemplate && s.URLEncoded == 0
			}
		}
		return false
	}
	blank := func(at int) bool { return strings.IndexByte(" \t\r\n", m.Body[at]) >= 0 && written(at) }
	for _, f := range m.Form() {
		if len(list) == most {
			break
		}
		name := strings.TrimSpace(string(m.Body[f.Start:f.NameEnd]))
		switch {
		case f.Start < f.NameEnd && (blank(f.Start) || blank(f.NameEnd-1)):
			list = append(list, fmt.Sprintf("before or behind the name %q", brief(name)))
		case f.ValueStart < f.End && blank(f.ValueStart):
			list = append(list, fmt.Sprintf("before the value of %q", brief(name)))
		case f.ValueStart < f.End && blank(f.End-1):
			list = append(list, fmt.Sprintf("behind the value of %q", brief(name)))
		}
	}
	return list
}

// tightened is the template without the white space that it writes into the form,
// and the walk that shows it works; nil when that does not help.
func tightened(p *diagnose.Pass) (string, *walk.Trace) {
	template := p.Template()
	if template == nil {
		return "", nil
	}
	edits, _ := template.TrimBlanks()
	change, ok := p.EditTemplate(edits).(snapshot.SetTemplate)
	if !ok {
		return "", nil
	}
	t := p.Walk(p.Trace.Request, change)
	if t == nil || !t.Mapping.BodyKnown || !t.SendsForm() || len(strayBlanks(&t.Mapping)) > 0 {
		return "", nil
	}
	return change.After, t
}
