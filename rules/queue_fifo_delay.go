package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var queueFIFODelay = diagnose.Rule{
	ID:       "queue-fifo-delay",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "a message for a FIFO queue has a delay of its own",
	Doc: `A FIFO queue delays all of its messages alike, by its own DelaySeconds. A message with a DelaySeconds above 0 is
refused with 400 InvalidParameterValue ("The request include parameter that is not valid for this queue type"). DelaySeconds=0
does no harm.

Repair: leave DelaySeconds out and, where a delay is wanted, set it on the queue.`,
	Explains: []walk.ErrorCode{walk.InvalidParameter},
	Refs:     []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"},
	When:     all(refusedFor(walk.QueueDelay), plain, unblamed), // a delay that another client's data brings in is mapping-body-not-encoded
	Check: func(p *diagnose.Pass) {
		name := p.Trace.Queue.Answer.Parameter
		delay := ""
		for _, m := range p.Trace.Queue.Messages {
			if m.Prefix+"DelaySeconds" == name {
				delay = m.Delay
			}
		}
		f := refusal(p, fmt.Sprintf("%s is %q, but the queue is FIFO", name, delay))
		f.Evidence = append(f.Evidence, queueEvidence(p, "queue", p.Expression(p.Trace.Queue.ARN)))
		if changes := withoutParameter(p, name); changes != nil {
			f.Fixes = []diagnose.Fix{p.Fix("leave DelaySeconds out", changes...)}
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}
