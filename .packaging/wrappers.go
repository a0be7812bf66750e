// Wrappers makes packages for npm and PyPI of the programs that goreleaser has
// built, so that people install the doctor with what they have:
//
//	go run .packaging/wrappers.go .release/dist
//
// It reads artifacts.json and metadata.json there, and writes into npm and pypi
// beside them. Each package of a platform holds its program and nothing that is run
// at installation; nothing is downloaded by any of them.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const name = "apisqs-doctor"

const summary = "Finds out why an API Gateway method does not put its messages on an SQS queue"

//go:embed launcher.js
var launcher []byte

// platform is a pair of goos and goarch and what the registries call it.
type platform struct {
	npmOS, npmCPU string
	wheel         string // platform tag; the programs are static, so that old systems run them too
}

// platforms are those of a release. Go 1.26 needs macOS 12.
var platforms = map[string]platform{
	"linux/amd64":   {"linux", "x64", "manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64"},
	"linux/arm64":   {"linux", "arm64", "manylinux2014_aarch64.manylinux_2_17_aarch64.musllinux_1_1_aarch64"},
	"darwin/amd64":  {"darwin", "x64", "macosx_12_0_x86_64"},
	"darwin/arm64":  {"darwin", "arm64", "macosx_12_0_arm64"},
	"windows/amd64": {"win32", "x64", "win_amd64"},
	"windows/arm64": {"win32", "arm64", "win_arm64"},
}

// file is a file of a package.
type file struct {
	name string
	mode int64
	data []byte
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run .packaging/wrappers.go DIST")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "wrappers:", err)
		os.Exit(1)
	}
}

func run(dist string) error {
	var meta struct {
		Version string    `json:"version"`
		Date    time.Time `json:"date"`
	}
	var artifacts []struct{ Type, Path, Goos, Goarch string }
	if err := errors.Join(read(filepath.Join(dist, "metadata.json"), &meta), read(filepath.Join(dist, "artifacts.json"), &artifacts)); err != nil {
		return err
	}
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	readme := []byte("# " + name + "\n\n" + summary + ".\n\n    " + name + " demo\n    " + name + " --help\n")
	optional := map[string]string{}
	for _, a := range artifacts {
		p, ok := platforms[a.Goos+"/"+a.Goarch]
		if a.Type != "Binary" {
			continue
		}
		if !ok {
			return fmt.Errorf("%s: no package is known for %s/%s", a.Path, a.Goos, a.Goarch)
		}
		program, err := os.ReadFile(a.Path)
		if err != nil {
			return err
		}
		binary := name
		if a.Goos == "windows" {
			binary += ".exe"
		}
		of := name + "-" + p.npmOS + "-" + p.npmCPU
		optional[of] = meta.Version
		manifest := indented(map[string]any{"name": of, "version": meta.Version, "description": "The program of " + name + " for " + p.npmOS + " on " + p.npmCPU,
			"license": "Apache-2.0", "os": []string{p.npmOS}, "cpu": []string{p.npmCPU}, "files": []string{"bin"}})
		if err := npm(dist, of, meta.Version, meta.Date, []file{{"package.json", 0o644, manifest}, {"README.md", 0o644, readme}, {"LICENSE", 0o644, license}, {"bin/" + binary, 0o755, program}}); err != nil {
			return err
		}
		if err := wheel(dist, meta.Version, p.wheel, meta.Date, binary, program, license, readme); err != nil {
			return err
		}
	}
	if len(optional) != len(platforms) {
		return fmt.Errorf("programs for %d of %d platforms", len(optional), len(platforms))
	}
	manifest := indented(map[string]any{"name": name, "version": meta.Version, "description": summary, "license": "Apache-2.0", "bin": map[string]string{name: "launcher.js"},
		"files": []string{"launcher.js"}, "engines": map[string]string{"node": ">=16"}, "optionalDependencies": optional})
	return npm(dist, name, meta.Version, meta.Date, []file{{"package.json", 0o644, manifest}, {"README.md", 0o644, readme}, {"LICENSE", 0o644, license}, {"launcher.js", 0o755, launcher}})
}

func read(path string, to any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func indented(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // a map of texts
	}
	return b.Bytes()
}

// npm writes a package as npm pack does: a tar file whose names begin with package.
func npm(dist, of, version string, date time.Time, files []file) error {
	return write(filepath.Join(dist, "npm", of+"-"+version+".tgz"), func(w io.Writer) error {
		z := gzip.NewWriter(w)
		t := tar.NewWriter(z)
		for _, f := range files {
			if err := t.WriteHeader(&tar.Header{Name: "package/" + f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: date, Format: tar.FormatPAX}); err != nil {
				return err
			}
			if _, err := t.Write(f.data); err != nil {
				return err
			}
		}
		return errors.Join(t.Close(), z.Close())
	})
}

// wheel writes a package of PyPI whose program pip puts beside python
// (https://packaging.python.org/en/latest/specifications/binary-distribution-format/).
func wheel(dist, version, tag string, date time.Time, binary string, program, license, readme []byte) error {
	version = pep440(version)
	stem := "apisqs_doctor-" + version
	tags := ""
	for _, platform := range strings.Split(tag, ".") {
		tags += "Tag: py3-none-" + platform + "\n"
	}
	info := stem + ".dist-info/"
	files := []file{
		{stem + ".data/scripts/" + binary, 0o755, program},
		{info + "METADATA", 0o644, []byte("Metadata-Version: 2.4\nName: " + name + "\nVersion: " + version + "\nSummary: " + summary +
			"\nLicense-Expression: Apache-2.0\nLicense-File: LICENSE\nRequires-Python: >=3.7\nDescription-Content-Type: text/markdown\n\n" + string(readme))},
		{info + "WHEEL", 0o644, []byte("Wheel-Version: 1.0\nGenerator: " + name + "\nRoot-Is-Purelib: false\n" + tags)},
		{info + "licenses/LICENSE", 0o644, license},
	}
	record := ""
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		record += fmt.Sprintf("%s,sha256=%s,%d\n", f.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.data))
	}
	files = append(files, file{info + "RECORD", 0o644, []byte(record + info + "RECORD,,\n")})
	return write(filepath.Join(dist, "pypi", stem+"-py3-none-"+tag+".whl"), func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, f := range files {
			h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: date.UTC()}
			h.SetMode(os.FileMode(f.mode))
			out, err := z.CreateHeader(h)
			if err != nil {
				return err
			}
			if _, err := out.Write(f.data); err != nil {
				return err
			}
		}
		return z.Close()
	})
}

// pep440 is a version as Python writes it: 1.2.3-snapshot is 1.2.3.dev0, 1.2.3-rc.1
// is 1.2.3rc1.
func pep440(version string) string {
	number, pre, ok := strings.Cut(version, "-")
	if !ok {
		return number
	}
	if m := regexp.MustCompile(`^(alpha|beta|rc)\.?(\d+)$`).FindStringSubmatch(pre); m != nil {
		return number + map[string]string{"alpha": "a", "beta": "b", "rc": "rc"}[m[1]] + m[2]
	}
	return number + ".dev0"
}

// write writes a file as a whole or not at all.
func write(path string, fill func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := fill(&b); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s %d bytes\n", path, b.Len())
	return nil
}
