package diagnose

import (
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// engine judges requests on one snapshot, which the walk has compiled. An engine
// serves one goroutine.
type engine struct {
	*walk.Engine
	pass   *Pass // of the last check, for the next one
	bodies *awkwardBodies
	checks []Check // of the last diagnosis: most methods of an API pass the same
}

func newEngine(s *snapshot.Snapshot) *engine { return &engine{Engine: walk.New(s)} }

// on is an engine for a changed snapshot that shares what is compiled.
func (e *engine) on(s *snapshot.Snapshot) *engine { return &engine{Engine: e.On(s), bodies: e.bodies} }

// shared is the list of the last diagnosis where this one is the same, so that a
// report of thousands keeps few.
func (e *engine) shared(list []Check) []Check {
	same := func(a, b Check) bool {
		return a.Rule == b.Rule && a.Stage == b.Stage && a.Status == b.Status && a.Gaps == nil && b.Gaps == nil
	}
	if !slices.EqualFunc(list, e.checks, same) {
		e.checks = list
	}
	return e.checks
}
