package sqs

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/text"
)

// Misspelt is a parameter that SQS drops, and the one that it was meant to be.
type Misspelt struct{ Name, Meant string }

// Misspelt lists the dropped parameters that differ from one of the action in case,
// or in one letter.
func (c *Call) Misspelt() []Misspelt {
	op, known := LookupAction(c.Action)
	if !known {
		return nil
	}
	names := slices.Clone(c.Ignored)
	if c.Protocol == ProtocolJSON && c.Document != nil {
		for _, m := range c.Document.Members {
			if !op.knows(m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	var list []Misspelt
	for _, name := range names {
		if strings.TrimSpace(name) != name {
			continue // the blanks are the fault
		}
		first, rest, _ := strings.Cut(name, ".")
		for _, right := range []string{"MessageBody", "MessageGroupId", "MessageDeduplicationId", "DelaySeconds", "MessageAttribute", "MessageAttributes", "QueueUrl"} {
			if first != right && (strings.EqualFold(first, right) || len(first) > 7 && text.Distance(strings.ToLower(first), strings.ToLower(right)) == 1) && op.knows(strings.TrimSuffix(right+"."+rest, ".")) {
				list = append(list, Misspelt{name, strings.TrimSuffix(right+"."+rest, ".")})
				break
			}
		}
	}
	return list
}
