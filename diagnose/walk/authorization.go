package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// authorization decides whether the role session may perform the action on the
// queue, and which layer says so.
func (w *authorizing) authorization() {
	step, gaps, a := w.step(StageAuthorization), &snapshot.Gaps{}, w.Authorization
	s, p := w.Signing, w.Protocol
	op, known := sqs.LookupAction(p.Action)
	switch {
	case w.Mapping.Integration == nil:
		step.blocked(w.firstBlocker())
		return
	case s.Type == "MOCK":
		step.skip("nothing is called")
		return
	}
	if have := w.admissions[w.admissionKey(op.IAM)]; have != nil && have.allowed != nil {
		*a, *step = *have.allowed, have.step
		return
	}
	if f := w.malformedPolicies(); f != nil {
		if s.Principal != (iam.Principal{}) {
			w.readPolicies(gaps)
		}
		step.fail(gaps, *f, "AWS refuses a policy: %s", f.Message)
		return
	}
	switch {
	case s.Caller:
		gaps.Append(w.step(StageSigning).Gaps)
		step.unknown(gaps, "the caller's own policies decide")
		return
	case s.Principal == (iam.Principal{}):
		step.blocked(StageSigning)
		return
	}
	w.readPolicies(gaps)
	if !known || p.QueueARN == "" {
		if p.Effective().Queue.Problem != sqs.AddressOK || w.step(StageProtocol).Status != Passed {
			step.blocked(StageProtocol)
			return
		}
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the account or name of the queue is not known", Needs: "--account-id"})
		step.unknown(gaps, "the queue is not known")
		return
	}
	a.Action, a.Resource = op.IAM, p.QueueARN
	access := w.admission()
	a.Request, a.Decision, a.Wide, a.WideBy = &access.request, access.decision, access.wide, access.wideBy
	d := *a.Decision
	switch d.Effect {
	case iam.Yes:
		// An Allow that is certain holds whatever the policies say that were not read.
		step.pass(&snapshot.Gaps{}, "%s", w.allowedBy(&d, a.Action))
		whole := *a
		access.allowed, access.step = &whole, *step
	case iam.No:
		step.fail(gaps, w.deniedBy(&d), "%s", w.deniedSentence(&d, a.Action, a.Resource))
	default:
		if a.Inputs.Resource != nil && a.Inputs.Resource.Policy == nil {
			in := *a.Inputs
			in.Resource = nil
			alone := iam.Evaluate(*a.Request, in)
			a.Alone = &alone
		}
		w.decisionGaps(gaps, "whether "+w.signer()+" may call "+a.Action, &d)
		if there := w.mistaken(a.Resource); there != "" && w.roleRefuses() && !w.mayAdmit(there) {
			// Only the policy of a second queue of that name could admit the role.
			f := w.deniedBy(&d)
			f.Codes = append(f.Codes, NonExistentQueue)
			step.fail(gaps, f, "the queue that is known is %s, and the role may not use %s", w.expression(there), w.expression(a.Resource))
			return
		}
		if known := *a.Inputs; !known.IdentityComplete && len(known.Identity) > 0 {
			// What is known of the role would do; what is not may take it back.
			known.IdentityComplete, known.IdentityGap, known.Boundary = true, "", nil
			if would := iam.Evaluate(*a.Request, known); would.Effect == iam.Yes {
				step.unknown(gaps, "%s; whether the policies that were not read take it back is not known", w.allowedBy(&would, a.Action))
				return
			}
		}
		step.unknown(gaps, "whether %s may call %s on %s is not known", w.signer(), a.Action, w.expression(a.Resource))
	}
}

// admission is what the role session may do on the queue. It depends on nothing that
// a call brings along, so that it is decided once.
type admission struct {
	request  iam.Request
	decision *iam.Decision
	wide     []string // what else the role may do
	wideBy   *iam.Match
	// Where the role may: the whole stage, of the calls that follow too.
	allowed *Authorization
	step    Step
}

// mostAdmissions is how many are kept: each holds all that its call carries.
const mostAdmissions = 64

