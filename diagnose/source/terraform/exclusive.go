package terraform

import (
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
)

// exclusive reads a resource that owns the policies of a role: it takes away those
// that it does not name. Where another resource gives the role such a policy, the one
// that is carried out last wins, which is not foreseeable. Managed policies that it
// names it attaches; inline ones it cannot make.
func (b *builder) exclusive(r *resource) {
	inline, names := r.kind == "aws_iam_role_policies_exclusive", "policy_arns"
	if inline {
		names = "policy_names"
	}
	role, list := r.get("role_name").Plain(), r.get(names)
	keep := openapi.Refs(list)
	kept := func(name string) bool {
		return slices.ContainsFunc(keep, func(k assemble.Ref) bool { return k.Text == name })
	}
	taken := func(name string) *snapshot.Gap {
		return &snapshot.Gap{Reason: snapshot.Unresolved, Origin: r.origin(),
			Detail: r.address + " takes away the policy " + name + ", which another resource gives to the role; the last one carried out wins"}
	}
	unread := list.Gap()
	b.later(func(b *builder) {
		for i := range b.parts.Roles {
			one := &b.parts.Roles[i]
			switch {
			case one.Name != role:
			case inline && list.Unknown():
				one.Inline = snapshot.Unknown[[]snapshot.Policy](unread)
			case inline:
				b.ownInline(one, kept, taken)
			case list.Unknown():
				one.Attached = snapshot.Unknown[[]assemble.Ref](unread)
			default:
				b.ownAttached(one, keep, kept, taken)
			}
		}
	})
}

func (b *builder) ownInline(role *assemble.Role, kept func(string) bool, taken func(string) *snapshot.Gap) {
	own, _ := role.Inline.Peek()
	for _, p := range own {
		if !kept(p.Name) {
			role.Inline = snapshot.Unknown[[]snapshot.Policy](*taken(p.Name))
		}
	}
	for i := range b.parts.Policies {
		p := &b.parts.Policies[i]
		given := slices.ContainsFunc(p.Roles, func(to assemble.Ref) bool { return to.Text == role.Name })
		if p.ARN == "" && given && !kept(p.Name) {
			p.Doubt = taken(p.Name)
		}
	}
}

func (b *builder) ownAttached(role *assemble.Role, keep []assemble.Ref, kept func(string) bool, taken func(string) *snapshot.Gap) {
	there := map[string]bool{}
	own, _ := role.Attached.Peek()
	for _, p := range own {
		if there[p.Text] = true; !kept(p.Text) {
			role.Attached = snapshot.Unknown[[]assemble.Ref](*taken(p.Text))
		}
	}
	for i := range b.parts.Attachments {
		a := &b.parts.Attachments[i]
		if !slices.ContainsFunc(a.Roles, func(to assemble.Ref) bool { return to.Text == role.Name }) {
			continue
		}
		if there[a.Policy.Text] = true; !kept(a.Policy.Text) {
			a.Doubt = taken(a.Policy.Text)
		}
	}
	for _, p := range keep {
		if !there[p.Text] {
			b.parts.Attachments = append(b.parts.Attachments, assemble.Attachment{Policy: p, Roles: []assemble.Ref{assemble.To(role.Name, p.Origin())}})
		}
	}
}
