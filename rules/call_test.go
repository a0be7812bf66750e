package rules_test

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// TestCallFixes: every rule about the call itself offers in its failing fixture a
// fix that the engine could prove, unless it says why there is none, and the
// fixes together heal the method.
func TestCallFixes(t *testing.T) {
	for _, r := range rules.All() {
		if r.Stage != walk.StageSigning && r.Stage != walk.StageProtocol && r.Stage != walk.StageQueue {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			c := example(t, strings.ReplaceAll(r.ID, "-", "_")+"_failing")
			d := diagnoses(t, c)[0]
			i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == r.ID })
			if i < 0 {
				t.Fatal("it reports nothing")
			}
			f := d.Findings[i]
			if r.NoFix != "" {
				if len(f.Fixes) > 0 {
					t.Errorf("it says that it has no fix and offers %q", f.Fixes[0].Title)
				}
				return
			}
			if len(f.Fixes) == 0 {
				t.Fatalf("no fix of %q is proved", f.Message)
			}
			for _, fix := range f.Fixes {
				t.Logf("%s -> %s %d %v", fix.Title, fix.Verdict, fix.After.Status, fix.After.Code)
			}
			if d.Plan.Verdict != diagnose.Healthy && d.Plan.Verdict != diagnose.AtRisk {
				t.Errorf("the plan leads to %q", d.Plan.Verdict)
			}
		})
	}
}

// TestOneCauseOneError: a fixture about the call has the error of its own rule and
// of those that it expects, and no other rule calls the same cause an error.
func TestOneCauseOneError(t *testing.T) {
	for _, name := range fixtures.Names() {
		stage, _, _ := strings.Cut(name, "_")
		if stage != "signing" && stage != "protocol" && stage != "queue" {
			continue
		}
		c := example(t, name)
		own, _ := c.Rule()
		for _, d := range diagnoses(t, c) {
			for _, f := range d.Findings {
				if f.Severity == diagnose.Error && f.Rule != own && !slices.Contains(c.Expect.Rules, f.Rule) {
					t.Errorf("%s: %s is an error too: %s", name, f.Rule, f.Message)
				}
			}
		}
	}
}
