package delivery

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var workflows = []string{"ci.yaml", "release.yaml"}

// workflow is what the tests need of a workflow.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		TimeoutMinutes int `yaml:"timeout-minutes"`
		Permissions    map[string]string
		Steps          []struct{ Name, Uses, Run string }
	}
}

// Workflows have no permissions but those that they name, run actions of a known
// commit, and put no value into a script.
func TestWorkflows(t *testing.T) {
	found, err := filepath.Glob(filepath.Join(root, ".github/workflows/*"))
	check(t, err)
	if len(found) != len(workflows) {
		t.Errorf("the test knows the workflows %v, there are %v", workflows, found)
	}
	for _, file := range workflows {
		var w workflow
		readYAML(t, ".github/workflows/"+file, &w)
		if w.Permissions == nil {
			t.Errorf("%s names no permissions", file)
		}
		for scope, access := range w.Permissions {
			if access != "read" {
				t.Errorf("%s: every job has the permission %s: %s", file, scope, access)
			}
		}
		for name, job := range w.Jobs {
			if job.TimeoutMinutes == 0 {
				t.Errorf("%s: the job %s has no time limit", file, name)
			}
			for _, step := range job.Steps {
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: a value becomes a part of the script %q", file, step.Run)
				}
				if local, ok := strings.CutPrefix(step.Uses, "./"); ok {
					readFile(t, local+"/action.yaml")
				}
			}
		}
		for _, m := range regexp.MustCompile(`(?m)uses: (.*)$`).FindAllStringSubmatch(readFile(t, ".github/workflows/"+file), -1) {
			if !strings.HasPrefix(m[1], "./") && !regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`).MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned by a commit and its version", file, m[1])
			}
		}
	}
}

// Whatever installs Go installs the one of go.mod.
func TestGoVersion(t *testing.T) {
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readFile(t, "go.mod"))[1]
	for file, pattern := range map[string]string{
		".container/Dockerfile":          `golang:(\d+\.\d+)`,
		".github/workflows/ci.yaml":      `go-version: (\d+\.\d+)\.x`,
		".github/workflows/release.yaml": `go-version: (\d+\.\d+)\.x`,
	} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(readFile(t, file), -1)
		if len(found) == 0 {
			t.Errorf("%s has no %s", file, pattern)
		}
		for _, m := range found {
			if m[1] != version {
				t.Errorf("%s has Go %s, go.mod %s", file, m[1], version)
			}
		}
	}
}

// What actionlint and shellcheck say of workflows, action and scripts.
func TestWorkflowLinters(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: the linters take seconds")
	}
	scripts, err := filepath.Glob(filepath.Join(root, actionFolder, "*.sh"))
	check(t, err)
	if len(scripts) != 2 {
		t.Fatalf("the action has the scripts %v", scripts)
	}
	for _, file := range workflows {
		scripts = append(scripts, filepath.Join(root, ".github/workflows", file))
	}
	for tool, args := range map[string][]string{"actionlint": scripts[2:], "shellcheck": append(scripts[:2:2], filepath.Join(root, ".ci/run"), filepath.Join(root, ".ci/emulator"))} {
		t.Run(tool, func(t *testing.T) {
			if _, err := exec.LookPath(tool); err != nil {
				t.Skipf("%s is not installed", tool)
			}
			if code, out := outcome(t, exec.Command(tool, args...)); code != 0 {
				t.Errorf("%s ended with %d:\n%s", tool, code, out)
			}
		})
	}
}

// The tag of a major version follows its newest release, and only that.
func TestReleaseMovesMajorTag(t *testing.T) {
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the step needs %s: %v", tool, err)
		}
	}
	var w workflow
	readYAML(t, ".github/workflows/release.yaml", &w)
	script := ""
	for _, step := range w.Jobs["release"].Steps {
		if step.Name == "Move the tag of the major version" {
			script = step.Run
		}
	}
	dir := t.TempDir()
	origin, work := filepath.Join(dir, "origin"), filepath.Join(dir, "work")
	bash := func(script string, env ...string) string {
		t.Helper()
		cmd := exec.Command("bash", "-e", "-c", script)
		cmd.Dir, cmd.Env = work, cleanEnv(append(env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")...)
		code, out := outcome(t, cmd)
		if code != 0 {
			t.Fatalf("exit code %d:\n%s", code, out)
		}
		return out
	}
	check(t, os.Mkdir(work, 0o755))
	bash(`git init --quiet --bare ../origin; git init --quiet .; git remote add origin ../origin
		for tag in v1.2.0 v1.10.0 v1.11.0-rc.1 v1.9.1 v2.0.0; do
			git -c user.name=x -c user.email=x@example.com commit --quiet --allow-empty -m "$tag"; git tag "$tag"
		done`)
	for _, step := range []struct{ tag, at string }{{"v1.9.1", ""}, {"v1.10.0", "v1.10.0"}, {"v1.2.0", "v1.10.0"}} {
		bash(script, "TAG="+step.tag)
		got := bash("git --git-dir='" + origin + "' log -1 --format=%s refs/tags/v1 2>/dev/null || true")
		if strings.TrimSpace(got) != step.at {
			t.Errorf("after the release %s the tag v1 stands at %q, want %q", step.tag, got, step.at)
		}
	}
	bash(script, "TAG=v2.0.0")
	if got := strings.Fields(bash("git --git-dir='" + origin + "' tag")); strings.Join(got, " ") != "v1 v2" {
		t.Errorf("tags: %v", got)
	}
}
