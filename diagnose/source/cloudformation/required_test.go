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
	if err != nil || len(files) < 12 {
		t.Fatalf("%d templates: %v", len(files), err)
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
	if len(path) == 0 {
		return v
	}
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
	if len(path) == 1 && v != nil && n.Kind == tree.Object && n.Get(path[0]) == nil {
		out.Fields = append(out.Fields, tree.Field{Name: path[0], Value: v})
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
	if testing.Short() {
		t.Skip("skipped with -short: it reads a template once for every property")
	}
	wrong := &tree.Node{Kind: tree.List, Items: []*tree.Node{{Kind: tree.Bool, Text: "true"}}}
	seen := map[string]bool{} // resources that are the same in another template
	for name, root := range healthyTemplates(t) {
		if got := verdict(root); got != diagnose.Healthy {
			t.Errorf("%s: %s", name, got)
			continue
		}
		tried := 0
		for _, r := range root.Get("Resources").Fields {
			text, _ := tree.JSON(tree.Literal(r.Value))
			if tried++; seen[text] {
				continue
			}
			seen[text] = true
			of := published(r.Value.Get("Type").Text)
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
			if published(typ) == nil && !strings.HasPrefix(typ, "AWS::Serverless::") {
				t.Errorf("no schema of %s", typ)
			}
		}
	}
	if !strings.HasPrefix(schemasText, "# cfn_lint-") {
		t.Error("the schemas name no source")
	}
	if !slices.IsSorted(typeLines()) {
		t.Error("the types are not in order")
	}
	for _, line := range typeLines() {
		if typ := typeOf(line); (published(typ) != nil) != strings.Contains(line, " ") {
			t.Errorf("the schema of %s is not found", typ)
		}
	}
	for typ, meant := range map[string]string{"AWS::SQS::Qeue": "AWS::SQS::Queue", "aws::sqs::queue": "", "AWS::SQS::Queue": "", "AWS::Serverless::Api": "", "Custom::Thing": ""} {
		is(t, typ, misspelt(typ), meant)
	}
}

// siblings are methods that API Gateway refuses, each put beside a healthy one (T170).
var siblings = map[string]string{
	"T106: no integration":             `{}`,
	"T104: HTTP method":                `{HttpMethod: WRONG, Integration: MOCK}`,
	"T104: CUSTOM without authorizer":  `{AuthorizationType: CUSTOM, Integration: MOCK}`,
	"T104: authorizer that is none":    `{AuthorizationType: CUSTOM, AuthorizerId: nobody, Integration: MOCK}`,
	"authorization that is none":       `{AuthorizationType: OAUTH, Integration: MOCK}`,
	"T104: validator that is none":     `{RequestValidatorId: nothing, Integration: MOCK}`,
	"T104: model that is none":         `{RequestModels: {application/json: petModel}, Integration: MOCK}`,
	"T102: parameter name":             `{RequestParameters: {method.request.header.A b: true}, Integration: MOCK}`,
	"T100: type":                       `{Integration: {Type: HTTPS_PROXY}}`,
	"T100: no HTTP method":             `{Integration: {Type: HTTP, Uri: 'https://example.com/'}}`,
	"T100: URI of HTTP":                `{Integration: {Type: HTTP, IntegrationHttpMethod: GET, Uri: orders}}`,
	"T100: URI of AWS":                 `{Integration: {Type: AWS, IntegrationHttpMethod: POST, Uri: 'https://sqs.us-east-1.amazonaws.com/', Credentials: 'arn:aws:iam::123456789012:role/r'}}`,
	"T100: AWS_PROXY":                  `{Integration: {Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: 'arn:aws:apigateway:us-east-1:sqs:path/q'}}`,
	"T103: role name":                  `{Integration: {Type: AWS, IntegrationHttpMethod: POST, Uri: 'arn:aws:apigateway:us-east-1:sqs:path/q', Credentials: role}}`,
	"T116: no role":                    `{Integration: {Type: AWS, IntegrationHttpMethod: POST, Uri: 'arn:aws:apigateway:us-east-1:sqs:path/q'}}`,
	"T102: literal without quotes":     `{Integration: {Type: MOCK, RequestParameters: {integration.request.header.X: text/plain}}}`,
	"T102: undeclared parameter":       `{Integration: {Type: MOCK, RequestParameters: {integration.request.header.X: method.request.header.X}}}`,
	"T102: undeclared response header": `{MethodResponses: [{StatusCode: '200'}], Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: '200', ResponseParameters: {method.response.header.X: "'a'"}}]}}`,
	"T105: status of a response":       `{Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: wrong}]}}`,
	"T105: status of a method":         `{MethodResponses: [{StatusCode: wrong}], Integration: MOCK}`,
	"T105: content type":               `{Integration: {Type: MOCK, RequestTemplates: {'123': '{}'}}}`,
	"passthrough":                      `{Integration: {Type: MOCK, PassthroughBehavior: SOMETIMES}}`,
	"content handling":                 `{Integration: {Type: MOCK, ContentHandling: CONVERT}}`,
	"T114: timeout":                    `{Integration: {Type: MOCK, TimeoutInMillis: 49}}`,
	"the method itself, again":         `{HttpMethod: POST, Integration: MOCK}`,
	"property":                         `{Integrations: [], Integration: MOCK}`,
}

func TestRefusedSiblings(t *testing.T) {
	plain := func(text string, on *tree.Node) *tree.Node {
		doc, err := language.Read("-", strings.NewReader(strings.ReplaceAll(text, "Integration: MOCK", `Integration: {Type: MOCK, RequestTemplates: {application/json: '{"statusCode": 200}'}}`)))
		if err != nil {
			t.Fatal(text, err)
		}
		p := doc.Root
		for name, v := range map[string]*tree.Node{"RestApiId": on.Get("RestApiId"), "ResourceId": on.Get("ResourceId"),
			"HttpMethod": {Kind: tree.String, Text: "GET"}, "AuthorizationType": {Kind: tree.String, Text: "NONE"}} {
			if p.Get(name) == nil {
				p.Fields = append(p.Fields, tree.Field{Name: name, Value: v})
			}
		}
		return &tree.Node{Kind: tree.Object, Fields: []tree.Field{{Name: "Type", Value: &tree.Node{Kind: tree.String, Text: "AWS::ApiGateway::Method"}}, {Name: "Properties", Value: p}}}
	}
	tried := 0
	for name, root := range healthyTemplates(t) {
		var on *tree.Node
		for _, r := range root.Get("Resources").Fields {
			if r.Value.Get("Type").Text == "AWS::ApiGateway::Method" && r.Value.Get("Properties").Get("HttpMethod").Text == "POST" {
				on = r.Value.Get("Properties")
			}
		}
		if on == nil {
			continue // a document describes the methods: TestBodies
		}
		beside := func(sibling *tree.Node) diagnose.Verdict {
			return verdict(with(root, []string{"Resources"}, &tree.Node{Kind: tree.Object, Fields: append(slices.Clone(root.Get("Resources").Fields), tree.Field{Name: "Sibling", Value: sibling})}))
		}
		if got := beside(plain(`{Integration: MOCK}`, on)); got != diagnose.Healthy {
			t.Errorf("%s beside a sibling without fault: %s", name, got)
		}
		for fault, text := range siblings {
			tried++
			got := beside(plain(text, on))
			if open := fault == "T106: no integration"; got != diagnose.Broken && (!open || got != diagnose.Inconclusive) {
				t.Errorf("%s beside %s: %s", name, fault, got)
			}
		}
	}
	if tried < 7*len(siblings) {
		t.Errorf("only %d siblings tried", tried)
	}
}

// texts lists the paths of all texts of a node.
func texts(n *tree.Node, path []string) [][]string {
	var list [][]string
	if n.Kind == tree.String {
		return [][]string{path}
	}
	for i, in := range n.Items {
		list = append(list, texts(in, append(slices.Clone(path), strconv.Itoa(i)))...)
	}
	for _, f := range n.Fields {
		list = append(list, texts(f.Value, append(slices.Clone(path), f.Name))...)
	}
	return list
}

// A newline, a tab or a control character in any text is read or refused, and
// stops nothing.
func TestOddCharacters(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads templates with every odd character")
	}
	tried := 0
	for _, root := range healthyTemplates(t) {
		for i, path := range texts(root, nil) {
			if i%5 != tried%5 {
				continue
			}
			at := root
			for _, name := range path {
				if n, err := strconv.Atoi(name); err == nil && at.Kind == tree.List {
					at = at.Items[n]
				} else {
					at = at.Get(name)
				}
			}
			middle := len(at.Text) / 2
			text := at.Text[:middle] + []string{"\n", "\t", "\x01"}[i%3] + at.Text[middle:]
			verdict(with(root, path, &tree.Node{Kind: tree.String, Text: text}))
			tried++
		}
	}
	if tried < 100 {
		t.Errorf("only %d texts changed", tried)
	}
}
