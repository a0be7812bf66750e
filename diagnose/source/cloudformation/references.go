package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// ref evaluates Ref.
func (s *stack) ref(name string, n *tree.Node) *tree.Value {
	w := s.world
	switch name {
	case "AWS::NoValue":
		return tree.Nothing
	case "AWS::AccountId":
		return s.account(n.At.Origin())
	case "AWS::Region":
		return s.region(n.At.Origin())
	case "AWS::Partition":
		return tree.Text(s.root.env.partition.ID)
	case "AWS::URLSuffix":
		return tree.Text(s.root.env.partition.DNSSuffix)
	case "AWS::StackName":
		return tree.Text(s.name)
	case "AWS::StackId":
		return s.concat([]*tree.Value{tree.Text("arn:" + s.root.env.partition.ID + ":cloudformation:"), s.region(n.At.Origin()), tree.Text(":"), s.account(n.At.Origin()), tree.Text(":stack/" + s.name + "/" + keyID(s.name, ""))}, n)
	case "AWS::NotificationARNs":
		return &tree.Value{Kind: tree.List}
	}
	if p, ok := s.parameters[name]; ok {
		return p.value()
	}
	if r, ok := s.resources[name]; ok {
		return s.refOf(r, n)
	}
	if id, attribute, dotted := strings.Cut(name, "."); dotted {
		if r, ok := s.resources[id]; ok {
			// SAM lets a template refer to what it generates: !Ref Api.Stage.
			return s.attributeOf(r, attribute, n)
		}
	}
	s.unresolved(name, "Resources", n)
	return w.symbolIn(s.prefix, "${"+name+"}", name, "", n)
}

// generatedNames begin the logical ids that SAM gives to what it adds to a stack and
// that belongs to no single resource.
var generatedNames = []string{"Serverless", "CodeDeployServiceRole", "ApiGatewayDomainName", "HttpApiDomainName", "RecordSetGroup"}

// generated tells whether SAM may add a resource of the name: what it makes of a
// resource of its own begins with the id of that one.
func (s *stack) generated(name string) bool {
	return slices.ContainsFunc(generatedNames, func(begin string) bool { return strings.HasPrefix(name, begin) }) ||
		slices.ContainsFunc(s.order, func(r *resource) bool {
			return strings.HasPrefix(name, r.id) && (strings.HasPrefix(r.typ, "AWS::Serverless::") || r.body.Field("Connectors") != nil)
		})
}

// unresolved records a reference to nothing. A transform may still add it.
func (s *stack) unresolved(name, block string, n *tree.Node) {
	if s.macros || s.sam && s.generated(name) {
		return
	}
	s.world.refuse("ValidationError", fmt.Sprintf("Template format error: Unresolved resource dependencies [%s] in the %s block of the template", tree.Clip(name, 100), block), n.At.Origin())
}

// getAtt evaluates Fn::GetAtt: "Resource.Attribute" or a list of the two.
func (s *stack) getAtt(arg, n *tree.Node) *tree.Value {
	if arg.Scalar() {
		id, attribute, ok := strings.Cut(arg.Text, ".")
		if !ok {
			return s.unknown(n)
		}
		return s.attribute(id, attribute, n)
	}
	if arg.Kind != tree.List || len(arg.Items) < 2 || !arg.Items[0].Scalar() {
		return s.unknown(n)
	}
	var names []string
	for _, in := range arg.Items[1:] {
		v := s.resolve(in)
		if !v.Readable() || !v.Certain() {
			return s.inherit(n, v)
		}
		names = append(names, v.Text)
	}
	return s.attribute(arg.Items[0].Text, strings.Join(names, "."), n)
}

func (s *stack) attribute(id, name string, n *tree.Node) *tree.Value {
	if r, ok := s.resources[id]; ok {
		return s.attributeOf(r, name, n)
	}
	s.unresolved(id, "Resources", n)
	return s.world.symbolIn(s.prefix, "${"+id+"."+name+"}", id+"-"+name, "", n)
}

// attributeOf evaluates an attribute of a resource.
func (s *stack) attributeOf(r *resource, name string, n *tree.Node) *tree.Value {
	if r.typ == "AWS::CloudFormation::Stack" || r.typ == "AWS::Serverless::Application" {
		if outputName, ok := strings.CutPrefix(name, "Outputs."); ok {
			return s.nestedOutput(r, outputName, n)
		}
	}
	if v := s.shaped(r, kinds[r.typ].attributes[name], n); v != nil {
		return v
	}
	switch r.typ {
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		switch name {
		case "Arn":
			return s.fill(r, "arn:{partition}:kms:{region}:{account}:key/{key}", n)
		case "KeyId":
			return s.fill(r, "{key}", n)
		}
	case "AWS::Serverless::Api":
		switch name {
		case "Stage":
			if v := s.props(r).Get("StageName"); v.Value != nil {
				return v.Value
			}
		case "Deployment":
			return s.fill(r, "{id}-deployment", n)
		}
	}
	if known := wholeKinds[r.typ]; known != nil && !slices.Contains(known, name) && !s.macros {
		s.world.refuse("ValidationError", fmt.Sprintf("Template error: resource %s does not support attribute type %s in Fn::GetAtt", r.id, tree.Clip(name, 80)), s.origin(nil, "", n.At))
	}
	return s.world.symbolIn(s.prefix, "${"+r.id+"."+name+"}", r.id+"-"+name, "", n)
}

