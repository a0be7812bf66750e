package assemble

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// importRoles adds the roles that are made elsewhere, that an integration names and
// that the input gives policies to. Those policies are known, and nothing else.
func (a *assembler) importRoles(given func(name string) ([]*Policy, []Attachment), managed map[string]snapshot.Policy) {
	for _, credentials := range a.Credentials() {
		arn, ok := read(credentials)
		role, isARN := text.ParseARN(arn)
		if !ok || !isARN || role.Service != "iam" || !strings.HasPrefix(role.Resource, "role/") {
			continue
		}
		if account := a.Target.Account; account != "" && account != role.Account {
			continue // what the input attaches goes to a role of its own account
		}
		if _, there := a.out.Roles[arn]; there {
			continue
		}
		name := a.roleName(arn)
		inline, attachments := given(name)
		if len(inline)+len(attachments) == 0 {
			continue
		}
		rest := func(what, call string) snapshot.Gap {
			return snapshot.Gap{Reason: snapshot.NotRead, Detail: what + " of the role " + name + ", which is made elsewhere, is not part of " + a.Input, Needs: call + " on " + arn, Origin: credentials.Origin()}
		}
		out := &snapshot.Role{ARN: arn, Origin: credentials.Origin(), Trust: snapshot.Unknown[string](rest("the trust policy", "iam:GetRole")),
			Inline:   snapshot.Known([]snapshot.Policy{}, credentials.Origin()),
			Attached: snapshot.Unknown[[]snapshot.Policy](rest("what else there is of policies", "iam:ListAttachedRolePolicies")),
			Boundary: snapshot.Unknown[*snapshot.Policy](rest("the permissions boundary", "iam:GetRole")),
			Tags:     snapshot.Unknown[map[string]string](rest("the list of tags", "iam:GetRole"))}
		for _, p := range inline {
			out.Inline = withPolicy(out.Inline, p.Policy, p.Doubt)
		}
		for _, at := range attachments {
			out.Inline = withPolicy(out.Inline, a.managed(managed, at.Policy), at.Doubt)
		}
		a.out.Roles[arn] = snapshot.Known(out, out.Origin)
	}
}

// roleName is the name in the ARN of a role, without a path that is not known.
func (a *assembler) roleName(arn string) string {
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	for _, symbol := range a.Symbols {
		if rest, ok := strings.CutPrefix(name, symbol.Text); ok && rest != "" {
			return rest
		}
	}
	return name
}

// Credentials are those of all integrations among the parts.
func (p *Parts) Credentials() []snapshot.Fact[string] {
	var list []snapshot.Fact[string]
	add := func(fact snapshot.Fact[*snapshot.Integration]) {
		if i, ok := read(fact); ok && i != nil {
			list = append(list, i.Credentials)
		}
	}
	for i := range p.Integrations {
		list = append(list, p.Integrations[i].Credentials)
	}
	for i := range p.Methods {
		add(p.Methods[i].Method.Integration)
	}
	for i := range p.Routes {
		add(p.Routes[i].Method.Integration)
	}
	for i := range p.APIs {
		if d := p.APIs[i].Definition; d != nil {
			for j := range d.Methods {
				add(d.Methods[j].Integration)
			}
		}
	}
	return list
}
