package walk

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// RefusedQueue is a queue that SQS does not create as it is asked for.
type RefusedQueue struct {
	Queue   *snapshot.Queue
	Refusal sqs.Refusal
	Origin  snapshot.Origin // of the attribute
}

// creation is what AWS refuses to create of the roles, queues and keys of a
// snapshot. A role, queue or key that exists was taken, so that only a template is
// judged; a stack is created as a whole or not at all.
type creation struct {
	queues   []RefusedQueue
	open     map[string][]snapshot.Gap // by queue: why an attribute is not known
	policies []BadPolicy               // those of roles, but for trust policies, and of queues and keys
	trust    []BadPolicy
}

// creation judges the snapshot's resources once.
func (e *Engine) creation() *creation {
	if e.created != nil {
		return e.created
	}
	c := &creation{open: map[string][]snapshot.Gap{}}
	e.created = c
	for _, arn := range slices.Sorted(maps.Keys(e.Snapshot.Queues)) {
		if queue, ok := e.Snapshot.Queues[arn].Peek(); ok && queue != nil {
			c.add(e.judged(queue, func(own *creation) { e.createQueue(own, queue) }))
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(e.Snapshot.Roles)) {
		if role, ok := e.Snapshot.Roles[arn].Peek(); ok && role != nil {
			c.add(e.judged(role, func(own *creation) { e.createRole(own, role) }))
		}
	}
	seen := map[*snapshot.Key]bool{} // a key stands under its aliases too
	for _, ref := range slices.Sorted(maps.Keys(e.Snapshot.Keys)) {
		if key, ok := e.Snapshot.Keys[ref].Peek(); ok && key != nil && !seen[key] {
			seen[key] = true
			c.add(e.judged(key, func(own *creation) { e.createKey(own, key) }))
		}
	}
	return c
}

// judged is what is refused of one resource. A change copies the resource that it
// changes, so that the others are judged once for all engines of one family.
func (e *Engine) judged(resource any, judge func(*creation)) *creation {
	c := e.resources[resource]
	if c == nil {
		c = &creation{open: map[string][]snapshot.Gap{}}
		judge(c)
		e.resources[resource] = c
	}
	return c
}

func (c *creation) add(own *creation) {
	c.queues = append(c.queues, own.queues...)
	c.policies = append(c.policies, own.policies...)
	c.trust = append(c.trust, own.trust...)
	for arn, gaps := range own.open {
		c.open[arn] = append(c.open[arn], gaps...)
	}
}

// creates tells whether two snapshots have the same roles, queues and keys to be
// created: changes copy the maps of those that they change.
func creates(a, b *snapshot.Snapshot) bool {
	return same(a.Queues, b.Queues) && same(a.Roles, b.Roles) && same(a.Keys, b.Keys)
}

// same tells whether two maps are one.
func same[V any](a, b map[string]V) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

func (e *Engine) createKey(c *creation, key *snapshot.Key) {
	if manager, _ := key.Manager.Peek(); manager != "AWS" {
		c.policies = append(c.policies, e.badDocument(iam.KeyPolicy, key.ARN, "the key policy", key.Policy, key.PolicyLines)...)
	}
}

func (e *Engine) createQueue(c *creation, queue *snapshot.Queue) {
	c.policies = append(c.policies, e.badDocument(iam.QueuePolicy, queue.ARN, "the queue policy", queue.Policy, queue.PolicyLines)...)
	if len(queue.Requested) == 0 {
		return
	}
	asked := sqs.Creation{Region: text.RegionOf(queue.ARN), Account: text.AccountOf(queue.ARN), Attributes: map[string]string{}, Opaque: e.opaque}
	for _, name := range slices.Sorted(maps.Keys(queue.Requested)) {
		gaps := &snapshot.Gaps{}
		value, ok := queue.Requested[name].Read(gaps)
		switch {
		case !ok:
			asked.Open = append(asked.Open, name)
			c.open[queue.ARN] = append(c.open[queue.ARN], gaps.List()...)
		case name == "QueueName":
			asked.Name = value
		default:
			asked.Attributes[name] = value
		}
	}
	for _, refusal := range asked.Refusals() {
		at := queue.Origin
		if fact, ok := queue.Requested[refusal.Attribute]; ok {
			at = fact.Origin()
		}
		c.queues = append(c.queues, RefusedQueue{queue, refusal, at})
	}
}

func (e *Engine) createRole(c *creation, role *snapshot.Role) {
	name := roleName(role.ARN)
	bad := func(p *iam.Problem, what string, at snapshot.Origin) {
		if p != nil {
			c.policies = append(c.policies, BadPolicy{Owner: role.ARN, Document: iam.Document{Name: what}, Problem: *p, Origin: at})
		}
	}
	bad(iam.CheckRoleName(role.Requested, e.opaque...), "role "+name, role.Origin)
	c.trust = append(c.trust, e.badDocument(iam.Trust, role.ARN, "the trust policy", role.Trust, nil)...)
	inline, _ := role.Inline.Peek()
	for _, p := range inline {
		bad(iam.CheckPolicyName(p.Name, e.opaque...), "an inline policy of role "+name, p.Origin)
		c.policies = append(c.policies, e.badDocument(iam.Identity, role.ARN, p.Name, p.Document, p.Lines)...)
	}
	attached, _ := role.Attached.Peek()
	for _, p := range attached {
		if p.ARN != "" {
			bad(iam.CheckPolicyARN(p.ARN, e.opaque...), "a managed policy of role "+name, p.Origin)
		}
		c.policies = append(c.policies, e.badDocument(iam.Identity, role.ARN, p.Name, p.Document, p.Lines)...)
	}
	if boundary, ok := role.Boundary.Peek(); ok && boundary != nil {
		c.policies = append(c.policies, e.badDocument(iam.Boundary, role.ARN, boundary.Name, boundary.Document, boundary.Lines)...)
	}
}

// badDocument lists what AWS refuses in one policy. A text that is no policy at all
// is refused too, unless the unknown part of it could make it one.
func (e *Engine) badDocument(kind iam.Kind, owner, name string, text snapshot.Fact[string], lines []snapshot.Origin) []BadPolicy {
	value, ok := text.Peek()
	if !ok || value == "" && kind != iam.Trust {
		return nil
	}
	doc := iam.Document{Name: name, Origin: policyOrigin{text.Origin(), lines}}
	policy, problems := e.policy(value)
	doc.Policy = policy
	switch {
	case policy != nil:
		problems = policy.Validate(kind, e.opaque...)
		if kind == iam.Trust {
			problems = append(problems, unknownServices(policy)...)
		}
	case e.isOpaque(value):
		return nil
	}
	var list []BadPolicy
	for _, problem := range problems {
		if !problem.Refused && !problem.Fatal || e.isOpaque(problem.Message) && kind == iam.Trust {
			continue
		}
		if problem.Fatal {
			problem.Code, problem.Answer = kind.Refusal(problem.Answer)
		}
		at := StatementOrigin(iam.Match{Origin: doc.Origin, Statement: problem.Statement})
		list = append(list, BadPolicy{Owner: owner, Document: doc, Problem: problem, Origin: at})
	}
	return list
}

// together tells whether a resource is created with the API, so that its refusal
// rolls back the API as well: both are of one template.
func (w *routing) together(at snapshot.Origin) bool {
	r := w.Route
	return !w.Snapshot.Target.Exists && r.API != nil && at.File != "" && strings.EqualFold(at.File, r.API.Origin.File)
}

// Target names the policy for changes of it.
func (b *BadPolicy) Target() snapshot.PolicyTarget {
	on := snapshot.PolicyTarget{Kind: "role", Resource: b.Owner, Policy: b.Document.Name}
	if kind := map[iam.Kind]string{iam.QueuePolicy: "queue", iam.KeyPolicy: "key", iam.Trust: "trust", iam.Boundary: "boundary"}[b.Problem.Kind]; kind != "" {
		on.Kind, on.Policy = kind, ""
	}
	return on
}

// failure is what AWS answers to the refused policy or name.
func (b *BadPolicy) failure() *Failure {
	f := &Failure{Origin: FromDeployment, Code: ErrorCode(b.Problem.Code), Message: b.Problem.Answer}
	f.Message = cmp.Or(f.Message, b.Problem.Message)
	f.Code = cmp.Or(f.Code, MalformedPolicy)
	return f
}