// refOf evaluates Ref of a resource.
func (s *stack) refOf(r *resource, n *tree.Node) *tree.Value {
	if r.typ == "AWS::KMS::Key" || r.typ == "AWS::KMS::ReplicaKey" {
		return s.fill(r, "{key}", n)
	}
	if v := s.shaped(r, kinds[r.typ].ref, n); v != nil {
		return v
	}
	return s.world.symbolIn(s.prefix, "${"+r.id+"}", r.id, "", n)
}

func (s *stack) shaped(r *resource, pattern string, n *tree.Node) *tree.Value {
	if pattern == "" {
		return nil
	}
	return s.fill(r, pattern, n)
}

// fill builds a name, ARN or URL of a resource from a pattern.
func (s *stack) fill(r *resource, pattern string, n *tree.Node) *tree.Value {
	w := s.world
	if w.recursion++; w.recursion > maxRecursion {
		w.fail(n.At, "references lead through references without end", "fewer references in a row")
	}
	defer func() { w.recursion-- }()
	if !w.spend(n.At) {
		return tree.Nothing
	}
	var parts []*tree.Value
	for pattern != "" {
		before, rest, found := strings.Cut(pattern, "{")
		parts = appendText(parts, before)
		if !found {
			break
		}
		hole, after, _ := strings.Cut(rest, "}")
		parts = append(parts, s.hole(r, hole, n))
		pattern = after
	}
	return s.concat(parts, n)
}

func (s *stack) hole(r *resource, name string, n *tree.Node) *tree.Value {
	switch name {
	case "partition":
		return tree.Text(s.root.env.partition.ID)
	case "region":
		return s.region(n.At.Origin())
	case "suffix":
		return tree.Text(s.root.env.partition.DNSSuffix)
	case "account":
		return s.account(n.At.Origin())
	case "id":
		return tree.Text(r.serial)
	case "path":
		return s.iamPath(r)
	case "key":
		return s.keyOf(r)
	}
	return s.physicalName(r)
}

func (s *stack) iamPath(r *resource) *tree.Value {
	if p := r.properties.Get("Path"); p != nil {
		if v := s.resolve(p); v.Readable() && v.Text != "" {
			return v.AsText()
		}
	}
	return tree.Text("/")
}

// physicalName is the given name of a resource or the one that CloudFormation
// would generate, without its random end.
func (s *stack) physicalName(r *resource) *tree.Value {
	if r.name != nil {
		return r.name
	}
	if r.busy {
		s.world.fail(r.at, fmt.Sprintf("circular dependency: the name of resource %q leads back to itself", tree.Clip(r.id, 80)), "names that do not refer to each other")
		return tree.Nothing
	}
	r.busy = true
	defer func() { r.busy = false }()
	given := tree.Nothing
	p := r.properties.Get(kinds[r.typ].name)
	if p != nil {
		given = s.resolve(p)
	}
	switch {
	case given.Readable():
		r.name = given.AsText()
	case given.Kind == tree.Unknown:
		r.name = s.world.symbolIn(s.prefix, "${"+r.id+"}", r.id, "", p)
	default:
		r.name = tree.Nothing
		r.name = tree.Text(s.generatedName(r))
	}
	return r.name
}

// longestNames are the limits that CloudFormation keeps in the names that it makes
// up, in characters, with room for what it puts behind them.
var longestNames = map[string]int{"AWS::SQS::Queue": 75, "AWS::IAM::Role": 64}

// shortened is the name of a stack and a logical id, of which CloudFormation leaves
// out what is too much. Logical ids end in what tells them apart.
func shortened(stack, id string, most int) string {
	name := stack + "-" + id
	if most == 0 || len(name) <= most {
		return name
	}
	id = id[max(0, len(id)-most*3/4):]
	return stack[:min(len(stack), most-len(id)-1)] + "-" + id
}

func (s *stack) generatedName(r *resource) string {
	name := shortened(s.name, r.id, longestNames[r.typ])
	switch r.typ {
	case "AWS::SQS::Queue":
		if f := r.properties.Get("FifoQueue"); f != nil && s.resolve(f).Text == "true" {
			return name + ".fifo"
		}
	case "AWS::S3::Bucket":
		return strings.ToLower(name)
	case "AWS::ApiGateway::Model":
		return strings.Map(func(c rune) rune {
			if c == '-' {
				return -1
			}
			return c
		}, name)
	}
	return name
}
