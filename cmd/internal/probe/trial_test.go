package probe

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"apisqs-doctor/cmd/internal/logs"
	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// example is an example of the doctor's, and its trial.
type example struct {
	*fixtures.Case
	trial *Trial
}

// examples are those that can be tested: a REST API whose draft has the method.
var examples = sync.OnceValues(func() ([]example, error) {
	var list []example
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			return nil, err
		}
		s := c.Snapshot
		if len(s.APIs) != 1 || s.APIs[0].Type != snapshot.REST || !s.APIs[0].Draft.IsKnown() || s.Target.Kind != snapshot.Live {
			continue
		}
		for _, r := range requests(c) {
			if trial, err := New(s, stageOf(s), r, rules.All()); err == nil {
				list = append(list, example{c, trial})
			}
		}
	}
	return list, nil
})

// trials does something with the trial of every example.
func trials(t *testing.T, do func(t *testing.T, c *fixtures.Case, trial *Trial)) {
	list, err := examples()
	if err != nil || len(list) < 100 {
		t.Fatalf("%d trials, %v", len(list), err)
	}
	for _, x := range list {
		t.Run(x.Name, func(t *testing.T) { do(t, x.Case, x.trial) })
	}
}

// requests are those of the example, or the doctor's own.
func requests(c *fixtures.Case) []walk.Request {
	list := c.Requests()
	if len(list) == 0 {
		variables, _ := Variables(c.Snapshot, stageOf(c.Snapshot))
		for _, d := range diagnose.Examine(Draft(c.Snapshot, variables), diagnose.Selection{}, nil, nil).Diagnoses {
			list = append(list, d.Trace.Request)
		}
	}
	return list
}

func stageOf(s *snapshot.Snapshot) string {
	if stages, _ := s.APIs[0].Stages.Peek(); len(stages) > 0 {
		return stages[0].Name
	}
	return ""
}

// plain tells whether the stage runs the tested draft, and nothing stands before
// the method that a test leaves out.
func plain(t *Trial) bool { return len(t.Notes()) == 0 && len(t.Limits()) == 1 }

// What is predicted for a test is what is predicted for the stage, when the
// stage runs the draft.
func TestPredictionIsThatOfTheStage(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it walks every fixture twice")
	}
	compared := 0
	trials(t, func(t *testing.T, c *fixtures.Case, trial *Trial) {
		before := trial.Deployed.Predicted
		switch {
		case !plain(trial) || !trial.variables: // a test without variables is another call
		case before.Origin == walk.FromDeployment && before.Stage == walk.StageRoute: // of the stage, not of the draft
		case strings.HasPrefix(c.Name, "signing_caller_credentials"): // it depends on who tests
		default:
			compared++
			if after := trial.Diagnosis.Predicted; before.Status != after.Status || before.Code != after.Code || before.SQSStatus != after.SQSStatus {
				t.Errorf("for the stage %+v, for a test %+v", before, after)
			}
		}
	})
	if compared < 100 {
		t.Errorf("only %d were compared", compared)
	}
}

// asPredicted is the answer of an AWS that does what was predicted.
func asPredicted(trial *Trial) testinvoke.Answer {
	p, r := &trial.Diagnosis.Predicted, &trial.Diagnosis.Trace.Response
	a := testinvoke.Answer{Status: p.Status, Headers: map[string]string{}}
	entries := []string{"Starting execution for request: 1"}
	if p.SQSStatus != 0 {
		entries = append(entries, sending+"https://sqs.us-east-1.amazonaws.com/", fmt.Sprintf("%s Status: %d, Integration latency: 3 ms", received, p.SQSStatus), responseBody+r.SQSBody.String())
	}
	if p.Origin == walk.FromAPIGateway {
		a.Headers["x-amzn-ErrorType"] = string(p.Code)
	}
	a.Log = lines(append(entries, fmt.Sprintf("%s%d", completed, p.Status))...)
	return a
}

// The doctor reads its own predictions back as agreement, and everything else as
// none.
func TestAgreement(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it probes every fixture")
	}
	agreed := 0
	trials(t, func(t *testing.T, _ *fixtures.Case, trial *Trial) {
		p := &trial.Diagnosis.Predicted
		a := asPredicted(trial)
		o := Observe(a, "")
		v := Compare(&trial.Diagnosis, &o)
		if !Predicts(p) || p.Status == 0 {
			if v == Disagrees {
				t.Errorf("%s, but AWS is said to disagree", trial.Predicted())
			}
			return
		}
		agreed++
		if v != Agrees {
			t.Errorf("verdict %d for %s and %s", v, trial.Predicted(), o.sentence())
		}
		if settled := trial.Settle(&o, v); (p.Code != "" || p.Status >= 300) != (settled == Problem) && !trial.altered() {
			t.Errorf("settled as %d: %s", settled, trial.Predicted())
		}
		a.Status += 1
		if o := Observe(a, ""); Compare(&trial.Diagnosis, &o) == Agrees {
			t.Errorf("agrees with %s: %s", o.sentence(), trial.Predicted())
		}
		a.Status = p.Status
		if p.SQSStatus != 0 {
			a.Log = lines(sending+"https://sqs", received+" Status: 418, Integration latency: 3 ms", completed+"200")
		} else {
			a.Log = lines(sending+"https://sqs", received+" Status: 200, Integration latency: 3 ms", completed+"200")
		}
		if o := Observe(a, ""); Compare(&trial.Diagnosis, &o) == Agrees {
			t.Errorf("agrees with %s: %s", o.sentence(), trial.Predicted())
		}
	})
	if agreed < 100 {
		t.Errorf("only %d predictions", agreed)
	}
}

