package walk

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// encryption decides whether the queue's key can be used for the call.
func (w *encrypting) encryption() {
	step, gaps, e := w.step(StageEncryption), &snapshot.Gaps{}, w.Encryption
	queue := w.Queue.Queue
	if queue == nil {
		switch {
		case w.Signing.Type == "MOCK" && w.Mapping.Integration != nil:
			step.skip("nothing is called")
		case w.Queue.Missing:
			step.skip("the queue does not exist")
		case w.Queue.ARN != "":
			gaps.Append(w.step(StageQueue).Gaps)
			step.unknown(gaps, "the queue's encryption is not known")
		default:
			step.blocked(StageQueue)
		}
		return
	}
	id, ok := queue.KMSKeyID.Read(gaps)
	if !ok {
		step.unknown(gaps, "the queue's encryption is not known")
		return
	}
	op, _ := sqs.LookupAction(w.Protocol.Action)
	switch {
	case id == "":
		step.skip("the queue has no customer key") // iam-facts 59
		return
	case len(op.KMS) == 0:
		step.skip("%s needs no key", w.Protocol.Action)
		return
	}
	e.KeyReference = snapshot.KeyReference(queue.ARN, id)
	if w.Signing.Principal == (iam.Principal{}) {
		step.blocked(StageSigning)
		return
	}
	w.useKey(step, gaps, op)
}

func (w *encrypting) useKey(step *Step, gaps *snapshot.Gaps, op sqs.Action) {
	e := w.Encryption
	keyGaps := &snapshot.Gaps{}
	key, ok := w.Snapshot.Key(e.KeyReference).Read(keyGaps)
	managed := isManagedAlias(e.KeyReference)
	if ok && key == nil && !managed {
		e.Missing = true
		step.fail(gaps, w.kmsFailure(KMSNotFound, "Key '"+e.KeyReference+"' does not exist"), "the key %s does not exist", w.expression(e.KeyReference))
		return
	}
	e.Key = key
	if key != nil {
		if manager, ok := key.Manager.Peek(); ok && manager == "AWS" {
			managed = true
		}
	}
	e.Managed = managed
	in := w.keyInputs(key, managed, keyGaps)
	arn := e.KeyReference
	if key != nil && key.ARN != "" {
		arn = key.ARN
	}
	if managed {
		// The alias names no key in a policy; the key's own ARN may not be known.
		arn = managedKeyARN(w.Queue.ARN, key)
	}
	for _, action := range op.KMS {
		d := w.keyDecision(action, arn, in)
		if action == "kms:Decrypt" {
			e.Decrypt = &d
		} else {
			e.GenerateKey = &d
		}
		switch d.Effect {
		case iam.No:
			if step.Failure == nil {
				f := w.kmsFailure(KMSAccessDenied, d.KMSMessage(iam.Request{Principal: w.Signing.Principal, Action: action, Resource: arn}))
				step.fail(gaps, f, "%s", w.deniedSentence(&d, action, arn))
			}
		case iam.Unknown:
			gaps.Append(keyGaps.List())
			w.decisionGaps(gaps, "whether "+w.signer()+" may call "+action, &d)
		}
	}
	if step.Failure != nil {
		return
	}
	if key != nil && !managed {
		if f := w.keyState(key, gaps); f != nil {
			step.fail(gaps, *f, "%s", f.Message)
			return
		}
	}
	if gaps.Any() {
		step.unknown(gaps, "whether the key %s can be used is not known", w.expression(e.KeyReference))
		return
	}
	if managed {
		step.pass(gaps, "the AWS managed key admits every principal of the account that may use the queue") // iam-facts 60
		return
	}
	step.pass(gaps, "%s", w.allowedBy(cmp.Or(e.GenerateKey, e.Decrypt, &iam.Decision{}), op.KMS[0]))
}

// isManagedAlias tells the AWS managed key of SQS by its alias.
func isManagedAlias(ref string) bool { return strings.HasSuffix(ref, ":alias/aws/sqs") }

