package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// account is a region with copies of the APIs of fixtures.
func account(t *testing.T, region string, copies int, fixtures ...string) *snapshot.Snapshot {
	t.Helper()
	var all *snapshot.Snapshot
	for i := range copies {
		for _, name := range fixtures {
			s := loadFixture(t, name)
			api := s.APIs[0]
			api.ID = fmt.Sprintf("%s%d", strings.ReplaceAll(region, "-", "")[:6], len(name)*1000+i)
			api.Name = fmt.Sprintf("%s-%d", strings.ReplaceAll(name, "_", "-"), i)
			if all == nil {
				all = s
				all.APIs = nil
			}
			all.APIs = append(all.APIs, api)
		}
	}
	all.Target.Region = region
	return all
}

// All regions give one table: the broken ones first, then the causes over all, and
// one JSON document that names region, account and type of each method's API.
func TestAllRegions(t *testing.T) {
	t.Parallel()
	server, err := fakeaws.Start(account(t, "us-east-1", 2, "orders", "protocol_content_type_failing"), fakeaws.Options{Regions: map[string]*snapshot.Snapshot{
		"eu-west-1": account(t, "eu-west-1", 1, "orders", "response_error_as_success_failing"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	code, out, errs := runLive(t, "--all-regions", "--endpoint-url", server.URL)
	if code != ExitProblems {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	lines := strings.Split(out, "\n")
	for i, parts := range [][]string{{"account", "region", "API", "stage", "method", "queue", "first cause"},
		{"BROKEN", "123456789012", "us-east-1", "protocol-content-type-failing-0 (useast", "prod", "POST /orders", "protocol-content-type"}, {"BROKEN", "protocol-content-type-failing-1"}, {"AT RISK", "eu-west-1", "response-error-as-success"}} {
		for _, part := range parts {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d does not say %q:\n%s", i, part, out)
			}
		}
	}
	for _, part := range []string{"protocol-content-type", "2 methods in 2 APIs", "HEALTHY", "orders-0"} {
		if !strings.Contains(out, part) {
			t.Errorf("it does not say %q:\n%s", part, out)
		}
	}
	if !strings.Contains(errs, "reading 6 APIs in 2 regions\n") {
		t.Errorf("progress: %s", errs)
	}
	code, out, _ = runLive(t, "--all-regions", "--endpoint-url", server.URL, "-o", "json")
	var doc report.Document
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != ExitProblems {
		t.Fatalf("exit code %d, %v\n%s", code, err, out)
	}
	seen := map[string]int{}
	for _, m := range doc.Methods {
		seen[m.Region+" "+m.Account+" "+m.APIType]++
	}
	if fmt.Sprint(seen) != "map[eu-west-1 123456789012 REST:2 us-east-1 123456789012 REST:4]" || doc.Summary.Methods != 6 || doc.Summary.Broken != 2 || doc.Target.Region != "" || doc.Target.Account != "123456789012" || doc.Summary.Verdict != diagnose.Broken {
		t.Errorf("methods %v, summary %+v, target %+v", seen, doc.Summary, doc.Target)
	}
	code, out, _ = runLive(t, "--all-regions", "--endpoint-url", server.URL, "--verbose")
	if code != ExitProblems || strings.Contains(out, "first cause") || strings.Count(out, "FAIL") < 2 {
		t.Errorf("--verbose: exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{{"--all-regions", "--region", "us-east-1"}, {"--api-id", "a", "--profile", "a", "--profile", "b"}, {"--all-regions", "-o", "sarif", "--endpoint-url", server.URL}, {"--all-regions", "--redact", "--endpoint-url", server.URL},
		{"--all-regions", "--stage", "nosuch", "--endpoint-url", server.URL}} {
		if code, out, errs := runLive(t, args...); code != ExitUsage {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}

// A region that cannot be read leaves the others' table, and the run inconclusive.
func TestAllRegionsOfWhichOneFails(t *testing.T) {
	server, err := fakeaws.Start(account(t, "us-east-1", 1, "orders"), fakeaws.Options{Regions: map[string]*snapshot.Snapshot{"eu-west-1": account(t, "eu-west-1", 1, "orders")},
		DenyIn: map[string][]string{"eu-west-1": {"GetRestApis"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	code, out, errs := runLive(t, "--all-regions", "--endpoint-url", server.URL)
	if code != ExitInconclusive || !strings.Contains(out, "HEALTHY") || !strings.Contains(out, "not read: region eu-west-1: ") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, _ := runLive(t, "--all-regions", "--endpoint-url", server.URL, "--allow-unknown"); code != ExitHealthy {
		t.Errorf("exit code %d with --allow-unknown", code)
	}
	code, out, errs = runLive(t, "--all-apis", "--region", "ap-south-1", "--endpoint-url", server.URL)
	if code != ExitCannotRun || !strings.Contains(errs, "there is no API in region ap-south-1") {
		t.Errorf("exit code %d of an empty region\n%s%s", code, out, errs)
	}
}

// What was read until Ctrl-C is shown, and what is missing is said.
func TestAllInterrupted(t *testing.T) {
	server, err := fakeaws.Start(account(t, "us-east-1", 12, "orders", "protocol_content_type_failing"), fakeaws.Options{Delay: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for { // all of them take some seconds
			apis := map[string]bool{}
			for _, c := range server.Calls() {
				if c.Operation == "GetExport" {
					apis[c.Target] = true
				}
			}
			if len(apis) > 4 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		_ = self.Signal(os.Interrupt)
	}()
	code, out, errs := runLive(t, "--all-apis", "--endpoint-url", server.URL)
	if code != ExitProblems && code != ExitInconclusive || !strings.Contains(out, "note: the reading was interrupted: ") || !strings.Contains(out, "of 24 APIs were not read") || !strings.Contains(out, "POST /orders") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// The time is up when the process is told to end, not cancelled.
func TestUntilInterrupted(t *testing.T) {
	ctx, stop := untilInterrupted(context.Background())
	defer stop()
	child, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	if ctx.Err() != nil || child.Err() != nil {
		t.Fatal("it is up at once")
	}
	self, _ := os.FindProcess(os.Getpid())
	if err := self.Signal(os.Interrupt); err != nil {
		t.Skipf("a process cannot send itself a signal on this system: %v", err)
	}
	<-child.Done()
	if child.Err() != context.DeadlineExceeded {
		t.Errorf("the error is %v", child.Err())
	}
}
