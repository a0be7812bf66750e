package tree

import (
	"os"
	"path/filepath"
	"strings"
)

// Bounds is the folder below which files are read, links followed; the zero value
// bounds nothing.
type Bounds struct{ folder string }

// Below are the bounds of a folder.
func Below(folder string) (Bounds, error) {
	at, err := filepath.Abs(folder)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	return Bounds{at}, err
}

// Check refuses a file or folder that lies elsewhere. One that is not there, and
// whose folder is not, is for its reader to tell. The error is an *Error.
func (b Bounds) Check(name string) error {
	if b.folder == "" || name == "-" {
		return nil
	}
	at, err := filepath.Abs(name)
	if err != nil {
		return &Error{File: name, Problem: "it cannot be read"}
	}
	for real, rest := at, ""; ; real, rest = filepath.Dir(real), filepath.Join(filepath.Base(real), rest) {
		if found, err := filepath.EvalSymlinks(real); err == nil {
			at = filepath.Join(found, rest)
			break
		} else if !os.IsNotExist(err) || filepath.Dir(real) == real {
			return &Error{File: name, Problem: "it cannot be read"}
		}
	}
	if rel, err := filepath.Rel(b.folder, at); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return &Error{File: name, Problem: "it lies outside of the folder below which files are read"}
	}
	return nil
}
