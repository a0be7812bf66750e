package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var protocolTargetFromClient = diagnose.Rule{
	ID:       "protocol-target-from-client",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Warning,
	Title:    "the caller picks the operation",
	Doc: `When X-Amz-Target (JSON protocol) or Action (query protocol) comes from the client's request, whoever may call the
method decides what is done with the queue: a method that was made to send messages can also receive, delete or purge them, as
far as the execution role allows. There is no error to see. With a role that allows nothing but sending it is a note.

The same goes for the queue: when its URL or name comes from the client, every queue that the role allows is open to callers.

Repair: map the header to a literal such as 'AmazonSQS.SendMessage', and allow the role no more than that action.`,
	Refs: []string{
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html",
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
	},
	When: all(callsSQS, requires(walk.StageMapping)),
	Check: func(p *diagnose.Pass) {
		reportQueueChoice(p)
		where, at := p.ClientChoice()
		if where == "" {
			return
		}
		action := p.Trace.Protocol.Action
		f := diagnose.Finding{
			Message:  fmt.Sprintf("%s comes from the client: the caller picks the operation", where),
			Why:      "The role, not the method, then limits what callers can do with the queue.",
			Evidence: []diagnose.Evidence{{Label: where, Value: orNone(at.Expression, at.Value), Origin: at.Origin}},
			Fixes:    fixedChoice(p, at, action),
		}
		others, unknown := p.OtherActions()
		switch {
		case len(others) > 0:
			f.Message += ", and the role allows " + someOf(others) + " as well"
			f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "allowed as well", Value: strings.Join(others, ", ")})
		case !unknown:
			f.Severity = diagnose.Note
			f.Message += ", but the role allows nothing else"
		}
		p.Report(f)
	},
}

// reportQueueChoice reports a queue that the caller picks, where the role lets it
// pick more than one.
func reportQueueChoice(p *diagnose.Pass) {
	where, source := p.QueueChoice()
	if where == "" {
		return
	}
	other, allowed := p.OtherQueue(source)
	if !allowed {
		return
	}
	p.Report(diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("%s comes from the client and names the queue, and the role is not limited to one", where),
		Why:      "Whoever calls the API sends to any queue that the role allows, also to queues that other programs rely on.",
		Evidence: []diagnose.Evidence{{Label: "queue of this call", Value: p.Expression(p.Trace.Protocol.QueueARN)}, {Label: "allowed as well", Value: p.Expression(other)}},
		Check:    p.Curl(p.Extended(source, "-other")),
	})
}

// fixedChoice makes the action a literal.
func fixedChoice(p *diagnose.Pass, at walk.Mapped, action string) []diagnose.Fix {
	title := "set Action to " + action + ", whatever the client sends"
	switch {
	case strings.EqualFold(at.Name, "X-Amz-Target") && !strings.HasPrefix(at.Expression, "$"):
		return []diagnose.Fix{p.Fix("set X-Amz-Target to AmazonSQS."+action+", whatever the client sends", setHeader(p, "X-Amz-Target", "AmazonSQS."+action))}
	case mappingOfQuery(p, "Action") != "":
		return []diagnose.Fix{p.Fix(title, snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.querystring.Action",
			Before: at.Expression, After: "'" + action + "'"})}
	case p.Trace.Mapping.Rendered != nil && at.Expression != "":
		old := "Action=" + at.Expression
		if template := p.Trace.Mapping.Template; strings.Contains(template, old) {
			return []diagnose.Fix{p.Fix(title, p.SetTemplate(strings.Replace(template, old, "Action="+action, 1)))}
		}
	}
	return nil
}

// someOf names the actions that do harm, and how many there are; the evidence has
// all.
func someOf(actions []string) string {
	const most = 4
	rank := func(action string) int {
		return slices.Index([]string{"sqs:ReceiveMessage", "sqs:SetQueueAttributes", "sqs:DeleteQueue", "sqs:PurgeQueue"}, action)
	}
	list := slices.Clone(actions)
	slices.SortStableFunc(list, func(a, b string) int { return rank(b) - rank(a) })
	if len(list) > most {
		return fmt.Sprintf("%d others, %s among them,", len(list), strings.Join(list[:most], ", "))
	}
	return strings.Join(list, ", ")
}
