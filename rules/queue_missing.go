package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var queueMissing = diagnose.Rule{
	ID:       "queue-missing",
	Stage:    walk.StageQueue,
	Severity: diagnose.Error,
	Title:    "the queue does not exist",
	Doc: `The account, region and name that the integration addresses belong to no queue: 400
AWS.SimpleQueueService.NonExistentQueue ("The specified queue does not exist for this wsdl version."; in the JSON protocol
QueueDoesNotExist). Names are compared letter by letter, and .fifo is part of the name. A queue that could not be looked up is
not called missing; when one with a similar name is known, a warning names it.

Repair: address the queue that exists, by the integration URI or by QueueUrl, or create the queue.`,
	Explains: []walk.ErrorCode{walk.NonExistentQueue},
	Refs:     []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"},
	When:     all(callsSQS, requires(walk.StageProtocol)),
	Check: func(p *diagnose.Pass) {
		q := &p.Trace.Queue
		if q.Queue != nil || q.ARN == "" || q.Elsewhere != "" {
			return // found, not addressed, or a matter of the region
		}
		near := q.Near
		if !q.Missing && near == "" {
			p.Requires(walk.StageQueue)
			return
		}
		f := diagnose.Finding{
			Message:  fmt.Sprintf("the queue %q does not exist", p.Expression(q.ARN)),
			Why:      "SQS answers NonExistentQueue.",
			Evidence: []diagnose.Evidence{uriEvidence(p)},
			Check:    diagnose.AWS("sqs", "get-queue-url", "--queue-name", lastPart(q.ARN), "--queue-owner-aws-account-id", text.AccountOf(q.ARN), "--region", text.RegionOf(q.ARN)),
		}
		denied := p.Failed(walk.StageAuthorization)
		if q.Missing && near != "" && denied != nil {
			f.Codes = append([]walk.ErrorCode{walk.NonExistentQueue}, denied.Codes...)
		}
		if !q.Missing {
			f.Severity = diagnose.Warning // it may exist
			f.Message = fmt.Sprintf("the queue %q was not found here", p.Expression(q.ARN))
			f.Why = "Should it not exist, SQS answers NonExistentQueue."
			f.Codes = []walk.ErrorCode{walk.NonExistentQueue}
			if denied != nil && p.Trace.Authorization.Decision.Effect == walk.Undecided {
				f.Severity, f.Codes = diagnose.Error, denied.Codes
				f.Why = "The role may not use a queue of that name: SQS answers AccessDenied or, should it not exist, NonExistentQueue."
			}
		}
		if near != "" {
			f.Message += fmt.Sprintf("; there is %q", p.Expression(lastPart(near)))
			f.Fixes = addressQueue(p, near)
		}
		p.ReportAs(f, p.Failed(walk.StageQueue))
	},
}

// addressQueue leads the call to another queue, where its address stands.
func addressQueue(p *diagnose.Pass, arn string) []diagnose.Fix {
	title := "send to queue " + p.Expression(lastPart(arn)) + " in place of " + p.Expression(lastPart(p.Trace.Protocol.Effective().Queue.URL))
	address := &p.Trace.Protocol.Effective().Queue
	if address.From.String() == "path" {
		s := &p.Trace.Signing
		old := lastPart(address.URL)
		if i := strings.LastIndex(s.URIText, old); i >= 0 && strings.HasSuffix(strings.SplitN(s.URIText, "?", 2)[0], old) {
			return []diagnose.Fix{p.Fix(title, setURI(p, s.URIText[:i]+lastPart(arn)+s.URIText[i+len(old):]))}
		}
		return []diagnose.Fix{p.Fix(title, setURI(p, walk.QueueURI(arn)))}
	}
	var fixes []diagnose.Fix
	if changes := replacedText(p, address.URL, diagnose.QueueURL(arn)); changes != nil {
		fixes = append(fixes, p.Fix(title, changes...))
	}
	return fixes
}

// inQueues tells whether a queue is known to exist.
func inQueues(p *diagnose.Pass, arn string) bool {
	queue, ok := p.Snapshot.Queue(arn).Peek()
	return ok && queue != nil && slices.Contains(p.Queues(text.RegionOf(arn)), arn)
}
