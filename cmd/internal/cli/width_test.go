package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/rules"
)

var widths = []int{60, 80, 100, 200}

// telling are the examples whose reports are kept at each width.
var telling = strings.Fields(`orders protocol-content-type mapping-body-not-encoded mapping-body-not-encoded-works encryption-role-permission
	authorization-explicit-deny protocol-content-type-unknown response-unmapped-status`)

// A report is as wide as the terminal: no line is longer but a command, and no error
// code is broken.
func TestWidths(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it lays every report out in every width")
	}
	t.Parallel()
	command := regexp.MustCompile(`^ {7}(aws|apisqs-doctor|curl|printf|wscat|#) `)
	for _, example := range demoNames() {
		c, err := loadDemo(example)
		if err != nil {
			t.Fatal(err)
		}
		stage := ""
		if c.Request != nil {
			stage = c.Request.Stage
		}
		e, err := examine(c.Snapshot, stage, call{request: c.Request})
		if err != nil {
			t.Fatal(err)
		}
		for _, width := range widths {
			text := textOf(t, report.Run{Tool: tool(), Snapshot: c.Snapshot, Examination: e, Remedy: remedies(remedy.Writer{Shell: shell.POSIX}), Rules: rules.All(), Width: width})
			for line := range strings.SplitSeq(text, "\n") {
				if lipgloss.Width(line) > width && !command.MatchString(line) && !strings.HasPrefix(line, "More: ") && !inPolicy(line) {
					t.Errorf("%s at %d: line of %d columns: %q", example, width, lipgloss.Width(line), line)
				}
			}
			for i := range e.Diagnoses {
				if code := string(e.Diagnoses[i].Predicted.Code); e.Diagnoses[i].Verdict == diagnose.Broken && code != "" && !strings.Contains(text, code) {
					t.Errorf("%s at %d: %s is not in the report, or is broken:\n%s", example, width, code, text)
				}
			}
			if len(e.Diagnoses) == 1 && width >= 100 && strings.Count(text, "\n") > 40 && len(e.Diagnoses[0].Findings) <= 3 && len(e.Diagnoses[0].Gaps) == 0 {
				t.Errorf("%s: %d lines:\n%s", example, strings.Count(text, "\n"), text)
			}
			if width == 100 {
				checkFirstLines(t, example, text, &e)
			}
			if contains(telling, example) {
				keep(t, filepath.Join("testdata", "widths", fmt.Sprintf("%s.%d.txt", example, width)), text)
			}
		}
	}
}

func contains(list []string, s string) bool {
	return strings.Contains(" "+strings.Join(list, " ")+" ", " "+s+" ")
}

// inPolicy tells a line of an IAM policy, which is copied.
func inPolicy(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), `"`) }

func textOf(t *testing.T, r report.Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Text(&b, r, false); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func keep(t *testing.T, file, got string) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (make golden writes it anew):\n%s", file, diff)
	}
}
