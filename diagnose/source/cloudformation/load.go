package cloudformation

import (
	"cmp"
	"io"
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

const defaultStackName = "stack"

// Options say what a template leaves open.
type Options struct {
	Parameters map[string]string // values of template parameters, by name
	Account    string            // account id; empty when it is not known
	Region     string            // empty when it is not known
	StackName  string            // empty for "stack"; several templates get the names of their files
	Stdin      io.Reader         // what the file "-" means
	Within     tree.Bounds       // of all files that are read
	Warn       func(string)      // takes what the user should know and is no fault; may be nil
	// Parsed are templates that have been parsed already, by their files. Load takes
	// them out: the next one reads the files anew.
	Parsed map[string]*tree.Document
}

// Load reads templates and returns the snapshot of what they would deploy. A
// file may be a template, a folder of templates, a cdk.out folder, or "-" for
// standard input. The error is an *Error when the input is at fault.
func Load(files []string, o Options) (*snapshot.Snapshot, error) {
	sources, err := findTemplates(files, o.Within)
	if err != nil {
		return nil, err
	}
	w := newWorld(o)
	for _, src := range sources {
		if err := o.Within.Check(src.file); err != nil {
			return nil, err
		}
		doc, err := o.take(src.file)
		if err != nil {
			return nil, err
		}
		if err := checkTemplate(doc); err != nil {
			return nil, err
		}
		w.know(doc)
		w.makers[makerOf(doc, src)] = true
		w.addRoot(doc, src, len(sources) > 1)
		if doc.Alias > 0 {
			w.warn("%s:%d: CloudFormation takes no YAML aliases; the template must go through a tool that writes them out, such as sam build", doc.Name, doc.Alias)
		}
	}
	if err := w.checkParameters(w.stacks[:len(sources)]); err != nil {
		return nil, err
	}
	out := w.build()
	if w.err != nil {
		return nil, w.err
	}
	for maker := range w.makers {
		if len(w.makers) == 1 {
			out.Target.Maker = maker
		}
	}
	out.Constructs = w.constructs()
	if len(sources) > 1 && !w.makers[snapshot.CDK] { // the stacks of one application are meant together
		if err := w.clash(); err != nil {
			return nil, err
		}
	}
	out.Target.File = tree.DisplayName(files[0])
	if len(files) > 1 {
		for _, file := range files {
			out.Target.Files = append(out.Target.Files, tree.DisplayName(file))
		}
	}
	return out, nil
}

// take gives the document of a file, and keeps no hold on it.
func (o Options) take(file string) (*tree.Document, error) {
	if doc := o.Parsed[file]; doc != nil {
		delete(o.Parsed, file)
		return doc, nil
	}
	return language.Read(file, o.Stdin)
}

// addRoot adds a stack that is not nested. Several stacks get names and id
// prefixes of their own, so that equal logical ids stay apart.
func (w *world) addRoot(doc *tree.Document, src source, several bool) {
	name := src.stack
	if name == "" || !several && w.options.StackName != "" {
		name = w.options.StackName
	}
	name = cmp.Or(name, defaultStackName)
	for slices.ContainsFunc(w.stacks, func(s *stack) bool { return s.name == name }) {
		name += "-2"
	}
	prefix := ""
	if several {
		prefix = name + "-"
	}
	given := map[string]*tree.Value{}
	for key, v := range w.options.Parameters {
		given[key] = tree.Text(v)
	}
	w.newStack(doc, name, prefix, nil, w.environmentOf(src, doc), given)
}
