package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	ground "apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

var update = flag.Bool("update", false, "write the expected reports anew")

// account is the symbol that stands for the account of a template.
const account = "\x02AWS::AccountId\x03"

func steps(list ...walk.Step) (out [8]walk.Step) {
	for i := range out {
		out[i] = list[i]
		out[i].Stage = walk.Stages[i]
	}
	return out
}

func passed(said string) walk.Step { return walk.Step{Status: walk.Passed, Said: said} }

func notReachedStep() walk.Step {
	return walk.Step{Status: walk.Unknown, Gaps: []snapshot.Gap{{Reason: snapshot.Blocked, Detail: "the protocol stage did not get that far"}}}
}

func trace(api *snapshot.API, path string, list [8]walk.Step) *walk.Trace {
	t := &walk.Trace{Steps: list, Request: diagnose.Plain("POST", path)}
	t.Route = walk.Route{API: api, Stage: &snapshot.Stage{Name: "prod"}, Method: &snapshot.Method{HTTPMethod: "POST", Path: path}}
	t.Signing.Method, t.Signing.Host, t.Signing.RequestPath = "POST", "sqs.us-east-1.amazonaws.com", "/"+account+"/orders"
	t.Mapping.Body, t.Mapping.BodyKnown = []byte("Action=SendMessage&MessageBody=%7B%22id%22%3A1%7D"), true
	t.Mapping.Headers = []walk.Mapped{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Gone", Absent: true}}
	t.Protocol.Protocol, t.Protocol.Action, t.Protocol.QueueARN = "query", "SendMessage", "arn:aws:sqs:us-east-1:"+account+":orders"
	return t
}

// broken is a run with a broken, an inconclusive, an at-risk and a healthy method.
func broken() Run {
	api := &snapshot.API{ID: "a1b2c3d4", Name: "orders-api", Type: snapshot.REST}
	origin := snapshot.Origin{Resource: "OrdersPost", Path: "Integration.RequestParameters", File: "template.yaml", Line: 42}
	denied := snapshot.Gap{Reason: snapshot.Denied, Detail: "GetRole (role orders-api): AccessDenied",
		Needs: "iam:GetRole on arn:aws:iam::" + account + ":role/orders-api", Origin: snapshot.Origin{Resource: "arn:aws:iam::" + account + ":role/orders-api"}}
	sick := diagnose.Diagnosis{
		Verdict: diagnose.Broken,
		Trace: trace(api, "/orders", steps(
			passed("POST /orders, deployment d4e5f6 of 2026-11-20"),
			passed("application/json -> template application/json, 48 bytes"),
			passed("POST https://sqs.us-east-1.amazonaws.com/"+account+"/orders as role orders-api"),
			walk.Step{Status: walk.Failed, Said: "the body is a form, but Content-Type says application/json: SQS finds no operation",
				Failure: &walk.Failure{Origin: walk.FromSQS, Status: 404, Code: walk.UnknownOperation}},
			passed("identity policy send (statement 1) allows sqs:SendMessage"),
			notReachedStep(),
			walk.Step{Status: walk.NotApplicable, Said: "the queue has no customer key"},
			passed(`400 is mapped by pattern 4\d{2}`))),
		Predicted: diagnose.Prediction{Status: 400, Origin: walk.FromSQS, SQSStatus: 404, Code: walk.UnknownOperation,
			Codes: []walk.ErrorCode{walk.UnknownOperation}, Message: "<UnknownOperationException/>", Stage: walk.StageProtocol, Known: true},
		Findings: []diagnose.Finding{{
			Rule: "protocol-content-type", Severity: diagnose.Error, Stage: walk.StageProtocol, Codes: []walk.ErrorCode{walk.UnknownOperation},
			Message:  `form-encoded body is announced as "application/json"`,
			Why:      "SQS picks its protocol by Content-Type: with application/json it looks for no Action in the body, and answers that it does not know the operation.",
			Evidence: []diagnose.Evidence{{Label: "integration request header Content-Type", Origin: origin}, {Label: "body", Value: "Action=SendMessage&\x1b[31mred", Origin: origin}},
			Fixes: []diagnose.Fix{{Title: "send Content-Type application/x-www-form-urlencoded", Risk: "none of the other methods is touched",
				Changes: []snapshot.Change{snapshot.SetRequestParameter{On: snapshot.MethodRef{API: "a1b2c3d4", Path: "/orders", Method: "POST"},
					Name: "integration.request.header.Content-Type", After: "'application/x-www-form-urlencoded'"}},
				Verdict: diagnose.Healthy, After: &diagnose.Prediction{Status: 200, SQSStatus: 200, Origin: walk.FromNobody, Known: true}}},
			Check: diagnose.Verification{Command: []string{"curl", "-i", "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders"}},
		}},
	}
	doubtful := diagnose.Diagnosis{
		Verdict: diagnose.Inconclusive, Gaps: []snapshot.Gap{denied, {Reason: snapshot.Blocked, Detail: "not reached"}},
		Trace: trace(api, "/refunds", steps(passed("a"), passed("b"), walk.Step{Said: "the role could not be read", Gaps: []snapshot.Gap{denied}},
			passed("d"), notReachedStep(), notReachedStep(), notReachedStep(), passed("h"))),
		Predicted: diagnose.Prediction{},
	}
	risky := diagnose.Diagnosis{
		Verdict:   diagnose.AtRisk,
		Trace:     trace(api, "/events", steps(passed("a"), passed("b"), passed("c"), passed("d"), passed("e"), passed("f"), passed("g"), passed("h"))),
		Predicted: diagnose.Prediction{Status: 200, SQSStatus: 200, Origin: walk.FromNobody, Known: true},
		Findings:  []diagnose.Finding{{Rule: "mapping-body-not-encoded", Severity: diagnose.Warning, Stage: walk.StageMapping, Message: `a body with "&" is cut`}},
	}
	healthy := risky
	healthy.Findings, healthy.Verdict = nil, diagnose.Healthy
	healthy.Trace = trace(api, "/health", healthy.Trace.Steps)
	return Run{
		Tool:     Tool{"apisqs-doctor", "1.2.3"},
		Snapshot: &snapshot.Snapshot{Symbols: []snapshot.Symbol{{Text: account, Expression: "${AWS::AccountId}"}}},
		Examination: diagnose.Examination{Target: snapshot.Target{Kind: snapshot.Template, Region: "us-east-1", Account: account, File: "template.yaml"},
			APIs: []*snapshot.API{api}, Diagnoses: []diagnose.Diagnosis{sick, doubtful, risky, healthy}, Others: 2, Verdict: diagnose.Broken},
		Remedy: Remedy{Check: func(_ shell.Kind, _ *snapshot.Snapshot, _ *walk.Trace, v diagnose.Verification) (string, []string) {
			if v.Command == nil {
				return v.Say, nil
			}
			return v.Say, []string{strings.Join(v.Command, " ")}
		}, Commands: func(shell.Kind, *snapshot.Snapshot, diagnose.Fix) ([]string, error) {
			return []string{"aws apigateway update-integration --rest-api-id a1b2c3d4 \\\n  --patch-operations op=add"}, nil
		}, Terraform: func(*snapshot.Snapshot, diagnose.Fix) (string, error) {
			return "", errors.New("no Terraform resource is known for it")
		}, Edits: func(_ *snapshot.Snapshot, f diagnose.Fix) (Edit, error) {
			if len(f.Changes) == 0 {
				return Edit{}, errors.New("template.yaml:7: the value stands behind Fn::If; change it by hand")
			}
			return Edit{Files: []FileEdit{{"template.yaml", ground.Change([]byte("\ufeffa: 1\r\n'\u202e': json # \U0001f600\r\nb: 2"), []byte("\ufeffa: 1\r\n'\u202e': form # \U0001f600\r\nb: 2\r\nc: 3"))}},
				Notes: []string{"give the <deployment> a new name"}}, nil
		}},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (make golden writes it anew):\n%s", name, diff)
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, broken(), false); err != nil {
		t.Fatal(err)
	}
	golden(t, "several.txt", b.Bytes())
	r := broken()
	r.Verbose = true
	var whole bytes.Buffer
	if err := Text(&whole, r, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "several.verbose.txt", whole.Bytes())
	if strings.ContainsRune(b.String(), '\x1b') {
		t.Error("an escape sequence of the data, or a colour, reached the report")
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("blanks at the end of %q", line)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, broken()); err != nil {
		t.Fatal(err)
	}
	golden(t, "several.json", b.Bytes())
}

// A single healthy method is told in full, since it was asked about.
func TestTextHealthy(t *testing.T) {
	r := broken()
	r.Examination.Diagnoses = r.Examination.Diagnoses[3:]
	var b bytes.Buffer
	if err := Text(&b, r, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "healthy.txt", b.Bytes())
}

func TestTextNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, Run{Examination: diagnose.Examination{Others: 3}}, false); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "no method is known to lead to SQS. 3 methods not to SQS.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Reset()
	if err := Text(&b, Run{Problem: &Problem{ExitCode: 3, Message: "no such API"}}, false); err != nil || b.Len() > 0 {
		t.Errorf("a run that failed wrote %q, %v", b.String(), err)
	}
}

