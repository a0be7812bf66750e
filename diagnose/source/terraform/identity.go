package terraform

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
)

// role maps aws_iam_role (I24).
func (b *builder) role(r *resource) {
	role := assemble.Role{Name: b.text(r, "name"), ARN: b.text(r, "arn"), Origin: r.origin(), Boundary: openapi.Ref(r.get("permissions_boundary")), Tags: r.get("tags").TextMap()}
	trust, lines := b.policy(r, "assume_role_policy")
	if role.Trust = trust; len(lines) == 1 {
		// The one statement is where the trust is to be found and to be changed.
		if text, ok := trust.Read(&snapshot.Gaps{}); ok {
			role.Trust = snapshot.Known(text, lines[0])
		}
	}
	role.Inline = b.inlinePolicies(r)
	arns := r.get("managed_policy_arns")
	switch {
	case arns.Unknown():
		role.Attached = snapshot.Unknown[[]assemble.Ref](arns.Gap())
	default:
		role.Attached = snapshot.Known(append([]assemble.Ref{}, openapi.Refs(arns)...), arns.Origin())
	}
	b.parts.Roles = append(b.parts.Roles, role)
}

// inlinePolicies maps the inline_policy blocks of a role. An empty block says
// that there are none.
func (b *builder) inlinePolicies(r *resource) snapshot.Fact[[]snapshot.Policy] {
	x := r.get("inline_policy")
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.Policy](x.Gap())
	}
	list := []snapshot.Policy{}
	for _, in := range x.Items() {
		if in.Get("policy").Absent() {
			continue
		}
		list = append(list, snapshot.Policy{Name: in.Get("name").Plain(), Origin: in.Origin(), Document: in.Get("policy").Text("")})
	}
	return snapshot.Known(list, x.Origin())
}

func (b *builder) rolePolicy(r *resource) {
	p := assemble.Policy{Policy: snapshot.Policy{Name: b.text(r, "name"), Origin: r.origin()}, Roles: []assemble.Ref{openapi.Ref(r.get("role"))}}
	p.Document, p.Lines = b.policy(r, "policy")
	b.parts.Policies = append(b.parts.Policies, p)
	b.unlinked(r, "role")
}

// unlinked doubts all that a resource of a plan may belong to, when the plan does not
// tell what it belongs to (I32).
func (b *builder) unlinked(r *resource, name string) {
	if x := r.get(name); b.mirrored && x.Unknown() {
		b.doubts = append(b.doubts, doubt{kind: r.kind, gap: x.Gap()})
	}
}

func (b *builder) managedPolicy(r *resource) {
	p := assemble.Policy{Policy: snapshot.Policy{Name: b.text(r, "name"), ARN: b.text(r, "arn"), Origin: r.origin()}}
	p.Document, p.Lines = b.policy(r, "policy")
	b.parts.Policies = append(b.parts.Policies, p)
}

func (b *builder) attachment(r *resource) {
	a := assemble.Attachment{Policy: openapi.Ref(r.get("policy_arn"))}
	roles := r.get("roles")
	if r.kind == "aws_iam_role_policy_attachment" {
		roles = r.get("role")
	}
	if roles.Unknown() && roles.Plain() == "" {
		b.doubts = append(b.doubts, doubt{kind: r.kind, gap: roles.Gap()})
		return
	}
	a.Roles = openapi.Refs(roles)
	if r.kind == "aws_iam_role_policy_attachment" {
		a.Roles = []assemble.Ref{openapi.Ref(roles)}
		b.unlinked(r, "role")
	}
	b.parts.Attachments = append(b.parts.Attachments, a)
}

// defaultMessageSize is what the provider gives a queue that names no size, in bytes.
const defaultMessageSize = 262144

// queueAttributes are the attributes that SQS gets, by the arguments of aws_sqs_queue.
var queueAttributes = map[string]string{"name": "QueueName", "fifo_queue": "FifoQueue", "content_based_deduplication": "ContentBasedDeduplication",
	"deduplication_scope": "DeduplicationScope", "fifo_throughput_limit": "FifoThroughputLimit", "delay_seconds": "DelaySeconds", "max_message_size": "MaximumMessageSize",
	"message_retention_seconds": "MessageRetentionPeriod", "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds", "visibility_timeout_seconds": "VisibilityTimeout",
	"kms_master_key_id": "KmsMasterKeyId", "kms_data_key_reuse_period_seconds": "KmsDataKeyReusePeriodSeconds", "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
	"redrive_policy": "RedrivePolicy", "redrive_allow_policy": "RedriveAllowPolicy"}

