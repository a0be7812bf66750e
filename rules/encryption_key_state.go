package rules

import (
	"slices"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var encryptionKeyState = diagnose.Rule{
	ID:       "encryption-key-state",
	Stage:    walk.StageEncryption,
	Severity: diagnose.Error,
	Title:    "the queue's key cannot be used",
	Doc: `The permissions are fine, but the key is disabled, waits for its deletion or its key material, or is of a kind that
cannot encrypt. SQS answers KMS.DisabledException, KMS.InvalidStateException or KMS.InvalidKeyUsageException.

Repair: enable the key (aws kms enable-key), cancel its deletion (aws kms cancel-key-deletion, then enable-key), or give the
queue another key. Somebody disabled it for a reason: enabling it again is the owner's choice.`,
	Explains: []walk.ErrorCode{walk.KMSDisabled, walk.KMSInvalidState, walk.KMSInvalidUsage},
	Refs:     []string{"https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"},
	NoFix:    "a key is deleted on purpose, or of a kind that cannot encrypt; what to use in its place is for its owner to decide",
	When:     keyDecided(keyByNobody),
	Check: func(p *diagnose.Pass) {
		failure := p.Failed(walk.StageEncryption)
		if failure == nil || !slices.Contains([]walk.ErrorCode{walk.KMSDisabled, walk.KMSInvalidState, walk.KMSInvalidUsage}, failure.Code) {
			return
		}
		evidence := []diagnose.Evidence{keyEvidence(p)}
		if k := p.Trace.Encryption.Key; k != nil {
			evidence = append([]diagnose.Evidence{{Label: "state of the key", Value: failure.Message, Origin: k.State.Origin()}}, evidence...)
		}
		f := diagnose.Finding{
			Message:  p.Expression(failure.Message),
			Why:      "SQS cannot encrypt the message with this key and refuses it.",
			Evidence: evidence,
			Check:    diagnose.AWS("kms", "describe-key", "--key-id", keyARN(p)),
		}
		if failure.Code == walk.KMSDisabled {
			fix := p.Fix("enable key "+p.Expression(lastPart(keyARN(p)))+", which is disabled", snapshot.SetKeyEnabled{Key: p.Trace.Encryption.KeyReference, Enabled: true})
			fix.Choice = "the key was disabled on purpose: ask its owner"
			f.Fixes = []diagnose.Fix{fix}
		}
		p.ReportAs(f, failure)
	},
}
