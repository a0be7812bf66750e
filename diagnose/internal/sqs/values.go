package sqs

import (
	"strconv"
	"strings"
)

// What a verdict needs to know of the queue.
const (
	unknownType          = "queue attribute FifoQueue"
	unknownDeduplication = "queue attribute ContentBasedDeduplication"
	unknownSize          = "queue attribute MaximumMessageSize"
)

const (
	needDeduplication = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
	wrongQueueType    = " is invalid. Reason: The request include parameter that is not valid for this queue type."
)

// minMaximumMessageSize is the lowest MaximumMessageSize that a queue can have
// (documented): a message of no more passes every queue.
const minMaximumMessageSize = 1024

// CheckValues checks the values of the parameters against the queue. It is meant
// for a call that passed CheckParameters.
func (c *Call) CheckValues(q Queue) Verdict {
	op, ok := operation(c.Action)
	if !ok {
		return Verdict{}
	}
	if op.Batch() {
		if a := c.checkBatch(op); a != nil {
			return Verdict{Answer: a}
		}
	}
	switch op.Name {
	case "SendMessage":
		if len(c.messages) == 1 {
			return c.checkMessage(&c.messages[0], &q, q.fifo(c.Queue), false)
		}
	case "SendMessageBatch":
		return c.checkMessages(&q)
	case "ReceiveMessage":
		return c.checkRanges([]valueRange{
			{"MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided.", true},
			{"WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided.", true},
			{"VisibilityTimeout", 0, 43200, "Must be between 0 and 43200, if provided.", false},
		})
	case "ChangeMessageVisibility":
		return c.checkRanges([]valueRange{{"VisibilityTimeout", 0, 43200, "Must be between 0 and 43200, if provided.", false}})
	case "GetQueueAttributes":
		return Verdict{Answer: c.checkAttributeNames()}
	}
	return Verdict{}
}

// checkMessage checks one message. Which of several faults SQS names first is not
// recorded; faults of the message itself come before those of the queue type here,
// MessageGroupId before MessageDeduplicationId.
func (c *Call) checkMessage(m *Message, q *Queue, fifo Tri, batch bool) Verdict {
	var v Verdict
	if a, unknown := c.checkSize(m, q, batch); a != nil {
		return Verdict{Answer: a}
	} else if unknown != "" {
		v.open(MaximumMessageSize, unknown)
	}
	if !validText(m.Body) {
		v.Answer = c.refuse(CodeInvalidMessageContents, CharactersInvalid, m.Prefix+"MessageBody", "")
		return v
	}
	if v.Answer = c.checkAttributes(m); v.Answer != nil {
		return v
	}
	c.checkDelay(m, fifo, &v)
	if v.Answer != nil {
		return v
	}
	c.checkGroup(m, q, fifo, &v)
	return v
}

func (c *Call) checkSize(m *Message, q *Queue, batch bool) (a *Answer, unknown string) {
	size, limit := m.Size(), q.MaximumMessageSize
	if limit == 0 {
		if size <= minMaximumMessageSize {
			return nil, ""
		}
		if size <= maxTotalBytes {
			return nil, unknownSize
		}
		limit = maxTotalBytes // no queue can be set higher
	}
	if size <= limit {
		return nil, ""
	}
	why := "One or more parameters are invalid."
	if batch {
		why = "One or more parameters cannot be validated."
	}
	return c.invalid(TooLarge, m.Prefix+"MessageBody", why+" Reason: Message must be shorter than "+itoa(limit)+" bytes."), ""
}

func (c *Call) checkDelay(m *Message, fifo Tri, v *Verdict) {
	if !m.HasDelay {
		return
	}
	name := m.Prefix + "DelaySeconds"
	if m.Delay == "" {
		v.open(NoAttribute, "how SQS reads an empty DelaySeconds")
		return
	}
	n, ok := m.DelaySeconds()
	if !ok {
		v.Answer = c.invalid(ValueInvalid, name, "Value "+m.Delay+" for parameter DelaySeconds is invalid. Reason: Must be an integer.")
		v.Answer.Unverified = "the code and the wording"
		return
	}
	if n < 0 || n > 900 {
		v.Answer = c.invalid(ValueInvalid, name, "Value "+m.Delay+" for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.")
		v.Answer.Unverified = "the wording"
		return
	}
	if n == 0 {
		return // T27: accepted on FIFO too
	}
	switch fifo {
	case Yes:
		v.Answer = c.invalid(DelayOnFIFO, name, "Value "+m.Delay+" for parameter DelaySeconds"+wrongQueueType)
	case Unknown:
		v.open(FifoQueue, unknownType)
	}
}

