package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// keys maps the KMS keys of the stack, under their ARN and under the ARN of
// every alias that the stack gives them.
func (b *builder) keys(s *stack) {
	for _, r := range s.live("AWS::KMS::Key", "AWS::KMS::ReplicaKey") {
		p := s.props(r)
		key := &snapshot.Key{ARN: s.attributeOf(r, "Arn", &node{at: r.at}).text, Origin: s.origin(r, "", r.at)}
		at := func(property string) snapshot.Origin { return p.get(property).origin() }
		key.Manager = snapshot.Known("CUSTOMER", key.Origin)
		key.Usage = p.get("KeyUsage").upper("ENCRYPT_DECRYPT")
		key.Spec = p.get("KeySpec").upper("SYMMETRIC_DEFAULT")
		key.State = keyState(p)
		key.Grants = snapshot.Known([]snapshot.Grant{}, at("Grants")) // a new key has none
		key.Policy, key.PolicyLines = p.get("KeyPolicy").policy()
		if p.get("KeyPolicy").absent() {
			key.Policy = snapshot.Known(b.defaultKeyPolicy(s), at("KeyPolicy"))
		}
		b.out.Keys[key.ARN] = snapshot.Known(key, key.Origin)
	}
}

// keyState derives the state of a new key: iam-facts 68.
func keyState(p view) snapshot.Fact[string] {
	enabled := p.get("Enabled").boolean(true)
	on, ok := enabled.Read(&snapshot.Gaps{})
	switch {
	case !ok:
		return snapshot.Unknown[string](enabled.Gap())
	case p.get("Origin").is("EXTERNAL"):
		return snapshot.Known("PendingImport", p.get("Origin").origin())
	case !on:
		return snapshot.Known("Disabled", enabled.Origin())
	}
	return snapshot.Known("Enabled", enabled.Origin())
}

// defaultKeyPolicy is what KMS gives a key without a policy: the account's IAM
// policies decide (iam-facts 64).
func (b *builder) defaultKeyPolicy(s *stack) string {
	root := "arn:" + s.world.partition + ":iam::" + s.world.accountID(snapshot.Origin{}).text + ":root"
	return `{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"` + root +
		`"},"Action":"kms:*","Resource":"*"}]}`
}

// aliases lists each key that an alias of the stack leads to under the alias too.
func (b *builder) aliases(s *stack) {
	for _, r := range s.live("AWS::KMS::Alias") {
		name := s.physicalName(r).text
		target := s.props(r).get("TargetKeyId")
		if target.unknown() || !strings.HasPrefix(name, "alias/") {
			continue
		}
		queue := s.fill(r, "arn:{partition}:sqs:{region}:{account}:x", &node{at: r.at}).text
		if key, ok := b.out.Keys[snapshot.KeyReference(queue, target.plain())]; ok {
			b.out.Keys[snapshot.KeyReference(queue, name)] = key
		}
	}
}
