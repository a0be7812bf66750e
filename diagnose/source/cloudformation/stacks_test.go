package cloudformation

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

const childTemplate = `Parameters:
  Name: {Type: String}
  RoleArn: {Type: String}
Resources:
  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref Name}}
  Api: {Type: 'AWS::ApiGateway::RestApi'}
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: POST, Integration: {Type: AWS, Credentials: !Ref RoleArn}}
Outputs:
  QueueName: {Value: !GetAtt Q.QueueName}
`

func TestNestedStacks(t *testing.T) {
	dir := folder(t, map[string]string{
		"child.yaml": childTemplate,
		"root.yaml": `Resources:
  Role: {Type: 'AWS::IAM::Role'}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./child.yaml, Parameters: {Name: !Sub '${AWS::StackName}-x', RoleArn: !GetAtt Role.Arn}}
  Copy: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${Child.Outputs.QueueName}-copy'}}
  Away: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: 'https://s3.amazonaws.com/b/t.yaml'}}
  Far: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !GetAtt Away.Outputs.Name}}
`,
		"cdk.template.json": `{"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "child.yaml"},
 "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/x.json"}, "Parameters": {"Name": "from-cdk"}}}}}`,
	})
	s := loadFile(t, filepath.Join(dir, "root.yaml"), Options{})
	var names []string
	for arn := range s.Queues {
		names = append(names, arn[strings.LastIndexByte(arn, ':')+1:])
	}
	slices.Sort(names)
	is(t, "queues", strings.Join(names, " "), "stack-x stack-x-copy unknown-Away-Name")
	m, i := method(t, s, "POST", "/")
	is(t, "credentials", get(t, "credentials", i.Credentials), "arn:aws:iam::000000000000:role/stack-Role")
	is(t, "origin", m.Origin.Resource+" "+filepath.Base(m.Origin.File), "stack-Child/M child.yaml")

	s = loadFile(t, filepath.Join(dir, "cdk.template.json"), Options{})
	get(t, "queue", s.Queue("arn:aws:sqs:us-east-1:000000000000:from-cdk"))
}