// managedKeyARN is the ARN of the AWS managed key, whose id is a sample when it
// was not read: its fixed policy does not depend on it.
func managedKeyARN(queueARN string, key *snapshot.Key) string {
	if key != nil && strings.Contains(key.ARN, ":key/") {
		return key.ARN
	}
	return snapshot.KeyReference(queueARN, "00000000-0000-0000-0000-000000000000")
}

// keyInputs are the policies that bear on the use of the key.
func (w *encrypting) keyInputs(key *snapshot.Key, managed bool, gaps *snapshot.Gaps) iam.Inputs {
	in := w.identityInputs(gaps)
	in.Service = iam.KMS
	if managed {
		in.Service = iam.AWSManagedKey
		return in
	}
	if key == nil {
		in.Resource = &iam.Document{Name: "the key policy", Unknown: firstDetail(gaps, "the key was not read")}
		in.GrantsGap = "the grants of the key were not read"
		return in
	}
	doc := w.document("the key policy", key.Policy, key.PolicyLines, gaps)
	in.Resource = &doc
	local := &snapshot.Gaps{}
	grants, ok := key.Grants.Read(local)
	in.GrantsKnown, in.GrantsGap = ok, firstDetail(local, "")
	gaps.Append(local.List())
	for _, g := range grants {
		in.Grants = append(in.Grants, iam.Grant{Name: g.ID, Grantee: g.Grantee, Operations: g.Operations,
			EncryptionContextEquals: g.ContextEquals, EncryptionContextSubset: g.ContextSubset})
	}
	return in
}

func (w *encrypting) keyDecision(action, arn string, in iam.Inputs) iam.Decision {
	return iam.Evaluate(iam.Request{
		Principal:       w.Signing.Principal,
		Action:          action,
		Resource:        arn,
		ResourceAccount: text.AccountOf(arn),
		Context:         iam.KMSContext(w.caller(), w.Queue.ARN, iam.Target{ARN: arn, Region: text.RegionOf(arn), Org: w.membership(text.AccountOf(arn))}),
		Opaque:          w.opaque,
	}, in)
}

// keyState is what KMS answers for a key that cannot be used (iam-facts 68).
func (w *encrypting) keyState(key *snapshot.Key, gaps *snapshot.Gaps) *Failure {
	if usage, ok := key.Usage.Read(gaps); ok && usage != "" && usage != "ENCRYPT_DECRYPT" {
		f := w.kmsFailure(KMSInvalidUsage, fmt.Sprintf("the key's usage is %s, SQS needs ENCRYPT_DECRYPT", usage))
		return &f
	}
	if spec, ok := key.Spec.Read(gaps); ok && spec != "" && spec != "SYMMETRIC_DEFAULT" {
		f := w.kmsFailure(KMSInvalidUsage, fmt.Sprintf("the key's spec is %s, SQS needs a symmetric key", spec))
		return &f
	}
	state, ok := key.State.Read(gaps)
	if !ok {
		return nil
	}
	switch state {
	case "", "Enabled", "Updating":
		return nil
	case "Disabled":
		f := w.kmsFailure(KMSDisabled, key.ARN+" is disabled.")
		return &f
	case "PendingDeletion", "PendingReplicaDeletion":
		f := w.kmsFailure(KMSInvalidState, key.ARN+" is pending deletion.")
		f.Codes = []ErrorCode{KMSInvalidState, KMSDisabled}
		return &f
	}
	f := w.kmsFailure(KMSInvalidState, fmt.Sprintf("%s is in state %s.", key.ARN, state))
	return &f
}

// kmsFailure is SQS's answer when KMS refuses (iam-facts 71, 77).
func (w *encrypting) kmsFailure(code ErrorCode, message string) Failure {
	answer := sqs.NewAnswer(string(code), message, w.Protocol.Effective())
	f := answerFailure(&answer)
	f.Origin, f.Message = FromKMS, message
	return f
}
