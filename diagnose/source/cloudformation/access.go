package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

func (b *builder) role(s *stack, r *resource, p tree.View) {
	b.parts.Roles = append(b.parts.Roles, assemble.Role{
		Name:     s.physicalName(r).Text,
		Given:    !p.Get("RoleName").Absent(),
		ARN:      s.attributeOf(r, "Arn", &tree.Node{At: r.at}).Text,
		Origin:   s.origin(r, "", r.at),
		Trust:    policyText(p.Get("AssumeRolePolicyDocument")),
		Inline:   inlinePolicies(p.Get("Policies")),
		Attached: managedPolicies(p.Get("ManagedPolicyArns")),
		Boundary: openapi.Ref(p.Get("PermissionsBoundary")),
		Tags:     tags(p.Get("Tags")),
	})
}

func policyText(x tree.View) snapshot.Fact[string] {
	text, _ := x.Policy()
	return text
}

func (b *builder) policy(s *stack, r *resource, p tree.View) {
	policy := assemble.Policy{Policy: snapshot.Policy{Name: s.physicalName(r).Text, Origin: s.origin(r, "", r.at)}, Roles: openapi.Refs(p.Get("Roles"))}
	if p.Get("PolicyName").Absent() && r.typ != "AWS::IAM::ManagedPolicy" {
		policy.Name = ""
	}
	switch r.typ {
	case "AWS::IAM::ManagedPolicy":
		policy.ARN = s.refOf(r, &tree.Node{At: r.at}).Text
	case "AWS::IAM::RolePolicy":
		policy.Roles = openapi.Refs(p.Get("RoleName"))
	}
	for _, role := range policy.Roles {
		if strings.HasPrefix(role.Text, "arn:") { // a role is named by its name; an ARN has characters that no name has
			b.world.refuse("ValidationError", "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_- ("+
				r.id+" names a role by its ARN)", role.Origin())
		}
	}
	policy.Document, policy.Lines = p.Get("PolicyDocument").Policy()
	policy.Doubt = s.mayBeMissing(r, "policy", policy.Origin)
	b.parts.Policies = append(b.parts.Policies, policy)
}

// inlinePolicies reads the Policies of a role.
func inlinePolicies(x tree.View) snapshot.Fact[[]snapshot.Policy] {
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.Policy](x.Gap())
	}
	list := []snapshot.Policy{}
	for _, in := range x.Items() {
		if in.Unknown() {
			return snapshot.Unknown[[]snapshot.Policy](in.Gap())
		}
		policy := snapshot.Policy{Name: policyName(in.Get("PolicyName")), Origin: in.Origin()}
		policy.Document, policy.Lines = in.Get("PolicyDocument").Policy()
		list = append(list, policy)
	}
	return snapshot.Known(list, x.Origin())
}

// policyName is the name of an inline policy, a symbol where it is not known, and
// empty only where there is none.
func policyName(x tree.View) string {
	if x.Unknown() && x.Plain() == "" {
		return "policy"
	}
	return x.Plain()
}

// managedPolicies reads a list of policy ARNs.
func managedPolicies(x tree.View) snapshot.Fact[[]assemble.Ref] {
	if x.Unknown() {
		return snapshot.Unknown[[]assemble.Ref](x.Gap())
	}
	list := openapi.Refs(x)
	for _, arn := range list {
		if arn.Text == "" && !arn.IsKnown() {
			return snapshot.Unknown[[]assemble.Ref](arn.Gap())
		}
	}
	return snapshot.Known(list, x.Origin())
}

// tags reads a list of Key and Value, or a plain map.
func tags(x tree.View) snapshot.Fact[map[string]string] {
	if x.Unknown() || x.Value != nil && x.Value.Kind == tree.Object {
		return x.TextMap()
	}
	out := map[string]string{}
	for _, in := range x.Items() {
		if in.Unknown() {
			return snapshot.Unknown[map[string]string](in.Gap())
		}
		out[in.Get("Key").Plain()] = in.Get("Value").Plain()
	}
	return snapshot.Known(out, x.Origin())
}

