package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var encryptionManagedKey = diagnose.Rule{
	ID:       "encryption-managed-key",
	Stage:    walk.StageEncryption,
	Severity: diagnose.Error,
	Title:    "the AWS managed key alias/aws/sqs cannot be used from another account",
	Doc: `The policy of alias/aws/sqs admits every principal of the queue's own account that may use the queue, and nobody else;
it cannot be changed. A role of another account can therefore never send to this queue: SQS answers
KMS.AccessDeniedException whatever the other policies say.

Repair: give the queue a customer managed key whose policy admits the role, or SSE-SQS, which needs no key permission.`,
	Explains: []walk.ErrorCode{walk.KMSAccessDenied},
	Refs:     []string{refSQSKeys},
	NoFix:    "the queue needs another key, and the choice is its owner's",
	When:     keyDecided(keyByAWS),
	Check: func(p *diagnose.Pass) {
		p.ReportAs(diagnose.Finding{
			Message:  mayUse(p) + ": alias/aws/sqs admits only principals of the queue's own account",
			Why:      "The policy of an AWS managed key cannot be changed.",
			Evidence: []diagnose.Evidence{keyEvidence(p), roleEvidence(p)},
		}, p.Failed(walk.StageEncryption))
	},
}
