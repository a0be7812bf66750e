package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"go.yaml.in/yaml/v4"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
)

// agent is a client of the server, in a folder of its own.
func agent(t *testing.T, args ...string) *sdk.ClientSession {
	t.Helper()
	t.Chdir(t.TempDir())
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		ended <- Main(append([]string{"mcp"}, args...), Streams{In: toServer, Out: fromServer, Err: &errs, LookupEnv: func(string) (string, bool) { return "", false }})
	}()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &sdk.IOTransport{Reader: toClient, Writer: fromClient}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		session.Close()
		select {
		case code := <-ended:
			if code != 0 {
				t.Errorf("the server ends with %d: %s", code, errs.String())
			}
		case <-time.After(30 * time.Second):
			t.Error("the server goes on after its input has ended")
		}
	})
	return session
}

// ask calls a tool, and returns its text and whether it is an error.
func ask(t *testing.T, s *sdk.ClientSession, tool string, args map[string]any) (string, bool) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return err.Error(), true
	}
	var b strings.Builder
	for _, c := range r.Content {
		b.WriteString(c.(*sdk.TextContent).Text)
	}
	if b.Len() > 6000 {
		t.Errorf("%s %v: an answer of %d bytes", tool, args, b.Len())
	}
	return b.String(), r.IsError
}

