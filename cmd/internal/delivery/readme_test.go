package delivery

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
)

// example reads the file that the README shows under that name.
func example(t *testing.T, name string, v any) string {
	t.Helper()
	block := regexp.MustCompile("(?s)<!-- example: " + regexp.QuoteMeta(name) + " -->\n```yaml\n(.*?)```").FindStringSubmatch(readFile(t, "README.md"))
	if block == nil {
		t.Fatalf("the README has no example %s", name)
	}
	if err := yaml.Unmarshal([]byte(block[1]), v); err != nil {
		t.Fatalf("the example %s: %v", name, err)
	}
	return block[1]
}

// The workflow of the README runs: each of its steps that is the action, with
// the inputs that stand there, on a template and against a loopback AWS.
func TestReadmeWorkflow(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	example(t, ".github/workflows/apisqs-doctor.yaml", &workflow)
	healthy, err := fixtures.Load("orders")
	check(t, err)
	server, err := fakeaws.Start(healthy.Snapshot, fakeaws.Options{})
	check(t, err)
	defer server.Close()
	ran := 0
	for job, j := range workflow.Jobs {
		for _, step := range j.Steps {
			if !strings.Contains(step.Uses, "/"+actionFolder+"@") {
				continue
			}
			ran++
			r := installed(t, program(t))
			template(t, r.workspace, "template.yaml")
			r.env = append(r.env, "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_REGION=us-east-1", "AWS_ENDPOINT_URL="+server.URL,
				"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true")
			got := r.run(t, step.With)
			// Before the deployment the account is not known, which decides nothing here.
			if verdict := got.outputs["verdict"]; got.code != 0 || verdict != "healthy" {
				t.Errorf("the job %s ended with %d and %s:\n%s", job, got.code, verdict, got.log)
			}
		}
	}
	if ran != 2 {
		t.Errorf("%d steps of the workflow are the action, want 2", ran)
	}
}

// The job for GitLab fetches files that a release has, and runs.
func TestReadmeGitLab(t *testing.T) {
	var pipeline map[string]struct{ Script []string }
	text := example(t, ".gitlab-ci.yml", &pipeline)
	archive := strings.NewReplacer("{{ .ProjectName }}", "apisqs-doctor", "{{ .Os }}", "linux", "{{ .Arch }}", "amd64").Replace(releaseConfig(t).Archives[0].NameTemplate)
	for _, file := range []string{releaseConfig(t).Checksum.NameTemplate, archive + ".tar.gz"} {
		if !strings.Contains(text, "/"+file+`"`) {
			t.Errorf("the example does not fetch %s, which a release has", file)
		}
	}
	dir := t.TempDir()
	template(t, dir, "template.yaml")
	for _, line := range pipeline["apisqs-doctor"].Script {
		words := strings.Fields(line)
		if code, out := runProgram(t, dir, words[1:]...); words[0] != "apisqs-doctor" || code != 0 {
			t.Errorf("%s: exit code %d\n%s", line, code, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "apisqs-doctor.xml")); err != nil {
		t.Error(err)
	}
}

// The hook of the README's configuration is ours, and its arguments take files.
func TestReadmePreCommit(t *testing.T) {
	var config struct {
		Repos []struct {
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	example(t, ".pre-commit-config.yaml", &config)
	hook := config.Repos[0].Hooks[0]
	dir := t.TempDir()
	template(t, dir, "orders.template.yaml")
	if code, out := runProgram(t, dir, slices.Concat(hook.Args, []string{"orders.template.yaml"})...); hook.ID != "apisqs-doctor" || code != 0 {
		t.Errorf("the hook %s ended with %d\n%s", hook.ID, code, out)
	}
}

// The README's ways to accept findings are ones that the program takes.
func TestReadmeSkips(t *testing.T) {
	dir := t.TempDir()
	file := template(t, dir, "template.yaml")
	var config, metadata any
	check(t, os.WriteFile(filepath.Join(dir, ".apisqs-doctor.yaml"), []byte(example(t, ".apisqs-doctor.yaml", &config)), 0o644))
	if code, out := runProgram(t, dir, "--template", file); code != 0 || !strings.Contains(out, `.apisqs-doctor.yaml:2: the skip of "response-error-as-success" fits no finding`) {
		t.Errorf("the configuration file: exit code %d\n%s", code, out)
	}
	inline := filepath.Join(t.TempDir(), "template.yaml")
	check(t, os.WriteFile(inline, []byte(example(t, "template.yaml", &metadata)), 0o644))
	if code, out := runProgram(t, dir, "snapshot", "--template", inline); code != 0 || !strings.Contains(out, `"skips": [`) {
		t.Errorf("the template: exit code %d\n%s", code, out)
	}
}
