package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
)

// complete asks for the completions of the last word, as a shell does.
func complete(t *testing.T, env map[string]string, args ...string) (list []string, directive string) {
	t.Helper()
	code, stdout, _ := run(env, append([]string{cobra.ShellCompRequestCmd}, args...)...)
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	if code != 0 {
		t.Errorf("%q: exit code %d", args, code)
	}
	last := len(lines) - 1
	return lines[:last], lines[last]
}

// The directives of cobra's scripts.
const (
	wordsOnly = ":4"
	noBlank   = ":6"
	filesOnly = ":8" // of the listed kinds
)

func TestCompletions(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "api.json")
	saveSnapshot(t, file, loadFixture(t, "protocol_content_type_failing"))
	if err := os.Mkdir(filepath.Join(dir, "apis"), 0o700); err != nil {
		t.Fatal(err)
	}
	profiles := filepath.Join(dir, "config")
	if err := os.WriteFile(profiles, []byte("[default]\n[profile staging]\n[profile $(id)]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"AWS_CONFIG_FILE": profiles, "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "none")}
	rule := "protocol-content-type\ta form-encoded body is not announced as a form"
	for _, c := range []struct {
		args      []string
		want      []string // these are among the completions; none: there are none
		directive string
	}{
		{[]string{"--color", ""}, []string{"auto", "always", "never"}, wordsOnly},
		{[]string{"--fail-on", ""}, []string{"error", "warning", "never"}, wordsOnly},
		{[]string{"policy", "--for", ""}, []string{"read", "fix"}, wordsOnly},
		{[]string{"-o", ""}, []string{"text", "json", "github"}, wordsOnly},
		{[]string{"-o", "json", "-o", ""}, []string{"text", "sarif"}, wordsOnly},
		{[]string{"-o", "json=" + dir + "/a"}, []string{"json=" + file, "json=" + dir + "/apis/"}, noBlank},
		{[]string{"--output=json=" + dir + "/api."}, []string{"json=" + file}, wordsOnly},
		{[]string{"--body", "@" + dir + "/api."}, []string{"@" + file}, wordsOnly},
		{[]string{"--body", ""}, nil, wordsOnly},
		{[]string{"-o", "json", "--sta"}, []string{"--stage\tNAME of the only stage to look at (also --stage-name)"}, wordsOnly},
		{[]string{"--template", ""}, []string{"yaml", "yml", "json"}, filesOnly},
		{[]string{"--template", "a.yaml", ""}, []string{"yaml", "yml", "json"}, filesOnly},
		{[]string{"fix", "--template", "a.yaml", ""}, []string{"yaml", "yml", "json"}, filesOnly},
		{[]string{"snapshot", ""}, nil, wordsOnly},
		{[]string{""}, []string{"demo\tDiagnose an embedded example; needs no AWS account and no network"}, wordsOnly},
		{[]string{"--parameters-file", ""}, []string{"json"}, filesOnly},
		{[]string{"--snapshot", ""}, []string{"json"}, filesOnly},
		{[]string{"--scp", ""}, []string{"json"}, filesOnly},
		{[]string{"--request", ""}, []string{"json", "yaml"}, filesOnly},
		{[]string{"fix", "--rollback", ""}, []string{"json"}, filesOnly},
		{[]string{"--only", ""}, []string{rule}, wordsOnly},
		{[]string{"--skip", ""}, []string{rule}, wordsOnly},
		{[]string{"fix", "--only", ""}, []string{rule}, wordsOnly},
		{[]string{"explain", ""}, []string{rule}, wordsOnly},
		{[]string{"explain", "x", ""}, nil, wordsOnly},
		{[]string{"rules", "show", ""}, []string{rule}, wordsOnly},
		{[]string{"demo", ""}, []string{"protocol-content-type\t" + fixtures.About("protocol_content_type_failing")}, wordsOnly},
		{[]string{"demo", "--deny", ""}, []string{"GetRole"}, wordsOnly},
		{[]string{"demo", "--throttle", ""}, []string{"GetRole="}, noBlank},
		{[]string{"walk", "--demo", ""}, []string{"route-not-deployed-passing\t" + fixtures.About("route_not_deployed_passing")}, wordsOnly},
		{[]string{"schema", ""}, []string{"report", "snapshot"}, wordsOnly},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish", "powershell"}, wordsOnly},
		{[]string{"help", "ex"}, []string{"explain\tRank what an error can mean, or explain a rule; needs no credentials", "exit-codes\tWhat the exit codes mean"}, wordsOnly},
		{[]string{"version", ""}, nil, wordsOnly},
		{[]string{"--region", ""}, nil, wordsOnly},
		{[]string{"--timeout", ""}, nil, wordsOnly},
		{[]string{"--profile", ""}, []string{"default", "staging"}, wordsOnly},
		{[]string{"--snapshot", file, "--stage", ""}, []string{"prod"}, wordsOnly},
		{[]string{"walk", "--snapshot", file, "--stage-name", ""}, []string{"prod"}, wordsOnly},
		{[]string{"--snapshot", file, "--method", ""}, []string{"POST /orders"}, wordsOnly},
		{[]string{"--snapshot", file, "--method", "/"}, []string{"/orders"}, wordsOnly},
		{[]string{"--snapshot", profiles, "--method", ""}, nil, wordsOnly},
		{[]string{"--template", "-", "--method", ""}, nil, wordsOnly},
		{[]string{"--method", ""}, nil, wordsOnly},
		{[]string{"--api-id", ""}, nil, wordsOnly},
	} {
		got, directive := complete(t, env, c.args...)
		if directive != c.directive {
			t.Errorf("%q: directive %s, want %s", c.args, directive, c.directive)
		}
		for _, want := range c.want {
			if !slices.Contains(got, want) {
				t.Errorf("%q: no %q in %q", c.args, want, got)
			}
		}
		if c.want == nil && len(got) > 0 {
			t.Errorf("%q: got %q, want nothing", c.args, got)
		}
		for _, line := range got {
			if strings.ContainsAny(line, "`") || strings.Contains(line, "$(") {
				t.Errorf("%q: %q", c.args, line)
			}
		}
	}
	env["APISQS_DOCTOR_SNAPSHOT"] = file
	if got, _ := complete(t, env, "--method", ""); !slices.Equal(got, []string{"POST /orders"}) {
		t.Errorf("a snapshot of the environment: %q", got)
	}
}

