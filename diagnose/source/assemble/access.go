package assemble

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// roles adds the roles, with the policies that other resources give them.
func (a *assembler) roles() {
	managed := map[string]snapshot.Policy{}
	inline, attached := map[string][]*Policy{}, map[string][]Attachment{}
	for i := range a.Policies {
		p := &a.Policies[i]
		if p.ARN == "" {
			for _, role := range p.Roles {
				inline[role.Text] = append(inline[role.Text], p)
			}
			continue
		}
		managed[p.ARN] = p.Policy
		for _, role := range p.Roles {
			attached[role.Text] = append(attached[role.Text], Attachment{Policy: To(p.ARN, p.Origin), Doubt: p.Doubt})
		}
	}
	for _, in := range a.Attachments {
		for _, role := range in.Roles {
			attached[role.Text] = append(attached[role.Text], in)
		}
	}
	for _, in := range a.Roles {
		role := &snapshot.Role{ARN: in.ARN, Origin: in.Origin, Trust: in.Trust, Inline: in.Inline, Tags: in.Tags}
		if in.Given {
			role.Requested = in.Name
		}
		if arns, ok := read(in.Attached); ok {
			list := []snapshot.Policy{}
			for _, arn := range arns {
				list = append(list, a.managed(managed, arn))
			}
			role.Attached = snapshot.Known(list, in.Attached.Origin())
		} else {
			role.Attached = snapshot.Unknown[[]snapshot.Policy](in.Attached.Gap())
		}
		role.Boundary = a.boundary(managed, in.Boundary)
		if in.Name != "" {
			for _, p := range inline[in.Name] {
				role.Inline = withPolicy(role.Inline, p.Policy, p.Doubt)
			}
			for _, at := range attached[in.Name] {
				role.Attached = withPolicy(role.Attached, a.managed(managed, at.Policy), at.Doubt)
			}
		}
		a.out.Roles[role.ARN] = snapshot.Known(role, role.Origin)
	}
	a.importRoles(func(name string) (list []*Policy, attachments []Attachment) { return inline[name], attached[name] }, managed)
}

func (a *assembler) boundary(managed map[string]snapshot.Policy, ref Ref) snapshot.Fact[*snapshot.Policy] {
	switch {
	case ref.Absent():
		return snapshot.Known[*snapshot.Policy](nil, ref.Origin())
	case ref.Text == "":
		return snapshot.Unknown[*snapshot.Policy](ref.Gap())
	}
	policy := a.managed(managed, ref)
	return snapshot.Known(&policy, ref.Origin())
}

// managed finds the managed policy with an ARN: one of the parts, or one whose
// document is not among them.
func (a *assembler) managed(known map[string]snapshot.Policy, ref Ref) snapshot.Policy {
	arn := ref.Text
	if policy, ok := known[arn]; ok {
		return policy
	}
	policy := snapshot.Policy{ARN: arn, Name: arn[strings.LastIndexByte(arn, '/')+1:], Origin: ref.Origin()}
	if !ref.IsKnown() {
		policy.Document = snapshot.Unknown[string](ref.Gap())
		return policy
	}
	policy.Document = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.NotRead, Detail: "the document of " + arn + " is not part of " + a.Input,
		Needs: "iam:GetPolicyVersion on " + arn, Origin: ref.Origin()})
	return policy
}

func withPolicy(list snapshot.Fact[[]snapshot.Policy], policy snapshot.Policy, doubt *snapshot.Gap) snapshot.Fact[[]snapshot.Policy] {
	if doubt != nil {
		return snapshot.Unknown[[]snapshot.Policy](*doubt)
	}
	have, ok := read(list)
	if !ok {
		return list
	}
	return list.With(append(have[:len(have):len(have)], policy))
}

// queues adds the queues with their policies.
func (a *assembler) queues() {
	policies := map[string][]*QueuePolicy{}
	for i := range a.QueuePolicies {
		for _, queue := range a.QueuePolicies[i].Queues {
			if queue.Text != "" {
				policies[queue.Text] = append(policies[queue.Text], &a.QueuePolicies[i])
			}
		}
	}
	for i := range a.Queues {
		q := &a.Queues[i].Queue
		q.MaximumMessageSize = number(q.MaximumMessageSize, messageSize)
		q.KMSReusePeriod = number(q.KMSReusePeriod, keyReusePeriod)
		setPolicy(q, policies[q.URL])
		a.out.Queues[q.ARN] = snapshot.Known(q, q.Origin)
	}
}

// setPolicy gives a queue the policy of what names it. A queue has one policy;
// of two resources that set it, the one created last wins, which is not
// foreseeable.
func setPolicy(q *snapshot.Queue, found []*QueuePolicy) {
	own, _ := read(q.Policy)
	switch {
	case len(found) == 0:
	case len(found) > 1 || own != "" || !q.Policy.IsKnown():
		first, last := "the queue itself", found[0]
		if len(found) > 1 {
			first, last = found[0].Name, found[1]
		}
		q.Policy = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved,
			Detail: fmt.Sprintf("%s and %s both set the policy of the queue; the last one created wins", first, last.Name), Origin: last.Document.Origin()})
	case found[0].Doubt != nil:
		q.Policy = snapshot.Unknown[string](*found[0].Doubt)
	default:
		q.Policy, q.PolicyLines = found[0].Document, found[0].Lines
	}
}

// keys adds the KMS keys, under their ARN and under the ARN of every alias.
func (a *assembler) keys() {
	for i := range a.Keys {
		key := &a.Keys[i].Key
		key.Usage, key.Spec = upper(key.Usage, "ENCRYPT_DECRYPT"), upper(key.Spec, "SYMMETRIC_DEFAULT")
		if policy, ok := read(key.Policy); ok && policy == "" {
			key.Policy = key.Policy.With(defaultKeyPolicy(key.ARN))
		}
		a.out.Keys[key.ARN] = snapshot.Known(key, key.Origin)
	}
	for _, alias := range a.Aliases {
		if key, ok := a.out.Keys[snapshot.KeyReference(alias.ARN, alias.Key.Text)]; ok && alias.Key.IsKnown() {
			a.out.Keys[alias.ARN] = key
		}
	}
}

// defaultKeyPolicy is what KMS gives a key without a policy: the account's IAM
// policies decide (iam-facts 64).
func defaultKeyPolicy(arn string) string {
	key, ok := text.ParseARN(arn)
	if !ok {
		return ""
	}
	root := text.ARN{Partition: key.Partition, Service: "iam", Account: key.Account, Resource: "root"}.String()
	return `{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"` + root +
		`"},"Action":"kms:*","Resource":"*"}]}`
}
