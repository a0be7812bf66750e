package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apisqs-doctor/cmd/internal/files"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// fixTemplate prints the changes of a template as a diff, or makes them.
func (a *app) fixTemplate(ctx context.Context, f *fixFlags, s *snapshot.Snapshot, p *repair, c call) error {
	fmt.Fprint(a.Err, p.text())
	if s.Target.Maker != "" && f.write && len(p.fixes) > 0 {
		return usage(strings.Join(p.made, "\n"), "nothing was edited: %s", report.Rewritten(s.Target.Maker))
	}
	edits, notes, err := a.edit(&f.targetFlags, s, p, !f.keepDeployment)
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintf(a.Err, "%s: note: %s\n", name, note)
	}
	if !f.write {
		if s.Target.Maker != "" {
			fmt.Fprintf(a.Err, "%s: note: %s\n", name, report.Rewritten(s.Target.Maker))
		}
		a.printDiff(edits)
		return nil
	}
	if len(edits) == 0 {
		return nil
	}
	if err := a.unchanged(f, s); err != nil {
		return err
	}
	var changes []files.Change
	for _, e := range edits {
		changes = append(changes, files.Change{Name: e.Name, Old: e.Old, New: e.New()})
	}
	if err := files.Replace(changes); err != nil {
		return writeFailure(err)
	}
	for _, e := range edits {
		fmt.Fprintf(a.Err, "%s was edited\n", e.Name)
	}
	if s.Target.Kind == snapshot.Terraform {
		a.checkEdited(ctx, f.templates[0], edits)
	}
	after, err := a.loadTemplate(&f.targetFlags)
	if err != nil {
		return err
	}
	return a.diagnoseAgain(f, after, c)
}

// writeFailure says that files were not replaced.
func writeFailure(err error) error {
	var changed *files.Changed
	if errors.As(err, &changed) {
		return usage("diagnose again, and then fix", "nothing was edited: %s", changed)
	}
	return usage("", "the files are as they were, unless it says otherwise: %s", err)
}

// unchanged wants the template to say still what was diagnosed.
func (a *app) unchanged(f *fixFlags, s *snapshot.Snapshot) error {
	quiet := *a
	quiet.Err = io.Discard // what is to be noted was noted the first time
	now, err := quiet.loadTemplate(&f.targetFlags)
	if err != nil {
		return err
	}
	var was, is bytes.Buffer
	if err := errors.Join(snapshot.Save(&was, s), snapshot.Save(&is, now)); err != nil {
		return cannotRun("", "the template cannot be compared with what was diagnosed: %s", err)
	}
	if !bytes.Equal(was.Bytes(), is.Bytes()) {
		return usage("diagnose again, and then fix", "nothing was edited: the template has been changed meanwhile")
	}
	return nil
}

// edit makes the changes that can be made in the files; what cannot is told.
func (a *app) edit(t *targetFlags, s *snapshot.Snapshot, p *repair, redeploy bool) (edits []remedy.FileEdit, notes []string, err error) {
	templates := remedy.NewTemplates(readAgain)
	templates.Redeploy = redeploy
	var done []diagnose.Fix
	var add func([]diagnose.Fix)
	add = func(list []diagnose.Fix) { // all at once or, where one cannot be made, each half by itself
		out, said, err := templates.Edit(s, slices.Concat(done, list))
		if err == nil && s.Target.Kind == snapshot.Terraform {
			err = a.proveEdits(t, s, out)
		}
		switch half := len(list) / 2; {
		case err == nil:
			done, edits, notes = append(done, list...), out, said
		case half == 0:
			fmt.Fprintf(a.Err, "%s: cannot %s: %s\n", name, oneLine(list[0].Title), oneLine(err.Error()))
		default:
			add(list[:half])
			add(list[half:])
		}
	}
	if len(p.fixes) > 0 {
		add(p.fixes)
	}
	if len(done) == 0 && len(p.fixes) > 0 {
		return nil, nil, usage("the report shows what to change", "none of the changes can be made in the file by machine")
	}
	return edits, notes, nil
}

// printDiff prints the edits for git apply, and where that is to be run when it
// is not here.
func (a *app) printDiff(edits []remedy.FileEdit) {
	elsewhere := map[string]bool{}
	for _, e := range edits {
		base, below, here := diffName(e.Name)
		if !here && !elsewhere[base] {
			elsewhere[base] = true
			fmt.Fprintf(a.Err, "%s: note: apply the diff in %s\n", name, base)
		}
		a.printf("%s", e.Unified(below))
	}
}

// diffName is the name that git apply finds a file by, and the folder where it
// does: the top of the file's repository, whose names it wants wherever it is run
// inside of it, or else the current folder, or the file's own. here tells whether
// it finds the file where we are.
func diffName(file string) (base, relative string, here bool) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return ".", filepath.ToSlash(file), true
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		absolute = real
	}
	current, err := filepath.Abs(".")
	if err == nil {
		current, err = filepath.EvalSymlinks(current)
	}
	if err != nil {
		current = ""
	}
	top := repository(filepath.Dir(absolute))
	switch {
	case top != "":
		// Inside of a folder git apply passes over what lies outside of it.
		base, here = top, current != "" && repository(current) == top && inside(current, absolute)
	case current != "" && inside(current, absolute):
		base, here = current, true
	default:
		base = filepath.Dir(absolute)
	}
	if relative, err = filepath.Rel(base, absolute); err != nil {
		return filepath.Dir(absolute), filepath.Base(absolute), false
	}
	return base, filepath.ToSlash(relative), here
}

// repository is the top folder of the git repository that a folder is in, or "".
func repository(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func inside(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// unfinished tells of a run that was ended while it wrote, and with --write
// takes away what it has left beside the files.
func (a *app) unfinished(f *fixFlags) error {
	left := files.Unfinished(f.templates)
	if left == nil {
		return nil
	}
	fmt.Fprintf(a.Err, "%s: an earlier fix --write was ended in the middle; every file is whole:\n", name)
	for i, file := range left.Names {
		fmt.Fprintf(a.Err, "  %s %s\n", file, left.States[i])
	}
	if !f.write {
		return nil
	}
	if err := left.Clear(); err != nil {
		return usage("", "what that run has left cannot be taken away: %s", err)
	}
	return nil
}
