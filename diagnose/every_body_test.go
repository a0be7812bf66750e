package diagnose_test

import (
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// Of every fixture nine in ten mapping templates are decided, and the smallest
// call of an unsafe one does in its own walk what it is said to do.
func TestEveryBodyOfFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("it tries many bodies on every fixture")
	}
	decided, all, unsafe := 0, 0, 0
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		e := walk.New(c.Snapshot)
		for _, d := range diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), nil).Diagnoses {
			b := e.EveryBody(d.Trace)
			if b == nil {
				continue
			}
			all++
			switch b.Result {
			case walk.NotDecided:
				if b.Why == "" {
					t.Errorf("%s: undecided without a reason", name)
				}
				continue
			case walk.UnsafeForOne:
				unsafe++
				protocol := vtl.JSON
				if d.Trace.SendsForm() {
					protocol = vtl.Form
				}
				if got := b.Replay.Mapping.Rendered.Harm(protocol); got != b.Harm || b.Said() == "" {
					t.Errorf("%s: %s does %q, not %q", name, b.Said(), got, b.Harm)
				}
			}
			decided++
		}
	}
	if decided*10 < all*9 || unsafe == 0 {
		t.Errorf("%d of %d are decided, %d unsafe", decided, all, unsafe)
	}
}

// A template that no awkward request breaks, and a call does, is at risk.
func TestEveryBodyVerdict(t *testing.T) {
	s := load(t, "orders")
	healthy := run(s, post(), nil)
	if healthy.EveryBody == nil || healthy.EveryBody.Result != walk.SafeForAll {
		t.Fatalf("the base is %+v", healthy.EveryBody)
	}
	a := &s.APIs[0]
	changed := s
	for _, c := range []snapshot.Change{
		snapshot.SetTemplate{On: snapshot.MethodRef{API: a.ID, Path: "/orders", Method: "POST"}, ContentType: "application/json",
			After: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageSystemAttribute.1.Value.StringValue=$input.params('g')"},
		snapshot.Deploy{API: a.ID, Stage: "prod"},
	} {
		var err error
		if changed, err = c.Apply(changed); err != nil {
			t.Fatal(err)
		}
	}
	passing := rule(func(*diagnose.Pass) {})
	d := run(changed, post(), []diagnose.Rule{passing})
	b := d.EveryBody
	if b == nil || b.Result != walk.UnsafeForOne || d.Verdict == diagnose.Healthy {
		t.Fatalf("verdict %s, every body %+v", d.Verdict, b)
	}
	if b.Request.Body != post().Body && b.Request.Body != "" || b.Said() != `query parameter g with "&"` {
		t.Errorf("the smallest call is %s: %+v", b.Said(), b.Request)
	}
}
