package terraform

import (
	"apisqs-doctor/diagnose/source/tree"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// module is the configuration of one folder.
type module struct {
	dir       string // as files are opened
	variables map[string]*hclsyntax.Block
	locals    map[string]*hclsyntax.Attribute
	outputs   map[string]*hclsyntax.Block
	calls     map[string]*hclsyntax.Block
	resources map[string]*hclsyntax.Block // by TYPE.NAME or data.TYPE.NAME
	order     []string                    // of resources
	providers map[string]*hclsyntax.Block // by NAME or NAME.ALIAS
	missing   string                      // why a file of the folder is not here; what is not declared may stand in it
}

func resourceID(b *hclsyntax.Block) string {
	id := strings.Join(b.Labels, ".")
	if b.Type != "resource" {
		id = b.Type + "." + id
	}
	return id
}

// configurationFiles lists the files of a folder that Terraform reads, overrides
// last. A *.tofu file hides the *.tf file of the same name (I17).
func configurationFiles(dir string) (files, overrides []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	byName := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		base, json := strings.CutSuffix(name, ".json")
		stem, tofu := strings.CutSuffix(base, ".tofu")
		if !tofu {
			var ok bool
			if stem, ok = strings.CutSuffix(base, ".tf"); !ok {
				continue
			}
		}
		if e.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") {
			continue
		}
		key := fmt.Sprint(stem, json)
		if have, ok := byName[key]; !ok || tofu && !strings.Contains(have[len(stem):], ".tofu") {
			byName[key] = name
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byName)) {
		name := byName[key]
		stem, _, _ := strings.Cut(name, ".tf")
		stem, _, _ = strings.Cut(stem, ".tofu")
		if stem == "override" || strings.HasSuffix(stem, "_override") {
			overrides = append(overrides, filepath.Join(dir, name))
		} else {
			files = append(files, filepath.Join(dir, name))
		}
	}
	return files, overrides, nil
}

