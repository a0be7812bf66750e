package logs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/logs/logtest"
	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/diagnose"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// noon is 2026-11-30 12:00 UTC, in milliseconds.
const noon = 1796040000000

// observe compares calls, a second apart, with the prediction for a fixture.
func observe(t testing.TB, fixture string, calls ...logtest.Call) []logs.Observed {
	t.Helper()
	f, err := fixtures.Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	e := diagnose.Examine(f.Snapshot, diagnose.Selection{}, nil, nil)
	api := f.Snapshot.APIs[0].ID
	c := logs.NewComparer(f.Snapshot, &e, rules.All(), api, "prod", "1h")
	g, err := logs.NewGrouper("", c.Add)
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range calls {
		if one.ID == "" {
			one.ID = fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)
		}
		for _, line := range one.Lines() {
			line = strings.ReplaceAll(line, "a1b2c3d4/prod", api+"/prod")
			g.Add(logs.Event{Time: noon + int64(i)*1000, Message: line})
		}
	}
	g.Close()
	return c.Finish()
}

// brief is a group in a line.
func brief(g logs.Group) string {
	return fmt.Sprintf("%d %s %s %d/%d %s", g.Count, g.Outcome, g.Rule, g.Statuses.Client, g.Statuses.SQS, g.Code)
}

func groups(list []logs.Observed) map[string][]string {
	out := map[string][]string{}
	for _, o := range list {
		for _, g := range o.Groups {
			out[o.Method] = append(out[o.Method], brief(g))
		}
	}
	return out
}

const (
	amp    = `{"text":"a & b"}`
	plain  = `{"text":"a"}`
	inForm = "Action=SendMessage&MessageBody="
)

// times repeats a call.
func times(n int, c logtest.Call) []logtest.Call {
	var list []logtest.Call
	for range n {
		list = append(list, c)
	}
	return list
}

func join(lists ...[]logtest.Call) (out []logtest.Call) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// The request is rebuilt from the log and walked: two calls that are answered in
// the same way have different reasons.
func TestComparedWithThePrediction(t *testing.T) {
	broken := logtest.Call{Body: amp, Sent: inForm + amp, SQS: 403, Answer: logtest.Denied, Status: 400}
	fine := logtest.Call{Body: plain, Sent: inForm + plain}
	denied := logtest.Call{Body: plain, Sent: inForm + plain, SQS: 403, Answer: logtest.Denied, Status: 400}
	got := observe(t, "mapping_body_not_encoded_failing", join(times(5, fine), times(3, broken), times(2, denied))...)
	if len(got) != 1 || got[0].Calls != 10 || got[0].Failed != 5 || got[0].Lost != 0 {
		t.Fatalf("%+v", got)
	}
	want := map[string][]string{"POST /orders": {
		"3 confirmed mapping-body-not-encoded 400/403 AccessDenied",
		"2 differs  400/403 AccessDenied",
	}}
	if diff := cmp.Diff(want, groups(got)); diff != "" {
		t.Fatal(diff)
	}
	g := got[0].Groups[0]
	if g.Shared != `all 3: body has "&" (0 of the 7 others)` {
		t.Errorf("shared: %q", g.Shared)
	}
	if g.First != "2026-11-30T12:00:05.000Z" || g.Last != "2026-11-30T12:00:07.000Z" || !strings.HasPrefix(g.Example.Line, "Endpoint response body") {
		t.Errorf("%+v", g)
	}
	if w := got[0].Groups[1].Why; !strings.Contains(w, "policy was changed") {
		t.Errorf("why: %s", w)
	}
}

func TestOutcomesOfCalls(t *testing.T) {
	silent := logtest.Call{Body: amp, Sent: inForm + amp, SQS: 403, Answer: logtest.Denied, Status: 200}
	bare := logtest.Call{Level: "info", SQS: 403, Status: 400}
	role := logtest.Call{Level: "error", Failure: "API Gateway does not have permission to assume the provided role r", Status: 500}
	for _, tt := range []struct {
		name, fixture string
		calls         []logtest.Call
		want          map[string][]string
		lost          int
	}{
		{"told as success", "mapping_body_not_encoded_failing", []logtest.Call{silent}, map[string][]string{"POST /orders": {"1 differs mapping-body-not-encoded 200/403 AccessDenied"}}, 1},
		{"without data trace", "mapping_body_not_encoded_failing", []logtest.Call{bare}, map[string][]string{"POST /orders": {"1 too-little-logged  400/403 "}}, 0},
		{"without data trace, where every call fails so", "authorization_action_failing", []logtest.Call{bare}, map[string][]string{"POST /orders": {"1 confirmed authorization-action 400/403 "}}, 0},
		{"ERROR does not name the method", "orders", []logtest.Call{role}, map[string][]string{"": {"1 too-little-logged  500/0 InternalServerErrorException"}}, 0},
		{"succeeds, though predicted to fail", "authorization_action_failing", []logtest.Call{{Body: plain, Sent: inForm + plain}}, map[string][]string{"POST /orders": {"1 differs  200/200 "}}, 0},
		{"succeeds as predicted", "orders", []logtest.Call{{Body: plain, Sent: inForm + plain}}, map[string][]string{}, 0},
	} {
		got := observe(t, tt.fixture, tt.calls...)
		lost := 0
		for _, o := range got {
			lost += o.Lost
		}
		if diff := cmp.Diff(tt.want, groups(got)); diff != "" || lost != tt.lost {
			t.Errorf("%s: %d lost\n%s", tt.name, lost, diff)
		}
	}
}

