package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var protocolActionInvalid = diagnose.Rule{
	ID:       "protocol-action-invalid",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	APIs:     templated,
	Title:    "the Action is none that a queue takes",
	Doc: `SQS compares the value of Action with the names of its operations, with regard to case. Anything else is answered
with 400 InvalidAction ("The action ... is not valid for this endpoint"), and so are the actions of the service, CreateQueue and
ListQueues, on the path of a queue.

Repair: spell the action as the API reference does, SendMessage for instance, and deploy the API.`,
	Explains: []walk.ErrorCode{walk.InvalidAction, walk.AccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html"},
	When:     unreadableFor(func(f walk.Faults) bool { return f.Action }),
	Check: func(p *diagnose.Pass) {
		call, named := &p.Trace.Protocol.Call, p.Trace.Protocol.Named
		from := "body"
		f := diagnose.Finding{
			Message: fmt.Sprintf("SQS does not know the action %q", named),
			Why:     "Action names are compared letter by letter.",
			Fixes:   renameAction(p, named),
		}
		switch _, known := call.Operation(); {
		case call.Action == "": // what keeps SQS from reading it is another finding
			f.Codes = []walk.ErrorCode{walk.InvalidAction}
			f.Why += " SQS says so once it can read the form."
		case known:
			f.Message = fmt.Sprintf("the action %s is one of the service, not of the queue in the path", named)
			fallthrough
		default:
			from = call.ActionFrom.String()
		}
		f.Evidence = []diagnose.Evidence{{Label: "Action, from the " + from, Value: named, Origin: p.Trace.Mapping.TemplateAt}, bodyEvidence(p), uriEvidence(p)}
		p.ReportAs(f, p.Failed(walk.StageProtocol))
	},
}

// renameAction replaces the action where it stands: template, query mapping or URI.
func renameAction(p *diagnose.Pass, action string) []diagnose.Fix {
	name := cmp.Or(walk.SimilarAction(action), "SendMessage")
	title := "write the action " + name + " in place of " + action
	m := &p.Trace.Mapping
	var fixes []diagnose.Fix
	for _, form := range []string{"Action=", "action/"} {
		old := form + action
		if m.Rendered != nil && strings.Contains(m.Template, old) {
			fixes = append(fixes, p.Fix(title, p.SetTemplate(strings.Replace(m.Template, old, form+name, 1))))
		}
		if strings.Contains(p.Trace.Signing.URIText, old) {
			fixes = append(fixes, p.Fix(title, setURI(p, strings.Replace(p.Trace.Signing.URIText, old, form+name, 1))))
		}
	}
	if before := mappingOfQuery(p, "Action"); strings.HasPrefix(before, "'") {
		fixes = append(fixes, p.Fix(title, snapshot.SetRequestParameter{On: p.Method(),
			Name: "integration.request.querystring.Action", Before: before, After: "'" + name + "'"}))
	}
	return fixes
}
