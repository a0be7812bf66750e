package walk_test

import (
	"reflect"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// What an engine keeps of earlier walks changes nothing: each awkward call is walked
// as an engine of its own walks it. A trace that was given back does not show through.
func TestWalkAfterOthers(t *testing.T) {
	for i, name := range fixtures.Names() {
		if i%9 != 0 { // of each ninth fixture: all of them take seconds
			continue
		}
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		e := walk.New(c.Snapshot)
		for _, d := range diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), nil).Diagnoses {
			for _, a := range append(diagnose.AwkwardRequests(c.Snapshot, d.Trace), diagnose.Awkward{Request: d.Trace.Request}) {
				got, want := e.Walk(a.Request), walk.New(c.Snapshot).Walk(a.Request)
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: %s: the walk differs from that of a new engine", name, a.Name)
				}
				e.Forget(got)
			}
		}
	}
}
