package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var authorizationBoundary = diagnose.Rule{
	ID:       "authorization-boundary",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "the permissions boundary of the execution role does not admit the call",
	Doc: `A permissions boundary grants nothing; it caps what the policies of the role can grant. The boundary of this role
does not allow the action on the queue, so SQS answers 403 AccessDenied whatever the other policies say.

Repair: extend the boundary by this action on this queue, or give the integration a role with another boundary.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
	When:     decided(byBoundary),
	Check: func(p *diagnose.Pass) {
		a := &p.Trace.Authorization
		finding := diagnose.Finding{
			Message:  may(p) + ": its permissions boundary does not allow it",
			Why:      "A boundary caps what the role's policies grant. " + whyDenied,
			Evidence: append(nearEvidence(p, a.Decision.Nearest), roleEvidence(p)),
		}
		if a.Decision.Explicit {
			m := a.Decision.Statements[0]
			finding.Evidence = []diagnose.Evidence{matchEvidence(p, m), roleEvidence(p)}
			finding.Fixes = removal(p, m)
		} else if !ofAWS(p, walk.LayerBoundary, "") {
			fix := p.Fix("allow "+a.Action+" on "+p.Expression(a.Resource)+" in the permissions boundary of the role", snapshot.SetStatement{
				On:    snapshot.PolicyTarget{Kind: "boundary", Resource: p.Trace.Signing.Credentials},
				After: allowStatement(sid(does("SendTo", []string{a.Action}), lastPart(a.Resource)), a.Resource, a.Action)})
			fix.Risk = "other roles may have the same boundary"
			finding.Fixes = []diagnose.Fix{fix}
		}
		p.ReportAs(finding, p.Failed(walk.StageAuthorization))
	},
}
