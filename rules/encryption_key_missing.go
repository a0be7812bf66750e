package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var encryptionKeyMissing = diagnose.Rule{
	ID:       "encryption-key-missing",
	Stage:    walk.StageEncryption,
	Severity: diagnose.Error,
	Title:    "the queue names a key that does not exist",
	Doc: `The queue's KmsMasterKeyId names a key or an alias that KMS does not know in the queue's region: deleted, misspelt, or
of another region (related multi-Region keys are separate keys). SQS answers KMS.NotFoundException.

Repair: give the queue a key that exists, or none: without a key of its own SQS encrypts with keys that it manages itself.`,
	Explains: []walk.ErrorCode{walk.KMSNotFound},
	Refs:     []string{refSQSKeys, "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-auth.html"},
	NoFix:    "which key the queue is meant to have is not known; taking the key away would weaken its encryption",
	When:     encrypts,
	Check: func(p *diagnose.Pass) {
		if !p.Trace.Encryption.Missing {
			return
		}
		p.ReportAs(diagnose.Finding{
			Message:  "the queue's key " + p.Expression(p.Trace.Encryption.KeyReference) + " does not exist",
			Why:      "SQS cannot get a data key and refuses the message.",
			Evidence: []diagnose.Evidence{keyEvidence(p)},
			Check:    diagnose.AWS("kms", "describe-key", "--key-id", p.Trace.Encryption.KeyReference),
		}, p.Failed(walk.StageEncryption))
	},
}
