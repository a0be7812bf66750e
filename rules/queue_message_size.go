package rules

import (
	"fmt"
	"strconv"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// largestMessage is what a queue can be set to take, in bytes (T29).
const largestMessage = 1048576

var queueMessageSize = diagnose.Rule{
	ID:       "queue-message-size",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "the message is larger than the queue takes",
	Doc: `A queue takes messages up to its MaximumMessageSize, 1 MiB at most; names, types and values of message attributes
count, and so does what encoding adds to the text of the message. A larger one is refused with 400 InvalidParameterValue ("One
or more parameters are invalid. Reason: Message must be shorter than ... bytes."), a batch with
AWS.SimpleQueueService.BatchRequestTooLong. API Gateway itself takes bodies up to 10 MB, and answers 413 to larger ones; a
WebSocket API takes messages of 128 KB in frames of 32 KB, and closes the connection with code 1009 at larger ones.

Repair: raise MaximumMessageSize where it is below 1 MiB; beyond that put the data into S3 and send its key.`,
	Explains: []walk.ErrorCode{walk.InvalidParameter, walk.BatchTooLong, walk.RequestTooLarge, walk.MessageTooBig},
	Refs:     []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"},
	Check: func(p *diagnose.Pass) {
		if f := p.Failed(walk.StageRoute); f != nil && (f.Code == walk.RequestTooLarge || f.Code == walk.MessageTooBig) {
			why := "API Gateway answers 413 and does not look at the call."
			if f.Code == walk.MessageTooBig {
				why = "API Gateway closes the connection, and the messages behind this one are lost with it."
			}
			p.ReportAs(diagnose.Finding{Message: fmt.Sprintf("the client sends %d bytes, more than API Gateway takes", len(p.Trace.Request.Body)), Why: why,
				Check: diagnose.Say("send a smaller body, or put the data into S3 and send its key")}, f)
			return
		}
		if !refusedFor(walk.QueueSize)(p) {
			return
		}
		size := 0
		for i := range p.Trace.Queue.Messages {
			size = max(size, p.Trace.Queue.Messages[i].Size())
		}
		limit := largestMessage
		f := refusal(p, "")
		if queue := p.Trace.Queue.Queue; queue != nil {
			if own, ok := queue.MaximumMessageSize.Peek(); ok {
				limit = own
				f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "queue attribute MaximumMessageSize", Value: strconv.Itoa(own), Origin: queue.MaximumMessageSize.Origin()})
				if own < largestMessage && size <= largestMessage {
					f.Fixes = []diagnose.Fix{p.Fix(fmt.Sprintf("set MaximumMessageSize of queue %s to %d, which is 1 MiB", p.Expression(lastPart(queue.ARN)), largestMessage), snapshot.SetQueueAttribute{Queue: queue.ARN, Name: "MaximumMessageSize",
						Before: strconv.Itoa(own), After: strconv.Itoa(largestMessage)})}
				}
			}
		}
		f.Message = fmt.Sprintf("a message of %d bytes, the queue takes %d", size, limit)
		if size <= limit {
			f.Message = fmt.Sprintf("the batch is longer than %d bytes", largestMessage)
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}
