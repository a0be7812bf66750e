package sqs

import (
	"strconv"
	"strings"
)

// CheckParameters refuses what can be refused without knowing the queue: members of
// a wrong JSON type, missing parameters, and addresses that are none. It returns
// nil for a call that passes. A call with a Failure answers that.
func (c *Call) CheckParameters() *Answer {
	if c.Failure != nil {
		return c.Failure
	}
	op, ok := operation(c.Action)
	if !ok {
		return c.refuse(CodeInvalidAction, ActionUnknown, "Action", c.Action)
	}
	if c.Protocol == ProtocolJSON {
		if a := c.checkTypes(); a != nil {
			return a
		}
	}
	if a := c.checkAddressGiven(op); a != nil {
		return a
	}
	for _, name := range op.Required {
		if !c.given(name) {
			return c.missing(ParameterMissing, name)
		}
	}
	if op.Batch() {
		if a := c.checkEntriesGiven(op); a != nil {
			return a
		}
	}
	return c.checkAddress(op)
}

// missing refuses a missing parameter.
func (c *Call) missing(cause Cause, name string) *Answer {
	a := c.refuse(CodeMissingParameter, cause, name, name)
	if c.hiddenByBlanks(name) {
		a.orElse("white space between parameters was reported to break the call like white space before Action", CodeAccessDenied) // T4
	}
	return a
}

// given reports whether a parameter is there and not empty: an empty MessageBody
// counts as missing (T12); that the same holds for other parameters is inferred.
func (c *Call) given(member string) bool {
	if c.Protocol == ProtocolJSON {
		v, ok := c.Document.Get(member)
		return ok && (v.Kind != KindString || v.Text != "")
	}
	name := queryName(member)
	for i := range c.Params {
		p := &c.Params[i]
		if p.Name == name || p.Name == member {
			return p.Value != ""
		}
		if name != member && strings.HasPrefix(p.Name, name) && strings.HasPrefix(p.Name[len(name):], ".") {
			return true
		}
	}
	return false
}

// checkAddressGiven refuses a call on a queue that names none.
func (c *Call) checkAddressGiven(op *Action) *Answer {
	if !op.OnQueue {
		return nil
	}
	if c.Protocol == ProtocolJSON && c.Queue.From != FromBody {
		a := c.missing(ParameterMissing, "QueueUrl")
		if c.Queue.From == FromPath {
			a.Unverified = "the service model requires QueueUrl; whether the queue path could stand in for it is unverified"
		}
		return a
	}
	if c.Queue.Problem == AddressAbsent {
		return c.missing(ParameterMissing, "QueueUrl").orElse("the endpoint's address without a queue was also reported as InvalidAddress", CodeInvalidAddress)
	}
	return nil
}

// checkAddress refuses what is no address of a queue at this endpoint.
func (c *Call) checkAddress(op *Action) *Answer {
	if !op.OnQueue {
		return nil
	}
	switch c.Queue.Problem {
	case AddressNoName, AddressOtherRegion:
		// T49: reported for a queue of another region or endpoint, with status 404.
		return c.refuse(CodeInvalidAddress, AddressInvalid, "QueueUrl", c.Queue.URL).
			orElse("InvalidAddress was reported, NonExistentQueue is what an unknown URL gives", CodeNonExistentQueue) // T49, T16
	case AddressForeign:
		return c.refuse(CodeNonExistentQueue, AddressInvalid, "QueueUrl", "")
	case AddressMalformed:
		if c.Queue.From == FromPath {
			return c.refuse(CodeInvalidAddress, AddressInvalid, "path", c.Queue.URL).
				orElse("no recording of a path that names no queue", CodeNonExistentQueue, CodeAccessDenied)
		}
		return c.refuse(CodeNonExistentQueue, AddressInvalid, "QueueUrl", "").
			orElse("a URL that is no queue's gives NonExistentQueue, a wrong address InvalidAddress", CodeInvalidAddress) // T16, T49
	}
	return nil
}