// Every flag that takes the name of a file completes files of its kind.
func TestFileFlagsCompleteFiles(t *testing.T) {
	files := 0
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); name != "FILE" {
				return
			}
			files++
			if len(f.Annotations[cobra.BashCompFilenameExt]) == 0 {
				t.Errorf("%s --%s does not say which files it takes", cmd.CommandPath(), f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(testApp().rootCommand())
	if files < 10 {
		t.Errorf("only %d flags were looked at", files)
	}
}

// Completing calls AWS when it was asked to, once, and says nothing when that fails.
func TestCompletionsFromTheAccount(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it waits for an account that does not answer")
	}
	s := loadFixture(t, "protocol_content_type_failing")
	second := s.APIs[0]
	second.ID, second.Name = "e5f6g7h8", "two\nlines\tand a tab"
	s.APIs = append(s.APIs, second, snapshot.API{ID: "h5e6a7l8", Name: "an HTTP API", Type: snapshot.HTTP,
		Stages: snapshot.Known([]snapshot.Stage{{Name: "live", DeploymentID: snapshot.Known("", snapshot.Origin{}),
			Variables: snapshot.Known(map[string]string{}, snapshot.Origin{})}}, snapshot.Origin{})})
	all := []string{"GetApis", "GetRestApis"}
	for _, c := range []struct {
		name    string
		asked   string
		options fakeaws.Options
		args    []string
		want    []string
		calls   []string
	}{
		{"not asked", "", fakeaws.Options{}, []string{"--api-id", ""}, nil, nil},
		{"asked not to", "0", fakeaws.Options{}, []string{"--api-id", ""}, nil, nil},
		{"stages, not asked", "", fakeaws.Options{}, []string{"--api-id", "a1b2c3d4", "--stage", ""}, nil, nil},
		{"ids", "1", fakeaws.Options{}, []string{"--api-id", ""}, []string{"h5e6a7l8\tan HTTP API", "a1b2c3d4\torders-api", "e5f6g7h8\t" + oneLine(second.Name)}, all},
		{"ids of another command", "1", fakeaws.Options{}, []string{"walk", "--rest-api-id", ""}, []string{"h5e6a7l8\tan HTTP API", "a1b2c3d4\torders-api", "e5f6g7h8\t" + oneLine(second.Name)}, all},
		{"stages", "1", fakeaws.Options{}, []string{"--api-id", "a1b2c3d4", "--stage", ""}, []string{"prod"}, []string{"GetStages"}},
		{"stages of two APIs", "1", fakeaws.Options{}, []string{"--api-id", "a1b2c3d4", "--api-id", "e5f6g7h8", "--stage", ""}, []string{"prod"}, []string{"GetStages", "GetStages"}},
		{"stages of an HTTP API", "1", fakeaws.Options{}, []string{"--api-id", "h5e6a7l8", "--stage", ""}, []string{"live"}, []string{"GetStages", "GetStages"}},
		{"another id", "1", fakeaws.Options{}, []string{"--api-id", "a1b2c3d4", "--api-id", ""}, []string{"h5e6a7l8\tan HTTP API", "e5f6g7h8\t" + oneLine(second.Name)}, all},
		{"stages of no API", "1", fakeaws.Options{}, []string{"--stage", ""}, nil, nil},
		{"denied", "1", fakeaws.Options{Deny: []string{"*"}}, []string{"--api-id", ""}, nil, all},
		{"stages denied", "1", fakeaws.Options{Deny: []string{"*"}}, []string{"--api-id", "a1b2c3d4", "--stage", ""}, nil, []string{"GetStages"}},
		{"no answer", "1", fakeaws.Options{Hang: []string{"*"}}, []string{"--api-id", ""}, nil, all},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, err := fakeaws.Start(s, c.options)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			began := time.Now()
			args := append([]string{"--region", "us-east-1", "--endpoint-url", server.URL}, c.args...)
			got, directive := complete(t, map[string]string{completeAWS: c.asked}, args...)
			if directive != wordsOnly || !slices.Equal(got, c.want) {
				t.Errorf("got %q %s, want %q", got, directive, c.want)
			}
			if took := time.Since(began); took > 2*completionTime {
				t.Errorf("took %s", took)
			}
			var calls []string
			for _, call := range server.Calls() {
				calls = append(calls, call.Operation)
			}
			slices.Sort(calls)
			if !slices.Equal(calls, c.calls) {
				t.Errorf("calls %q, want %q", calls, c.calls)
			}
		})
	}
}

