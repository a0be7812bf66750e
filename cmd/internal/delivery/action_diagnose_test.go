package delivery

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A run of the real program: exit code, outputs, summary, log.
func TestActionDiagnose(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the action many times")
	}
	for _, c := range []struct {
		name    string
		broken  bool
		inputs  map[string]string
		code    string
		verdict string
		log     string // a part of it
	}{
		{"healthy", false, nil, "0", "healthy", "1 method to SQS: 1 healthy."},
		{"broken", true, nil, "1", "broken", "\n::error file=my templates/orders 'new'.yaml,line="},
		{"broken, and told only", true, map[string]string{"fail-on": "never"}, "0", "broken", "BROKEN"},
		{"skipped", true, map[string]string{"skip": "queue-missing\nprotocol-content-type\n"}, "0", "broken", "skipped on the command line"},
		{"a parameter", false, map[string]string{"parameters": "QueueName=parcels"}, "0", "healthy", "POST /orders -> parcels"},
		{"an unknown rule", false, map[string]string{"skip": "protocol-contenttype"}, "2", "inconclusive", `did you mean "protocol-content-type"?`},
		{"a wrong switch", false, map[string]string{"allow-unknown": "maybe"}, "2", "inconclusive", `"maybe" is not a value of --allow-unknown`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := installed(t, program(t))
			var edit []string
			if c.broken {
				edit = contentType
			}
			template(t, r.workspace, "my templates/orders 'new'.yaml", edit...)
			inputs := map[string]string{"template": "my templates/orders 'new'.yaml\n", "account-id": "123456789012", "region": "us-east-1"}
			for name, value := range c.inputs {
				inputs[name] = value
			}
			got := r.run(t, inputs)
			if got.outputs["exit-code"] != c.code || c.code != string(rune('0'+got.code)) || got.outputs["verdict"] != c.verdict {
				t.Errorf("the step ended with %d, outputs %v, want exit code %s and verdict %s", got.code, got.outputs, c.code, c.verdict)
			}
			if !strings.Contains(got.log, c.log) {
				t.Errorf("the log has no %q:\n%s", c.log, got.log)
			}
			if want := "### apisqs-doctor: " + c.verdict; !strings.HasPrefix(got.summary, want) {
				t.Errorf("the summary does not begin with %q:\n%s", want, got.summary)
			}
			for output, schema := range map[string]string{"report": `"schema": "apisqs-doctor/report/v1"`, "sarif": `"version": "2.1.0"`} {
				data, err := os.ReadFile(got.outputs[output])
				if err != nil || !json.Valid(data) || !strings.Contains(string(data), schema) {
					t.Errorf("the output %s is %q, which is no such document (%v):\n%s", output, got.outputs[output], err, data)
				}
			}
		})
	}
}

// Reports go where the inputs say.
func TestActionReports(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it builds the program")
	}
	r := installed(t, program(t))
	template(t, r.workspace, "template.yaml")
	got := r.run(t, map[string]string{"template": "template.yaml", "sarif-file": "of two\nlines.sarif", "summary": "false", "args": "-o\njunit=doctor.xml"})
	if got.code != 0 || got.summary != "" {
		t.Errorf("the step ended with %d, the summary is %q:\n%s", got.code, got.summary, got.log)
	}
	if got.outputs["sarif"] != "of two\nlines.sarif" {
		t.Errorf("the output sarif is %q", got.outputs["sarif"])
	}
	for _, file := range []string{"of two\nlines.sarif", "doctor.xml"} {
		if _, err := os.Stat(filepath.Join(r.workspace, file)); err != nil {
			t.Error(err)
		}
	}
	got = r.run(t, map[string]string{"template": "template.yaml", "summary": "no"})
	if got.code != 2 || !strings.Contains(got.log, "the input summary takes true or false") {
		t.Errorf("the step ended with %d:\n%s", got.code, got.log)
	}
}

