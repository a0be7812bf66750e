package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
)

func loadFixture(t testing.TB, name string) *snapshot.Snapshot {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return c.Snapshot
}

// run runs the program in this process.
func run(env map[string]string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &err,
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	return code, out.String(), err.String()
}

func TestUsageErrors(t *testing.T) {
	for _, c := range []struct {
		args    string
		message string // a part of it
		hint    string // a part of it
	}{
		{"--api-ud x", `unknown flag "--api-ud"`, "did you mean --api-id?"},
		{"--tempalte x", `unknown flag "--tempalte"`, "did you mean --template?"},
		{"--rest-api x", `unknown flag "--rest-api"`, "did you mean --rest-api-id?"},
		{"-q", `unknown flag "-q"`, "--help"},
		{"-o jsn", `"jsn" is not a value of --output`, `did you mean "json"?`},
		{"-o xml", `"xml" is not a value of --output`, "expected one of text, json"},
		{"-o text -o json", `"json" is not a value of --output`, "json=FILE"},
		{"-o json=", `"json=" is not a value of --output`, "name of a file"},
		{"--color=yes", `"yes" is not a value of --color`, "auto, always, never"},
		{"--fail-on warn", `"warn" is not a value of --fail-on`, `did you mean "warning"?`},
		{"dem", `unknown command "dem"`, `did you mean "demo"?`},
		{"--stage prod", "no target given", "--api-id ID"},
		{"--api-id x --template y", "give one target, not both --api-id and --template", ""},
		{"--snapshot x --profile p", "--profile has no meaning with --snapshot", ""},
		{"--api-id x --parameter a=b", "--parameter has no meaning with --api-id", ""},
		{"--template x --account-id 12", `"12" is not a value of --account-id`, "12 digits"},
		{"--template x --region us-esat-1", `"us-esat-1" is not a value of --region`, "us-east-1"},
		{"--api-id x --region mars-1", `"mars-1" is not a value of --region`, "expected an AWS region"},
		{"--template x --parameter a", `"a" is not a value of --parameter`, "KEY=VALUE"},
		{"--api-id x --timeout 0s", "is not a value of --timeout", "30s"},
		{"--api-id x --timeout soon", `"soon" is not a value of --timeout`, ""},
		{"--api-id", "--api-id needs a value", ""},
		{"demo no-such-example-anywhere", "no example", "apisqs-doctor demo"},
		{"demo a b", `unexpected argument "b"`, ""},
		{"rules show no-such-rule-anywhere", "no rule", "apisqs-doctor rules"},
		{"rules show", "needs the id of one rule", "apisqs-doctor rules"},
		{"completion bas", `no completion for shell "bas"`, `did you mean "bash"?`},
		{"version now", `unexpected argument "now"`, ""},
	} {
		code, stdout, stderr := run(nil, strings.Fields(c.args)...)
		first, rest, _ := strings.Cut(stderr, "\n")
		if code != ExitUsage || !strings.HasPrefix(first, "apisqs-doctor: ") || !strings.Contains(first, c.message) || !strings.Contains(rest, c.hint) {
			t.Errorf("%s: exit code %d\n%s", c.args, code, stderr)
		}
		if stdout != "" && !strings.HasPrefix(stdout, "{") {
			t.Errorf("%s: standard output has %q", c.args, stdout)
		}
	}
}

func TestNoArguments(t *testing.T) {
	code, stdout, stderr := run(nil)
	if code != ExitUsage || stdout != "" || !strings.Contains(stderr, "invoke URL") || strings.Count(stderr, "\n") > 12 {
		t.Errorf("exit code %d, standard output %q, standard error\n%s", code, stdout, stderr)
	}
}

// -o json is one document whatever happens.
func TestJSONOfAFailedRun(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		args string
		kind string
	}{
		{nil, "-o json --no-such-flag", "none"},
		{nil, "-o json", "none"},
		{nil, "--output=json --snapshot /no/such/file", "snapshot"},
		{nil, "-ojson --template /no/such/file", "template"},
		{map[string]string{"APISQS_DOCTOR_OUTPUT": "json"}, "--snapshot /no/such/file", "snapshot"},
		{nil, "demo -o json no-such-example-anywhere", "none"},
	} {
		code, stdout, stderr := run(c.env, strings.Fields(c.args)...)
		var doc struct {
			Schema  string
			Target  struct{ Kind string }
			Summary struct{ Verdict string }
			Methods []any
			Error   *struct {
				ExitCode int
				Message  string
			}
		}
		d := json.NewDecoder(strings.NewReader(stdout))
		if err := d.Decode(&doc); err != nil || d.More() {
			t.Errorf("%s: not one JSON document (%v):\n%s", c.args, err, stdout)
			continue
		}
		if doc.Error == nil || doc.Error.ExitCode != code || !strings.Contains(stderr, doc.Error.Message) && len(c.args) > 8 ||
			doc.Summary.Verdict != "inconclusive" || doc.Methods == nil || doc.Target.Kind != c.kind {
			t.Errorf("%s: exit code %d\n%s", c.args, code, stdout)
		}
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if _, stdout, _ := run(nil, "--snapshot", "/no/such/file", "-o", "text", "-o", "json="+file); stdout != "" {
		t.Errorf("standard output has %q", stdout)
	}
	if text, err := os.ReadFile(file); err != nil || !json.Valid(text) {
		t.Errorf("the file has %q, %v", text, err)
	}
}

