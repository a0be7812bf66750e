package delivery

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const actionFolder = ".github/actions/diagnose"

// action is what the tests need of action.yaml.
type action struct {
	Inputs  map[string]struct{ Description, Default string }
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	ID, Shell, Run string
	Env            map[string]string
}

func readAction(t *testing.T) action {
	t.Helper()
	var a action
	readYAML(t, actionFolder+"/action.yaml", &a)
	return a
}

var expressionRE = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// Everything of the action is used and told, and no value becomes a part of a script.
func TestActionFile(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" || len(a.Runs.Steps) != 2 {
		t.Fatalf("no composite action of two steps: %+v", a.Runs)
	}
	used := map[string]bool{}
	for _, step := range a.Runs.Steps {
		if step.Shell != "bash" || strings.Contains(step.Run, "${{") {
			t.Errorf("step %s: shell %q, run %q; want bash and no expression", step.ID, step.Shell, step.Run)
		}
		script := readFile(t, actionFolder+"/"+step.ID+".sh")
		for name, value := range step.Env {
			for _, m := range expressionRE.FindAllStringSubmatch(value, -1) {
				used[m[1]] = true
			}
			if !regexp.MustCompile(`\$\{?` + name + `\b`).MatchString(script) {
				t.Errorf("%s.sh does not use %s", step.ID, name)
			}
		}
		for _, m := range regexp.MustCompile(`\$\{?(INPUT_[A-Z_]+|ACTION_[A-Z]+|DOCTOR)\b`).FindAllStringSubmatch(script, -1) {
			if _, ok := step.Env[m[1]]; !ok {
				t.Errorf("%s.sh uses %s, which action.yaml does not set", step.ID, m[1])
			}
		}
	}
	for name, input := range a.Inputs {
		if !used["inputs."+name] {
			t.Errorf("the input %s is not used", name)
		}
		if input.Description == "" {
			t.Errorf("the input %s has no description", name)
		}
	}
	for name, output := range a.Outputs {
		if output.Description == "" || output.Value != "${{ steps.diagnose.outputs."+name+" }}" {
			t.Errorf("the output %s has description %q and value %q", name, output.Description, output.Value)
		}
	}
	_, help := runProgram(t, "", "--help")
	for _, m := range regexp.MustCompile(`(?m)^flags? ([a-z-]+) `).FindAllStringSubmatch(readFile(t, actionFolder+"/diagnose.sh"), -1) {
		if !strings.Contains(help, "--"+m[1]+" ") {
			t.Errorf("diagnose.sh passes --%s, which is no flag", m[1])
		}
	}
}

// runner stands for a GitHub Actions runner that runs the action in a workspace.
type runner struct {
	workspace string
	context   map[string]string // values of expressions, such as github.action_ref
	env       []string
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("this stands for a runner of Linux; the ci workflow runs the action on Windows")
	}
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the action needs %s: %v", tool, err)
		}
	}
	dir := t.TempDir()
	r := &runner{workspace: filepath.Join(dir, "workspace"), context: map[string]string{
		"github.action_ref": "main", "github.action_repository": "example/apisqs-doctor",
	}}
	temp := filepath.Join(dir, "a temporary folder")
	check(t, os.Mkdir(r.workspace, 0o755))
	check(t, os.Mkdir(temp, 0o755))
	folder, err := filepath.Abs(filepath.Join(root, actionFolder))
	check(t, err)
	r.env = cleanEnv("CI=true", "GITHUB_ACTIONS=true", "GITHUB_SERVER_URL=http://127.0.0.1:9", "GITHUB_REPOSITORY=example/orders", "GITHUB_WORKSPACE="+r.workspace,
		"GITHUB_ACTION_PATH="+folder, "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary"), "RUNNER_TEMP="+temp, "RUNNER_OS=Linux", "RUNNER_ARCH=X64")
	return r
}

// result is what a workflow sees of the action.
type result struct {
	code         int
	log, summary string
	outputs      map[string]string // of the action
}

