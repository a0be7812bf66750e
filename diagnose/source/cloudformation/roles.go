package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// attachment is a policy that a resource of its own gives to roles.
type attachment struct {
	policy  snapshot.Policy
	roles   view
	managed bool
	doubt   *snapshot.Gap // the attachment itself is not certain
}

// roles maps every role of the stack, with the policies that the stack's other
// resources attach to it.
func (b *builder) roles(s *stack) {
	for _, r := range s.live("AWS::IAM::Role") {
		p := s.props(r)
		n := &node{at: r.at}
		name := s.physicalName(r).text
		role := &snapshot.Role{ARN: s.attributeOf(r, "Arn", n).text, Origin: s.origin(r, "", r.at)}
		role.Trust, _ = p.get("AssumeRolePolicyDocument").policy()
		role.Inline = inlinePolicies(p.get("Policies"))
		role.Attached = b.managed(p.get("ManagedPolicyArns"))
		role.Boundary = b.boundary(p.get("PermissionsBoundary"))
		role.Tags = tags(p.get("Tags"))
		for _, a := range b.attached[name] {
			list := &role.Inline
			if a.managed {
				list = &role.Attached
			}
			*list = withPolicy(*list, a)
		}
		b.out.Roles[role.ARN] = snapshot.Known(role, role.Origin)
	}
}

func withPolicy(list snapshot.Fact[[]snapshot.Policy], a attachment) snapshot.Fact[[]snapshot.Policy] {
	if a.doubt != nil {
		return snapshot.Unknown[[]snapshot.Policy](*a.doubt)
	}
	have, ok := list.Read(&snapshot.Gaps{})
	if !ok {
		return list
	}
	return list.With(append(have[:len(have):len(have)], a.policy))
}

// attachments lists the policies of the stack that name roles.
func (b *builder) attachments(s *stack) []attachment {
	var list []attachment
	for _, r := range s.live("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy") {
		p := s.props(r)
		a := attachment{roles: p.get("Roles"), managed: r.typ == "AWS::IAM::ManagedPolicy"}
		if r.typ == "AWS::IAM::RolePolicy" {
			a.roles = p.get("RoleName")
		}
		a.policy = policyOf(s, r)
		if s.exists(r) == maybe {
			a.doubt = &snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the condition " + r.condition + " of the policy is not known before deployment", Origin: a.policy.Origin}
		}
		list = append(list, a)
	}
	return list
}

// policyOf maps a policy resource.
func policyOf(s *stack, r *resource) snapshot.Policy {
	policy := snapshot.Policy{Name: s.physicalName(r).text, Origin: s.origin(r, "", r.at)}
	if r.typ == "AWS::IAM::ManagedPolicy" {
		policy.ARN = s.refOf(r, &node{at: r.at}).text
	}
	policy.Document, policy.Lines = s.props(r).get("PolicyDocument").policy()
	return policy
}

// inlinePolicies maps the Policies of a role.
func inlinePolicies(x view) snapshot.Fact[[]snapshot.Policy] {
	if x.unknown() {
		return snapshot.Unknown[[]snapshot.Policy](x.gap())
	}
	list := []snapshot.Policy{}
	for _, in := range x.items() {
		if in.unknown() {
			return snapshot.Unknown[[]snapshot.Policy](in.gap())
		}
		policy := snapshot.Policy{Name: in.get("PolicyName").plain(), Origin: in.origin()}
		policy.Document, policy.Lines = in.get("PolicyDocument").policy()
		list = append(list, policy)
	}
	return snapshot.Known(list, x.origin())
}

// managed maps a list of policy ARNs.
func (b *builder) managed(x view) snapshot.Fact[[]snapshot.Policy] {
	if x.unknown() {
		return snapshot.Unknown[[]snapshot.Policy](x.gap())
	}
	list := []snapshot.Policy{}
	for _, in := range x.items() {
		if in.unknown() && in.v.text == "" {
			return snapshot.Unknown[[]snapshot.Policy](in.gap())
		}
		list = append(list, b.byARN(in))
	}
	return snapshot.Known(list, x.origin())
}

// byARN finds the managed policy with an ARN: one of the template, or one whose
// document is not part of the input.
func (b *builder) byARN(x view) snapshot.Policy {
	arn := x.plain()
	if policy, ok := b.policies[arn]; ok {
		return policy
	}
	policy := snapshot.Policy{ARN: arn, Name: arn[strings.LastIndexByte(arn, '/')+1:], Origin: x.origin()}
	if x.unknown() {
		policy.Document = snapshot.Unknown[string](x.gap())
		return policy
	}
	policy.Document = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.NotRead, Detail: "the document of " + arn + " is not part of the template",
		Needs: "iam:GetPolicyVersion on " + arn, Origin: x.origin()})
	return policy
}

func (b *builder) boundary(x view) snapshot.Fact[*snapshot.Policy] {
	switch {
	case x.absent():
		return snapshot.Known[*snapshot.Policy](nil, x.origin())
	case x.unknown() && x.v.text == "":
		return snapshot.Unknown[*snapshot.Policy](x.gap())
	}
	policy := b.byARN(x)
	return snapshot.Known(&policy, x.origin())
}

// tags maps a list of Key and Value, or a plain map.
func tags(x view) snapshot.Fact[map[string]string] {
	if x.unknown() || x.v != nil && x.v.kind == kindObject {
		return x.textMap()
	}
	out := map[string]string{}
	for _, in := range x.items() {
		if in.unknown() {
			return snapshot.Unknown[map[string]string](in.gap())
		}
		out[in.get("Key").plain()] = in.get("Value").plain()
	}
	return snapshot.Known(out, x.origin())
}
