package cloudformation

import (
	"path/filepath"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// stack is one template with its parameters: what CloudFormation deploys as a unit.
type stack struct {
	world  *world
	name   string
	prefix string // of generated ids; empty for the only root stack
	doc    *document
	root   *stack // that it is nested in, at whatever depth, or itself
	depth  int    // 0 for a stack that is not nested
	sam    bool   // the template goes through the SAM transform
	macros bool   // some other transform may add resources

	parameters map[string]*parameter
	mappings   *node
	conditions map[string]*condition
	resources  map[string]*resource
	order      []*resource
	outputs    map[string]*output
	globals    *node
	metadata   *node
	given      map[string]*value // parameters that a parent stack or the user sets
}

// resource is one entry of a template's Resources.
type resource struct {
	id         string
	typ        string
	at         place
	body       *node // the whole resource
	properties *node // may be nil
	condition  string
	serial     string // unique id derived from the logical id
	resolved   *value // Properties, once resolved
	busy       bool   // its name is being resolved
	name       *value // the physical name, once resolved
	child      *stack // of a nested stack with a local template
	opened     bool   // child was looked for
	needs      []string
	scanned    bool
}

type output struct {
	field field
	busy  bool
	value *value
}

type condition struct {
	field field
	busy  bool
	known bool
	truth truth
}

// newStack reads the sections of a template. given holds parameter values; it
// may be nil.
func (w *world) newStack(doc *document, name, prefix string, depth int, given map[string]*value) *stack {
	s := &stack{world: w, name: name, prefix: prefix, doc: doc, depth: depth, given: given,
		parameters: map[string]*parameter{}, conditions: map[string]*condition{}, resources: map[string]*resource{}, outputs: map[string]*output{}}
	s.root = s
	root := &node{kind: kindObject, at: doc.root.at, fields: s.splice(doc.root.fields, 0)}
	s.readTransforms(root.get("Transform"))
	if f := root.get("Fn::Transform"); f != nil {
		s.readTransforms(f)
	}
	s.mappings = s.section(root, "Mappings")
	s.globals = root.get("Globals")
	s.metadata = root.get("Metadata")
	for _, f := range sectionFields(s.section(root, "Parameters")) {
		s.parameters[f.name] = &parameter{stack: s, field: f}
	}
	for _, f := range sectionFields(s.section(root, "Conditions")) {
		s.conditions[f.name] = &condition{field: f}
	}
	for _, f := range sectionFields(s.section(root, "Outputs")) {
		s.outputs[f.name] = &output{field: f}
	}
	serials := map[string]bool{}
	for _, f := range sectionFields(s.section(root, "Resources")) {
		s.addResource(f, serials)
	}
	w.stacks = append(w.stacks, s)
	return s
}

// section returns a top-level section with includes and loops written out.
func (s *stack) section(root *node, name string) *node {
	n := root.get(name)
	if n == nil || n.kind != kindObject {
		return n
	}
	return &node{kind: kindObject, at: n.at, fields: s.splice(n.fields, 0)}
}

func sectionFields(n *node) []field {
	if n == nil {
		return nil
	}
	return n.fields
}

func (s *stack) addResource(f field, serials map[string]bool) {
	if f.value.kind != kindObject || strings.HasPrefix(f.name, "Fn::") {
		s.macros = true
		return
	}
	typ := f.value.get("Type")
	if s.resources[f.name] != nil || !typ.scalar() || !alphanumericID(f.name) {
		return
	}
	r := &resource{id: f.name, typ: typ.text, at: f.at, body: f.value, properties: f.value.get("Properties")}
	if c := f.value.get("Condition"); c.scalar() {
		r.condition = c.text
	}
	r.serial = s.prefix + strings.ToLower(f.name)
	for serials[r.serial] {
		r.serial += "-2"
	}
	serials[r.serial] = true
	s.resources[f.name] = r
	s.order = append(s.order, r)
}

// readTransforms looks at the Transform section: a name, an object or a list of them.
func (s *stack) readTransforms(n *node) {
	switch {
	case n == nil:
	case n.kind == kindList:
		for _, item := range n.items {
			s.readTransforms(item)
		}
	case n.kind == kindObject:
		s.readTransforms(n.get("Name"))
	case n.text == "AWS::LanguageExtensions", n.text == "AWS::Include":
	case strings.HasPrefix(n.text, "AWS::Serverless"):
		s.sam = true
	case n.text != "":
		s.macros = true
	}
}

// origin is the place of a resource, or of a path below it.
func (s *stack) origin(r *resource, path string, at place) snapshot.Origin {
	o := originAt(at)
	o.Path = path
	if r != nil {
		o.Resource = s.resourceName(r.id)
	}
	return o
}

func originAt(at place) snapshot.Origin {
	o := snapshot.Origin{Line: int(at.line), Column: int(at.column)}
	if at.file != nil {
		o.File = at.file.name
	}
	return o
}

// resourceName names a resource of a nested stack by the way to it.
func (s *stack) resourceName(id string) string {
	if s.depth == 0 {
		return id
	}
	return s.name + "/" + id
}

// exists tells whether the resource's condition lets it be created.
func (s *stack) exists(r *resource) truth {
	if r.condition == "" {
		return yes
	}
	return s.conditionNamed(r.condition, r.at)
}

// live lists the resources of the given types that are created, or may be.
func (s *stack) live(types ...string) []*resource {
	var list []*resource
	for _, r := range s.order {
		for _, typ := range types {
			if r.typ != typ || s.exists(r) == no {
				continue
			}
			if s.exists(r) == maybe {
				s.world.warn("%s: the condition %q of %s is not known before deployment; it is diagnosed as if it held", r.at.file.name, r.condition, r.id)
			}
			list = append(list, r)
		}
	}
	return list
}

// props resolves the properties of a resource.
func (s *stack) props(r *resource) view {
	if r.resolved == nil {
		r.resolved = nothing
		if r.properties != nil {
			r.resolved = s.resolve(r.properties)
		}
	}
	at := r.at
	if f := r.body.field("Properties"); f != nil {
		at = f.at
	}
	return view{stack: s, res: r, path: "Properties", at: at, v: r.resolved}
}

// beside returns the path of a file that the document names relative to itself.
func (doc *document) beside(location string) string {
	location = strings.TrimPrefix(location, "file://")
	if filepath.IsAbs(location) || doc.name == displayName("-") {
		return filepath.Clean(location)
	}
	return filepath.Join(filepath.Dir(doc.name), location)
}

// remote tells whether a location is not a file of this machine.
func remote(location string) bool {
	for _, scheme := range []string{"s3://", "http://", "https://"} {
		if strings.HasPrefix(location, scheme) {
			return true
		}
	}
	return strings.HasPrefix(location, "arn:") || strings.HasPrefix(location, "{{resolve:")
}
