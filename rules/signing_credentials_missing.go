package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var signingCredentialsMissing = diagnose.Rule{
	ID:       "signing-credentials-missing",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the integration has no execution role",
	Doc: `API Gateway signs the call to SQS with the session of an execution role. An AWS integration to a service other than
Lambda without credentials is refused when it is stored or deployed: "Role ARN must be specified for AWS integrations". A queue
policy that admits apigateway.amazonaws.com does not help: the caller is the role, never the service itself.

Repair: set the integration's credentials to the ARN of a role that apigateway.amazonaws.com may assume and that may send to
the queue. A role that other services use as well gives API Gateway all that they may do: it is better to make one.`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html",
		"https://github.com/hashicorp/terraform-provider-aws/issues/7916",
	},
	When: all(reachedSQS, needsRole),
	Check: func(p *diagnose.Pass) {
		fact := p.Trace.Mapping.Integration.Credentials
		text, ok := fact.Read(p.Gaps())
		if !ok || text != "" || p.Trace.Signing.IdentityFailure == nil {
			return
		}
		p.ReportAs(diagnose.Finding{
			Message:  "the integration has no credentials",
			Why:      "Without the ARN of an execution role AWS refuses the integration, so that no call is ever made.",
			Evidence: []diagnose.Evidence{{Label: "integration credentials", Value: "none", Origin: fact.Origin()}, uriEvidence(p)},
			Fixes:    append(ownRoles(p), ownRole(p)...),
			Check:    p.Stored("get-integration", "credentials must be the ARN of a role"),
		}, p.Trace.Signing.IdentityFailure)
	},
}

// needsRole tells whether the integration is of a type that signs. Otherwise the
// rule does not apply.
func needsRole(p *diagnose.Pass) bool {
	switch p.Trace.Signing.Type {
	case "MOCK", "HTTP", "HTTP_PROXY":
		p.NotApplicable()
		return false
	}
	return true
}
