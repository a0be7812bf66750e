package rules_test

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
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

// Hiding any one fact never makes a verdict healthy. Of what is broken, a kind of place is
// hidden once for each set of findings: what is elsewhere of the same kind, under the same
// findings, is read by the same code. The organization's policies are excepted: hardly any member
// account can read them, so that not having read them is a note of the decision and no
// gap.
func TestHiddenFacts(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it hides every kind of fact")
	}
	all, seen := rules.All(), map[string]bool{}
	var judged sync.Map // the steps of walks
	for _, name := range fixtures.Names() {
		c := example(t, name)       // each place is put back
		var requests []walk.Request // those that are not healthy
		found := []string{name}     // what is not broken stands for itself
		for _, d := range diagnoses(t, c) {
			if d.Verdict != diagnose.Healthy {
				if requests = append(requests, d.Trace.Request); d.Verdict == diagnose.Broken {
					found[0] = ""
				}
				for _, f := range d.Findings {
					found = append(found, f.Rule)
				}
			}
		}
		var places []snapshot.FactRef
		for _, ref := range snapshot.Facts(c.Snapshot) {
			kind := fmt.Sprint(key.ReplaceAllString(ref.Path, ""), found)
			if ref.Known && ref.Path != "organization" && !seen[kind] {
				seen[kind] = true
				places = append(places, ref)
			}
		}
		if len(requests) == 0 || len(places) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, ref := range places {
				restore := ref.Hide(snapshot.Gap{Reason: snapshot.Denied, Detail: "hidden"})
				for _, r := range requests {
					trace := walk.New(c.Snapshot).Walk(r)
					if trace.FirstFailure() != nil {
						continue // broken, whatever the rules say
					}
					if open := unknown(trace); open != "" {
						if _, again := judged.LoadOrStore(open, true); again {
							continue
						}
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

// unknown are the steps of a walk that are unknown. No verdict is healthy then, whatever
// the rules say: that is judged once for each choice of steps.
func unknown(trace *walk.Trace) string {
	open := ""
	for _, s := range trace.Steps {
		if s.Status == walk.Unknown {
			open += " " + string(s.Stage)
		}
	}
	return open
}

// key is which of several a place is.
var key = regexp.MustCompile(`\[[^]]*\]`)
