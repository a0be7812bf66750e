package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/walk"
)

var queueAttributes = diagnose.Rule{
	ID:       "queue-attributes",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "a message attribute is malformed",
	Doc: `A message attribute has a name (letters, digits, '_', '-', '.'; not AWS. or Amazon. in front), a DataType of String,
Number or Binary, and a value that is not empty: in the query protocol MessageAttribute.1.Name, .1.Value.DataType and
.1.Value.StringValue. One fault refuses the whole message with 400 InvalidParameterValue. The usual way to get one is a header
that the client did not send: $input.params('X') is then empty, and so is the attribute.

Repair: write the attribute only when there is a value (#if ... #end), or carry the value inside of the message.`,
	Explains: []walk.ErrorCode{walk.InvalidParameter, walk.MissingParameter, walk.Serialization},
	Refs: []string{
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html",
		"https://github.com/guardian/support-service-lambdas/pull/3160",
	},
	When: all(refusedFor(walk.QueueAttribute), unblamed),
	Check: func(p *diagnose.Pass) {
		name := p.Trace.Queue.Answer.Parameter
		f := refusal(p, fmt.Sprintf("the message attribute at %s is malformed", name))
		f.Fixes = attributeFixes(p, name)
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}

var attributeRE = lazy.Regexp(`^(Message(?:System)?Attributes?\.\d+)\.`)

// attributeFixes leave an attribute without a value out, give one without a type
// the type String, or take the attribute out. They are for the query protocol.
func attributeFixes(p *diagnose.Pass, name string) []diagnose.Fix {
	m := &p.Trace.Mapping
	number := attributeRE.FindStringSubmatch(name + ".")
	if number == nil || m.Rendered == nil || p.Trace.Protocol.Protocol != "query" {
		return nil
	}
	prefix := number[1] + "."
	t := p.Template()
	if t == nil {
		return nil
	}
	ofAttribute := func(name string) bool { return strings.HasPrefix(name, prefix) }
	without, ok := t.RemoveFormParameters(ofAttribute)
	if !ok {
		return nil
	}
	var fixes []diagnose.Fix
	if at, ok := t.FormParameter(prefix + "Value.StringValue"); ok && strings.HasSuffix(name, "StringValue") {
		if value := m.Template[at.ValueStart:at.End]; strings.HasPrefix(value, "$") {
			guarded, _ := t.GuardFormParameters(ofAttribute, plainReference(unwrapped(value))+` != ""`)
			if change := p.EditTemplate(guarded); change != nil {
				fixes = append(fixes, p.Fix("write "+number[1]+" only when "+plainReference(unwrapped(value))+" has a value", change))
			}
		}
	}
	if strings.HasSuffix(name, "DataType") {
		if changes := withParameter(p, prefix+"Value.DataType", "String", "'String'"); changes != nil {
			fixes = append(fixes, p.Fix("set "+prefix+"Value.DataType to String", changes...))
		}
	}
	if change := p.EditTemplate(without); change != nil {
		fix := p.Fix("leave the attribute "+number[1]+" out", change)
		fix.Risk = "whoever reads the queue does not get the attribute"
		fix.Choice = "the message then lacks the attribute"
		fixes = append(fixes, fix)
	}
	return fixes
}
