package sqs

import (
	"strconv"
	"strings"
)

// Creation is what SQS is asked to create.
type Creation struct {
	Name string // empty: CloudFormation or Terraform makes one up
	// Region and Account are where the queue will be; empty: not known.
	Region, Account string
	// Attributes are those that are set, by SQS's names; the two redrive policies as
	// JSON. An attribute that is not there has its default.
	Attributes map[string]string
	// Open are attributes of which it is not known whether or to what they are set.
	Open []string
	// Opaque are placeholders in the texts above that stand for what is not known.
	Opaque []string
}

// Refusal is something for which SQS creates no queue.
type Refusal struct {
	Attribute string // "QueueName" or an attribute's name
	Code      string
	Message   string // SQS's text, where it is known; else empty
	Reason    string // what is wrong, in words
	Nearest   string // the nearest value that SQS takes; empty where there is none
}

// attributeRanges are the integer attributes with their ranges: SQS API reference,
// CreateQueue; MaximumMessageSize as recorded in August 2025 (T29).
var attributeRanges = [...]struct {
	name     string
	min, max int
	unit     string
}{
	{"DelaySeconds", 0, 900, "seconds"},
	{"MaximumMessageSize", minMaximumMessageSize, maxTotalBytes, "bytes"},
	{"MessageRetentionPeriod", 60, 1209600, "seconds"},
	{"ReceiveMessageWaitTimeSeconds", 0, 20, "seconds"},
	{"VisibilityTimeout", 0, 43200, "seconds"},
	{"KmsDataKeyReusePeriodSeconds", 60, 86400, "seconds"},
}

const codeInvalidAttributeValue = "InvalidAttributeValue"

// Refusals says for what SQS refuses to create the queue, in a fixed order; nil if
// it creates it as far as the request tells. What needs the rest of the account (a
// queue of that name, the key, the dead-letter queue) is not judged. Sources: SQS API
// reference, CreateQueue; the codes for names are asserted (LocalStack,
// test_fifo_queue_requires_suffix, test_standard_queue_cannot_have_fifo_suffix),
// "Unknown Attribute FifoQueue" for the value false was reported by users of
// CloudFormation and of the CLI; other texts are known from emulators.
func (c *Creation) Refusals() []Refusal {
	var out []Refusal
	add := func(r *Refusal) {
		if r != nil {
			out = append(out, *r)
		}
	}
	add(c.checkName())
	add(c.checkFIFO())
	for _, r := range attributeRanges {
		if text, ok := c.value(r.name); ok {
			n, err := strconv.Atoi(text)
			if err == nil && n >= r.min && n <= r.max && text[0] != '+' {
				continue
			}
			bad := invalidAttribute(r.name, "it is "+quote(clip(text))+"; expected "+itoa(r.min)+" to "+itoa(r.max)+" "+r.unit)
			if err == nil {
				bad.Nearest = itoa(min(max(n, r.min), r.max))
			}
			add(bad)
		}
	}
	for _, name := range [...]string{"FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled"} {
		if text, ok := c.value(name); ok && text != "true" && text != "false" {
			add(invalidAttribute(name, "it is "+quote(text)+"; expected true or false"))
		}
	}
	add(c.checkThroughput())
	if key, ok := c.value("KmsMasterKeyId"); ok && key != "" && c.Attributes["SqsManagedSseEnabled"] == "true" {
		add(&Refusal{Attribute: "KmsMasterKeyId", Code: CodeInvalidAttributeName, Message: "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.", Reason: "SqsManagedSseEnabled is true and KmsMasterKeyId is set; a queue has one kind of encryption"})
	}
	add(c.checkRedrive())
	add(c.checkRedriveAllow())
	return out
}

// value is the known value of an attribute that is set.
func (c *Creation) value(name string) (string, bool) {
	text, ok := c.Attributes[name]
	return text, ok && !containsString(c.Open, name) && !c.opaque(text)
}

func (c *Creation) opaque(s string) bool {
	for _, atom := range c.Opaque {
		if atom != "" && strings.Contains(s, atom) {
			return true
		}
	}
	return false
}

// known is s without its placeholders, and what follows the last of them.
func (c *Creation) known(s string) (rest, end string) {
	rest, end = s, s
	for _, atom := range c.Opaque {
		if atom != "" {
			rest = strings.ReplaceAll(rest, atom, "")
			if i := strings.LastIndex(end, atom); i >= 0 {
				end = end[i+len(atom):]
			}
		}
	}
	return rest, end
}

