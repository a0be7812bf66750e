package rules

import (
	"fmt"
	"strconv"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var queueParameter = diagnose.Rule{
	ID:       "queue-parameter",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "a parameter has a value that SQS or this queue does not take",
	Doc: `Values are checked against the kind of queue and against fixed ranges: MessageDeduplicationId is for FIFO queues only
(MessageGroupId is fine on standard queues since 2025, for fair queues); ids have 1 to 128 letters, digits and punctuation
characters, without blanks; DelaySeconds is 0 to 900, MaxNumberOfMessages 1 to 10, WaitTimeSeconds 0 to 20; a batch has 1 to 10
entries with distinct ids of letters, digits, hyphens and underscores; GetQueueAttributes takes the names of attributes that
exist. SQS answers 400 InvalidParameterValue, InvalidAttributeName or a code of its own for batches.

Repair: send a value in range, leave the parameter out, or encode the client's data that goes into an id.`,
	Explains: []walk.ErrorCode{walk.InvalidParameter, walk.InvalidAttributeName, walk.BatchEmpty, walk.BatchEntryID, walk.BatchNotDistinct, walk.TooManyEntries, walk.MissingParameter},
	Refs:     []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"},
	When:     all(refusedFor(walk.QueueParameter), plain, unblamed), // what another client leaves out is refused loudly, as it should be
	Check: func(p *diagnose.Pass) {
		name := p.Trace.Queue.Answer.Parameter
		f := refusal(p, fmt.Sprintf("SQS refuses %s of %s", name, p.Trace.Protocol.Action))
		if queue := p.Trace.Queue.Queue; queue != nil {
			f.Evidence = append(f.Evidence, queueEvidence(p, "queue", p.Expression(queue.ARN)))
		}
		if value, ok := bound(name); ok {
			if changes := withParameter(p, name, strconv.Itoa(value), "'"+strconv.Itoa(value)+"'"); changes != nil {
				f.Fixes = append(f.Fixes, p.Fix("set "+name+" to "+strconv.Itoa(value), changes...))
			}
		}
		if changes := withoutParameter(p, name); changes != nil {
			f.Fixes = append(f.Fixes, p.Fix("leave "+name+" out", changes...))
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}

// bound is the largest value that SQS takes for a number.
func bound(name string) (int, bool) {
	value, ok := map[string]int{"DelaySeconds": 900, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20, "VisibilityTimeout": 43200}[lastName(name)]
	return value, ok
}