// requestedQueue lists what a queue is asked for with. The provider leaves out what is
// false or empty; what is known only after the apply is chosen by it.
func requestedQueue(r *resource) map[string]snapshot.Fact[string] {
	requested := map[string]snapshot.Fact[string]{}
	for argument, name := range queueAttributes {
		if x := r.get(argument); x.Plain() != "" && x.Plain() != "false" {
			requested[name] = snapshot.Known(x.Plain(), x.Origin())
		}
	}
	return requested
}

func (b *builder) queue(r *resource) {
	q := assemble.Queue{Queue: snapshot.Queue{ARN: b.text(r, "arn"), URL: b.text(r, "url"), Origin: r.origin()}}
	if q.URL == "" {
		q.URL = b.text(r, "id") // states of old providers have no url
	}
	q.FIFO = r.get("fifo_queue").Boolean(false)
	q.ContentBasedDeduplication = r.get("content_based_deduplication").Boolean(false)
	q.MaximumMessageSize = r.get("max_message_size").Number(defaultMessageSize)
	q.KMSKeyID = r.get("kms_master_key_id").Text("")
	q.KMSReusePeriod = r.get("kms_data_key_reuse_period_seconds").Number(assemble.NotGiven)
	q.Policy, q.PolicyLines = b.policy(r, "policy")
	if !b.parts.Target.Exists {
		q.Requested = requestedQueue(r)
	}
	b.parts.Queues = append(b.parts.Queues, q)
}

func (b *builder) queuePolicy(r *resource) {
	p := assemble.QueuePolicy{Name: r.address, Queues: []assemble.Ref{openapi.Ref(r.get("queue_url"))}}
	p.Document, p.Lines = b.policy(r, "policy")
	b.unlinked(r, "queue_url")
	b.parts.QueuePolicies = append(b.parts.QueuePolicies, p)
}

func (b *builder) key(r *resource) {
	k := assemble.Key{Key: snapshot.Key{ARN: b.text(r, "arn"), Origin: r.origin()}}
	at := func(name string) snapshot.Origin { return r.get(name).Origin() }
	k.Manager = snapshot.Known("CUSTOMER", k.Origin)
	k.Usage = r.get("key_usage").Text("ENCRYPT_DECRYPT")
	spec := r.get("customer_master_key_spec")
	if spec.Absent() {
		spec = r.get("key_spec")
	}
	k.Spec = spec.Text("SYMMETRIC_DEFAULT")
	enabled := r.get("is_enabled")
	if enabled.Absent() {
		enabled = r.get("enabled")
	}
	on, known := enabled.Boolean(true).Read(&snapshot.Gaps{})
	switch {
	case !known:
		k.State = snapshot.Unknown[string](enabled.Gap())
	case r.kind == "aws_kms_external_key" && r.get("key_material_base64").Absent():
		k.State = snapshot.Known("PendingImport", at("key_material_base64"))
	case !on:
		k.State = snapshot.Known("Disabled", enabled.Origin())
	default:
		k.State = snapshot.Known("Enabled", enabled.Origin())
	}
	k.Grants = snapshot.Known([]snapshot.Grant{}, k.Origin)
	k.Policy, k.PolicyLines = b.policy(r, "policy")
	b.parts.Keys = append(b.parts.Keys, k)
}

func (b *builder) keyPolicy(r *resource) { b.keyPolicies[r.get("key_id").Plain()] = r }

func (b *builder) grant(r *resource) {
	id := r.get("key_id").Plain()
	b.grants[id] = append(b.grants[id], r)
}

func (b *builder) withGrant(list snapshot.Fact[[]snapshot.Grant], r *resource) snapshot.Fact[[]snapshot.Grant] {
	have, ok := list.Read(&snapshot.Gaps{})
	if !ok {
		return list
	}
	g := snapshot.Grant{ID: r.address}
	var gaps snapshot.Gaps
	g.Operations, _ = r.get("operations").Texts().Read(&gaps)
	g.Grantee, _ = r.get("grantee_principal").Text("").Read(&gaps)
	constraints := r.get("constraints").First()
	if !constraints.Absent() {
		g.ContextEquals, _ = constraints.Get("encryption_context_equals").TextMap().Read(&gaps)
		g.ContextSubset, _ = constraints.Get("encryption_context_subset").TextMap().Read(&gaps)
	}
	return snapshot.Derived(append(have[:len(have):len(have)], g), &gaps, list.Origin())
}

func (b *builder) alias(r *resource) {
	if name := b.text(r, "name"); strings.HasPrefix(name, "alias/") {
		b.parts.Aliases = append(b.parts.Aliases, assemble.Alias{ARN: b.text(r, "arn"), Key: openapi.Ref(r.get("target_key_id"))})
	}
}
