package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/google/go-cmp/cmp"
)

// small is a snapshot with one method.
func small(uri, role string) *snapshot.Snapshot {
	s := rich()
	draft := value(s.APIs[0].Draft)
	draft.Methods = []snapshot.Method{sqsMethod("POST", "/orders", "res1", uri, role, nil)}
	draft.Routes = []string{"/", "/orders"}
	s.APIs[0].Draft = known(draft)
	s.APIs[0].Stages = known([]snapshot.Stage{})
	s.Roles, s.Queues, s.Keys = nil, nil, nil
	return s
}

func readSmall(t *testing.T, s *snapshot.Snapshot) (*snapshot.Snapshot, *fakeaws.Server) {
	t.Helper()
	server, cfg := serve(t, s, fakeaws.Options{})
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	return got, server
}

// IAM is read by name in the caller's own account: a role of another account
// must not be answered by its namesake.
func TestRoleOfAnotherAccountIsUnknown(t *testing.T) {
	const foreign = "arn:aws:iam::210987654321:role/orders-api"
	s := small("arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders", foreign)
	s.Roles = map[string]snapshot.Fact[*snapshot.Role]{ordersRole: rich().Roles[ordersRole]}
	got, server := readSmall(t, s)
	fact := got.Roles[foreign]
	if fact.IsKnown() || !strings.Contains(fact.Gap().Detail, "210987654321") {
		t.Errorf("known %v, gap %+v; want unknown, naming the account", fact.IsKnown(), fact.Gap())
	}
	for _, call := range server.Calls() {
		if call.Service == "iam" {
			t.Errorf("%s was called", call.Operation)
		}
	}
}

// Names are unique in an account whatever the path: an ARN with another path
// than the role's is the ARN of no role.
func TestRoleWithAnotherPathDoesNotExist(t *testing.T) {
	const wrongPath = "arn:aws:iam::123456789012:role/orders-api"
	s := small("arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders", wrongPath)
	s.Roles = map[string]snapshot.Fact[*snapshot.Role]{ordersRole: rich().Roles[ordersRole]}
	got, _ := readSmall(t, s)
	if fact := got.Roles[wrongPath]; !fact.IsKnown() || value(fact) != nil {
		t.Errorf("known %v, role %v; want known to be absent", fact.IsKnown(), value(fact))
	}
}

// SQS says that a queue does not exist also when it does not admit the caller.
func TestQueueOfAnotherAccountThatIsNotFoundIsUnknown(t *testing.T) {
	const foreign = "arn:aws:sqs:us-east-1:210987654321:orders"
	s := small("arn:aws:apigateway:us-east-1:sqs:path/210987654321/orders", "")
	s.Queues = map[string]snapshot.Fact[*snapshot.Queue]{foreign: known[*snapshot.Queue](nil)}
	got, _ := readSmall(t, s)
	if fact := got.Queues[foreign]; fact.IsKnown() || fact.Gap().Reason != snapshot.Denied {
		t.Errorf("known %v, gap %+v; want unknown, denied", fact.IsKnown(), fact.Gap())
	}
}

func TestKeyThatDoesNotExistIsKnownToBeAbsent(t *testing.T) {
	s := rich()
	s.Keys[aliasARN] = known[*snapshot.Key](nil)
	got, _ := readSmall(t, s)
	if fact := got.Keys[aliasARN]; !fact.IsKnown() || value(fact) != nil {
		t.Errorf("known %v, key %v; want known to be absent", fact.IsKnown(), value(fact))
	}
}

// Only what leads to SQS is followed.
func TestReadLeavesOtherMethodsAlone(t *testing.T) {
	s := small("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations", ordersRole)
	got, server := readSmall(t, s)
	if len(got.Roles)+len(got.Queues)+len(got.Keys) > 0 {
		t.Errorf("roles %v, queues %v, keys %v; want none", got.Roles, got.Queues, got.Keys)
	}
	for _, call := range server.Calls() {
		if call.Service == "iam" || call.Operation == "GetModels" || call.Operation == "GetAuthorizers" || call.Operation == "GetRequestValidators" {
			t.Errorf("%s was called", call.Operation)
		}
	}
}

func TestReadOfOneStage(t *testing.T) {
	s := rich()
	stages := value(s.APIs[0].Stages)
	other := stages[1]
	other.Name = "test"
	s.APIs[0].Stages = known(append(stages, other))
	server, cfg := serve(t, s, fakeaws.Options{})
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}, Stage: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range value(got.APIs[0].Stages) {
		if want := stage.Name == "prod"; stage.Deployed.IsKnown() != want {
			t.Errorf("stage %s: deployed known %v, want %v", stage.Name, stage.Deployed.IsKnown(), want)
		}
	}
	exports := 0
	for _, call := range server.Calls() {
		if call.Operation == "GetExport" {
			exports++
		}
	}
	if exports != 1 {
		t.Errorf("%d exports, want 1", exports)
	}
}

