package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var signingCredentialsMalformed = diagnose.Rule{
	ID:       "signing-credentials-malformed",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the credentials are not the ARN of a role of this account",
	Doc: `The credentials of an integration are the ARN of a role, arn:aws:iam::ACCOUNT:role/NAME. The name of a role (what
Ref gives in a template), the ARN of a policy, a user or an instance profile is refused with "Invalid ARN specified in the
request", which is easily taken for a fault of the URI. A role of another account is refused too: "Cross-account pass role is
not allowed."

Repair: use the role's ARN; in a template Fn::GetAtt of Arn instead of Ref.`,
	Explains: []walk.ErrorCode{walk.BadRequest, walk.GatewayAccessDenied},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html",
		"https://github.com/aws-cloudformation/aws-cloudformation-templates/issues/379",
	},
	When: all(reachedSQS, needsRole),
	Check: func(p *diagnose.Pass) {
		fact := p.Trace.Mapping.Integration.Credentials
		stored, ok := fact.Read(p.Gaps())
		if !ok || p.Opaque(stored) && !strings.HasPrefix(stored, "arn:") {
			p.Requires(walk.StageSigning)
			return
		}
		s := &p.Trace.Signing
		if f := s.IdentityFailure; f == nil || f.Origin != walk.FromDeployment || s.Credentials == "" || s.TrustProblem != nil {
			return
		}
		message := fmt.Sprintf("the credentials %q are not the ARN of a role", p.Expression(s.Credentials))
		if s.IdentityFailure.Code == walk.GatewayAccessDenied {
			message = fmt.Sprintf("the role %q is of another account than the API (%s)", p.Expression(s.Credentials), p.Expression(s.Account))
		}
		p.ReportAs(diagnose.Finding{
			Message:  message,
			Why:      "AWS refuses the integration: " + s.IdentityFailure.Message,
			Evidence: []diagnose.Evidence{{Label: "integration credentials", Value: p.Expression(stored), Origin: fact.Origin()}},
			Fixes:    orOwnRole(p, append(roleByName(p, stored), roleFixes(p)...)),
			Check:    diagnose.AWS("iam", "get-role", "--role-name", lastPart(stored), "--query", "Role.Arn"),
		}, s.IdentityFailure)
	},
}

// roleByName offers the ARN of the role whose name stands where its ARN belongs.
func roleByName(p *diagnose.Pass, name string) []diagnose.Fix {
	s := &p.Trace.Signing
	if s.Account == "" || strings.ContainsAny(name, ":*") {
		return nil
	}
	partition := cmp.Or(s.URI.Partition, "aws")
	arn := "arn:" + partition + ":iam::" + s.Account + ":role/" + strings.TrimPrefix(name, "role/")
	if role, ok := p.Snapshot.Role(arn).Peek(); ok && role == nil {
		return nil
	}
	for _, other := range roleFixes(p) {
		if change, ok := other.Changes[0].(snapshot.SetIntegration); ok && change.After == arn {
			return nil // offered there
		}
	}
	return []diagnose.Fix{p.Fix("set the credentials to the ARN of role "+p.Expression(name)+", "+p.Expression(arn),
		snapshot.SetIntegration{On: p.Method(), Field: snapshot.FieldCredentials, Before: name, After: arn})}
}
