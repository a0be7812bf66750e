package remedy

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// hclEditor edits the files of a Terraform configuration. It changes what stands
// in the user's words and refuses what is computed.
type hclEditor struct {
	read     func(file string) ([]byte, error)
	files    map[string]*hclText
	s        *snapshot.Snapshot   // before the change that is being made
	added    []string             // addresses of new resources that deployments have to wait for
	policies map[string]hclPolicy // that were added, by role and name
	once     map[string]bool      // what was added: a module's text is there once for all its instances
}

// hclText is a file in the making. Places in the snapshot are those of the file
// as it was read; moves lead from there to where they are now.
type hclText struct {
	name  string
	old   []byte
	text  []byte
	body  *hclsyntax.Body
	moves []hclMove
	fresh []hclValue // values that were changed
	tidy  bool       // the file was formatted as terraform fmt does
}

// hclValue is a changed value: where it is now, and its text.
type hclValue struct {
	at   int
	text string
}

// hclMove is an edit: the bytes from from to to gave way to size others.
type hclMove struct{ from, to, size int }

// editTerraform makes fixes in the files of a configuration.
func (t *Templates) editTerraform(s *snapshot.Snapshot, fixes []diagnose.Fix) ([]FileEdit, []string, error) {
	e := &hclEditor{read: t.read, files: map[string]*hclText{}, s: s, once: map[string]bool{}, policies: map[string]hclPolicy{}}
	var notes []string
	var deploys []snapshot.Deploy
	for _, fix := range fixes {
		for _, change := range fix.Changes {
			after, err := change.Apply(e.s)
			if err != nil {
				return nil, nil, err
			}
			if c, ok := change.(snapshot.Deploy); ok {
				if !slices.Contains(deploys, c) {
					deploys = append(deploys, c)
				}
			} else if err := e.make(change, after); err != nil {
				return nil, nil, err
			}
			e.s = after
		}
	}
	for _, c := range deploys {
		note, err := e.deploy(s, c)
		if err != nil {
			return nil, nil, err
		}
		if note != "" {
			notes = append(notes, note)
		}
	}
	var out []FileEdit
	for _, name := range sorted(e.files) {
		f := e.files[name]
		if f.tidy {
			f.text = hclwrite.Format(f.text)
		}
		if edited := text.Change(f.old, f.text); len(edited.Edits) > 0 {
			out = append(out, FileEdit{name, edited})
		}
	}
	return out, notes, nil
}

// file reads and parses a file, the first time.
func (e *hclEditor) file(name string) (*hclText, error) {
	if f, ok := e.files[name]; ok {
		return f, nil
	}
	if name == e.s.Target.File {
		return nil, fmt.Errorf("%s is a plan or a state, which is not edited; change the configuration that it comes from", filepath.ToSlash(name))
	}
	if !strings.HasSuffix(name, ".tf") && !strings.HasSuffix(name, ".tofu") {
		return nil, fmt.Errorf("the value stands in %s; change it there", filepath.ToSlash(name))
	}
	text, err := e.read(name)
	if err != nil {
		return nil, err
	}
	f := &hclText{name: name, old: text, text: text, tidy: bytes.Equal(hclwrite.Format(text), text)}
	if err := f.parse(); err != nil {
		return nil, err
	}
	e.files[name] = f
	return f, nil
}

func (f *hclText) parse() error {
	parsed, diags := hclsyntax.ParseConfig(f.text, f.name, hcl.InitialPos)
	if diags.HasErrors() {
		return fmt.Errorf("%s cannot be edited by machine: %s", f.name, diags[0].Summary)
	}
	f.body = parsed.Body.(*hclsyntax.Body)
	return nil
}

// splice puts a text in the place of some bytes.
func (f *hclText) splice(from, to int, text string) error {
	next := slices.Concat(f.text[:from], []byte(text), f.text[to:])
	before := *f
	f.text = next
	if err := f.parse(); err != nil {
		*f = before
		return err
	}
	f.moves = append(f.moves, hclMove{from, to, len(text)})
	for i := range f.fresh {
		if f.fresh[i].at >= to {
			f.fresh[i].at += len(text) - (to - from)
		}
	}
	return nil
}

// offset is where a place of the snapshot is now.
func (f *hclText) offset(o snapshot.Origin) (int, bool) {
	at, line := 0, 1
	for line < o.Line {
		next := bytes.IndexByte(f.old[at:], '\n')
		if next < 0 {
			return 0, false
		}
		at, line = at+next+1, line+1
	}
	// Columns count characters; the parser counts clusters of them, which differ
	// only for text that no argument begins with.
	for column := 1; column < o.Column; column++ {
		_, size := utf8.DecodeRune(f.old[at:])
		at += size
	}
	for _, m := range f.moves {
		switch {
		case at >= m.to:
			at += m.size - (m.to - m.from)
		case at > m.from:
			return 0, false
		}
	}
	return at, true
}

// place finds the file and the offset of a value.
func (e *hclEditor) place(o snapshot.Origin) (*hclText, int, error) {
	if o.File == "" {
		return nil, 0, fmt.Errorf("%s is not part of the configuration; change it where it is made", o.Resource)
	}
	f, err := e.file(o.File)
	if err != nil {
		return nil, 0, err
	}
	at, ok := f.offset(o)
	if !ok {
		return nil, 0, fmt.Errorf("%s:%d is edited already; make this change by hand", f.name, o.Line)
	}
	return f, at, nil
}

// expression is the outermost expression that begins at an offset.
func (f *hclText) expression(at int) hclsyntax.Expression {
	var found hclsyntax.Expression
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		if e, ok := n.(hclsyntax.Expression); ok && found == nil && e.Range().Start.Byte == at {
			if _, key := e.(*hclsyntax.ObjectConsKeyExpr); !key {
				found = e
			}
		}
		return nil
	})
	return found
}

// block is the block that begins at an offset.
func (f *hclText) block(at int) *hclsyntax.Block {
	var found *hclsyntax.Block
	_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
		if b, ok := n.(*hclsyntax.Block); ok && b.TypeRange.Start.Byte == at {
			found = b
		}
		return nil
	})
	return found
}

// resource finds the block of a resource by its place.
func (e *hclEditor) resource(o snapshot.Origin) (*hclText, *hclsyntax.Block, error) {
	f, at, err := e.place(o)
	if err != nil {
		return nil, nil, err
	}
	b := f.block(at)
	if b == nil {
		return nil, nil, fmt.Errorf("%s:%d: %s stands in no block of its own; change it by hand", filepath.ToSlash(f.name), o.Line, o.Resource)
	}
	return f, b, nil
}

// computed refuses a value that is not written where it is used.
func (f *hclText) computed(what string, e hclsyntax.Expression) error {
	return fmt.Errorf("%s:%d: %s is computed: %s; change it where it comes from", filepath.ToSlash(f.name), e.Range().Start.Line, what, oneLine(string(e.Range().SliceBytes(f.text))))
}
