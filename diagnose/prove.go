package diagnose

import (
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// prove tries fixes on changed snapshots, the surest first, and keeps of each
// finding up to three that remove it and bring nothing worse; it then makes a plan
// of them.
func (e *engine) prove(d *Diagnosis, rules []Rule) {
	const most = 3 // alternatives worth reading
	e = e.focused(d.Trace)
	var first *proof
	for i := range d.Findings {
		f := &d.Findings[i]
		var kept []Fix
		for _, fix := range ranked(e.Snapshot, f.Fixes) {
			if len(kept) == most {
				break
			}
			p := e.try(d, f, fix, rules)
			if p == nil {
				continue
			}
			kept = append(kept, p.fix)
			if first == nil && f.Severity != Note {
				first = p
			}
		}
		f.Fixes = kept
	}
	d.Plan = e.plan(d, first, rules)
}

// proof is a fix that was tried, and the diagnosis after it. It is not kept: it
// holds on to the walk and to the changed snapshot.
type proof struct {
	fix   Fix
	after Diagnosis
	at    *engine // on the changed snapshot
}

// focused is an engine on what the request can meet: of its API the methods whose
// path fits, and no other API. A change copies the methods of its API; proofs on
// all of them would take time and memory by their square.
func (e *engine) focused(t *walk.Trace) *engine {
	if t.Route.API == nil {
		return e
	}
	api := *t.Route.API
	fitting := func(f snapshot.Fact[snapshot.Configuration]) snapshot.Fact[snapshot.Configuration] {
		config, ok := f.Peek()
		if !ok {
			return f
		}
		config.Methods = e.Fitting(&config, &t.Request)
		return f.With(config)
	}
	api.Draft = fitting(api.Draft)
	if stages, ok := api.Stages.Peek(); ok {
		stages = slices.Clone(stages)
		for i := range stages {
			if t.Route.Stage != nil && stages[i].Name == t.Route.Stage.Name {
				stages[i].Deployed = fitting(stages[i].Deployed)
			}
		}
		api.Stages = api.Stages.With(stages)
	}
	s := *e.Snapshot
	s.APIs = []snapshot.API{api}
	return e.on(&s)
}

// apply makes the changes of fixes, one after the other.
func apply(s *snapshot.Snapshot, fixes ...Fix) (*snapshot.Snapshot, error) {
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			next, err := change.Apply(s)
			if err != nil {
				return nil, err
			}
			s = next
		}
	}
	return s, nil
}

// try proves one fix and fills in what is predicted after it. It is nil for one
// that does not hold.
func (e *engine) try(d *Diagnosis, f *Finding, fix Fix, rules []Rule) *proof {
	if len(fix.Changes) == 0 {
		return nil
	}
	changed, err := apply(e.Snapshot, fix)
	if err != nil {
		return nil
	}
	at := e.on(changed)
	after := at.judge(d.Trace.Request, rules)
	if remains(d, &after, f) || worse(d, &after) {
		return nil
	}
	shows := &after // the request that shows the finding
	if f.Awkward.Name != "" {
		awkward := at.judge(f.Awkward.Request, rules)
		if remains(d, &awkward, f) {
			return nil
		}
		shows = &awkward
	}
	if loses(d.Trace, after.Trace) {
		return nil
	}
	fix.After = shows.Predicted.alone()
	at.examineFurther(&after, rules) // the verdict counts the awkward requests too
	fix.Verdict = after.Verdict
	return &proof{fix, after, at}
}

// remains tells whether the rule still has as much to say after the changes: a
// fix that only turns its finding into another one of the same rule, and no lesser
// one, is none.
func remains(before, after *Diagnosis, f *Finding) bool {
	said := func(d *Diagnosis) (n int) {
		for i := range d.Findings {
			if g := &d.Findings[i]; g.Rule == f.Rule && g.Severity.rank() <= f.Severity.rank() {
				n++
			}
		}
		return n
	}
	for i := range after.Findings {
		if after.Findings[i].Rule == f.Rule && after.Findings[i].Message == f.Message {
			return true
		}
	}
	return said(after) >= said(before)
}

// worse tells whether the changed configuration has an error that the present
// one has not, at the same stage or an earlier one: what only shows because the
// message now gets further is no fault of the fix.
func worse(before, after *Diagnosis) bool {
	reached := len(walk.Stages)
	if f := before.Trace.FirstFailure(); f != nil {
		reached = f.Stage.Index()
	}
	for i := range after.Findings {
		f := &after.Findings[i]
		if f.Severity == Error && f.Stage.Index() <= reached && !reports(before, f.Rule) {
			return true
		}
	}
	return false
}

func reports(d *Diagnosis, rule string) bool {
	for i := range d.Findings {
		if d.Findings[i].Rule == rule {
			return true
		}
	}
	return false
}
