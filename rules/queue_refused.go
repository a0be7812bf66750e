package rules

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var queueRefused = diagnose.Rule{
	ID:       "queue-refused",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "SQS does not create the queue that the template asks for",
	Doc: `SQS checks the name and the attributes of a queue when it is created, and a stack is rolled back with the first thing
that is refused. The name of a FIFO queue ends in .fifo and FifoQueue is true; a standard queue has neither (FifoQueue false is
refused too: "Unknown Attribute FifoQueue."), and no ContentBasedDeduplication, DeduplicationScope or FifoThroughputLimit. A name has
up to 80 letters, digits, hyphens and underscores. DelaySeconds is 0 to 900, MaximumMessageSize 1024 to 1048576,
MessageRetentionPeriod 60 to 1209600, ReceiveMessageWaitTimeSeconds 0 to 20, VisibilityTimeout 0 to 43200,
KmsDataKeyReusePeriodSeconds 60 to 86400. KmsMasterKeyId and SqsManagedSseEnabled exclude each other. A redrive policy has
maxReceiveCount (1 to 1000) and the ARN of a dead-letter queue of the same type, region and account.

Repair: what the message names. A name that is not given is made up, with .fifo where it belongs.`,
	Explains: []walk.ErrorCode{walk.InvalidParameter, walk.InvalidAttributeName, walk.InvalidAttribute},
	Refs: []string{
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
		"https://github.com/aws/aws-cdk/pull/31922",
	},
	Check: func(p *diagnose.Pass) {
		q := &p.Trace.Queue
		if len(q.Refused) == 0 {
			if callsSQS(p) && p.Requires(walk.StageProtocol) && !q.Missing {
				p.Requires(walk.StageQueue)
			}
			return
		}
		for _, refused := range q.Refused {
			name := p.Expression(lastPart(refused.Queue.ARN))
			f := diagnose.Finding{
				Codes:    []walk.ErrorCode{walk.ErrorCode(refused.Refusal.Code)},
				Message:  fmt.Sprintf("SQS does not create queue %s: %s", name, p.Expression(refused.Refusal.Reason)),
				Why:      "The stack is rolled back, so that nothing of it is deployed.",
				Evidence: []diagnose.Evidence{{Label: refused.Refusal.Attribute, Value: p.Expression(requested(refused)), Origin: refused.Origin}},
				Check:    diagnose.Say("create the stack under another name, or the queue alone with the same attributes"),
			}
			if text := refused.Refusal.Message; text != "" {
				f.Why = "SQS answers: " + strings.TrimSuffix(p.Expression(text), ".") + ". The stack is rolled back, so that nothing of it is deployed."
			}
			if fix, ok := acceptable(p, refused); ok {
				f.Fixes = []diagnose.Fix{fix}
			}
			p.Report(f)
		}
	},
}

// requested is the value of the attribute that is refused.
func requested(refused walk.RefusedQueue) string {
	value, _ := refused.Queue.Requested[refused.Refusal.Attribute].Peek()
	return value
}

// acceptable is the change after which SQS takes the attribute, where leaving it out
// or its nearest value cannot be meant otherwise.
func acceptable(p *diagnose.Pass, refused walk.RefusedQueue) (diagnose.Fix, bool) {
	name, before := refused.Refusal.Attribute, requested(refused)
	set := func(title, name, before, after string) (diagnose.Fix, bool) {
		return p.Fix(title, snapshot.SetQueueAttribute{Queue: refused.Queue.ARN, Name: name, Before: before, After: after}), true
	}
	switch name {
	case "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope":
		return set("leave "+name+" out", name, before, "")
	case "FifoThroughputLimit":
		if _, scoped := refused.Queue.Requested["DeduplicationScope"]; !scoped {
			return set("leave "+name+" out", name, before, "")
		}
		return set("set DeduplicationScope to messageGroup", "DeduplicationScope", "queue", "messageGroup")
	case "KmsMasterKeyId":
		return set("leave SqsManagedSseEnabled out: the key of KmsMasterKeyId encrypts", "SqsManagedSseEnabled", "true", "")
	}
	if nearest := refused.Refusal.Nearest; nearest != "" {
		return set("set "+name+" to "+nearest, name, before, nearest)
	}
	return diagnose.Fix{}, false
}
