package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var encryptionRolePermission = diagnose.Rule{
	ID:       "encryption-role-permission",
	Stage:    walk.StageEncryption,
	Severity: diagnose.Error,
	Title:    "the execution role may not use the queue's key",
	Doc: `The queue is encrypted with a customer managed key. SQS asks KMS for a data key in the name of the role that sends:
that takes kms:GenerateDataKey, and kms:Decrypt to verify it. The key policy leaves the decision to IAM policies, and those of
the role do not allow both, so SQS answers KMS.AccessDeniedException.

Repair: allow exactly these two actions on exactly this key in a policy of the role. The resource has to be the key's ARN: a
key id, an alias or an alias ARN does not name a key in a policy. kms:Encrypt is not needed for sending.

A data key is reused for up to KmsDataKeyReusePeriodSeconds, so that a fix, or a fault, may take minutes to show.`,
	Explains: []walk.ErrorCode{walk.KMSAccessDenied},
	Article:  true,
	Refs:     []string{refArticle, refSQSKeys, "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"},
	When:     keyDecided(keyByRole),
	Check: func(p *diagnose.Pass) {
		reportKeyDenial(p, mayUse(p), func() diagnose.Fix { return grant(p, nil, "UseKeyOf", keyARN(p), keyActions(p)...) })
	},
}
