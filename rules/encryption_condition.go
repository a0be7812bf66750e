package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var encryptionCondition = diagnose.Rule{
	ID:       "encryption-condition",
	Stage:    walk.StageEncryption,
	Severity: diagnose.Error,
	Title:    "the statement that would allow the key has a condition that the call cannot meet",
	Doc: `A statement of the key policy or of the role allows the key under a condition that the call does not meet. SQS calls
KMS for the role's session: kms:ViaService is sqs.REGION.amazonaws.com of the queue's region, kms:CallerAccount the role's account,
kms:EncryptionContext:aws:sqs:arn the queue's ARN; aws:SourceArn and aws:SourceAccount are absent, because they belong to calls
of services, not of roles.

Repair: correct the condition, or allow the role without it.`,
	Explains: []walk.ErrorCode{walk.KMSAccessDenied},
	Refs:     []string{"https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html", refSQSKeys},
	When:     keyDecided(keyByCondition),
	Check: func(p *diagnose.Pass) {
		d, _ := keyDenials(p)
		near := d.Nearest
		fix := p.Fix(keyStatementTitle(p), keyStatement(p))
		if near.Layer == walk.LayerIdentity {
			fix = grant(p, nil, "UseKeyOf", keyARN(p), keyActions(p)...)
		}
		p.ReportAs(diagnose.Finding{
			Message:  fmt.Sprintf("%s: %s of %s allows it only under a condition that this call does not meet", mayUse(p), statementName(near.Match), near.Document),
			Why:      fmt.Sprintf("The condition asks for %s; in this call %s.", p.Expression(near.Expected), p.Expression(near.Actual)),
			Evidence: append(nearEvidence(p, near), keyEvidence(p)),
			Fixes:    []diagnose.Fix{fix},
		}, p.Failed(walk.StageEncryption))
	},
}
