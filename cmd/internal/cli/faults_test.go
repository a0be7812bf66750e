package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/fixtures/fakeaws"
)

// readingCalls are the calls of a diagnosis of the orders_encrypted example, and
// whether health can be told without what they read. A refusal of the first ones
// ends the run.
var readingCalls = []struct {
	operation string
	needs     string // what the report asks for when the call is refused
	harmless  bool   // nothing that decides is lost
}{
	{"GetRestApi", "", false},
	{"GetStages", "apigateway:GET", false},
	{"GetResources", "apigateway:GET", false},
	{"GetExport", "apigateway:GET", false},
	{"GetDeployments", "", true},
	{"GetCallerIdentity", "", true},
	{"GetAccount", "", true},
	{"GetDomainNames", "", true},
	{"GetUsagePlans", "", true}, // the method asks for no API key
	{"GetRole", "iam:GetRole", false},
	{"ListRolePolicies", "iam:ListRolePolicies", false},
	{"GetRolePolicy", "iam:GetRolePolicy", false},
	{"ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", false},
	{"GetQueueAttributes", "sqs:GetQueueAttributes", false},
	{"DescribeKey", "kms:DescribeKey", false},
	{"GetKeyPolicy", "kms:GetKeyPolicy", false},
	{"ListGrants", "", true}, // the key policy hands the decision to IAM, and the role's policy allows
}

// Each call in turn refused: the run says what it misses and which permission
// would give it, and calls nothing healthy that it could not read.
func TestRefusedCalls(t *testing.T) {
	for _, call := range readingCalls {
		t.Run(call.operation, func(t *testing.T) {
			stdout, stderr, exit := againstFake(t, fakeaws.Options{Deny: []string{call.operation}}, time.Minute)
			verdict := verdictOf(t, stdout, stderr)
			switch {
			case call.harmless && verdict != "healthy":
				t.Errorf("verdict %s, want healthy: nothing that decides is lost", verdict)
			case !call.harmless && verdict == "healthy":
				t.Errorf("healthy, though %s was refused", call.operation)
			case !call.harmless && exit != ExitInconclusive && exit != ExitCannotRun:
				t.Errorf("exit code %d, want %d or %d", exit, ExitInconclusive, ExitCannotRun)
			}
			if call.needs != "" && !strings.Contains(stdout, call.needs) {
				t.Errorf("the report does not name %s:\n%s", call.needs, stdout)
			}
		})
	}
}

// Each call in turn succeeds with an answer that lacks what was asked for, as a
// proxy or another service gives it: that is unknown, and never "nothing there".
func TestHollowAnswers(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it diagnoses an API once for every call")
	}
	for _, fault := range []fakeaws.Fault{fakeaws.Empty, fakeaws.Foreign} {
		for _, call := range readingCalls {
			t.Run(string(fault)+"/"+call.operation, func(t *testing.T) {
				stdout, stderr, exit := againstFake(t, fakeaws.Options{Faults: map[string]fakeaws.Fault{call.operation: fault}}, time.Minute)
				verdict := verdictOf(t, stdout, stderr)
				if call.harmless != (verdict == "healthy") {
					t.Errorf("verdict %s with an answer that holds nothing", verdict)
				}
				if !call.harmless && exit != ExitInconclusive {
					t.Errorf("exit code %d, want %d", exit, ExitInconclusive)
				}
			})
		}
	}
}

// A call that is throttled twice and then answered costs time and nothing else.
func TestThrottledCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: retries and timeouts take seconds")
	}
	t.Setenv("AWS_MAX_ATTEMPTS", "")
	stdout, stderr, exit := againstFake(t, fakeaws.Options{Throttle: map[string]int{"GetRole": 2}}, 2*time.Minute)
	if verdict := verdictOf(t, stdout, stderr); verdict != "healthy" || exit != ExitHealthy {
		t.Errorf("verdict %s, exit code %d; want healthy and 0\n%s", verdict, exit, stderr)
	}
}

// A service that fails throughout, or never answers, ends within the timeout and
// never as healthy.
func TestBrokenServices(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: retries and timeouts take seconds")
	}
	t.Parallel()
	const timeout = 2 * time.Second
	for name, o := range map[string]fakeaws.Options{
		"every call fails": {Fail500: []string{"*"}},
		"every call hangs": {Hang: []string{"*"}},
		"GetRole fails":    {Fail500: []string{"GetRole"}},
		"GetRole hangs":    {Hang: []string{"GetRole"}},
		"GetExport hangs":  {Hang: []string{"GetExport"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			stdout, stderr, exit := againstFake(t, o, timeout)
			if took := time.Since(began); took > timeout+6*time.Second {
				t.Errorf("took %s with a timeout of %s", took, timeout)
			}
			if verdict := verdictOf(t, stdout, stderr); verdict == "healthy" || exit == ExitHealthy {
				t.Errorf("verdict %s, exit code %d", verdict, exit)
			}
		})
	}
}

// againstFake diagnoses the healthy encrypted example over the wire.
func againstFake(t *testing.T, o fakeaws.Options, timeout time.Duration) (stdout, stderr string, exit int) {
	t.Helper()
	server, err := fakeaws.Start(loadFixture(t, "orders_encrypted"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var out, errs bytes.Buffer
	exit = Main([]string{"--api-id", "a1b2c3d4", "--endpoint-url", server.URL, "--timeout", timeout.String(), "-o", "json"},
		Streams{In: strings.NewReader(""), Out: &out, Err: &errs, LookupEnv: os.LookupEnv})
	if slices.ContainsFunc(server.Calls(), func(c fakeaws.Call) bool { return c.Write }) {
		t.Error("a diagnosis made a call that writes")
	}
	if strings.Contains(errs.String(), "goroutine") || strings.Contains(errs.String(), "internal error") {
		t.Errorf("a panic came through:\n%s", errs.String())
	}
	return out.String(), errs.String(), exit
}

func verdictOf(t *testing.T, stdout, stderr string) string {
	t.Helper()
	var doc struct {
		Schema  string
		Summary struct{ Verdict string }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || doc.Schema == "" {
		t.Fatal(fmt.Errorf("no report on the standard output (%v):\n%s%s", err, stdout, stderr))
	}
	return doc.Summary.Verdict
}