// The access log names the method of a call that the execution log at level ERROR
// does not, and a call that both have is counted once.
func TestBothLogs(t *testing.T) {
	f, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	e := diagnose.Examine(f.Snapshot, diagnose.Selection{}, nil, nil)
	c := logs.NewComparer(f.Snapshot, &e, rules.All(), f.Snapshot.APIs[0].ID, "prod", "1h")
	g, _ := logs.NewGrouper("", c.Add)
	add := func(lines ...string) {
		for _, line := range lines {
			g.Add(logs.Event{Time: noon, Message: line})
		}
	}
	add(logtest.Call{ID: "a-1", Level: "error", Failure: "API Gateway does not have permission to assume the provided role r", Status: 500}.Lines()...)
	add(strings.Split(strings.ReplaceAll(strings.Join(logtest.Call{ID: "b-2", Body: plain, Sent: inForm + plain, SQS: 403, Answer: logtest.Denied, Status: 400}.Lines(), "\n"), "a1b2c3d4/prod", f.Snapshot.APIs[0].ID+"/prod"), "\n")...)
	g.Close()
	g, _ = logs.NewGrouper("", c.Add)
	add(`{"requestId":"a-1","httpMethod":"POST","resourcePath":"/orders","status":"500","integrationStatus":"-"}`,
		`{"requestId":"b-2","httpMethod":"POST","resourcePath":"/orders","status":"400","integrationStatus":"403"}`,
		`{"requestId":"c-3","httpMethod":"POST","resourcePath":"/orders","status":"200","integrationStatus":"200"}`,
		`{"requestId":"d-4","httpMethod":"POST","resourcePath":"-","status":"403","integrationStatus":"-","errorType":"MISSING_AUTHENTICATION_TOKEN"}`)
	g.Close()
	got := c.Finish()
	want := map[string][]string{"": {"1 too-little-logged  403/0 MissingAuthenticationTokenException"},
		"POST /orders": {"1 differs  400/403 AccessDenied", "1 too-little-logged  500/0 InternalServerErrorException"}}
	if diff := cmp.Diff(want, groups(got)); diff != "" {
		t.Error(diff)
	}
	for _, o := range got {
		if o.Method == "POST /orders" && (o.Calls != 3 || o.Failed != 2) {
			t.Errorf("%+v", o)
		}
	}
}

// Calls of another API, and of an earlier deployment, are none of the stage's.
func TestWhatDoesNotCount(t *testing.T) {
	f, _ := fixtures.Load("orders")
	e := diagnose.Examine(f.Snapshot, diagnose.Selection{}, nil, nil)
	e.Diagnoses[0].Trace.Route.Stage.DeployedAt = "2026-12-01"
	c := logs.NewComparer(f.Snapshot, &e, rules.All(), f.Snapshot.APIs[0].ID, "prod", "1h")
	c.Add(&logs.Observation{Source: logs.Access, ID: "1", API: "other", Method: "POST", Path: "/orders", Status: 500})
	c.Add(&logs.Observation{Source: logs.Access, ID: "2", Method: "POST", Path: "/orders", Status: 500, Start: noon})
	c.Add(&logs.Observation{Source: logs.Access, ID: "3", Method: "POST", Path: "/orders", Status: 500, Start: noon + 86_400_000})
	got := c.Finish()
	if c.Other != 1 || got[0].Older != 1 || got[0].Calls != 1 {
		t.Errorf("other %d, %+v", c.Other, got)
	}
}

func BenchmarkCompare(b *testing.B) {
	calls := join(times(950, logtest.Call{Body: plain, Sent: inForm + plain}), times(50, logtest.Call{Body: amp, Sent: inForm + amp, SQS: 403, Answer: logtest.Denied, Status: 400}))
	for b.Loop() {
		observe(b, "mapping_body_not_encoded_failing", calls...)
	}
}

// Calls that are alike are judged once, so that any number of them is one group.
func TestManyCallsThatAreAlike(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads many calls")
	}
	const n = 10_100 // more than are walked
	list := observe(t, "orders", times(n, logtest.Call{Body: plain, Sent: inForm + plain, SQS: 403, Answer: logtest.Denied, Status: 400})...)
	want := map[string][]string{"POST /orders": {fmt.Sprintf("%d differs  400/403 AccessDenied", n)}}
	if diff := cmp.Diff(want, groups(list)); diff != "" {
		t.Error(diff)
	}
}