type admissionKey struct {
	api                      *snapshot.API // what is created with it may be refused
	role                     *snapshot.Role
	principal                iam.Principal
	action, resource, region string
}

func (w *authorizing) admissionKey(action string) admissionKey {
	s := w.Signing
	return admissionKey{w.Route.API, s.Role, s.Principal, action, w.Protocol.QueueARN, s.Region}
}

func (w *authorizing) admission() *admission {
	s, a := w.Signing, w.Authorization
	key := w.admissionKey(a.Action)
	if have := w.admissions[key]; have != nil {
		return have
	}
	out := &admission{request: iam.Request{
		Principal:       s.Principal,
		Action:          a.Action,
		Resource:        a.Resource,
		ResourceAccount: text.AccountOf(a.Resource),
		Context:         iam.SQSContext(w.caller(), iam.Target{ARN: a.Resource, Region: s.Region, Org: w.membership(text.AccountOf(a.Resource))}),
		Opaque:          w.opaque,
	}}
	d := iam.Evaluate(out.request, *a.Inputs)
	if out.decision = &d; d.Effect == iam.Yes {
		out.widen(*a.Inputs)
	}
	if len(w.admissions) >= mostAdmissions {
		clear(w.admissions) // those of other methods: the calls of one method have few
	}
	w.admissions[key] = out
	return out
}

// widen finds out what else the role may do: send to any other queue, purge or
// delete this one, read its messages.
func (a *admission) widen(in iam.Inputs) {
	action, resource := a.request.Action, a.request.Resource
	other := resource[:strings.LastIndexByte(resource, ':')+1] + "another-queue-of-this-account"
	for _, try := range []struct{ action, resource, what string }{
		{action, other, action + " on every queue of the account"},
		{"sqs:PurgeQueue", resource, "sqs:PurgeQueue"},
		{"sqs:DeleteQueue", resource, "sqs:DeleteQueue"},
		{"sqs:ReceiveMessage", resource, "sqs:ReceiveMessage"},
	} {
		if try.action == action && try.resource == resource {
			continue
		}
		r := a.request
		r.Action, r.Resource = try.action, try.resource
		d := iam.Evaluate(r, in)
		if d.Effect == iam.Yes && len(d.Statements) > 0 {
			a.wide = append(a.wide, try.what)
			if a.wideBy == nil {
				a.wideBy = &d.Statements[0]
			}
		}
	}
}

// caller is the role session as SQS and KMS see it (iam-facts section E).
func (w *signing) caller() iam.Caller {
	return iam.Caller{Principal: w.Signing.Principal, Tags: roleTags(w.Signing.Role), Org: w.membership(w.Signing.Principal.Account)}
}

// membership is the organization of an account, which is known of the target's own
// alone. What depends on another is left open by the decision, with the reason.
func (w *call) membership(account string) iam.Membership {
	id, known := w.Snapshot.OrganizationID.Peek()
	return iam.Membership{Known: known && account != "" && account == w.Snapshot.OwnAccount(), OrgID: id}
}

func roleTags(role *snapshot.Role) iam.Tags {
	if role == nil {
		return iam.Tags{}
	}
	tags, ok := role.Tags.Peek()
	return iam.Tags{Known: ok, Values: tags}
}

// document makes a policy of a fact; one that is not known stays a document
// that may say anything.
func (w *call) document(name string, fact snapshot.Fact[string], lines []snapshot.Origin, gaps *snapshot.Gaps) iam.Document {
	local := &snapshot.Gaps{}
	text, ok := fact.Read(local)
	doc := iam.Document{Name: name, Origin: policyOrigin{fact.Origin(), lines}}
	if !ok {
		g := fact.Gap()
		doc.Unknown = cmp.Or(g.Detail, string(g.Reason))
		gaps.Append(local.List())
		return doc
	}
	policy, problems := w.policy(text)
	if policy == nil {
		why := "it is not a policy"
		if len(problems) > 0 {
			why = problems[0].Message
		}
		doc.Unknown = name + ": " + why
		gaps.Add(snapshot.Gap{Reason: snapshot.Unparsed, Detail: doc.Unknown, Origin: fact.Origin()})
		return doc
	}
	doc.Policy = policy
	return doc
}