func (c *Call) checkGroup(m *Message, q *Queue, fifo Tri, v *Verdict) {
	if m.HasDeduplication && m.DeduplicationID != "" && !validID(m.DeduplicationID) {
		v.Answer = c.invalidID(m.Prefix, "MessageDeduplicationId", m.DeduplicationID)
		return
	}
	if m.HasGroupID && !validID(m.GroupID) {
		v.Answer = c.invalidID(m.Prefix, "MessageGroupId", m.GroupID)
		if m.GroupID == "" && fifo == Yes {
			v.Answer.Cause = GroupEmpty
			v.Answer.orElse("an empty MessageGroupId was recorded on a standard queue; on FIFO it may count as missing", CodeMissingParameter) // T28, T25
		}
		return
	}
	switch fifo {
	case Unknown:
		if !m.HasGroupID || m.HasDeduplication {
			v.open(FifoQueue, unknownType)
		}
	case No:
		// A MessageGroupId is legal here (T28, fair queues).
		if m.HasDeduplication {
			v.Answer = c.invalid(NotForStandard, m.Prefix+"MessageDeduplicationId", "Value "+m.DeduplicationID+" for parameter MessageDeduplicationId"+wrongQueueType)
			v.Answer.Unverified = "known from use, not recorded"
		}
	case Yes:
		switch {
		case !m.HasGroupID:
			v.Answer = c.missing(GroupMissing, m.Prefix+"MessageGroupId")
		case m.HasDeduplication && m.DeduplicationID == "":
			v.Answer = c.invalidID(m.Prefix, "MessageDeduplicationId", "")
			v.Answer.Cause = DeduplicationEmpty
			v.Answer.Unverified = "an empty MessageDeduplicationId is assumed to be refused like an empty MessageGroupId" // T28
		case m.HasDeduplication || q.ContentBasedDeduplication == Yes:
		case q.ContentBasedDeduplication == No:
			v.Answer = c.invalid(DeduplicationMissing, m.Prefix+"MessageDeduplicationId", needDeduplication)
		default:
			v.open(ContentBasedDeduplication, unknownDeduplication)
		}
	}
}

// invalidID: T28, for both kinds of id.
func (c *Call) invalidID(prefix, name, value string) *Answer {
	return c.invalid(IDInvalid, prefix+name, "Value "+value+" for parameter "+name+" is invalid. Reason: "+name+
		" can only include alphanumeric and punctuation characters. 1 to 128 in length.")
}

// validID accepts 1 to 128 visible ASCII characters.
func validID(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// valueRange is the range that an integer parameter may have.
type valueRange struct {
	name     string
	min, max int
	reason   string
	recorded bool
}

func (c *Call) checkRanges(ranges []valueRange) Verdict {
	var v Verdict
	for _, r := range ranges {
		text, ok := c.scalar(r.name)
		if !ok {
			continue
		}
		if text == "" {
			v.open(NoAttribute, "how SQS reads an empty "+r.name)
			continue
		}
		if n, err := strconv.Atoi(text); err != nil || n < r.min || n > r.max {
			v.Answer = c.invalid(ValueInvalid, r.name, "Value "+text+" for parameter "+r.name+" is invalid. Reason: "+r.reason)
			if err != nil || !r.recorded {
				v.Answer.Unverified = "the wording"
			}
			return v
		}
	}
	return v
}

// scalar gives a string or number parameter of either protocol.
func (c *Call) scalar(name string) (string, bool) {
	if c.Protocol == ProtocolJSON {
		v, ok := c.Document.Get(name)
		if !ok {
			return "", false
		}
		return v.Text, true
	}
	p, ok := c.Param(name)
	return p.Value, ok
}

// attributeNames are those of a queue that GetQueueAttributes takes.
const attributeNames = " All Policy VisibilityTimeout MaximumMessageSize MessageRetentionPeriod ApproximateNumberOfMessages" +
	" ApproximateNumberOfMessagesNotVisible CreatedTimestamp LastModifiedTimestamp QueueArn ApproximateNumberOfMessagesDelayed" +
	" DelaySeconds ReceiveMessageWaitTimeSeconds RedrivePolicy FifoQueue ContentBasedDeduplication KmsMasterKeyId" +
	" KmsDataKeyReusePeriodSeconds DeduplicationScope FifoThroughputLimit RedriveAllowPolicy SqsManagedSseEnabled "

func (c *Call) checkAttributeNames() *Answer {
	for _, name := range c.list("AttributeNames") {
		if name == "" || strings.Contains(name, " ") || !strings.Contains(attributeNames, " "+name+" ") {
			return c.refuse(CodeInvalidAttributeName, AttributeNameUnknown, "AttributeName", name)
		}
	}
	return nil
}

// list gives a list of strings of either protocol.
func (c *Call) list(member string) []string {
	var out []string
	if c.Protocol == ProtocolJSON {
		if v, ok := c.Document.Get(member); ok {
			for i := range v.Elements {
				out = append(out, v.Elements[i].Text)
			}
		}
		return out
	}
	prefix := queryName(member)
	for i := range c.Params {
		if name := c.Params[i].Name; name == prefix || strings.HasPrefix(name, prefix+".") {
			out = append(out, c.Params[i].Value)
		}
	}
	return out
}
