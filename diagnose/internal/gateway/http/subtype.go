package http

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/text"
)

// Subtype is an operation that an integration of type AWS_PROXY calls by itself.
type Subtype struct {
	Name       string // "SQS-SendMessage"
	Action     string // "SendMessage"
	Parameters []Parameter
}

// Parameter is one parameter that a subtype takes.
type Parameter struct {
	Name     string
	Required bool
}

// subtypes are those of SQS with their parameters, required ones first (H1).
var subtypes = []Subtype{
	{"SQS-SendMessage", "SendMessage", parameters("QueueUrl MessageBody", "DelaySeconds MessageAttributes MessageDeduplicationId MessageGroupId MessageSystemAttributes Region")},
	{"SQS-ReceiveMessage", "ReceiveMessage", parameters("QueueUrl", "AttributeNames MaxNumberOfMessages MessageAttributeNames ReceiveRequestAttemptId VisibilityTimeout WaitTimeSeconds Region")},
	{"SQS-DeleteMessage", "DeleteMessage", parameters("ReceiptHandle QueueUrl", "Region")},
	{"SQS-PurgeQueue", "PurgeQueue", parameters("QueueUrl", "Region")},
}

// others are AWS's subtypes for other services (the page of H1).
var others = []string{"EventBridge-PutEvents", "AppConfig-GetConfiguration", "Kinesis-PutRecord",
	"StepFunctions-StartExecution", "StepFunctions-StartSyncExecution", "StepFunctions-StopExecution"}

func parameters(required, optional string) []Parameter {
	var list []Parameter
	for _, name := range strings.Fields(required) {
		list = append(list, Parameter{name, true})
	}
	for _, name := range strings.Fields(optional) {
		list = append(list, Parameter{name, false})
	}
	return list
}

// Lookup finds a subtype of SQS by its exact name.
func Lookup(name string) (*Subtype, bool) {
	for i := range subtypes {
		if subtypes[i].Name == name {
			return &subtypes[i], true
		}
	}
	return nil, false
}

// Known tells whether AWS has a subtype of that name, of whatever service.
func Known(name string) bool {
	_, ok := Lookup(name)
	return ok || slices.Contains(others, name)
}

// Meant is the subtype of SQS that an unknown name was evidently meant to be:
// it has the same letters (SQS_SEND_MESSAGE, sqs-sendMessage), but for a slip, or is
// the operation alone. It is nil where that cannot be told.
func Meant(name string) *Subtype {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r
			}
			return -1
		}, strings.ToLower(s))
	}
	have := letters(name)
	for i := range subtypes {
		if have == letters(subtypes[i].Name) || have == letters(subtypes[i].Action) {
			return &subtypes[i]
		}
	}
	for i := range subtypes {
		if text.Distance(strings.ToLower(name), strings.ToLower(subtypes[i].Name)) <= 2 {
			return &subtypes[i]
		}
	}
	return nil
}

// Takes tells whether the subtype has a parameter of exactly that name (H12).
func (s *Subtype) Takes(name string) bool {
	return slices.ContainsFunc(s.Parameters, func(p Parameter) bool { return p.Name == name })
}

// Spelt is the parameter that a name of other case or with a dotted tail was
// evidently meant to be, such as MessageAttributes for MessageAttribute.1.Name;
// empty where that cannot be told.
func (s *Subtype) Spelt(name string) string {
	base, _, dotted := strings.Cut(name, ".")
	for _, p := range s.Parameters {
		if strings.EqualFold(p.Name, name) || dotted && (strings.EqualFold(p.Name, base) || strings.EqualFold(p.Name, base+"s")) {
			return p.Name
		}
	}
	return ""
}

// MeansSQS tells whether a subtype was meant to be one of SQS, whatever its spelling.
func MeansSQS(name string) bool {
	return Meant(name) != nil || strings.HasPrefix(strings.ToLower(name), "sqs")
}
