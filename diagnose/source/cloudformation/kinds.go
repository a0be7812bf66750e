package cloudformation

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/source/tree"
)

// checkTemplate returns an error that says what the document is when it is no template.
func checkTemplate(doc *tree.Document) error {
	root := doc.Root
	fail := func(problem, expected string) error { return root.At.Fail(problem, expected) }
	const template = `a CloudFormation template (an object with "Resources")`
	switch {
	case root.Kind == tree.Null:
		return fail("the file is empty", template)
	case root.Kind != tree.Object:
		if what := tree.TextKind(doc.Text); what != "" {
			return fail(what, template)
		}
		return fail("the file holds "+root.Kind.String(), template)
	}
	resources := root.Field("Resources")
	if what := otherKind(root); what != "" {
		return fail(what, template)
	}
	included := root.Get("Transform") != nil || root.Get("Fn::Transform") != nil
	switch {
	case resources == nil && !included:
		return fail("there are no Resources", template)
	case resources == nil:
		return nil
	case resources.Value.Kind != tree.Object:
		return resources.At.Fail("Resources is "+resources.Value.Kind.String(), "an object of resources by their logical id")
	}
	for _, f := range resources.Value.Fields {
		if strings.HasPrefix(f.Name, "Fn::") {
			continue
		}
		if err := checkResource(f); err != nil {
			return err
		}
	}
	return nil
}

func checkResource(f tree.Field) error {
	fail := func(problem, expected string) error { return f.At.Fail(problem, expected) }
	if !alphanumericID(f.Name) {
		return fail(fmt.Sprintf("the logical id %q", tree.Clip(f.Name, 80)), "letters and digits only")
	}
	if f.Value.Kind != tree.Object {
		return fail(fmt.Sprintf("the resource %q is %s", tree.Clip(f.Name, 80), f.Value.Kind), `an object with "Type"`)
	}
	typ := f.Value.Get("Type")
	switch {
	case typ == nil:
		return fail(fmt.Sprintf("the resource %q has no Type", tree.Clip(f.Name, 80)), `a type such as "AWS::SQS::Queue"`)
	case typ.Kind != tree.String:
		return fail(fmt.Sprintf("the Type of resource %q is %s", tree.Clip(f.Name, 80), typ.Kind), `a type such as "AWS::SQS::Queue"`)
	}
	return nil
}

// alphanumericID tells whether CloudFormation takes a logical id.
func alphanumericID(id string) bool {
	return id != "" && id == alphanumeric(id)
}

// otherKind recognises documents that people have beside their templates.
func otherKind(root *tree.Node) string {
	has, schema := root.Has, root.Get("schema").TextOr("")
	switch {
	case strings.HasPrefix(schema, "apisqs-doctor/"):
		return fmt.Sprintf("this is a file of the doctor itself (%q; give a snapshot with --snapshot)", tree.Clip(schema, 60))
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
