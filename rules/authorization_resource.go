package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var authorizationResource = diagnose.Rule{
	ID:       "authorization-resource",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "the execution role may do this, but on another resource",
	Doc: `A policy of the role allows the action on a resource that is not the queue the integration sends to: another
queue, account, region or partition, a name without .fifo, or a queue URL where an ARN belongs. Queue ARNs have the form
arn:PARTITION:sqs:REGION:ACCOUNT:NAME and are compared part by part, with regard to case.

Repair: either send to the queue that the policy names (see the integration URI) or allow the action on this queue.`,
	Explains: []walk.ErrorCode{walk.AccessDenied, walk.NonExistentQueue},
	Refs:     []string{refArticle, "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html"},
	Check: func(p *diagnose.Pass) {
		if twoRegions(p) {
			return
		}
		if d := p.Trace.Authorization.Alone; denialOf(d) == byResource && p.Reached() && p.Trace.Queue.Elsewhere == "" && p.Trace.Queue.Near == "" {
			unlessTheQueueAllows(p, d)
			return
		}
		if !decided(byResource)(p) || p.Trace.Queue.Elsewhere != "" || p.Trace.Queue.Near != "" {
			return // signing-region, queue-missing: the policy is for the queue that there is
		}
		a := &p.Trace.Authorization
		near := a.Decision.Nearest
		p.ReportAs(diagnose.Finding{
			Message: fmt.Sprintf("role %s may call %s on %s, but the integration sends to %s", lastPart(p.Trace.Signing.Credentials), a.Action,
				p.Expression(near.Expected), p.Expression(a.Resource)),
			Why:      whyDenied,
			Evidence: append(nearEvidence(p, near), roleEvidence(p)),
			Fixes:    []diagnose.Fix{grant(p, near, "SendTo", a.Resource, a.Action)},
		}, p.Failed(walk.StageAuthorization))
	},
}

// twoRegions reports a role that is refused in whichever region the queue turns out to
// be: the policy names one region and the integration another, and nobody gave the
// queue's own.
func twoRegions(p *diagnose.Pass) bool {
	a, q := &p.Trace.Authorization, &p.Trace.Queue
	failure := p.Failed(walk.StageAuthorization)
	if failure == nil || a.Decision == nil || a.Decision.Effect != walk.Undecided || q.Elsewhere == "" || !p.Opaque(text.RegionOf(q.Elsewhere)) {
		return false
	}
	f := diagnose.Finding{
		Message:  fmt.Sprintf("role %s may not call %s on %s, the queue that the integration sends to", lastPart(p.Trace.Signing.Credentials), a.Action, p.Expression(a.Resource)),
		Why:      "Either the queue is in another region, where it is not called, or it is in this one, where the role may not use it.",
		Evidence: []diagnose.Evidence{{Label: "integration URI", Value: p.Expression(p.Trace.Signing.URIText), Origin: p.Trace.Signing.URIOrigin}, roleEvidence(p)},
	}
	if a.Alone != nil && a.Alone.Nearest != nil {
		f.Evidence = append(nearEvidence(p, a.Alone.Nearest), f.Evidence...)
		if denialOf(a.Alone) == byResource {
			f.Message = fmt.Sprintf("role %s may call %s on %s, but the integration sends to %s", lastPart(p.Trace.Signing.Credentials), a.Action, p.Expression(a.Alone.Nearest.Expected), p.Expression(a.Resource))
		}
	}
	p.ReportAs(f, failure)
	return true
}

// unlessTheQueueAllows warns of a role that is not meant for this queue, where
// the queue's own policy is out of sight and might still let it in.
func unlessTheQueueAllows(p *diagnose.Pass, d *walk.Decision) {
	a := &p.Trace.Authorization
	p.Requires(walk.StageAuthorization)
	p.Report(diagnose.Finding{
		Severity: diagnose.Warning,
		Message: fmt.Sprintf("role %s may call %s on %s, but the integration sends to %s, of which nothing is known", lastPart(p.Trace.Signing.Credentials), a.Action,
			p.Expression(d.Nearest.Expected), p.Expression(a.Resource)),
		Why:      "Unless that queue exists and its own policy admits the role, SQS answers AccessDenied or NonExistentQueue. Often it is the queue's name in the integration URI that is wrong.",
		Evidence: append([]diagnose.Evidence{{Label: "integration URI", Value: p.Expression(p.Trace.Signing.URIText), Origin: p.Trace.Signing.URIOrigin}}, nearEvidence(p, d.Nearest)...),
		Codes:    []walk.ErrorCode{walk.AccessDenied, walk.NonExistentQueue},
		Check:    diagnose.AWS("sqs", "get-queue-attributes", "--attribute-names", "Policy", "--queue-url", diagnose.QueueURL(a.Resource)),
	})
}
