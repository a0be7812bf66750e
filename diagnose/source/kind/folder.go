package kind

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/source/cloudformation"
	"apisqs-doctor/diagnose/source/terraform"
	"apisqs-doctor/diagnose/source/tree"
)

// maxFiles is how many files of a folder are looked into to tell what it is.
const maxFiles = 1000

// folder tells what a folder holds: the one thing in it that can be read.
func folder(name string, within tree.Bounds) (Input, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return Input{}, language.FileError(name, err)
	}
	if isAssembly(name) {
		return Input{Source: Templates, Said: "CDK assembly", Files: []string{name}}, nil
	}
	if packaged := serverlessPackage(name); packaged != "" {
		return Input{Source: Templates, Said: "Serverless Framework package", Files: []string{packaged}}, nil
	}
	var fits []Input // each could be meant
	if terraform.Is(name) {
		fits = append(fits, Input{Source: Terraform, Said: "Terraform configuration", Files: []string{name}})
	}
	synthesized := filepath.Join(name, "cdk.out")
	if isAssembly(synthesized) {
		fits = append(fits, Input{Source: Templates, Said: "CDK assembly", Files: []string{synthesized}})
	}
	if packaged := serverlessPackage(filepath.Join(name, ".serverless")); packaged != "" {
		fits = append(fits, Input{Source: Templates, Said: "Serverless Framework package", Files: []string{packaged}})
	}
	inside := look(name, entries, within)
	if templates := inside[Templates]; len(templates) > 0 && !isAssembly(synthesized) {
		one, err := together(templates[0].Files, templates)
		if err != nil {
			return Input{}, err
		}
		fits = append(fits, one)
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		c := &tree.Conflict{Problem: name + " holds several kinds: " + listed(fits)}
		for _, in := range fits {
			c.Choices = append(c.Choices, example(name, in))
		}
		return Input{}, c
	}
	// Documents and snapshots beside a template belong to it; by themselves they are
	// what is meant.
	for _, source := range []Source{Documents, Snapshot} {
		if found := inside[source]; len(found) > 0 {
			return together(found[0].Files, found)
		}
	}
	return Input{}, nothingIn(name, entries)
}

// listed names several kinds.
func listed(fits []Input) string {
	var said []string
	for _, in := range fits {
		said = append(said, article(in.Said))
	}
	return strings.Join(said[:len(said)-1], ", ") + " and " + said[len(said)-1]
}

// example is a path that means one kind of a folder alone.
func example(folder string, in Input) string {
	if in.Source != Terraform {
		return in.Files[0]
	}
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if path := filepath.Join(folder, e.Name()); !e.IsDir() && terraform.IsConfiguration(path) {
			return path
		}
	}
	return folder
}

// look tells what the files of a folder are, those that can be read. A template of
// a usual name is the only one that is meant.
func look(folder string, entries []os.DirEntry, within tree.Bounds) map[Source][]Input {
	inside := map[Source][]Input{}
	for _, usual := range cloudformation.UsualNames {
		if in, err := one(filepath.Join(folder, usual), nil, within); err == nil && in.Source == Templates {
			return map[Source][]Input{Templates: {in}}
		}
	}
	for _, e := range entries[:min(len(entries), maxFiles)] {
		path := filepath.Join(folder, e.Name())
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || !slices.Contains([]string{".yaml", ".yml", ".json", ".template"}, filepath.Ext(path)) {
			continue
		}
		if in, ok := quick(path, within); ok {
			inside[in.Source] = append(inside[in.Source], in)
		}
	}
	return inside
}

// quick tells what a file among others is, and passes over what is broken or
// nothing that is read.
func quick(path string, within tree.Bounds) (Input, bool) {
	if within.Check(path) != nil {
		return Input{}, false
	}
	if Saved(path) {
		return Input{Source: Snapshot, Said: "snapshot", Files: []string{path}}, true
	}
	data, err := language.ReadFile(path, nil)
	if err != nil {
		return Input{}, false
	}
	text := string(data)
	if !strings.Contains(text, "Resources") && !strings.Contains(text, "x-amazon-apigateway") && !strings.Contains(text, "arn:aws") {
		return Input{}, false
	}
	doc, err := language.Parse(path, data)
	if err != nil {
		return Input{}, false
	}
	said := what(doc.Root)
	switch {
	case said == "":
		return Input{}, false
	case strings.HasPrefix(said, "OpenAPI"), strings.HasPrefix(said, "Swagger"):
		return Input{Source: Documents, Said: said, Files: []string{path}}, strings.Contains(text, "x-amazon-apigateway-integration")
	case strings.HasPrefix(said, "output"):
		return Input{Source: Documents, Said: said, Files: []string{path}}, true
	}
	return Input{Source: Templates, Said: said, Files: []string{path}}, cloudformation.IsTemplate(doc)
}

// isAssembly tells whether a folder is what cdk synth writes.
func isAssembly(folder string) bool {
	if _, err := os.Stat(filepath.Join(folder, "cdk.out")); err == nil {
		if info, err := os.Stat(filepath.Join(folder, "cdk.out")); err == nil && !info.IsDir() {
			return true
		}
	}
	if matches, _ := filepath.Glob(filepath.Join(globbed(folder), "*.template.json")); len(matches) > 0 {
		return true
	}
	data, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	return err == nil && strings.Contains(string(data), `"artifacts"`)
}

// globbed is a path in which no character is a pattern.
func globbed(path string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`, `\`, `\\`).Replace(path)
}

// serverlessPackage is the template that a package of the Serverless Framework
// deploys; empty when the folder is none.
func serverlessPackage(folder string) string {
	file := filepath.Join(folder, "cloudformation-template-update-stack.json")
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
		return file
	}
	return ""
}

// holds tells, without a look into its files, whether a folder is one that is read.
func holds(folder string) bool {
	return terraform.Is(folder) || isAssembly(folder) || slices.ContainsFunc(cloudformation.UsualNames, func(usual string) bool {
		_, err := os.Stat(filepath.Join(folder, usual))
		return err == nil
	})
}

// nothingIn says what is missing in a folder with nothing to read.
func nothingIn(folder string, entries []os.DirEntry) error {
	problem, expected := "nothing in this folder is read", language.Name
	var choices []string
	for _, e := range entries {
		switch {
		case serverlessFile(e.Name()) && !e.IsDir():
			return &tree.Error{File: filepath.Join(folder, e.Name()), Problem: packageFirst}
		case e.Name() == "cdk.json":
			return &tree.Error{File: folder, Problem: "this CDK application is not synthesized", Expected: "its cdk.out folder, which cdk synth writes"}
		case e.Name() == "Pulumi.yaml":
			problem = "this is a Pulumi project, which is not read"
		case e.IsDir() && !strings.HasPrefix(e.Name(), ".") && len(choices) < 8:
			path := filepath.Join(folder, e.Name())
			if holds(path) {
				choices = append(choices, path)
			}
		}
	}
	switch {
	case len(entries) == 0:
		problem = "the folder is empty"
	case len(choices) > 0:
		return &tree.Conflict{Problem: folder + ": nothing in this folder itself is read; these are", Choices: choices}
	}
	return &tree.Error{File: folder, Problem: problem, Expected: expected}
}
