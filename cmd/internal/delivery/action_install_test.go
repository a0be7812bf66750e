package delivery

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// releases serves the files of releases, by VERSION/NAME, as the pages of a repository do.
func releases(t *testing.T, files map[string][]byte) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, "/example/apisqs-doctor/releases/download/")
		data, found := files[name]
		switch {
		case !ok || !found:
			http.NotFound(w, r)
		case data == nil:
			http.Error(w, "not for you", http.StatusForbidden)
		case r.URL.RawQuery == "": // the files themselves are elsewhere
			http.Redirect(w, r, r.URL.Path+"?from=storage", http.StatusFound)
		default:
			w.Write(data)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// tarball is an archive of a release with one file in it.
func tarball(t *testing.T, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	check(t, err)
	w := tar.NewWriter(z)
	for _, f := range []struct{ name, content string }{{"LICENSE", "a licence\n"}, {name, content}} {
		check(t, w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.content))}))
		_, err = w.Write([]byte(f.content))
		check(t, err)
	}
	check(t, w.Close())
	check(t, z.Close())
	return b.Bytes()
}

// zipped is an archive of a release for Windows.
func zipped(t *testing.T, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	header.SetMode(0o755)
	f, err := w.CreateHeader(header)
	check(t, err)
	_, err = f.Write([]byte(content))
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

// sums is the checksums.txt of a release.
func sums(archives map[string][]byte) []byte {
	var b bytes.Buffer
	for name, data := range archives {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(data), name)
	}
	return b.Bytes()
}

// The real program from a real archive, and a diagnosis with it.
func TestActionInstallsRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the action many times")
	}
	r := newRunner(t)
	data, err := os.ReadFile(program(t))
	check(t, err)
	archive := tarball(t, "apisqs-doctor", string(data))
	r.context["github.action_ref"] = "v9.9.9"
	r.env = append(r.env, "GITHUB_SERVER_URL="+releases(t, map[string][]byte{
		"v9.9.9/apisqs-doctor_linux_amd64.tar.gz": archive,
		"v9.9.9/checksums.txt":                    sums(map[string][]byte{"apisqs-doctor_linux_amd64.tar.gz": archive, "apisqs-doctor_linux_arm64.tar.gz": nil}),
	}))
	path := filepath.Join(t.TempDir(), "path")
	r.env = append(r.env, "GITHUB_PATH="+path)
	template(t, r.workspace, "template.yaml", contentType...)
	got := r.run(t, map[string]string{"template": "template.yaml"})
	if got.code != 1 || got.outputs["verdict"] != "broken" || !strings.Contains(got.log, "apisqs-doctor 9.9.9 (commit 0123456789ab") {
		t.Errorf("the action ended with %d, outputs %v:\n%s", got.code, got.outputs, got.log)
	}
	// The steps behind the action find it by its name.
	folder, err := os.ReadFile(path)
	check(t, err)
	_, err = os.Stat(filepath.Join(strings.TrimSpace(string(folder)), "apisqs-doctor"))
	check(t, err)
}

