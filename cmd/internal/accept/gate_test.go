package accept

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

var ids = []string{"protocol-content-type", "mapping-body-not-encoded", "queue-fifo-group"}

// example is one broken method with an error and a warning, and one at risk.
func example() diagnose.Examination {
	api := &snapshot.API{ID: "a1b2c3d4", Name: "orders-api"}
	trace := func(path string, failed bool) *walk.Trace {
		t := &walk.Trace{Request: diagnose.Plain("POST", path)}
		t.Route = walk.Route{API: api, Stage: &snapshot.Stage{Name: "prod"}, Method: &snapshot.Method{HTTPMethod: "POST", Path: path}}
		t.Queue.ARN = "arn:aws:sqs:us-east-1:123456789012:orders"
		for i := range t.Steps {
			t.Steps[i] = walk.Step{Stage: walk.Stages[i], Status: walk.Passed}
		}
		if failed {
			t.Step(walk.StageProtocol).Status = walk.Failed
			*t.Step(walk.StageQueue) = walk.Step{Stage: walk.StageQueue, Gaps: []snapshot.Gap{{Reason: snapshot.Blocked}}}
		}
		return t
	}
	broken := diagnose.Finding{Rule: "protocol-content-type", Severity: diagnose.Error, Codes: []walk.ErrorCode{walk.UnknownOperation},
		Evidence: []diagnose.Evidence{{Label: "header Content-Type", Origin: snapshot.Origin{Resource: "OrdersPost"}}}}
	risk := diagnose.Finding{Rule: "mapping-body-not-encoded", Severity: diagnose.Warning}
	return diagnose.Examination{Verdict: diagnose.Broken, Diagnoses: []diagnose.Diagnosis{
		{Verdict: diagnose.Broken, Trace: trace("/orders", true), Findings: []diagnose.Finding{broken, risk},
			Predicted: diagnose.Prediction{Status: 400, Code: walk.UnknownOperation}},
		{Verdict: diagnose.AtRisk, Trace: trace("/events", false), Findings: []diagnose.Finding{risk}},
	}}
}