func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		env  map[string]string
		args []string
		want string // part of the error
	}{
		{"a variable is a flag", map[string]string{"APISQS_DOCTOR_SNAPSHOT": dir}, nil, dir + ": is a directory"},
		{"a flag beats its variable", map[string]string{"APISQS_DOCTOR_SNAPSHOT": "/x"}, []string{"--snapshot", dir}, dir + ": is a directory"},
		{"a target beats the variable of another", map[string]string{"APISQS_DOCTOR_API_ID": "x"}, []string{"--snapshot", dir}, dir + ": is a directory"},
		{"a variable without meaning is no error", map[string]string{"APISQS_DOCTOR_PROFILE": "x"}, []string{"--snapshot", dir}, dir + ": is a directory"},
		{"a wrong value names the variable", map[string]string{"APISQS_DOCTOR_FAIL_ON": "warn"}, []string{"--snapshot", dir}, "APISQS_DOCTOR_FAIL_ON"},
		{"a line a value", map[string]string{"APISQS_DOCTOR_HEADER": "A: 1\nbad"}, []string{"--snapshot", dir}, `"bad" is not a value of --header`},
	} {
		if code, _, stderr := run(c.env, c.args...); code != ExitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit code %d\n%s", c.name, code, stderr)
		}
	}
}

