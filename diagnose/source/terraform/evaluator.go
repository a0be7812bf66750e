package terraform

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// evaluator is one reading of a configuration.
type evaluator struct {
	options   Options
	root      string // folder of the root module, as files are opened
	files     *files
	modules   map[string]*module
	installed map[string]string // folders of modules that terraform init has fetched, by their path of names
	sources   map[string][]byte
	templates map[string]hclsyntax.Expression
	inputs    map[string]input
	open      map[string]bool // variables that were asked for and have no value
	holes     *holes
	busy      []string
	skips     []skipComment
	unread    []snapshot.Unread            // modules that are not here
	table     map[string]function.Function // that expressions may call, once they are made
	err       error
}

// input is a value that the user gives to a variable.
type input struct {
	value cty.Value
	raw   bool // a text of the command line or the environment
	at    hcl.Range
}

// stop keeps the first error; what is evaluated after it does not matter.
func (ev *evaluator) stop(err error) {
	if ev.err == nil && err != nil {
		ev.err = err
	}
}

func newEvaluator(dir string, o Options) (*evaluator, error) {
	ev := &evaluator{options: o, root: filepath.Clean(dir), modules: map[string]*module{}, installed: map[string]string{}, sources: map[string][]byte{},
		templates: map[string]hclsyntax.Expression{}, inputs: map[string]input{}, open: map[string]bool{}, holes: newHoles()}
	var err error
	if ev.files, err = newFiles(dir, o.Within); err != nil {
		return nil, &tree.Error{File: dir, Problem: "the folder cannot be read: " + plainError(err)}
	}
	ev.files.instead = o.Instead
	if ev.options.Workspace == "" {
		// The one that was selected here. Without it another may be selected where the
		// configuration is applied: default is no more certain than any.
		selected, _ := ev.files.read(filepath.Join(ev.root, ".terraform", "environment"))
		ev.options.Workspace = strings.TrimSpace(string(selected))
	}
	if err := ev.readInstalled(); err != nil {
		return nil, err
	}
	return ev, nil
}

// readInstalled reads where terraform init has put the modules that lie elsewhere.
func (ev *evaluator) readInstalled() error {
	file := filepath.Join(ev.root, ".terraform", "modules", "modules.json")
	if _, err := os.Stat(file); err != nil {
		return nil
	}
	text, err := ev.files.read(file)
	if err != nil {
		return &tree.Error{File: file, Problem: err.Error()}
	}
	var list struct {
		Modules []struct{ Key, Dir string }
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return &tree.Error{File: file, Problem: "the list of modules is no JSON: " + err.Error(), Expected: "what terraform init writes"}
	}
	for _, m := range list.Modules {
		ev.installed[m.Key] = m.Dir
	}
	return nil
}

// readInputs collects the values of the root module's variables; later ones win.
func (ev *evaluator) readInputs(m *module) error {
	for name := range m.variables {
		if ev.options.Env == nil {
			break
		}
		if value := ev.options.Env("TF_VAR_" + name); value != "" {
			ev.inputs[name] = input{value: cty.StringVal(value), raw: true, at: hcl.Range{Filename: "TF_VAR_" + name}}
		}
	}
	entries, err := os.ReadDir(ev.root)
	if err != nil {
		return &tree.Error{File: ev.root, Problem: "the folder cannot be read: " + plainError(err)}
	}
	var automatic []string
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json") {
			automatic = append(automatic, name)
		}
	}
	for _, name := range append([]string{"terraform.tfvars", "terraform.tfvars.json"}, automatic...) {
		file := filepath.Join(ev.root, name)
		if _, err := os.Stat(file); err != nil {
			continue
		}
		if err := ev.readValues(file, m, false); err != nil {
			return err
		}
	}
	for _, file := range ev.options.VarFiles {
		if at, err := real(file); err == nil {
			ev.files.also = append(ev.files.also, at)
		}
		if err := ev.readValues(file, m, true); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ev.options.Vars)) {
		if m.variables[name] == nil {
			return &tree.Error{File: ev.root, Problem: fmt.Sprintf("there is no variable %q for --var", name), Expected: list(slices.Sorted(maps.Keys(m.variables)))}
		}
		ev.inputs[name] = input{value: cty.StringVal(ev.options.Vars[name]), raw: true, at: hcl.Range{Filename: "--var"}}
	}
	ev.fromFlags(m)
	return nil
}

// list names what there is, for a message.
func list(names []string) string {
	if len(names) == 0 {
		return "none: the configuration has no variables"
	}
	if len(names) > 8 {
		names = append(names[:8:8], "…")
	}
	return "one of " + strings.Join(names, ", ")
}

// readValues reads a file with values of variables.
func (ev *evaluator) readValues(file string, m *module, given bool) error {
	text, err := ev.files.read(file)
	if err != nil {
		return &tree.Error{File: file, Problem: err.Error()}
	}
	ev.sources[file] = text
	var attributes hclsyntax.Attributes
	if strings.HasSuffix(file, ".json") {
		body, err := parseJSON(file, append(append([]byte(`{"values":`), text...), '}'))
		if err != nil {
			return err
		}
		attributes = body.Blocks[0].Body.Attributes
	} else {
		f, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
		if e := firstError(diags); e != nil {
			return e
		}
		body := f.Body.(*hclsyntax.Body)
		if len(body.Blocks) > 0 {
			return errorAt(body.Blocks[0].TypeRange, "NAME = VALUE", "a file with values of variables holds no blocks")
		}
		attributes = body.Attributes
	}
	for name, a := range attributes {
		v, diags := a.Expr.Value(nil)
		if e := firstError(diags); e != nil {
			e.Expected = "a value without references"
			return e
		}
		if m.variables[name] == nil && m.missing == "" {
			if given {
				ev.warn("%s:%d: there is no variable %q; its value is not used", filepath.ToSlash(file), a.NameRange.Start.Line, name)
			}
			continue
		}
		ev.inputs[name] = input{value: v, at: a.Expr.Range()}
	}
	return nil
}

// fromFlags gives the region and the account of the command line to the
// variables that are made for them and have no other value.
func (ev *evaluator) fromFlags(m *module) {
	for _, c := range []struct{ value, flag, names string }{
		{ev.options.Region, "--region", " region aws_region awsregion region_name "},
		{ev.options.Account, "--account-id", " account_id aws_account_id accountid account awsaccountid aws_account account_number "},
	} {
		for name, b := range m.variables {
			if _, has := ev.inputs[name]; has || c.value == "" || b.Body.Attributes["default"] != nil || !strings.Contains(c.names, " "+strings.ToLower(name)+" ") {
				continue
			}
			ev.inputs[name] = input{value: cty.StringVal(c.value), raw: true, at: hcl.Range{Filename: c.flag}}
			ev.warn("var.%s has no value; it is taken from %s", name, c.flag)
		}
	}
}

func (ev *evaluator) warn(format string, args ...any) {
	if ev.options.Warn != nil {
		ev.options.Warn(fmt.Sprintf(format, args...))
	}
}

// instances evaluates everything that is to be created: the resources of the
// root module and of all modules that it calls, in the order of the files.
func (ev *evaluator) instances(s *scope, visit func(*expansion)) {
	for _, id := range s.module.order {
		if ev.err != nil {
			return
		}
		visit(s.expand(s.module.resources[id]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.module.calls)) {
		if ev.err != nil {
			return
		}
		for _, child := range s.moduleCall(s.module.calls[name]).instances {
			ev.instances(child, visit)
		}
	}
}
