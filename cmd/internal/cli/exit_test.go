package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// Every combination of verdict and gate.
func TestExitCodes(t *testing.T) {
	of := func(v diagnose.Verdict, severities ...diagnose.Severity) diagnose.Diagnosis {
		d := diagnose.Diagnosis{Verdict: v}
		for _, s := range severities {
			d.Findings = append(d.Findings, diagnose.Finding{Severity: s})
		}
		return d
	}
	broken, atRisk := of(diagnose.Broken, diagnose.Error), of(diagnose.AtRisk, diagnose.Warning)
	unexplained, healthy, noted := of(diagnose.Broken), of(diagnose.Healthy), of(diagnose.Healthy, diagnose.Note)
	unknown, unknownRisk, zero := of(diagnose.Inconclusive), of(diagnose.Inconclusive, diagnose.Warning), diagnose.Diagnosis{}
	unlisted := []snapshot.Gap{{Reason: snapshot.Denied}}
	for _, c := range []struct {
		name      string
		diagnoses []diagnose.Diagnosis
		unlisted  []snapshot.Gap
		// for --fail-on error, warning and never, and the same with --allow-unknown
		strict, lenient [3]int
	}{
		{"healthy", []diagnose.Diagnosis{healthy}, nil, [3]int{0, 0, 0}, [3]int{0, 0, 0}},
		{"a note", []diagnose.Diagnosis{noted}, nil, [3]int{0, 0, 0}, [3]int{0, 0, 0}},
		{"at risk", []diagnose.Diagnosis{healthy, atRisk}, nil, [3]int{0, 1, 0}, [3]int{0, 1, 0}},
		{"broken", []diagnose.Diagnosis{healthy, broken}, nil, [3]int{1, 1, 0}, [3]int{1, 1, 0}},
		{"broken without a finding", []diagnose.Diagnosis{unexplained}, nil, [3]int{1, 1, 0}, [3]int{1, 1, 0}},
		{"inconclusive", []diagnose.Diagnosis{healthy, unknown}, nil, [3]int{4, 4, 4}, [3]int{0, 0, 0}},
		{"the zero verdict", []diagnose.Diagnosis{zero}, nil, [3]int{4, 4, 4}, [3]int{0, 0, 0}},
		{"inconclusive with a warning", []diagnose.Diagnosis{unknownRisk}, nil, [3]int{4, 1, 4}, [3]int{0, 1, 0}},
		{"broken and inconclusive", []diagnose.Diagnosis{broken, unknown}, nil, [3]int{1, 1, 4}, [3]int{1, 1, 0}},
		{"methods that could not be listed", []diagnose.Diagnosis{healthy}, unlisted, [3]int{4, 4, 4}, [3]int{0, 0, 0}},
		{"no method at all", nil, nil, [3]int{4, 4, 4}, [3]int{0, 0, 0}},
	} {
		e := diagnose.Examination{Diagnoses: c.diagnoses, Unlisted: c.unlisted}
		for i, failOn := range []string{"error", "warning", "never"} {
			if got := (gate{failOn, false}).exitCode(&e); got != c.strict[i] {
				t.Errorf("%s, --fail-on %s: exit code %d, want %d", c.name, failOn, got, c.strict[i])
			}
			if got := (gate{failOn, true}).exitCode(&e); got != c.lenient[i] {
				t.Errorf("%s, --fail-on %s --allow-unknown: exit code %d, want %d", c.name, failOn, got, c.lenient[i])
			}
		}
	}
}