func TestColor(t *testing.T) {
	for _, c := range []struct {
		env        string
		flag, file string
		tty, want  bool
	}{
		{"", "auto", "", false, false},
		{"", "auto", "", true, true},
		{"", "auto", "f", true, false},
		{"", "always", "f", false, true},
		{"", "never", "", true, false},
		{"NO_COLOR=1", "auto", "", true, false},
		{"NO_COLOR=", "auto", "", true, true},
		{"NO_COLOR=1", "always", "", false, true},
		{"NO_COLOR=1 FORCE_COLOR=1", "auto", "", true, false},
		{"FORCE_COLOR=1", "auto", "", false, true},
		{"FORCE_COLOR=0", "auto", "", false, false},
		{"CLICOLOR_FORCE=1", "auto", "", false, true},
		{"FORCE_COLOR=1", "never", "", false, false},
		{"TERM=dumb", "auto", "", true, false},
		{"CI=true", "auto", "", true, false},
		{"CI=true FORCE_COLOR=1", "auto", "", false, true},
	} {
		env := map[string]string{}
		for _, kv := range strings.Fields(c.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		a := &app{Streams: Streams{OutTTY: c.tty, LookupEnv: func(n string) (string, bool) { v, ok := env[n]; return v, ok }}}
		if got := a.colored(c.flag, c.file); got != c.want {
			t.Errorf("%q --color %s, file %q, terminal %v: %v", c.env, c.flag, c.file, c.tty, got)
		}
		// A console that takes no escape sequences gets none unless they are asked for.
		a.Plain = true
		if got := a.colored(c.flag, c.file); c.tty && got != (c.flag == "always") {
			t.Errorf("%q --color %s on a plain console: %v", c.env, c.flag, got)
		}
	}
}

// A snapshot that was saved gives the report that the diagnosis on the spot
// gives, apart from the target.
func TestSnapshotGivesTheSameReport(t *testing.T) {
	server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	target := []string{"--api-id", "a1b2c3d4", "--region", "us-east-1", "--endpoint-url", server.URL}
	code, live, stderr := run(nil, append(target, "-o", "json")...)
	if code != ExitProblems {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	code, saved, stderr := run(nil, append([]string{"snapshot"}, target...)...)
	if code != 0 {
		t.Fatalf("snapshot: exit code %d\n%s", code, stderr)
	}
	file := filepath.Join(t.TempDir(), "api.json")
	if err := os.WriteFile(file, []byte(saved), 0o600); err != nil {
		t.Fatal(err)
	}
	_, again, _ := run(nil, "--snapshot", file, "-o", "json")
	beside := func(report string) string {
		_, rest, ok := strings.Cut(report, `"summary"`)
		if !ok {
			t.Fatalf("no summary in %q", report)
		}
		return strings.ReplaceAll(rest, " --endpoint-url "+server.URL, "") // in commands, where it was given
	}
	if diff := cmp.Diff(beside(live), beside(again)); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(again, `"kind": "snapshot"`) || !strings.Contains(live, `"kind": "live"`) {
		t.Error("the targets do not say live and snapshot")
	}
}

// Progress is shown on a terminal only, not in CI, and never in the report.
func TestProgress(t *testing.T) {
	show := func(tty bool, env map[string]string) (stdout, stderr string) {
		var out, err bytes.Buffer
		_, plain := env["PLAIN"]
		Main([]string{"demo", "orders", "--live"}, Streams{In: strings.NewReader(""), Out: &out, Err: &err, ErrTTY: tty, Plain: plain,
			LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
		return out.String(), err.String()
	}
	stdout, stderr := show(true, nil)
	if !strings.Contains(stderr, "calls done") || strings.Contains(stdout, "calls done") {
		t.Errorf("on a terminal: standard error %q", stderr)
	}
	for name, env := range map[string]map[string]string{"CI": {"CI": "true"}, "a dumb terminal": {"TERM": "dumb"}, "a plain console": {"PLAIN": "yes"}} {
		if _, stderr := show(true, env); strings.ContainsAny(stderr, "\r\x1b") {
			t.Errorf("with %s: standard error %q", name, stderr)
		}
	}
	if _, stderr := show(false, nil); strings.ContainsAny(stderr, "\r\x1b") {
		t.Errorf("without a terminal: standard error %q", stderr)
	}
}

// With several APIs the progress counts them too.
func TestProgressOfSeveral(t *testing.T) {
	t.Parallel()
	server, err := fakeaws.Start(twoAPIs(t), fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	// Both may be done at the same time and, on a busy machine, behind all calls.
	wanted := []string{"reading 2 APIs in 1 region", "reading: 0 of 2 APIs, ", "reading: [12] of 2 APIs, "}
	missing := func(lines []string) int {
		return slices.IndexFunc(wanted, func(want string) bool {
			return !slices.ContainsFunc(lines, regexp.MustCompile(want).MatchString)
		})
	}
	var code int
	var lines []string
	for try := 0; try == 0 || try < 5 && missing(lines) >= 0; try++ {
		var out, errs bytes.Buffer
		code = Main([]string{"--all-apis", "--endpoint-url", server.URL}, Streams{In: strings.NewReader(""), Out: &out, Err: &errs, ErrTTY: true, Now: time.Now,
			LookupEnv: func(string) (string, bool) { return "", false }})
		lines = strings.Split(errs.String(), "\r")
	}
	if i := missing(lines); i >= 0 {
		t.Errorf("no line of the progress says %q:\n%q", wanted[i], lines)
	}
	if last := lines[len(lines)-1]; last != "\x1b[K" || code != ExitProblems {
		t.Errorf("exit code %d, the last line is %q, want none", code, last)
	}
}

// A panic is told in a line, with the exit code of a run that was not possible.
func TestPanic(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := Main([]string{"version"}, Streams{Out: panics{}, Err: &stderr, LookupEnv: os.LookupEnv})
	if code != ExitCannotRun || !strings.Contains(stderr.String(), "internal error: out of ink") || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
	}
}

type panics struct{}

func (panics) Write([]byte) (int, error) { panic("out of ink") }

// Every command shows an example, and every flag says what it is for.
func TestHelp(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Name() == "help" {
			return
		}
		if cmd.Example == "" || cmd.Short == "" {
			t.Errorf("%s has no example or no description", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	a := testApp()
	walk(a.rootCommand())
	for _, args := range []string{"--help", "demo --help", "help snapshot", "rules show --help", "completion --help", "help exit-codes", "help environment", "help files", "man --help"} {
		code, stdout, stderr := run(nil, strings.Fields(args)...)
		if code != 0 || stdout == "" || stderr != "" {
			t.Errorf("%s: exit code %d, standard error %q", args, code, stderr)
		}
		for _, line := range strings.Split(stdout, "\n") {
			if len([]rune(line)) > 130 {
				t.Errorf("%s: a line of %d columns: %s", args, len(line), line)
			}
		}
	}
}

func TestClosest(t *testing.T) {
	words := []string{"text", "json", "protocol-content-type", "never"}
	for in, want := range map[string]string{"txet": "text", "jsonn": "json", "protocol-content-typ": "protocol-content-type",
		"protocol": "protocol-content-type", "xml": "", "": "", "sarif": "", "NEVER": "never", strings.Repeat("a", 5000): ""} {
		if got := closest(in, words); got != want {
			t.Errorf("closest(%.20q) = %q, want %q", in, got, want)
		}
	}
}

// A stranger's file must not keep the doctor busy.
func TestLargeInputEndsSoon(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(file, bytes.Repeat([]byte("["), 50<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--snapshot", "--template", "--request"} {
		args := []string{flag, file}
		if flag == "--request" {
			args = append(args, "--snapshot", file)
		}
		begin := time.Now()
		code, _, stderr := run(nil, args...)
		if code != ExitUsage || len(stderr) > 2000 {
			t.Errorf("%s: exit code %d, %d bytes of errors: %.300s", flag, code, len(stderr), stderr)
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("%s: took %s", flag, took)
		}
	}
}
