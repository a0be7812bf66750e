package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apisqs-doctor/diagnose"
)

// What GitLab says of each entry of a Code Quality report; a path that begins with
// ./ or / is shown at no file.
const gitlabSchema = `{"type": "array", "items": {"type": "object",
  "required": ["description", "check_name", "fingerprint", "severity", "location"], "additionalProperties": false,
  "properties": {
    "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1}, "fingerprint": {"type": "string", "minLength": 1},
    "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
    "location": {"type": "object", "required": ["path", "lines"], "properties": {
      "path": {"type": "string", "pattern": "^[^./]"}, "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}}`

func TestGitLab(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(gitlabSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("gitlab.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("gitlab.json")
	if err != nil {
		t.Fatal(err)
	}
	all := runs()
	all["nothing"] = Run{}
	all["empty"] = Run{Examination: diagnose.Examination{Diagnoses: []diagnose.Diagnosis{{Findings: []diagnose.Finding{{Rule: "x"}}}}}}
	twice := whole()
	f := twice.Examination.Diagnoses[0].Findings
	twice.Examination.Diagnoses[0].Findings = append(f, f[0])
	all["twice"] = twice
	for name, r := range all {
		var b bytes.Buffer
		if err := GitLab(&b, r); err != nil {
			t.Fatal(err)
		}
		validate(t, schema, name, b.Bytes())
		var issues []gitlabIssue
		if err := json.Unmarshal(b.Bytes(), &issues); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, x := range issues {
			if seen[x.Fingerprint] {
				t.Errorf("%s: two entries have the fingerprint %s", name, x.Fingerprint)
			}
			seen[x.Fingerprint] = true
		}
		findings := 0
		for _, d := range r.Examination.Diagnoses {
			findings += len(d.Findings)
		}
		if len(issues) < findings || r.Problem != nil && (len(issues) != 1 || issues[0].Severity != "blocker") {
			t.Errorf("%s: %d entries for %d findings", name, len(issues), findings)
		}
	}
}
