package terraform

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxCallers is how many folders are looked at for one that calls a module.
const maxCallers = 300

// throughCaller opens the folder that calls a module, where the module has
// variables without values and exactly one folder above it calls it (I18).
func throughCaller(ev *evaluator, m *module, o Options) (*evaluator, *scope, bool) {
	open := false
	for name, b := range m.variables {
		_, given := ev.inputs[name]
		open = open || !given && b.Body.Attributes["default"] == nil
	}
	if !open || len(o.Vars) > 0 || len(o.VarFiles) > 0 {
		return nil, nil, false
	}
	callers := ev.callers()
	switch len(callers) {
	case 0:
		return nil, nil, false
	case 1:
		through, root, err := openAlone(callers[0], o)
		if err != nil {
			ev.warn("%s calls this module and cannot be read: %s", filepath.ToSlash(callers[0]), err)
			return nil, nil, false
		}
		ev.warn("%s is a module; it is read through %s, which calls it", filepath.ToSlash(ev.root), filepath.ToSlash(callers[0]))
		return through, root, true
	}
	ev.warn("%s is a module that several folders call: %s; give one of them", filepath.ToSlash(ev.root), filepath.ToSlash(strings.Join(callers, ", ")))
	return nil, nil, false
}

// callers are the folders above the root module, and one or two below those, that
// call it by a local path.
func (ev *evaluator) callers() []string {
	own, err := real(ev.root)
	if err != nil {
		return nil
	}
	var found []string
	seen := map[string]bool{}
	look := func(dir string) {
		at, err := real(dir)
		if err != nil || seen[at] || at == own || len(seen) > maxCallers {
			return
		}
		seen[at] = true
		if ev.calls(dir, own) {
			found = append(found, dir)
		}
	}
	for parent := filepath.Join(ev.root, ".."); ; parent = filepath.Join(parent, "..") {
		at, err := real(parent)
		if err != nil || !within(ev.files.boundary, at) || ev.files.within.Check(at) != nil {
			return found
		}
		look(parent)
		for _, pattern := range []string{"*", "*/*"} {
			below, _ := filepath.Glob(filepath.Join(parent, pattern))
			for _, dir := range below {
				if info, err := os.Stat(dir); err == nil && info.IsDir() {
					look(dir)
				}
			}
		}
	}
}

// calls tells whether a folder calls the module in another one.
func (ev *evaluator) calls(dir, module string) bool {
	files, overrides, err := configurationFiles(dir)
	if err != nil {
		return false
	}
	for _, file := range append(files, overrides...) {
		text, err := ev.files.read(file)
		if err != nil || strings.HasSuffix(file, ".json") || !strings.Contains(string(text), filepath.Base(module)) {
			continue
		}
		parsed, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
		if diags.HasErrors() {
			continue
		}
		for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
			a := b.Body.Attributes["source"]
			if b.Type != "module" || a == nil {
				continue
			}
			v, diags := a.Expr.Value(nil)
			source, ok := plainText(v)
			if diags.HasErrors() || !ok || !strings.HasPrefix(source, ".") {
				continue
			}
			if at, err := real(filepath.Join(dir, filepath.FromSlash(source))); err == nil && at == module {
				return true
			}
		}
	}
	return false
}