// Which release is taken, and when none is. The programs in these archives say
// which one they are.
func TestActionChoosesRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs the action many times")
	}
	files := map[string][]byte{}
	for _, version := range []string{"v" + sourceVersion(t), "v8.0.0", "v8.1.0-rc.1"} {
		script := "#!/bin/sh\necho this is " + version + "\n"
		archives := map[string][]byte{
			"apisqs-doctor_linux_amd64.tar.gz":  tarball(t, "apisqs-doctor", script+"echo for Linux\n"),
			"apisqs-doctor_darwin_arm64.tar.gz": tarball(t, "apisqs-doctor", script+"echo for macOS\n"),
			"apisqs-doctor_windows_amd64.zip":   zipped(t, "apisqs-doctor.exe", script+"echo for Windows\n"),
		}
		files[version+"/checksums.txt"] = sums(archives)
		for name, data := range archives {
			files[version+"/"+name] = data
		}
	}
	// Of a release that somebody changed, of one that lists another file, of one
	// that may not be read, of one that is no archive.
	const linux, windows = "apisqs-doctor_linux_amd64.tar.gz", "apisqs-doctor_windows_amd64.zip"
	changed := tarball(t, "apisqs-doctor", "#!/bin/sh\necho changed\n")
	for version, c := range map[string]struct{ listed, served map[string][]byte }{
		"v6.0.0": {map[string][]byte{linux: []byte("what it was"), windows: []byte("what it was")}, map[string][]byte{linux: changed, windows: changed}},
		"v6.1.0": {map[string][]byte{"other_" + linux: changed}, map[string][]byte{linux: changed}},
		"v6.2.0": {map[string][]byte{linux: changed}, map[string][]byte{linux: nil}},
		"v6.3.0": {map[string][]byte{linux: []byte("no archive")}, map[string][]byte{linux: []byte("no archive")}},
	} {
		files[version+"/checksums.txt"] = sums(c.listed)
		for name, data := range c.served {
			files[version+"/"+name] = data
		}
	}
	server := releases(t, files)
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for _, c := range []struct {
		ref, version string
		platform     string // RUNNER_OS and RUNNER_ARCH
		code         int
		log          string // a part of it
	}{
		{"v8.0.0", "", "Linux X64", 0, "this is v8.0.0\nfor Linux"},
		{"refs/tags/v8.1.0-rc.1", "", "Linux X64", 0, "this is v8.1.0-rc.1"},
		{"v8.0.0", "", "macOS ARM64", 0, "this is v8.0.0\nfor macOS"},
		{"v8.0.0", "", "Windows X64", 0, "this is v8.0.0\nfor Windows"},
		{"main", "v8.0.0", "Linux X64", 0, "this is v8.0.0"},
		{commit, "8.0.0", "Linux X64", 0, "this is v8.0.0"},
		{"v8", "", "Linux X64", 0, "this is v" + sourceVersion(t)},
		{"v8.1", "", "Linux X64", 0, "this is v" + sourceVersion(t)},
		{"main", "v7.0.0", "Linux X64", 3, "there is no release v7.0.0 at " + server},
		{"v6.0.0", "", "Linux X64", 3, "the SHA-256 of apisqs-doctor_linux_amd64.tar.gz is not the one in checksums.txt of release v6.0.0; it is not installed"},
		{"v6.0.0", "", "Windows X64", 3, "it is not installed"},
		{"v6.1.0", "", "Linux X64", 3, "it is not installed"},
		{"v6.2.0", "", "Linux X64", 3, "cannot be downloaded: HTTP status 403"},
		{"v6.3.0", "", "Linux X64", 3, "apisqs-doctor_linux_amd64.tar.gz of release v6.3.0 cannot be unpacked"},
		{"v8.0.0", "", "Linux ARM64", 3, "cannot be downloaded: HTTP status 404"},
		{"v8.0.0", "", "Linux ARM", 3, "(releases have no program for Linux on ARM) and no Go to build from source with"},
		{"v7.0.0", "", "Linux X64", 3, "(there is no release v7.0.0) and no Go to build from source with"},
		{"main", "", "Linux X64", 3, "(the action is not named by the tag of a release) and no Go to build from source with"},
		{commit, "", "Linux X64", 3, "set the input version to a release"},
		{"", "", "Linux X64", 3, "set the input version to a release"},
		{"main", "../../../other/v1", "Linux X64", 3, "the input version is not one of a release"},
		{"main", "$(touch pwned)", "Linux X64", 3, "the input version is not one of a release"},
		{"main", "v1\n::set-output name=x::y", "Linux X64", 3, "the input version is not one of a release"},
	} {
		t.Run(fmt.Sprintf("%s,%s,%s", path.Base(c.ref), path.Base(c.version), c.platform), func(t *testing.T) {
			r := newRunner(t)
			system, arch, _ := strings.Cut(c.platform, " ")
			if _, err := exec.LookPath("unzip"); err != nil && system == "Windows" && c.code == 0 {
				t.Skip("unzip, which Git Bash has, is not installed")
			}
			r.env = append(r.env, "GITHUB_SERVER_URL="+server, "RUNNER_OS="+system, "RUNNER_ARCH="+arch, "PATH="+withoutGo(t))
			r.context["github.action_ref"] = c.ref
			a := readAction(t)
			r.context["inputs.version"] = c.version
			code, log, outputs := r.step(t, a.Runs.Steps[0])
			if code != c.code || !strings.Contains(log, c.log) || strings.Contains(log, "\n::set-output") {
				t.Errorf("exit code %d, want %d and %q in\n%s", code, c.code, c.log, log)
			}
			if installed := outputs["program"] != ""; installed != (c.code == 0) {
				t.Errorf("outputs %v", outputs)
			}
			if left, _ := os.ReadDir(r.workspace); len(left) > 0 {
				t.Errorf("the workspace has %v", left)
			}
		})
	}
}

// A branch, a commit or a local action is built from its source.
func TestActionBuildsFromSource(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it builds the program")
	}
	r := newRunner(t)
	r.context["github.action_ref"], r.context["github.action_repository"] = "", ""
	r.env = append(r.env, "GOFLAGS=-mod=vendor") // of the caller's own code
	template(t, r.workspace, "template.yaml")
	got := r.run(t, map[string]string{"template": "template.yaml"})
	if got.code != 0 || got.outputs["verdict"] != "healthy" || !strings.Contains(got.log, "apisqs-doctor "+sourceVersion(t)) {
		t.Errorf("the action ended with %d, outputs %v:\n%s", got.code, got.outputs, got.log)
	}
}

// A server that is not there is an error, and no reason to build from source.
func TestActionWithoutServer(t *testing.T) {
	r := newRunner(t)
	r.context["github.action_ref"] = "v9.9.9"
	got := r.run(t, nil)
	if got.code != 3 || r.context["steps.install.outputs.program"] != "" || !strings.Contains(got.log, "cannot be reached") {
		t.Errorf("the action ended with %d:\n%s", got.code, got.log)
	}
}

// withoutGo is a PATH with the tools that every runner has, and without Go.
func withoutGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, tool := range []string{"bash", "sh", "env", "curl", "tar", "gzip", "unzip", "mktemp", "awk", "sed", "cut", "sha256sum", "shasum"} {
		file, err := exec.LookPath(tool)
		if err != nil {
			continue // one of the two that digest, or one whose absence is told elsewhere
		}
		check(t, os.Symlink(file, filepath.Join(dir, tool)))
	}
	return dir
}

// The platforms of a release are those that the action knows.
func TestActionPlatforms(t *testing.T) {
	script := readFile(t, actionFolder+"/install.sh")
	build := releaseConfig(t).Builds[0]
	for _, system := range build.Goos {
		for _, arch := range build.Goarch {
			if !strings.Contains(script, "echo "+system+"_"+arch+" ;;") {
				t.Errorf("install.sh does not know %s_%s", system, arch)
			}
		}
	}
	if n := strings.Count(script, ") echo "); n != len(build.Goos)*len(build.Goarch) {
		t.Errorf("install.sh knows %d platforms, a release has %d", n, len(build.Goos)*len(build.Goarch))
	}
}
