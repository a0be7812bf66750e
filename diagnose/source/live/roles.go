package live

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// role begins to read a role by the ARN that an integration names.
func (r *reader) role(arn string) {
	r.roles.get(arn, func() snapshot.Fact[*snapshot.Role] { return r.readRole(arn) })
}

func (r *reader) readRole(arn string) snapshot.Fact[*snapshot.Role] {
	at := snapshot.Origin{Resource: arn}
	account := text.AccountOf(arn)
	own := r.identity.wait().account
	if own != "" && own != account {
		// GetRole takes a name: it would find the role of that name in the wrong account.
		return snapshot.Unknown[*snapshot.Role](snapshot.Gap{Reason: snapshot.NotRead, Origin: at,
			Detail: "the role is in account " + account + ", the credentials are of account " + own + ", and IAM shows only its own account's roles",
			Needs:  "credentials of account " + account})
	}
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	inline := start(func() snapshot.Fact[[]snapshot.Policy] { return r.inlinePolicies(arn, name) })
	attached := start(func() snapshot.Fact[[]snapshot.Policy] { return r.attachedPolicies(arn, name) })
	// A role that turns out not to exist leaves no call behind that still runs.
	defer func() { inline.wait(); attached.wait() }()
	out, failed := call(r.ctx, r.calls, roleSpec("GetRole", arn, name), func(ctx context.Context) (*iam.GetRoleOutput, error) {
		out, err := r.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if err == nil && (out.Role == nil || aws.ToString(out.Role.Arn) == "") {
			err = lacks("role")
		}
		return out, err
	})
	if failed != nil {
		if noSuchEntity(failed) && own == account {
			return snapshot.Known[*snapshot.Role](nil, at)
		}
		role := &snapshot.Role{
			ARN: arn, Origin: at, Inline: inline.wait(), Attached: attached.wait(),
			Trust:    unknown[string](failed, at.At("AssumeRolePolicyDocument")),
			Boundary: unknown[*snapshot.Policy](failed, at.At("PermissionsBoundary")),
			Tags:     unknown[map[string]string](failed, at.At("Tags")),
		}
		// Without GetRole nothing proves that the role of this name is the one of this ARN.
		if own != account || noSuchEntity(failed) || !role.Inline.IsKnown() && !role.Attached.IsKnown() {
			return unknown[*snapshot.Role](failed, at)
		}
		return snapshot.Known(role, at)
	}
	if aws.ToString(out.Role.Arn) != arn {
		return r.otherRole(aws.ToString(out.Role.Arn), account, own, at)
	}
	role := &snapshot.Role{
		ARN: arn, ID: aws.ToString(out.Role.RoleId), Origin: at,
		Trust: document(out.Role.AssumeRolePolicyDocument, at.At("AssumeRolePolicyDocument")),
		Tags:  snapshot.Known(tags(out.Role.Tags), at.At("Tags")),
	}
	role.Boundary = r.boundary(out.Role.PermissionsBoundary, at.At("PermissionsBoundary"))
	role.Inline, role.Attached = inline.wait(), attached.wait()
	return snapshot.Known(role, at)
}

// otherRole judges a role of the right name with another ARN. Names are unique
// in an account whatever the path, so that the ARN that was asked for does not
// exist there.
func (r *reader) otherRole(found, account, own string, at snapshot.Origin) snapshot.Fact[*snapshot.Role] {
	if own == account && strings.Contains(found, "::"+account+":") {
		return snapshot.Known[*snapshot.Role](nil, at)
	}
	return snapshot.Unknown[*snapshot.Role](snapshot.Gap{Reason: snapshot.NotRead, Origin: at,
		Detail: "GetRole found " + found + ", which is another role", Needs: "credentials of account " + account})
}

func roleSpec(operation, arn, name string) spec {
	return spec{"iam", operation, "role " + name, "iam:" + operation + " on " + arn}
}

func (r *reader) inlinePolicies(arn, role string) snapshot.Fact[[]snapshot.Policy] {
	at := snapshot.Origin{Resource: arn}
	names, failed := everyPage(r.account, roleSpec("ListRolePolicies", arn, role), func(ctx context.Context, marker *string) ([]string, *string, error) {
		out, err := r.iam.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role, Marker: marker})
		if err != nil {
			return nil, nil, err
		}
		return out.PolicyNames, out.Marker, cut(out.IsTruncated, out.Marker)
	})
	if failed != nil {
		return unknown[[]snapshot.Policy](failed, at.At("inline policies"))
	}
	slices.Sort(names)
	documents := make([]*later[snapshot.Fact[string]], len(names))
	for i, name := range names {
		documents[i] = start(func() snapshot.Fact[string] {
			out, failed := call(r.ctx, r.calls, roleSpec("GetRolePolicy", arn, role), func(ctx context.Context) (*iam.GetRolePolicyOutput, error) {
				out, err := r.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})
				if err == nil && out.PolicyDocument == nil {
					err = lacks("document")
				}
				return out, err
			})
			if failed != nil {
				return unknown[string](failed, at.At("policy/"+name))
			}
			return document(out.PolicyDocument, at.At("policy/"+name))
		})
	}
	list := []snapshot.Policy{}
	for i, name := range names {
		list = append(list, snapshot.Policy{Name: name, Document: documents[i].wait(), Origin: at.At("policy/" + name)})
	}
	return snapshot.Known(list, at.At("inline policies"))
}

