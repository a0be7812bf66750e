package rules_test

import (
	"fmt"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

func load(b *testing.B, name string) *snapshot.Snapshot {
	b.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		b.Fatal(err)
	}
	return c.Snapshot
}

// One method from a snapshot: the walk, every rule, the awkward requests, and
// for a broken one the proof of its fixes.
func BenchmarkDiagnose(b *testing.B) {
	all := rules.All()
	for _, name := range []string{"orders", "protocol_content_type_failing", "encryption_role_permission_failing"} {
		s := load(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				diagnose.Examine(s, diagnose.Selection{}, nil, all)
			}
		})
	}
}

// Many methods of one API: the time for each method must not grow with their
// number.
func BenchmarkExamine(b *testing.B) {
	all := rules.All()
	for _, n := range []int{10, 100, 1000} {
		s := manyMethods(b, n)
		b.Run(fmt.Sprintf("methods=%d", n), func(b *testing.B) {
			for b.Loop() {
				if got := len(diagnose.Examine(s, diagnose.Selection{}, nil, all).Diagnoses); got != n {
					b.Fatalf("%d methods diagnosed", got)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/method")
		})
	}
}

// manyMethods copies the healthy method to n paths.
func manyMethods(b *testing.B, n int) *snapshot.Snapshot {
	b.Helper()
	s := load(b, "orders")
	none := &snapshot.Gaps{}
	api := &s.APIs[0]
	draft, _ := api.Draft.Read(none)
	one := draft.Methods[0]
	draft.Methods = nil
	for i := range n {
		m := one
		m.Path = fmt.Sprintf("/orders/%d", i)
		draft.Methods = append(draft.Methods, m)
	}
	stages, _ := api.Stages.Read(none)
	stages[0].Deployed = stages[0].Deployed.With(draft)
	api.Draft, api.Stages = api.Draft.With(draft), api.Stages.With(stages)
	return s
}
