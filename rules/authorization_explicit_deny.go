package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var authorizationExplicitDeny = diagnose.Rule{
	ID:       "authorization-explicit-deny",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "a Deny in a policy of the execution role covers the call",
	Doc: `One Deny that applies wins over every Allow, in whatever policy they stand. A policy of the role denies this action
on this queue, so SQS answers 403 AccessDenied although another statement allows it.

Repair: take the action or the queue out of the Deny, or give the integration a role that the Deny is not meant for.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html"},
	When:     decided(byExplicitDeny),
	Check: func(p *diagnose.Pass) {
		m := p.Trace.Authorization.Decision.Statements[0]
		p.ReportAs(diagnose.Finding{
			Message:  may(p) + ": denied by " + statementName(m) + " of policy " + m.Document,
			Why:      "A Deny that applies wins over every Allow. " + whyDenied,
			Evidence: []diagnose.Evidence{matchEvidence(p, m), roleEvidence(p)},
			Fixes:    removal(p, m),
		}, p.Failed(walk.StageAuthorization))
	},
}
