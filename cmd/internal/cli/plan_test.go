package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/report"
)

// The plan's steps, each alone and together: each is a change of the template as it
// is, and the diff is one that git applies and after which the method is well.
func TestPlanOfATemplate(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("the diff is applied by git: %v", err)
	}
	t.Chdir(t.TempDir())
	broken := strings.Replace(ordersTemplate, "'application/x-www-form-urlencoded'", "'application/json'", 1)
	broken = strings.Replace(broken, "$util.urlEncode($input.body)", "$input.body", 1)
	if err := os.WriteFile("template.yaml", []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	m := diagnosed(t)
	if m.Plan == nil || len(m.Plan.Steps) < 2 || !m.Plan.Complete {
		t.Fatalf("%+v", m.Plan)
	}
	standing := map[string]bool{}
	for _, step := range m.Plan.Steps {
		for _, rule := range step.Resolves {
			if standing[rule] {
				t.Errorf("two steps resolve %s", rule)
			}
			standing[rule] = true
		}
		for _, c := range step.Changes {
			if c.Before != "" && !strings.Contains(broken, c.Before) {
				t.Errorf("%s: %q is not the template's own text", c.Target, c.Before)
			}
		}
	}
	for _, r := range m.Plan.Remains {
		standing[r.Rule] = true
	}
	for _, f := range m.Findings {
		if !standing[f.Rule] {
			t.Errorf("%s stands neither under a step nor under what remains", f.Rule)
		}
	}
	apply := exec.Command("git", "apply", "-")
	apply.Stdin = strings.NewReader(m.Plan.Diff)
	if out, err := apply.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, m.Plan.Diff)
	}
	if after := diagnosed(t); after.Verdict != m.Plan.After.Verdict {
		t.Errorf("the plan says %s, the edited template is %s", m.Plan.After.Verdict, after.Verdict)
	}
}

func diagnosed(t *testing.T, more ...string) report.Method {
	t.Helper()
	_, out, stderr := run(nil, append([]string{"--template", "template.yaml", "--region", "us-east-1", "-o", "json"}, more...)...)
	var doc report.Document
	if err := json.Unmarshal([]byte(out), &doc); err != nil || len(doc.Methods) != 1 {
		t.Fatalf("%v: %s", err, stderr)
	}
	return doc.Methods[0]
}