// What is added to cobra's scripts is where it belongs.
func TestCompletionScripts(t *testing.T) {
	for shell, c := range map[string]struct{ aws, part string }{
		"bash":       {"export APISQS_DOCTOR_COMPLETE_AWS=1", bashWords},
		"zsh":        {"export APISQS_DOCTOR_COMPLETE_AWS=1", zshWords},
		"fish":       {"set -gx APISQS_DOCTOR_COMPLETE_AWS 1", fishQuoted},
		"powershell": {"$env:APISQS_DOCTOR_COMPLETE_AWS = '1'", "Register-ArgumentCompleter"},
	} {
		code, plain, _ := run(nil, "completion", shell)
		if code != 0 || !strings.Contains(plain, c.part) || strings.Contains(plain, fishUnquoted) || strings.Contains(plain, completeAWS) {
			t.Errorf("%s: exit code %d, %d bytes", shell, code, len(plain))
		}
		first, rest, _ := strings.Cut(plain, "\n")
		if _, script, _ := run(nil, "completion", shell, "--aws"); script != first+"\n"+c.aws+"\n"+rest {
			t.Errorf("%s: --aws does not add %q below the first line", shell, c.aws)
		}
	}
}

func saveSnapshot(t *testing.T, file string, s *snapshot.Snapshot) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := snapshot.Save(f, s); err != nil {
		t.Fatal(err)
	}
}