// saved writes a fixture's snapshot into the working folder.
func saved(t *testing.T, name string) string {
	t.Helper()
	var b bytes.Buffer
	if err := snapshot.Save(&b, loadFixture(t, name)); err != nil {
		t.Fatal(err)
	}
	file := name + ".json"
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMCPTools(t *testing.T) {
	for _, live := range []bool{false, true} {
		var args []string
		if live {
			args = []string{"--live"}
		}
		list, err := agent(t, args...).ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, tool := range list.Tools {
			names = append(names, tool.Name)
			if !tool.Annotations.ReadOnlyHint {
				t.Errorf("%s is not said to read only", tool.Name)
			}
			schema, err := json.Marshal(tool.InputSchema)
			if err != nil {
				t.Fatal(err)
			}
			if tool.Name == "diagnose" && strings.Contains(string(schema), "apiId") != live {
				t.Errorf("live is %v and the arguments are %s", live, schema)
			}
		}
		if slices.Sort(names); !slices.Equal(names, []string{"diagnose", "explain", "plan", "rules", "test"}) {
			t.Errorf("tools %q", names)
		}
	}
}

// every lets TestMCPVerdicts compare all fixtures.
var every = flag.Bool("every", false, "compare what mcp says of every fixture, and not of each fourth")

// The verdict is the command line's.
func TestMCPVerdicts(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it asks for every fixture")
	}
	s := agent(t)
	for i, name := range fixtures.Names() {
		if i%4 != 0 && !*every {
			continue // each tool call is a run of the same program; a quarter tells
		}
		file := saved(t, name)
		code, out, errs := run(nil, "--snapshot", file, "-o", "json")
		var want report.Document
		if err := json.Unmarshal([]byte(out), &want); err != nil {
			t.Fatalf("%s: %v %s", name, err, errs)
		}
		text, failed := ask(t, s, "diagnose", map[string]any{"path": file})
		var got struct {
			Verdict  diagnose.Verdict
			ExitCode int
			Methods  []struct{ Verdict diagnose.Verdict }
			More     string
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || failed {
			t.Fatalf("%s: %v %s", name, err, text)
		}
		if got.Verdict != want.Summary.Verdict || got.ExitCode != code || len(got.Methods) != len(want.Methods) {
			t.Errorf("%s: %s, exit code %d, %d methods; the command line says %s, %d, %d", name, got.Verdict, got.ExitCode, len(got.Methods), want.Summary.Verdict, code, len(want.Methods))
		}
		if got.More != "apisqs-doctor --snapshot "+file+" -o json" {
			t.Errorf("%s: more by %q", name, got.More)
		}
	}
}

// The other tools answer, and say what the command line says.
func TestMCPAnswers(t *testing.T) {
	s := agent(t)
	file := saved(t, "mapping_body_not_encoded_failing")
	if err := os.WriteFile("cases.yaml", []byte("target: "+file+"\ncases:\n  - name: an order\n    request: {method: POST, path: /orders, body: 'a&b'}\n    expect: {verdict: healthy}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"diagnose", map[string]any{"path": file, "method": "POST /orders", "body": "a&b", "headers": []string{"Content-Type: application/json"}}, `"rule":"mapping-body-not-encoded"`},
		{"diagnose", map[string]any{"path": file, "body": "@cases.yaml"}, `"verdict"`},
		{"plan", map[string]any{"path": file}, `"title":"URL-encode $input.body in the template, with $util.urlEncode"`},
		{"explain", map[string]any{"text": "<UnknownOperationException/>"}, "protocol-content-type"},
		{"explain", map[string]any{"text": "protocol-content-type"}, "SQS picks its protocol"},
		{"rules", map[string]any{}, "queue-fifo-group\n"},
		{"rules", map[string]any{"stage": "queue"}, "queue-fifo-group (error)"},
		{"rules", map[string]any{"code": "InvalidAddress"}, "protocol-queue-url"},
		{"rules", map[string]any{"id": "queue-fifo-group"}, "MessageGroupId"},
		{"test", map[string]any{"files": []string{"cases.yaml"}}, `"failed":1`},
	} {
		text, failed := ask(t, s, c.tool, c.args)
		if failed || !strings.Contains(text, c.want) {
			t.Errorf("%s %v: %s", c.tool, c.args, text)
		}
		if body, ok := c.args["body"].(string); ok && strings.HasPrefix(body, "@") && strings.Contains(text, "an order") {
			t.Errorf("a body that names a file was read from it: %s", text)
		}
	}
}

// What is asked wrongly is told, and nothing outside of the folder is read.
func TestMCPRefuses(t *testing.T) {
	s := agent(t)
	outside := filepath.Join(t.TempDir(), "secret.yaml")
	if err := os.WriteFile(outside, []byte("Resources: {}\nhidden: wholly-hidden-text\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, "link.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("cases.yaml", []byte("target: "+outside+"\ncases:\n  - name: x\n    request: {method: POST, path: /}\n    expect: safe\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("infra", 0o755); err != nil {
		t.Fatal(err)
	}
	file := saved(t, "orders")
	for _, c := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"diagnose", map[string]any{"path": outside}, "not below the working folder"},
		{"diagnose", map[string]any{"path": "../secret.yaml"}, "not below the working folder"},
		{"diagnose", map[string]any{"path": "link.yaml"}, "not below the working folder"},
		{"diagnose", map[string]any{"path": "-"}, "no such file"},
		{"diagnose", map[string]any{"path": "a\x00b"}, "no path"},
		{"diagnose", map[string]any{"path": "no.yaml"}, "no such file"},
		{"diagnose", map[string]any{}, "one target"},
		{"diagnose", map[string]any{"apiId": "a1b2c3d4"}, ""},
		{"diagnose", map[string]any{"path": 7}, ""},
		{"diagnose", map[string]any{"path": file, "mothod": "POST"}, ""},
		{"diagnose", map[string]any{"path": file, "method": "a b c d"}, "--method"},
		{"diagnose", map[string]any{"path": file, "headers": []string{"no colon"}}, "exit code 2"},
		{"diagnose", map[string]any{"path": file, "body": strings.Repeat("x", 1<<20+1)}, "at most"},
		{"plan", map[string]any{"path": "link.yaml"}, "not below the working folder"},
		{"explain", map[string]any{"text": "lorem ipsum"}, "not recognised"},
		{"explain", map[string]any{"text": strings.Repeat("x", 1<<20+1)}, "at most"},
		{"rules", map[string]any{"id": "no-such-rule"}, "no rule"},
		{"rules", map[string]any{"id": "--help"}, "no rule"},
		{"rules", map[string]any{"stage": "x"}, "no stage"},
		{"rules", map[string]any{"code": "x"}, "no rule"},
		{"test", map[string]any{"files": []string{"cases.yaml"}}, "not below the working folder"},
		{"test", map[string]any{"files": []string{}}, "files"},
		{"nothing", map[string]any{}, "nothing"},
	} {
		text, failed := ask(t, s, c.tool, c.args)
		if !failed || !strings.Contains(text, c.want) {
			t.Errorf("%s %.80v: error %v, %q", c.tool, c.args, failed, text)
		}
		if strings.Contains(text, "wholly-hidden-text") {
			t.Errorf("%s %v tells of the file outside: %s", c.tool, c.args, text)
		}
	}
	if text, failed := ask(t, s, "diagnose", map[string]any{"path": file}); failed {
		t.Errorf("after all of it: %s", text)
	}
}

// What a configuration leads to outside of the folder is not read: not a module, a
// text, a nested template, and not a link among the files of a folder.
func TestMCPConfined(t *testing.T) {
	s := agent(t)
	outside := t.TempDir()
	up, err := filepath.Rel(workingFolder(t), outside)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	const hidden = "wholly-hidden-text"
	write(filepath.Join(outside, "module", "main.tf"), "resource \"aws_sqs_queue\" \"q\" {\n  name = \""+hidden+"\"\n}\n")
	write(filepath.Join(outside, "text.vtl"), hidden)
	write(filepath.Join(outside, "nested.yaml"), "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: "+hidden+"}\n")
	rest := "Type: AWS::Serverless::Api\n    Properties: {StageName: prod, DefinitionUri: " + up + "/nested.yaml}\n"
	write("module/main.tf", "module \"q\" {\n  source = \""+up+"/module\"\n}\n")
	write("text/main.tf", "resource \"aws_sqs_queue\" \"q\" {\n  name = file(\""+filepath.Join(up, "..", "..")+filepath.Join(outside, "text.vtl")+"\")\n}\nresource \"aws_sqs_queue\" \"r\" {\n  name = file(\""+filepath.Join(outside, "text.vtl")+"\")\n}\n")
	write("nested/template.yaml", "Resources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: "+up+"/nested.yaml}\n")
	write("sam/template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n  A:\n    "+rest)
	write("linked/here.txt", "")
	for _, link := range [][2]string{{"nested.yaml", "linked/template.yaml"}, {"nested.yaml", "linked/more.yaml"}, {"module", "linkedmodule"}} {
		if err := os.Symlink(filepath.Join(outside, link[0]), link[1]); err != nil {
			t.Fatal(err)
		}
	}
	write("through/main.tf", "module \"q\" {\n  source = \"../linkedmodule\"\n}\n")
	for _, target := range []string{"module", "text", "nested", "sam", "linked", "through"} {
		for _, tool := range []string{"diagnose", "plan"} {
			text, failed := ask(t, s, tool, map[string]any{"path": target})
			if strings.Contains(text, hidden) || !failed && strings.Contains(text, `"verdict":"healthy"`) {
				t.Errorf("%s %s: %s", tool, target, text)
			}
			if target == "sam" && !strings.Contains(text, `"notRead"`) {
				t.Errorf("%s %s does not say what is not read: %s", tool, target, text)
			}
		}
	}
}

func workingFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Calls run beside each other, and one that is cancelled ends.
func TestMCPAtOnce(t *testing.T) {
	s := agent(t)
	healthy, broken := saved(t, "orders"), saved(t, "protocol_content_type_failing")
	var wg sync.WaitGroup
	for i := range 8 {
		file, want := healthy, `"verdict":"healthy"`
		if i%2 == 1 {
			file, want = broken, `"verdict":"broken"`
		}
		wg.Go(func() {
			r, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: "diagnose", Arguments: map[string]any{"path": file}})
			if err != nil || !strings.Contains(r.Content[0].(*sdk.TextContent).Text, want) {
				t.Errorf("%s: %v %v", file, r, err)
			}
		})
	}
	wg.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.CallTool(ctx, &sdk.CallToolParams{Name: "diagnose", Arguments: map[string]any{"path": broken}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that is cancelled gives %v", err)
	}
	if text, failed := ask(t, s, "diagnose", map[string]any{"path": healthy}); failed {
		t.Error(text)
	}
}

// The pipe may close at any time: the program ends, without a word on its output
// that is no message.
func TestMCPClosedPipe(t *testing.T) {
	for _, in := range []string{"", "\n", "{", "nonsense\n", `{"jsonrpc":"2.0","id":1,"method":"initialize"`, strings.Repeat("x", 5<<20)} {
		var out, errs bytes.Buffer
		code := Main([]string{"mcp"}, Streams{In: strings.NewReader(in), Out: &out, Err: &errs, LookupEnv: func(string) (string, bool) { return "", false }})
		if code != 0 && code != ExitCannotRun || code != 0 && errs.Len() == 0 {
			t.Errorf("%.40q: exit code %d, %q", in, code, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%.40q: the output has %q", in, line)
			}
		}
	}
}

// The skill names commands, flags and members that there are.
func TestSkill(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // a second time it replaces its own
		if code, out, errs := run(nil, "skill", dir); code != 0 || strings.TrimSpace(out) != filepath.Join(dir, "apisqs-doctor", "SKILL.md") {
			t.Fatalf("exit code %d: %s %s", code, out, errs)
		}
	}
	file := filepath.Join(dir, "apisqs-doctor", "SKILL.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 6000 {
		t.Errorf("%d bytes are no short skill", len(text))
	}
	front := strings.SplitN(string(text), "---\n", 3)
	var head struct{ Name, Description string }
	if err := yaml.Unmarshal([]byte(front[1]), &head); err != nil || head.Name != "apisqs-doctor" || len(head.Description) > 1024 || head.Description == "" {
		t.Errorf("%v: %+v", err, head)
	}
	a := &app{Streams: Streams{LookupEnv: func(string) (string, bool) { return "", false }}}
	commands := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "    apisqs-doctor ") {
			continue
		}
		commands++
		line, _, _ = strings.Cut(line, "  #")
		words, err := splitShell(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		cmd, rest, err := a.rootCommand().Find(words[1:])
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if commands < 6 {
		t.Errorf("%d commands", commands)
	}
	schema, _ := report.SchemaOf("report")
	for _, member := range []string{"verdict", "summary", "methods", "predicted", "status", "sqsStatus", "code", "codes", "stages", "outbound", "messages", "answer", "findings", "rule", "message", "evidence", "fixes", "plan", "steps", "sure", "diff", "remains", "gaps", "assumed"} {
		if !bytes.Contains(schema, []byte(`"`+member+`": {`)) || !bytes.Contains(text, []byte(member)) {
			t.Errorf("%q is not in the schema and in the skill", member)
		}
	}
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(nil, "skill", dir); code != ExitUsage || !strings.Contains(errs, "left alone") {
		t.Errorf("a file of the user's: exit code %d, %s", code, errs)
	}
}
