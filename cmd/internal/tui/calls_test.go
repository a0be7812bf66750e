package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// loggedCalls are those of a fixture's log.
func loggedCalls(t *testing.T, name string) func(context.Context, *snapshot.Snapshot) (Calls, error) {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return func(_ context.Context, s *snapshot.Snapshot) (Calls, error) {
		e := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All())
		compared := logs.NewComparer(s, &e, rules.All(), s.APIs[0].ID, "prod", "1h")
		compared.Keep = 100
		g, err := logs.NewGrouper("", compared.Add)
		if err != nil {
			return Calls{}, err
		}
		if err := logs.Read(strings.NewReader(c.Calls), "calls.log", g); err != nil {
			return Calls{}, err
		}
		got := Calls{Window: "1h", Notes: []string{"stage \"prod\" has no access log"}}
		for _, o := range compared.Finish() {
			got.Count, got.Failed = got.Count+o.Calls, got.Failed+o.Failed+o.Lost
		}
		got.List = compared.Calls()
		return got, nil
	}
}

// The list of calls says what was predicted and seen and what the plan makes of
// it; opening one shows the stage in which it failed, on its own request.
func TestCalls(t *testing.T) {
	const fixture = "mapping_body_not_encoded_failing"
	m := started(t, withFixture(t, fixture, Options{Calls: loggedCalls(t, fixture)}), 160, 40)
	press(m, "1", "l")
	shown(t, m, "4 of 12 calls failed in 1h", "2026-11-30 12:11:07  POST /orders · protocol", "FAILED", "stage \"prod\" has no access log",
		"seen 400, SQS 403 AccessDenied, predicted 400, SQS 403 AccessDenied, after the fix 200, SQS 200", "enter where it failed", "= apisqs-doctor logs --api-id a1b2c3d4")
	press(m, "enter")
	shown(t, m, "▸ ✗  4 protocol", "failed here", "4 calls in 1h: 400, SQS 403 AccessDenied", "call 0f6f1a5d-3c0e", "White & Black")
	if m.walk.edited {
		t.Error("a logged call is said to be an edited one")
	}
	press(m, "l")
	shown(t, m, "4 of 12 calls failed") // not read again
	press(m, "/", "FAILED", "enter", "down", "enter")
	shown(t, m, "call 0f6f1a5a-3c0e")
	press(m, "l", "esc", "esc")
	for _, size := range [][2]int{{80, 24}, {60, 20}, {40, 12}} {
		m.width, m.height = size[0], size[1]
		press(m, "l")
		if rows := strings.Split(m.View(), "\n"); len(rows) != size[1] {
			t.Errorf("%d rows at %v", len(rows), size)
		}
		press(m, "esc")
	}
}

// Where there are no logs the key says why, and a failure is not "no calls".
func TestCallsThatCannotBeRead(t *testing.T) {
	m := started(t, withFixture(t, "orders", Options{NoCalls: "this is a template"}), 120, 30)
	press(m, "l")
	shown(t, m, "this is a template", "1 route")
	m = started(t, withFixture(t, "orders", Options{Calls: func(context.Context, *snapshot.Snapshot) (Calls, error) {
		return Calls{}, errors.New("logs:FilterLogEvents is denied")
	}}), 120, 30)
	press(m, "l")
	shown(t, m, "logs:FilterLogEvents is denied")
	if strings.Contains(m.View(), "no call is in") {
		t.Error("what could not be read is said to be no calls")
	}
	m = started(t, withFixture(t, "orders", Options{Calls: func(context.Context, *snapshot.Snapshot) (Calls, error) { return Calls{Window: "1h"}, nil }}), 120, 30)
	press(m, "l")
	shown(t, m, "no call is in the logs of 1h, which does not say that there was none")
}

// The plain prompts list the calls as well, and follow one to where it failed.
func TestCallsInPlainText(t *testing.T) {
	const fixture = "mapping_body_not_encoded_failing"
	said := linearSession(t, fixture, Options{Calls: loggedCalls(t, fixture)}, "l", "1", "l", "b", "q")
	for _, want := range []string{
		"4 of 12 calls failed in 1h.",
		"1. 2026-11-30 12:11:07  POST /orders, protocol: failed, seen 400, SQS 403 AccessDenied, predicted 400, SQS 403 AccessDenied, after the fix 200, SQS 200",
		"Call 0f6f1a5d-3c0e",
		"Stage 4, protocol: FAIL.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if strings.Count(said, "Reading the logs.") != 1 {
		t.Error("the logs are not read once")
	}
	if t.Failed() {
		t.Log(said)
	}
	if said := linearSession(t, "orders", Options{NoCalls: "this is a template"}, "l", "q"); !strings.Contains(said, "No calls: this is a template.") {
		t.Error(said)
	}
}
