package live

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// key begins to read the key with the reference of snapshot.KeyReference.
func (r *reader) key(ref string) {
	r.keys.get(ref, func() snapshot.Fact[*snapshot.Key] { return r.readKey(ref) })
}

func (r *reader) readKey(ref string) snapshot.Fact[*snapshot.Key] {
	at := snapshot.Origin{Resource: ref}
	name, _ := text.ParseARN(ref)
	if !regionName.MatchString(name.Region) {
		return snapshot.Unknown[*snapshot.Key](snapshot.Gap{Reason: snapshot.Failed, Detail: quote(ref) + " is not the name of a key", Origin: at})
	}
	region, account := name.Region, name.Account
	if !strings.HasPrefix(name.Resource, "alias/") {
		// The reference is the key's ARN: nothing has to be asked first.
		r.keyPolicy(region, ref)
		r.grants(region, ref)
	}
	out, failed := call(r.ctx, r.calls, keySpec("DescribeKey", ref), func(ctx context.Context) (*kms.DescribeKeyOutput, error) {
		out, err := r.regions.kmsIn(region).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &ref})
		if err == nil && (out.KeyMetadata == nil || out.KeyMetadata.Arn == nil) {
			err = lacks("key")
		}
		return out, err
	})
	var absent *types.NotFoundException
	switch {
	case failed == nil:
		key := described(out.KeyMetadata, at)
		policy, grants := r.keyPolicy(region, key.ARN), r.grants(region, key.ARN)
		key.Policy, key.Grants = policy.wait(), grants.wait()
		return snapshot.Known(key, at)
	case errors.As(failed.err, &absent) && r.identity.wait().account == account:
		return snapshot.Known[*snapshot.Key](nil, at)
	case strings.HasPrefix(name.Resource, "alias/"):
		return unknown[*snapshot.Key](failed, at)
	}
	key := &snapshot.Key{
		ARN: ref, Origin: at,
		Manager: unknown[string](failed, at.At("KeyManager")),
		State:   unknown[string](failed, at.At("KeyState")),
		Usage:   unknown[string](failed, at.At("KeyUsage")),
		Spec:    unknown[string](failed, at.At("KeySpec")),
		Policy:  r.keyPolicy(region, ref).wait(),
		Grants:  r.grants(region, ref).wait(),
	}
	if !key.Policy.IsKnown() && !key.Grants.IsKnown() {
		return unknown[*snapshot.Key](failed, at)
	}
	return snapshot.Known(key, at)
}

func described(m *types.KeyMetadata, at snapshot.Origin) *snapshot.Key {
	usage := m.KeyUsage
	if usage == "" && m.KeySpec == types.KeySpecSymmetricDefault {
		usage = types.KeyUsageTypeEncryptDecrypt // a symmetric key has no other
	}
	return &snapshot.Key{
		ARN: *m.Arn, Origin: at,
		Manager: stated(string(m.KeyManager), at.At("KeyManager")),
		State:   stated(string(m.KeyState), at.At("KeyState")),
		Usage:   stated(string(usage), at.At("KeyUsage")),
		Spec:    stated(string(m.KeySpec), at.At("KeySpec")),
	}
}

// stated reads a member that every key has.
func stated(v string, at snapshot.Origin) snapshot.Fact[string] {
	if v == "" {
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Failed, Detail: "DescribeKey did not give " + at.Path, Origin: at})
	}
	return snapshot.Known(v, at)
}

func keySpec(operation, arn string) spec {
	return spec{"kms", operation, "key " + arn[strings.LastIndexByte(arn, ':')+1:], "kms:" + operation + " on " + arn}
}

func (r *reader) keyPolicy(region, arn string) *later[snapshot.Fact[string]] {
	return r.keyPolicies.get(arn, func() snapshot.Fact[string] {
		at := snapshot.Origin{Resource: arn, Path: "policy/default"}
		out, failed := call(r.ctx, r.calls, keySpec("GetKeyPolicy", arn), func(ctx context.Context) (*kms.GetKeyPolicyOutput, error) {
			out, err := r.regions.kmsIn(region).GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &arn, PolicyName: aws.String("default")})
			if err == nil && out.Policy == nil {
				err = lacks("policy") // every key has one
			}
			return out, err
		})
		if failed != nil {
			return unknown[string](failed, at)
		}
		return snapshot.Known(*out.Policy, at)
	})
}

func (r *reader) grants(region, arn string) *later[snapshot.Fact[[]snapshot.Grant]] {
	return r.keyGrants.get(arn, func() snapshot.Fact[[]snapshot.Grant] {
		at := snapshot.Origin{Resource: arn, Path: "grants"}
		entries, failed := everyPage(r.account, keySpec("ListGrants", arn), func(ctx context.Context, marker *string) ([]types.GrantListEntry, *string, error) {
			out, err := r.regions.kmsIn(region).ListGrants(ctx, &kms.ListGrantsInput{KeyId: &arn, Limit: aws.Int32(100), Marker: marker})
			if err != nil {
				return nil, nil, err
			}
			return out.Grants, out.NextMarker, cut(out.Truncated, out.NextMarker)
		})
		if failed != nil {
			return unknown[[]snapshot.Grant](failed, at)
		}
		list := []snapshot.Grant{}
		for _, entry := range entries {
			g := snapshot.Grant{ID: aws.ToString(entry.GrantId), Grantee: aws.ToString(entry.GranteePrincipal)}
			if entry.GranteeServicePrincipal != nil {
				g.Grantee = *entry.GranteeServicePrincipal
			}
			for _, operation := range entry.Operations {
				g.Operations = append(g.Operations, string(operation))
			}
			if c := entry.Constraints; c != nil {
				if c.SourceArn != nil && entry.GranteeServicePrincipal == nil {
					return snapshot.Unknown[[]snapshot.Grant](snapshot.Gap{Reason: snapshot.NotCovered, Origin: at,
						Detail: "grant " + g.ID + " is bound to a source ARN, which a snapshot does not hold"})
				}
				g.ContextEquals, g.ContextSubset = c.EncryptionContextEquals, c.EncryptionContextSubset
			}
			list = append(list, g)
		}
		slices.SortFunc(list, func(a, b snapshot.Grant) int { return cmp.Compare(a.ID, b.ID) })
		return snapshot.Known(list, at)
	})
}