// fifoName tells by the end of a queue's name or ARN whether it is one of a FIFO queue.
func (c *Creation) fifoName(name string) Tri {
	const suffix = ".fifo"
	_, end := c.known(name)
	switch {
	case strings.HasSuffix(end, suffix):
		return Yes
	case end != name && strings.HasSuffix(suffix, end):
		return Unknown // a placeholder may end in the rest, or it ends the name
	}
	return No
}

// fifo is whether the request makes a FIFO queue.
func (c *Creation) fifo() Tri {
	text, set := c.Attributes["FifoQueue"]
	switch {
	case containsString(c.Open, "FifoQueue") || c.opaque(text):
		return Unknown
	case set && text == "true":
		return Yes
	}
	return No
}

func invalidAttribute(name, reason string) *Refusal {
	return &Refusal{Attribute: name, Code: codeInvalidAttributeValue, Message: "Invalid value for the parameter " + name + ".", Reason: name + ": " + reason}
}

const (
	badName     = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
	badFIFOName = "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
)

func (c *Creation) checkName() *Refusal {
	if c.Name == "" {
		return nil
	}
	rest, _ := c.known(c.Name)
	word := strings.TrimSuffix(rest, ".fifo")
	bad := func(message, reason string) *Refusal {
		return &Refusal{Attribute: "QueueName", Code: CodeInvalidParameterValue, Message: message, Reason: "the name " + quote(clip(c.Name)) + " " + reason}
	}
	fifo, named := c.fifo(), c.fifoName(c.Name)
	message := badName
	if fifo == Yes {
		message = badFIFOName
	}
	switch {
	case len(rest) > 80:
		return bad(message, "has "+itoa(len(rest))+" characters; a queue's name has at most 80")
	case strings.IndexFunc(word, func(r rune) bool { return r > 0x7E || !isWord(byte(r)) }) >= 0 || word == "" && rest == c.Name:
		return bad(message, "may hold only letters, digits, hyphens and underscores")
	case fifo == Yes && named == No:
		return bad(message, "must end in .fifo, because FifoQueue is true")
	case fifo == No && named == Yes && c.Attributes["FifoQueue"] == "":
		return bad(message, "ends in .fifo, and FifoQueue is not set")
	}
	return nil
}

// checkFIFO refuses the attributes of FIFO queues on a standard one. FifoQueue may be
// true or absent. That ContentBasedDeduplication false is refused too is not known.
func (c *Creation) checkFIFO() *Refusal {
	if c.fifo() != No {
		return nil
	}
	if text, ok := c.value("FifoQueue"); ok && text == "false" {
		return &Refusal{Attribute: "FifoQueue", Code: CodeInvalidAttributeName, Message: "Unknown Attribute FifoQueue.", Reason: "FifoQueue is false; SQS knows the attribute only as true, a standard queue leaves it out"}
	}
	if text, ok := c.value("ContentBasedDeduplication"); ok && text == "true" {
		return &Refusal{Attribute: "ContentBasedDeduplication", Code: CodeInvalidAttributeName, Message: "Unknown Attribute ContentBasedDeduplication.", Reason: "ContentBasedDeduplication is true on a standard queue; only FIFO queues have it"}
	}
	for _, name := range [...]string{"DeduplicationScope", "FifoThroughputLimit"} {
		if _, ok := c.value(name); ok {
			return &Refusal{Attribute: name, Code: CodeInvalidAttributeName, Message: "You can specify the " + name + " only when FifoQueue is set to true.", Reason: name + " is set on a standard queue; only FIFO queues have it"}
		}
	}
	return nil
}

// checkThroughput checks the two attributes of high throughput of FIFO queues.
func (c *Creation) checkThroughput() *Refusal {
	if c.fifo() == No {
		return nil
	}
	scope, scoped := c.value("DeduplicationScope")
	if scoped && scope != "queue" && scope != "messageGroup" {
		return invalidAttribute("DeduplicationScope", "it is "+quote(scope)+"; expected queue or messageGroup")
	}
	limit, limited := c.value("FifoThroughputLimit")
	switch {
	case !limited:
	case limit != "perQueue" && limit != "perMessageGroupId":
		return invalidAttribute("FifoThroughputLimit", "it is "+quote(limit)+"; expected perQueue or perMessageGroupId")
	case limit == "perMessageGroupId" && scoped && scope != "messageGroup":
		return &Refusal{Attribute: "FifoThroughputLimit", Code: codeInvalidAttributeValue, Message: "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup", Reason: "FifoThroughputLimit is perMessageGroupId while DeduplicationScope is " + scope}
	}
	return nil
}

