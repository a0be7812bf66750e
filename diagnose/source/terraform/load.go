package terraform

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// Options say what a configuration leaves open.
type Options struct {
	Vars      map[string]string   // values of variables of the root module, by name
	VarFiles  []string            // files with such values; later ones win
	Env       func(string) string // environment, for TF_VAR_NAME; may be nil
	Workspace string              // terraform.workspace; empty when it is not known
	Account   string              // account id; empty when it is not known
	Region    string              // for providers that name none; empty when it is not known
	Instead   map[string][]byte   // texts of files as they would read after an edit, by name
	Within    tree.Bounds         // of all files that are read
	Warn      func(string)        // takes what the user should know and is no fault; may be nil
}

// Load reads a folder with configuration, a plan or a state, and returns the
// snapshot of what is deployed. The error is an *tree.Error when the input is at fault.
func Load(dir string, o Options) (*snapshot.Snapshot, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, &tree.Error{File: dir, Problem: "it cannot be read: " + plainError(err)}
	}
	if !info.IsDir() {
		if IsConfiguration(dir) {
			return nil, &tree.Error{File: dir, Problem: "Terraform reads whole folders", Expected: "the folder " + filepath.ToSlash(filepath.Dir(dir))}
		}
		return loadRecorded(dir, o)
	}
	ev, root, err := open(dir, o)
	if err != nil {
		return nil, err
	}
	sy := ev.symbols()
	b := newBuilder(sy, snapshot.Target{Kind: snapshot.Terraform, Account: o.Account, File: filepath.ToSlash(dir)}, "the configuration", o.Warn)
	b.parts.New = true
	list := ev.resources(root, sy, func(e *expansion) { b.doubts = append(b.doubts, ev.doubtOf(e, sy)) })
	if ev.err != nil {
		return nil, ev.err
	}
	addresses := map[string]string{}
	for _, r := range list {
		addresses[r.address] = r.raw.scope.configAddress(resourceID(r.raw.block))
	}
	b.waits = func(r *resource) func(string) bool {
		d := dependenciesOf(r.raw)
		return func(address string) bool { return d.done[addresses[address]] }
	}
	b.follows = func(r *resource) func(string) bool {
		f := followedBy(r.raw)
		return func(address string) bool { return f.has(addresses[address]) }
	}
	b.where(root)
	out := b.build(list)
	ev.warnOpen(root.module)
	out.Skips = ev.skipsOf(root)
	out.Target.Unread = append(out.Target.Unread, ev.unread...)
	if ev.err != nil {
		return nil, ev.err
	}
	return out, nil
}

// warnOpen names the variables that have no value and are used for one.
func (ev *evaluator) warnOpen(m *module) {
	names := slices.Sorted(maps.Keys(ev.open))
	if len(names) == 0 {
		return
	}
	at := placeOf(m.variables[names[0]].TypeRange)
	if len(names) == 1 {
		ev.warn("%s:%d: the variable %s has no value; --var %s=VALUE or --var-file FILE gives it", at.File, at.Line, names[0], names[0])
		return
	}
	ev.warn("%s:%d: the variables %s have no value; --var NAME=VALUE or --var-file FILE gives it", at.File, at.Line, strings.TrimPrefix(list(names), "one of "))
}

// open reads the configuration of a folder and the values for its variables. A
// module is read through what calls it.
func open(dir string, o Options) (*evaluator, *scope, error) {
	ev, root, err := openAlone(dir, o)
	if err != nil {
		return nil, nil, err
	}
	if through, caller, ok := throughCaller(ev, root.module, o); ok {
		return through, caller, nil
	}
	return ev, root, nil
}

func openAlone(dir string, o Options) (*evaluator, *scope, error) {
	ev, err := newEvaluator(dir, o)
	if err != nil {
		return nil, nil, err
	}
	m, err := ev.readModule(dir)
	if err != nil {
		return nil, nil, err
	}
	if err := ev.readInputs(m); err != nil {
		return nil, nil, err
	}
	return ev, ev.newScope(m, nil, nil, nil, ""), ev.err
}

// symbols starts the symbols of a reading: none of them is a text of the input.
func (ev *evaluator) symbols() *symbols {
	var texts [][]byte
	for _, name := range slices.Sorted(maps.Keys(ev.sources)) {
		texts = append(texts, ev.sources[name])
	}
	for _, name := range slices.Sorted(maps.Keys(ev.options.Vars)) {
		texts = append(texts, []byte(ev.options.Vars[name]))
	}
	return newSymbols(ev.holes, texts)
}

// doubtOf says what a resource without a known number belongs to.
func (ev *evaluator) doubtOf(e *expansion, sy *symbols) doubt {
	d := doubt{kind: e.block.Labels[0], gap: snapshot.Gap{Reason: snapshot.Unresolved, Detail: e.keys.hole.detail, Needs: e.keys.hole.needs, Origin: placeOf(e.block.TypeRange).Origin()}}
	d.gap.Origin.Resource = e.scope.global(resourceID(e.block))
	if a, ok := e.block.Body.Attributes[ownerArgument(d.kind)]; ok {
		if v, diags := a.Expr.Value(e.scope.ctx); !diags.HasErrors() {
			d.owner = sy.value(v, spot{}).Text
		}
	}
	return d
}

// where fills in the region of the target.
func (b *builder) where(root *scope) {
	p := root.provider("aws")
	if !holed(p.region) {
		b.parts.Target.Region = p.region
	}
	b.parts.Target.Partition = p.partition().ID
	if b.parts.Target.Account == "" && !holed(p.account) {
		b.parts.Target.Account = p.account
	}
}