// policyOrigin is where a policy and its statements stand.
type policyOrigin struct {
	whole snapshot.Origin
	lines []snapshot.Origin
}

// StatementOrigin is the place of a statement that a decision names.
func StatementOrigin(m iam.Match) snapshot.Origin {
	o, _ := m.Origin.(policyOrigin)
	if m.Statement > 0 && m.Statement <= len(o.lines) {
		return o.lines[m.Statement-1]
	}
	at := o.whole
	if m.Statement > 0 {
		at = at.At(fmt.Sprintf("Statement[%d]", m.Statement-1))
	}
	return at
}

// readPolicies gathers the policies that bear on the role session.
func (w *authorizing) readPolicies(gaps *snapshot.Gaps) {
	inputs := w.identityInputs(gaps)
	in := &inputs
	w.Authorization.Inputs = in
	in.Service = iam.SQS
	arn := w.Protocol.QueueARN
	if arn == "" {
		return
	}
	local := &snapshot.Gaps{}
	queue, ok := w.Snapshot.Queue(arn).Read(local)
	switch {
	case !ok:
		in.Resource = &iam.Document{Name: "the queue policy", Unknown: firstDetail(local, "the queue policy was not read")}
		gaps.Append(local.List())
	case queue == nil:
	default:
		if text, ok := queue.Policy.Peek(); ok && text == "" {
			return
		}
		doc := w.document("the queue policy", queue.Policy, queue.PolicyLines, gaps)
		in.Resource = &doc
	}
}

func firstDetail(g *snapshot.Gaps, fallback string) string {
	if list := g.List(); len(list) > 0 && list[0].Detail != "" {
		return list[0].Detail
	}
	return fallback
}

// identityInputs are the role's own policies and what caps them.
func (w *authorizing) identityInputs(gaps *snapshot.Gaps) iam.Inputs {
	s := w.Signing
	in := iam.Inputs{SCPs: w.organization(serviceControl), RCPs: w.organization(resourceControl)}
	if s.Role == nil {
		in.IdentityGap = "the policies of role " + roleName(s.Credentials) + " are not known"
		gaps.Append(w.step(StageSigning).Gaps)
		return in
	}
	in.IdentityComplete = true
	for _, list := range []snapshot.Fact[[]snapshot.Policy]{s.Role.Inline, s.Role.Attached} {
		local := &snapshot.Gaps{}
		policies, ok := list.Read(local)
		if !ok {
			in.IdentityComplete, in.IdentityGap = false, firstDetail(local, "not all policies of the role were read")
			gaps.Append(local.List())
		}
		for _, p := range policies {
			doc := w.rolePolicy(p, gaps)
			if p.ARN != "" && slices.ContainsFunc(in.Identity, func(have iam.Document) bool { return have.Name == doc.Name }) {
				doc.Name = p.ARN // an inline policy may have the name of a managed one
			}
			in.Identity = append(in.Identity, doc)
		}
	}
	local := &snapshot.Gaps{}
	boundary, ok := s.Role.Boundary.Read(local)
	switch {
	case !ok:
		in.Boundary = &iam.Document{Name: "the permissions boundary", Unknown: firstDetail(local, "the permissions boundary was not read")}
		gaps.Append(local.List())
	case boundary != nil:
		doc := w.rolePolicy(*boundary, gaps)
		in.Boundary = &doc
	}
	return in
}

// rolePolicy makes a document of a role's policy. AWS managed policies whose
// text was not read are known by content.
func (w *call) rolePolicy(p snapshot.Policy, gaps *snapshot.Gaps) iam.Document {
	name := cmp.Or(p.Name, p.ARN)
	if !p.Document.IsKnown() {
		if text, ok := iam.Managed(p.ARN); ok {
			if policy, _ := w.policy(text); policy != nil {
				return iam.Document{Name: name, Policy: policy, Origin: policyOrigin{whole: snapshot.Origin{Resource: p.ARN}}}
			}
		}
	}
	return w.document(name, p.Document, p.Lines, gaps)
}

