package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var queuePathConflict = diagnose.Rule{
	ID:       "queue-path-conflict",
	Stage:    walk.StageQueue,
	Severity: diagnose.Warning,
	APIs:     templated,
	Title:    "path and QueueUrl name different queues",
	Doc: `When the path of the integration URI names one queue and the parameter QueueUrl another, QueueUrl wins: messages go
to the queue that the URI does not show, and the role needs its permission there. There is no error to see, the messages are
simply in the other queue.

Repair: make the two agree. In the query protocol QueueUrl may be left out.`,
	Refs: []string{"https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html"},
	When: all(callsSQS, requires(walk.StageProtocol)),
	Check: func(p *diagnose.Pass) {
		t := p.Trace
		address := &t.Protocol.Effective().Queue
		path, used := t.Protocol.PathQueue.ARN(), t.Protocol.QueueARN
		if from := address.From.String(); path == "" || used == "" || path == used || from == "path" {
			return
		}
		if unresolvedQueue(p, path) || unresolvedQueue(p, used) || text.AccountOf(path) != text.AccountOf(used) && (p.Opaque(text.AccountOf(path)) || p.Opaque(text.AccountOf(used))) {
			p.Gaps().Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "whether " + p.Expression(path) + " and " + p.Expression(used) + " are one queue"})
			return
		}
		fixes := []diagnose.Fix{p.Fix("lead the integration URI to queue "+p.Expression(lastPart(used))+", which QueueUrl names", setURI(p, walk.QueueURI(used)))}
		if inQueues(p, path) {
			if changes := replacedText(p, address.URL, diagnose.QueueURL(path)); changes != nil {
				fix := p.Fix("send QueueUrl "+p.Expression(diagnose.QueueURL(path))+", the queue that the URI names", changes...)
				fix.Risk = "messages then go to another queue than now"
				fixes = append(fixes, fix)
			}
		}
		p.Report(diagnose.Finding{
			Message: fmt.Sprintf("the path names queue %q, but QueueUrl wins: the call goes to %q", p.Expression(path), p.Expression(used)),
			Why:     "A QueueUrl among the parameters takes precedence over the path.",
			Evidence: []diagnose.Evidence{uriEvidence(p),
				{Label: "QueueUrl, from the " + address.From.String(), Value: p.Expression(address.URL), Origin: t.Mapping.TemplateAt}},
			Fixes: fixes,
			Check: diagnose.AWS("sqs", "get-queue-attributes", "--queue-url", diagnose.QueueURL(used), "--attribute-names", "ApproximateNumberOfMessages"),
		})
	},
}

// unresolvedQueue tells a queue whose name or region is not known before deployment.
func unresolvedQueue(p *diagnose.Pass, arn string) bool {
	return p.Opaque(lastPart(arn)) || p.Opaque(text.RegionOf(arn))
}
