package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/rules"
)

// What a release says of itself. A release build sets both:
//
//	go build -ldflags "-X apisqs-doctor/cmd/internal/cli.Version=1.2.3 -X apisqs-doctor/cmd/internal/cli.Commit=HASH" ./cmd/apisqs-doctor
//
// The version is without the "v" of the tag, the commit is the whole hash. Any
// other build of a checkout has this version, so that its reports do not depend
// on how it was built.
var (
	Version = "0.1.0"
	Commit  = ""
)

func tool() report.Tool { return report.Tool{Name: name, Version: versionOf(buildInfo())} }

// buildInfo is what the go command put into the program; empty where it put nothing.
func buildInfo() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{}
}

// versionOf is the version of a release build or else, where "go install
// MODULE@VERSION" has made the program, of the module; only then has it a checksum.
func versionOf(info *debug.BuildInfo) string {
	if Commit == "" && info.Main.Sum != "" {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return Version
}

// commitOf is the commit that the program was built from, where that is known.
func commitOf(info *debug.BuildInfo) string {
	commit, changed := Commit, ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && Commit == "":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	if commit == "" {
		return "unknown"
	}
	return commit[:min(12, len(commit))] + changed
}

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
	info := buildInfo()
	return fmt.Sprintf("%s %s (commit %s, %s, %s/%s, %d rules)", name, versionOf(info), commitOf(info), runtime.Version(), runtime.GOOS, runtime.GOARCH, len(rules.All()))
}
