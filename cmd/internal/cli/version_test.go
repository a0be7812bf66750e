package cli

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	_, command, _ := run(nil, "version")
	code, flag, _ := run(map[string]string{"APISQS_DOCTOR_VERSION": "true"}, "--version")
	if code != 0 || flag != command || !strings.Contains(command, Version) || !strings.Contains(command, "rules)") {
		t.Errorf("exit code %d: --version says %q, version says %q", code, flag, command)
	}
}

func TestWhatABuildSaysOfItself(t *testing.T) {
	const hash = "0123456789abcdef0123456789abcdef01234567"
	checkout := func(modified string) debug.BuildInfo {
		return debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20260102030405-0123456789ab"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: hash}, {Key: "vcs.modified", Value: modified}}}
	}
	for _, c := range []struct {
		name                        string
		releaseVersion, release     string // as -ldflags sets them
		info                        debug.BuildInfo
		wantVersion, wantCommitLine string
	}{
		{"a checkout", "0.1.0", "", checkout("false"), "0.1.0", "0123456789ab"},
		{"a checkout with changes", "0.1.0", "", checkout("true"), "0.1.0", "0123456789ab with changes"},
		{"an archive", "0.1.0", "", debug.BuildInfo{}, "0.1.0", "unknown"},
		{"a release", "1.2.3", strings.Repeat("f", 40), debug.BuildInfo{}, "1.2.3", "ffffffffffff"},
		{"a release of a checkout", "1.2.3", strings.Repeat("f", 40), checkout("false"), "1.2.3", "ffffffffffff"},
		{"go install", "0.1.0", "", debug.BuildInfo{Main: debug.Module{Version: "v1.4.0", Sum: "h1:x"}}, "1.4.0", "unknown"},
		{"a short commit", "1.2.3", "abc", debug.BuildInfo{}, "1.2.3", "abc"},
	} {
		version, commit := Version, Commit
		Version, Commit = c.releaseVersion, c.release
		if got := versionOf(&c.info); got != c.wantVersion {
			t.Errorf("%s: version %q, want %q", c.name, got, c.wantVersion)
		}
		if got := commitOf(&c.info); got != c.wantCommitLine {
			t.Errorf("%s: commit %q, want %q", c.name, got, c.wantCommitLine)
		}
		Version, Commit = version, commit
	}
}
