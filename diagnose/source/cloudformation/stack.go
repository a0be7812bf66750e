package cloudformation

import (
	"path/filepath"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// stack is one template with its parameters: what CloudFormation deploys as a unit.
type stack struct {
	world  *world
	name   string
	prefix string // of generated ids; empty for the only root stack
	doc    *tree.Document
	root   *stack       // that it is nested in, at whatever depth, or itself
	env    *environment // of a root
	depth  int          // 0 for a stack that is not nested
	sam    bool         // the template goes through the SAM transform
	macros bool         // some other transform may add resources

	extended bool // the language extensions are on

	parameters map[string]*parameter
	mappings   *tree.Node
	conditions map[string]*condition
	resources  map[string]*resource
	order      []*resource
	outputs    map[string]*output
	globals    *tree.Node
	metadata   *tree.Node
	given      map[string]*tree.Value // parameters that a parent stack or the user sets
}

// resource is one entry of a template's Resources.
type resource struct {
	id         string
	typ        string
	at         tree.Place
	body       *tree.Node // the whole resource
	properties *tree.Node // may be nil
	condition  string
	serial     string      // unique id derived from the logical id
	resolved   *tree.Value // Properties, once resolved
	busy       bool        // its name is being resolved
	name       *tree.Value // the physical name, once resolved
	child      *stack      // of a nested stack with a local template
	opened     bool        // child was looked for
	needs      []string
	refers     names // what it refers to, once scanned
	scanned    bool
}

type output struct {
	field tree.Field
	busy  bool
	value *tree.Value
}

type condition struct {
	field tree.Field
	busy  bool
	known bool
	truth truth
}

// newStack reads the sections of a template. given holds parameter values; it
// may be nil.
func (w *world) newStack(doc *tree.Document, name, prefix string, parent *stack, env *environment, given map[string]*tree.Value) *stack {
	s := &stack{world: w, name: name, prefix: prefix, doc: doc, env: env, given: given,
		parameters: map[string]*parameter{}, conditions: map[string]*condition{}, resources: map[string]*resource{}, outputs: map[string]*output{}}
	s.root = s
	if parent != nil {
		s.root, s.depth = parent.root, parent.depth+1
	}
	root := s.written(doc.Root)
	s.readTransforms(root.Get("Transform"))
	if doc.Rest.Line > 0 {
		s.hide(doc.Rest, "the text after the first document of the file is not read")
	}
	s.readHooks(root.Get("Hooks"))
	s.mappings = s.section(root, "Mappings")
	s.globals = root.Get("Globals")
	s.metadata = root.Get("Metadata")
	for _, f := range members(s.section(root, "Parameters")) {
		s.parameters[f.Name] = &parameter{stack: s, field: f}
	}
	for _, f := range members(s.section(root, "Conditions")) {
		s.conditions[f.Name] = &condition{field: f}
	}
	for _, f := range members(s.section(root, "Outputs")) {
		s.outputs[f.Name] = &output{field: f}
	}
	resources := members(s.section(root, "Resources"))
	serials := s.writtenIDs(resources)
	for _, f := range resources {
		s.addResource(f, serials)
	}
	w.stacks = append(w.stacks, s)
	return s
}

// section returns a top-level section with includes and loops written out.
func (s *stack) section(root *tree.Node, name string) *tree.Node {
	n := root.Get(name)
	if n == nil || n.Kind != tree.Object {
		return n
	}
	return s.written(n)
}

// written is an object of the template with includes and loops written out.
func (s *stack) written(n *tree.Node) *tree.Node {
	fields, hidden := s.splice(n.Fields, 0)
	if hidden != "" {
		s.hide(n.At, "%s; what it adds is not seen", hidden)
	}
	return &tree.Node{Kind: tree.Object, At: n.At, Fields: fields}
}

// identifying are the properties that name a resource by an id that AWS makes.
var identifying = []string{"RestApiId", "ApiId", "ResourceId", "ParentId", "DeploymentId", "RequestValidatorId", "AuthorizerId"}

// writtenIDs are the ids that the template itself writes out: each is that of
// something outside of the template, and a resource of the template has another one.
func (s *stack) writtenIDs(resources []tree.Field) map[string]bool {
	ids := map[string]bool{}
	for _, f := range resources {
		properties := f.Value.Get("Properties")
		for _, name := range identifying {
			n := properties.Get(name)
			if p := s.parameters[n.Get("Ref").TextOr("")]; p != nil {
				n = p.field.Value.Get("Default")
				if v := s.given[p.field.Name]; v != nil {
					ids[v.Text] = true
				}
			}
			if n.Scalar() {
				ids[n.Text] = true
			}
		}
	}
	return ids
}

func (s *stack) addResource(f tree.Field, serials map[string]bool) {
	typ := f.Value.Get("Type")
	if s.resources[f.Name] != nil || !typ.Scalar() || !alphanumericID(f.Name) {
		s.hide(f.At, "the entry %s of Resources is not read", tree.Clip(f.Name, 80))
		return
	}
	r := &resource{id: f.Name, typ: typ.Text, at: f.At, body: f.Value, properties: f.Value.Get("Properties")}
	if c := f.Value.Get("Condition"); c.Scalar() {
		r.condition = c.Text
	}
	r.serial = s.prefix + strings.ToLower(f.Name)
	for serials[r.serial] {
		r.serial += "-2"
	}
	serials[r.serial] = true
	s.resources[f.Name] = r
	s.order = append(s.order, r)
}

// readTransforms looks at the Transform section: a name, an object or a list of them.
func (s *stack) readTransforms(n *tree.Node) {
	switch {
	case n == nil:
	case n.Kind == tree.List:
		for _, item := range n.Items {
			s.readTransforms(item)
		}
	case n.Kind == tree.Object:
		s.readTransforms(n.Get("Name"))
	case n.Text == "AWS::LanguageExtensions":
		s.extended = true
	case n.Text == "AWS::Include":
	case strings.HasPrefix(n.Text, "AWS::Serverless"):
		s.sam = true
	case n.Text != "":
		s.hide(n.At, "the macro %s may change the whole template", tree.Clip(n.Text, 80))
	}
}

// readHooks looks at the hooks of a template. The only type there is,
// AWS::CodeDeploy::BlueGreen, needs a macro of its own, and the two decide together how
// a stack is updated (I66).
func (s *stack) readHooks(n *tree.Node) {
	switch {
	case n == nil:
	case n.Kind != tree.Object:
		s.doubt(n.At, "the Hooks section is %s and is not read", n.Kind)
	default:
		for _, f := range n.Fields {
			s.doubt(f.At, "the hook %s is not read: how the stack is updated is not known", tree.Clip(f.Name, 80))
		}
	}
}

// origin is the place of a resource, or of a path below it.
func (s *stack) origin(r *resource, path string, at tree.Place) snapshot.Origin {
	o := at.Origin()
	o.Path = path
	if r != nil {
		o.Resource = s.resourceName(r.id)
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
		if !slices.Contains(types, r.typ) || s.exists(r) == no {
			continue
		}
		if s.exists(r) == maybe {
			s.world.warn("%s: the condition %q of %s is not known before deployment; it is diagnosed as if it held", r.at.File, r.condition, r.id)
		}
		list = append(list, r)
	}
	return list
}

// props resolves the properties of a resource.
func (s *stack) props(r *resource) tree.View {
	if r.resolved == nil {
		r.resolved = tree.Nothing
		if r.properties != nil {
			r.resolved = s.resolve(r.properties)
		}
	}
	return tree.View{Resource: s.resourceName(r.id), Path: "Properties", At: r.placeOf("Properties"), Value: r.resolved}
}

// placeOf is where a member of the resource stands, or the resource without it.
func (r *resource) placeOf(member string) tree.Place {
	if f := r.body.Field(member); f != nil {
		return f.At
	}
	return r.at
}

// beside returns the path of a file that another one names relative to itself.
func beside(file, location string) string {
	location = strings.TrimPrefix(location, "file://")
	if filepath.IsAbs(location) || file == snapshot.StandardInput {
		return filepath.Clean(location)
	}
	return filepath.Join(filepath.Dir(file), location)
}

// remote tells whether a location is not a file of this machine.
func remote(location string) bool {
	elsewhere := []string{"s3://", "http://", "https://", "arn:", "{{resolve:"}
	return slices.ContainsFunc(elsewhere, func(scheme string) bool { return strings.HasPrefix(location, scheme) })
}
