package cloudformation

import (
	"fmt"
	"strings"
)

// checkTemplate returns an error that says what the document is when it is no template.
func checkTemplate(doc *document) error {
	root := doc.root
	fail := func(problem, expected string) error {
		return &Error{File: doc.name, Line: int(root.at.line), Column: int(root.at.column), Problem: problem, Expected: expected}
	}
	const template = `a CloudFormation template (an object with "Resources")`
	switch {
	case root.kind == kindNull:
		return fail("the file is empty", template)
	case root.kind != kindObject:
		if what := textKind(doc.text); what != "" {
			return fail(what, template)
		}
		return fail("the file holds "+root.kind.String(), template)
	}
	resources := root.field("Resources")
	if what := otherKind(root); what != "" {
		return fail(what, template)
	}
	included := root.get("Transform") != nil || root.get("Fn::Transform") != nil
	switch {
	case resources == nil && !included:
		return fail("there are no Resources", template)
	case resources == nil:
		return nil
	case resources.value.kind != kindObject:
		return &Error{File: doc.name, Line: int(resources.at.line), Column: int(resources.at.column),
			Problem: "Resources is " + resources.value.kind.String(), Expected: "an object of resources by their logical id"}
	}
	for _, f := range resources.value.fields {
		if strings.HasPrefix(f.name, "Fn::") {
			continue
		}
		if err := checkResource(doc, f); err != nil {
			return err
		}
	}
	return nil
}

func checkResource(doc *document, f field) error {
	fail := func(problem, expected string) error {
		return &Error{File: doc.name, Line: int(f.at.line), Column: int(f.at.column), Problem: problem, Expected: expected}
	}
	if !alphanumericID(f.name) {
		return fail(fmt.Sprintf("the logical id %q", clip(f.name, 80)), "letters and digits only")
	}
	if f.value.kind != kindObject {
		return fail(fmt.Sprintf("the resource %q is %s", clip(f.name, 80), f.value.kind), `an object with "Type"`)
	}
	typ := f.value.get("Type")
	switch {
	case typ == nil:
		return fail(fmt.Sprintf("the resource %q has no Type", clip(f.name, 80)), `a type such as "AWS::SQS::Queue"`)
	case typ.kind != kindString:
		return fail(fmt.Sprintf("the Type of resource %q is %s", clip(f.name, 80), typ.kind), `a type such as "AWS::SQS::Queue"`)
	}
	return nil
}

// alphanumericID tells whether CloudFormation takes a logical id.
func alphanumericID(id string) bool {
	return id != "" && id == alphanumeric(id)
}

// otherKind recognises documents that people have beside their templates.
func otherKind(root *node) string {
	has := func(names ...string) bool {
		for _, name := range names {
			if root.field(name) == nil {
				return false
			}
		}
		return true
	}
	text := func(name string) string {
		if n := root.get(name); n.scalar() {
			return n.text
		}
		return ""
	}
	switch {
	case strings.HasPrefix(text("schema"), "apisqs-doctor/"):
		return fmt.Sprintf("this is a file of the doctor itself (%q; give a snapshot with --snapshot)", clip(text("schema"), 60))
	case has("format_version", "planned_values"), has("format_version", "values"), has("terraform_version"):
		return "this looks like a Terraform plan or state"
	case has("service", "provider"), has("service", "functions"):
		return "this looks like a serverless.yml (give what \"serverless package\" writes to .serverless/cloudformation-template-update-stack.json)"
	case has("openapi"), has("swagger"):
		return "this looks like an OpenAPI document (give the template that includes it)"
	case has("apiVersion", "kind"):
		return "this looks like a Kubernetes manifest"
	case has("artifacts", "version") && !has("Resources"):
		return "this looks like the manifest of a cdk.out folder (give the folder)"
	case has("services") && !has("Resources"):
		return "this looks like a Docker Compose file"
	case has("StackId", "StackResources"), has("Stacks"):
		return "this looks like the answer of a CloudFormation call"
	case has("TemplateBody"):
		return "this looks like the answer of GetTemplate (give the TemplateBody alone)"
	case has("Version", "Statement"):
		return "this looks like a policy document"
	case has("resource") && !has("Resources"):
		return "this looks like Terraform configuration in JSON"
	}
	return ""
}
