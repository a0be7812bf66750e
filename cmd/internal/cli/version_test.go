package cli

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
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

// The names of the variables are part of the contract: -X says nothing when
// there is no such variable.
func TestReleaseBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("links the program")
	}
	binary := filepath.Join(t.TempDir(), "apisqs-doctor")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "-ldflags",
		"-X apisqs-doctor/cmd/internal/cli.Version=9.8.7 -X apisqs-doctor/cmd/internal/cli.Commit=0123456789abcdef0123456789abcdef01234567", "../../apisqs-doctor")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(binary, "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "apisqs-doctor 9.8.7 (commit 0123456789ab, go1.") {
		t.Errorf("version says %q, %v", out, err)
	}
	var report struct{ Tool struct{ Version string } }
	out, _ = exec.Command(binary, "demo", "-o", "json").Output()
	if err := json.Unmarshal(out, &report); err != nil || report.Tool.Version != "9.8.7" {
		t.Errorf("the report names version %q, %v", report.Tool.Version, err)
	}
}
