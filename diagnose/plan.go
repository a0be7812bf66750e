package diagnose

import (
	"slices"

	"apisqs-doctor/diagnose/snapshot"
)

// Plan is what to change, step by step, and what remains afterwards: each finding
// of the diagnosis stands under the step that removes it or under what remains.
// It is empty when there is nothing to do or no fix is known.
type Plan struct {
	// Fixes are the steps. Each is a change of the configuration as it is, so that
	// they can be made in any order.
	Fixes []Fix
	// Changes are those of all steps together.
	Changes []snapshot.Change
	Remains []Remaining
	// Complete tells that no error and no warning remains.
	Complete bool
	Verdict  Verdict     // after all steps
	After    *Prediction // after all steps
}

// Remaining is a finding that no step of a plan removes.
type Remaining struct {
	Rule    string
	Message string
	Why     string // why no step removes it
	New     bool   // it shows only once the steps are made
}

// plan makes the first fix of each finding in turn, the surest first, diagnosing
// again in between, until no finding is left that a fix removes; then it drops
// what the result does not need.
func (e *engine) plan(d *Diagnosis, rules []Rule) Plan {
	const most = 12 // steps; a method needs one for each of its faults
	var steps []Fix
	at, current := e, d
	for len(steps) < most {
		next := at.next(d, current, rules)
		if next == nil {
			break
		}
		grown, ok := e.grown(steps, next.fix)
		if !ok {
			break
		}
		steps, at, current = grown, next.at, &next.after
	}
	if len(steps) == 0 {
		return Plan{}
	}
	steps = e.minimal(d, steps, current, rules)
	return e.settle(d, steps, rules)
}

// next is the first fix that holds of the worst finding that has one; notes are
// left alone. A finding that the diagnosis has from the beginning brings the fixes
// that were proved for it, which are changes of the configuration as it is.
func (e *engine) next(first, d *Diagnosis, rules []Rule) *proof {
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Severity == Note {
			continue
		}
		for _, fix := range slices.Concat(known(first, f), f.Fixes) {
			if p := e.try(d, f, fix, rules); p != nil {
				return p
			}
		}
	}
	return nil
}

// known are the fixes of the same finding in another diagnosis.
func known(d *Diagnosis, f *Finding) []Fix {
	for i := range d.Findings {
		if have := &d.Findings[i]; have != f && have.Rule == f.Rule && have.Message == f.Message {
			return have.Fixes
		}
	}
	return nil
}

// grown adds a fix to the steps, as a change of the configuration as it is. One
// that changes what an earlier step has made becomes a part of that step.
func (e *engine) grown(steps []Fix, fix Fix) ([]Fix, bool) {
	changes := slices.Clone(fix.Changes)
	on := -1
	for i, c := range changes {
		rebased, independent := c, true
		if t, ok := c.(snapshot.SetTemplate); ok && t.After != "" {
			rebased, independent = snapshot.Rebase(c, e.Snapshot.Template(t.On, t.ContentType))
		}
		for k := range steps {
			if sets(&steps[k], c) && (!independent || !mergeable(&steps[k], rebased)) {
				on, independent = max(on, k), false
			}
		}
		if independent {
			changes[i] = rebased
		}
	}
	steps = slices.Clone(steps)
	if on < 0 {
		fix.Changes = changes
		return append(steps, fix), true
	}
	joined, err := snapshot.Combine(steps[on].Changes, fix.Changes)
	if err != nil {
		return nil, false
	}
	steps[on].Changes = joined
	steps[on].Title += "; " + fix.Title
	steps[on].Resolves = append(slices.Clone(steps[on].Resolves), fix.Rule)
	return steps, true
}

// sets tells whether a fix sets the place of a change.
func sets(fix *Fix, c snapshot.Change) bool {
	return slices.ContainsFunc(fix.Changes, func(have snapshot.Change) bool {
		return snapshot.Place(c) != "" && snapshot.Place(have) == snapshot.Place(c)
	})
}

func mergeable(fix *Fix, c snapshot.Change) bool {
	_, err := snapshot.Combine(fix.Changes, []snapshot.Change{c})
	return err == nil
}

// minimal drops steps without which the result is as good.
func (e *engine) minimal(d *Diagnosis, steps []Fix, want *Diagnosis, rules []Rule) []Fix {
	for i := 0; i < len(steps) && len(steps) > 1; {
		fewer := slices.Delete(slices.Clone(steps), i, i+1)
		if after, _, ok := e.after(d, fewer, rules); ok && after.Verdict == want.Verdict && len(after.Findings) <= len(want.Findings) {
			steps = fewer
			continue
		}
		i++
	}
	return steps
}

// after is the diagnosis once the steps are made, and their changes together.
func (e *engine) after(d *Diagnosis, steps []Fix, rules []Rule) (Diagnosis, []snapshot.Change, bool) {
	sets := make([][]snapshot.Change, len(steps))
	for i := range steps {
		sets[i] = steps[i].Changes
	}
	changes, err := snapshot.Combine(sets...)
	if err != nil {
		return Diagnosis{}, nil, false
	}
	changed, err := apply(e.Snapshot, Fix{Changes: changes})
	if err != nil {
		return Diagnosis{}, nil, false
	}
	return e.on(changed).examine(d.Trace.Request, rules), changes, true
}

// settle proves the steps together, and sorts the findings by the step that
// removes them.
func (e *engine) settle(d *Diagnosis, steps []Fix, rules []Rule) Plan {
	end, changes, ok := e.after(d, steps, rules)
	if !ok {
		return Plan{}
	}
	p := Plan{Fixes: steps, Changes: changes, Verdict: end.Verdict, After: end.Predicted.alone()}
	gone := make([]bool, len(d.Findings)) // by an earlier step
	for k := range steps {
		now, _, ok := e.after(d, steps[:k+1], rules)
		resolved := append([]string{steps[k].Rule}, steps[k].Resolves...)
		for i := range d.Findings {
			f := &d.Findings[i]
			if ok && !gone[i] && !has(&now, f) && !has(&end, f) {
				gone[i] = true
				resolved = append(resolved, f.Rule)
			}
		}
		slices.Sort(resolved)
		steps[k].Resolves = slices.Compact(resolved)
	}
	for i := range d.Findings {
		if f := &d.Findings[i]; !gone[i] {
			p.Remains = append(p.Remains, Remaining{Rule: f.Rule, Message: f.Message, Why: unresolved(f, rules)})
		}
	}
	for i := range end.Findings {
		if f := &end.Findings[i]; !has(d, f) && !reports(d, f.Rule) {
			p.Remains = append(p.Remains, Remaining{Rule: f.Rule, Message: f.Message, Why: unresolved(f, rules), New: true})
		}
	}
	p.Complete = end.Count(Error) == 0 && end.Count(Warning) == 0 && end.Trace.FirstFailure() == nil
	return p
}

// has tells whether a diagnosis has a finding.
func has(d *Diagnosis, f *Finding) bool {
	return slices.ContainsFunc(d.Findings, func(have Finding) bool { return have.Rule == f.Rule && have.Message == f.Message })
}

// unresolved says why no step removes a finding.
func unresolved(f *Finding, rules []Rule) string {
	for i := range rules {
		if rules[i].ID == f.Rule && rules[i].NoFix != "" {
			return rules[i].NoFix
		}
	}
	switch {
	case f.Severity == Note:
		return "nothing breaks, so that no step is needed"
	case len(f.Fixes) > 0:
		return "its fix does not go together with the steps; make it by itself"
	}
	return "no change is known that removes it for certain"
}
