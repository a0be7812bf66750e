package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var encryptionKeyPolicy = diagnose.Rule{
	ID:       "encryption-key-policy",
	Stage:    walk.StageEncryption,
	Severity: diagnose.Error,
	Title:    "the key policy of the queue's key does not admit the execution role",
	Doc: `KMS keys are guarded by their key policy first: without a statement for the account's root, IAM policies of the
account count for nothing, and without one for the role nobody lets it use the key. The key policy neither names the role nor
hands the decision to IAM, so SQS answers KMS.AccessDeniedException. For a key of another account its policy has to admit the
role or that account as well. A statement for the service principal sqs.amazonaws.com or apigateway.amazonaws.com does not help:
the caller is the role.

Repair: add a statement that allows the role kms:GenerateDataKey and kms:Decrypt.`,
	Explains: []walk.ErrorCode{walk.KMSAccessDenied},
	Article:  true,
	Refs:     []string{refArticle, refSQSKeys, "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"},
	When:     keyDecided(keyByPolicy),
	Check: func(p *diagnose.Pass) {
		reportKeyDenial(p, mayUse(p)+": the key policy does not allow it", func() diagnose.Fix { return p.Fix(keyStatementTitle(p), keyStatement(p)) })
	},
}

// keyStatement admits the role in the key policy; the resource "*" is this key.
func keyStatement(p *diagnose.Pass) snapshot.SetStatement {
	role := p.Trace.Signing.Credentials
	return snapshot.SetStatement{
		On:    snapshot.PolicyTarget{Kind: "key", Resource: p.Trace.Encryption.KeyReference},
		After: allowPrincipal(sid("Allow", lastPart(role)), role, "*", keyActions(p)...),
	}
}