// An emulator's export may be a stub: then the deployed configuration is not
// known to be empty, it is unknown.
func TestExportWithoutIntegrationsIsUnknown(t *testing.T) {
	s := rich()
	stages := value(s.APIs[0].Stages)
	stages[1].Deployed = known(snapshot.Configuration{Routes: []string{"/orders"}, BinaryMediaTypes: known([]string{})})
	got, _ := readSmall(t, s)
	fact := value(got.APIs[0].Stages)[1].Deployed
	if fact.IsKnown() || !strings.Contains(fact.Gap().Detail, "no integrations") {
		t.Errorf("known %v, gap %+v; want unknown for want of integrations", fact.IsKnown(), fact.Gap())
	}
}

func TestResourcePolicyIsUnescaped(t *testing.T) {
	for text, want := range map[string]string{
		`{\"Version\":\"2012-10-17\",\"Sid\":\"a\\\"b\"}`: `{"Version":"2012-10-17","Sid":"a\"b"}`,
		`{"Version":"2012-10-17"}`:                        `{"Version":"2012-10-17"}`,
		``:                                                ``,
		`{\"broken`:                                       `{\"broken`,
	} {
		if got := resourcePolicy(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestList(t *testing.T) {
	s := rich()
	for i := range 5 {
		s.APIs = append(s.APIs, snapshot.API{ID: fmt.Sprintf("id%d", i), Name: fmt.Sprintf("z%d", 9-i), Type: snapshot.REST, EndpointTypes: known([]string{"EDGE"})})
	}
	s.APIs = append(s.APIs, snapshot.API{ID: "http", Name: "an HTTP API", Type: snapshot.HTTP}, snapshot.API{ID: "ws", Name: "another", Type: snapshot.WebSocket})
	_, cfg := serve(t, s, fakeaws.Options{PageSize: 2})
	got, err := List(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, api := range got {
		names = append(names, string(api.Type)+" "+api.Name+" "+strings.Join(api.EndpointTypes, ","))
	}
	want := []string{"HTTP an HTTP API REGIONAL", "WEBSOCKET another REGIONAL", "REST orders-api REGIONAL", "REST z5 EDGE", "REST z6 EDGE", "REST z7 EDGE", "REST z8 EDGE", "REST z9 EDGE"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestStages(t *testing.T) {
	server, cfg := serve(t, rich(), fakeaws.Options{})
	var want []string
	for _, stage := range value(rich().APIs[0].Stages) {
		want = append(want, stage.Name)
	}
	got, err := Stages(context.Background(), cfg, "a1b2c3d4")
	if err != nil || len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if calls := server.Calls(); len(calls) != 1 || calls[0].Operation != "GetStages" {
		t.Errorf("calls %v, want GetStages alone", calls)
	}
	_, err = Stages(context.Background(), cfg, "nosuchapi")
	var failed *Error
	if !errors.As(err, &failed) || !strings.Contains(failed.Message, "nosuchapi") {
		t.Errorf("no such API: %v", err)
	}
}

// Four dependent round trips take four delays; a fifth would show. A machine that
// is busy adds to it, so that longer delays have the last word.
func TestReadIsFourRoundTripsDeep(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: measures time")
	}
	var took, delay time.Duration
	for delay = 300 * time.Millisecond; delay < 3*time.Second; delay *= 2 {
		_, cfg := serve(t, rich(), fakeaws.Options{Delay: delay})
		began := time.Now()
		if _, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}}); err != nil {
			t.Fatal(err)
		}
		if took = time.Since(began); took < 5*delay {
			return
		}
	}
	t.Errorf("took %s at %s a call: more than four calls deep", took, delay/2)
}

// BenchmarkRead reads the rich snapshot at 50 ms a call.
func BenchmarkRead(b *testing.B) {
	server, cfg := serve(b, rich(), fakeaws.Options{Delay: 50 * time.Millisecond})
	for b.Loop() {
		if _, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(server.Calls()))/float64(b.N), "calls/op")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/op")
}

// BenchmarkReadLarge reads an API of 300 resources, the most that the quota allows.
func BenchmarkReadLarge(b *testing.B) {
	s := rich()
	draft := value(s.APIs[0].Draft)
	for i := range 300 {
		path := fmt.Sprintf("/more/%d", i)
		draft.Routes = append(draft.Routes, path)
		draft.Methods = append(draft.Methods, sqsMethod("POST", path, fmt.Sprintf("more%d", i), "arn:aws:apigateway:us-east-1:sqs:path/123456789012/gone", ordersRole,
			map[string]string{"application/json": "Action=SendMessage"}))
	}
	s.APIs[0].Draft = known(draft)
	server, cfg := serve(b, s, fakeaws.Options{Delay: 50 * time.Millisecond})
	for b.Loop() {
		if _, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(server.Calls()))/float64(b.N), "calls/op")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/op")
}
