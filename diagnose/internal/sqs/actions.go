package sqs

import "strings"

// Action is one operation of SQS.
type Action struct {
	Name     string
	IAM      string   // the IAM action that permits it: batch calls are permitted by the single one (iam-facts 26, 27)
	OnQueue  bool     // acts on a queue that QueueUrl or the path names
	OnRoot   bool     // of the service: refused on a queue path (T10)
	Writes   bool     // puts messages into the queue
	KMS      []string // KMS operations that SQS performs for the caller on a queue with a customer key (iam-facts 61)
	Required []string // parameters besides QueueUrl, by their JSON names
	Optional []string // the other parameters
	Entry    string   // query protocol's prefix of batch entries
}

// Batch reports whether the action takes entries.
func (a *Action) Batch() bool { return a.Entry != "" }

var (
	kmsSend    = []string{"kms:GenerateDataKey", "kms:Decrypt"}
	kmsReceive = []string{"kms:Decrypt"}
)

// actions, in alphabetical order. Required members are those of the service model.
// GetQueueUrl, the move tasks and the two of T10 name their queue otherwise. That
// only CreateQueue and ListQueues are refused on a queue path is what was asserted;
// for GetQueueUrl and the move tasks it is unverified.
var actions = [...]Action{
	{Name: "AddPermission", IAM: "sqs:AddPermission", OnQueue: true, Required: []string{"Label", "AWSAccountIds", "Actions"}},
	{Name: "CancelMessageMoveTask", IAM: "sqs:CancelMessageMoveTask", Required: []string{"TaskHandle"}},
	{Name: "ChangeMessageVisibility", IAM: "sqs:ChangeMessageVisibility", OnQueue: true, Required: []string{"ReceiptHandle", "VisibilityTimeout"}},
	{Name: "ChangeMessageVisibilityBatch", IAM: "sqs:ChangeMessageVisibility", OnQueue: true, Entry: "ChangeMessageVisibilityBatchRequestEntry"},
	{Name: "CreateQueue", IAM: "sqs:CreateQueue", OnRoot: true, Required: []string{"QueueName"}, Optional: []string{"Attributes", "tags"}},
	{Name: "DeleteMessage", IAM: "sqs:DeleteMessage", OnQueue: true, Required: []string{"ReceiptHandle"}},
	{Name: "DeleteMessageBatch", IAM: "sqs:DeleteMessage", OnQueue: true, Entry: "DeleteMessageBatchRequestEntry"},
	{Name: "DeleteQueue", IAM: "sqs:DeleteQueue", OnQueue: true},
	{Name: "GetQueueAttributes", IAM: "sqs:GetQueueAttributes", OnQueue: true, Optional: []string{"AttributeNames"}},
	{Name: "GetQueueUrl", IAM: "sqs:GetQueueUrl", Required: []string{"QueueName"}, Optional: []string{"QueueOwnerAWSAccountId"}},
	{Name: "ListDeadLetterSourceQueues", IAM: "sqs:ListDeadLetterSourceQueues", OnQueue: true, Optional: []string{"NextToken", "MaxResults"}},
	{Name: "ListMessageMoveTasks", IAM: "sqs:ListMessageMoveTasks", Required: []string{"SourceArn"}, Optional: []string{"MaxResults"}},
	{Name: "ListQueueTags", IAM: "sqs:ListQueueTags", OnQueue: true},
	{Name: "ListQueues", IAM: "sqs:ListQueues", OnRoot: true, Optional: []string{"QueueNamePrefix", "NextToken", "MaxResults"}},
	{Name: "PurgeQueue", IAM: "sqs:PurgeQueue", OnQueue: true},
	{Name: "ReceiveMessage", IAM: "sqs:ReceiveMessage", OnQueue: true, KMS: kmsReceive, Optional: []string{"AttributeNames", "MessageSystemAttributeNames", "MessageAttributeNames", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "ReceiveRequestAttemptId"}},
	{Name: "RemovePermission", IAM: "sqs:RemovePermission", OnQueue: true, Required: []string{"Label"}},
	{Name: "SendMessage", IAM: "sqs:SendMessage", OnQueue: true, Writes: true, KMS: kmsSend, Required: []string{"MessageBody"}, Optional: []string{"DelaySeconds", "MessageGroupId", "MessageDeduplicationId", "MessageAttributes", "MessageSystemAttributes"}},
	{Name: "SendMessageBatch", IAM: "sqs:SendMessage", OnQueue: true, Writes: true, KMS: kmsSend, Entry: "SendMessageBatchRequestEntry"},
	{Name: "SetQueueAttributes", IAM: "sqs:SetQueueAttributes", OnQueue: true, Required: []string{"Attributes"}},
	{Name: "StartMessageMoveTask", IAM: "sqs:StartMessageMoveTask", Required: []string{"SourceArn"}, Optional: []string{"DestinationArn", "MaxNumberOfMessagesPerSecond"}},
	{Name: "TagQueue", IAM: "sqs:TagQueue", OnQueue: true, Required: []string{"Tags"}},
	{Name: "UntagQueue", IAM: "sqs:UntagQueue", OnQueue: true, Required: []string{"TagKeys"}},
}

// LookupAction finds an action by its exact name.
func LookupAction(name string) (Action, bool) {
	if op, ok := operation(name); ok {
		return *op, true
	}
	return Action{}, false
}

// operation is LookupAction without the copy; what it returns is not written to.
func operation(name string) (*Action, bool) {
	for i := range actions {
		if actions[i].Name == name {
			return &actions[i], true
		}
	}
	return nil, false
}

// knows reports whether the action has a query protocol parameter of that name.
func (a *Action) knows(name string) bool {
	base := name
	if i := strings.IndexByte(name, '.'); i >= 0 {
		base = name[:i]
	}
	switch base {
	case "Action", "Version":
		return true
	case "QueueUrl":
		return a.OnQueue
	case "AWSAccessKeyId", "Signature", "SignatureVersion", "SignatureMethod", "Timestamp", "Expires", "SecurityToken":
		return true // authentication in the query string
	}
	if strings.HasPrefix(name, "X-Amz-") || a.Entry != "" && base == a.Entry {
		return true
	}
	for _, list := range [...][]string{a.Required, a.Optional} {
		for _, member := range list {
			if base == member || base == queryName(member) {
				return true
			}
		}
	}
	return false
}

// Actions lists all actions in alphabetical order, as a fresh slice.
func Actions() []Action { return append([]Action(nil), actions[:]...) }

// queryName gives the query protocol's name of a list or map member; others are
// called as in JSON. Message attributes take both spellings (T21).
func queryName(member string) string {
	switch member {
	case "AWSAccountIds":
		return "AWSAccountId"
	case "Actions":
		return "ActionName"
	case "AttributeNames", "MessageSystemAttributeNames":
		return "AttributeName"
	case "MessageAttributeNames":
		return "MessageAttributeName"
	case "Attributes":
		return "Attribute"
	case "MessageAttributes":
		return "MessageAttribute"
	case "MessageSystemAttributes":
		return "MessageSystemAttribute"
	case "Tags", "tags":
		return "Tag"
	case "TagKeys":
		return "TagKey"
	}
	return member
}
