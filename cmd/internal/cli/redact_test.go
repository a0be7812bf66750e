package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// No report of a redacted API names what is its own, of whatever kind it is.
func TestRedactedReports(t *testing.T) {
	t.Chdir(t.TempDir())
	own := strings.NewReplacer("orders", "zebrafish", "Orders", "Zebrafish", "submit", "walrus", "123456789012", "456456456456")
	for _, name := range []string{"protocol_content_type_failing", "queue_fifo_group_http", "response_error_unseen_failing"} {
		var b bytes.Buffer
		if err := snapshot.Save(&b, loadFixture(t, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("saved.json", []byte(own.Replace(b.String())), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"text", "json", "sarif", "junit", "markdown", "github", "gitlab", "html"} {
			file := filepath.Join(t.TempDir(), "report")
			if code, _, errs := run(nil, "--snapshot", "saved.json", "--redact", "-o", format+"="+file); code > ExitProblems {
				t.Fatalf("%s %s: exit code %d, %s", name, format, code, errs)
			}
			report, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range []string{"zebrafish", "walrus", "456456456456"} {
				if at := strings.Index(strings.ToLower(string(report)), word); at >= 0 {
					t.Errorf("%s: %s tells %s: %s", name, format, word, report[max(0, at-60):min(len(report), at+60)])
				}
			}
		}
	}
}
