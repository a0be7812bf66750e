package rules

import (
	"fmt"
	"regexp"
	"strings"

	"apisqs-doctor/diagnose"
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
	Check: func(p *diagnose.Pass) {
		if !refusedFor(p, walk.QueueAttribute) {
			return
		}
		name := p.Trace.Queue.Answer.Parameter
		if blamedElsewhere(p, name) {
			return
		}
		f := refusal(p, fmt.Sprintf("the message attribute at %s is malformed", name))
		f.Fixes = attributeFixes(p, name)
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}

var attributeRE = regexp.MustCompile(`^(Message(?:System)?Attributes?\.\d+)\.`)

// attributeFixes leave an attribute without a value out, give one without a type
// the type String, or take the attribute out. They are for the query protocol.
func attributeFixes(p *diagnose.Pass, name string) []diagnose.Fix {
	m := &p.Trace.Mapping
	number := attributeRE.FindStringSubmatch(name + ".")
	if number == nil || m.Rendered == nil || p.Trace.Protocol.Protocol != "query" {
		return nil
	}
	prefix := number[1] + "."
	var fixes []diagnose.Fix
	rest, cut := m.Template, ""
	for {
		start, end, ok := prefixed(rest, prefix)
		if !ok {
			break
		}
		cut += "&" + rest[start:end]
		rest = strings.TrimSuffix(rest[:start], "&") + rest[end:]
	}
	if cut == "" {
		return nil
	}
	if start, end, ok := segment(m.Template, prefix+"Value.StringValue"); ok && strings.HasSuffix(name, "StringValue") {
		value := m.Template[start+len(prefix+"Value.StringValue=") : end]
		if strings.HasPrefix(value, "$") {
			fixes = append(fixes, p.Fix("write the attribute only when it has a value",
				setTemplate(p, rest+`#if(`+plainReference(value)+` != "")`+cut+"#end")))
		}
	}
	if strings.HasSuffix(name, "DataType") {
		if changes := withParameter(p, prefix+"Value.DataType", "String", "'String'"); changes != nil {
			fixes = append(fixes, p.Fix("give the attribute the type String", changes...))
		}
	}
	fix := p.Fix("leave the attribute out", setTemplate(p, rest))
	fix.Risk = "whoever reads the queue does not get the attribute"
	return append(fixes, fix)
}

// prefixed finds the first parameter of a form whose name has the prefix.
func prefixed(template, prefix string) (start, end int, ok bool) {
	i := strings.Index(template, "&"+prefix)
	if i < 0 {
		return 0, 0, false
	}
	name, _, found := strings.Cut(template[i+1:], "=")
	if !found {
		return 0, 0, false
	}
	return segment(template, name)
}
