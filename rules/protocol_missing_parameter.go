package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var protocolMissingParameter = diagnose.Rule{
	ID:       "protocol-missing-parameter",
	Stage:    walk.StageProtocol,
	Severity: diagnose.Error,
	Title:    "a required parameter of the action is missing or empty",
	Doc: `SendMessage needs MessageBody, each entry of SendMessageBatch an Id and a MessageBody, DeleteMessage a
ReceiptHandle, ChangeMessageVisibility a ReceiptHandle and a VisibilityTimeout; ReceiveMessage, PurgeQueue and
GetQueueAttributes need only the queue. A parameter that is there and empty counts as missing. SQS answers 400
MissingParameter, which the JSON protocol calls MissingRequiredParameterException. (A missing QueueUrl is protocol-queue-url.)

Repair: add the parameter to the template, or let the client send what the template reads.`,
	Explains: []walk.ErrorCode{walk.MissingParameter},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html",
	},
	When: all(unreadableFor(func(f walk.Faults) bool { return f.Parameter }), plain), // what another client leaves out is refused loudly, as it should be
	Check: func(p *diagnose.Pass) {
		refusal := p.Trace.Protocol.Refusal
		name := refusal.Parameter
		if blamedElsewhere(p, name) {
			return
		}
		p.ReportAs(diagnose.Finding{
			Codes:    walk.AnswerCodes(refusal),
			Message:  fmt.Sprintf("%s is sent without %s, or with an empty one", p.Trace.Protocol.Action, name),
			Why:      "SQS answers: " + refusal.Message,
			Evidence: []diagnose.Evidence{bodyEvidence(p), uriEvidence(p)},
			Fixes:    parameterFixes(p, name),
		}, p.Failed(walk.StageProtocol))
	},
}

// parameterFixes supply what has a natural source: the client's body for the
// message, a fixed id for an entry.
func parameterFixes(p *diagnose.Pass, name string) []diagnose.Fix {
	text, mapping := "$util.urlEncode($input.body)", "method.request.body"
	switch {
	case strings.HasSuffix(name, "MessageBody"):
		if p.Trace.Protocol.Protocol == "json" {
			text = `"$util.escapeJavaScript($input.body)` + walk.Apostrophes + `"`
		}
	case strings.HasSuffix(name, ".Id") && p.Trace.Protocol.Protocol == "query":
		text, mapping = "message-"+strings.Split(name, ".")[1], "'message-"+strings.Split(name, ".")[1]+"'"
	default:
		return nil
	}
	if p.Trace.Protocol.Protocol == "json" && strings.Contains(name, ".") {
		return nil // inside of a list
	}
	changes := withParameter(p, name, text, mapping)
	if changes == nil {
		return nil
	}
	return []diagnose.Fix{p.Fix("set "+name+" to "+p.Expression(givenAs(changes, text)), changes...)}
}
