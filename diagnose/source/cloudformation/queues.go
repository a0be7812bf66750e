package cloudformation

import (
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
)

// Defaults of a queue: T29, and fact 63 of the IAM record.
const (
	defaultMessageSize = 1048576 // bytes
	defaultKeyReuse    = 300     // seconds
)

// queuePolicy is a policy that a resource of its own sets on queues.
type queuePolicy struct {
	resource *resource
	queues   view
	document snapshot.Fact[string]
	lines    []snapshot.Origin
	doubt    bool
}

// queues maps every queue of the stack.
func (b *builder) queues(s *stack) {
	for _, r := range s.live("AWS::SQS::Queue") {
		p := s.props(r)
		n := &node{at: r.at}
		q := &snapshot.Queue{ARN: s.attributeOf(r, "Arn", n).text, URL: s.refOf(r, n).text, Origin: s.origin(r, "", r.at)}
		q.FIFO = p.get("FifoQueue").boolean(false)
		q.ContentBasedDeduplication = p.get("ContentBasedDeduplication").boolean(false)
		q.MaximumMessageSize = p.get("MaximumMessageSize").number(defaultMessageSize)
		q.KMSKeyID = p.get("KmsMasterKeyId").text("")
		q.KMSReusePeriod = p.get("KmsDataKeyReusePeriodSeconds").number(defaultKeyReuse)
		q.Policy, q.PolicyLines = queuePolicyOf(s, r, b.queuePolicies[q.URL])
		b.out.Queues[q.ARN] = snapshot.Known(q, q.Origin)
	}
}

// readQueuePolicies lists the policies of a stack that name queues.
func (b *builder) readQueuePolicies(s *stack) {
	for _, r := range s.live("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy") {
		p := s.props(r)
		q := queuePolicy{resource: r, queues: p.get("Queues"), doubt: s.exists(r) == maybe}
		if r.typ == "AWS::SQS::QueueInlinePolicy" {
			q.queues = p.get("Queue")
		}
		q.document, q.lines = p.get("PolicyDocument").policy()
		for _, in := range q.queues.items() {
			if url := in.plain(); url != "" {
				b.queuePolicies[url] = append(b.queuePolicies[url], q)
			}
		}
	}
}

// queuePolicyOf makes the policy of a queue of those that name it. A queue has
// one policy; of two resources that set it, the one created last wins, which is
// not foreseeable.
func queuePolicyOf(s *stack, r *resource, found []queuePolicy) (snapshot.Fact[string], []snapshot.Origin) {
	switch {
	case len(found) == 0:
		return snapshot.Known("", s.origin(r, "Policy", r.at)), nil
	case len(found) > 1:
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved,
			Detail: fmt.Sprintf("%s and %s both set the policy of the queue; the last one created wins", found[0].resource.id, found[1].resource.id),
			Origin: found[1].document.Origin()}), nil
	case found[0].doubt:
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved,
			Detail: "the condition " + found[0].resource.condition + " of the queue policy is not known before deployment", Origin: found[0].document.Origin()}), nil
	}
	return found[0].document, found[0].lines
}
