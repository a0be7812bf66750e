package remedy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// Patch is one operation of API Gateway's PATCH.
type Patch struct {
	Op    string // add, replace or remove
	Path  string
	Value string // not sent with remove
}

// MarshalJSON writes an empty value of a replacement and none of a removal.
func (p Patch) MarshalJSON() ([]byte, error) {
	if p.Op == "remove" || strings.HasPrefix(p.Path, "/binaryMediaTypes/") {
		return []byte(encode(struct {
			Op   string `json:"op"`
			Path string `json:"path"`
		}{p.Op, p.Path})), nil
	}
	return []byte(encode(struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value string `json:"value"`
	}{p.Op, p.Path, p.Value})), nil
}

// entryPatch adds, replaces or removes an entry of a map.
func entryPatch(prefix, name, before, after string) Patch {
	p := Patch{Op: "replace", Path: prefix + segment(name), Value: after}
	switch {
	case after == "":
		p.Op = "remove"
	case before == "":
		p.Op = "add"
	}
	return p
}

// fieldPatch sets or removes a property, which takes no add.
func fieldPatch(path, after string) Patch {
	if after == "" {
		return Patch{Op: "remove", Path: path}
	}
	return Patch{Op: "replace", Path: path, Value: after}
}

// segment escapes a name for a patch path: / is ~1 and ~ is ~0.
func segment(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// ResponsePatches leads from one integration response to another one with the
// same status.
func ResponsePatches(before, after snapshot.IntegrationResponse) []Patch {
	ops := []Patch{}
	if before.Pattern != after.Pattern {
		ops = append(ops, Patch{Op: "replace", Path: "/selectionPattern", Value: after.Pattern})
	}
	if before.ContentHandling != after.ContentHandling {
		ops = append(ops, fieldPatch("/contentHandling", after.ContentHandling))
	}
	for _, m := range []struct {
		prefix string
		b, a   map[string]string
	}{{"/responseParameters/", before.Parameters, after.Parameters}, {"/responseTemplates/", before.Templates, after.Templates}} {
		for _, name := range sorted(m.b) {
			if _, ok := m.a[name]; !ok {
				ops = append(ops, Patch{Op: "remove", Path: m.prefix + segment(name)})
			}
		}
		for _, name := range sorted(m.a) {
			old, ok := m.b[name]
			switch {
			case !ok:
				ops = append(ops, Patch{Op: "add", Path: m.prefix + segment(name), Value: m.a[name]})
			case old != m.a[name]:
				ops = append(ops, Patch{Op: "replace", Path: m.prefix + segment(name), Value: m.a[name]})
			}
		}
	}
	return ops
}

// MediaTypePatches leads from one list of binary media types to another one.
func MediaTypePatches(before, after []string) []Patch {
	ops := []Patch{}
	for _, t := range before {
		if !slices.Contains(after, t) {
			ops = append(ops, Patch{Op: "remove", Path: "/binaryMediaTypes/" + segment(t)})
		}
	}
	for _, t := range after {
		if !slices.Contains(before, t) {
			ops = append(ops, Patch{Op: "add", Path: "/binaryMediaTypes/" + segment(t)})
		}
	}
	return ops
}

// StoredResponse is the integration response that a change names by its pattern
// and status, in full.
func StoredResponse(i *snapshot.Integration, named *snapshot.IntegrationResponse) *snapshot.IntegrationResponse {
	if i == nil {
		return named
	}
	responses, _ := i.Responses.Peek()
	for _, r := range responses {
		if r.Pattern == named.Pattern && r.Status == named.Status {
			return &r
		}
	}
	return named
}

// Integration is a whole integration of a REST API as PutIntegration stores it.
type Integration struct {
	Type, HTTPMethod, URI, Credentials, Passthrough, ContentHandling string
	TimeoutMillis                                                    int
	Parameters, Templates                                            map[string]string
	Responses                                                        []snapshot.IntegrationResponse
}

// IntegrationOf reads an integration in full; it fails when a part is not known,
// because what is stored without it would be lost.
func IntegrationOf(i *snapshot.Integration) (Integration, error) {
	gaps := &snapshot.Gaps{}
	text := func(f snapshot.Fact[string]) string { v, _ := f.Read(gaps); return v }
	texts := func(f snapshot.Fact[map[string]snapshot.Fact[string]]) map[string]string {
		m, _ := f.Read(gaps)
		out := map[string]string{}
		for name, fact := range m {
			out[name] = text(fact)
		}
		return out
	}
	out := Integration{Type: text(i.Type), HTTPMethod: text(i.HTTPMethod), URI: text(i.URI), Credentials: text(i.Credentials),
		Passthrough: text(i.Passthrough), ContentHandling: text(i.ContentHandling), Parameters: texts(i.RequestParameters), Templates: texts(i.Templates)}
	out.TimeoutMillis, _ = i.TimeoutMillis.Read(gaps)
	out.Responses, _ = i.Responses.Read(gaps)
	if gaps.Any() {
		return out, errors.New("a part of the integration was not read, and storing it anew would lose that part")
	}
	return out, nil
}

// Store says by which call a policy is stored.
type Store string

// The stores of policies.
const (
	InlinePolicy   Store = "inline"   // PutRolePolicy
	ManagedPolicy  Store = "managed"  // CreatePolicyVersion
	Attachment     Store = "attached" // DetachRolePolicy
	TrustPolicy    Store = "trust"    // UpdateAssumeRolePolicy
	QueueAttribute Store = "queue"    // SetQueueAttributes
	KeyPolicy      Store = "key"      // PutKeyPolicy
	ResourcePolicy Store = "api"      // UpdateRestApi
)

// Policy is a stored policy document before and after a change.
type Policy struct {
	Store         Store
	Role, Name    string // of the role; Name is the inline policy's
	ARN           string // of the managed policy or the key
	Queue         string // URL
	Before, After string // empty for none
}

// PolicyOf finds the document that a change of a statement leads from and to.
func PolicyOf(before, after *snapshot.Snapshot, on snapshot.PolicyTarget) (Policy, error) {
	p, err := policyIn(before, on)
	if err != nil {
		return p, err
	}
	q, err := policyIn(after, on)
	if err != nil {
		return p, err
	}
	p.After = q.Before
	switch {
	case p.After != "" && !isJSON(p.After):
		return p, fmt.Errorf("%s would not be JSON after the change", describePolicy(on))
	case p.After == "" && p.Store == ManagedPolicy && on.Kind == "role":
		p.Store = Attachment // a managed policy has a statement at least, and others may have it
	case p.Store == ManagedPolicy && awsManaged(p.ARN):
		return p, errAWSManaged(p.Name)
	case p.After == "" && p.Store != InlinePolicy && p.Store != QueueAttribute && p.Store != ResourcePolicy:
		return p, fmt.Errorf("%s would have no statement left, which AWS does not store", describePolicy(on))
	}
	return p, nil
}

// awsManaged tells whether a policy belongs to AWS and not to an account.
func awsManaged(arn string) bool { return strings.HasPrefix(text.AccountOf(arn), "aws") }

func errAWSManaged(name string) error {
	return fmt.Errorf("the policy %q is managed by AWS and cannot be changed; attach another one to the role", name)
}

func policyIn(s *snapshot.Snapshot, on snapshot.PolicyTarget) (Policy, error) {
	gaps := &snapshot.Gaps{}
	p := Policy{}
	var fact snapshot.Fact[string]
	switch on.Kind {
	case "api":
		api := s.API(on.Resource)
		if api == nil {
			return p, fmt.Errorf("the API %s is not known", on.Resource)
		}
		p.Store, fact = ResourcePolicy, api.Policy
	case "queue":
		queue, _ := s.Queue(on.Resource).Read(gaps)
		if queue == nil {
			return p, fmt.Errorf("the queue %s is not known", on.Resource)
		}
		p.Store, p.Queue, fact = QueueAttribute, queueURL(s, on.Resource), queue.Policy
	case "key":
		key, _ := s.Key(on.Resource).Read(gaps)
		if key == nil {
			return p, fmt.Errorf("the key %s is not known", on.Resource)
		}
		p.Store, p.ARN, fact = KeyPolicy, key.ARN, key.Policy
	default:
		role, _ := s.Role(on.Resource).Read(gaps)
		if role == nil {
			return p, fmt.Errorf("the role %s is not known", on.Resource)
		}
		p.Role = role.ARN[strings.LastIndexByte(role.ARN, '/')+1:]
		var err error
		if fact, err = p.ofRole(role, on, gaps); err != nil {
			return p, err
		}
	}
	var ok bool
	if p.Before, ok = fact.Read(gaps); !ok {
		return p, fmt.Errorf("%s was not read", describePolicy(on))
	}
	return p, nil
}

// ofRole finds a policy of a role. One that is not there is a new inline policy.
func (p *Policy) ofRole(role *snapshot.Role, on snapshot.PolicyTarget, gaps *snapshot.Gaps) (snapshot.Fact[string], error) {
	switch on.Kind {
	case "trust":
		p.Store = TrustPolicy
		return role.Trust, nil
	case "boundary":
		boundary, _ := role.Boundary.Read(gaps)
		if boundary == nil {
			return snapshot.Fact[string]{}, fmt.Errorf("the permissions boundary of %s is not known", on.Resource)
		}
		p.Store, p.ARN, p.Name = ManagedPolicy, boundary.ARN, boundary.Name
		return boundary.Document, nil
	case "role":
	default:
		return snapshot.Fact[string]{}, fmt.Errorf("no such kind of policy: %q", on.Kind)
	}
	p.Name = on.Policy
	named := func(q snapshot.Policy) bool { return q.Called(on.Policy) }
	inline, _ := role.Inline.Read(gaps)
	if i := slices.IndexFunc(inline, named); i >= 0 {
		p.Store = InlinePolicy
		return inline[i].Document, nil
	}
	attached, _ := role.Attached.Read(gaps)
	if i := slices.IndexFunc(attached, named); i >= 0 {
		p.Store, p.ARN = ManagedPolicy, attached[i].ARN
		return attached[i].Document, nil
	}
	p.Store = InlinePolicy
	return snapshot.Known("", snapshot.Origin{}), nil
}

func describePolicy(on snapshot.PolicyTarget) string {
	switch on.Kind {
	case "role":
		return fmt.Sprintf("the policy %q of role %s", on.Policy, on.Resource)
	case "trust":
		return "the trust policy of role " + on.Resource
	case "boundary":
		return "the permissions boundary of role " + on.Resource
	case "api":
		return "the resource policy of API " + on.Resource
	}
	return "the policy of " + on.Kind + " " + on.Resource
}
