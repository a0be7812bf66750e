package snapshot_test

import (
	"encoding/json"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// Zero values are pessimistic: what nobody set is unknown and says so.
func TestZeroFactIsUnknown(t *testing.T) {
	var f snapshot.Fact[string]
	gaps := &snapshot.Gaps{}
	if _, ok := f.Read(gaps); ok {
		t.Fatal("the zero fact has a value")
	}
	if got := gaps.List(); len(got) != 1 || got[0].Reason != snapshot.NotRead {
		t.Errorf("recorded %v, want one gap with reason not-read", got)
	}
}

// A known absence is a known fact.
func TestKnownAbsence(t *testing.T) {
	f := snapshot.Known[*snapshot.Role](nil, snapshot.Origin{Resource: "arn:aws:iam::123456789012:role/gone"})
	gaps := &snapshot.Gaps{}
	role, ok := f.Read(gaps)
	if !ok || role != nil || gaps.Any() {
		t.Errorf("got %v, %v, gaps %v; want a known nil", role, ok, gaps.List())
	}
}

func TestGapsAreRecordedOnce(t *testing.T) {
	f := snapshot.Unknown[int](snapshot.Gap{Reason: snapshot.Denied, Needs: "iam:GetRole"})
	gaps := &snapshot.Gaps{}
	f.Read(gaps)
	f.Read(gaps)
	if n := len(gaps.List()); n != 1 {
		t.Errorf("recorded %d gaps, want 1", n)
	}
}

func TestFactJSON(t *testing.T) {
	for _, tt := range []struct {
		name, text, problem string
	}{
		{"known", `{"value":"a","origin":{"resource":"r","line":3}}`, ""},
		{"known empty", `{"value":""}`, ""},
		{"unknown", `{"unknown":{"reason":"denied","needs":"kms:DescribeKey"}}`, ""},
		{"neither", `{}`, `a fact needs either "value" or "unknown"`},
		{"both", `{"value":"a","unknown":{"reason":"denied"}}`, `a fact needs either "value" or "unknown"`},
		{"no such reason", `{"unknown":{"reason":"lazy"}}`, `unknown reason "lazy", expected one of not-read, denied, failed, unresolved, unparsed, blocked, crashed, unverified, not-covered`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f snapshot.Fact[string]
			err := json.Unmarshal([]byte(tt.text), &f)
			switch {
			case tt.problem == "" && err != nil:
				t.Fatal(err)
			case tt.problem != "" && (err == nil || err.Error() != tt.problem):
				t.Fatalf("error %v, want %s", err, tt.problem)
			case tt.problem != "":
				return
			}
			back, err := json.Marshal(f)
			if err != nil || string(back) != tt.text {
				t.Errorf("written as %s (%v), want %s", back, err, tt.text)
			}
		})
	}
}

func TestOriginAt(t *testing.T) {
	o := snapshot.Origin{Resource: "Orders"}.At("Properties").At("RequestTemplates").At("['application/json']")
	if want := "Properties.RequestTemplates['application/json']"; o.Path != want {
		t.Errorf("path %q, want %q", o.Path, want)
	}
}
