package diagnose_test

import (
	"reflect"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

func load(t testing.TB, name string) *snapshot.Snapshot {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return c.Snapshot
}

// run diagnoses one request, and proves the fixes.
func run(s *snapshot.Snapshot, r walk.Request, rules []diagnose.Rule) diagnose.Diagnosis {
	return diagnose.Examine(s, diagnose.Selection{}, []walk.Request{r}, rules).Diagnoses[0]
}

func post() walk.Request { return diagnose.Plain("POST", "/orders") }

// rule makes a rule of a check.
func rule(check func(*diagnose.Pass)) diagnose.Rule {
	return diagnose.Rule{ID: "protocol-test", Stage: walk.StageProtocol, Severity: diagnose.Error, Check: check}
}

// The engine decides a check's status: findings, else gaps, else what the rule
// says of itself.
func TestCheckStatus(t *testing.T) {
	gap := snapshot.Gap{Reason: snapshot.Denied, Needs: "iam:GetRole"}
	for _, tt := range []struct {
		name  string
		check func(*diagnose.Pass)
		want  walk.Status
	}{
		{"silent", func(p *diagnose.Pass) {}, walk.Passed},
		{"finding", func(p *diagnose.Pass) { p.Report(diagnose.Finding{Message: "m"}) }, walk.Failed},
		{"finding and gap", func(p *diagnose.Pass) { p.Gaps().Add(gap); p.Report(diagnose.Finding{Message: "m"}) }, walk.Failed},
		{"gap", func(p *diagnose.Pass) { p.Gaps().Add(gap) }, walk.Unknown},
		{"gap and not applicable", func(p *diagnose.Pass) { p.Gaps().Add(gap); p.NotApplicable() }, walk.Unknown},
		{"not applicable", func(p *diagnose.Pass) { p.NotApplicable() }, walk.NotApplicable},
		{"panic", func(p *diagnose.Pass) { var r *snapshot.Role; _ = r.ARN }, walk.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := run(load(t, "orders"), post(), []diagnose.Rule{rule(tt.check)})
			if got := d.Checks[0].Status; got != tt.want {
				t.Errorf("status %s, want %s", got, tt.want)
			}
			if tt.want == walk.Unknown && (d.Verdict != diagnose.Inconclusive || len(d.Gaps) == 0) {
				t.Errorf("verdict %s with gaps %v, want inconclusive with a reason", d.Verdict, d.Gaps)
			}
		})
	}
}

// A rule that panics loses what it reported before, and says that it crashed.
func TestCrash(t *testing.T) {
	d := run(load(t, "orders"), post(), []diagnose.Rule{rule(func(p *diagnose.Pass) {
		p.Report(diagnose.Finding{Message: "half a thought"})
		panic("boom")
	})})
	if len(d.Findings) != 0 || d.Checks[0].Gaps[0].Reason != snapshot.Crashed {
		t.Errorf("findings %v, gaps %v", d.Findings, d.Checks[0].Gaps)
	}
}

// Health is earned: with no check at all nothing is healthy.
func TestNoChecksNoHealth(t *testing.T) {
	if d := run(load(t, "orders"), post(), nil); d.Verdict != diagnose.Inconclusive {
		t.Errorf("verdict %s, want inconclusive", d.Verdict)
	}
}

// A finding can be milder than its rule and not worse.
func TestSeverityIsCapped(t *testing.T) {
	r := rule(func(p *diagnose.Pass) { p.Report(diagnose.Finding{Message: "m", Severity: diagnose.Error}) })
	r.Severity = diagnose.Note
	d := run(load(t, "orders"), post(), []diagnose.Rule{r})
	if got := d.Findings[0].Severity; got != diagnose.Note {
		t.Errorf("severity %s, want note", got)
	}
}

