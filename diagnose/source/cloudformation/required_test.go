package cloudformation

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/rules"
)

// healthyTemplates are whole templates without a fault, by the name of the file.
func healthyTemplates(t *testing.T) map[string]*tree.Node {
	t.Helper()
	files, err := filepath.Glob("testdata/healthy/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	found := map[string]*tree.Node{}
	for _, file := range files {
		doc, err := language.Read(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimSuffix(filepath.Base(file), ".yaml")] = doc.Root
	}
	return found
}

// verdict diagnoses a template. One that cannot be read has none.
func verdict(n *tree.Node) diagnose.Verdict {
	text, _ := tree.JSON(tree.Literal(n))
	s, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(text)})
	if err != nil {
		return ""
	}
	return diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Verdict
}

// with returns the node with a change at a path: without its last member for
// nil, or with another value there. Everything else is shared.
func with(n *tree.Node, path []string, v *tree.Node) *tree.Node {
	out := *n
	out.Fields, out.Items = nil, slices.Clone(n.Items)
	if i, err := strconv.Atoi(path[0]); err == nil && n.Kind == tree.List {
		out.Items[i] = with(n.Items[i], path[1:], v)
		return &out
	}
	for _, f := range n.Fields {
		switch {
		case f.Name != path[0]:
		case len(path) > 1:
			f.Value = with(f.Value, path[1:], v)
		case v == nil:
			continue
		default:
			f.Value = v
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}

// demanded lists the paths of what a schema requires of a node and of what is in it.
func (of *schema) demanded(n *tree.Node, path []string) [][]string {
	if f := n.Single(); of == nil || n == nil || f != nil && intrinsic(f.Name) {
		return nil
	}
	var list [][]string
	for i, in := range n.Items {
		list = append(list, of.Items.demanded(in, append(slices.Clone(path), strconv.Itoa(i)))...)
	}
	for _, f := range n.Fields {
		here := append(slices.Clone(path), f.Name)
		if slices.Contains(of.Required, f.Name) {
			list = append(list, here)
		}
		list = append(list, of.Properties[f.Name].demanded(f.Value, here)...)
	}
	return list
}

// A call that names nothing is refused wherever it stands, and so are null, types
// that there are none of, and what the service demands beyond the schema.
func TestForms(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range [][2]string{
		{"ParentId: !GetAtt Api.RootResourceId", "ParentId: !GetAtt Api"},
		{"ParentId: !GetAtt Api.RootResourceId", "ParentId: !GetAtt Api.RootId"},
		{"ParentId: !GetAtt Api.RootResourceId", "ParentId: {'Fn::GetAtt': []}"},
		{"ParentId: !GetAtt Api.RootResourceId", "ParentId: {'Fn::GetAtt': [Api]}"},
		{"ParentId: !GetAtt Api.RootResourceId", "ParentId: ''"},
		{"ResourceId: !Ref Path", "ResourceId: {Ref: [Path]}"},
		{"ResourceId: !Ref Path", "ResourceId: {Ref: }"},
		{"ResourceId: !Ref Path", "ResourceId: ''"},
		{"PathPart: orders", "PathPart: ''"},
		{"{Type: AWS::ApiGateway::Resource,", "{Type: Resource,"},
		{"{Type: AWS::ApiGateway::Resource,", "{Type: '',"},
		{"AuthorizationType: NONE", "AuthorizationType: ''"},
		{"AuthorizationType: NONE", "OperationName: send"},
		{"{Key: team, Value: shop}", "{Key: team, Value: }"},
		{"Type: AWS\n        IntegrationHttpMethod", "Type: ''\n        IntegrationHttpMethod"},
		{"PolicyDocument: {Version: '2012-10-17',", "PolicyDocument: {Version: '',"},
		{"Action: sqs:SendMessage,", "Action: 'sqs:SendMessage ',"},
	} {
		changed := strings.Replace(string(text), edit[0], edit[1], 1)
		if changed == string(text) {
			t.Fatalf("no %q", edit[0])
		}
		s, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(changed)})
		if err != nil {
			t.Errorf("%s: %v", edit[1], err)
			continue
		}
		if got := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Verdict; got != diagnose.Broken {
			t.Errorf("%s: %s", edit[1], got)
		}
	}
}

// A document that is no OpenAPI is not imported (T106); one with parts of the wrong
// type is not known to be.
func TestBodies(t *testing.T) {
	text, err := os.ReadFile("testdata/healthy/body.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range []struct {
		old, by string
		want    diagnose.Verdict
	}{
		{"openapi: 3.0.1", "arazzo: 1.0.0", diagnose.Broken},
		{"openapi: 3.0.1", "openapi: one", diagnose.Broken},
		{"info: {title: orders, version: '1'}", "info: [orders]", diagnose.Inconclusive},
		{"info: {title: orders, version: '1'}", "info: {title: orders}", diagnose.Inconclusive},
		{"'200': {description: ok}", "'200': ok", diagnose.Inconclusive},
		{"type: aws\n", "connectionType: INTERNET\n", diagnose.Broken},
	} {
		changed := strings.Replace(string(text), edit.old, edit.by, 1)
		s, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(changed)})
		if err != nil {
			t.Errorf("%s: %v", edit.by, err)
			continue
		}
		if got := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Verdict; got != edit.want {
			t.Errorf("%s: %s", edit.by, got)
		}
	}
}

// A template without something that CloudFormation requires, or with something
// else in its place, is never healthy.
func TestRequiredPropertiesDecide(t *testing.T) {
	wrong := &tree.Node{Kind: tree.List, Items: []*tree.Node{{Kind: tree.Bool, Text: "true"}}}
	for name, root := range healthyTemplates(t) {
		if got := verdict(root); got != diagnose.Healthy {
			t.Errorf("%s: %s", name, got)
			continue
		}
		tried := 0
		for _, r := range root.Get("Resources").Fields {
			of := published().Types[r.Value.Get("Type").Text]
			paths := [][]string{nil}
			if of != nil && len(of.Required) > 0 {
				paths = append(paths, of.demanded(r.Value.Get("Properties"), nil)...)
			}
			for _, path := range paths {
				full := append([]string{"Resources", r.Name, "Properties"}, path...)
				changes := map[string]*tree.Node{"dropped": nil, "a list": wrong, "null": {Kind: tree.Null}}
				if of == nil || len(path) == 0 && len(of.Required) == 0 {
					delete(changes, "dropped")
				}
				for what, v := range changes {
					tried++
					if got := verdict(with(root, full, v)); got == diagnose.Healthy {
						t.Errorf("%s: %s %s: healthy", name, strings.Join(full, "."), what)
					}
				}
			}
		}
		if tried < 5 {
			t.Errorf("%s: only %d changes tried", name, tried)
		}
	}
}

// The published schemas are data with a source, and cover what is read.
func TestSchemas(t *testing.T) {
	for _, of := range readings {
		for _, typ := range of.types {
			if published().Types[typ] == nil && !strings.HasPrefix(typ, "AWS::Serverless::") {
				t.Errorf("no schema of %s", typ)
			}
		}
	}
	if text, err := os.ReadFile("schema.json"); err != nil || !strings.Contains(string(text), `"source": "cfn_lint-`) {
		t.Error("the schemas name no source")
	}
	for typ, meant := range map[string]string{"AWS::SQS::Qeue": "AWS::SQS::Queue", "aws::sqs::queue": "", "AWS::SQS::Queue": "", "AWS::Serverless::Api": "", "Custom::Thing": ""} {
		is(t, typ, misspelt(typ), meant)
	}
}
