package files

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// endAt names the step at which a helper process ends as if it were killed.
const endAt = "FILES_TEST_END_AT"

func TestMain(m *testing.M) {
	if n := os.Getenv(endAt); n != "" {
		count := 0
		at = func(string) error {
			if count++; fmt.Sprint(count) == n {
				os.Exit(137) // nothing is deferred
			}
			return nil
		}
		err := Replace([]Change{{"a.yaml", []byte("old a\n"), []byte("new a")}, {"b/b.yaml", []byte("old b\n"), []byte("new b")}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// folder has two files, the second in a folder of its own.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a.yaml": "old a\n", "b/b.yaml": "old b\n"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// list names what is in a folder and below.
func list(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if !d.IsDir() {
			names = append(names, filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator))))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// Wherever the program is killed, each file is whole, old or new, and the next
// run says which.
func TestKilled(t *testing.T) {
	for step := 1; ; step++ {
		dir := folder(t)
		cmd := exec.Command(os.Args[0])
		cmd.Dir, cmd.Env = dir, append(os.Environ(), fmt.Sprintf("%s=%d", endAt, step))
		out, err := cmd.CombinedOutput()
		t.Chdir(dir)
		left := Unfinished([]string{"a.yaml", "b/b.yaml"})
		if err == nil {
			if step < 8 || left != nil || read(t, "a.yaml")+read(t, "b/b.yaml") != "new anew b" || list(t, dir) != "a.yaml b/b.yaml" {
				t.Fatalf("after %d steps there is %s, left over %+v", step, list(t, dir), left)
			}
			return
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 137 {
			t.Fatalf("step %d: %v\n%s", step, err, out)
		}
		for name, letter := range map[string]string{"a.yaml": "a", "b/b.yaml": "b"} {
			text := read(t, name)
			if text != "old "+letter+"\n" && text != "new "+letter {
				t.Errorf("step %d: %s holds %q", step, name, text)
			}
			if left == nil {
				if text != "old "+letter+"\n" {
					t.Errorf("step %d: nobody tells that %s was written", step, name)
				}
				continue
			}
			want := AsBefore
			if text == "new "+letter {
				want = Written
			}
			if i := slices.Index(left.Names, name); i >= 0 && left.States[i] != want {
				t.Errorf("step %d: %s %s, it holds %q", step, name, left.States[i], text)
			}
		}
		if left != nil {
			if err := left.Clear(); err != nil {
				t.Errorf("step %d: %v", step, err)
			}
		}
		if got := list(t, dir); got != "a.yaml b/b.yaml" {
			t.Errorf("step %d: %s are left over", step, got)
		}
	}
}

// An error at any step leaves the files as they were.
func TestError(t *testing.T) {
	defer func(before func(string) error) { at = before }(at)
	for step := 1; ; step++ {
		dir := folder(t)
		t.Chdir(dir)
		count := 0
		at = func(what string) error {
			if count++; count == step && !strings.HasPrefix(what, "clear") {
				return errors.New("disk full")
			}
			return nil
		}
		err := Replace([]Change{{"a.yaml", []byte("old a\n"), []byte("new a")}, {"b/b.yaml", []byte("old b\n"), []byte("new b")}})
		if err == nil {
			if step < 8 {
				t.Errorf("no error at step %d", step)
			}
			return
		}
		if got := read(t, "a.yaml") + read(t, "b/b.yaml"); got != "old a\nold b\n" || list(t, dir) != "a.yaml b/b.yaml" {
			t.Errorf("step %d: %v; the files hold %q, there are %s", step, err, got, list(t, dir))
		}
	}
}

func TestKept(t *testing.T) {
	dir := folder(t)
	t.Chdir(dir)
	if err := os.Symlink("b/b.yaml", "link.yaml"); err != nil {
		t.Skipf("links cannot be made here: %v", err)
	}
	if err := Replace([]Change{{"link.yaml", []byte("old b\n"), []byte("new")}}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat("link.yaml")
	if err != nil || info.Mode()&os.ModeSymlink == 0 || read(t, "b/b.yaml") != "new" {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err := os.Stat("b/b.yaml"); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
}

func TestChanged(t *testing.T) {
	dir := folder(t)
	t.Chdir(dir)
	var changed *Changed
	err := Replace([]Change{{"a.yaml", []byte("old a\n"), []byte("new a")}, {"b/b.yaml", []byte("other\n"), []byte("new b")}})
	if !errors.As(err, &changed) || changed.Name != "b/b.yaml" || read(t, "a.yaml") != "old a\n" || list(t, dir) != "a.yaml b/b.yaml" {
		t.Errorf("%v; %s", err, list(t, dir))
	}
	// The same in the last moment.
	defer func(before func(string) error) { at = before }(at)
	at = func(step string) error {
		if step == "backup b/b.yaml" {
			return os.WriteFile("b/b.yaml", []byte("somebody's\n"), 0o640)
		}
		return nil
	}
	err = Replace([]Change{{"a.yaml", []byte("old a\n"), []byte("new a")}, {"b/b.yaml", []byte("old b\n"), []byte("new b")}})
	if !errors.As(err, &changed) || read(t, "a.yaml") != "old a\n" || read(t, "b/b.yaml") != "somebody's\n" {
		t.Errorf("%v; %q", err, read(t, "a.yaml"))
	}
}

// What is left over is cleared away, and nothing else.
func TestForeignJournal(t *testing.T) {
	dir := folder(t)
	t.Chdir(dir)
	text := `{"files":[{"name":"a.yaml","file":"` + filepath.ToSlash(filepath.Join(dir, "a.yaml")) + `","fresh":"` + filepath.ToSlash(filepath.Join(dir, "b/b.yaml")) + `"}]}`
	if err := os.WriteFile(journalName, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Unfinished([]string{"a.yaml"}).Clear(); err == nil || read(t, "b/b.yaml") != "old b\n" {
		t.Errorf("%v", err)
	}
}

// A limit on the size of files is an error like any other.
func TestFileSizeLimit(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skipf("a limit on the size of files is set by a shell, and there is none: %v", err)
	}
	for _, blocks := range []string{"0", "1"} {
		dir := folder(t)
		cmd := exec.Command("sh", "-c", "ulimit -f "+blocks+" && exec \"$0\"", os.Args[0])
		cmd.Dir, cmd.Env = dir, append(os.Environ(), endAt+"=none")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "file too large") {
			t.Errorf("%v\n%s", err, out)
		}
		t.Chdir(dir)
		if got := read(t, "a.yaml") + read(t, "b/b.yaml"); got != "old a\nold b\n" || list(t, dir) != "a.yaml b/b.yaml" {
			t.Errorf("the files hold %q, there are %s", got, list(t, dir))
		}
	}
}