// A finding that only an awkward request gives is a warning and names it.
func TestAwkwardFindingsAreWarnings(t *testing.T) {
	d := run(load(t, "orders"), post(), []diagnose.Rule{rule(func(p *diagnose.Pass) {
		if p.Awkward == "Content-Type text/plain" {
			p.Report(diagnose.Finding{Message: "m"})
		}
	})})
	if len(d.Findings) != 1 || d.Findings[0].Severity != diagnose.Warning || d.Verdict != diagnose.AtRisk {
		t.Fatalf("findings %+v, verdict %s; want one warning", d.Findings, d.Verdict)
	}
	evidence := d.Findings[0].Evidence
	if last := evidence[len(evidence)-1]; last.Value != "Content-Type text/plain" {
		t.Errorf("evidence %+v does not name the request", evidence)
	}
}

// A fix is offered only when the changed configuration no longer has the finding.
func TestFixesAreProved(t *testing.T) {
	form := "'application/x-www-form-urlencoded'"
	fix := func(p *diagnose.Pass, value string) diagnose.Fix {
		return p.Fix("set it to "+value, snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.header.Content-Type", After: value})
	}
	d := run(load(t, "protocol_content_type_failing"), post(), []diagnose.Rule{rule(func(p *diagnose.Pass) {
		if f := p.Failed(walk.StageProtocol); f != nil {
			p.ReportAs(diagnose.Finding{Message: "m", Fixes: []diagnose.Fix{fix(p, "'text/plain'"), fix(p, form), {Title: "nothing"}}}, f)
		}
	})})
	fixes := d.Findings[0].Fixes
	if len(fixes) != 1 || fixes[0].Title != "set it to "+form {
		t.Fatalf("offered %+v, want the one that works", fixes)
	}
	if fixes[0].After == nil || fixes[0].After.Status != 200 || fixes[0].Verdict != diagnose.Healthy {
		t.Errorf("after it: %+v, %s; want 200 and healthy", fixes[0].After, fixes[0].Verdict)
	}
	if len(d.Plan.Fixes) != 1 || d.Plan.Verdict != diagnose.Healthy {
		t.Errorf("plan %+v", d.Plan)
	}
}

// The same input gives the same result, and neither it nor the snapshot changes.
func TestRunIsPure(t *testing.T) {
	for _, name := range []string{"orders", "protocol_content_type_failing", "orders_encrypted"} {
		s := load(t, name)
		first, second := walk.New(s).Walk(post()), walk.New(s).Walk(post())
		if !reflect.DeepEqual(first.Steps, second.Steps) || !reflect.DeepEqual(first.Response, second.Response) {
			t.Errorf("%s: two walks differ", name)
		}
		if !reflect.DeepEqual(s, load(t, name)) {
			t.Errorf("%s: the walk changed the snapshot", name)
		}
	}
}

// The stages of a healthy request all pass or do not apply.
func TestHealthyWalk(t *testing.T) {
	trace := walk.New(load(t, "orders")).Walk(post())
	for _, s := range trace.Steps {
		if s.Status != walk.Passed && s.Status != walk.NotApplicable {
			t.Errorf("%s is %s: %s", s.Stage, s.Status, s.Said)
		}
	}
	if trace.Response.Status != 200 || len(trace.Queue.Messages) != 1 || trace.Queue.Messages[0].Body != post().Body {
		t.Errorf("the client gets %d, the queue %+v", trace.Response.Status, trace.Queue.Messages)
	}
}

// Behind the first failure the walk goes on with what was evidently meant.
func TestWalkGoesOn(t *testing.T) {
	trace := walk.New(load(t, "protocol_content_type_failing")).Walk(post())
	if trace.Step(walk.StageProtocol).Status != walk.Failed {
		t.Fatal("the protocol stage should fail")
	}
	if got := trace.Step(walk.StageAuthorization); got.Status != walk.Passed {
		t.Errorf("authorization is %s: %s", got.Status, got.Said)
	}
}

// An empty snapshot gives an answer, and no panic.
func TestEmptySnapshot(t *testing.T) {
	for _, s := range []*snapshot.Snapshot{{}, {APIs: []snapshot.API{{ID: "a", Type: snapshot.REST}}}} {
		if d := run(s, post(), nil); d.Verdict == diagnose.Healthy {
			t.Error("nothing is called healthy")
		}
		if e := diagnose.Examine(s, diagnose.Selection{}, nil, nil); e.Verdict == diagnose.Healthy {
			t.Error("an empty examination is called healthy")
		}
	}
}
