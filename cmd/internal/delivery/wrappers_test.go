package delivery

import (
	"archive/zip"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"apisqs-doctor/fixtures/programs"
)

// packages are the packages for npm and PyPI, made once.
var packages sync.Once

// wrapped is the folder of the packages for npm and PyPI of the program of the tests.
func wrapped(t *testing.T) string {
	t.Helper()
	program(t)
	dist := filepath.Join(built.dir, "dist")
	packages.Do(func() { wrap(t, dist, program(t)) })
	return dist
}

// wrap makes the packages for npm and PyPI of a program, where there is one, for the
// platform of the tests, with a stand-in for each other.
func wrap(t *testing.T, dist, own string) {
	t.Helper()
	check(t, os.Mkdir(dist, 0o755))
	type artifact struct {
		Type, Path, Goos, Goarch string
	}
	other := filepath.Join(dist, "other")
	check(t, os.WriteFile(other, []byte("stand-in"), 0o755))
	var list []artifact
	for _, goos := range releaseConfig(t).Builds[0].Goos {
		for _, goarch := range releaseConfig(t).Builds[0].Goarch {
			path := other
			if own != "" && goos == runtime.GOOS && goarch == runtime.GOARCH {
				path = own
			}
			list = append(list, artifact{"Binary", path, goos, goarch})
		}
	}
	list = append(list, artifact{"Archive", "no such file", "linux", "amd64"})
	text, err := json.Marshal(list)
	check(t, err)
	check(t, os.WriteFile(filepath.Join(dist, "artifacts.json"), text, 0o644))
	check(t, os.WriteFile(filepath.Join(dist, "metadata.json"), []byte(`{"version":"`+releaseVersion+`","date":"2026-01-02T03:04:05Z"}`), 0o644))
	cmd := exec.Command("go", "run", ".packaging/wrappers.go", dist)
	cmd.Dir = root
	if code, out := outcome(t, cmd); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
}

// There is a package for each platform of a release, and one that leads to them.
func TestWrappers(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it builds what makes the packages")
	}
	dist := filepath.Join(t.TempDir(), "dist")
	wrap(t, dist, "")
	platforms := len(releaseConfig(t).Builds[0].Goos) * len(releaseConfig(t).Builds[0].Goarch)
	npm, err := filepath.Glob(filepath.Join(dist, "npm", "*.tgz"))
	check(t, err)
	wheels, err := filepath.Glob(filepath.Join(dist, "pypi", "*.whl"))
	check(t, err)
	if len(npm) != platforms+1 || len(wheels) != platforms {
		t.Fatalf("%d packages for npm, %d for PyPI, for %d platforms", len(npm), len(wheels), platforms)
	}
	for _, file := range wheels {
		z, err := zip.OpenReader(file)
		check(t, err)
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
			if strings.Contains(f.Name, ".data/scripts/") && f.Mode()&0o111 == 0 {
				t.Errorf("%s: %s cannot be run", file, f.Name)
			}
		}
		z.Close()
		info := "apisqs_doctor-" + releaseVersion + ".dist-info/"
		for _, want := range []string{info + "METADATA", info + "WHEEL", info + "RECORD"} {
			if !slices.Contains(names, want) {
				t.Errorf("%s has no %s", file, want)
			}
		}
	}
}

// npm installs the packages from their files alone, runs the program and removes it.
func TestProgramNPM(t *testing.T) {
	programs.Run(t, "npm")
	for _, tool := range []string{"npm", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here: %v", tool, err)
		}
	}
	dist, dir := wrapped(t), t.TempDir()
	own := "apisqs-doctor-" + strings.Replace(runtime.GOOS, "windows", "win32", 1) + "-" + strings.Replace(runtime.GOARCH, "amd64", "x64", 1) + "-" + releaseVersion + ".tgz"
	run := func(name string, args ...string) (int, string) {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, append(cleanEnv(), "npm_config_cache="+filepath.Join(dir, "cache"), "npm_config_update_notifier=false")
		return outcome(t, cmd)
	}
	check(t, os.WriteFile(filepath.Join(dir, "package.json"), []byte("{}"), 0o644))
	install := append([]string{"install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts"}, filepath.Join(dist, "npm", own), filepath.Join(dist, "npm", "apisqs-doctor-"+releaseVersion+".tgz"))
	if code, out := run("npm", install...); code != 0 {
		t.Fatalf("npm %s: exit code %d: %s", strings.Join(install, " "), code, out)
	}
	tryInstalled(t, filepath.Join(dir, "node_modules", ".bin", "apisqs-doctor"))
	if code, out := run("npm", "uninstall", "--offline", "apisqs-doctor"); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	if _, err := os.Lstat(filepath.Join(dir, "node_modules", ".bin", "apisqs-doctor")); !os.IsNotExist(err) {
		t.Errorf("the program is still there: %v", err)
	}
}

// pip does the same.
func TestProgramPip(t *testing.T) {
	programs.Run(t, "pip")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skipf("python3 is not here: %v", err)
	}
	dist, dir := wrapped(t), filepath.Join(t.TempDir(), "venv")
	for _, needed := range [][]string{{"-m", "pip", "--version"}, {"-m", "venv", "--without-pip", dir}} {
		if out, err := exec.Command(python, needed...).CombinedOutput(); err != nil {
			t.Skipf("python3 %s: %v %s", needed[1], err, out)
		}
	}
	pip := func(args ...string) {
		t.Helper()
		cmd := exec.Command(python, append([]string{"-m", "pip", "--python", dir, "--disable-pip-version-check"}, args...)...)
		cmd.Env = cleanEnv()
		if code, out := outcome(t, cmd); code != 0 {
			t.Fatalf("pip %v: exit code %d: %s", args, code, out)
		}
	}
	pip("install", "--no-index", "--find-links", filepath.Join(dist, "pypi"), "apisqs-doctor")
	tryInstalled(t, filepath.Join(dir, "bin", "apisqs-doctor"))
	pip("uninstall", "--yes", "apisqs-doctor")
	if _, err := os.Stat(filepath.Join(dir, "bin", "apisqs-doctor")); !os.IsNotExist(err) {
		t.Errorf("the program is still there: %v", err)
	}
}

// tryInstalled tries a program that was installed.
func tryInstalled(t *testing.T, file string) {
	t.Helper()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{{[]string{"version"}, 0, "apisqs-doctor " + releaseVersion}, {[]string{"demo", "protocol-content-type"}, 1, "UnknownOperationException"}} {
		cmd := exec.Command(file, c.args...)
		cmd.Env = cleanEnv()
		if code, out := outcome(t, cmd); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s %v: exit code %d: %s", file, c.args, code, out)
		}
	}
}