// Each input becomes its flag, and nothing else whatever it holds.
func TestActionArguments(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the action")
	}
	const hostile = "$(touch pwned) `touch pwned`; touch pwned | \"x\" 'y' \\ * ~ -- ${HOME}"
	for _, c := range []struct {
		input, value string
		want         []string
	}{
		{"template", "a.yaml\n\nfolder b/c.yaml\n", []string{"--template=a.yaml", "--template=folder b/c.yaml"}},
		{"target", "infra\n\nfolder b/c.yaml\n", []string{"--", "infra", "folder b/c.yaml"}},
		{"target", "--apply", []string{"--", "--apply"}},
		{"target", hostile, []string{"--", hostile}},
		{"template", "--apply", []string{"--template=--apply"}},
		{"template", hostile, []string{"--template=" + hostile}},
		{"parameters", "A=1\nB= two 'words' \n", []string{"--parameter=A=1", "--parameter=B= two 'words' "}},
		{"parameters", "A=" + hostile, []string{"--parameter=A=" + hostile}},
		{"api-id", "a1b2c3d4\ne5f6a7b8", []string{"--api-id=a1b2c3d4", "--api-id=e5f6a7b8"}},
		{"api-id", hostile, []string{"--api-id=" + hostile}},
		{"all-apis", "true", []string{"--all-apis=true"}},
		{"all-apis", "true\n" + hostile, []string{"--all-apis=true\n" + hostile}},
		{"stage", "prod", []string{"--stage=prod"}},
		{"stage", hostile, []string{"--stage=" + hostile}},
		{"snapshot", "my api.json", []string{"--snapshot=my api.json"}},
		{"snapshot", hostile, []string{"--snapshot=" + hostile}},
		{"region", "eu-west-1", []string{"--region=eu-west-1"}},
		{"region", hostile, []string{"--region=" + hostile}},
		{"account-id", "123456789012", []string{"--account-id=123456789012"}},
		{"account-id", hostile, []string{"--account-id=" + hostile}},
		{"fail-on", "warning", []string{"--fail-on=warning"}},
		{"fail-on", hostile, []string{"--fail-on=" + hostile}},
		{"allow-unknown", "false", []string{"--allow-unknown=false"}},
		{"allow-unknown", hostile, []string{"--allow-unknown=" + hostile}},
		{"skip", "queue-missing\nqueue-fifo-group\n", []string{"--skip=queue-missing", "--skip=queue-fifo-group"}},
		{"skip", hostile, []string{"--skip=" + hostile}},
		{"config", "the config.yaml", []string{"--config=the config.yaml"}},
		{"config", hostile, []string{"--config=" + hostile}},
		{"baseline", "baseline.json", []string{"--baseline=baseline.json"}},
		{"baseline", hostile, []string{"--baseline=" + hostile}},
		{"redact", "true", []string{"--redact=true"}},
		{"redact", hostile, []string{"--redact=" + hostile}},
		{"args", "--method=POST /orders\n--body\n{\"a\": \"b c\"}\n", []string{"--method=POST /orders", "--body", `{"a": "b c"}`}},
		{"args", hostile + "\n", []string{hostile}},
		{"sarif-file", hostile, nil},
		{"summary", "false", nil},
		{"version", hostile, nil}, // the step before has it
	} {
		file, record := recorder(t, 4)
		r := installed(t, file)
		got := r.run(t, map[string]string{c.input: c.value})
		if got.code != 4 || got.outputs["exit-code"] != "4" || got.outputs["verdict"] != "" || got.outputs["report"] != "" {
			t.Errorf("%s %q: the step ended with %d, outputs %v:\n%s", c.input, c.value, got.code, got.outputs, got.log)
		}
		if diff := cmp.Diff(c.want, recorded(t, record)); diff != "" {
			t.Errorf("%s %q: arguments\n%s", c.input, c.value, diff)
		}
		if left, _ := os.ReadDir(r.workspace); len(left) > 0 {
			t.Errorf("%s %q: the workspace has %v", c.input, c.value, left)
		}
	}
}

// What the text report quotes is not obeyed by the runner.
func TestActionSilencesCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it builds the program")
	}
	r := installed(t, program(t))
	template(t, r.workspace, "template.yaml", contentType...)
	got := r.run(t, map[string]string{"template": "template.yaml"})
	begin, end := "::stop-commands::", "::\n"
	_, rest, ok := strings.Cut(got.log, begin)
	token, rest, ok2 := strings.Cut(rest, "\n")
	silenced, commands, ok3 := strings.Cut(rest, "\n::"+token+end)
	if !ok || !ok2 || !ok3 || len(token) != 32 {
		t.Fatalf("the log does not stop and resume commands:\n%s", got.log)
	}
	if !strings.Contains(silenced, "BROKEN") || strings.Contains(silenced, "::error") || !strings.HasPrefix(commands, "::error ") {
		t.Errorf("silenced:\n%s\nnot silenced:\n%s", silenced, commands)
	}
}
