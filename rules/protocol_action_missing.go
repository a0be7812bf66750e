package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var protocolActionMissing = diagnose.Rule{
	ID:       "protocol-action-missing",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the call names no Action",
	Doc: `The query protocol takes the action from the parameter Action, in the form that is the body or in the query string.
A template that renders without it, a JSON document with a member "Action", or a GET with an empty query string names none. The
AWS article lists this under UnknownOperationException; reports show that a form without a readable Action is answered with 403
AccessDenied ("Access to the resource ... is denied"), which is easily taken for a missing permission.

Repair: begin the template with Action=SendMessage& (or the action that is wanted), or map
integration.request.querystring.Action to 'SendMessage'. Then deploy the API.`,
	Explains: []walk.ErrorCode{walk.UnknownOperation, walk.AccessDenied, walk.MalformedQuery},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html",
	},
	When: unreadableFor(func(f walk.Faults) bool { return f.NoAction }),
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Protocol.Request
		if p.Awkward != "" && p.Trace.Mapping.Rendered == nil {
			return // what another client sends is mapping-template-missing
		}
		message := "the call names no Action: its body is empty, and so is its query string"
		switch {
		case len(r.Body) > 0:
			message = fmt.Sprintf("the call names no Action: SQS receives %q", excerpt([]byte(p.Expression(string(r.Body)))))
		case r.RawQuery != "":
			message = fmt.Sprintf("the call names no Action: SQS receives the query string %q", excerpt([]byte(p.Expression(r.RawQuery))))
		}
		p.ReportAs(diagnose.Finding{
			Message:  message,
			Why:      "SQS finds no operation; for a form without a readable Action it may also say AccessDenied, whatever the role may do.",
			Evidence: []diagnose.Evidence{bodyEvidence(p), uriEvidence(p)},
			Fixes:    actionFixes(p),
		}, p.Failed(walk.StageProtocol))
	},
}

// actionFixes give the call an Action: in front of a form, in the query string,
// or with a template that sends the client's body.
func actionFixes(p *diagnose.Pass) []diagnose.Fix {
	m := &p.Trace.Mapping
	action := cmp.Or(p.Trace.Protocol.Action, "SendMessage")
	var fixes []diagnose.Fix
	isDocument := strings.HasPrefix(strings.TrimSpace(string(m.Body)), "{")
	if m.Rendered != nil && !isDocument && p.Trace.Signing.Method == "POST" {
		join := "&"
		if len(m.Body) == 0 {
			join = ""
		}
		fixes = append(fixes, p.Fix("begin the template with Action="+action, p.SetTemplate("Action="+action+join+strings.TrimLeft(m.Template, " \t\r\n&"))))
	}
	fixes = append(fixes, p.Fix("send Action="+action+" in the query string", snapshot.SetRequestParameter{On: p.Method(),
		Name: "integration.request.querystring.Action", Before: mappingOfQuery(p, "Action"), After: "'" + action + "'"}))
	if m.Rendered != nil && p.Trace.Signing.Method == "POST" {
		changes := append([]snapshot.Change{p.SetTemplate(sendTemplate(p))}, announceForm(p)...)
		fix := p.Fix("replace the template by "+sendTemplate(p)+": the client's body is the message", changes...)
		fix.Choice = "what the present template makes of the body is lost"
		if isFIFO(p) {
			fix.Risk = ownGroupRisk
		}
		fixes = append(fixes, fix)
	}
	return fixes
}

// mappingOfQuery is the mapping expression of a query parameter.
func mappingOfQuery(p *diagnose.Pass, name string) string {
	for _, q := range p.Trace.Mapping.Query {
		if q.Name == name {
			return q.Expression
		}
	}
	return ""
}
