package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text/lazy"
)

// The members that CloudFormation knows of a template and of a resource, with
// those that SAM adds.
var (
	sections   = []string{"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform", "Resources", "Outputs", "Hooks"}
	attributes = []string{"Type", "Properties", "Condition", "DependsOn", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy"}
	samMembers = []string{"Globals", "Connectors", "IgnoreGlobals"}
)

// checkStructure refuses what CloudFormation refuses of a template before it
// looks at any property. A macro may mend all of it.
func checkStructure(s *stack) {
	if s.macros {
		return
	}
	refuse := func(at tree.Place, r *resource, format string, args ...any) {
		s.world.refuse("ValidationError", fmt.Sprintf(format, args...), s.origin(r, "", at))
	}
	known := func(names []string, name string) bool {
		return slices.Contains(names, name) || strings.HasPrefix(name, "Fn::") || s.sam && slices.Contains(samMembers, name)
	}
	for _, f := range s.doc.Root.Fields {
		if !known(sections, f.Name) {
			refuse(f.At, nil, "Invalid template property or properties [%s]", tree.Clip(f.Name, 80))
		}
	}
	if version := s.doc.Root.Get("AWSTemplateFormatVersion"); version.Scalar() && version.Text != "2010-09-09" {
		refuse(version.At, nil, "Template format error: unsupported value for AWSTemplateFormatVersion.")
	}
	s.checkRules()
	for _, r := range s.order {
		for _, f := range r.body.Fields {
			if !known(attributes, f.Name) {
				refuse(f.At, r, "Invalid template resource property '%s'", tree.Clip(f.Name, 80))
			}
		}
		s.checkType(r)
		s.checkForms(r)
		if s.exists(r) != no {
			s.dependencies(r)
			s.checkReferences(r.refers, "Resources")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.outputs)) {
		f := s.outputs[name].field
		if c := f.Value.Get("Condition"); c.Scalar() && s.conditionNamed(c.Text, c.At) == no {
			continue
		}
		found := names{}
		s.scan(f.Value.Get("Value"), found)
		s.scan(f.Value.Get("Export"), found)
		s.checkReferences(found, "Outputs")
	}
}

// typeRE is what the names of resource types look like.
var typeRE = lazy.Regexp(`^Custom::[\w@-]+$|^\w+::\w+::\w+(::MODULE)?$`)

func (s *stack) checkType(r *resource) {
	at := r.placeOf("Type")
	_, known := typeLine(r.typ)
	switch meant := misspelt(r.typ); {
	case !typeRE.MatchString(r.typ):
		s.world.refuse("ValidationError", "Template format error: Unrecognized resource types: ["+tree.Clip(r.typ, 80)+"]", s.origin(r, "Type", at))
	case meant != "":
		s.world.refuse("ValidationError", "Template format error: Unrecognized resource types: ["+r.typ+"], meant is "+meant, s.origin(r, "Type", at))
	case strings.HasSuffix(r.typ, "::MODULE"):
		s.world.pass(at, "the resources of the module %s", tree.Clip(r.typ, 80))
	case !known && strings.HasPrefix(r.typ, "AWS::") && !strings.HasPrefix(r.typ, "AWS::Serverless::"):
		s.world.pass(at, "the resource type %s is not known", tree.Clip(r.typ, 80))
	}
}

// checkReferences refuses references to nothing, in resources of any type. What
// SAM adds is not in the template, and the names of a loop mean what it makes of
// them.
func (s *stack) checkReferences(found names, block string) {
	if _, loop := found[inLoop]; loop {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		_, isParameter := s.parameters[name]
		_, isResource := s.resources[name]
		if !isParameter && !isResource && !strings.HasPrefix(name, "AWS::") {
			s.unresolved(name, block, &tree.Node{At: found[name]})
		}
	}
}
