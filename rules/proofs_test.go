package rules_test

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// Every rule of the stages route, mapping and response offers a proved repair of
// its failing fixture, and the plan heals it, unless the rule says why there is
// none.
func TestRouteMappingResponseFixes(t *testing.T) {
	for _, r := range rules.All() {
		switch r.Stage {
		case walk.StageRoute, walk.StageMapping, walk.StageResponse:
		default:
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			c := example(t, strings.ReplaceAll(r.ID, "-", "_")+"_failing")
			for _, d := range diagnoses(t, c) {
				i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool { return f.Rule == r.ID })
				if i < 0 {
					t.Fatal("no finding")
				}
				f := d.Findings[i]
				if r.NoFix != "" {
					continue
				}
				if len(f.Fixes) == 0 {
					t.Errorf("no fix of %q survives the proof", f.Message)
				}
				if v := d.Plan.Verdict; v != diagnose.Healthy && v != diagnose.AtRisk {
					t.Errorf("the plan leads to %q", v)
				}
			}
		})
	}
}
