package remedy

import (
	"bytes"
	"fmt"
	"slices"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// Templates edits the files of a template. Each is read and parsed once, however
// many fixes are made in it. It is for one goroutine.
type Templates struct {
	read  func(file string) ([]byte, error)
	files map[string]opened
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

// FileEdit is a file before and after an edit.
type FileEdit struct {
	Name     string // in the snapshot
	Old, New []byte
}

// Edit makes fixes, one after the other, and gives the files that differ
// afterwards, by name, and what remains to be done by hand. The files are not
// written: the next Edit starts from the same contents. What the fixes do not touch
// stays byte for byte as it is. The error says which place cannot be edited by
// machine, and then nothing is edited.
func (t *Templates) Edit(s *snapshot.Snapshot, fixes []diagnose.Fix) ([]FileEdit, []string, error) {
	if s.Target.Kind != snapshot.Template || hasTerraform(s) {
		return nil, nil, fmt.Errorf("only templates of CloudFormation can be edited")
	}
	d := &differ{templates: t, drafts: map[string]*draft{}}
	deploys := false
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			if _, ok := change.(snapshot.Deploy); ok {
				deploys = true
			}
			list, err := settings(s, change)
			if err != nil {
				return nil, nil, err
			}
			for _, st := range list {
				if err := d.make(s, st); err != nil {
					return nil, nil, err
				}
			}
			if s, err = change.Apply(s); err != nil {
				return nil, nil, err
			}
		}
	}
	var out []FileEdit
	for _, file := range sorted(d.drafts) {
		if old, text := t.files[file].source.text, d.drafts[file].contents(); !bytes.Equal(old, text) {
			out = append(out, FileEdit{file, old, text})
		}
	}
	if deploys && slices.ContainsFunc(out, needsDeployment) {
		return out, []string{deploymentNote}, nil
	}
	return out, nil, nil
}

// needsDeployment tells whether a template has deployments of its own making,
// which a stack update leaves alone unless their logical id changes.
func needsDeployment(f FileEdit) bool {
	return bytes.Contains(f.New, []byte("AWS::ApiGateway::Deployment"))
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
func (d *differ) make(s *snapshot.Snapshot, st setting) error {
	file := st.at.file
	if file == "" {
		return fmt.Errorf("%s is not part of the template; change it where it is made", st.at.resource)
	}
	f := d.drafts[file]
	if f == nil {
		src, err := d.templates.open(file)
		if err != nil {
			return err
		}
		f = &draft{name: file, text: src.text, source: src}
		d.drafts[file] = f
	}
	if f.editPiece(s, st) {
		return nil
	}
	src, err := f.whole()
	if err != nil {
		return err
	}
	text, err := edited(s, src, st)
	if err != nil {
		return err
	}
	*f = draft{name: file, text: text}
	return nil
}

// edited is the text of a file with a setting made.
func edited(s *snapshot.Snapshot, src *source, st setting) ([]byte, error) {
	e := &editor{source: src, words: words(s, st.at.file, st.at.definition)}
	if err := e.setting(st); err != nil {
		return nil, err
	}
	return e.result()
}