// run runs the steps of the action with the inputs, until one fails.
func (r *runner) run(t *testing.T, inputs map[string]string) result {
	t.Helper()
	a := readAction(t)
	for name := range inputs {
		if _, ok := a.Inputs[name]; !ok {
			t.Fatalf("the action has no input %s", name)
		}
	}
	for name, input := range a.Inputs {
		value, given := inputs[name]
		if !given {
			value = input.Default
		}
		r.context["inputs."+name] = value
	}
	var res result
	for _, step := range a.Runs.Steps {
		if _, known := r.context["steps."+step.ID+".outputs.program"]; known {
			continue // the test has installed a program itself
		}
		code, log, outputs := r.step(t, step)
		res.code, res.log = code, res.log+log
		for name, value := range outputs {
			r.context["steps."+step.ID+".outputs."+name] = value
		}
		if code != 0 {
			break
		}
	}
	res.outputs = map[string]string{}
	for name, output := range a.Outputs {
		res.outputs[name] = r.context[expressionRE.FindStringSubmatch(output.Value)[1]]
	}
	summary, err := os.ReadFile(r.variable("GITHUB_STEP_SUMMARY"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	res.summary = string(summary)
	return res
}

// step runs a step as the runner does where a workflow says "shell: bash".
func (r *runner) step(t *testing.T, s actionStep) (code int, log string, outputs map[string]string) {
	t.Helper()
	dir := t.TempDir()
	script, output := filepath.Join(dir, "script.sh"), filepath.Join(dir, "output")
	check(t, os.WriteFile(script, []byte(s.Run), 0o600))
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = r.workspace
	cmd.Env = append(slices.Clone(r.env), "GITHUB_OUTPUT="+output)
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+r.evaluate(t, value))
	}
	code, log = outcome(t, cmd)
	data, err := os.ReadFile(output)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return code, log, readOutputs(t, string(data))
}

// evaluate fills in expressions. A step without an output of that name gives nothing.
func (r *runner) evaluate(t *testing.T, text string) string {
	return expressionRE.ReplaceAllStringFunc(text, func(e string) string {
		name := expressionRE.FindStringSubmatch(e)[1]
		value, ok := r.context[name]
		if !ok && !strings.HasPrefix(name, "steps.") {
			t.Errorf("the test does not know the expression %s", e)
		}
		return value
	})
}

func (r *runner) variable(name string) string {
	for _, pair := range slices.Backward(r.env) {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// readOutputs reads what a step wrote for the workflow, as NAME=VALUE or NAME<<END.
func readOutputs(t *testing.T, text string) map[string]string {
	t.Helper()
	outputs := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines)-1; i++ {
		if name, end, block := strings.Cut(lines[i], "<<"); block {
			n := slices.Index(lines[i+1:], end)
			if n < 0 {
				t.Fatalf("the output %s has no end:\n%s", name, text)
			}
			outputs[name] = strings.Join(lines[i+1:i+1+n], "\n")
			i += n + 1
		} else if name, value, ok := strings.Cut(lines[i], "="); ok {
			outputs[name] = value
		} else {
			t.Fatalf("no output: %q", lines[i])
		}
	}
	return outputs
}

// installed is a runner that has the program of the tests already.
func installed(t *testing.T, file string) *runner {
	t.Helper()
	r := newRunner(t)
	r.context["steps.install.outputs.program"] = file
	return r
}

func TestReadOutputs(t *testing.T) {
	got := readOutputs(t, "a=1\nb<<END\ntwo\nlines=2\nEND\nc=\n")
	if diff := cmp.Diff(map[string]string{"a": "1", "b": "two\nlines=2", "c": ""}, got); diff != "" {
		t.Error(diff)
	}
}

// recorder is a program that writes its arguments into a file, each ended by a
// zero byte, and ends with the exit code.
func recorder(t *testing.T, code int) (program, record string) {
	t.Helper()
	dir := t.TempDir()
	program, record = filepath.Join(dir, "recorder"), filepath.Join(dir, "arguments")
	script := fmt.Sprintf("#!/usr/bin/env bash\nprintf '%%s\\0' \"$@\" >'%s'\nexit %d\n", record, code)
	check(t, os.WriteFile(program, []byte(script), 0o755))
	return program, record
}

// recorded are the arguments, without the outputs that the action always asks for.
func recorded(t *testing.T, record string) (args []string) {
	t.Helper()
	data, err := os.ReadFile(record)
	check(t, err)
	all := bytes.Split(bytes.TrimSuffix(data, []byte{0}), []byte{0})
	for i := 0; i < len(all); i++ {
		if string(all[i]) == "-o" {
			i++
			continue
		}
		args = append(args, string(all[i]))
	}
	return args
}
