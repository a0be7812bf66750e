package tui

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// linearSession answers the prompts with the lines and returns what was said.
func linearSession(t *testing.T, fixture string, o Options, answers ...string) string {
	t.Helper()
	var out bytes.Buffer
	o = withFixture(t, fixture, o)
	o.Accessible, o.In, o.Out = true, strings.NewReader(strings.Join(answers, "\n")+"\n"), &out
	if exit, err := Run(context.Background(), o); exit != 0 || err != nil {
		t.Fatalf("exit %d, error %v", exit, err)
	}
	return out.String()
}

func TestLinearWalkIsPlainText(t *testing.T) {
	var files saved
	said := linearSession(t, "protocol_content_type_failing", Options{Save: files.save},
		"4", "f", "f1", "t 1", "p", "x", "c", "w", "1", "e", "POST /orders?x=1", "X-Trace: 1", "", "-", "s", "2", "", "9", "a", "q")
	for _, want := range []string{
		"BROKEN: the client gets 400; SQS answered 404 UnknownOperationException.",
		"Stage 4, protocol: FAIL.",
		`1. error at protocol: form-encoded body is announced as "application/json"`,
		"Stage 4, protocol: FAIL, then ok.",
		"HEALTHY: the client gets 200",
		"Fixes are shown as cloudformation.",
		`apisqs-doctor --api-id a1b2c3d4 --stage prod --method "POST /orders"`,
		"1. a body with &",
		"Saved report.json.",
		`"9" is not understood.`,
		"Not applied: this is an example.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %q", want)
		}
	}
	for _, r := range said {
		if r < ' ' && r != '\n' || r > '~' {
			t.Fatalf("%q is no plain text", r)
		}
	}
	golden(t, "accessible", said+"\n")
	if len(files) != 1 || files[0].e.Diagnoses[0].Trace.Request.Body != "" || files[0].e.Diagnoses[0].Trace.Request.Query[0].Name != "x" {
		t.Errorf("the edited request was not saved: %+v", files)
	}
	if t.Failed() {
		t.Log(said)
	}
}

func TestLinearEndOfInputLeaves(t *testing.T) {
	if said := linearSession(t, "orders", Options{}); !strings.Contains(said, "Stage 1, route: ok.") {
		t.Error(said)
	}
}
