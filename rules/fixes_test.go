package rules_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// Every offered fix, applied in memory, removes its finding and brings no error
// that the method did not have; the plan, applied, ends healthy or at risk.
func TestFixesHold(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it proves every fix of every fixture")
	}
	all := rules.All()
	offered, planned := 0, 0
	for _, name := range fixtures.Names() {
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			for _, f := range d.Findings {
				for _, fix := range f.Fixes {
					offered++
					holds(t, name, c.Snapshot, &d, f, fix, all)
				}
			}
			if len(d.Plan.Fixes) == 0 {
				continue
			}
			planned++
			s := changed(t, c.Snapshot, d.Plan.Fixes...)
			if after := diagnose.Judge(s, d.Trace.Request, all); after.Verdict != d.Plan.Verdict || d.Plan.Complete && after.Count(diagnose.Error)+after.Count(diagnose.Warning) > 0 {
				t.Errorf("%s: the plan says %s and gives %s", name, d.Plan.Verdict, after.Verdict)
			}
		}
	}
	if offered < 60 || planned < 50 {
		t.Errorf("only %d fixes and %d plans over all fixtures", offered, planned)
	}
}

func holds(t *testing.T, name string, s *snapshot.Snapshot, d *diagnose.Diagnosis, f diagnose.Finding, fix diagnose.Fix, all []diagnose.Rule) {
	t.Helper()
	after := diagnose.Judge(changed(t, s, fix), d.Trace.Request, all)
	for _, g := range after.Findings {
		if g.Rule == f.Rule && g.Message == f.Message {
			t.Errorf("%s: after %q %s still says %q", name, fix.Title, g.Rule, g.Message)
		}
	}
	if fix.After == nil || fix.Verdict != after.Verdict {
		t.Errorf("%s: %q promised %s and gives %s", name, fix.Title, fix.Verdict, after.Verdict)
	}
}

func changed(t *testing.T, s *snapshot.Snapshot, fixes ...diagnose.Fix) *snapshot.Snapshot {
	t.Helper()
	for _, fix := range fixes {
		for _, c := range fix.Changes {
			next, err := c.Apply(s)
			if err != nil {
				t.Fatalf("%s: %v", c, err)
			}
			s = next
		}
	}
	return s
}

// A rule either says why it has no fix or offers one on its failing fixture.
func TestRulesOfferFixes(t *testing.T) {
	for _, r := range rules.All() {
		if r.Severity == diagnose.Note || r.NoFix != "" {
			continue
		}
		c := example(t, stem(r.ID)+"_failing")
		for _, d := range diagnoses(t, c) {
			for _, f := range d.Findings {
				if f.Rule == r.ID && len(f.Fixes) == 0 {
					t.Errorf("%s offers no fix that holds for %q", r.ID, f.Message)
				}
			}
		}
	}
}

// A broken case whose rules offer fixes is healed by the plan.
func TestPlansHeal(t *testing.T) {
	for _, r := range rules.All() {
		if r.Severity != diagnose.Error || r.NoFix != "" {
			continue
		}
		name := stem(r.ID) + "_failing"
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			if d.Verdict == diagnose.Broken && d.Plan.Verdict != diagnose.Healthy && d.Plan.Verdict != diagnose.AtRisk {
				t.Errorf("%s: the plan of %d fixes ends %q", name, len(d.Plan.Fixes), d.Plan.Verdict)
			}
		}
	}
}

// A title says what is changed to what: it names something that the changes set, take
// away or stand at.
func TestTitlesNameTheChange(t *testing.T) {
	technical := regexp.MustCompile(`[A-Z0-9$./*_%:'"{]|^orders$|^submit$|^prod$`) // the last are names in the fixtures
	for _, name := range fixtures.Names() {
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			for _, f := range d.Findings {
				for _, fix := range f.Fixes {
					names := strings.FieldsFunc(fix.Title, func(r rune) bool { return r == ' ' || r == '=' })
					if !slices.ContainsFunc(names, func(word string) bool {
						bare := strings.Trim(word, `,:"()`)
						return len(bare) > 2 && technical.MatchString(bare) && strings.Contains(strings.ToLower(changedTexts(c.Snapshot, fix)), strings.ToLower(bare))
					}) && f.Rule != "mapping-whitespace" && !strings.HasSuffix(fix.Title, "${request.path}") { // what has no name, and what is so by default
						t.Errorf("%s, %s: the title %q names nothing of %v", name, f.Rule, fix.Title, fix.Changes)
					}
				}
			}
		}
	}
}

// changedTexts are the texts of the changes as they are and as the template writes them.
func changedTexts(s *snapshot.Snapshot, fix diagnose.Fix) string {
	var b strings.Builder
	for _, c := range fix.Changes {
		at, before, after := snapshot.Parts(c)
		b.WriteString(at + " " + before + " " + after + " " + c.String() + "\n")
	}
	return b.String() + s.Expressed(b.String())
}
