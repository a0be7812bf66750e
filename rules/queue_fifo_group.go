package rules

import (
	"slices"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var queueFIFOGroup = diagnose.Rule{
	ID:       "queue-fifo-group",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "a message for a FIFO queue has no MessageGroupId",
	Doc: `Every message for a FIFO queue belongs to a group. Without MessageGroupId SQS answers 400 MissingParameter
(MissingRequiredParameterException), in a batch 400 InvalidParameterValue for all of its messages, and an empty one is
InvalidParameterValue as well. The AWS article lists this cause with AccessDenied; the answer of SQS is another one.

Repair: add &MessageGroupId=... to the template (a member MessageGroupId in the JSON protocol), deploy the API. One constant
keeps all messages in one order; a field of the message, such as a customer id, orders them for each customer.`,
	Explains: []walk.ErrorCode{walk.MissingParameter, walk.InvalidParameter},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html",
	},
	When: all(refusedFor(walk.QueueGroup), plain, unblamed), // what another client leaves out is refused loudly, as it should be
	Check: func(p *diagnose.Pass) {
		name := p.Trace.Queue.Answer.Parameter
		message := name + " is not given, but the queue is FIFO"
		if p.Trace.Queue.Empty {
			message = name + " is empty, and SQS takes no empty one"
		}
		f := refusal(p, message)
		f.Evidence = append(f.Evidence, queueEvidence(p, "queue", p.Expression(p.Trace.Queue.ARN)))
		for _, own := range fifoFixes(p, name, "$context.requestId", "context.requestId", "every message gets a group of its own") {
			own.Risk = ownGroupRisk
			f.Fixes = append(f.Fixes, own)
		}
		for _, one := range fifoFixes(p, name, "$context.apiId", "context.apiId", "all messages of the API are in one group") {
			one.Risk, one.Choice = "a message that cannot be processed holds up all that follow it", oneGroupChoice
			f.Fixes = append(f.Fixes, one)
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}

const (
	ownGroupRisk   = "messages keep no order among each other; take a value of the call that says which belong together where order counts"
	oneGroupChoice = "all messages then wait for each other"
)

// whereEmpty gives a parameter of the form a text where what it reads of the client is
// empty: what a client does send stays its value. It is for a value that is one reference.
func whereEmpty(p *diagnose.Pass, name, text string) (change snapshot.Change, reads string) {
	t := p.Template()
	if t == nil || !p.Trace.Queue.Empty || !p.Trace.SendsForm() {
		return nil, ""
	}
	at, ok := t.FormParameter(name)
	if !ok {
		return nil, ""
	}
	value := p.Trace.Mapping.Template[at.ValueStart:at.End]
	if !slices.ContainsFunc(p.Trace.Mapping.Blanks(), func(e walk.EmptyReference) bool {
		return e.Reference == value && e.Reason == walk.AbsentClientValue
	}) {
		return nil, ""
	}
	reads = plainReference(unwrapped(value))
	edits, ok := t.SetFormParameter(name, "#if("+reads+" && "+reads+` != "")`+value+"#{else}"+text+"#end")
	if !ok {
		return nil, ""
	}
	return p.EditTemplate(edits), reads
}

// fifoFixes give the message an id made by API Gateway.
func fifoFixes(p *diagnose.Pass, name, text, mapping, effect string) []diagnose.Fix {
	if p.Trace.Protocol.Protocol == "json" {
		text = `"` + text + `"`
		if name != lastName(name) {
			return nil // inside of a list
		}
	}
	if change, reads := whereEmpty(p, name, text); change != nil {
		return []diagnose.Fix{p.Fix("set "+name+" to "+text+" where "+reads+" is empty", change)}
	}
	changes := withParameter(p, name, text, mapping)
	if changes == nil {
		return nil
	}
	return []diagnose.Fix{p.Fix("set "+name+" to "+givenAs(changes, text)+": "+effect, changes...)}
}
