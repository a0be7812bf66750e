package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var authorizationOrganization = diagnose.Rule{
	ID:       "authorization-organization",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "an organization policy refuses the call",
	Doc: `Service control policies cap what principals of an account may do, resource control policies what may be done to its
resources. With service control policies in force every level (root, organizational units, account) has to allow the action.
One of them does not, so SQS answers 403 AccessDenied.

Organization policies can seldom be read from a member account. The doctor judges them when they are given; otherwise it
assumes that they let the call through and says so.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"},
	NoFix:    "organization policies belong to the management account; they are not changed from here",
	When:     decided(byOrganization),
	Check: func(p *diagnose.Pass) {
		d := p.Trace.Authorization.Decision
		evidence := []diagnose.Evidence{roleEvidence(p)}
		if d.Explicit {
			evidence = append([]diagnose.Evidence{matchEvidence(p, d.Statements[0])}, evidence...)
		} else {
			evidence = append(nearEvidence(p, d.Nearest), evidence...)
		}
		p.ReportAs(diagnose.Finding{
			Message:  may(p) + ": a " + d.Layer.String() + " refuses it",
			Why:      whyDenied,
			Evidence: evidence,
			Check:    diagnose.Say("ask the administrators of the organization for the policies of this account"),
		}, p.Failed(walk.StageAuthorization))
	},
}