func TestJSONProblem(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, Run{Problem: &Problem{ExitCode: 3, Message: "no such API", Hint: "check the id"}}); err != nil {
		t.Fatal(err)
	}
	var doc Document
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Summary.Verdict != diagnose.Inconclusive || doc.Error == nil || doc.Error.ExitCode != 3 {
		t.Errorf("got verdict %q and error %v, want inconclusive and exit code 3", doc.Summary.Verdict, doc.Error)
	}
	if !strings.Contains(b.String(), `"methods": []`) {
		t.Error(`"methods" is not an empty list`)
	}
}

// No list is null, and there are always eight stages, however empty the diagnosis.
func TestJSONIsWholeForAnEmptyDiagnosis(t *testing.T) {
	finding := diagnose.Finding{Rule: "x", Fixes: []diagnose.Fix{{Title: "y"}}, Evidence: []diagnose.Evidence{{}}}
	r := Run{Examination: diagnose.Examination{Diagnoses: []diagnose.Diagnosis{{}, {Trace: &walk.Trace{}, Findings: []diagnose.Finding{finding}}}}}
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"methods", "stages", "findings", "gaps", "codes", "evidence", "fixes", "commands", "headers", "changes"} {
		if regexp.MustCompile(`"` + list + `": null`).Match(b.Bytes()) {
			t.Errorf("%q is null", list)
		}
	}
	var doc Document
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for i, m := range doc.Methods {
		if len(m.Stages) != 8 || m.Verdict != diagnose.Inconclusive {
			t.Errorf("method %d has %d stages and verdict %q", i, len(m.Stages), m.Verdict)
		}
	}
	if err := Text(&b, r, true); err != nil {
		t.Fatal(err)
	}
}