// Stacks given together resolve each other's exports and stay apart otherwise.
func TestSeveralStacks(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": "Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\nOutputs:\n  Name: {Value: !GetAtt Q.QueueName, Export: {Name: !Sub '${AWS::StackName}-queue'}}\n",
		"b.yaml": "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub ['${n}-dlq', {n: !ImportValue a-queue}]}}\n",
	})
	s, err := Load([]string{filepath.Join(dir, "b.yaml"), filepath.Join(dir, "a.yaml")}, inRegion(Options{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a-Q", "a-Q-dlq"} {
		get(t, name, s.Queue("arn:aws:sqs:us-east-1:000000000000:"+name))
	}
	is(t, "symbols", len(s.Symbols), 1) // the account
}

func TestFolders(t *testing.T) {
	queue := "Resources:\n  Q: {Type: 'AWS::SQS::Queue'}\n"
	for name, test := range map[string]struct {
		files map[string]string
		open  string
		want  string
	}{
		"template.yaml":   {map[string]string{"template.yaml": queue, "other.yaml": queue, "package.json": "{}"}, ".", "stack-Q"},
		"only template":   {map[string]string{"infra.yml": queue, "values.yaml": "a: b", "Makefile": "x"}, ".", "stack-Q"},
		"several":         {map[string]string{"one.yml": queue, "two.yml": queue}, ".", "one-Q two-Q"},
		"cdk.out":         {map[string]string{"manifest.json": `{"version":"1","artifacts":{}}`, "App.template.json": `{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}`, "x.nested.template.json": `{"Resources":{}}`}, ".", "App-Q"},
		"app":             {map[string]string{"cdk.json": "{}", "cdk.out/manifest.json": "{}", "cdk.out/A.template.json": `{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}`}, ".", "A-Q"},
		"nested assembly": {map[string]string{"manifest.json": "{}", "assembly-Prod/Prod.template.json": `{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}`}, ".", "Prod-Q"},
	} {
		t.Run(name, func(t *testing.T) {
			s := loadFile(t, filepath.Join(folder(t, test.files), test.open), Options{})
			var names []string
			for arn := range s.Queues {
				names = append(names, arn[strings.LastIndexByte(arn, ':')+1:])
			}
			slices.Sort(names)
			is(t, "queues", strings.Join(names, " "), test.want)
		})
	}
	_, err := Load([]string{folder(t, map[string]string{"readme.md": "x"})}, Options{})
	if err == nil || !strings.Contains(err.Error(), "no template in this folder") {
		t.Errorf("an empty folder gives %v", err)
	}
}

func TestReadParameters(t *testing.T) {
	for name, content := range map[string]string{
		"list":       `[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Old", "UsePreviousValue": true}, {"ParameterKey": "Id", "ParameterValue": "012"}]`,
		"texts":      `["Env=prod", "Id=012"]`,
		"parameters": `{"Parameters": {"Env": "prod", "Id": "012"}, "Tags": {}}`,
		"plain":      `{"Env": "prod", "Id": "012"}`,
		"YAML":       "Env: prod\nId: 012\n",
		"YAML list":  "- ParameterKey: Env\n  ParameterValue: prod\n- {ParameterKey: Id, ParameterValue: '012'}\n",
	} {
		values, err := ReadParameters(filepath.Join(folder(t, map[string]string{"p": content}), "p"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		is(t, name, values["Env"]+" "+values["Id"], "prod 012")
		is(t, name, len(values), 2)
	}
	for content, line := range map[string]int{"[1]": 1, "{\"a\": {}}": 1, "a: b\nc:\n  d: e\n": 3, "just text": 1} {
		_, err := ReadParameters(filepath.Join(folder(t, map[string]string{"p": content}), "p"))
		e, ok := err.(*tree.Error)
		if !ok {
			t.Fatalf("%q: %v", content, err)
		}
		is(t, content, e.Line, line)
	}
}

func TestParameterErrors(t *testing.T) {
	template := "Parameters:\n  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}\nResources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref Env}}\n"
	e := loadError(t, template, Options{Parameters: map[string]string{"Env": "test"}})
	is(t, "line", e.Line, 2)
	is(t, "expected", e.Expected, `one of "dev", "prod"`)
	e = loadError(t, template, Options{Parameters: map[string]string{"Envv": "dev"}})
	is(t, "problem", e.Problem, `the template has no parameter "Envv"`)
	is(t, "expected", e.Expected, "one of Env")
}

// CloudFormation refuses these; nothing of the template would be deployed.
func TestRefusals(t *testing.T) {
	for template, want := range map[string]string{
		"Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref Nmae}}\n":                                                                      "Template format error: Unresolved resource dependencies [Nmae] in the Resources block of the template",
		"Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !GetAtt Nmae.Arn}}\n":                                                               "Template format error: Unresolved resource dependencies [Nmae] in the Resources block of the template",
		"Resources:\n  Q: {Type: 'AWS::SQS::Queue', DependsOn: R}\n  R: {Type: 'AWS::IAM::Role', DependsOn: [Q], Properties: {AssumeRolePolicyDocument: {}}}\n": "Circular dependency between resources: [Q, R]",
		"Mappings: {A: {b: {c: d}}}\nResources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !FindInMap [A, x, c]}}\n":                               "Template error: Unable to get mapping for A::x::c",
		"Resources:\n  M: {Type: 'AWS::ApiGateway::Method', Properties: {HttpMethod: POST, ResourceId: r}}\n":                                                   "Properties validation failed for resource M with message: [#: required key [RestApiId] not found]",
		"Resources:\n  A: {Type: 'AWS::Serverless::Api', Properties: {StageName: x}}\n":                                                                         "Template format error: Unrecognized resource types: [AWS::Serverless::Api]",
	} {
		s := load(t, template, Options{})
		if len(s.Refusals) != 1 {
			t.Errorf("%q: %d refusals, expected one", template, len(s.Refusals))
			continue
		}
		is(t, template, s.Refusals[0].Message, want)
		is(t, template, s.Refusals[0].Code, "ValidationError")
	}
	// What SAM generates is not in the template.
	s := load(t, samHead+"Resources:\n  Function: {Type: 'AWS::Serverless::Function', Properties: {}}\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref FunctionRole}}\n", Options{})
	is(t, "refusals", len(s.Refusals), 0)
}

// The same input gives the same bytes, and a saved snapshot can be read back.
func TestDeterminism(t *testing.T) {
	for _, template := range []string{restTemplate, openAPITemplate} {
		first := saved(t, load(t, template, Options{}))
		for range 5 {
			if again := saved(t, load(t, template, Options{})); again != first {
				t.Fatal("two runs differ")
			}
		}
		if _, err := snapshot.Load(strings.NewReader(first)); err != nil {
			t.Error(err)
		}
	}
}

// JSON and YAML of one template give the same facts, places aside.
func TestJSONIsYAML(t *testing.T) {
	jsonText := `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "a-${AWS::StackName}\u00e9"}, "MaximumMessageSize": 1024}},
 "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}}}`
	yamlText := "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Sub 'a-${AWS::StackName}é', MaximumMessageSize: 1024}\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}\n"
	a, b := load(t, jsonText, Options{}), load(t, "\ufeff"+yamlText, Options{})
	const queue, role = "arn:aws:sqs:us-east-1:000000000000:a-stacké", "arn:aws:iam::000000000000:role/stack-R"
	is(t, "size", get(t, "size", get(t, "queue", a.Queue(queue)).MaximumMessageSize), get(t, "size", get(t, "queue", b.Queue(queue)).MaximumMessageSize))
	is(t, "trust", get(t, "trust", get(t, "role", a.Role(role)).Trust), get(t, "trust", get(t, "role", b.Role(role)).Trust))
	is(t, "line", get(t, "queue", a.Queue(queue)).MaximumMessageSize.Origin(), snapshot.Origin{Resource: "Q", Path: "Properties.MaximumMessageSize", File: "standard input", Line: 1, Column: 119})
}

// A template that is refused takes the APIs of its own stack with it, and no others.
func TestRefusalConcernsItsStack(t *testing.T) {
	const api = "Resources:\n  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}\n"
	var warned []string
	dir := folder(t, map[string]string{
		"good.yaml":  api,
		"bad.yaml":   strings.Replace(api, "x}", "y}", 1) + "  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !If [Nowhere, a, b]}}\n",
		"queue.yaml": "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !If [Elsewhere, a, b]}}\n",
	})
	var files []string
	for _, name := range []string{"good.yaml", "bad.yaml", "queue.yaml"} {
		files = append(files, filepath.Join(dir, name))
	}
	s, err := Load(files, Options{Warn: func(w string) { warned = append(warned, w) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Refusals) != 1 || len(s.Refusals[0].APIs) != 1 || !strings.HasPrefix(s.Refusals[0].APIs[0], "bad-") {
		t.Errorf("refusals %+v, want one that concerns the API of bad.yaml", s.Refusals)
	}
	if len(warned) != 1 || !strings.Contains(warned[0], "queue.yaml:2") || !strings.Contains(warned[0], `"Elsewhere"`) {
		t.Errorf("warnings %q, want one of the template without an API", warned)
	}
}
