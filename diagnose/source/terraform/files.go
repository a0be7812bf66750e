package terraform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/source/tree"
)

// maxFile is the size, in bytes, of the largest file that is read.
const maxFile = 64 << 20

// files reads files inside one boundary.
type files struct {
	within   tree.Bounds
	boundary string   // absolute, with links resolved; nothing outside is read
	also     []string // folders of local modules, absolute, with links resolved
	instead  map[string][]byte
}

// newFiles finds the boundary of a folder: the nearest parent with .git, else
// the folder itself.
func newFiles(dir string, within tree.Bounds) (*files, error) {
	at, err := real(dir)
	if err != nil {
		return nil, err
	}
	for parent := at; ; parent = filepath.Dir(parent) {
		if within.Check(parent) != nil {
			return &files{within: within, boundary: at}, nil
		}
		if _, err := os.Lstat(filepath.Join(parent, ".git")); err == nil {
			return &files{within: within, boundary: parent}, nil
		}
		if filepath.Dir(parent) == parent {
			return &files{within: within, boundary: at}, nil
		}
	}
}

// real is the absolute path of a file without links.
func real(file string) (string, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(file)
}

func within(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// allow adds the folder of a module that a call names by a local path.
func (f *files) allow(dir string) {
	if at, err := real(dir); err == nil {
		f.also = append(f.also, at)
	}
}

// errOutside is returned for a file outside of the boundary.
type errOutside struct{ boundary string }

func (e errOutside) Error() string {
	return "the file lies outside of " + filepath.ToSlash(e.boundary) + " and is not read"
}

// read returns the text of a file inside the boundary.
func (f *files) read(file string) ([]byte, error) {
	at, err := real(file)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %s", plainError(err))
	}
	if f.within.Check(at) != nil {
		return nil, errOutside{"the folder below which files are read"}
	}
	inside := within(f.boundary, at)
	for _, dir := range f.also {
		inside = inside || within(dir, at)
	}
	if !inside {
		return nil, errOutside{f.boundary}
	}
	if text, ok := f.instead[file]; ok {
		return text, nil
	}
	info, err := os.Stat(at)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the file cannot be read: %s", plainError(err))
	case info.IsDir():
		return nil, errors.New("it is a folder, expected a file")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > maxFile:
		return nil, fmt.Errorf("the file is larger than %d MiB", maxFile>>20)
	}
	text, err := os.ReadFile(at)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %s", plainError(err))
	}
	text = []byte(strings.TrimPrefix(string(text), "\uFEFF"))
	if strings.ContainsAny(string(text), standInMarks) {
		return nil, errors.New("the file has the character U+FDD0 or U+FDD1, which no text may have")
	}
	return text, nil
}

func isText(b []byte) bool { return utf8.Valid(b) && !strings.ContainsRune(string(b), 0) }

// plainError is an error of the file system without the name of the file.
func plainError(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
