package live

import (
	"context"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// organizationID reads which organization the account belongs to, where a policy looks
// at one. Every account of an organization may ask, and one that is in none is told so
// (P79).
func (a *account) organizationID(s *snapshot.Snapshot) snapshot.Fact[string] {
	at := snapshot.Origin{Resource: "organization", Path: "Id"}
	if !asked(s) {
		return snapshot.Fact[string]{}
	}
	none := false
	out, failed := call(a.ctx, a.calls, spec{"organizations", "DescribeOrganization", "organization", "organizations:DescribeOrganization"}, func(ctx context.Context) (*organizations.DescribeOrganizationOutput, error) {
		out, err := organizations.NewFromConfig(a.cfg).DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
		if none = code(err) == "AWSOrganizationsNotInUseException"; none {
			return out, nil
		}
		if err == nil && (out.Organization == nil || !text.IsOrganization(aws.ToString(out.Organization.Id))) {
			err = lacks("organization")
		}
		return out, err
	})
	switch {
	case failed != nil:
		return unknown[string](failed, at)
	case none:
		return snapshot.Known("", at)
	}
	return snapshot.Known(*out.Organization.Id, at)
}

// asked tells whether a policy that was read has a condition on an organization.
func asked(s *snapshot.Snapshot) bool {
	looks := func(document snapshot.Fact[string]) bool {
		text, _ := document.Peek()
		return strings.Contains(strings.ToLower(text), "orgid")
	}
	for i := range s.APIs {
		if looks(s.APIs[i].Policy) {
			return true
		}
	}
	for _, fact := range s.Queues {
		if q, _ := fact.Peek(); q != nil && looks(q.Policy) {
			return true
		}
	}
	for _, fact := range s.Keys {
		if k, _ := fact.Peek(); k != nil && looks(k.Policy) {
			return true
		}
	}
	for _, fact := range s.Roles {
		role, _ := fact.Peek()
		if role == nil {
			continue
		}
		inline, _ := role.Inline.Peek()
		attached, _ := role.Attached.Peek()
		for i, policies := 0, slices.Concat(inline, attached); i < len(policies); i++ {
			if looks(policies[i].Document) {
				return true
			}
		}
		if boundary, _ := role.Boundary.Peek(); looks(role.Trust) || boundary != nil && looks(boundary.Document) {
			return true
		}
	}
	return false
}
