// Package kind tells by their content what files and folders hold.
package kind

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/documents"
	"apisqs-doctor/diagnose/source/terraform"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text"
)

// Source is what reads an input.
type Source string

// The sources of files.
const (
	Templates Source = "templates" // CloudFormation: written by hand, or by SAM, the CDK or Serverless
	Terraform Source = "terraform" // configuration, a plan or a state
	Documents Source = "documents" // OpenAPI documents and what commands of the AWS CLI print
	Snapshot  Source = "snapshot"  // one that this program has written
)

// Input is what files hold together.
type Input struct {
	Source Source
	Said   string   // what they are, for people: "OpenAPI 3 document"
	Files  []string // what is to be read
	// Parsed are templates that were parsed to tell what they are, by their files.
	Parsed map[string]*tree.Document
}

// Target is the kind of a target in reports.
func (in Input) Target() string {
	switch {
	case in.Source == Terraform:
		return snapshot.Terraform
	case in.Source == Snapshot:
		return snapshot.Saved
	case in.Source == Documents && strings.Contains(in.Said, "document"):
		return snapshot.OpenAPI
	case in.Source == Documents:
		return snapshot.Answers
	}
	return snapshot.Template
}

// Of tells what the named files and folders are. "-" is the standard input, whose
// text is given, and nothing outside of the bounds is read. The error is a *tree.Conflict, or says what is wrong with a file.
func Of(names []string, stdin []byte, within tree.Bounds) (Input, error) {
	var all []Input
	for _, name := range names {
		in, err := one(name, stdin, within)
		if err != nil {
			return Input{}, err
		}
		all = append(all, in)
	}
	return together(names, all)
}

// together joins what several names are.
func together(names []string, all []Input) (Input, error) {
	out := all[0]
	out.Parsed = map[string]*tree.Document{}
	maps.Copy(out.Parsed, all[0].Parsed)
	for i, in := range all[1:] {
		if in.Source != out.Source {
			return Input{}, &tree.Conflict{Problem: fmt.Sprintf("%s is %s and %s is %s; they are not read together", display(names[0]), article(out.Said), display(names[i+1]), article(in.Said)), Choices: names}
		}
		out.Files = append(out.Files, in.Files...)
		maps.Copy(out.Parsed, in.Parsed)
		if !strings.Contains(", "+out.Said+", ", ", "+in.Said+", ") {
			out.Said += ", " + in.Said
		}
	}
	slices.Sort(out.Files[1:])
	out.Files = slices.Compact(out.Files)
	if out.Source == Terraform {
		out.Files = uppermost(out.Files)
	}
	if len(out.Files) > 1 && (out.Source == Terraform || out.Source == Snapshot) {
		what := map[Source]string{Terraform: "several Terraform targets make no one deployment", Snapshot: "several snapshots are not read together"}[out.Source]
		return Input{}, &tree.Conflict{Problem: what, Choices: out.Files}
	}
	return out, nil
}

// uppermost leaves out the folders that lie below others: those are their modules.
func uppermost(folders []string) []string {
	below := func(folder string) bool {
		return slices.ContainsFunc(folders, func(other string) bool {
			rel, err := filepath.Rel(other, folder)
			return err == nil && rel != "." && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
		})
	}
	return slices.DeleteFunc(slices.Clone(folders), below)
}

func display(name string) string { return tree.DisplayName(name) }

func article(noun string) string {
	switch {
	case strings.HasSuffix(noun, "configuration"), strings.HasSuffix(noun, "s"), strings.HasPrefix(noun, "output"):
		return noun
	case strings.IndexByte("AEIOUaeiou", noun[0]) >= 0:
		return "an " + noun
	}
	return "a " + noun
}

// one tells what one name is.
func one(name string, stdin []byte, within tree.Bounds) (Input, error) {
	if name == "-" {
		return content(name, stdin)
	}
	if err := within.Check(name); err != nil {
		return Input{}, err
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return Input{}, language.FileError(name, err)
	case info.IsDir():
		return folder(name, within)
	case !info.Mode().IsRegular():
		return Input{}, &tree.Error{File: name, Problem: "not a file", Expected: language.Name}
	}
	if in, ok := byName(name); ok {
		return in, nil
	}
	if what := terraform.Recorded(name); what != "" {
		return Input{Source: Terraform, Said: "Terraform " + strings.TrimPrefix(what, "terraform.tf"), Files: []string{name}}, nil
	}
	if Saved(name) {
		return Input{Source: Snapshot, Said: "snapshot", Files: []string{name}}, nil
	}
	data, err := language.ReadFile(name, nil)
	if err != nil {
		return Input{}, err
	}
	return content(name, data)
}

// byName tells what is clear from a name. A file of a Terraform configuration
// stands for its folder, which is read as a whole.
func byName(name string) (Input, bool) {
	base := filepath.Base(name)
	switch {
	case terraform.IsConfiguration(name):
		return Input{Source: Terraform, Said: "Terraform configuration", Files: []string{filepath.Dir(name)}}, true
	case base == "manifest.json" && isAssembly(filepath.Dir(name)):
		return Input{Source: Templates, Said: "CDK assembly", Files: []string{filepath.Dir(name)}}, true
	}
	return Input{}, false
}

// language is what files are read as while it is not known what they are.
var language = tree.Language{Name: "a template, Terraform, an OpenAPI document, a snapshot or what a command of the AWS CLI prints", Tags: documents.Language.Tags}

