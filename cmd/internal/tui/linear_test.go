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

// The mapping says what holds for every body.
func TestLinearEveryBody(t *testing.T) {
	for fixture, want := range map[string]string{
		"orders":                          "every body: no call can break it, cut a value or set a parameter",
		"mapping_body_not_encoded_works":  `every body: the body "&": the message is cut`,
		"mapping_body_not_encoded_fenced": "every body: not decided, $input.body.replaceAll",
	} {
		if said := linearSession(t, fixture, Options{}, "2", "q"); !strings.Contains(said, want) {
			t.Errorf("%s: not said: %q in\n%s", fixture, want, said)
		}
	}
}

func TestLinearEndOfInputLeaves(t *testing.T) {
	if said := linearSession(t, "orders", Options{}); !strings.Contains(said, "Stage 1, route: ok.") {
		t.Error(said)
	}
}

// What the screen offers, the prompts offer too: logged calls, each fix of a finding,
// and reading again.
func TestLinearParity(t *testing.T) {
	const fixture = "mapping_body_not_encoded_failing"
	said := linearSession(t, fixture, Options{Calls: loggedCalls(t, fixture)}, "l", "1", "t 1 1", "r", "q")
	for _, want := range []string{
		"4 of 12 calls failed in 1h",
		"With: URL-encode $input.body in the template, with $util.urlEncode",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %q in\n%s", want, said)
		}
	}
	if n := strings.Count(said, "Reading ") - strings.Count(said, "Reading the logs"); n != 2 {
		t.Errorf("read %d times", n)
	}
	risk := linearSession(t, "mapping_body_not_encoded_works", Options{}, "l", "q")
	for _, want := range []string{"AT RISK: the client gets 200, message delivered; the risk: $input.body reaches the form without URL-encoding"} {
		if !strings.Contains(risk, want) {
			t.Errorf("not said: %q in\n%s", want, risk)
		}
	}
	help := strings.Join(strings.Fields(walkHelp), " ")
	for _, offer := range []string{"1 to 8 reads a stage", "f lists the findings", "t and a finding's number", "another of its fixes", "p tries all fixes", "x changes the notation",
		"a applies", "e edits", "w tries an awkward request", "l lists the calls that were logged", "r reads again", "s saves", "c says the command line", "b goes back", "q quits"} {
		if !strings.Contains(help, offer) {
			t.Errorf("the prompts do not offer %q", offer)
		}
	}
}
