package diagnose

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Follower follows many requests through one snapshot, one after another: what
// is compiled is shared, no awkward request is tried and no fix is proved. It
// serves one goroutine.
type Follower struct {
	engine *engine
	rules  []Rule
}

// NewFollower returns a follower of requests to the APIs of the snapshot.
func NewFollower(s *snapshot.Snapshot, rules []Rule) *Follower {
	return &Follower{newEngine(s), rules}
}

// Follow walks the request and says what the caller sees.
func (f *Follower) Follow(r walk.Request) (*walk.Trace, Prediction) {
	t := f.engine.Walk(r)
	return t, predict(t)
}

// Planned follows the request of a diagnosis once the changes of its plan are made, on
// what the plan was proved on. It is nil where they cannot be made here.
func (f *Follower) Planned(d *Diagnosis) *walk.Trace {
	e := f.engine.focused(d.Trace)
	changed, err := apply(e.Snapshot, Fix{Changes: d.Plan.Changes})
	if err != nil {
		return nil
	}
	return e.on(changed).Walk(d.Trace.Request)
}

// Findings are what the rules find in a walk, worst first.
func (f *Follower) Findings(t *walk.Trace) []Finding {
	var list []Finding
	for i := range f.rules {
		found, _ := f.engine.check(&f.rules[i], t, "")
		list = append(list, found...)
	}
	sortFindings(list)
	return list
}
