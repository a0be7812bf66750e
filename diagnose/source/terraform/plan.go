package terraform

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text"
)

// recorded is a plan or a state: resources with their values, and in a plan the
// references of the configuration, which link what is not known yet.
type recorded struct {
	file      string
	plan      bool
	holes     *holes
	symbols   *symbols
	options   Options
	provider  provider
	variables *tree.Node
	config    *tree.Node // configuration.root_module of a plan
	instances map[string]*record
	order     []*record
}

// record is one resource instance of a plan or a state.
type record struct {
	in        *recorded
	address   string
	module    string // module.orders["eu"]; empty for the root
	kind      string
	name      string
	key       string // ["eu"], [0] or nothing
	at        tree.Place
	values    *tree.Node // an object
	unknown   *tree.Node // of a plan: true where a value is known only after apply
	sensitive *tree.Node
	raw       []string // names of sensitive attributes, of a raw state
	config    *tree.Node
	created   bool // the plan creates it
	busy      map[string]bool
}

// maxRecorded is the size of the largest plan or state that is read, in bytes.
const maxRecorded = 256 << 20

// loadRecorded reads a plan or a state.
func loadRecorded(file string, o Options) (*snapshot.Snapshot, error) {
	kind, err := fileKind(file)
	if err != nil {
		return nil, &tree.Error{File: file, Problem: "it cannot be read: " + plainError(err)}
	}
	const asked = `what "terraform show -json" writes of it`
	switch kind {
	case binaryPlan:
		return nil, &tree.Error{File: file, Problem: "this is a plan in Terraform's own binary form", Expected: asked + ": terraform show -json " + filepath.ToSlash(file) + " > plan.json"}
	case encryptedFile:
		return nil, &tree.Error{File: file, Problem: "this state is encrypted", Expected: `what "tofu show -json" writes`}
	case "":
		return nil, &tree.Error{File: file, Problem: "this is no Terraform plan or state", Expected: asked}
	}
	if err := o.Within.Check(file); err != nil {
		return nil, err
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() > maxRecorded {
		return nil, &tree.Error{File: file, Problem: fmt.Sprintf("the file is larger than %d MiB", maxRecorded>>20)}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &tree.Error{File: file, Problem: "it cannot be read: " + plainError(err)}
	}
	if strings.ContainsAny(string(text), standInMarks) {
		return nil, &tree.Error{File: file, Problem: "the file has the character U+FDD0 or U+FDD1, which no text may have"}
	}
	r, err := readRecorded(file, kind, text, o)
	if err != nil {
		return nil, err
	}
	return r.snapshot(), nil
}

func readRecorded(file, kind string, text []byte, o Options) (*recorded, error) {
	doc, err := tree.Language{Name: "a Terraform plan or state"}.Parse(file, text)
	if err != nil {
		return nil, err
	}
	r := &recorded{file: file, plan: kind == planFile, holes: newHoles(), options: o, instances: map[string]*record{}}
	r.symbols = newSymbols(r.holes, [][]byte{text})
	if err := r.version(doc.Root, kind); err != nil {
		return nil, err
	}
	switch kind {
	case planFile:
		r.config = doc.Root.Get("configuration").Get("root_module")
		r.variables = doc.Root.Get("variables")
		for _, change := range items(doc.Root.Get("resource_changes")) {
			r.change(change)
		}
	case stateFile:
		r.module(doc.Root.Get("values").Get("root_module"))
	default:
		for _, resource := range items(doc.Root.Get("resources")) {
			r.rawResource(resource)
		}
	}
	r.provider = r.where(doc.Root, kind)
	return r, nil
}

// version refuses formats that are not known.
func (r *recorded) version(root *tree.Node, kind string) error {
	member, major, expected := "format_version", "0 1", "a plan or state of format 1, as terraform show -json writes"
	if kind == rawStateFile {
		member, major, expected = "version", "4", "a state of version 4, as Terraform 0.12 and later write"
	}
	n := root.Get(member)
	version, _, _ := strings.Cut(n.TextOr(""), ".")
	if !slices.Contains(strings.Fields(major), version) {
		at := root.At
		if n != nil {
			at = n.At
		}
		return &tree.Error{File: r.file, Line: int(at.Line), Column: int(at.Column), Problem: fmt.Sprintf("the %s has the %s %q", kind, strings.ReplaceAll(member, "_", " "), n.TextOr("")), Expected: expected}
	}
	return nil
}

func items(n *tree.Node) []*tree.Node {
	if n == nil || n.Kind != tree.List {
		return nil
	}
	return n.Items
}

func (r *recorded) add(one *record) {
	one.in, one.busy = r, map[string]bool{}
	if one.values == nil || one.values.Kind != tree.Object {
		one.values = &tree.Node{Kind: tree.Object, At: one.at}
	}
	if one.address == "" || r.instances[one.address] != nil {
		return
	}
	r.instances[one.address] = one
	r.order = append(r.order, one)
}

// change adds what a change of a plan leads to (I31).
func (r *recorded) change(n *tree.Node) {
	change := n.Get("change")
	var actions []string
	for _, a := range items(change.Get("actions")) {
		actions = append(actions, a.Text)
	}
	gone := slices.Equal(actions, []string{"delete"}) || slices.Equal(actions, []string{"forget"})
	if n.Get("mode").TextOr("") != "managed" || gone || n.Get("deposed") != nil {
		return
	}
	r.add(&record{address: n.Get("address").TextOr(""), module: n.Get("module_address").TextOr(""), kind: n.Get("type").TextOr(""), name: n.Get("name").TextOr(""), key: nodeKey(n.Get("index")),
		created: slices.Contains(actions, "create"), at: n.At, values: change.Get("after"), unknown: change.Get("after_unknown"), sensitive: change.Get("after_sensitive")})
}

// module adds the resources of a state's module (I34).
func (r *recorded) module(n *tree.Node) {
	for _, in := range items(n.Get("resources")) {
		if in.Get("mode").TextOr("") == "managed" {
			r.add(&record{address: in.Get("address").TextOr(""), module: n.Get("address").TextOr(""), kind: in.Get("type").TextOr(""), name: in.Get("name").TextOr(""), key: nodeKey(in.Get("index")),
				at: in.At, values: in.Get("values"), sensitive: in.Get("sensitive_values")})
		}
	}
	for _, child := range items(n.Get("child_modules")) {
		r.module(child)
	}
}

// rawResource adds the instances of a resource of a raw state (I34).
func (r *recorded) rawResource(n *tree.Node) {
	if n.Get("mode").TextOr("managed") != "managed" {
		return
	}
	module, kind, name := n.Get("module").TextOr(""), n.Get("type").TextOr(""), n.Get("name").TextOr("")
	for _, in := range items(n.Get("instances")) {
		if in.Get("deposed") != nil {
			continue
		}
		key := nodeKey(in.Get("index_key"))
		one := &record{address: below(module, kind+"."+name+key), module: module, kind: kind, name: name, key: key, at: in.At, values: in.Get("attributes")}
		for _, path := range items(in.Get("sensitive_attributes")) {
			steps := items(path)
			if len(steps) == 0 { // version 4 of old releases: a plain name
				one.raw = append(one.raw, path.TextOr(""))
				continue
			}
			one.raw = append(one.raw, steps[0].Get("value").TextOr(""))
		}
		r.add(one)
	}
}

func nodeKey(n *tree.Node) string {
	switch {
	case n == nil || !n.Scalar():
		return ""
	case n.Kind == tree.Number:
		return "[" + n.Text + "]"
	}
	return keyText(cty.StringVal(n.Text))
}

// where finds the region and the account: in ARNs of the resources, in what the
// plan has read, and in the provider's configuration.
func (r *recorded) where(root *tree.Node, kind string) provider {
	p := provider{region: r.options.Region, account: r.options.Account}
	set := func(region, account string) {
		p.region = cmp.Or(p.region, region)
		p.account = cmp.Or(p.account, account)
	}
	if r.plan {
		expressions := root.Get("configuration").Get("provider_config").Get("aws").Get("expressions").Get("region")
		if given := expressions.Get("constant_value").TextOr(""); given != "" {
			p.region = given
		} else if refs := items(expressions.Get("references")); len(refs) > 0 {
			if name, ok := strings.CutPrefix(refs[0].TextOr(""), "var."); ok {
				if given := r.variables.Get(name).Get("value").TextOr(""); given != "" {
					p.region = given
				}
			}
		}
		r.identity(root.Get("prior_state").Get("values").Get("root_module"), set)
	}
	for _, one := range r.order {
		if a, ok := text.ParseARN(one.values.Get("arn").TextOr("")); ok {
			set(a.Region, a.Account)
		}
	}
	return p.orUnknown(r.holes)
}

func (r *recorded) identity(n *tree.Node, set func(region, account string)) {
	for _, in := range items(n.Get("resources")) {
		if in.Get("type").TextOr("") == "aws_caller_identity" {
			set("", in.Get("values").Get("account_id").TextOr(""))
		}
	}
	for _, child := range items(n.Get("child_modules")) {
		r.identity(child, set)
	}
}

func (r *recorded) snapshot() *snapshot.Snapshot {
	input := "the state"
	if r.plan {
		input = "the plan"
	}
	b := newBuilder(r.symbols, snapshot.Target{Kind: snapshot.Terraform, File: filepath.ToSlash(r.file), Maker: snapshot.Applied, Exists: !r.plan}, input, r.options.Warn)
	b.mirrored = true
	if r.plan {
		b.waits = func(deployment *resource) func(string) bool { return r.waits(r.instances[deployment.address]) }
	}
	var list []*resource
	gaps := false
	for _, one := range r.order {
		if wanted(one.kind) {
			list = append(list, one.resource())
			gaps = gaps || len(one.open()) > 0
		}
	}
	if gaps && r.options.Warn != nil {
		r.options.Warn("the plan does not hold every value: the configuration itself, or the state after the apply, says more")
	}
	if !holed(r.provider.region) {
		b.parts.Target.Region = r.provider.region
	}
	if !holed(r.provider.account) {
		b.parts.Target.Account = r.provider.account
	}
	b.parts.Target.Partition = r.provider.partition().ID
	return b.build(list)
}

// resource is the record as all readers have it.
func (one *record) resource() *resource {
	value := &tree.Value{Kind: tree.Object}
	add := func(name string, at tree.Place, v *tree.Value) {
		value.Members = append(value.Members, tree.Member{Name: name, At: at, Value: v})
	}
	for _, f := range one.values.Fields {
		if slices.Contains(one.raw, f.Name) {
			add(f.Name, f.At, one.in.secret(one.address+"."+f.Name))
			continue
		}
		if u := one.unknown.Get(f.Name); u != nil && u.Kind == tree.Bool && u.Text == "true" {
			continue
		}
		add(f.Name, f.At, one.in.value(f.Value, one.unknown.Get(f.Name), one.sensitive.Get(f.Name), one.address+"."+f.Name))
	}
	for _, name := range one.open() {
		add(name, one.at, one.in.symbols.value(one.attribute(name), spot{}))
	}
	return &resource{address: one.address, kind: one.kind, at: one.at, arguments: tree.View{Resource: one.address, At: one.at, Value: value}, attribute: one.attribute}
}

// open lists the arguments that the configuration gives and whose values are
// known only after apply. What the configuration leaves to AWS is not among them.
func (one *record) open() []string {
	var names []string
	if one.unknown == nil {
		return nil
	}
	for _, f := range one.unknown.Fields {
		if f.Value.Kind == tree.Bool && f.Value.Text == "true" && one.configured(f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// configured tells whether the configuration of the plan gives an argument.
func (one *record) configured(name string) bool {
	c := one.configuration()
	return c == nil || c.Get("expressions").Get(name) != nil
}

// secret is the value of what is marked as sensitive.
func (r *recorded) secret(name string) *tree.Value {
	h := r.holes.get(hole{id: name, expression: name, detail: name + " is sensitive and is not looked at"})
	return r.symbols.unknown(h, cty.DynamicPseudoType)
}

func (r *recorded) value(n, unknown, sensitive *tree.Node, name string) *tree.Value {
	isTrue := func(n *tree.Node) bool { return n != nil && n.Kind == tree.Bool && n.Text == "true" }
	switch {
	case isTrue(sensitive):
		return r.secret(name)
	case isTrue(unknown):
		return r.symbols.unknown(r.holes.get(hole{id: name, expression: name}), cty.DynamicPseudoType)
	}
	out := &tree.Value{Kind: n.Kind, Text: n.Text}
	inner := func(mask *tree.Node, key string, i int) *tree.Node {
		if mask != nil && mask.Kind == tree.List && i < len(mask.Items) {
			return mask.Items[i]
		}
		return mask.Get(key)
	}
	for i, in := range n.Items {
		out.Items = append(out.Items, tree.Item{At: in.At, Value: r.value(in, inner(unknown, "", i), inner(sensitive, "", i), fmt.Sprintf("%s[%d]", name, i))})
	}
	for _, f := range n.Fields {
		out.Members = append(out.Members, tree.Member{Name: f.Name, At: f.At, Value: r.value(f.Value, inner(unknown, f.Name, -1), inner(sensitive, f.Name, -1), name+"."+f.Name)})
	}
	// A key that is not there yet has its mark all the same.
	if unknown != nil && n.Kind == tree.Object {
		for _, f := range unknown.Fields {
			if isTrue(f.Value) && n.Field(f.Name) == nil {
				out.Members = append(out.Members, tree.Member{Name: f.Name, At: n.At, Value: r.value(&tree.Node{Kind: tree.Null}, f.Value, nil, name+"."+f.Name)})
			}
		}
	}
	return out
}

// attribute is an attribute as text: its value, what follows from the others, or
// what the configuration says that it is taken from.
func (one *record) attribute(name string) cty.Value {
	if n := one.values.Get(name); n.Scalar() {
		return cty.StringVal(n.Text)
	}
	null := cty.NullVal(cty.String)
	known := one.unknown != nil && one.unknown.Get(name) != nil
	if one.busy[name] {
		return null
	}
	one.busy[name] = true
	defer delete(one.busy, name)
	if known && one.configured(name) {
		if v, ok := one.linked(name); ok {
			return v
		}
	}
	d := derivations[one.kind]
	if pattern, ok := d.attributes[name]; ok && pattern != "" && (known || !one.in.plan) {
		return cty.StringVal(fill(pattern, one.part))
	}
	if !known && !(one.in.plan && (name == d.name || d.attributes[name] == "" && hasAttribute(d, name))) {
		return null
	}
	h := hole{id: one.address + "." + name, expression: one.address + "." + name, made: hasAttribute(d, name)}
	if _, ok := identifiers[name]; ok && known {
		// What refers to the same thing is the same: a method and its integration.
		if refs := fullReferences(one.configuration().Get("expressions").Get(name)); len(refs) > 0 {
			h.id = strings.Join(append(refs, one.module, one.key), "|")
		}
	}
	if !h.made && name != d.name {
		h.detail = fmt.Sprintf("%s.%s is known only after apply%s", one.address, name, one.taken(name))
	}
	return one.in.holes.get(h).text()
}

func hasAttribute(d derivation, name string) bool {
	_, ok := d.attributes[name]
	return ok
}

func (one *record) part(name string) string {
	if text, ok := one.in.provider.part(name); ok {
		return text
	}
	if name == "path" && !one.values.Get(name).Scalar() {
		return "/"
	}
	text, _ := plainText(textual(one.attribute(name)))
	return text
}