func load(t *testing.T, name string) (*fixtures.Case, *Trial) {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	trial, err := New(c.Snapshot, "prod", requests(c)[0], rules.All())
	if err != nil {
		t.Fatal(err)
	}
	return c, trial
}

// The digest of the message decides too.
func TestMessageIsCompared(t *testing.T) {
	_, trial := load(t, "orders")
	a := asPredicted(trial)
	digest := Observe(a, "").MD5
	if digest == "" {
		t.Fatalf("no digest in %s", a.Log)
	}
	a.Log = strings.ReplaceAll(a.Log, digest, strings.Repeat("0", 32))
	o := Observe(a, "")
	if v := Compare(&trial.Diagnosis, &o); v != Disagrees || trial.Settle(&o, v) != Problem {
		t.Errorf("verdict %d for another message", v)
	}
	if !strings.Contains(trial.message(&o), "another text than expected") {
		t.Error(trial.message(&o))
	}
	// What stands in $context nobody knows before.
	trial.Diagnosis.Trace.Mapping.Template += "$context.requestId"
	if v := Compare(&trial.Diagnosis, &o); v != Agrees {
		t.Errorf("verdict %d for a message that depends on $context", v)
	}
}

// What a test leaves out of what callers meet is said, and not predicted.
func TestLimits(t *testing.T) {
	for _, tt := range []struct{ fixture, want string }{
		{"orders", "throttling and what else belongs to the stage"},
		{"route_authorization_failing", "the API key, throttling"},
		{"route_authorization_iam", "the authorization AWS_IAM, throttling"},
		{"route_resource_policy_failing", "the resource policy, throttling"},
		{"route_endpoint_disabled_failing", "the disabled endpoint, throttling"},
	} {
		_, trial := load(t, tt.fixture)
		if got := strings.Join(trial.Limits(), ", "); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.fixture, got, tt.want)
		}
		if p := trial.Diagnosis.Predicted; p.Code != "" || p.Status != 200 {
			t.Errorf("%s: predicted %s", tt.fixture, trial.Predicted())
		}
	}
}