func (r *reader) attachedPolicies(arn, role string) snapshot.Fact[[]snapshot.Policy] {
	at := snapshot.Origin{Resource: arn}
	attached, failed := everyPage(r.account, roleSpec("ListAttachedRolePolicies", arn, role), func(ctx context.Context, marker *string) ([]types.AttachedPolicy, *string, error) {
		out, err := r.iam.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &role, Marker: marker})
		if err != nil {
			return nil, nil, err
		}
		for _, p := range out.AttachedPolicies {
			if aws.ToString(p.PolicyArn) == "" {
				return nil, nil, lacks("ARN of a policy")
			}
		}
		return out.AttachedPolicies, out.Marker, cut(out.IsTruncated, out.Marker)
	})
	if failed != nil {
		return unknown[[]snapshot.Policy](failed, at.At("attached policies"))
	}
	for _, p := range attached {
		r.managedPolicy(aws.ToString(p.PolicyArn))
	}
	list := []snapshot.Policy{}
	for _, p := range attached {
		list = append(list, r.policy(aws.ToString(p.PolicyArn)))
	}
	slices.SortFunc(list, func(a, b snapshot.Policy) int { return cmp.Compare(a.ARN, b.ARN) })
	return snapshot.Known(list, at.At("attached policies"))
}

func (r *reader) boundary(b *types.AttachedPermissionsBoundary, at snapshot.Origin) snapshot.Fact[*snapshot.Policy] {
	if b == nil || aws.ToString(b.PermissionsBoundaryArn) == "" {
		return snapshot.Known[*snapshot.Policy](nil, at)
	}
	policy := r.policy(*b.PermissionsBoundaryArn)
	return snapshot.Known(&policy, at)
}

// policy waits for a managed policy.
func (r *reader) policy(arn string) snapshot.Policy {
	return snapshot.Policy{Name: arn[strings.LastIndexByte(arn, '/')+1:], ARN: arn, Document: r.managedPolicy(arn).wait(), Origin: snapshot.Origin{Resource: arn}}
}

// managedPolicy reads a managed policy once, however many roles it serves.
func (r *reader) managedPolicy(arn string) *later[snapshot.Fact[string]] {
	return r.policies.get(arn, func() snapshot.Fact[string] {
		at := snapshot.Origin{Resource: arn}
		subject := "policy " + arn[strings.LastIndexByte(arn, '/')+1:]
		meta, failed := call(r.ctx, r.calls, spec{"iam", "GetPolicy", subject, "iam:GetPolicy on " + arn}, func(ctx context.Context) (*iam.GetPolicyOutput, error) {
			out, err := r.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
			if err == nil && (out.Policy == nil || aws.ToString(out.Policy.Arn) != arn || out.Policy.DefaultVersionId == nil) {
				err = lacks("default version of the policy")
			}
			return out, err
		})
		if failed != nil {
			return unknown[string](failed, at)
		}
		out, failed := call(r.ctx, r.calls, spec{"iam", "GetPolicyVersion", subject, "iam:GetPolicyVersion on " + arn}, func(ctx context.Context) (*iam.GetPolicyVersionOutput, error) {
			out, err := r.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: meta.Policy.DefaultVersionId})
			if err == nil && (out.PolicyVersion == nil || out.PolicyVersion.Document == nil) {
				err = lacks("document")
			}
			return out, err
		})
		if failed != nil {
			return unknown[string](failed, at)
		}
		return document(out.PolicyVersion.Document, at)
	})
}

// document decodes a policy document: IAM answers with it percent-encoded (RFC 3986).
func document(encoded *string, at snapshot.Origin) snapshot.Fact[string] {
	plain, err := url.PathUnescape(aws.ToString(encoded))
	if encoded == nil || err != nil {
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "the policy document is not percent-encoded text", Origin: at})
	}
	return snapshot.Known(plain, at)
}

func tags(list []types.Tag) map[string]string {
	out := map[string]string{}
	for _, tag := range list {
		out[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return out
}

func noSuchEntity(f *failure) bool {
	var absent *types.NoSuchEntityException
	return errors.As(f.err, &absent)
}
