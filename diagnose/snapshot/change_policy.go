package snapshot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// SetPolicyVersion sets the Version of a policy, the date of the policy language.
type SetPolicyVersion struct {
	On            PolicyTarget
	Before, After string // such as 2012-10-17; Before is empty when there is none
}

// SetKeyEnabled enables or disables a KMS key.
type SetKeyEnabled struct {
	Key     string // as the snapshot names it
	Enabled bool
}

func (p PolicyTarget) String() string {
	return map[string]string{"role": "a policy of role ", "trust": "the trust policy of role ", "boundary": "the permissions boundary of role ",
		"queue": "the policy of queue ", "key": "the policy of key ", "api": "the resource policy of API "}[p.Kind] + p.Resource
}

func (c SetPolicyVersion) String() string {
	return fmt.Sprintf("set Version of %s to %q", c.On, c.After)
}

func (c SetKeyEnabled) String() string {
	if c.Enabled {
		return "enable the key " + c.Key
	}
	return "disable the key " + c.Key
}

// Apply implements Change.
func (c SetPolicyVersion) Apply(s *Snapshot) (*Snapshot, error) {
	return onPolicy(s, c.On, func(doc *Fact[string]) error {
		text, err := current(*doc, "the policy")
		if err != nil {
			return err
		}
		if text, err = withVersion(text, c.After); err == nil {
			*doc = doc.With(text)
		}
		return err
	})
}

// Apply implements Change.
func (c SetKeyEnabled) Apply(s *Snapshot) (*Snapshot, error) {
	return onKey(s, c.Key, func(k *Key) error {
		if _, err := current(k.State, "the state of the key"); err != nil {
			return err
		}
		state := "Disabled"
		if c.Enabled {
			state = "Enabled"
		}
		k.State = k.State.With(state)
		return nil
	})
}

// onPolicy lets edit change the document of a policy.
func onPolicy(s *Snapshot, on PolicyTarget, edit func(*Fact[string]) error) (*Snapshot, error) {
	switch on.Kind {
	case "api":
		return onAPI(s, on.Resource, func(a *API) error { return edit(&a.Policy) })
	case "queue":
		return onQueue(s, on.Resource, func(q *Queue) error { return edit(&q.Policy) })
	case "key":
		return onKey(s, on.Resource, func(k *Key) error { return edit(&k.Policy) })
	case "trust":
		return onRole(s, on.Resource, func(r *Role) error { return edit(&r.Trust) })
	case "boundary":
		return onRole(s, on.Resource, func(r *Role) error {
			boundary, err := current(r.Boundary, "the permissions boundary")
			if err != nil || boundary == nil {
				return fmt.Errorf("the role has no permissions boundary that is known")
			}
			b := *boundary
			err = edit(&b.Document)
			r.Boundary = r.Boundary.With(&b)
			return err
		})
	case "role":
		return onRole(s, on.Resource, func(r *Role) error { return onRolePolicy(r, on.Policy, edit) })
	}
	return nil, fmt.Errorf("no such kind of policy: %q", on.Kind)
}

// onRolePolicy edits the policy of that name, or a new one.
func onRolePolicy(r *Role, name string, edit func(*Fact[string]) error) error {
	for _, list := range []*Fact[[]Policy]{&r.Inline, &r.Attached} {
		policies, err := current(*list, "the policies of the role")
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(policies, func(p Policy) bool { return p.Called(name) }); i >= 0 {
			policies = slices.Clone(policies)
			if err := edit(&policies[i].Document); err != nil {
				return err
			}
			if text, _ := current(policies[i].Document, ""); text == "" {
				policies = slices.Delete(policies, i, i+1) // a policy without statements is none
			}
			*list = list.With(policies)
			return nil
		}
	}
	inline, _ := current(r.Inline, "")
	added := Policy{Name: name, Document: Known(`{"Version":"2012-10-17","Statement":[]}`, r.Origin.At("Policies"))}
	if err := edit(&added.Document); err != nil {
		return err
	}
	r.Inline = r.Inline.With(append(slices.Clone(inline), added))
	return nil
}

// withVersion returns the policy text with another Version; everything else
// stays as it is written.
func withVersion(policy, version string) (string, error) {
	quoted, err := json.Marshal(version)
	if err != nil || version == "" {
		return "", fmt.Errorf("%q is no version of a policy", version)
	}
	d := json.NewDecoder(strings.NewReader(policy))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "", fmt.Errorf("the policy is not a JSON object")
	}
	first := int(d.InputOffset())
	empty := true
	for d.More() {
		empty = false
		name, err := d.Token()
		if err != nil {
			return "", fmt.Errorf("the policy is not a JSON object: %w", err)
		}
		start := valueStart(policy, int(d.InputOffset()))
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return "", fmt.Errorf("the policy is not a JSON object: %w", err)
		}
		if name == "Version" {
			return policy[:start] + string(quoted) + policy[d.InputOffset():], nil
		}
	}
	comma := ","
	if empty {
		comma = ""
	}
	return policy[:first] + `"Version":` + string(quoted) + comma + policy[first:], nil
}