func read(t *testing.T, text string) *Config {
	t.Helper()
	c, err := ReadConfig(ConfigFile, []byte(text), ids)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// verdicts of what remains of the example.
func verdicts(e diagnose.Examination, r Result) string {
	left := Remaining(&e, r.Suppressed)
	var list []string
	for _, d := range left.Diagnoses {
		list = append(list, string(d.Verdict))
	}
	return strings.Join(list, " ")
}

func TestApply(t *testing.T) {
	skip := func(more string) string {
		return "skips:\n  - rule: protocol-content-type\n    reason: known\n" + more
	}
	for _, c := range []struct {
		name     string
		o        Options
		verdicts string
		by       []string // how the findings are suppressed, in order; empty for one that counts
		notices  []string // words of each notice
	}{
		{"nothing", Options{}, "broken at-risk", []string{"", "", ""}, nil},
		{"skip the error", Options{Skip: []string{"protocol-content-type"}}, "at-risk at-risk", []string{"skip", "", ""}, nil},
		{"skip the warning", Options{Skip: []string{"mapping-body-not-encoded"}}, "broken healthy", []string{"", "skip", "skip"}, nil},
		{"skip both", Options{Skip: []string{"mapping-body-not-encoded", "protocol-content-type"}}, "healthy healthy", []string{"skip", "skip", "skip"}, nil},
		{"only the warning", Options{Only: []string{"mapping-body-not-encoded"}}, "at-risk at-risk", []string{"only", "", ""}, nil},
		{"file", Options{Config: read(t, skip(""))}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, last day", Options{Config: read(t, skip("    until: 2026-11-22\n")), Today: "2026-11-22"}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, expired", Options{Config: read(t, skip("    until: 2026-11-21\n")), Today: "2026-11-22"}, "broken at-risk", []string{"", "", ""}, []string{"ended on 2026-11-21, so its finding counts again"}},
		{"file, method", Options{Config: read(t, skip("    method: POST /orders\n"))}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, path", Options{Config: read(t, skip("    method: /orders\n"))}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, queue", Options{Config: read(t, skip("    resource: orders\n"))}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, API", Options{Config: read(t, skip("    resource: orders-api\n"))}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, logical id", Options{Config: read(t, skip("    resource: OrdersPost\n"))}, "at-risk at-risk", []string{"file", "", ""}, nil},
		{"file, other method", Options{Config: read(t, skip("    method: POST /events\n"))}, "broken at-risk", []string{"", "", ""}, []string{"fits no finding"}},
		{"file, other method, partial", Options{Config: read(t, skip("    method: POST /events\n")), Partial: true}, "broken at-risk", []string{"", "", ""}, nil},
		{"file, unused", Options{Config: read(t, "skips:\n  - {rule: queue-fifo-group, reason: x}\n")}, "broken at-risk", []string{"", "", ""}, []string{ConfigFile + ":2: the skip of \"queue-fifo-group\" fits no finding"}},
		{"file behind the command line", Options{Skip: []string{"protocol-content-type"}, Config: read(t, skip(""))}, "at-risk at-risk", []string{"skip", "", ""}, nil},
	} {
		e := example()
		r := c.o.Apply(&e)
		if got := verdicts(e, r); got != c.verdicts {
			t.Errorf("%s: verdicts %s, want %s", c.name, got, c.verdicts)
		}
		var by []string
		for i := range e.Diagnoses {
			for _, f := range e.Diagnoses[i].Findings {
				by = append(by, r.Suppressed[report.MarkOf(&e.Diagnoses[i], f)].By)
			}
		}
		if !slices.Equal(by, c.by) {
			t.Errorf("%s: suppressed by %q, want %q", c.name, by, c.by)
		}
		if len(r.Notices) != len(c.notices) {
			t.Errorf("%s: notices %q", c.name, r.Notices)
			continue
		}
		for i, words := range c.notices {
			if !strings.Contains(r.Notices[i], words) {
				t.Errorf("%s: notice %q lacks %q", c.name, r.Notices[i], words)
			}
		}
	}
}

// A skip of a rule that could not look is not called useless.
func TestUndecidedSkipIsNotUnused(t *testing.T) {
	e := example()
	e.Diagnoses[1].Checks = []diagnose.Check{{Rule: "queue-fifo-group", Status: walk.Unknown}}
	if r := (Options{Config: read(t, "skips:\n  - {rule: queue-fifo-group, reason: x}\n")}).Apply(&e); len(r.Notices) > 0 {
		t.Errorf("notices %q", r.Notices)
	}
}

// What is not known stays so, whatever is skipped: no gate makes health of a gap.
func TestRemainingDoesNotHeal(t *testing.T) {
	all := Options{Skip: ids}
	e := example()
	e.Diagnoses[0].Trace.Step(walk.StageSigning).Status = ""
	if got := verdicts(e, all.Apply(&e)); got != "inconclusive healthy" {
		t.Errorf("an unread stage: %s", got)
	}
	e = example()
	e.Diagnoses[0].Predicted.Code = walk.SignatureMismatch
	if got := verdicts(e, all.Apply(&e)); got != "broken healthy" {
		t.Errorf("a failure that no skipped finding explains: %s", got)
	}
	e = example()
	e.Diagnoses[0].Verdict = diagnose.Inconclusive
	if got := verdicts(e, all.Apply(&e)); got != "inconclusive healthy" {
		t.Errorf("an inconclusive method: %s", got)
	}
	e = example()
	e.Diagnoses[0].Trace, e.Diagnoses[0].Predicted = nil, diagnose.Prediction{}
	if got := verdicts(e, all.Apply(&e)); got != "inconclusive healthy" {
		t.Errorf("no trace: %s", got)
	}
	before := example()
	Remaining(&before, all.Apply(&before).Suppressed)
	if len(before.Diagnoses[0].Findings) != 2 || before.Diagnoses[0].Verdict != diagnose.Broken {
		t.Error("the examination itself was changed")
	}
}

// Written and read again, a baseline suppresses what it was written from, and nothing else.
func TestBaseline(t *testing.T) {
	e := example()
	b := NewBaseline(&e, nil)
	text, err := b.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadBaseline("baseline.json", text)
	if err != nil {
		t.Fatal(err)
	}
	r := Options{Baseline: again}.Apply(&e)
	if got := verdicts(e, r); got != "healthy healthy" || len(r.Notices) > 0 {
		t.Errorf("verdicts %s, notices %q", got, r.Notices)
	}
	e.Diagnoses[1].Findings = append(e.Diagnoses[1].Findings, diagnose.Finding{Rule: "queue-fifo-group", Severity: diagnose.Error})
	e.Diagnoses[1].Verdict = diagnose.Broken
	if got := verdicts(e, Options{Baseline: again}.Apply(&e)); got != "healthy broken" {
		t.Errorf("a new finding: %s", got)
	}
	e.Diagnoses[0].Findings = nil
	if r := (Options{Baseline: again}).Apply(&e); len(r.Notices) != 1 || !strings.Contains(r.Notices[0], "2 findings of the baseline are not there") {
		t.Errorf("notices %q", r.Notices)
	}
	// What is skipped elsewhere is not taken down.
	e = example()
	if b := NewBaseline(&e, Options{Skip: []string{"protocol-content-type"}}.Apply(&e).Suppressed); len(b.Findings) != 2 {
		t.Errorf("%d findings, want the two warnings", len(b.Findings))
	}
	first, _ := NewBaseline(&e, nil).Text()
	slices.Reverse(e.Diagnoses)
	second, _ := NewBaseline(&e, nil).Text()
	if string(first) != string(second) {
		t.Error("the order of the methods changes the file")
	}
}

func TestReadConfigRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"skips: [{rule: protocol-content-type}]":                                        `:1: the skip of "protocol-content-type" needs a "reason"`,
		"skips: [{rule: protocol-content-type, reason: ' '}]":                           `needs a "reason"`,
		"skips: [{reason: x}]":                                                          `names no "rule"`,
		"skips:\n  - rule: protocol-contenttype\n    reason: x":                         `:2: no rule "protocol-contenttype"`,
		"skips:\n  - rule: queue-fifo-group\n    reason: x\n    until: tomorrow":        `:4: "until" is "tomorrow"`,
		"skips:\n  - rule: queue-fifo-group\n    reason: x\n    until: 2026-02-30":      `:4: "until"`,
		"skips:\n  - rule: queue-fifo-group\n    reason: x\n    expires: 2026-02-01":    `:4: unknown member "expires"`,
		"skips:\n  - rule: queue-fifo-group\n    rule: queue-fifo-group\n    reason: x": `is there twice`,
		"skip: []":                        `:1: unknown member "skip"`,
		"skips: yes":                      `"skips" is a list`,
		"- a":                             "expected an object",
		"skips: [a]":                      "expected an object",
		"skips: [{rule: [a], reason: x}]": `"rule" is a text`,
		"skips: [{rule: queue-fifo-group, reason": ConfigFile + ": ",
		"anchor: /srv/template.yaml":              `:1: "anchor" is "/srv/template.yaml", an absolute path; expected a file of the repository, such as infra/template.yaml`,
		"skips: []\nanchor: C:\\a.yaml":           `:2: "anchor" is "C:\\a.yaml", an absolute path`,
		"anchor: https://example.com/a.yaml":      "an absolute path",
		"anchor: ../a.yaml":                       `"anchor" is "../a.yaml", which leaves the repository`,
		"anchor: infra/../../a.yaml":              "which leaves the repository",
		"anchor: ..":                              "which leaves the repository",
		"anchor: ..\\a.yaml":                      "which leaves the repository",
		"anchor: ''":                              `"anchor" is "", expected a file`,
		"anchor: .":                               `"anchor" is ".", expected a file`,
		"anchor: infra/":                          `"anchor" is "infra/", expected a file`,
		`anchor: "a\tb"`:                          `expected a file`,
		"anchor:":                                 `"anchor" is a text`,
		"anchor: [a]":                             `"anchor" is a text`,
		"anchor: a\nanchor: b":                    "is there twice",
	} {
		_, err := ReadConfig(ConfigFile, []byte(text), ids)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the error has several lines: %v", text, err)
		}
	}
	for _, text := range []string{"", "# nothing yet\n", "skips:\n", "skips: []", "---\n"} {
		if c, err := ReadConfig(ConfigFile, []byte(text), ids); err != nil || len(c.Skips) > 0 {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

// The anchor is a place in the repository, with slashes.
func TestReadAnchor(t *testing.T) {
	for text, want := range map[string]string{
		"anchor: infra/template.yaml":              "infra/template.yaml",
		"anchor: ./infra/../template.yaml":         "template.yaml",
		`anchor: infra\template.yaml`:              "infra/template.yaml",
		"anchor: ..template.yaml\nskips: []":       "..template.yaml",
		"skips:\n  # none\nanchor: ' my file.tf '": "my file.tf",
		"skips: []": "",
	} {
		c, err := ReadConfig(ConfigFile, []byte(text), ids)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		e := example()
		if got := (Options{Config: c}).Apply(&e).Anchor; got != want {
			t.Errorf("%q: anchor %q, want %q", text, got, want)
		}
	}
}

func TestReadBaselineRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":   "not a baseline",
		"[]": "not a baseline",
		"{}": `"schema" is ""`,
		`{"schema":"apisqs-doctor/report/v1","findings":[]}`:                    "expected \"apisqs-doctor/baseline/v1\"",
		`{"schema":"apisqs-doctor/baseline/v1","findings":[{"rule":"x"}]}`:      "findings[0] has no fingerprint",
		`{"schema":"apisqs-doctor/baseline/v1","findings":[{"fingerprint":1}]}`: "not a baseline",
	} {
		if _, err := ReadBaseline("b.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// On every fixture: a baseline of all findings leaves no finding that counts,
// makes nothing healthy that is not known to be, and is empty where there is none.
func TestBaselineOfFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it diagnoses every fixture twice")
	}
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		e := diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All())
		r := Options{Baseline: NewBaseline(&e, nil)}.Apply(&e)
		left := Remaining(&e, r.Suppressed)
		for i, d := range left.Diagnoses {
			was := e.Diagnoses[i].Verdict
			if len(d.Findings) > 0 {
				t.Errorf("%s: %d findings count", name, len(d.Findings))
			}
			if d.Verdict == diagnose.Healthy && was != diagnose.Healthy && len(e.Diagnoses[i].Findings) == 0 {
				t.Errorf("%s: %s became healthy without a finding", name, was)
			}
			if was == diagnose.Inconclusive && d.Verdict != was {
				t.Errorf("%s: inconclusive became %s", name, d.Verdict)
			}
		}
	}
}

func FuzzReadConfig(f *testing.F) {
	for _, s := range []string{"skips: []", "skips:\n  - {rule: queue-fifo-group, reason: x, until: 2026-01-01}", "&a [*a]", "a: &b {<<: *b}", "anchor: infra/template.yaml", "anchor: a/../..", "\xff", "? - : -"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ReadConfig(ConfigFile, []byte(s), ids)
		if err != nil {
			if !strings.HasPrefix(err.Error(), ConfigFile) {
				t.Errorf("error without a place: %v", err)
			}
			return
		}
		if p := c.Anchor; p != "" && (!filepath.IsLocal(p) || p == "." || strings.ContainsAny(p, "\\\x00\n")) {
			t.Errorf("anchor %q", p)
		}
		for _, s := range c.Skips {
			if s.Reason == "" || !slices.Contains(ids, s.Rule) {
				t.Errorf("skip %+v", s)
			}
		}
	})
}
