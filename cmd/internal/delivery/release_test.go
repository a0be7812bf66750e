package delivery

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goreleaser is what the tests need of .goreleaser.yaml.
type goreleaser struct {
	Builds []struct {
		Main, Binary string
		Ldflags      []string
		Goos, Goarch []string
	}
	Archives []struct {
		NameTemplate string `yaml:"name_template"`
		Files        []struct{ Src string }
	}
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
		Algorithm    string
	}
}

func releaseConfig(t *testing.T) goreleaser {
	t.Helper()
	var c goreleaser
	readYAML(t, ".goreleaser.yaml", &c)
	if len(c.Builds) != 1 || len(c.Archives) != 1 {
		t.Fatalf("a release has %d builds and %d archives, want one of each", len(c.Builds), len(c.Archives))
	}
	return c
}

// The program of a release knows its version and commit, and says so in its reports:
// the names of the two variables are part of the contract, since -X says nothing where
// there is no such variable.
func TestReleaseVersion(t *testing.T) {
	code, out := runProgram(t, "", "version")
	if want := "apisqs-doctor " + releaseVersion + " (commit " + releaseCommit[:12]; code != 0 || !strings.HasPrefix(out, want) {
		t.Errorf("exit code %d, %q; want %q", code, out, want)
	}
	if _, out := runProgram(t, "", "demo", "-o", "json"); !strings.Contains(out, `"version": "`+releaseVersion+`"`) {
		t.Errorf("the report does not name version %s:\n%.300s", releaseVersion, out)
	}
}

// Archives have the names that the action asks for, and every file that is to be
// in them is there or made.
func TestReleaseArchives(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it builds the program")
	}
	c := releaseConfig(t)
	if got := c.Archives[0].NameTemplate; got != "{{ .ProjectName }}_{{ .Os }}_{{ .Arch }}" || c.Checksum.NameTemplate != "checksums.txt" || c.Checksum.Algorithm != "sha256" {
		t.Errorf("install.sh does not expect archives of the name %s with %+v", got, c.Checksum)
	}
	if _, err := exec.LookPath("make"); err != nil {
		t.Skipf("the files of an archive are made by make: %v", err)
	}
	made := t.TempDir()
	// What make has Go build and run is there already.
	ready := filepath.Join(t.TempDir(), "go")
	check(t, os.WriteFile(ready, []byte("#!/bin/sh\n[ \"$1 $2\" = 'run ./cmd/apisqs-doctor' ] && shift 2 && exec '"+program(t)+"' \"$@\"\n"), 0o755))
	cmd := exec.Command("make", "--silent", "release-files", "RELEASE="+made, "GO="+ready)
	cmd.Dir, cmd.Env = root, cleanEnv()
	if code, out := outcome(t, cmd); code != 0 {
		t.Fatalf("make release-files ended with %d:\n%s", code, out)
	}
	for _, f := range c.Archives[0].Files {
		file := filepath.Join(root, f.Src)
		if name, ok := strings.CutPrefix(f.Src, ".release/files/"); ok {
			file = filepath.Join(made, name)
		}
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s is not there, or empty: %v", f.Src, err)
		}
	}
	if files, _ := os.ReadDir(made); len(files)+2 != len(c.Archives[0].Files) { // LICENSE and README.md are made by nobody
		t.Errorf("%d files are made, an archive has %d in all", len(files), len(c.Archives[0].Files))
	}
}
