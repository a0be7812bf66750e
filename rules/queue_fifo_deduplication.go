package rules

import (
	"strconv"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var queueFIFODeduplication = diagnose.Rule{
	ID:       "queue-fifo-deduplication",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "a message for a FIFO queue cannot be told from others",
	Doc: `A FIFO queue drops repetitions of a message within five minutes. What counts as the same message is told by
MessageDeduplicationId or, when the queue has ContentBasedDeduplication, by a digest of the body. With neither SQS answers 400
InvalidParameterValue: "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided
explicitly"; an empty MessageDeduplicationId is InvalidParameterValue on every FIFO queue. The AWS article lists this cause with AccessDenied; the answer of SQS is another one.

Repair: add &MessageDeduplicationId=$context.requestId (every call counts), an id of the client's (its repetitions are dropped),
or switch ContentBasedDeduplication on.`,
	Explains: []walk.ErrorCode{walk.InvalidParameter},
	Article:  true,
	Refs: []string{
		refArticle,
		"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html",
	},
	Check: func(p *diagnose.Pass) {
		q := &p.Trace.Queue
		if !q.Undeduplicated && !refusedFor(walk.QueueDeduplication)(p) {
			return
		}
		name := q.Answer.Parameter
		if q.Fault == walk.QueueGroup { // it is what SQS would say next
			name = strings.TrimSuffix(name, "MessageGroupId") + "MessageDeduplicationId"
		}
		if blamedElsewhere(p, name) {
			return
		}
		message := name + " is not given, and the queue does not deduplicate by content"
		empty := q.Empty && q.Fault == walk.QueueDeduplication
		if empty {
			message = name + " is empty: SQS takes no empty id, and reads it as given even where the queue deduplicates by content"
		}
		f := refusal(p, message)
		if q.Fault == walk.QueueGroup {
			f.Codes, f.Why = []walk.ErrorCode{walk.InvalidParameter}, "With a MessageGroupId SQS would answer InvalidParameterValue."
		}
		f.Fixes = fifoFixes(p, name, "$context.requestId", "context.requestId", "every call gets an id of its own")
		if queue := p.Trace.Queue.Queue; queue != nil && !empty {
			if on, ok := queue.ContentBasedDeduplication.Peek(); ok {
				f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "queue attribute ContentBasedDeduplication", Value: strconv.FormatBool(on), Origin: queue.ContentBasedDeduplication.Origin()})
				fix := p.Fix("set ContentBasedDeduplication of queue "+p.Expression(lastPart(queue.ARN))+" to true", snapshot.SetQueueAttribute{Queue: queue.ARN, Name: "ContentBasedDeduplication", Before: strconv.FormatBool(on), After: "true"})
				fix.Choice = "two messages with the same body within five minutes count as one"
				f.Fixes = append(f.Fixes, fix)
			}
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}
