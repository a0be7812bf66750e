package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var authorizationAction = diagnose.Rule{
	ID:       "authorization-action",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "no statement allows the execution role the SQS action",
	Doc: `The role that the integration names as its credentials signs the call to SQS. Neither a policy of the role nor the
queue's policy allows it the action, so SQS answers 403 AccessDenied.

Batch calls have no IAM action of their own: SendMessageBatch is allowed by sqs:SendMessage, and a policy that names
sqs:SendMessageBatch allows nothing.

Repair: add a statement with exactly this action on exactly this queue to a policy of the role.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Article:  true,
	Refs:     []string{refArticle, refSQSPolicies, "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html"},
	When:     decided(byAction),
	Check: func(p *diagnose.Pass) {
		a := &p.Trace.Authorization
		near := a.Decision.Nearest
		p.ReportAs(diagnose.Finding{
			Message:  may(p) + ": no statement allows the action",
			Why:      whyDenied,
			Evidence: append([]diagnose.Evidence{roleEvidence(p)}, nearEvidence(p, near)...),
			Fixes:    []diagnose.Fix{grant(p, near, "SendTo", a.Resource, a.Action)},
		}, p.Failed(walk.StageAuthorization))
	},
}