func TestReportsAreDeterministic(t *testing.T) {
	var first, again bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &again} {
		if err := JSON(b, broken()); err != nil {
			t.Fatal(err)
		}
		if err := Text(b, broken(), true); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("two reports of one run differ")
	}
}

// Colour repeats what the words say: without it the text is the same.
func TestColor(t *testing.T) {
	var plain, colored bytes.Buffer
	if err := Text(&plain, broken(), false); err != nil {
		t.Fatal(err)
	}
	if err := Text(&colored, broken(), true); err != nil {
		t.Fatal(err)
	}
	if plain.String() == colored.String() {
		t.Error("no colour")
	}
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored.String(), ""); got != plain.String() {
		t.Errorf("the words differ with colour:\n%s", cmp.Diff(plain.String(), got))
	}
	if regexp.MustCompile("\x1b\\[[0-9;]*[34]8;").MatchString(colored.String()) {
		t.Error("a colour beyond the 16 that the reader's theme decides on")
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain ünïcödé 漢 😀": "plain ünïcödé 漢 😀",
		"a\x1b[31mb":        `a\x1b[31mb`,
		"a\nb\tc\rd":        `a\nb\tc\rd`,
		"\xff\x00":          `\xff\x00`,
		"\u009b31m":         `\u009b31m`,
		"\u202eabc":         `\u202eabc`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "a\x1b]8;;x\x07b", "\u202e", "\xf0\x28\x8c\xbc", "tab\tnew\nline"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		if i := strings.IndexFunc(got, unseen); i >= 0 {
			t.Errorf("Visible(%q) = %q has a control character at %d", s, got, i)
		}
		if Visible(got) != got {
			t.Errorf("Visible(%q) is not stable", s)
		}
	})
}

