package diagnose

import (
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
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
	// Messages are what consumers of the queue get of the request after all steps.
	Messages []walk.Message
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

// plan makes the first fix of each finding in turn, beginning with one that is
// proved, and diagnoses again in between, until no finding is left that a fix
// removes; then it drops what the result does not need.
func (e *engine) plan(d *Diagnosis, next *proof, rules []Rule) Plan {
	const most = 12 // steps; a method needs one for each of its faults
	var steps []Fix
	var left [][]finding // after each step
	current := d
	for next != nil && len(steps) < most {
		grown, ok := e.grown(steps, next.fix)
		if !ok {
			break
		}
		steps, current = grown, &next.after
		left = append(left, findings(current))
		next = next.at.next(d, current, rules)
	}
	if len(steps) == 0 {
		return Plan{}
	}
	kept := e.minimal(d, steps, current, rules)
	if len(kept) != len(left) {
		left = nil // a step was joined to another, or is not needed
	}
	end := current
	if len(kept) > 1 || left == nil {
		after, ok := e.after(d, kept, rules)
		if !ok {
			return Plan{}
		}
		end = &after
	}
	return e.settle(d, kept, left, end, rules)
}

// finding is what is the same of a finding in two diagnoses.
type finding struct{ rule, message string }

func findings(d *Diagnosis) []finding {
	list := make([]finding, len(d.Findings))
	for i := range d.Findings {
		list[i] = finding{d.Findings[i].Rule, d.Findings[i].Message}
	}
	return list
}

// next is the first fix that holds of the worst finding that has one; notes are
// left alone. A finding that the diagnosis has from the beginning brings the fixes
// that were proved for it, which are changes of the configuration as it is.
func (e *engine) next(first, d *Diagnosis, rules []Rule) *proof {
	for i := range d.Findings {
		f := &d.Findings[i]
		if f.Severity == Note && !troubles(first, f) {
			continue
		}
		for _, fix := range slices.Concat(known(first, f), ranked(e.Snapshot, f.Fixes)) {
			if p := e.try(d, f, fix, rules); p != nil {
				return p
			}
		}
	}
	return nil
}

// troubles tells whether a finding was more than a note in another diagnosis, as one
// is that shows only together with a failure.
func troubles(d *Diagnosis, f *Finding) bool {
	for i := range d.Findings {
		if have := &d.Findings[i]; have != f && have.Severity != Note && have.Rule == f.Rule && have.Message == f.Message {
			return true
		}
	}
	return false
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
		if deploysOnly(&steps[i]) {
			i++ // what every other step does in passing is here what is missing
			continue
		}
		if after, ok := e.after(d, fewer, rules); ok && after.Verdict == want.Verdict && len(after.Findings) <= len(want.Findings) {
			steps = fewer
			continue
		}
		i++
	}
	return steps
}

// deploysOnly tells whether a fix changes nothing but what a stage runs.
func deploysOnly(f *Fix) bool {
	return !slices.ContainsFunc(f.Changes, func(c snapshot.Change) bool {
		switch c.(type) {
		case snapshot.Deploy, snapshot.AwaitMethods, snapshot.SetDeploymentAPI:
			return false
		}
		return true
	})
}

// combined are the changes of all steps together.
func combined(steps []Fix) ([]snapshot.Change, error) {
	sets := make([][]snapshot.Change, len(steps))
	for i := range steps {
		sets[i] = steps[i].Changes
	}
	return snapshot.Combine(sets...)
}

// after is the diagnosis once the steps are made.
func (e *engine) after(d *Diagnosis, steps []Fix, rules []Rule) (Diagnosis, bool) {
	changes, err := combined(steps)
	if err != nil {
		return Diagnosis{}, false
	}
	changed, err := apply(e.Snapshot, Fix{Changes: changes})
	if err != nil {
		return Diagnosis{}, false
	}
	return e.on(changed).examine(d.Trace.Request, rules), true
}

// settle sorts the findings by the step that removes them. left has what is left
// after each step, or nothing where that is to be found out; end is the diagnosis
// after all of them.
func (e *engine) settle(d *Diagnosis, steps []Fix, left [][]finding, end *Diagnosis, rules []Rule) Plan {
	changes, err := combined(steps)
	if err != nil {
		return Plan{}
	}
	p := Plan{Fixes: steps, Changes: changes, Verdict: end.Verdict, After: end.Predicted.alone(), Messages: end.Messages()}
	had, remain := findings(d), findings(end)
	gone := make([]bool, len(had)) // by an earlier step
	for k := range steps {
		now := remain
		switch {
		case left != nil:
			now = left[k]
		case k < len(steps)-1:
			if after, ok := e.after(d, steps[:k+1], rules); ok {
				now = findings(&after)
			}
		}
		resolved := append([]string{steps[k].Rule}, steps[k].Resolves...)
		for i, f := range had {
			if !gone[i] && !persists(f, now, had) && !persists(f, remain, had) {
				gone[i] = true
				if !slices.ContainsFunc(steps[k+1:], func(own Fix) bool { return own.Rule == f.rule }) {
					resolved = append(resolved, f.rule) // a later step is about it
				}
			}
		}
		slices.Sort(resolved)
		steps[k].Resolves = slices.Compact(resolved)
	}
	for i := range d.Findings {
		if gone[i] {
			continue
		}
		r := remaining(&d.Findings[i], rules, false)
		if worded := slices.IndexFunc(remain, func(g finding) bool { return g.rule == had[i].rule && !slices.Contains(had, g) }); worded >= 0 && !slices.Contains(remain, had[i]) {
			r = remaining(&end.Findings[worded], rules, true) // the rule says something else then
		}
		if d.Findings[i].Severity != Note && reports(end, r.Rule) && gravest(end, r.Rule) == Note {
			r.Why = "after the steps it is a note: nothing breaks, so that no step is needed"
		}
		p.Remains = append(p.Remains, r)
	}
	for i := range end.Findings {
		if f := &end.Findings[i]; !slices.Contains(had, remain[i]) && !reports(d, f.Rule) {
			p.Remains = append(p.Remains, remaining(f, rules, true))
		}
	}
	p.Complete = end.Count(Error) == 0 && end.Count(Warning) == 0 && end.Trace.FirstFailure() == nil
	return p
}

// persists tells whether a finding is still there, be it in other words: the rule
// then says what it did not say at the beginning.
func persists(f finding, now, had []finding) bool {
	return slices.ContainsFunc(now, func(g finding) bool { return g == f || g.rule == f.rule && !slices.Contains(had, g) })
}

// gravest is the severity of the worst finding of a rule.
func gravest(d *Diagnosis, rule string) Severity {
	worst := Note
	for i := range d.Findings {
		if f := &d.Findings[i]; f.Rule == rule && f.Severity.rank() < worst.rank() {
			worst = f.Severity
		}
	}
	return worst
}

func remaining(f *Finding, rules []Rule, shows bool) Remaining {
	return Remaining{Rule: f.Rule, Message: f.Message, Why: unresolved(f, rules), New: shows}
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
