package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The manual page holds everything that the help does, in the usual order, and
// is the same whoever asks.
func TestManualPage(t *testing.T) {
	code, page, stderr := run(nil, "man")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, standard error %q", code, stderr)
	}
	if _, again, _ := run(map[string]string{"SOURCE_DATE_EPOCH": "1", "COLUMNS": "20"}, "man"); again != page {
		t.Error("the page is another one the second time")
	}
	rest := page
	for _, name := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "SKIPS", "EXAMPLES", "SEE ALSO"} {
		var found bool
		if _, rest, found = strings.Cut(rest, "\n.SH \""+name+"\"\n"); !found {
			t.Errorf("no section %s, or not in its place", name)
		}
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.IsAvailableCommand() && cmd.HasParent() && !strings.Contains(page, "\n.SS \""+strings.ReplaceAll(strings.TrimPrefix(cmd.CommandPath(), name+" "), "-", `\-`)) {
			t.Errorf("no subsection for %s", cmd.CommandPath())
		}
		texts := []string{cmd.Long, cmd.Example}
		if cmd.IsAdditionalHelpTopicCommand() {
			texts = texts[:1] // its example is how to read it in the help
		}
		for _, text := range texts {
			for line := range strings.Lines(text) {
				first, _, _ := strings.Cut(strings.TrimSpace(line), "  ") // a list has its terms on lines of their own
				if first = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, `"`, `\(dq`, "~", `\(ti`).Replace(first); !strings.Contains(page, first) && first != "Exit codes:" {
					t.Errorf("%s: the page has no line %q", cmd.CommandPath(), first)
				}
			}
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(page, `\-\-`+strings.ReplaceAll(f.Name, "-", `\-`)) {
				t.Errorf("no flag --%s", f.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(testApp().rootCommand())
	for _, variable := range []string{"APISQS_DOCTOR_", "AWS_", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI", "GITHUB_ACTIONS"} {
		if !strings.Contains(page, "\n\\fB"+variable) && !strings.Contains(page, ", "+variable) {
			t.Errorf("no variable %s", variable)
		}
	}
}
