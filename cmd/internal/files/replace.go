// Package files replaces files whole, several as one step: whenever the program
// is ended, each of them is what it was or what it was to be, and what was not
// finished can be told afterwards.
package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Change is a file before and after.
type Change struct {
	Name     string // as it is told
	Old, New []byte
}

// Changed is the error of a file that is no longer what it was taken for.
type Changed struct{ Name string }

func (e *Changed) Error() string { return e.Name + " has been changed meanwhile" }

// journalName is the file that a run keeps beside what it replaces, for as long
// as it takes.
const journalName = ".apisqs-doctor-write.json"

// journal is what a run is about to do.
type journal struct {
	Files []entry `json:"files"`
}

type entry struct {
	Name   string `json:"name"`   // as it is told
	File   string `json:"file"`   // absolute, behind all links
	Fresh  string `json:"fresh"`  // the new contents, beside it
	Backup string `json:"backup"` // the old file, beside it
	Old    string `json:"old"`    // digests of the contents
	New    string `json:"new"`
}

// at is called before each step that changes something; tests end the program there.
var at = func(step string) error { return nil }

// Replace gives every file its new contents, or none of them. A file keeps its
// mode and its owner, and a link goes on leading to it. The error is *Changed
// when a file does not hold its old contents; then nothing is written. After any
// other error the files are as they were, or the error says which is not.
func Replace(changes []Change) (err error) {
	ignoreSizeSignal()
	j := journal{}
	for _, c := range changes {
		e, err := entryOf(c)
		if err != nil {
			return err
		}
		if err := e.holds(c.Old); err != nil {
			return err
		}
		j.Files = append(j.Files, e)
	}
	defer func() {
		if err == nil || !errors.As(err, new(*halfway)) {
			err = errors.Join(err, j.clear())
		}
	}()
	if err := j.write(); err != nil {
		return err
	}
	for i, c := range changes {
		if err := j.Files[i].prepare(c.New); err != nil {
			return err
		}
	}
	for i, c := range changes {
		if err := j.Files[i].holds(c.Old); err != nil {
			return j.restore(i, err)
		}
		if err := j.Files[i].swap(); err != nil {
			return j.restore(i, err)
		}
	}
	return nil
}

// halfway is the error of files that could not be put back.
type halfway struct{ error }

func entryOf(c Change) (entry, error) {
	real, err := filepath.EvalSymlinks(c.Name)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return entry{}, err
	}
	id := digest(c.New)[:12]
	beside := filepath.Join(filepath.Dir(real), "."+filepath.Base(real)+".apisqs-doctor-"+id)
	return entry{Name: c.Name, File: real, Fresh: beside + "-new", Backup: beside + "-old", Old: digest(c.Old), New: digest(c.New)}, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// holds wants the old contents in the file.
func (e *entry) holds(old []byte) error {
	now, err := os.ReadFile(e.File)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, old) {
		return &Changed{e.Name}
	}
	return nil
}

// prepare writes the new contents beside the file, and keeps the old file.
func (e *entry) prepare(data []byte) error {
	info, err := os.Stat(e.File)
	if err != nil {
		return err
	}
	if err := at("new " + e.Name); err != nil {
		return err
	}
	if err := writeWhole(e.Fresh, data, info.Mode().Perm()); err != nil {
		return err
	}
	if err := keepOwner(info, e.Fresh); err != nil {
		return err
	}
	if err := at("backup " + e.Name); err != nil {
		return err
	}
	os.Remove(e.Backup)
	if os.Link(e.File, e.Backup) == nil {
		return nil
	}
	old, err := os.ReadFile(e.File) // a file system without links
	if err != nil {
		return err
	}
	return writeWhole(e.Backup, old, info.Mode().Perm())
}

// writeWhole writes a file and sees to it that it is on the disk.
func writeWhole(name string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(name)
	}
	return err
}

// swap puts the new file in the place of the old one, which is one step.
func (e *entry) swap() error {
	if err := at("swap " + e.Name); err != nil {
		return err
	}
	return os.Rename(e.Fresh, e.File)
}

// restore puts the first n files back.
func (j *journal) restore(n int, cause error) error {
	for i := n - 1; i >= 0; i-- {
		if err := os.Rename(j.Files[i].Backup, j.Files[i].File); err != nil {
			return &halfway{fmt.Errorf("%w; and %s, which is new already, cannot be put back: %w", cause, j.Files[i].Name, err)}
		}
	}
	return cause
}

// folders are where the journal stands: beside every file.
func (j *journal) folders() []string {
	var list []string
	for _, e := range j.Files {
		list = append(list, filepath.Dir(e.File))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (j *journal) write() error {
	text, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	for _, dir := range j.folders() {
		if err := at("journal"); err != nil {
			return err
		}
		if err := writeWhole(filepath.Join(dir, journalName), append(text, '\n'), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// clear takes away what the run has put beside the files, the journals last.
func (j *journal) clear() error {
	var failed error
	remove := func(name string) {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	for _, e := range j.Files {
		if err := at("clear " + e.Name); err != nil {
			return err
		}
		remove(e.Fresh)
		remove(e.Backup)
	}
	if failed == nil {
		for _, dir := range j.folders() {
			remove(filepath.Join(dir, journalName))
		}
	}
	return failed
}

// State is what became of a file in a run that was ended.
type State string

// The states.
const (
	AsBefore State = "is as it was before"
	Written  State = "was written"
	Foreign  State = "has been changed since"
	Gone     State = "is not there any more"
)

// Left is a run that was ended in the middle.
type Left struct {
	journal journal
	Names   []string
	States  []State // of the names
}

// Unfinished finds the run that was ended while it replaced files beside the
// given ones; nil when there is none.
func Unfinished(names []string) *Left {
	for _, name := range names {
		real, err := filepath.EvalSymlinks(name)
		if err != nil {
			continue
		}
		dir := real
		if info, err := os.Stat(real); err != nil || !info.IsDir() {
			dir = filepath.Dir(real)
		}
		text, err := os.ReadFile(filepath.Join(dir, journalName))
		if err != nil {
			continue
		}
		l := &Left{}
		if json.Unmarshal(text, &l.journal) != nil {
			// It was ended while it wrote this, before it touched a file.
			l.journal = journal{Files: []entry{{Name: name, File: filepath.Join(dir, filepath.Base(real))}}}
			l.Names, l.States = []string{name}, []State{AsBefore}
			return l
		}
		for _, e := range l.journal.Files {
			l.Names, l.States = append(l.Names, e.Name), append(l.States, e.state())
		}
		return l
	}
	return nil
}

func (e *entry) state() State {
	now, err := os.ReadFile(e.File)
	switch sum := digest(now); {
	case err != nil:
		return Gone
	case sum == e.Old:
		return AsBefore
	case sum == e.New:
		return Written
	}
	return Foreign
}

// Clear takes away what the run has left beside the files. Their contents stay.
func (l *Left) Clear() error {
	for _, e := range l.journal.Files {
		// A journal is a file that others can write: it removes its own kind alone.
		stem := filepath.Join(filepath.Dir(e.File), "."+filepath.Base(e.File)+".apisqs-doctor-")
		if e.Fresh != "" && !strings.HasPrefix(e.Fresh, stem) || e.Backup != "" && !strings.HasPrefix(e.Backup, stem) {
			return fmt.Errorf("%s names files that are not its own", journalName)
		}
	}
	return l.journal.clear()
}
