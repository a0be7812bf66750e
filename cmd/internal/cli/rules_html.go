package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// writeRulePages writes the pages of the rules, each with the example in which the
// rule finds something.
func (a *app) writeRulePages(dir string) error {
	all := rules.All()
	examples := map[string]report.RuleExample{}
	for _, r := range all {
		example := strings.ReplaceAll(r.ID, "-", "_") + "_failing"
		c, err := fixtures.Load(example)
		if err != nil {
			return cannotRun("", "the example %q cannot be read: %s", example, err)
		}
		examples[r.ID] = report.RuleExample{Name: r.ID, About: strings.ToUpper(c.About[:1]) + c.About[1:],
			Run: report.Run{Tool: tool(), Snapshot: c.Snapshot, Examination: diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), all),
				Rules: all, Remedy: remedies(remedy.Writer{Shell: shell.POSIX})}}
	}
	pages, err := report.RulePages(all, examples)
	if err != nil {
		return cannotRun("", "the pages cannot be made: %s", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return usage("", "%s: %s", dir, plain(err))
	}
	for _, file := range slices.Sorted(maps.Keys(pages)) {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, pages[file], 0o644); err != nil {
			return usage("", "%s: %s", path, plain(err))
		}
	}
	a.printf("%s\n", filepath.Join(dir, "index.html"))
	return nil
}
