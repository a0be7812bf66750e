package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var authorizationCondition = diagnose.Rule{
	ID:       "authorization-condition",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "the statement that would allow the call has a condition that it cannot meet",
	Doc: `A statement allows the action on the queue, under a condition that calls of API Gateway do not meet. The call
reaches SQS as the session of the execution role: aws:SourceArn, aws:SourceAccount, aws:SourceVpc and aws:SourceVpce are
absent from it, aws:PrincipalArn is the role's ARN with its path, aws:ViaAWSService is false, and aws:SourceIp is an address of
AWS. Conditions written for SNS, S3 or EventBridge therefore never hold.

Repair: allow the role the action without that condition.`,
	Explains: []walk.ErrorCode{walk.AccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html", refSQSPolicies},
	When:     decided(byCondition),
	Check: func(p *diagnose.Pass) {
		a := &p.Trace.Authorization
		near := a.Decision.Nearest
		p.ReportAs(diagnose.Finding{
			Message:  fmt.Sprintf("%s: %s of %s allows it only under a condition that this call does not meet", may(p), statementName(near.Match), near.Document),
			Why:      fmt.Sprintf("The condition asks for %s; in this call %s. %s", p.Expression(near.Expected), p.Expression(near.Actual), whyDenied),
			Evidence: append(nearEvidence(p, near), roleEvidence(p)),
			Fixes:    []diagnose.Fix{grant(p, near, "SendTo", a.Resource, a.Action)},
		}, p.Failed(walk.StageAuthorization))
	},
}
