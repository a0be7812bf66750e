package diagnose

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// engine judges requests on one snapshot, which the walk has compiled. An engine
// serves one goroutine.
type engine struct{ *walk.Engine }

func newEngine(s *snapshot.Snapshot) *engine { return &engine{walk.New(s)} }

// on is an engine for a changed snapshot that shares what is compiled.
func (e *engine) on(s *snapshot.Snapshot) *engine { return &engine{e.On(s)} }
