package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var authorizationQueuePolicy = diagnose.Rule{
	ID:       "authorization-queue-policy",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "the queue's policy denies the call",
	Doc: `A Deny in the queue's own policy covers the execution role: by principal, by a NotPrincipal list without the role, or
by a condition that the call meets, such as aws:SourceVpce or aws:SourceArn, which calls of API Gateway do not carry. A Deny
of calls without TLS (aws:SecureTransport false) does no harm, because API Gateway always uses TLS.

Repair: take the role out of the Deny.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Refs:     []string{refSQSPolicies},
	When:     decided(byQueuePolicy),
	Check: func(p *diagnose.Pass) {
		m := p.Trace.Authorization.Decision.Statements[0]
		p.ReportAs(diagnose.Finding{
			Message:  may(p) + ": denied by " + statementName(m) + " of the queue's policy",
			Why:      "A Deny that applies wins over every Allow. " + whyDenied,
			Evidence: []diagnose.Evidence{matchEvidence(p, m), roleEvidence(p)},
			Fixes:    removal(p, m),
		}, p.Failed(walk.StageAuthorization))
	},
}
