package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/fixtures/programs"
)

// Faults are planted in healthy Terraform configurations: each is found by its rule at
// its line, and fix --write makes the configuration healthy again with few changed lines.
func TestSabotage(t *testing.T) {
	t.Parallel()
	sabotage(t)
}

// Terraform would lay out nothing anew of what is written.
func TestProgramTerraform(t *testing.T) {
	programs.Run(t, "terraform")
	if !slices.ContainsFunc(ofOthers, func(name string) bool { _, err := exec.LookPath(name); return err == nil }) {
		t.Skip("skipped: neither terraform nor tofu is installed")
	}
	formatters = ofOthers
	defer func() { formatters = nil }()
	t.Run("all", sabotage) // which ends when all its parts have
}

func sabotage(t *testing.T) {
	for i, c := range []struct {
		folder, old, new, rule string
		lines                  int // that the fix changes at most; 0 when it gives the text that was there
	}{
		{"rest", "x-www-form-urlencoded", "json", "protocol-content-type", 0},
		{"rest", `integration_http_method = "POST"`, `integration_http_method = "GET"`, "signing-method", 0},
		{"rest", "Action=SendMessage&", "", "protocol-action-missing", 0},
		{"rest", "$util.urlEncode($input.body)", "$input.body", "mapping-body-not-encoded", 0},
		{"rest", "apigateway:eu-west-1:sqs", "apigateway:us-east-1:sqs", "signing-region", 0},
		{"rest", "orders.name}", "orders.arn}", "signing-uri", 0},
		{"rest", "aws_sqs_queue.orders.arn", "aws_sqs_queue.orders.url", "authorization-policy-malformed", 0},
		{"rest", `"sqs:SendMessage"`, `"sqs:ReceiveMessage"`, "authorization-action", 2},
		{"rest", "  credentials             = aws_iam_role.api.arn\n", "", "signing-credentials-missing", 2},
		{"module", "Action=SendMessage&", " Action=SendMessage&", "mapping-whitespace", 0},
		{"module", "[module.orders.arn]", `["arn:aws:sqs:eu-west-1:123456789012:order"]`, "authorization-resource", 17},
		{"http", "orders.url", "orders.arn", "protocol-queue-url", 0},
		{"http", `payload_format_version = "1.0"`, `payload_format_version = "2.0"`, "signing-payload-format", 0},
		{"fifo", "&MessageGroupId=orders", "", "queue-fifo-group", 2},
		{"fifo", `["kms:GenerateDataKey", "kms:Decrypt"]`, `["kms:Decrypt"]`, "encryption-role-permission", 6},
		{"json", "x-amz-json-1.0", "x-www-form-urlencoded", "protocol-json-content-type", 0},
		{"json", "AmazonSQS.SendMessage", "SQS.SendMessage", "protocol-target", 0},
	} {
		t.Run(c.folder+"/"+c.rule, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && i%4 != 0 {
				t.Skip("skipped with -short: long")
			}
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "sabotage", c.folder))); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "main.tf")
			healthy := readText(t, file)
			at := strings.Index(healthy, c.old)
			if at < 0 {
				t.Fatalf("%q is not in it", c.old)
			}
			broken := strings.Replace(healthy, c.old, c.new, 1)
			if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
				t.Fatal(err)
			}
			_, stdout, stderr := run(processEnv(), dir, "-o", "json")
			line := 1 + strings.Count(healthy[:at], "\n")
			if lines := linesOf(stdout, c.rule); !slices.ContainsFunc(lines, func(n int) bool { return n >= line-3 && n <= line+2 }) {
				t.Fatalf("the fault of line %d is found at %v\n%s%s", line, lines, stdout, stderr)
			}
			if code, stdout, stderr := run(processEnv(), "fix", dir, "--write"); code != 0 || strings.Contains(stderr, "would lay out anew") {
				t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
			}
			fixed := readText(t, file)
			if c.lines == 0 && fixed != healthy {
				t.Errorf("not the text that was there:\n%s", fixed)
			}
			if n := changedLines(broken, fixed); c.lines > 0 && n > c.lines {
				t.Errorf("%d lines are changed, more than %d:\n%s", n, c.lines, fixed)
			}
		})
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// linesOf are the lines that the evidence of a rule's findings names.
func linesOf(report, rule string) []int {
	var doc struct {
		Methods []struct {
			Findings []struct {
				Rule     string
				Evidence []struct{ Origin struct{ Line int } }
			}
		}
	}
	_ = json.Unmarshal([]byte(report), &doc)
	var list []int
	for _, m := range doc.Methods {
		for _, f := range m.Findings {
			for _, e := range f.Evidence {
				if f.Rule == rule {
					list = append(list, e.Origin.Line)
				}
			}
		}
	}
	return list
}

// changedLines counts the lines that are in one text and not in the other.
func changedLines(a, b string) int {
	count := map[string]int{}
	for _, line := range strings.Split(a, "\n") {
		count[line]++
	}
	for _, line := range strings.Split(b, "\n") {
		count[line]--
	}
	n := 0
	for _, c := range count {
		n += max(c, -c)
	}
	return n
}