// checkRedrive checks the policy that names the dead-letter queue.
func (c *Creation) checkRedrive() *Refusal {
	const name = "RedrivePolicy"
	text, ok := c.Attributes[name]
	if !ok || text == "" || containsString(c.Open, name) {
		return nil
	}
	bad := func(message, reason string) *Refusal {
		if message != "" {
			message = "Value " + text + " for parameter " + name + " is invalid. Reason: " + message
		}
		return &Refusal{Attribute: name, Code: CodeInvalidParameterValue, Message: message, Reason: name + ": " + reason}
	}
	doc, err := ParseJSON(text)
	if err != nil || doc.Kind != KindObject {
		if c.opaque(text) {
			return nil
		}
		return &Refusal{Attribute: name, Code: CodeInvalidParameterValue, Message: "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.", Reason: name + " is no JSON object"}
	}
	for _, m := range doc.Members {
		if m.Name != "maxReceiveCount" && m.Name != "deadLetterTargetArn" && !c.opaque(m.Name) {
			return bad("Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].", "it has no member "+quote(clip(m.Name)))
		}
	}
	for _, member := range [...]string{"maxReceiveCount", "deadLetterTargetArn"} {
		if _, ok := doc.Get(member); !ok {
			return bad("Redrive policy does not contain mandatory attribute: "+member+".", member+" is missing")
		}
	}
	count, _ := doc.Get("maxReceiveCount")
	if n, err := strconv.Atoi(count.Text); !c.opaque(count.Text) && (err != nil || n < 1 || n > 1000) {
		return bad("Invalid value for maxReceiveCount: "+count.Text+", valid values are from 1 to 1000 both inclusive.", "maxReceiveCount is "+quote(clip(count.Text))+"; expected 1 to 1000")
	}
	target, _ := doc.Get("deadLetterTargetArn")
	return c.checkTarget(target.Text, bad)
}

// checkTarget checks the ARN of a dead-letter queue.
func (c *Creation) checkTarget(arn string, bad func(message, reason string) *Refusal) *Refusal {
	if c.opaque(arn) {
		if c.mixed(arn) {
			return bad("Dead-letter queue must be same type of queue as the source..", "the dead-letter queue must be of the same type, FIFO or standard")
		}
		return nil
	}
	parts := strings.SplitN(arn, ":", 6)
	switch {
	case len(parts) < 6 || parts[0] != "arn" || parts[2] != "sqs" || parts[5] == "" || len(parts[4]) != 12 || strings.Trim(parts[4], "0123456789") != "":
		return bad("Only SQS queues are valid resources for deadLetterTargetArn.", "deadLetterTargetArn "+quote(clip(arn))+" is not the ARN of a queue")
	case c.mixed(arn):
		return bad("Dead-letter queue must be same type of queue as the source..", "the dead-letter queue must be of the same type, FIFO or standard")
	case c.Region != "" && !c.opaque(c.Region) && parts[3] != c.Region, c.Account != "" && !c.opaque(c.Account) && parts[4] != c.Account:
		return bad("", "the dead-letter queue must be in the region and account of the queue")
	}
	return nil
}

// mixed reports whether a dead-letter queue is certainly of the other type.
func (c *Creation) mixed(arn string) bool {
	own, other := c.fifo(), c.fifoName(arn)
	return own == Yes && other == No || own == No && other == Yes
}

// checkRedriveAllow checks the policy that says which queues may use this one for
// their dead letters.
func (c *Creation) checkRedriveAllow() *Refusal {
	const name = "RedriveAllowPolicy"
	text, ok := c.value(name)
	if !ok || text == "" {
		return nil
	}
	bad := func(reason string) *Refusal {
		return &Refusal{Attribute: name, Code: CodeInvalidParameterValue, Message: "", Reason: name + ": " + reason}
	}
	doc, err := ParseJSON(text)
	if err != nil || doc.Kind != KindObject {
		return bad("it is no JSON object")
	}
	permission, sources := "", 0
	for _, m := range doc.Members {
		switch m.Name {
		case "redrivePermission":
			permission = m.Value.Text
		case "sourceQueueArns":
			sources = len(m.Value.Elements)
		default:
			return bad("it has no member " + quote(clip(m.Name)))
		}
	}
	switch {
	case permission != "allowAll" && permission != "denyAll" && permission != "byQueue":
		return bad("redrivePermission is " + quote(clip(permission)) + "; expected allowAll, denyAll or byQueue")
	case permission == "byQueue" && (sources < 1 || sources > 10):
		return bad("byQueue takes 1 to 10 sourceQueueArns, it has " + itoa(sources))
	case permission != "byQueue" && sources > 0:
		return bad("sourceQueueArns stand only with redrivePermission byQueue")
	}
	return nil
}
