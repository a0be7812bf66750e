package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/rules"
)

// Version is the version of the program. Reports name it, so it does not
// depend on how the program was built.
const Version = "0.1.0"

func tool() report.Tool { return report.Tool{Name: name, Version: Version} }

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit, the Go version and the number of rules",
		Example: "  apisqs-doctor version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.Out, versionLine())
			return err
		},
	}
}

func versionLine() string {
	return fmt.Sprintf("%s %s (commit %s, %s, %s/%s, %d rules)", name, Version, commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH, len(rules.All()))
}

// commit is the commit that the program was built from, where the build knows it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, changed := "unknown", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				changed = " with changes"
			}
		}
	}
	return revision + changed
}
