package cloudformation

import (
	"cmp"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// maxTemplates is how many templates one call loads, nested ones included.
const maxTemplates = 100

// UsualNames are those of a folder's only template, tried in turn.
var UsualNames = []string{"template.yaml", "template.yml", "template.json", "cloudformation.yaml", "cloudformation.yml", "cloudformation.json"}

// source is one template to load and the name its stack shall have.
type source struct {
	file  string
	stack string // empty for the name of the options

	assembled, packaged bool // by the CDK, by the Serverless Framework

	region, account string // where the tool that wrote the template deploys it; empty when it does not say
}

// findTemplates lists the templates that the given files and folders mean.
func findTemplates(files []string, within tree.Bounds) ([]source, error) {
	var found []source
	for _, file := range files {
		if file != "-" {
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				inside, err := templatesIn(file, within)
				if err != nil {
					return nil, err
				}
				found = append(found, inside...)
				continue
			}
		}
		found = append(found, source{file: file})
	}
	for i := range found {
		found[i].locate(within)
	}
	switch {
	case len(found) == 0:
		return nil, &tree.Error{Problem: "no template was named", Expected: "a file, a folder or - for standard input"}
	case len(found) > maxTemplates:
		return nil, &tree.Error{File: files[0], Problem: "more than 100 templates", Expected: "the templates of one application"}
	case len(found) > 1:
		for i := range found {
			if found[i].stack == "" {
				found[i].stack = stackNameOf(found[i].file)
			}
		}
	}
	return found, nil
}

// templatesIn looks for a cdk.out folder first, then for templates by name,
// then for any file that holds one.
func templatesIn(folder string, within tree.Bounds) ([]source, error) {
	if err := within.Check(folder); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, language.FileError(folder, err)
	}
	has := map[string]bool{}
	var assembled, others []source
	for _, e := range entries {
		name := e.Name()
		path := filepath.Join(folder, name)
		has[name] = !e.IsDir()
		switch {
		case e.IsDir():
		case strings.HasSuffix(name, ".nested.template.json"): // reached through the stack that holds it
		case strings.HasSuffix(name, ".template.json"):
			assembled = append(assembled, source{file: path, stack: strings.TrimSuffix(name, ".template.json")})
		case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yml"), strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".template"):
			others = append(others, source{file: path})
		}
	}
	if has["manifest.json"] || has["cdk.out"] || len(assembled) > 0 {
		inside, err := assemblies(folder, entries, within)
		if err != nil || len(assembled)+len(inside) > 0 {
			return append(assembled, inside...), err
		}
	}
	for _, name := range UsualNames {
		if has[name] {
			return []source{{file: filepath.Join(folder, name)}}, nil
		}
	}
	if has["cdk.json"] {
		if _, err := os.Stat(filepath.Join(folder, "cdk.out")); err == nil {
			return templatesIn(filepath.Join(folder, "cdk.out"), within)
		}
	}
	sort.Slice(others, func(i, j int) bool { return others[i].file < others[j].file })
	var templates []source
	for _, s := range others[:min(len(others), 10*maxTemplates)] {
		if isTemplate(s.file, within) {
			templates = append(templates, s)
		}
	}
	if len(templates) == 0 {
		return nil, &tree.Error{File: folder, Problem: "no template in this folder", Expected: "template.yaml, a *.template.json or a cdk.out folder"}
	}
	return templates, nil
}

// assemblies lists the stacks of the CDK's nested assemblies (assembly-*).
func assemblies(folder string, entries []os.DirEntry, within tree.Bounds) ([]source, error) {
	var found []source
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), "assembly-") {
			continue
		}
		inside, err := templatesIn(filepath.Join(folder, e.Name()), within)
		if err != nil {
			return nil, err
		}
		found = append(found, inside...)
	}
	return found, nil
}

// isTemplate tells whether a file among others in a folder is a template.
func isTemplate(file string, within tree.Bounds) bool {
	if within.Check(file) != nil {
		return false
	}
	data, err := language.ReadFile(file, nil)
	if err != nil {
		return false
	}
	if text := string(data); !strings.Contains(text, "Resources") || !strings.Contains(text, "AWS::") {
		return false
	}
	doc, err := language.Parse(file, data)
	return err == nil && IsTemplate(doc)
}

// IsTemplate tells whether a document is a template.
func IsTemplate(doc *tree.Document) bool {
	return doc.Root.Get("Resources") != nil && checkTemplate(doc) == nil
}

// stackNameOf makes a stack's name of its template's file name.
func stackNameOf(file string) string {
	base := filepath.Base(file)
	for _, suffix := range []string{".template.json", ".nested.template.json", filepath.Ext(base)} {
		if trimmed := strings.TrimSuffix(base, suffix); trimmed != "" {
			base = trimmed
		}
	}
	return cmp.Or(strings.Trim(tree.Hyphenated(base), "-"), defaultStackName)
}
