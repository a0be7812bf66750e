package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var signingRoleMissing = diagnose.Rule{
	ID:       "signing-role-missing",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the execution role does not exist",
	Doc: `AWS stores an integration whose credentials name a role that does not exist. Every call then ends in 500 "Internal
server error"; only the log says "API Gateway does not have permission to assume the provided role". The same
happens when the role is deleted later, or when its path is left out of the ARN.

Repair: name a role that exists, or create it.`,
	Explains: []walk.ErrorCode{walk.InternalServerError},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html"},
	When:     all(reachedSQS, needsRole),
	Check: func(p *diagnose.Pass) {
		s := &p.Trace.Signing
		if !s.RoleMissing {
			if s.Role == nil && s.IdentityFailure == nil {
				p.Requires(walk.StageSigning)
			}
			return
		}
		p.ReportAs(diagnose.Finding{
			Message:  fmt.Sprintf("the role %q does not exist", p.Expression(s.Credentials)),
			Why:      "API Gateway cannot assume it and answers " + answerOr(p, "500") + " without calling SQS.",
			Evidence: []diagnose.Evidence{roleEvidence(p)},
			Fixes:    orOwnRole(p, roleFixes(p)),
			Check:    diagnose.AWS("iam", "get-role", "--role-name", lastPart(s.Credentials)),
		}, s.IdentityFailure)
	},
}