// readModule reads the configuration of a folder.
func (ev *evaluator) readModule(dir string) (*module, error) {
	dir = filepath.Clean(dir)
	if m, ok := ev.modules[dir]; ok {
		return m, nil
	}
	m := &module{dir: dir, variables: map[string]*hclsyntax.Block{}, locals: map[string]*hclsyntax.Attribute{}, outputs: map[string]*hclsyntax.Block{},
		calls: map[string]*hclsyntax.Block{}, resources: map[string]*hclsyntax.Block{}, providers: map[string]*hclsyntax.Block{}}
	if err := ev.files.within.Check(dir); err != nil {
		return nil, err
	}
	files, overrides, err := configurationFiles(dir)
	if err != nil {
		return nil, &tree.Error{File: dir, Problem: "the folder cannot be read: " + plainError(err)}
	}
	if len(files) == 0 {
		return nil, &tree.Error{File: dir, Problem: "the folder holds no Terraform files", Expected: "files that end in .tf, .tofu or .tf.json"}
	}
	for _, file := range files {
		body, err := ev.parse(file)
		var link *brokenLink
		if errors.As(err, &link) {
			m.missing = link.Error()
			ev.warn("%s", m.missing)
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := m.add(body); err != nil {
			return nil, err
		}
	}
	for _, file := range overrides {
		body, err := ev.parse(file)
		if err != nil {
			return nil, err
		}
		if err := m.override(body); err != nil {
			return nil, err
		}
	}
	ev.modules[dir] = m
	return m, nil
}

// parse reads one file of configuration.
func (ev *evaluator) parse(file string) (*hclsyntax.Body, error) {
	text, err := ev.files.read(file)
	if err != nil {
		return nil, &tree.Error{File: file, Problem: err.Error()}
	}
	if target := linkText(text); target != "" {
		// A checkout without symbolic links holds them as text.
		to := filepath.Join(filepath.Dir(file), filepath.FromSlash(target))
		if text, err = ev.files.read(to); err != nil {
			return nil, &brokenLink{file, target}
		}
		file = to
	}
	ev.sources[file] = text
	var body *hclsyntax.Body
	if strings.HasSuffix(file, ".json") {
		if body, err = parseJSON(file, text); err != nil {
			return nil, err
		}
	} else {
		f, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
		if e := firstError(diags); e != nil {
			return nil, e
		}
		body = f.Body.(*hclsyntax.Body)
		ev.noteSkips(file, text, body)
	}
	rewriteBody(body)
	return body, nil
}

// brokenLink is a symbolic link, kept as text, to a file that is not there.
type brokenLink struct{ file, target string }

func (b *brokenLink) Error() string {
	return filepath.ToSlash(b.file) + " is a link to " + b.target + ", which cannot be read"
}

// linkText is the target of a symbolic link that a file holds as its text.
func linkText(text []byte) string {
	s := strings.TrimSpace(string(text))
	if len(s) > 4096 || strings.ContainsAny(s, " \t\n\"{}=") || !strings.HasSuffix(s, ".tf") && !strings.HasSuffix(s, ".tf.json") && !strings.HasSuffix(s, ".tofu") {
		return ""
	}
	return s
}

// labelled are the kinds of block with the number of their labels.
var labelled = map[string]int{"variable": 1, "output": 1, "module": 1, "provider": 1, "resource": 2, "data": 2}

// place returns where a block belongs, and whether it is of a kind that matters.
func (m *module) slot(b *hclsyntax.Block) (table map[string]*hclsyntax.Block, id string, err error) {
	want, ok := labelled[b.Type]
	if !ok {
		return nil, "", nil
	}
	if len(b.Labels) != want {
		labels := map[int]string{1: "a name", 2: "a type and a name"}
		return nil, "", errorAt(b.TypeRange, labels[want]+" after "+b.Type, "the block has %d labels", len(b.Labels))
	}
	switch b.Type {
	case "variable":
		return m.variables, b.Labels[0], nil
	case "output":
		return m.outputs, b.Labels[0], nil
	case "module":
		return m.calls, b.Labels[0], nil
	case "provider":
		return m.providers, providerID(b), nil
	}
	return m.resources, resourceID(b), nil
}

// providerID is the local name of a provider, with its alias when it has one.
func providerID(b *hclsyntax.Block) string {
	id := b.Labels[0]
	if a, ok := b.Body.Attributes["alias"]; ok {
		if v, diags := a.Expr.Value(nil); !diags.HasErrors() {
			if alias, ok := plainText(v); ok {
				id += "." + alias
			}
		}
	}
	return id
}

func (m *module) add(body *hclsyntax.Body) error {
	for _, b := range body.Blocks {
		if b.Type == "locals" {
			for name, a := range b.Body.Attributes {
				if have, ok := m.locals[name]; ok {
					return errorAt(a.NameRange, "", "the local value %q stands in %s:%d too", name, filepath.ToSlash(have.SrcRange.Filename), have.SrcRange.Start.Line)
				}
				m.locals[name] = a
			}
			continue
		}
		table, id, err := m.slot(b)
		if err != nil {
			return err
		}
		if table == nil {
			continue
		}
		if have, ok := table[id]; ok {
			return errorAt(b.TypeRange, "another name", "%s %s stands in %s:%d too", b.Type, strings.Join(b.Labels, "."), filepath.ToSlash(have.TypeRange.Filename), have.TypeRange.Start.Line)
		}
		table[id] = b
		if b.Type == "resource" {
			m.order = append(m.order, id)
		}
	}
	return nil
}

// override lays the blocks of an override file over those of the others: each
// argument replaces the one of its name, and blocks replace all of their kind.
func (m *module) override(body *hclsyntax.Body) error {
	for _, b := range body.Blocks {
		if b.Type == "locals" {
			maps.Copy(m.locals, b.Body.Attributes)
			continue
		}
		table, id, err := m.slot(b)
		if err != nil {
			return err
		}
		if table == nil {
			continue
		}
		base, ok := table[id]
		if !ok {
			return errorAt(b.TypeRange, "a "+b.Type+" of that name in another file", "there is nothing that %s %s overrides", b.Type, strings.Join(b.Labels, "."))
		}
		merged := *base
		inner := *base.Body
		inner.Attributes = maps.Clone(inner.Attributes)
		maps.Copy(inner.Attributes, b.Body.Attributes)
		replaced := func(kind string) bool {
			return slices.ContainsFunc(b.Body.Blocks, func(o *hclsyntax.Block) bool { return blockKind(o) == kind })
		}
		inner.Blocks = nil
		for _, in := range base.Body.Blocks {
			if !replaced(blockKind(in)) {
				inner.Blocks = append(inner.Blocks, in)
			}
		}
		inner.Blocks = append(inner.Blocks, b.Body.Blocks...)
		merged.Body = &inner
		table[id] = &merged
	}
	return nil
}

// blockKind is the kind of a nested block, that of its result for a dynamic one.
func blockKind(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}

// source is the text of a range.
func (ev *evaluator) source(r hcl.Range) string {
	text := ev.sources[r.Filename]
	if r.Start.Byte < 0 || r.End.Byte > len(text) || r.Start.Byte > r.End.Byte {
		return "an expression"
	}
	return string(text[r.Start.Byte:r.End.Byte])
}

// sortedAttributes lists the attributes of a body in the order of the file.
func sortedAttributes(b *hclsyntax.Body) []*hclsyntax.Attribute {
	return slices.SortedFunc(maps.Values(b.Attributes), func(x, y *hclsyntax.Attribute) int {
		return cmp.Or(cmp.Compare(x.NameRange.Filename, y.NameRange.Filename), cmp.Compare(x.NameRange.Start.Byte, y.NameRange.Start.Byte))
	})
}
