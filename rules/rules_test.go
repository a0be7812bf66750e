package rules_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// The naming law: ID, file, stage and fixtures are the same words.
func TestNames(t *testing.T) {
	names := fixtures.Names()
	seen := map[string]bool{}
	for _, r := range rules.All() {
		stem := strings.ReplaceAll(r.ID, "-", "_")
		if seen[r.ID] {
			t.Errorf("%s is listed twice", r.ID)
		}
		seen[r.ID] = true
		if _, err := os.Stat(stem + ".go"); err != nil {
			t.Errorf("%s: its file should be %s.go", r.ID, stem)
		}
		if first, _, _ := strings.Cut(r.ID, "-"); first != string(r.Stage) {
			t.Errorf("%s: its first word should be its stage, %s", r.ID, r.Stage)
		}
		for _, kind := range []string{"_failing", "_passing", "_unknown"} {
			if !slices.Contains(names, stem+kind) {
				t.Errorf("%s has no fixture %s: make rule ID=... writes all three", r.ID, stem+kind)
			}
		}
	}
}

func TestRulesAreWhole(t *testing.T) {
	for _, r := range rules.All() {
		if r.Title == "" || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title should be a line without a full stop: %q", r.ID, r.Title)
		}
		if len(r.Doc) < 80 {
			t.Errorf("%s: the doc should say what happens, why, and how to repair it", r.ID)
		}
		if r.Severity == diagnose.Error && len(r.Explains) == 0 && !strings.Contains(r.Doc, "no error") {
			t.Errorf("%s: an error rule should say which codes it explains (Explains), or in its doc that there is no error", r.ID)
		}
		if r.Check == nil {
			t.Errorf("%s has no check", r.ID)
		}
	}
}

// Each rule fixture has the outcome that its name says.
func TestFixtures(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			c := example(t, name)
			if c.About == "" {
				t.Error("case.yaml should say in a line what the case is about")
			}
			for _, d := range diagnoses(t, c) {
				checkExpectations(t, c, &d)
			}
		})
	}
}

func checkExpectations(t *testing.T, c *fixtures.Case, d *diagnose.Diagnosis) {
	t.Helper()
	id, kind := c.Rule()
	if id != "" {
		checkKind(t, d, id, kind)
	}
	if want := c.Expect.Verdict; want != "" && string(d.Verdict) != want {
		t.Errorf("verdict %s, want %s", d.Verdict, want)
	}
	if want := walk.ErrorCode(c.Expect.Code); want != "" && want != d.Predicted.Code && !slices.Contains(d.Predicted.Codes, want) {
		t.Errorf("predicted code %q, want %q", d.Predicted.Code, want)
	}
	if want := c.Expect.Status; want != 0 && d.Predicted.Status != want {
		t.Errorf("the client sees %d, want %d", d.Predicted.Status, want)
	}
	for _, want := range c.Expect.Rules {
		if !reported(d, want) {
			t.Errorf("%s reports nothing", want)
		}
	}
	if t.Failed() {
		for _, s := range d.Trace.Steps {
			t.Logf("%-13s %-14s %s %v", s.Stage, s.Status, s.Said, s.Gaps)
		}
		for _, f := range d.Findings {
			t.Logf("%s %s: %s", f.Severity, f.Rule, f.Message)
		}
	}
}

func checkKind(t *testing.T, d *diagnose.Diagnosis, id, kind string) {
	t.Helper()
	i := slices.IndexFunc(d.Checks, func(c diagnose.Check) bool { return c.Rule == id })
	if i < 0 {
		t.Fatalf("there is no rule %s", id)
	}
	status := d.Checks[i].Status
	switch kind {
	case "failing":
		if !reported(d, id) {
			t.Errorf("%s reports nothing (%s): the edits of case.yaml should break what it judges, and Check in rules/%s.go report it", id, status, stem(id))
		}
	case "passing":
		if reported(d, id) || status != walk.Passed {
			t.Errorf("%s is %s and reports %v, want passed and silent", id, status, reported(d, id))
		}
		if d.Count(diagnose.Error) > 0 {
			t.Errorf("a passing case should have no error")
		}
	case "unknown":
		if reported(d, id) || status != walk.Unknown {
			t.Errorf("%s is %s and reports %v, want unknown and silent: case.yaml should hide (hide: not-read) what Check reads", id, status, reported(d, id))
		}
		if d.Verdict == diagnose.Healthy || d.Verdict == diagnose.AtRisk {
			t.Errorf("verdict %s, though something that matters is unknown", d.Verdict)
		}
	}
}

func reported(d *diagnose.Diagnosis, id string) bool {
	return slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == id })
}

// stem is the rule's ID as its file and fixtures spell it.
func stem(id string) string { return strings.ReplaceAll(id, "-", "_") }
