package diagnose

import (
	"fmt"
	"sort"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Judge walks the request, applies the rules and sums up. The fixes that it carries
// are those that the rules propose, not proved: it is for where only the verdict
// counts.
func Judge(s *snapshot.Snapshot, r walk.Request, rules []Rule) Diagnosis {
	e := newEngine(s)
	return e.examine(r, rules)
}

// run diagnoses one request, and then the awkward ones: a finding that only
// they give is a warning at most and names its request.
func (e *engine) run(r walk.Request, rules []Rule) Diagnosis {
	d := e.examine(r, rules)
	e.prove(&d, rules)
	d.Trace.Authorization.Settle()
	return d
}

// everyBody asks for all calls at once. A smallest call that the template is not
// safe for is one more awkward request where the others found nothing; harm that
// no rule explains puts the method at risk all the same.
func (e *engine) everyBody(d *Diagnosis, rules []Rule) {
	d.EveryBody = e.EveryBody(d.Trace)
	if d.EveryBody == nil || d.EveryBody.Result != walk.UnsafeForOne || d.Verdict != Healthy {
		return
	}
	a := Awkward{d.EveryBody.Said(), *d.EveryBody.Request}
	d.Findings = append(d.Findings, e.awkward(a, d.EveryBody.Replay, rules, d.Trace, map[string]bool{})...)
	sortFindings(d.Findings)
	d.Verdict = AtRisk
}

// examine is the diagnosis without the proof of its fixes.
func (e *engine) examine(r walk.Request, rules []Rule) Diagnosis {
	d := e.judge(r, rules)
	e.examineFurther(&d, rules)
	return d
}

// examineFurther adds what the awkward requests give, the verdict, and what holds
// for every body.
func (e *engine) examineFurther(d *Diagnosis, rules []Rule) {
	seen := map[string]bool{}
	for _, f := range d.Findings {
		seen[f.Rule] = true
	}
	if d.Trace.Route.Method != nil && d.Trace.Mapping.Integration != nil {
		unread := &snapshot.Gaps{}
		for _, a := range e.awkwardRequests(d.Trace) {
			t := e.Walk(a.Request)
			unread.Append(unreadFor(t, d.Trace))
			if found := e.awkward(a, t, rules, d.Trace, seen); len(found) > 0 {
				d.Findings = append(d.Findings, found...)
			} else {
				e.Forget(t)
			}
		}
		if d.unread = unread.List(); len(d.unread) > 0 {
			all := &snapshot.Gaps{}
			all.Append(d.Gaps)
			all.Append(d.unread)
			d.Gaps = all.List()
		}
	}
	sortFindings(d.Findings)
	d.Verdict = verdict(d)
	e.everyBody(d, rules)
}

// unreadFor lists what was not read and would decide over an awkward request,
// though not over the request under diagnosis.
func unreadFor(t, base *walk.Trace) []snapshot.Gap {
	var list []snapshot.Gap
	for i := range t.Steps {
		if t.Steps[i].Status != walk.Unknown || base.Steps[i].Status == walk.Unknown {
			continue
		}
		for _, g := range t.Steps[i].Gaps {
			switch g.Reason {
			case snapshot.NotRead, snapshot.Denied, snapshot.Failed, snapshot.Unresolved, snapshot.Unparsed:
				list = append(list, g)
			}
		}
	}
	return list
}

// judge is the diagnosis of one request without the awkward ones.
func (e *engine) judge(r walk.Request, rules []Rule) Diagnosis {
	t := e.Walk(r)
	d := Diagnosis{Trace: t, Predicted: predict(t)}
	gaps := &snapshot.Gaps{}
	for _, step := range t.Steps {
		for _, g := range step.Gaps {
			if g.Reason != snapshot.Blocked {
				gaps.Add(g)
			}
		}
	}
	checks := make([]Check, 0, len(rules))
	for i := range rules {
		findings, check := e.check(&rules[i], t, "")
		d.Findings = append(d.Findings, findings...)
		checks = append(checks, check)
		if check.Status == walk.Unknown {
			for _, g := range check.Gaps {
				if g.Reason != snapshot.Blocked {
					gaps.Add(g)
				}
			}
		}
	}
	d.Checks, d.Gaps = e.shared(checks), gaps.List()
	return d
}

// check runs one rule on one walk. The engine decides the status, not the
// rule; a rule that panics has crashed and decides nothing.
func (e *engine) check(rule *Rule, t *walk.Trace, awkward string) (findings []Finding, check Check) {
	p := e.pass
	if e.pass = nil; p == nil { // or a rule that asks for another judgement is at it
		p = &Pass{}
	}
	*p = Pass{Snapshot: e.Snapshot, Trace: t, Awkward: awkward, engine: e, rule: rule}
	check = Check{Rule: rule.ID, Stage: rule.Stage}
	defer func() {
		e.pass = p
		if trouble := recover(); trouble != nil {
			findings = nil
			check.Status = walk.Unknown
			check.Gaps = []snapshot.Gap{{Reason: snapshot.Crashed, Detail: fmt.Sprintf("rule %s failed: %v", rule.ID, trouble)}}
		}
	}()
	if api := t.Route.API; api != nil && !rule.Judges(api.Type) {
		check.Status = walk.NotApplicable
		return nil, check
	}
	if rule.When == nil || rule.When(p) {
		rule.Check(p)
	}
	switch {
	case len(p.findings) > 0:
		check.Status = walk.Failed
	case p.gaps.Any():
		check.Status, check.Gaps = walk.Unknown, p.gaps.List()
	case p.notApplicable:
		check.Status = walk.NotApplicable
	default:
		check.Status = walk.Passed
	}
	return p.findings, check
}

// awkward gives the findings of rules that the request under diagnosis did not
// trip. A rule reports once, for the first awkward request that trips it.
func (e *engine) awkward(a Awkward, t *walk.Trace, rules []Rule, base *walk.Trace, seen map[string]bool) []Finding {
	if t.FirstFailure() == nil && t.Queue.Altered == "" && t.Queue.Malformed == nil && base.FirstFailure() == nil && sameOutcome(t, base) {
		// Nothing differs from the request under diagnosis that a rule could judge.
		return nil
	}
	if t.Step(walk.StageRoute).Status == walk.Failed && base.Step(walk.StageRoute).Status != walk.Failed {
		return nil // such a call never reaches the integration (T176)
	}
	var out []Finding
	for i := range rules {
		if seen[rules[i].ID] {
			continue
		}
		findings, _ := e.check(&rules[i], t, a.Name)
		for _, f := range findings {
			seen[f.Rule] = true
			if f.Severity == Error {
				f.Severity = Warning
			}
			f.Awkward = a
			f.Evidence = append(f.Evidence, Evidence{Label: "what becomes of its message", Value: fate(t)}, Evidence{Label: "request", Value: a.Name})
			out = append(out, f)
		}
	}
	return out
}

// fate says what becomes of a message.
func fate(t *walk.Trace) string {
	failure := t.FirstFailure()
	switch {
	case failure != nil && failure.Failure.Origin == walk.FromDeployment:
		return "no call is made: AWS refuses the configuration"
	case failure != nil && failure.Stage == walk.StageResponse:
		return "delivered, and the client is told that it failed"
	case failure != nil && failure.Failure.Status >= 400 && t.Response.Status > 0 && t.Response.Status < 300:
		return fmt.Sprintf("lost: %s, and the client gets %d", failure.Failure.Code, t.Response.Status)
	case failure != nil:
		return fmt.Sprintf("refused: %s", failure.Failure.Code)
	case t.Queue.Altered != "":
		return t.Queue.Altered
	case t.Queue.Malformed != nil:
		return "delivered, and not what was meant: " + t.Queue.Malformed.Problem
	case t.Step(walk.StageQueue).Status == walk.Passed:
		return "delivered"
	}
	return "not known"
}

// sameOutcome tells whether two walks took the same way.
func sameOutcome(a, b *walk.Trace) bool {
	for i := range a.Steps {
		if a.Steps[i].Status != b.Steps[i].Status {
			return false
		}
	}
	return a.Mapping.Choice == b.Mapping.Choice && len(a.Protocol.Call.Ignored) == len(b.Protocol.Call.Ignored)
}

// predict says what the caller sees: the first failure, as the response stage
// hands it on.
func predict(t *walk.Trace) Prediction {
	p := Prediction{Origin: walk.FromNobody, Known: true}
	failure := t.FirstFailure()
	for _, step := range t.Steps {
		if failure != nil && step.Stage == failure.Stage {
			break
		}
		if step.Status == walk.Unknown {
			p.Known = false
		}
	}
	p.Status, p.SQSStatus, p.Delivery = t.Response.Status, t.Response.SQSStatus, t.Response.Delivery
	p.ErrorFrame = t.Response.ErrorFrame
	p.Statuses = several(t.Response.Statuses)
	if failure == nil {
		return p
	}
	f := failure.Failure
	p.Stage, p.Origin, p.Code, p.Codes, p.Message = failure.Stage, f.Origin, f.Code, f.Codes, f.Message
	switch f.Origin {
	case walk.FromDeployment:
		p.Status, p.SQSStatus, p.Statuses = 0, 0, nil
	case walk.FromAPIGateway:
		if failure.Stage != walk.StageResponse && p.Delivery == walk.DeliveryHTTP {
			p.Status, p.Statuses = f.Status, several(f.Statuses)
		}
	}
	return p
}

// several are statuses where there is more than one.
func several(statuses []int) []int {
	if len(statuses) < 2 {
		return nil
	}
	return statuses
}

func sortFindings(list []Finding) {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := &list[i], &list[j]
		if a.Severity != b.Severity {
			return a.Severity.rank() < b.Severity.rank()
		}
		if a.Stage != b.Stage {
			return a.Stage.Index() < b.Stage.Index()
		}
		return a.Rule < b.Rule
	})
}

// verdict sums up. Health is earned: every stage passed or did not apply, at
// least one check passed, and none is unknown.
func verdict(d *Diagnosis) Verdict {
	if d.Trace.FirstFailure() != nil || d.Count(Error) > 0 {
		return Broken
	}
	passed := false
	for _, c := range d.Checks {
		if c.Status == walk.Unknown {
			return Inconclusive
		}
		passed = passed || c.Status == walk.Passed
	}
	for _, s := range d.Trace.Steps {
		if s.Status == walk.Unknown {
			return Inconclusive
		}
	}
	if !passed {
		return Inconclusive
	}
	switch {
	case d.Count(Warning) > 0:
		return AtRisk
	case len(d.unread) > 0:
		return Inconclusive
	}
	return Healthy
}