// The same by the whole program: every verdict and every kind of error, under
// every gate. The report says the code of an error, and the verdict otherwise.
func TestExitCodesOfRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs every command in every way that it can end")
	}
	t.Parallel()
	server, err := fakeaws.Start(twoAPIs(t), fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	refusing, err := fakeaws.Start(twoAPIs(t), fakeaws.Options{Deny: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	defer refusing.Close()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	fixture := func(name string) string {
		var b strings.Builder
		if err := snapshot.Save(&b, loadFixture(t, name)); err != nil {
			t.Fatal(err)
		}
		return file(name+".json", b.String())
	}
	type codes [3]int // for --fail-on error, warning and never
	always := func(code int) codes { return codes{code, code, code} }
	for _, c := range []struct {
		name            string
		args            string
		verdict         string
		strict, lenient codes // without and with --allow-unknown
	}{
		{"healthy", "--snapshot " + fixture("orders"), "healthy", always(0), always(0)},
		{"at risk", "--snapshot " + fixture("response_error_as_success_works"), "at-risk", codes{0, 1, 0}, codes{0, 1, 0}},
		{"broken", "--snapshot " + fixture("protocol_content_type_failing"), "broken", codes{1, 1, 0}, codes{1, 1, 0}},
		{"inconclusive", "--snapshot " + fixture("protocol_content_type_unknown"), "inconclusive", always(4), always(0)},
		{"an API of several that is not there", "--api-id h5e6a7l8 --api-id nothing --endpoint-url " + server.URL, "inconclusive", always(4), always(0)},
		{"nothing leads to SQS", "--template " + file("empty.yaml", "Resources: {Queue: {Type: AWS::SQS::Queue}}"), "inconclusive", always(4), always(0)},
		{"no target", "", "error", always(2), always(2)},
		{"unknown flag", "--no-such-flag", "error", always(2), always(2)},
		{"two targets", "--snapshot a --template b", "error", always(2), always(2)},
		{"no such file", "--snapshot " + filepath.Join(dir, "nothing.json"), "error", always(2), always(2)},
		{"no snapshot", "--snapshot " + file("text.json", "hello"), "error", always(2), always(2)},
		{"no template", "--template " + file("list.yaml", "- a"), "error", always(2), always(2)},
		{"bad configuration file", "--config " + file("config.yaml", "skips: 3") + " --snapshot " + fixture("orders"), "error", always(2), always(2)},
		{"bad request file", "--request " + file("call.yaml", "- a") + " --snapshot " + fixture("orders"), "error", always(2), always(2)},
		{"no such stage", "--stage nothing --snapshot " + fixture("orders"), "error", always(2), always(2)},
		{"no such API", "--api-id nothing --endpoint-url " + server.URL, "error", always(3), always(3)},
		{"no such stage of an API", "--api-id a1b2c3d4 --stage nothing --endpoint-url " + server.URL, "error", always(3), always(3)},
		{"no permission", "--api-id a1b2c3d4 --endpoint-url " + refusing.URL, "error", always(3), always(3)},
		{"no network", "--api-id a1b2c3d4 --endpoint-url http://127.0.0.1:1 --timeout 5s", "error", always(3), always(3)},
		{"no such profile", "--api-id a1b2c3d4 --profile nobody", "error", always(3), always(3)},
	} {
		for i, failOn := range []string{"error", "warning", "never"} {
			for j, want := range []int{c.strict[i], c.lenient[i]} {
				args := append([]string{"-o", "json", "--fail-on", failOn}, strings.Fields(c.args)...)
				if c.args == "" {
					args = []string{"-o", "json"}
				}
				if j == 1 {
					args = append(args, "--allow-unknown")
				}
				got, stdout, stderr := run(nil, args...)
				var doc struct {
					Summary struct{ Verdict string }
					Error   *struct{ ExitCode int }
				}
				if err := json.Unmarshal([]byte(stdout), &doc); err != nil {
					t.Fatalf("%s, %q: %v\n%s", c.name, args, err, stdout)
				}
				verdict := doc.Summary.Verdict
				if doc.Error != nil {
					verdict = "error"
					if doc.Error.ExitCode != got {
						t.Errorf("%s, %q: the report says exit code %d, it is %d", c.name, args, doc.Error.ExitCode, got)
					}
				}
				if got != want || verdict != c.verdict {
					t.Errorf("%s, %q: %s with exit code %d, want %s with %d\n%s", c.name, args, verdict, got, c.verdict, want, stderr)
				}
			}
		}
	}
}

// The exit codes are told the same in the help and in the README.
func TestExitCodesAreDocumented(t *testing.T) {
	_, help, _ := run(nil, "--help")
	if !strings.Contains(help, exitCodeHelp) {
		t.Error("--help does not tell the exit codes")
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), exitCodeHelp) {
		t.Errorf("the README does not hold the exit codes as the help does:\n%s", exitCodeHelp)
	}
	for i, code := range []int{ExitHealthy, ExitProblems, ExitUsage, ExitCannotRun, ExitInconclusive} {
		if i != code {
			t.Errorf("exit code %d is documented on line %d", code, i)
		}
	}
}
