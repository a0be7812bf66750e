//go:build linux

package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/fixtures/fakeaws"
)

// readmeCommands are the command lines of the README, which stand indented or in
// blocks of the language sh, without their comments.
func readmeCommands(text string) []string {
	text = regexp.MustCompile("(?s)```sh\n(.*?)```").ReplaceAllStringFunc(text, func(block string) string {
		lines := strings.Split(strings.Trim(block, "`"), "\n")
		return "    " + strings.Join(lines[1:], "\n    ")
	})
	text = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
	var list []string
	for _, line := range strings.Split(text, "\n") {
		command, ok := strings.CutPrefix(line, "    ")
		if !ok {
			continue
		}
		if command, _, _ = strings.Cut(command, "  #"); strings.TrimSpace(command) != "" {
			list = append(list, strings.TrimSpace(command))
		}
	}
	return list
}

// topicCommands are the command lines of a help topic.
func topicCommands(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if rest, ok := strings.CutPrefix(line, "  "+name+" "); ok {
			rest, _, _ = strings.Cut(rest, "  #")
			list = append(list, name+" "+strings.TrimSpace(rest))
		}
	}
	return list
}

// Every command of the README, and of the topic it sends its readers to, runs as it is written, in the README's order, in
// a folder with the files that it speaks of and against a loopback AWS.
func TestReadmeCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs every command of the README")
	}
	t.Parallel()
	text, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	commands := readmeCommands(string(text))
	for _, command := range topicCommands(targetsTopic().Long) {
		if !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	if len(commands) < 40 {
		t.Fatalf("only %d commands were found", len(commands))
	}
	for _, tool := range []string{"bash", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	box := newSandbox(t)
	for _, command := range commands {
		t.Run(command, func(t *testing.T) { box.check(t, command) })
	}
}

// sandbox is a folder to run commands in.
type sandbox struct{ dir, root, loopback string }

const executionLog = "Execution log for request 3f2a9c1e\nSun Nov 22 10:11:12 UTC 2026 : Endpoint response body before transformations: <UnknownOperationException/>\n\n" +
	"Sun Nov 22 10:11:12 UTC 2026 : Received response. Status: 404, Integration latency: 3 ms\n"

const readmeIntegration = `{"type": "AWS", "httpMethod": "POST", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders", "credentials": "arn:aws:iam::123456789012:role/orders-api", "passthroughBehavior": "NEVER"}`

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	server, err := fakeaws.Start(twoAPIs(t), fakeaws.Options{Answers: map[string]fakeaws.Answer{"POST /orders": {Status: 400, Body: "<UnknownOperationException/>", Log: executionLog}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	box := &sandbox{t.TempDir(), root, server.URL}
	template, err := os.ReadFile("../delivery/testdata/orders.template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(template), "application/x-www-form-urlencoded", "application/json", 1)
	const orders = "../../../diagnose/source/terraform/testdata/orders/"
	if err := os.CopyFS(filepath.Join(box.dir, "infra"), os.DirFS(orders)); err != nil {
		t.Fatal(err)
	}
	plan, err := os.ReadFile(orders + "plan.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"infra/env.tf":                 "variable \"env\" {}\n",
		"plan.json":                    string(plan),
		"template.yaml":                broken,
		"order.json":                   `{"id": 1}`,
		"call.yaml":                    "method: POST\npath: /orders\nheaders: {Content-Type: application/json}\nbody: '{\"id\": 1}'\n",
		"cdk.out/manifest.json":        `{"version": "39.0.0", "artifacts": {}}`,
		"cdk.out/Orders.template.json": `{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}`,
		"stacks/orders.yaml":           broken,
		".serverless/cloudformation-template-update-stack.json": `{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}`,
		"openapi.yaml":        "openapi: 3.0.1\npaths: {/orders: {post: {x-amazon-apigateway-integration: " + readmeIntegration + "}}}\n",
		"integration.json":    readmeIntegration,
		"resources.json":      `{"items": [{"id": "r1", "path": "/orders", "resourceMethods": {"POST": {"httpMethod": "POST", "authorizationType": "NONE", "methodIntegration": ` + readmeIntegration + `}}}]}`,
		"role.json":           `{"Role": {"RoleName": "orders-api", "Arn": "arn:aws:iam::123456789012:role/orders-api", "AssumeRolePolicyDocument": {"Statement": []}}}`,
		"queue.json":          `{"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:orders"}}`,
		"execution.log":       executionLog,
		"stacks/network.yaml": "Resources: {Topic: {Type: AWS::SNS::Topic}}\n",
	} {
		file := filepath.Join(box.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return box
}

// command is the command line as bash runs it in the sandbox.
func (b *sandbox) command(line string) *exec.Cmd {
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir = b.dir
	// A screen is not asked for its colours, which this one could not tell.
	cmd.Env = append(loopbackEnviron(b.loopback), "HOME="+b.dir, "TERM=screen", "CI=", "GITHUB_ACTIONS=")
	return cmd
}

// check runs a command line and wants a verdict from those that give one, and
// success from all others.
func (b *sandbox) check(t *testing.T, line string) {
	cmd, codes := b.command(line), []int{ExitHealthy}
	words := strings.Fields(line)
	switch {
	case line == "go test ./...":
		if ci, err := os.ReadFile(filepath.Join(b.root, ".ci", "run")); err != nil || !bytes.Contains(ci, []byte("\n"+line+"\n")) {
			t.Errorf(".ci/run does not call it (%v)", err)
		}
		return // this is it
	case words[0] == "go":
		home, err := os.UserHomeDir()
		if err != nil {
			t.Skipf("go needs a home: %v", err)
		}
		if words[1] == "install" { // what "go run" has linked is not linked again
			cmd = b.command(strings.Replace(line, "install", "install -n", 1))
		}
		cmd.Dir, cmd.Env = b.root, append(cmd.Env, "GOBIN="+b.dir, "HOME="+home)
	case words[0] == "docker" && words[1] == "build":
		if _, err := os.Stat(filepath.Join(b.root, words[3])); words[2] != "-f" || err != nil {
			t.Errorf("there is no such recipe: %v", err)
		}
		return // it takes long, and a daemon; the recipe is tried in its own test
	case words[0] == "docker": // what the program in the container is given
		_, args, ok := strings.Cut(line, " apisqs-doctor ")
		if !ok {
			t.Fatal("no program is run")
		}
		cmd, codes = b.command("apisqs-doctor "+args), []int{ExitHealthy, ExitProblems, ExitInconclusive}
	case words[0] == "make":
		cmd = b.command("make -n " + strings.Join(words[1:], " "))
		cmd.Dir = b.root
	case words[0] == "apisqs-doctor" && (strings.HasPrefix(words[1], "-") || strings.ContainsAny(words[1], "/.0123456789") || words[1] == "fix" || words[1] == "probe" || words[1] == "logs"):
		codes = []int{ExitHealthy, ExitProblems, ExitInconclusive}
	}
	for _, tool := range []string{"make", "jq"} {
		if _, err := exec.LookPath(tool); err != nil && slices.Contains(words, tool) {
			t.Skipf("%s is not installed", tool)
		}
	}
	var out string
	switch {
	case strings.HasPrefix(line, "apisqs-doctor walk "):
		out = onTerminal(t, cmd, "quit", types("q"))
	case strings.HasPrefix(line, "apisqs-doctor probe "):
		out = onTerminal(t, cmd, "[y/N]", types("y\r"))
	case slices.Contains(words, "--rollback"):
		if text, err := b.command("apisqs-doctor fix --api-id a1b2c3d4 --apply --yes").CombinedOutput(); err != nil {
			t.Fatalf("there is nothing to take back: %v\n%s", err, text)
		}
		out = onTerminal(t, cmd, "[y/N]", types("y\r"))
	default:
		text, _ := cmd.CombinedOutput()
		out = string(text)
	}
	if code := cmd.ProcessState.ExitCode(); !slices.Contains(codes, code) {
		t.Errorf("exit code %d, want one of %v\n%s", code, codes, out)
	}
	for _, m := range regexp.MustCompile(`(?:-o [a-z]+=|> )(\S+)`).FindAllStringSubmatch(line, -1) {
		text, err := os.ReadFile(filepath.Join(b.dir, m[1]))
		if out += string(text); err != nil {
			t.Error(err)
		}
	}
	if strings.TrimSpace(out) == "" && words[0] == "apisqs-doctor" {
		t.Error("it said nothing")
	}
}