// content tells what a text is.
func content(name string, data []byte) (Input, error) {
	if bytes.Contains(data[:min(len(data), 512)], []byte(`"apisqs-doctor/snapshot/`)) {
		return Input{Source: Snapshot, Said: "snapshot", Files: []string{name}}, nil
	}
	if name == "-" {
		if what := terraform.RecordedText(data); what != "" {
			return Input{}, &tree.Error{File: display(name), Problem: "this is Terraform's " + what, Expected: "it as a file"}
		}
	}
	docs, err := documents.Parse(language, name, data)
	if err != nil {
		return Input{}, err
	}
	doc := docs[0]
	root := doc.Root
	said := what(root)
	switch {
	case said == "":
	case documents.IsOpenAPI(root) || documents.Command(root) != "":
		return Input{Source: Documents, Said: said, Files: []string{name}}, nil
	case len(docs) > 1: // which no template is: its reader says so
		return Input{Source: Templates, Said: said, Files: []string{name}}, nil
	default:
		return Input{Source: Templates, Said: said, Files: []string{name}, Parsed: map[string]*tree.Document{name: doc}}, nil
	}
	if told := other(name, root, doc.Text); told != "" {
		return Input{}, &tree.Error{File: doc.Name, Problem: told, Expected: language.Name}
	}
	if !begun(root) {
		return Input{}, &tree.Error{File: doc.Name, Problem: unknown(root, doc.Text), Expected: language.Name}
	}
	// What is missing of a template is told by its reader, with the place.
	return Input{Source: Templates, Said: "CloudFormation template", Files: []string{name}}, nil
}

// unknown says what a document is that is none of what is read.
func unknown(root *tree.Node, text string) string {
	told := tree.TextKind(text)
	switch {
	case root.Kind == tree.Null:
		return "the file is empty"
	case root.Kind == tree.Object:
		return "nothing in this file says what it is"
	case told != "":
		return told
	}
	return "the file holds " + root.Kind.String()
}

// begun tells whether a document is the beginning of a template: a section of one, or
// a resource that stands outside of its section.
func begun(root *tree.Node) bool {
	if root.Kind != tree.Object {
		return false
	}
	return slices.ContainsFunc(root.Fields, func(f tree.Field) bool {
		switch f.Name {
		case "Parameters", "Mappings", "Conditions", "Outputs", "Globals":
			return true
		}
		return text.Distance(f.Name, "Resources") <= 2 || strings.HasPrefix(f.Value.Get("Type").TextOr(""), "AWS::")
	})
}

// what names the kind of a document; empty when it is none that is read.
func what(root *tree.Node) string {
	if root.Kind != tree.Object {
		return ""
	}
	switch command := documents.Command(root); {
	case documents.IsOpenAPI(root):
		return documents.Version(root)
	case root.Get("Resources") != nil || root.Get("AWSTemplateFormatVersion") != nil:
		return templateKind(root)
	case command != "":
		return "output of aws " + command
	case root.Get("Transform") != nil || root.Get("Fn::Transform") != nil:
		return templateKind(root)
	}
	return ""
}

// templateKind names who has written a template.
func templateKind(root *tree.Node) string {
	if sam(root.Get("Transform")) {
		return "SAM template"
	}
	if root.Get("Resources").Get("ServerlessDeploymentBucket") != nil {
		return "Serverless Framework template"
	}
	if root.Get("Resources").Get("CDKMetadata") != nil || root.Get("Parameters").Get("BootstrapVersion") != nil {
		return "CDK template"
	}
	return "CloudFormation template"
}

func sam(n *tree.Node) bool {
	if n == nil {
		return false
	}
	return strings.HasPrefix(n.Text, "AWS::Serverless") || slices.ContainsFunc(n.Items, sam)
}

// other names what people give by mistake, and what to give in its place.
func other(name string, root *tree.Node, text string) string {
	base := filepath.Base(name)
	has := func(members ...string) bool {
		return !slices.ContainsFunc(members, func(m string) bool { return root.Get(m) == nil })
	}
	schema := root.Get("schema").TextOr("")
	switch {
	case strings.HasPrefix(schema, "apisqs-doctor/"):
		return fmt.Sprintf("this is a %q document, which is the result of a run and no input", schema)
	case serverlessFile(base) || has("service", "provider") && (has("functions") || has("resources") || has("custom")):
		return packageFirst
	case has("target", "cases"):
		return "these are test cases: run them with apisqs-doctor test " + base
	case has("app") && base == "cdk.json":
		return "this is the CDK's configuration: run cdk synth and give its cdk.out folder"
	case has("apiVersion", "kind"):
		return "this is a Kubernetes manifest"
	case has("dependencies") && has("name"):
		return "this is a package.json"
	case has("version", "deployment") && strings.Contains(text, "pulumi"), has("steps") && strings.Contains(text, "urn:pulumi:"):
		return "this is an export of Pulumi, which is not read"
	case strings.Contains(text, "%{ if ") || strings.Contains(text, "%{ for "):
		return "this is a template of Terraform's templatefile: give the folder whose configuration fills it in"
	}
	return ""
}

const packageFirst = "this is the configuration of the Serverless Framework, which is not read itself: run serverless package, and give the .serverless folder that it writes"

func serverlessFile(base string) bool {
	stem, ext, _ := strings.Cut(base, ".")
	return stem == "serverless" && slices.Contains([]string{"yml", "yaml", "ts", "js", "json"}, ext)
}

// Saved tells a saved snapshot from other files.
func Saved(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(text.UTF8(io.LimitReader(f, 4*512)), head)
	return bytes.Contains(head[:n], []byte(`"apisqs-doctor/snapshot/`))
}