// checkEntriesGiven refuses batch entries without their required parts. Batches
// of messages are decoded; of the others the ids are looked at.
func (c *Call) checkEntriesGiven(op *Action) *Answer {
	if c.Protocol == ProtocolJSON && !c.given("Entries") {
		return c.missing(ParameterMissing, "Entries").orElse("an absent list may count as an empty one", CodeEmptyBatchRequest)
	}
	for _, e := range c.entries(op) {
		for _, f := range e.required {
			if f.value == "" {
				a := c.missing(ParameterMissing, e.prefix+f.name)
				a.Unverified = "the name in the text, and whether only this entry fails"
				return a
			}
		}
	}
	return nil
}

// checkTypes refuses JSON members of a wrong type (T48: SerializationException at
// sibling services, unverified for SQS). Unknown members are ignored.
func (c *Call) checkTypes() *Answer {
	path, reason := wrongType(c.Document, typeStructure, "")
	if reason == "" {
		return nil
	}
	a := c.refuse(CodeSerialization, TypeInvalid, path, "")
	a.Message = reason
	a.Unverified = "not recorded for SQS; sibling services answer so; the wording" // T48
	return a
}

// memberType is the type that the service model gives a member.
type memberType uint8

const (
	typeUnknown memberType = iota
	typeString
	typeInteger
	typeStrings    // list of strings
	typeStringMap  // map of strings
	typeAttributes // map of message attribute values
	typeStructures // list of structures
	typeStructure
)

// modelType finds the type of a member. Names mean the same in all of SQS's actions.
func modelType(name string) memberType {
	switch name {
	case "QueueUrl", "QueueName", "MessageBody", "MessageGroupId", "MessageDeduplicationId", "ReceiptHandle",
		"Id", "Label", "TaskHandle", "SourceArn", "DestinationArn", "NextToken", "QueueNamePrefix",
		"QueueOwnerAWSAccountId", "ReceiveRequestAttemptId", "DataType", "StringValue", "BinaryValue":
		return typeString
	case "DelaySeconds", "VisibilityTimeout", "MaxNumberOfMessages", "WaitTimeSeconds", "MaxResults", "MaxNumberOfMessagesPerSecond":
		return typeInteger
	case "AWSAccountIds", "Actions", "AttributeNames", "MessageSystemAttributeNames", "MessageAttributeNames", "TagKeys",
		"StringListValues", "BinaryListValues":
		return typeStrings
	case "Attributes", "Tags", "tags":
		return typeStringMap
	case "MessageAttributes", "MessageSystemAttributes":
		return typeAttributes
	case "Entries":
		return typeStructures
	}
	return typeUnknown
}

// wrongType finds the first value that the model's type does not admit.
func wrongType(v *Value, want memberType, path string) (at, reason string) {
	if v.Kind == KindNull {
		return "", ""
	}
	mismatch := func(expected string) (string, string) {
		return path, strings.ToUpper(v.Kind.String()) + "_VALUE can not be converted to " + expected
	}
	join := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	switch want {
	case typeString:
		if v.Kind != KindString {
			return mismatch("a String")
		}
	case typeInteger:
		if v.Kind != KindNumber {
			return mismatch("an Integer")
		}
		if _, err := strconv.ParseInt(v.Text, 10, 64); err != nil {
			return path, v.Text + " can not be converted to an Integer"
		}
	case typeStrings, typeStructures:
		if v.Kind != KindArray {
			return mismatch("a list")
		}
		element := typeString
		if want == typeStructures {
			element = typeStructure
		}
		for i := range v.Elements {
			if at, reason := wrongType(&v.Elements[i], element, join(itoa(i+1))); reason != "" {
				return at, reason
			}
		}
	case typeStringMap, typeAttributes, typeStructure:
		if v.Kind != KindObject {
			return mismatch("a structure or map")
		}
		for i := range v.Members {
			m := &v.Members[i]
			t := modelType(m.Name)
			if want == typeStringMap {
				t = typeString
			} else if want == typeAttributes {
				t = typeStructure
			}
			if t == typeUnknown {
				continue
			}
			if at, reason := wrongType(&m.Value, t, join(m.Name)); reason != "" {
				return at, reason
			}
		}
	}
	return "", ""
}
