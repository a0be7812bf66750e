package rules_test

import (
	"fmt"
	"runtime"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

func load(b testing.TB, name string) *snapshot.Snapshot {
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
// BenchmarkExamine diagnoses APIs of many methods, all healthy or all broken. The
// time for a method must not grow with their number, nor what is kept of it.
func BenchmarkExamine(b *testing.B) {
	all := rules.All()
	for _, fixture := range []string{"orders", "protocol_content_type_failing"} {
		for _, n := range []int{10, 100, 1000} {
			s := manyMethods(b, fixture, n)
			b.Run(fmt.Sprintf("%s/methods=%d", fixture, n), func(b *testing.B) {
				for b.Loop() {
					if got := len(diagnose.Examine(s, diagnose.Selection{}, nil, all).Diagnoses); got != n {
						b.Fatalf("%d methods diagnosed", got)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/method")
			})
		}
	}
}

// What a diagnosis allocates and what it keeps does not depend on how many other
// methods the API has: proofs of fixes are made on the method alone.
func TestExamineGrowsWithTheMethods(t *testing.T) {
	all := rules.All()
	use := func(n int) (allocated, kept float64) { // KB for a method
		s := manyMethods(t, "protocol_content_type_failing", n)
		before, after, end := runtime.MemStats{}, runtime.MemStats{}, runtime.MemStats{}
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := diagnose.Examine(s, diagnose.Selection{}, nil, all)
		runtime.ReadMemStats(&after)
		runtime.GC()
		runtime.ReadMemStats(&end)
		runtime.KeepAlive(e)
		kb := float64(n) * 1024
		return float64(after.TotalAlloc-before.TotalAlloc) / kb, (float64(end.HeapAlloc) - float64(before.HeapAlloc)) / kb
	}
	use(5) // what is made once for all
	few, fewKept := use(20)
	many, manyKept := use(200)
	if many > 1.5*few || manyKept > 1.5*max(fewKept, 100) {
		t.Errorf("a method of 20 allocates %.0f KB and keeps %.0f, one of 200 allocates %.0f KB and keeps %.0f", few, fewKept, many, manyKept)
	}
}

// manyMethods copies the method of a fixture to n paths.
func manyMethods(b testing.TB, fixture string, n int) *snapshot.Snapshot {
	b.Helper()
	s := load(b, fixture)
	api := &s.APIs[0]
	draft, _ := api.Draft.Peek()
	one := draft.Methods[0]
	draft.Methods = nil
	for i := range n {
		m := one
		m.Path = fmt.Sprintf("/orders/%d", i)
		draft.Methods = append(draft.Methods, m)
	}
	stages, _ := api.Stages.Peek()
	stages[0].Deployed = stages[0].Deployed.With(draft)
	api.Draft, api.Stages = api.Draft.With(draft), api.Stages.With(stages)
	return s
}