func serviceControl(o snapshot.Organization) [][]snapshot.Policy  { return o.ServiceControl }
func resourceControl(o snapshot.Organization) [][]snapshot.Policy { return o.ResourceControl }

// organization gives the levels of organization policies. Those that were not
// read are a note of the decision and not a gap: hardly any member account may
// read them.
func (w *call) organization(pick func(snapshot.Organization) [][]snapshot.Policy) iam.Organization {
	org, ok := w.Snapshot.Organization.Peek()
	if !ok {
		return iam.Organization{State: iam.OrganizationUnread}
	}
	out := iam.Organization{State: iam.OrganizationGiven}
	for _, level := range pick(org) {
		var docs []iam.Document
		for _, p := range level {
			docs = append(docs, w.rolePolicy(p, &snapshot.Gaps{}))
		}
		out.Levels = append(out.Levels, docs)
	}
	if len(out.Levels) == 0 {
		return iam.Organization{State: iam.OrganizationUnread}
	}
	return out
}

// malformedPolicies finds what AWS refuses of the policies that bear on the call and
// of those that are created together with the API.
func (w *authorizing) malformedPolicies() *Failure {
	a, c := w.Authorization, w.creation()
	own := []string{w.Protocol.QueueARN, w.ownKey()}
	if w.Signing.Role != nil {
		own = append(own, w.Signing.Role.ARN)
	}
	for _, bad := range c.policies {
		bad.Other = !slices.Contains(own, bad.Owner)
		if !bad.Other || w.together(bad.Origin) {
			a.Malformed = append(a.Malformed, bad)
		}
	}
	for _, bad := range c.trust {
		bad.Other = true
		if !slices.Contains(own, bad.Owner) && w.together(bad.Origin) {
			a.Malformed = append(a.Malformed, bad)
		}
	}
	if len(a.Malformed) == 0 {
		return nil
	}
	slices.SortStableFunc(a.Malformed, func(x, y BadPolicy) int {
		switch {
		case x.Other == y.Other:
			return 0
		case y.Other:
			return -1
		}
		return 1
	})
	return a.Malformed[0].failure()
}

// ownKey is the ARN of the key that encrypts the queue; empty when there is none or
// it is not known.
func (w *authorizing) ownKey() string {
	queue, _ := w.Snapshot.Queue(w.Protocol.QueueARN).Peek()
	if queue == nil {
		return ""
	}
	id, _ := queue.KMSKeyID.Peek()
	if key, _ := w.Snapshot.Key(snapshot.KeyReference(queue.ARN, id)).Peek(); key != nil {
		return key.ARN
	}
	return ""
}

// deniedBy is SQS's answer to a denied call (T8).
func (w *authorizing) deniedBy(d *iam.Decision) Failure {
	answer := sqs.NewAnswer(string(AccessDenied), "", w.Protocol.Effective())
	f := answerFailure(&answer)
	f.Origin = FromIAM
	return f
}

// allowedBy says which statement allows the action.
func (w *authorizing) allowedBy(d *iam.Decision, action string) string {
	if len(d.Statements) == 0 {
		return action + " is allowed"
	}
	m := d.Statements[0]
	return fmt.Sprintf("%s (statement %d) allows %s", m.Policy(), m.Statement, action)
}

// deniedSentence says who may not do what, and which layer decides.
func (w *authorizing) deniedSentence(d *iam.Decision, action, resource string) string {
	why := fmt.Sprintf("no %s allows it", d.Layer)
	if d.Explicit && len(d.Statements) > 0 {
		m := d.Statements[0]
		why = fmt.Sprintf("explicit deny in %s (statement %d)", m.Policy(), m.Statement)
	}
	return fmt.Sprintf("%s may not call %s on %s: %s", w.signer(), action, w.expression(resource), why)
}
