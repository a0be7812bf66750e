package snapshot_test

import (
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// Every fact can be reached and hidden, wherever it stands: in structs, lists,
// maps and inside other facts.
func TestFactsCanBeHidden(t *testing.T) {
	n := len(snapshot.Facts(sample()))
	if n < 40 {
		t.Fatalf("found only %d facts", n)
	}
	for i := range n {
		s := sample()
		ref := snapshot.Facts(s)[i]
		if !ref.Known {
			continue
		}
		ref.Hide(snapshot.Gap{Reason: snapshot.Denied})
		found := false
		for _, again := range snapshot.Facts(s) {
			if again.Path == ref.Path {
				found = true
				if again.Known {
					t.Errorf("%s is still known", ref.Path)
				}
			}
		}
		if !found {
			t.Errorf("%s is gone", ref.Path)
		}
	}
}
