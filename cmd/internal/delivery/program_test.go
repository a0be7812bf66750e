package delivery

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"
)

// root is the top level of the repository.
const root = "../../.."

// What the program of the tests says of itself, as a release would.
const (
	releaseVersion = "9.9.9"
	releaseCommit  = "0123456789abcdef0123456789abcdef01234567"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

var built struct {
	sync.Once
	dir, file string
	err       error
}

// program is the path of a program built with the linker flags of a release.
func program(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "delivery"); built.err != nil {
			return
		}
		built.file = filepath.Join(built.dir, "apisqs-doctor")
		if runtime.GOOS == "windows" {
			built.file += ".exe"
		}
		// Go keeps a program that it runs, and links anew one that it builds.
		build := exec.Command("go", "run", "-ldflags", releaseFlags(t), "-exec", "cp", "./cmd/apisqs-doctor", built.file)
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("the program does not build with the flags of a release: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.file
}

// sourceVersion is the version that a build of this source has.
func sourceVersion(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^\tVersion = "(.+)"$`).FindStringSubmatch(readFile(t, "cmd/internal/cli/version.go"))
	if found == nil {
		t.Fatal("the source names no version")
	}
	return found[1]
}

// releaseFlags are the linker flags of .goreleaser.yaml.
func releaseFlags(t *testing.T) string {
	flags := strings.Join(releaseConfig(t).Builds[0].Ldflags, " ")
	flags = strings.NewReplacer("{{ .Version }}", releaseVersion, "{{ .FullCommit }}", releaseCommit).Replace(flags)
	if strings.Contains(flags, "{{") {
		t.Fatalf("the linker flags have a value that the test does not know: %s", flags)
	}
	return flags
}

// readYAML reads a file of the repository.
func readYAML(t *testing.T, file string, v any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(readFile(t, file)), v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	check(t, err)
	return string(data)
}

// runProgram runs the program and returns its exit code and what it printed.
func runProgram(t *testing.T, dir string, args ...string) (code int, out string) {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	cmd.Dir, cmd.Env = dir, cleanEnv()
	return outcome(t, cmd)
}

// outcome runs a command and returns its exit code and what it printed.
func outcome(t *testing.T, cmd *exec.Cmd) (code int, out string) {
	t.Helper()
	data, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(data)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// template writes a template of a healthy API, after replacing pairs of texts in
// it, and returns its path.
func template(t *testing.T, dir, name string, replace ...string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	check(t, os.MkdirAll(filepath.Dir(file), 0o755))
	text := readFile(t, "cmd/internal/delivery/testdata/orders.template.yaml")
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the template has no %q", replace[i])
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	check(t, os.WriteFile(file, []byte(text), 0o644))
	return file
}

// contentType turns the healthy template into a broken one.
var contentType = []string{"'application/x-www-form-urlencoded'", "'application/json'"}

// cleanEnv is the environment of the tests without what belongs to a pipeline,
// to AWS or to the program.
func cleanEnv(more ...string) []string {
	foreign := regexp.MustCompile(`^(AWS_|GITHUB_|RUNNER_|INPUT_|APISQS_DOCTOR_|CI=|PRE_COMMIT)`)
	var env []string
	for _, pair := range os.Environ() {
		if !foreign.MatchString(pair) {
			env = append(env, pair)
		}
	}
	return append(env, more...)
}
