package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var authorizationCrossAccount = diagnose.Rule{
	ID:       "authorization-cross-account",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "the queue belongs to another account, whose policy does not admit the role",
	Doc: `Across accounts both sides have to allow: a policy of the role in the role's account, and the queue's policy in the
queue's account. The queue's policy does not, so SQS answers 403 AccessDenied. Some actions, such as CreateQueue,
DeleteQueue or SetQueueAttributes, are never possible from another account.

Repair: add a statement to the queue's policy that allows the role's ARN the action.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html", refSQSPolicies},
	When:     decided(byCrossAccount),
	Check: func(p *diagnose.Pass) {
		a := &p.Trace.Authorization
		finding := diagnose.Finding{
			Message:  may(p) + ": the queue is in another account, and its policy does not allow the role",
			Why:      "Across accounts the role's policy and the queue's policy both have to allow. " + whyDenied,
			Evidence: append(nearEvidence(p, a.Decision.Nearest), roleEvidence(p), diagnose.Evidence{Label: "queue", Value: p.Expression(a.Resource), Origin: queueOrigin(p)}),
		}
		if a.Decision.Layer != walk.LayerCrossAccount {
			finding.Fixes = []diagnose.Fix{p.Fix("allow role "+p.Expression(lastPart(p.Trace.Signing.Credentials))+" "+a.Action+" in the policy of queue "+p.Expression(lastPart(a.Resource)), snapshot.SetStatement{
				On:    snapshot.PolicyTarget{Kind: "queue", Resource: a.Resource},
				After: allowPrincipal(sid("Allow", lastPart(p.Trace.Signing.Credentials)), p.Trace.Signing.Credentials, a.Resource, a.Action)})}
		}
		p.ReportAs(finding, p.Failed(walk.StageAuthorization))
	},
}

func queueOrigin(p *diagnose.Pass) snapshot.Origin {
	if q := p.Trace.Queue.Queue; q != nil {
		return q.Origin
	}
	return snapshot.Origin{Resource: p.Trace.Authorization.Resource}
}