func (b *builder) queue(s *stack, r *resource, p tree.View) {
	n := &tree.Node{At: r.at}
	b.parts.Queues = append(b.parts.Queues, assemble.Queue{Queue: snapshot.Queue{
		ARN: s.attributeOf(r, "Arn", n).Text, URL: s.refOf(r, n).Text, Origin: s.origin(r, "", r.at),
		FIFO:                      p.Get("FifoQueue").Boolean(false),
		ContentBasedDeduplication: p.Get("ContentBasedDeduplication").Boolean(false),
		MaximumMessageSize:        p.Get("MaximumMessageSize").Number(assemble.NotGiven),
		KMSKeyID:                  p.Get("KmsMasterKeyId").Text(""),
		KMSReusePeriod:            p.Get("KmsDataKeyReusePeriodSeconds").Number(assemble.NotGiven),
		Policy:                    snapshot.Known("", s.origin(r, "Policy", r.at)),
		Requested:                 requestedQueue(p),
	}})
}

// queueAttributes are the properties of a queue that SQS gets under the same name.
var queueAttributes = []string{"QueueName", "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit", "DelaySeconds", "MaximumMessageSize",
	"MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled", "RedrivePolicy", "RedriveAllowPolicy"}

// requestedQueue lists what a queue is asked for with. A value that is chosen when
// the stack is made is a symbol.
func requestedQueue(p tree.View) map[string]snapshot.Fact[string] {
	requested := map[string]snapshot.Fact[string]{}
	for _, name := range queueAttributes {
		switch x := p.Get(name); {
		case x.Absent():
		case x.Unknown() && x.Value.Text != "":
			requested[name] = snapshot.Known(x.Value.Text, x.Origin())
		case strings.HasPrefix(name, "Redrive"):
			requested[name], _ = x.Policy()
		case x.Is("true") || x.Is("false"):
			requested[name] = snapshot.Known(strings.ToLower(x.Plain()), x.Origin())
		default:
			requested[name] = x.Text("")
		}
	}
	return requested
}

func (b *builder) queuePolicy(s *stack, r *resource, p tree.View) {
	queues := p.Get("Queues")
	if r.typ == "AWS::SQS::QueueInlinePolicy" {
		queues = p.Get("Queue")
	}
	for _, in := range queues.Items() {
		if url := in.Plain(); url != "" && in.Value.Certain() && !strings.Contains(url, "://") {
			s.world.refuse("InvalidAddress", "The address "+tree.Clip(url, 120)+" is not valid for this endpoint.", in.Origin())
		}
	}
	policy := assemble.QueuePolicy{Name: r.id, Queues: openapi.Refs(queues)}
	policy.Document, policy.Lines = p.Get("PolicyDocument").Policy()
	policy.Doubt = s.mayBeMissing(r, "queue policy", policy.Document.Origin())
	b.parts.QueuePolicies = append(b.parts.QueuePolicies, policy)
}

func (b *builder) key(s *stack, r *resource, p tree.View) {
	key := assemble.Key{Key: snapshot.Key{ARN: s.attributeOf(r, "Arn", &tree.Node{At: r.at}).Text, Origin: s.origin(r, "", r.at)}}
	key.Manager = snapshot.Known("CUSTOMER", key.Origin)
	key.Usage = p.Get("KeyUsage").Text("")
	key.Spec = p.Get("KeySpec").Text("")
	key.State = keyState(p)
	key.Grants = snapshot.Known([]snapshot.Grant{}, p.Get("Grants").Origin()) // a new key has none
	key.Policy, key.PolicyLines = p.Get("KeyPolicy").Policy()
	b.parts.Keys = append(b.parts.Keys, key)
}

// keyState derives the state of a new key: iam-facts 68.
func keyState(p tree.View) snapshot.Fact[string] {
	enabled := p.Get("Enabled").Boolean(true)
	on, ok := enabled.Peek()
	switch {
	case !ok:
		return snapshot.Unknown[string](enabled.Gap())
	case p.Get("Origin").Is("EXTERNAL"):
		return snapshot.Known("PendingImport", p.Get("Origin").Origin())
	case !on:
		return snapshot.Known("Disabled", enabled.Origin())
	}
	return snapshot.Known("Enabled", enabled.Origin())
}

func (b *builder) alias(s *stack, r *resource, p tree.View) {
	if name := s.physicalName(r).Text; strings.HasPrefix(name, "alias/") {
		arn := s.fill(r, "arn:{partition}:kms:{region}:{account}:{name}", &tree.Node{At: r.at}).Text
		b.parts.Aliases = append(b.parts.Aliases, assemble.Alias{ARN: arn, Key: openapi.Ref(p.Get("TargetKeyId"))})
	}
}
