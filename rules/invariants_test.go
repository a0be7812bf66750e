package rules_test

import (
	"slices"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// Every predicted failure is explained by a finding whose codes contain it, and
// every error finding goes with a predicted failure or an altered message.
func TestFailuresAreExplained(t *testing.T) {
	for _, name := range fixtures.Names() {
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			failure := d.Trace.FirstFailure()
			if failure != nil && !slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool { return slices.Contains(f.Codes, d.Predicted.Code) }) {
				t.Errorf("%s: no finding explains %s at %s: %s", name, d.Predicted.Code, failure.Stage, failure.Said)
			}
			failed := slices.ContainsFunc(d.Trace.Steps[:], func(s walk.Step) bool { return s.Status == walk.Failed })
			for _, f := range d.Findings {
				told := d.Predicted.Status >= 400 // a message that is queued, and a client that is told otherwise
				if f.Severity == diagnose.Error && !failed && !told && d.Trace.Queue.Altered == "" && d.Trace.Queue.Malformed == nil && d.Predicted.Stage == "" {
					t.Errorf("%s: %s is an error, but nothing fails and the message is whole", name, f.Rule)
				}
			}
		}
	}
}

// Hiding any one fact never makes a verdict healthy. The organization's policies
// are excepted: hardly any member account can read them, so that not having read
// them is a note of the decision and no gap.
func TestHiddenFacts(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := fixtures.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			all := rules.All()
			var requests []walk.Request // those that are not healthy
			for _, d := range diagnoses(t, c) {
				if d.Verdict != diagnose.Healthy {
					requests = append(requests, d.Trace.Request)
				}
			}
			if len(requests) == 0 {
				return
			}
			for _, ref := range snapshot.Facts(c.Snapshot) {
				if !ref.Known || ref.Path == "organization" {
					continue
				}
				restore := ref.Hide(snapshot.Gap{Reason: snapshot.Denied, Detail: "hidden"})
				for _, r := range requests {
					if walk.New(c.Snapshot).Walk(r).FirstFailure() != nil {
						continue // broken, whatever the rules say
					}
					if diagnose.Judge(c.Snapshot, r, all).Verdict == diagnose.Healthy {
						t.Errorf("hiding %s makes the verdict healthy", ref.Path)
					}
				}
				restore()
			}
		})
	}
}