func TestJSONEscapesWhatATerminalObeys(t *testing.T) {
	r := broken()
	r.Examination.Diagnoses[0].Findings[0].Message = "a\u009b31m\u202eb\u007f\U0001f600"
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(strings.ReplaceAll(b.String(), "\n", ""), unseen); i >= 0 {
		t.Errorf("control character at %d", i)
	}
	var doc Document
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if got, want := doc.Methods[0].Findings[0].Message, r.Examination.Diagnoses[0].Findings[0].Message; got != want {
		t.Errorf("message came back as %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	text := strings.Repeat("word 漢字 ", 60) + strings.Repeat("x", 150) + " end"
	for _, indent := range []int{0, 14, 23} {
		lines := wrap(text, usualWidth, indent, indent)
		if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Errorf("indent %d loses text: %q", indent, got)
		}
		for _, l := range lines {
			if w := indent + lipgloss.Width(l); w > usualWidth {
				t.Errorf("indent %d: line of %d columns: %q", indent, w, l)
			}
		}
	}
}

// A long word is broken behind a sign, an error code never.
func TestWrapBreaksWords(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders", "https://sqs.us-east-|1.amazonaws.com/|123456789012/orders"},
		{"says AWS.SimpleQueueService.NonExistentQueue twice", "says|AWS.SimpleQueueService.NonExistentQueue|twice"},
		{"template-of-a-service.yaml:42", "template-of-a-|service.yaml:42"},
		{strings.Repeat("é", 45), strings.Repeat("é", 22) + "|" + strings.Repeat("é", 22) + "|é"},
	} {
		if got := strings.Join(wrap(tt.in, 22, 0, 0), "|"); got != tt.want {
			t.Errorf("%q: %q", tt.in, got)
		}
	}
}

func TestPolicy(t *testing.T) {
	got := Policy([]snapshot.Gap{
		{Needs: "iam:GetRole on arn:aws:iam::123456789012:role/r"},
		{Needs: "iam:ListRolePolicies on arn:aws:iam::123456789012:role/r"},
		{Needs: "iam:GetRole on arn:aws:iam::123456789012:role/r"},
		{Needs: "sts:GetCallerIdentity"},
		{Needs: "--account-id"},
		{Needs: "a word with the organization's administrator"},
		{},
	})
	var policy struct {
		Version   string
		Statement []struct {
			Effect, Resource string
			Action           []string
		}
	}
	if err := json.Unmarshal([]byte(got), &policy); err != nil {
		t.Fatal(err)
	}
	if len(policy.Statement) != 2 || policy.Statement[0].Resource != "*" || policy.Statement[0].Action[0] != "sts:GetCallerIdentity" ||
		strings.Join(policy.Statement[1].Action, " ") != "iam:GetRole iam:ListRolePolicies" {
		t.Errorf("got %s", got)
	}
	if got := Policy([]snapshot.Gap{{Needs: "--account-id"}}); got != "" {
		t.Errorf("a policy for what no permission gives: %s", got)
	}
}

func BenchmarkReports(b *testing.B) {
	r := broken()
	for len(r.Examination.Diagnoses) < 1000 {
		r.Examination.Diagnoses = append(r.Examination.Diagnoses, r.Examination.Diagnoses[:4]...)
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text": func(w *bytes.Buffer) error { return Text(w, r, false) },
		"json": func(w *bytes.Buffer) error { return JSON(w, r) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var w bytes.Buffer
				if err := write(&w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The first line stands beside a lead that may be longer or shorter than the
// indent of the others.
func TestWrapBesideALead(t *testing.T) {
	for _, first := range []int{0, 14, 60, 99, 120} {
		lines := wrap(strings.Repeat("word ", 80), usualWidth, first, 14)
		for i, l := range lines {
			indent := 14
			if i == 0 {
				indent = first
			}
			if indent+len(l) > usualWidth && strings.Contains(l, " ") {
				t.Errorf("lead of %d columns: line %d of %d columns", first, i, indent+len(l))
			}
		}
	}
}
