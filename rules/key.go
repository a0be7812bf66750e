package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// keyDenials are the refused uses of the queue's key: the KMS actions that the call
// needs and does not have, and the first of the decisions.
func keyDenials(p *diagnose.Pass) (first *walk.Decision, actions []string) {
	e := &p.Trace.Encryption
	for _, use := range []struct {
		decision *walk.Decision
		action   string
	}{{e.GenerateKey, "kms:GenerateDataKey"}, {e.Decrypt, "kms:Decrypt"}} {
		if use.decision != nil && use.decision.Effect == walk.Denied {
			first, actions = cmp.Or(first, use.decision), append(actions, use.action)
		}
	}
	return first, actions
}

// keyActions are the KMS actions that the call needs and does not have.
func keyActions(p *diagnose.Pass) []string {
	_, actions := keyDenials(p)
	return actions
}

// keyLayer is who has to let the call use the key.
type keyLayer int

const (
	keyByNobody keyLayer = iota
	keyByRole            // the role's policies, its boundary or an organization policy
	keyByPolicy          // the key policy
	keyByCondition
	keyByAWS // the AWS managed key of another account
)

// keyDenialOf says which rule explains a refused use of the key.
func keyDenialOf(p *diagnose.Pass) keyLayer {
	d, _ := keyDenials(p)
	switch {
	case d == nil:
		return keyByNobody
	case p.Trace.Encryption.Managed:
		if d.CrossAccount == walk.Allowed || d.Layer == walk.LayerCrossAccount {
			return keyByAWS
		}
		return keyByRole
	case d.Explicit:
		if len(d.Statements) > 0 && d.Statements[0].Layer == walk.LayerKeyPolicy {
			return keyByPolicy
		}
		return keyByRole
	case d.Nearest != nil && d.Nearest.Failed == "condition":
		return keyByCondition
	case d.Layer == walk.LayerKeyPolicy || d.Layer == walk.LayerCrossAccount:
		return keyByPolicy
	}
	return keyByRole
}

// encrypts tells whether the call makes use of a key, and what comes of it is known.
func encrypts(p *diagnose.Pass) bool {
	if p.Reached() && p.Trace.Step(walk.StageEncryption).Status == walk.NotApplicable {
		p.NotApplicable()
		return false
	}
	return p.Judges(walk.StageEncryption)
}

// keyDecided tells whether the call is denied the use of the key, by the given layer.
func keyDecided(layer keyLayer) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool { return encrypts(p) && keyDenialOf(p) == layer }
}

// reportKeyDenial reports that the role may not use the key: an explicit denial
// is taken away, and where nobody allows it, allow mends that.
func reportKeyDenial(p *diagnose.Pass, message string, allow func() diagnose.Fix) {
	d, _ := keyDenials(p)
	f := diagnose.Finding{
		Message:  message,
		Why:      whyKey,
		Evidence: append(append(denialEvidence(p, d), keyEvidence(p)), roleEvidence(p)),
	}
	if d.Explicit {
		f.Fixes = removal(p, d.Statements[0])
	} else {
		f.Fixes = []diagnose.Fix{allow()}
	}
	p.ReportAs(f, p.Failed(walk.StageEncryption))
}

// mayUse says who may not use which key.
func mayUse(p *diagnose.Pass) string {
	return fmt.Sprintf("role %s may not call %s with the queue's key %s", lastPart(p.Trace.Signing.Credentials), strings.Join(keyActions(p), " and "), p.Expression(keyARN(p)))
}

// keyStatementTitle says what keyStatement allows whom.
func keyStatementTitle(p *diagnose.Pass) string {
	return fmt.Sprintf("allow role %s %s in the policy of key %s", p.Expression(lastPart(p.Trace.Signing.Credentials)), strings.Join(keyActions(p), " and "), p.Expression(lastPart(keyARN(p))))
}

// keyARN is the key's own ARN, not that of an alias.
func keyARN(p *diagnose.Pass) string {
	if k := p.Trace.Encryption.Key; k != nil && k.ARN != "" {
		return k.ARN
	}
	return p.Trace.Encryption.KeyReference
}

// keyEvidence is the queue's key.
func keyEvidence(p *diagnose.Pass) diagnose.Evidence {
	e := diagnose.Evidence{Label: "key of the queue", Value: p.Expression(p.Trace.Encryption.KeyReference)}
	if q := p.Trace.Queue.Queue; q != nil {
		e.Origin = q.KMSKeyID.Origin()
	}
	return e
}

// denialEvidence is the statement that denies or that came closest.
func denialEvidence(p *diagnose.Pass, d *walk.Decision) []diagnose.Evidence {
	if d.Explicit && len(d.Statements) > 0 {
		return []diagnose.Evidence{matchEvidence(p, d.Statements[0])}
	}
	return nearEvidence(p, d.Nearest)
}

// whyKey is why sending needs both actions, and why a change shows late
// (iam-facts 61, 63).
const whyKey = "SQS asks KMS for a data key in the name of the role and verifies it with Decrypt, so a sender needs kms:GenerateDataKey and kms:Decrypt. SQS reuses a data key for up to KmsDataKeyReusePeriodSeconds (5 minutes by default), so a change may take that long to show."
