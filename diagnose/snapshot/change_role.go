package snapshot

import (
	"fmt"
	"maps"
	"strings"
)

// CreateRole makes a role with one inline policy.
type CreateRole struct {
	ARN      string
	Trust    string // JSON of the trust policy
	Policy   string // name of the inline policy
	Document string // JSON of the inline policy
	// At is what the role is called in a file and beside what it stands: the file and
	// line of the integration that signs with it, and a name that is free there. It
	// is empty where no file describes the configuration.
	At Origin
}

func (c CreateRole) String() string { return "create the role " + c.Name() }

// Name is the role's name.
func (c CreateRole) Name() string { return c.ARN[strings.LastIndexByte(c.ARN, '/')+1:] }

// Apply implements Change.
func (c CreateRole) Apply(s *Snapshot) (*Snapshot, error) {
	if role, known := s.Roles[c.ARN].Peek(); known && role != nil {
		return nil, fmt.Errorf("there is a role %s already", c.ARN)
	}
	trust, document := c.At, c.At
	if c.At.File != "" {
		trust.Path, document.Path = "Properties.AssumeRolePolicyDocument", "Properties.Policies[0].PolicyDocument"
	}
	role := &Role{ARN: c.ARN, Origin: c.At, Trust: Known(c.Trust, trust), Attached: Known([]Policy{}, c.At), Boundary: Known[*Policy](nil, c.At), Tags: Known(map[string]string{}, c.At),
		Inline: Known([]Policy{{Name: c.Policy, Document: Known(c.Document, document)}}, c.At)}
	out := *s
	if out.Roles = maps.Clone(s.Roles); out.Roles == nil {
		out.Roles = map[string]Fact[*Role]{}
	}
	out.Roles[c.ARN] = Known(role, c.At)
	return &out, nil
}