// The output says when the stage runs something else than the draft.
func TestNotes(t *testing.T) {
	for _, tt := range []struct {
		fixture string
		change  func(*snapshot.API)
		want    string
	}{
		{"orders", nil, ""},
		{"route_stale_deployment_failing", nil, `stage "prod" runs something else than the draft that is tested (`},
		{"orders", func(a *snapshot.API) {
			stages, _ := a.Stages.Peek()
			stages[0].Deployed = stages[0].Deployed.With(snapshot.Configuration{})
		}, `stage "prod" runs something else than the draft that is tested: it has no such method; predicted there: the client gets 403 MissingAuthenticationTokenException`},
		{"orders", func(a *snapshot.API) {
			stages, _ := a.Stages.Peek()
			stages[0].Deployed = snapshot.Fact[snapshot.Configuration]{}
		}, `what stage "prod" runs could not be read`},
		{"orders", func(a *snapshot.API) {
			stages, _ := a.Stages.Peek()
			stages[0].Deployed, stages[0].DeploymentID = snapshot.Fact[snapshot.Configuration]{}, stages[0].DeploymentID.With("")
		}, `stage "prod" has no deployment`},
	} {
		c, err := fixtures.Load(tt.fixture)
		if err != nil {
			t.Fatal(err)
		}
		if tt.change != nil {
			tt.change(&c.Snapshot.APIs[0])
		}
		trial, err := New(c.Snapshot, "prod", requests(c)[0], rules.All())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(trial.Notes(), "; "); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", tt.fixture, got, tt.want)
		}
	}
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	for want, stages := range map[string]snapshot.Fact[[]snapshot.Stage]{
		"the API has no stage":         snapshot.Known([]snapshot.Stage{}, snapshot.Origin{}),
		"the stages could not be read": {},
	} {
		c.Snapshot.APIs[0].Stages = stages
		trial, err := New(c.Snapshot, "", diagnose.Plain("POST", "/orders"), rules.All())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(trial.Notes(), "; "); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Where the caller's own credentials decide, nothing is predicted: a test has
// those of whoever runs it.
func TestCallerCredentials(t *testing.T) {
	_, trial := load(t, "signing_caller_credentials_failing")
	o := Observed{Status: 200, Called: logs.Yes, SQSStatus: 200}
	if v := Compare(&trial.Diagnosis, &o); v != Unpredicted || trial.Settle(&o, v) != Inconclusive {
		t.Errorf("verdict %d; predicted %s", v, trial.Predicted())
	}
	if !strings.Contains(trial.Predicted(), "whoever runs it") {
		t.Error(trial.Predicted())
	}
}

func TestRequest(t *testing.T) {
	m := &snapshot.Method{ResourceID: "r1", HTTPMethod: "ANY", Path: "/users/{id}"}
	for _, tt := range []struct {
		request walk.Request
		want    string
	}{
		{walk.Request{Method: "post", Path: "/users/{id}"}, "POST /users/id"},
		{walk.Request{Method: "POST", Path: "/files/{proxy+}"}, "POST /files/proxy"},
		{walk.Request{Method: "POST", Path: "/users/a%2Fb"}, "POST /users/a%2Fb"},
		{walk.Request{Method: "POST", Path: "/users/a b?c/é%"}, "POST /users/a%20b%3Fc/%C3%A9%25"},
		{walk.Request{Method: "POST", Path: "/users/1", Query: []walk.Header{{Name: "a b", Value: "c&d=e+f"}, {Name: "a b", Value: ""}}}, "POST /users/1?a%20b=c%26d%3De%2Bf&a%20b="},
	} {
		got, err := Request(Asked(tt.request), "a1", m, nil)
		if err != nil || got.Method+" "+got.Path != tt.want || got.Resource != "r1" || got.API != "a1" {
			t.Errorf("%+v, %v; want %s", got, err, tt.want)
		}
		if got.Headers["Content-Type"][0] != "application/json" {
			t.Errorf("headers %v", got.Headers) // T124
		}
	}
	twice := walk.Request{Method: "POST", Path: "/", Headers: []walk.Header{{Name: "X-A", Value: "1"}, {Name: "x-a", Value: "2"}}}
	if got, _ := Request(Asked(twice), "a1", m, nil); fmt.Sprint(got.Headers["X-A"]) != "[1 2]" || len(got.Headers) != 2 {
		t.Errorf("headers %v", got.Headers)
	}
	if _, err := Request(walk.Request{Method: "POST", Path: "/", Body: "\xff"}, "a1", m, nil); err == nil {
		t.Error("a body that is no text is sent")
	}
}

func TestNew(t *testing.T) {
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		request walk.Request
		want    string
	}{
		{diagnose.Plain("POST", "/nothing"), "the draft of the API has no POST /nothing"},
		{diagnose.Plain("PUT", "/orders"), "the draft of the API has no PUT /orders"},
	} {
		if _, err := New(c.Snapshot, "prod", tt.request, nil); err == nil || err.Error() != tt.want {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	api := &c.Snapshot.APIs[0]
	draft, _ := api.Draft.Peek()
	in, _ := draft.Methods[0].Integration.Peek()
	other := *in
	other.URI = other.URI.With("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations")
	draft.Methods[0].Integration = draft.Methods[0].Integration.With(&other)
	if _, err := New(c.Snapshot, "prod", diagnose.Plain("POST", "/orders"), nil); err == nil || err.Error() != "POST /orders does not lead to SQS" {
		t.Errorf("a Lambda function would be called: %v", err)
	}
}

// What AWS says cannot draw on the terminal.
func TestNothingIsObeyed(t *testing.T) {
	_, trial := load(t, "protocol_content_type_failing")
	hostile := "\x1b[2J\x1b]0;title\x07\u202e\r\x9b31m"
	a := testinvoke.Answer{Status: 400, Body: hostile, Headers: map[string]string{"x-amzn-ErrorType": "BadRequest" + hostile},
		Log: lines("Method request headers: {X="+hostile+"}", sending+"https://sqs/"+hostile, received+" Status: 400, Integration latency: 1 ms"+hostile,
			responseBody+`{"Error":{"Code":"AccessDenied","Message":"`+hostile+`"}}`, hostile, completed+"400"+hostile)}
	o := Observe(a, "")
	v := Compare(&trial.Diagnosis, &o)
	for _, all := range []bool{false, true} {
		out := trial.Report(&o, v, rules.All(), all)
		if !strings.Contains(out, `\x1b`) {
			t.Errorf("nothing hostile in\n%s", out)
		}
		if i := strings.IndexAny(out, "\x1b\x07\r\u202e\u009b"); i >= 0 || strings.Contains(out, "\x9b") {
			t.Errorf("obeyed at %d: %q", i, out)
		}
	}
}
