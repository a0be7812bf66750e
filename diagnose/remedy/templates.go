package remedy

import (
	"bytes"
	"fmt"
	"slices"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// Templates edits the files of a template. Each is read and parsed once, however
// many fixes are made in it. It is for one goroutine.
type Templates struct {
	// Redeploy gives a deployment that the changes need a new logical id, which is
	// how a stack update comes to deploy them.
	Redeploy bool

	read         func(file string) ([]byte, error)
	files        map[string]opened
	vocabularies vocabularies
}

// opened is a file as it was read, or why it cannot be edited.
type opened struct {
	source *source
	err    error
}

// NewTemplates edits files whose contents read gives.
func NewTemplates(read func(file string) ([]byte, error)) *Templates {
	return &Templates{read: read, files: map[string]opened{}}
}

// FileEdit is an edit of a file.
type FileEdit struct {
	Name string // in the snapshot
	text.Edited
}

// Edit makes fixes, one after the other, and gives the files that differ
// afterwards, by name, and what remains to be done by hand. The files are not
// written: the next Edit starts from the same contents. What the fixes do not touch
// stays byte for byte as it is. The error says which place cannot be edited by
// machine, and then nothing is edited.
func (t *Templates) Edit(s *snapshot.Snapshot, fixes []diagnose.Fix) ([]FileEdit, []string, error) {
	if s.Target.Kind == snapshot.Terraform {
		return t.editTerraform(s, fixes)
	}
	if s.Target.Kind != snapshot.Template && s.Target.Kind != snapshot.OpenAPI || hasTerraform(s) {
		return nil, nil, fmt.Errorf("only templates of CloudFormation and OpenAPI documents can be edited")
	}
	t.vocabularies.about(s)
	d := &differ{templates: t, drafts: map[string]*draft{}}
	start := s
	var deploys []snapshot.Deploy
	var changes []snapshot.Change
	for _, fix := range fixes {
		changes = append(changes, fix.Changes...)
	}
	for i, change := range changes {
		if c, ok := change.(snapshot.Deploy); ok && !slices.Contains(deploys, c) {
			deploys = append(deploys, c)
		}
		list, err := settings(s, change)
		if err != nil {
			return nil, nil, err
		}
		for _, st := range list {
			if err := d.make(st); err != nil {
				return nil, nil, err
			}
		}
		if s, err = onward(s, change, changes[i+1:]); err != nil {
			return nil, nil, err
		}
		t.vocabularies.after(change, s)
	}
	var notes []string
	if t.Redeploy {
		notes, deploys = d.redeploy(start, deploys)
	}
	var out []FileEdit
	for _, file := range sorted(d.drafts) {
		if edited := d.drafts[file].edited(t.files[file].source); len(edited.Edits) > 0 {
			out = append(out, FileEdit{file, edited})
		}
	}
	if len(deploys) > 0 && slices.ContainsFunc(out, t.needsDeployment) {
		notes = append(notes, noteOf(start, deploys[0]))
	}
	return out, notes, nil
}

// redeploy renames the deployments of stages. It gives what it did, and the
// deployments that are left to be made by hand.
func (d *differ) redeploy(s *snapshot.Snapshot, list []snapshot.Deploy) (notes []string, left []snapshot.Deploy) {
	done := map[[2]string]bool{}
	for _, c := range list {
		file, id := deploymentOf(s, c)
		if file == "" {
			left = append(left, c)
			continue
		}
		if done[[2]string{file, id}] {
			continue
		}
		src, err := d.open(file)
		if err != nil || !isDeployment(src, id) {
			continue // SAM and CDK do it by themselves
		}
		to := freshID(src, id)
		text, err := renamed(src, id, to)
		if err != nil {
			left = append(left, c)
			continue
		}
		*d.drafts[file] = draft{name: file, text: text}
		done[[2]string{file, id}] = true
		notes = append(notes, fmt.Sprintf("%s is called %s now, so that the stack update deploys the change", id, to))
	}
	return notes, left
}

// open is a file with all edits so far, parsed.
func (d *differ) open(file string) (*source, error) {
	f, err := d.draft(file)
	if err != nil {
		return nil, err
	}
	return f.whole()
}

// draft is a file in the course of its edits.
func (d *differ) draft(file string) (*draft, error) {
	if f := d.drafts[file]; f != nil {
		return f, nil
	}
	src, err := d.templates.open(file)
	if err != nil {
		return nil, err
	}
	f := &draft{name: file, text: src.text, source: src}
	d.drafts[file] = f
	return f, nil
}

// needsDeployment tells whether a template has deployments of its own making,
// which a stack update leaves alone unless their logical id changes.
func (t *Templates) needsDeployment(f FileEdit) bool {
	src := t.files[f.Name].source
	if _, _, becomes := f.Changed(); deploys(becomes) || slices.ContainsFunc(f.Edits, func(e text.Edit) bool { return deploys([]byte(e.Old)) }) {
		return deploys(f.New()) // the edit is about it
	}
	if src.deploys == nil {
		has := deploys(src.text)
		src.deploys = &has
	}
	return *src.deploys
}

func deploys(text []byte) bool {
	return bytes.Contains(text, []byte("AWS::ApiGateway::Deployment")) || bytes.Contains(text, []byte("AWS::ApiGatewayV2::Deployment"))
}

// open reads and parses a file, the first time.
func (t *Templates) open(file string) (*source, error) {
	f, ok := t.files[file]
	if !ok {
		var text []byte
		if text, f.err = t.read(file); f.err == nil {
			f.source, f.err = parseSource(file, text)
		}
		t.files[file] = f
	}
	return f.source, f.err
}

// differ edits files one setting after the other.
type differ struct {
	templates *Templates
	drafts    map[string]*draft
}

// make makes one setting: in the piece of the file that it is about or, where
// that cannot be cut out, in the whole.
func (d *differ) make(st setting) error {
	file := st.at.file
	if file == "" {
		return fmt.Errorf("%s is not part of the template; change it where it is made", st.at.resource)
	}
	f, err := d.draft(file)
	if err != nil {
		return err
	}
	if f.editPiece(&d.templates.vocabularies, st) {
		return nil
	}
	src, err := f.whole()
	if err != nil {
		return err
	}
	text, err := edited(&d.templates.vocabularies, src, st)
	if err != nil {
		return err
	}
	*f = draft{name: file, text: text}
	return nil
}

// edited is the text of a file with a setting made.
func edited(v *vocabularies, src *source, st setting) ([]byte, error) {
	e := &editor{source: src, words: v.words(st.at.file, st.at.definition)}
	if err := e.setting(st); err != nil {
		return nil, err
	}
	return e.result()
}
