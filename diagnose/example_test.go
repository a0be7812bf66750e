package diagnose_test

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// A team does not want bodies to be passed on that no template fits. The rule
// asks the trace, reports and proposes a change; the engine proves the change: it
// applies it, walks the same request again, and keeps it if the finding is gone.
func Example() {
	strict := diagnose.Rule{
		ID:       "mapping-passthrough",
		Stage:    walk.StageMapping,
		Severity: diagnose.Warning,
		Title:    "a body that no template fits is passed on as it is",
		Check: func(p *diagnose.Pass) {
			if !p.Reached() {
				p.NotApplicable() // no integration, and another rule says so
				return
			}
			passthrough := p.Trace.Mapping.Integration.Passthrough
			behavior, ok := passthrough.Read(p.Gaps())
			if !ok || behavior == "NEVER" {
				return // fine; or not known, which the pass then says
			}
			p.Report(diagnose.Finding{
				Message:  "the passthrough behavior is " + behavior,
				Evidence: []diagnose.Evidence{{Label: "passthrough behavior", Value: behavior, Origin: passthrough.Origin()}},
				Fixes: []diagnose.Fix{p.Fix("refuse such a body with 415", snapshot.SetIntegration{
					On: p.Method(), Field: snapshot.FieldPassthrough, Before: behavior, After: "NEVER"})},
			})
		},
	}

	for _, name := range []string{"orders", "signing_method_passing"} {
		c, err := fixtures.Load(name)
		if err != nil {
			panic(err)
		}
		for _, d := range diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), []diagnose.Rule{strict}).Diagnoses {
			fmt.Println(name+":", len(d.Findings), "findings")
			for _, f := range d.Findings {
				fmt.Println(" ", f.Message, "-", len(f.Fixes), "proved fix:", f.Fixes[0].Title)
			}
		}
	}
	// Output:
	// orders: 0 findings
	// signing_method_passing: 1 findings
	//   the passthrough behavior is WHEN_NO_MATCH - 1 proved fix: refuse such a body with 415
}
