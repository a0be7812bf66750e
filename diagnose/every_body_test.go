package diagnose_test

import (
	"strings"
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
				got := b.Replay.Mapping.Rendered.Harm(protocol)
				if got == vtl.NoHarm && len(b.Case.Header)+len(b.Case.Query) > 0 && b.Replay.FirstFailure() != nil {
					got = vtl.Broken // by a parameter mapping
				}
				if got != b.Harm || b.Said() == "" {
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

// A template that is safe by itself is not called so where the client chooses, by a
// parameter mapping beside it, how SQS reads the call.
func TestEveryBodyOfParameterMappings(t *testing.T) {
	base := load(t, "orders")
	on := snapshot.MethodRef{API: base.APIs[0].ID, Path: "/orders", Method: "POST"}
	for _, tt := range []struct {
		name, source, sent string // sent is what the followed call has of it
		want               vtl.Result
		said               string
	}{
		{"integration.request.header.Content-Type", "method.request.header.X-Kind", "application/x-www-form-urlencoded", walk.UnsafeForOne, `header X-Kind with "x"`},
		{"integration.request.header.Content-Type", "method.request.querystring.kind", "application/x-www-form-urlencoded", walk.UnsafeForOne, `query parameter kind with "x"`},
		{"integration.request.header.X-Trace", "method.request.header.X-Trace", "1", walk.SafeForAll, ""},
		{"integration.request.header.Content-Type", "'application/x-www-form-urlencoded'", "", walk.SafeForAll, ""},
		{"integration.request.header.Content-Type", "method.request.body.kind", "", walk.NotDecided, ""},
	} {
		changed := base
		changes := []snapshot.Change{snapshot.SetRequestParameter{On: on, Name: tt.name, After: tt.source}, snapshot.Deploy{API: on.API, Stage: "prod"}}
		r := post()
		if kind, name, ok := strings.Cut(strings.TrimPrefix(tt.source, "method.request."), "."); ok && kind != "body" && tt.sent != "" {
			changes = append([]snapshot.Change{snapshot.DeclareParameter{On: on, Name: tt.source}}, changes...)
			if kind == "header" {
				r = r.WithHeader(name, tt.sent)
			} else {
				r.Query = []walk.Header{{Name: name, Value: tt.sent}}
			}
		}
		if strings.HasPrefix(tt.source, "method.request.body") {
			r.Body = `{"kind":"application/x-www-form-urlencoded"}`
		}
		for _, c := range changes {
			var err error
			if changed, err = c.Apply(changed); err != nil {
				t.Fatal(err)
			}
		}
		b := run(changed, r, nil).EveryBody
		if b == nil || b.Result != tt.want || tt.said != "" && (b.Said() != tt.said || b.Replay.FirstFailure() == nil) {
			t.Errorf("%s from %s: %+v", tt.name, tt.source, b)
		}
	}
}
