package documents

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// identities is what answers say of roles. Lists of policies do not name the role
// that they are of.
type identities struct {
	given    map[string]*assemble.Role // what get-role gave, by name
	order    []string                  // names of roles, as they were met
	inline   map[string][]snapshot.Policy
	names    *tree.View // list-role-policies
	attached *tree.View // list-attached-role-policies
	versions []tree.View
}

func (r *reader) role(x tree.View) { r.bareRole(x.Get("Role")) }

func (r *reader) bareRole(x tree.View) {
	name := x.Get("RoleName").Plain()
	if name == "" || x.Get("Arn").Plain() == "" {
		r.fail(x, "a role without RoleName and Arn", "the output of aws iam get-role")
		return
	}
	role := &assemble.Role{Name: name, ARN: x.Get("Arn").Plain(), Origin: x.Origin(), Trust: document(x.Get("AssumeRolePolicyDocument"))}
	tags := map[string]string{}
	for _, tag := range x.Get("Tags").Items() {
		tags[tag.Get("Key").Plain()] = tag.Get("Value").Plain()
	}
	role.Tags = snapshot.Known(tags, x.Get("Tags").Origin())
	boundary := x.Get("PermissionsBoundary").Get("PermissionsBoundaryArn")
	role.Boundary = openapi.Ref(boundary)
	if r.given == nil {
		r.given = map[string]*assemble.Role{}
	}
	r.given[name] = role
	r.meet(name)
}

func (r *reader) meet(name string) {
	if !slices.Contains(r.order, name) {
		r.order = append(r.order, name)
	}
}

// document is a policy document: an object, JSON, or as IAM sends it, percent-encoded.
func document(x tree.View) snapshot.Fact[string] {
	f, _ := x.Policy()
	text, ok := f.Peek()
	if plain, err := url.PathUnescape(text); ok && strings.HasPrefix(text, "%7B") && err == nil {
		return f.With(plain)
	}
	return f
}

func (r *reader) rolePolicy(x tree.View) {
	role := x.Get("RoleName").Plain()
	if r.inline == nil {
		r.inline = map[string][]snapshot.Policy{}
	}
	policy := snapshot.Policy{Name: x.Get("PolicyName").Plain(), Document: document(x.Get("PolicyDocument")), Origin: x.Origin()}
	_, policy.Lines = x.Get("PolicyDocument").Policy()
	r.inline[role] = append(r.inline[role], policy)
	if role != "" {
		r.meet(role)
	}
}

func (r *reader) policyNames(x tree.View)      { r.names = &x }
func (r *reader) attachedPolicies(x tree.View) { r.attached = &x }
func (r *reader) policyVersion(x tree.View)    { r.versions = append(r.versions, x.Get("PolicyVersion")) }

// credentials are the roles that integrations name, by the name of the role.
func (r *reader) credentials() map[string]string {
	arns := map[string]string{}
	for _, credentials := range r.parts.Credentials() {
		if arn, _ := credentials.Peek(); strings.Contains(arn, ":role/") {
			arns[arn[strings.LastIndexByte(arn, '/')+1:]] = arn
		}
	}
	return arns
}

// roles puts the roles together. A role whose lists of policies were not given may
// have others than those that were.
func (r *reader) roles() {
	used := r.credentials()
	if len(r.order) == 0 && (r.names != nil || r.attached != nil || len(r.inline[""]) > 0) && len(used) == 1 {
		for name := range used {
			r.meet(name)
		}
	}
	for _, name := range r.order {
		role := r.given[name]
		if role == nil {
			arn := used[name]
			if arn == "" {
				r.warn("a policy of the role %s was given, which no integration names", name)
				continue
			}
			gap := outputGap("the role "+name+" itself was not given", "iam get-role --role-name "+name, r.first)
			role = &assemble.Role{Name: name, ARN: arn, Origin: r.first, Trust: snapshot.Unknown[string](gap), Tags: snapshot.Unknown[map[string]string](gap),
				Boundary: assemble.Ref{Fact: snapshot.Unknown[string](gap)}}
		}
		role.Inline, role.Attached = r.inlineOf(role), r.attachedOf(role)
		r.parts.Roles = append(r.parts.Roles, *role)
	}
}

// alone tells whether a list that names no role is this one's for certain.
func (r *reader) alone() bool { return len(r.order) == 1 }

func (r *reader) inlineOf(role *assemble.Role) snapshot.Fact[[]snapshot.Policy] {
	given := r.inline[role.Name]
	if r.alone() {
		given = append(given, r.inline[""]...)
	}
	if r.names == nil || !r.alone() {
		return snapshot.Unknown[[]snapshot.Policy](outputGap("whether the role "+role.Name+" has other inline policies was not given", "iam list-role-policies --role-name "+role.Name, role.Origin))
	}
	names, ok := r.names.Get("PolicyNames").Texts().Peek()
	if !ok {
		return snapshot.Unknown[[]snapshot.Policy](r.names.Misfit("a list of names"))
	}
	list := []snapshot.Policy{}
	for _, name := range names {
		policy := snapshot.Policy{Name: name, Origin: r.names.Origin(), Document: snapshot.Unknown[string](outputGap("the inline policy "+name+" of the role "+role.Name+" was not given",
			"iam get-role-policy --role-name "+role.Name+" --policy-name "+name, r.names.Origin()))}
		for _, have := range given {
			if have.Name == name {
				policy = have
			}
		}
		list = append(list, policy)
	}
	return snapshot.Known(list, r.names.Origin())
}

func (r *reader) attachedOf(role *assemble.Role) snapshot.Fact[[]assemble.Ref] {
	if r.attached == nil || !r.alone() {
		return snapshot.Unknown[[]assemble.Ref](outputGap("which managed policies the role "+role.Name+" has was not given", "iam list-attached-role-policies --role-name "+role.Name, role.Origin))
	}
	list := []assemble.Ref{}
	for _, in := range r.attached.Get("AttachedPolicies").Items() {
		arn := in.Get("PolicyArn")
		list = append(list, openapi.Ref(arn))
		// A version does not say of which policy it is: of the only one.
		if len(r.versions) == 1 && len(r.attached.Get("AttachedPolicies").Items()) == 1 {
			policy := snapshot.Policy{ARN: arn.Plain(), Name: in.Get("PolicyName").Plain(), Document: document(r.versions[0].Get("Document")), Origin: r.versions[0].Origin()}
			r.parts.Policies = append(r.parts.Policies, assemble.Policy{Policy: policy})
		}
	}
	return snapshot.Known(list, r.attached.Origin())
}

func (r *reader) warn(format string, args ...any) {
	if r.Warn != nil {
		r.Warn(fmt.Sprintf(format, args...))
	}
}
