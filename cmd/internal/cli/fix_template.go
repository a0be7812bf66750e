package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

// fixTemplate prints the changes of a template as a diff, or makes them.
func (a *app) fixTemplate(f *fixFlags, s *snapshot.Snapshot, p *repair, c call) error {
	fmt.Fprint(a.Err, p.text())
	edit, err := a.edit(s, p)
	if err != nil {
		return err
	}
	for _, note := range edit.Notes {
		fmt.Fprintf(a.Err, "%s: note: %s\n", name, note)
	}
	if !f.write {
		a.printf("%s", edit.Diff)
		return nil
	}
	if len(edit.Files) == 0 {
		return nil
	}
	for _, file := range slices.Sorted(maps.Keys(edit.Files)) {
		text := edit.Files[file]
		info, err := os.Stat(file)
		if err != nil {
			return usage("", "%s: %s", file, plain(err))
		}
		if err := os.WriteFile(file, text, info.Mode().Perm()); err != nil {
			return usage("", "%s: %s", file, plain(err))
		}
		fmt.Fprintf(a.Err, "%s was edited\n", file)
	}
	after, err := a.loadTemplate(&f.targetFlags)
	if err != nil {
		return err
	}
	return a.diagnoseAgain(f, after, c)
}

// edit makes the changes that can be made in the files; what cannot is told.
func (a *app) edit(s *snapshot.Snapshot, p *repair) (remedy.Edit, error) {
	var done []diagnose.Fix
	out := remedy.Edit{}
	for _, x := range p.fixes {
		edit, err := remedy.Diff(s, append(done, x), readAgain)
		if err != nil {
			fmt.Fprintf(a.Err, "%s: cannot %s: %s\n", name, oneLine(x.Title), oneLine(err.Error()))
			continue
		}
		done, out = append(done, x), edit
	}
	if len(done) == 0 && len(p.fixes) > 0 {
		return out, usage("the report shows what to change", "none of the changes can be made in the file by machine")
	}
	return out, nil
}
