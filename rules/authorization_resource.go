package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
)

var authorizationResource = diagnose.Rule{
	ID:       "authorization-resource",
	Stage:    diagnose.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "the execution role may do this, but on another resource",
	Doc: `A policy of the role allows the action on a resource that is not the queue the integration sends to: another
queue, account, region or partition, a name without .fifo, or a queue URL where an ARN belongs. Queue ARNs have the form
arn:PARTITION:sqs:REGION:ACCOUNT:NAME and are compared part by part, with regard to case.

Repair: either send to the queue that the policy names (see the integration URI) or allow the action on this queue.`,
	Explains: []diagnose.ErrorCode{diagnose.AccessDenied},
	Article:  true,
	Refs:     []string{refArticle, "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html"},
	Check: func(p *diagnose.Pass) {
		if !decided(p, byResource) || p.Trace.Queue.Elsewhere != "" {
			return // signing-region: the policy is for the queue where it is
		}
		a := &p.Trace.Authorization
		near := a.Decision.Nearest
		p.ReportAs(diagnose.Finding{
			Message: fmt.Sprintf("role %s may %s on %s, but the integration sends to %s", lastPart(p.Trace.Signing.Credentials), a.Action,
				p.Expression(near.Expected), p.Expression(a.Resource)),
			Why:      whyDenied,
			Evidence: append(nearEvidence(p, near), roleEvidence(p)),
			Fixes:    []diagnose.Fix{grant(p, near, "SendTo", a.Resource, a.Action)},
			Check:    p.Curl(p.Trace.Request),
		}, p.Failed(diagnose.StageAuthorization))
	},
}
