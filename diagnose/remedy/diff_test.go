package remedy_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/cloudformation"
)

// template has comments, quotes of each kind, blocks and brackets.
const template = `# The orders API.
Resources:
  Queue:
    Type: AWS::SQS::Queue # standard
  Other:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: other
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: 'sts:AssumeRole'}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Statement:
              # Send only.
              - Sid: Send
                Effect: Allow
                Action: sqs:SendMessage # nothing else
                Resource: !GetAtt Other.Arn
        - PolicyName: bare
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: [logs:PutLogEvents]
              Resource: '*'
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Orders
      HttpMethod: POST
      AuthorizationType: NONE
      RequestParameters: {}
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub "arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Other.QueueName}" # the wrong one
        Credentials: !GetAtt Role.Arn
        RequestParameters:
          integration.request.header.Content-Type: "'application/json'" # to be changed

          # below a comment
        RequestTemplates:
          application/json: |
            ## first
            Action=SendMessage&MessageBody=$input.body
          text/plain: Action=SendMessage&MessageBody=x
        PassthroughBehavior: !If [Never, NEVER, WHEN_NO_MATCH]
        IntegrationResponses:
          - StatusCode: 200
            SelectionPattern: '2\d{2}' # success
          - {StatusCode: 400, SelectionPattern: '4\d{2}'}
      MethodResponses: [{StatusCode: 200}, {StatusCode: 400}]
Conditions:
  Never: !Equals [!Ref AWS::Region, us-east-1]
`

var ref = snapshot.MethodRef{API: "api", Path: "/orders", Method: "POST"}

const (
	account  = "000000000000"
	roleOf   = "arn:aws:iam::" + account + ":role/stack-Role"
	ordersQ  = "arn:aws:sqs:us-east-1:" + account + ":stack-Queue"
	otherQ   = "arn:aws:sqs:us-east-1:" + account + ":other"
	contType = "integration.request.header.Content-Type"
)

// read loads a template as it would be read from a file.
func read(t testing.TB, name, text string) (*snapshot.Snapshot, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := cloudformation.Load([]string{file}, cloudformation.Options{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return s, file
}

// Each change is made where it belongs, and nothing else is touched.
func TestDiff(t *testing.T) {
	for _, tt := range []struct {
		name     string
		change   snapshot.Change
		old, new string // a piece of the template, before and after
	}{
		{"text in quotes", snapshot.SetRequestParameter{On: ref, Name: contType, After: "'application/x-www-form-urlencoded'"}, `"'application/json'" #`, `"'application/x-www-form-urlencoded'" #`},
		{"new member", snapshot.SetRequestParameter{On: ref, Name: "integration.request.header.X-Amz-Target", After: "'AmazonSQS.SendMessage'"},
			"# to be changed\n", "# to be changed\n          integration.request.header.X-Amz-Target: \"'AmazonSQS.SendMessage'\"\n"},
		{"last member removed", snapshot.SetRequestParameter{On: ref, Name: contType},
			"        RequestParameters:\n          " + contType + ": \"'application/json'\" # to be changed\n", ""},
		{"a line of a block", snapshot.SetTemplate{On: ref, ContentType: "application/json", After: "## first\nAction=SendMessage&MessageBody=$util.urlEncode($input.body)\n"}, "$input.body\n", "$util.urlEncode($input.body)\n"},
		{"no line break at the end any more", snapshot.SetTemplate{On: ref, ContentType: "application/json", After: "## first\nx"}, "|\n            ## first\n            Action=SendMessage&MessageBody=$input.body\n", "|-\n            ## first\n            x\n"},
		{"text without quotes", snapshot.SetTemplate{On: ref, ContentType: "text/plain", After: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"}, "MessageBody=x\n", "MessageBody=$util.urlEncode($input.body)\n"},
		{"text that needs quotes now", snapshot.SetTemplate{On: ref, ContentType: "text/plain", After: "a: b # c"}, "text/plain: Action=SendMessage&MessageBody=x\n", "text/plain: 'a: b # c'\n"},
		{"a new text of several lines", snapshot.SetTemplate{On: ref, ContentType: "text/csv", After: "#set($a = 1)\nAction=SendMessage"}, "MessageBody=x\n", "MessageBody=x\n          text/csv: |-\n            #set($a = 1)\n            Action=SendMessage\n"},
		{"member removed", snapshot.SetTemplate{On: ref, ContentType: "text/plain"}, "          text/plain: Action=SendMessage&MessageBody=x\n", ""},
		{"a name inside Sub", snapshot.SetIntegration{On: ref, Field: snapshot.FieldURI, After: "arn:aws:apigateway:us-east-1:sqs:path/" + account + "/stack-Queue"}, "${Other.QueueName}", "${Queue.QueueName}"},
		{"a piece inside Sub", snapshot.SetIntegration{On: ref, Field: snapshot.FieldURI, After: "arn:aws:apigateway:us-east-1:sqs:action/SendMessage"}, "path/${AWS::AccountId}/${Other.QueueName}", "action/SendMessage"},
		{"a piece in front", snapshot.SetIntegration{On: ref, Field: snapshot.FieldURI, After: "arn:aws-cn:apigateway:us-east-1:sqs:path/" + account + "/other"}, "arn:aws:", "arn:aws-cn:"},
		{"a role in place of a function", snapshot.SetIntegration{On: ref, Field: snapshot.FieldCredentials, After: "arn:aws:iam::*:user/*"}, "!GetAtt Role.Arn\n", "arn:aws:iam::*:user/*\n"},
		{"response in brackets", snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}, After: &snapshot.IntegrationResponse{Status: "400", Pattern: `[45]\d{2}`}}, `'4\d{2}'`, `'[45]\d{2}'`},
		{"response becomes the default", snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "200", Pattern: `2\d{2}`}, After: &snapshot.IntegrationResponse{Status: "200"}}, "            SelectionPattern: '2\\d{2}' # success\n", ""},
		{"response removed", snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}}, "          - {StatusCode: 400, SelectionPattern: '4\\d{2}'}\n", ""},
		{"first response removed", snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "200", Pattern: `2\d{2}`}}, "          - StatusCode: 200\n            SelectionPattern: '2\\d{2}' # success\n", ""},
		{"response added", snapshot.SetIntegrationResponse{On: ref, After: &snapshot.IntegrationResponse{Status: "500", Templates: map[string]string{"application/json": ""}}}, "'4\\d{2}'}\n", "'4\\d{2}'}\n          - StatusCode: '500'\n            ResponseTemplates:\n              application/json: ''\n"},
		{"method response in brackets", snapshot.AddMethodResponse{On: ref, Status: "500"}, "{StatusCode: 400}]", "{StatusCode: 400}, {StatusCode: '500'}]"},
		{"parameter in an empty object", snapshot.DeclareParameter{On: ref, Name: "method.request.header.X"}, "RequestParameters: {}\n", "RequestParameters:\n        method.request.header.X: false\n"},
		{"statement changed", snapshot.SetStatement{On: policy("role", roleOf, "send"), Index: 1, Before: `{"Sid":"Send","Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + otherQ + `"}`,
			After: `{"Sid":"Send","Effect":"Allow","Action":["sqs:SendMessage","sqs:GetQueueUrl"],"Resource":"` + ordersQ + `","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`},
			"Action: sqs:SendMessage # nothing else\n                Resource: !GetAtt Other.Arn\n",
			"Action:\n                  - sqs:SendMessage\n                  - sqs:GetQueueUrl # nothing else\n                Resource: !GetAtt Queue.Arn\n                Condition:\n                  Bool:\n                    aws:SecureTransport: 'true'\n"},
		{"statement added", snapshot.SetStatement{On: policy("role", roleOf, "send"), After: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + ordersQ + `/*"}`},
			"Resource: !GetAtt Other.Arn\n", "Resource: !GetAtt Other.Arn\n              - Effect: Allow\n                Action: sqs:SendMessage\n                Resource: !Sub '${Queue.Arn}/*'\n"},
		{"statement beside a bare one", snapshot.SetStatement{On: policy("role", roleOf, "bare"), After: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + ordersQ + `"}`},
			"              Effect: Allow\n              Action: [logs:PutLogEvents]\n              Resource: '*'\n",
			"              - Effect: Allow\n                Action: [logs:PutLogEvents]\n                Resource: '*'\n              - Effect: Allow\n                Action: sqs:SendMessage\n                Resource: !GetAtt Queue.Arn\n"},
		{"statement beside one in brackets", snapshot.SetStatement{On: policy("trust", roleOf, ""), After: `{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}`},
			"Action: 'sts:AssumeRole'}\n", "Action: 'sts:AssumeRole'}, {Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: 'sts:AssumeRole'}]\n"},
		{"last statement of a policy", snapshot.SetStatement{On: policy("role", roleOf, "send"), Index: 1, Before: "{}"},
			"        - PolicyName: send\n          PolicyDocument:\n            Statement:\n              # Send only.\n              - Sid: Send\n                Effect: Allow\n                Action: sqs:SendMessage # nothing else\n                Resource: !GetAtt Other.Arn\n", ""},
		{"new policy of a role", snapshot.SetStatement{On: policy("role", roleOf, "more"), After: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + ordersQ + `"}`},
			"Resource: '*'\n", "Resource: '*'\n        - PolicyName: more\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement:\n              - Effect: Allow\n                Action: sqs:SendMessage\n                Resource: !GetAtt Queue.Arn\n"},
		{"queue attribute", snapshot.SetQueueAttribute{Queue: otherQ, Name: "MaximumMessageSize", After: "2048"}, "QueueName: other\n", "QueueName: other\n      MaximumMessageSize: 2048\n"},
		{"queue attribute without properties", snapshot.SetQueueAttribute{Queue: ordersQ, Name: "ContentBasedDeduplication", After: "true"}, "Queue # standard\n", "Queue # standard\n    Properties:\n      ContentBasedDeduplication: true\n"},
		{"timeout", snapshot.SetIntegration{On: ref, Field: snapshot.FieldTimeout, After: "5000"}, "          - {StatusCode: 400, SelectionPattern: '4\\d{2}'}\n", "          - {StatusCode: 400, SelectionPattern: '4\\d{2}'}\n        TimeoutInMillis: 5000\n"},
		{"media types", snapshot.SetBinaryMediaTypes{API: "api", After: []string{"image/png"}}, "      Name: orders\n", "      Name: orders\n      BinaryMediaTypes:\n        - image~1png\n"},
		{"default endpoint", snapshot.SetDefaultEndpoint{API: "api", Disabled: true}, "      Name: orders\n", "      Name: orders\n      DisableExecuteApiEndpoint: true\n"},
		{"resource policy", snapshot.SetStatement{On: policy("api", "api", ""), After: `{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}`},
			"      Name: orders\n", "      Name: orders\n      Policy:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Principal: '*'\n            Action: execute-api:Invoke\n            Resource: '*'\n"},
		{"declared header", snapshot.DeclareResponseHeader{On: ref, Status: "400", Name: "method.response.header.X-Id"}, "{StatusCode: 400}]", "{StatusCode: 400, ResponseParameters: {method.response.header.X-Id: false}}]"},
		{"version of a policy", snapshot.SetPolicyVersion{On: policy("role", roleOf, "bare"), After: "2012-10-17"}, "        - PolicyName: bare\n          PolicyDocument:\n            Statement:\n              Effect: Allow\n              Action: [logs:PutLogEvents]\n              Resource: '*'\n",
			"        - PolicyName: bare\n          PolicyDocument:\n            Statement:\n              Effect: Allow\n              Action: [logs:PutLogEvents]\n              Resource: '*'\n            Version: '2012-10-17'\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.Count(template, tt.old) < 1 {
				t.Fatalf("the template has no %q", tt.old)
			}
			want := strings.Replace(template, tt.old, tt.new, 1)
			if tt.name == "statement beside one in brackets" {
				want = strings.Replace(want, "Statement: {Effect", "Statement: [{Effect", 1)
			}
			// With an alias in the file no piece of it is edited by itself.
			// A mark at the beginning and a missing end of the last line stay.
			for _, v := range []struct{ eol, mark, more string }{{"\n", "", ""}, {"\r\n", "\ufeff", ""}, {"\n", "", "Metadata: {One: &one x, Two: *one}\n"}, {"\n", "\ufeff", "Outputs: {}"}} {
				s, file := read(t, "template.yaml", strings.ReplaceAll(v.mark+template+v.more, "\n", v.eol))
				edit, err := diffOf(s, []diagnose.Fix{fix(tt.change)}, os.ReadFile)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(strings.ReplaceAll(v.mark+want+v.more, "\n", v.eol), string(edit.Files[file])); diff != "" {
					t.Error(diff)
				}
				applies(t, file, edit)
			}
		})
	}
}

// edit is a fix made in files.
type edit struct {
	Diff  string
	Files map[string][]byte
	Notes []string
}

// diffOf makes fixes in files, each named in the diff by its base name.
func diffOf(s *snapshot.Snapshot, fixes []diagnose.Fix, read func(string) ([]byte, error)) (edit, error) {
	files, notes, err := remedy.NewTemplates(read).Edit(s, fixes)
	out := edit{Files: map[string][]byte{}, Notes: notes}
	for _, f := range files {
		out.Files[f.Name] = f.New()
		out.Diff += f.Unified(filepath.Base(f.Name))
	}
	return out, err
}

// applies wants git and patch to make of the file what the edit has.
func applies(t testing.TB, file string, edit edit) {
	t.Helper()
	dir, name := filepath.Split(file)
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := edit.Diff
	for _, tool := range [][]string{{"git", "apply", "--whitespace=nowarn", "-"}, {"patch", "--binary", "-s", "-p1"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Logf("%s is not installed", tool[0])
			continue
		}
		cmd := exec.Command(tool[0], tool[1:]...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(text)
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(filepath.Clean(dir)), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s\n%s", tool[0], err, out, text)
		} else if got, _ := os.ReadFile(file); string(got) != string(edit.Files[file]) {
			t.Errorf("%s makes another file of %s", tool[0], name)
		}
		if err := os.WriteFile(file, old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What cannot be edited by machine is said with its place, and nothing is edited.
func TestDiffThatCannotBe(t *testing.T) {
	s, _ := read(t, "template.yaml", template)
	for name, tt := range map[string]struct {
		change snapshot.Change
		want   string
	}{
		"a choice":       {snapshot.SetIntegration{On: ref, Field: snapshot.FieldPassthrough, After: "NEVER2"}, "stands behind Fn::If; change it by hand"},
		"another queue":  {snapshot.SetQueueAttribute{Queue: "arn:aws:sqs:us-east-1:1:x", Name: "MaximumMessageSize", After: "1"}, "is not part of the template"},
		"nothing there":  {snapshot.SetTemplate{On: ref, ContentType: "a/b"}, "is not there to be removed"},
		"an impossible":  {snapshot.SetStatement{On: policy("trust", "arn:aws:iam::1:role/x", ""), After: "{}"}, "is not known"},
		"not a property": {snapshot.SetIntegration{On: ref, Field: "colour", After: "x"}, "no such property"},
	} {
		edit, err := diffOf(s, []diagnose.Fix{fix(tt.change)}, os.ReadFile)
		if err == nil || !strings.Contains(err.Error(), tt.want) || edit.Diff != "" {
			t.Errorf("%s: error %v and %q, want %q", name, err, edit.Diff, tt.want)
		}
	}
	if _, err := diffOf(live(t), nil, os.ReadFile); err == nil {
		t.Error("a deployed API has no template to edit")
	}
	gone := errors.New("gone")
	if _, err := diffOf(s, []diagnose.Fix{fix(snapshot.SetTemplate{On: ref, ContentType: "a/b", After: "x"})}, func(string) ([]byte, error) { return nil, gone }); !errors.Is(err, gone) {
		t.Errorf("error %v, want that of reading the file", err)
	}
}

// Several changes of one place are made one after the other.
func TestDiffOfSeveral(t *testing.T) {
	s, file := read(t, "template.yaml", template)
	edit, err := diffOf(s, []diagnose.Fix{
		fix(snapshot.SetTemplate{On: ref, ContentType: "text/plain", After: "one"}, snapshot.SetTemplate{On: ref, ContentType: "text/plain", Before: "one", After: "two"}),
		fix(snapshot.AddMethodResponse{On: ref, Status: "500"}, snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "200", Pattern: `2\d{2}`}},
			snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}, After: &snapshot.IntegrationResponse{Status: "400", Pattern: "4.."}}),
	}, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(edit.Files[file])
	for _, want := range []string{"text/plain: two\n", "{StatusCode: '500'}]", "        IntegrationResponses:\n          - {StatusCode: 400, SelectionPattern: '4..'}\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the file", want)
		}
	}
	applies(t, file, edit)
}

// JSON stays JSON, in the file's own indentation.
func TestDiffOfJSON(t *testing.T) {
	const text = `{"Resources": {
	"Queue": {"Type": "AWS::SQS::Queue"},
	"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "orders"}},
	"Post": {
		"Type": "AWS::ApiGateway::Method",
		"Properties": {
			"RestApiId": {"Ref": "Api"}, "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "POST", "AuthorizationType": "NONE",
			"Integration": {
				"Type": "AWS", "IntegrationHttpMethod": "POST",
				"Uri": {"Fn::Join": ["", ["arn:aws:apigateway:us-east-1:sqs:path/", {"Ref": "AWS::AccountId"}, "/x"]]},
				"RequestTemplates": {}
			}
		}
	}
}}`
	root := snapshot.MethodRef{API: "api", Path: "/", Method: "POST"}
	for _, tt := range []struct {
		change   snapshot.Change
		old, new string
	}{
		{snapshot.SetIntegration{On: root, Field: snapshot.FieldURI, After: "arn:aws:apigateway:us-east-1:sqs:path/" + account + "/stack-Queue"},
			`{"Fn::Join": ["", ["arn:aws:apigateway:us-east-1:sqs:path/", {"Ref": "AWS::AccountId"}, "/x"]]}`, "{\n\t\t\t\t\t\"Fn::Sub\": \"arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue.QueueName}\"\n\t\t\t\t}"},
		{snapshot.SetQueueAttribute{Queue: ordersQ, Name: "MaximumMessageSize", After: "1024"}, `"AWS::SQS::Queue"}`, `"AWS::SQS::Queue", "Properties": {"MaximumMessageSize": 1024}}`},
		{snapshot.SetTemplate{On: root, ContentType: "a/b", After: "x\ty\"\n"}, `"RequestTemplates": {}`, "\"RequestTemplates\": {\n\t\t\t\t\t\"a/b\": \"x\\ty\\\"\\n\"\n\t\t\t\t}"},
	} {
		s, file := read(t, "template.json", text)
		edit, err := diffOf(s, []diagnose.Fix{fix(tt.change)}, os.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Replace(text, tt.old, tt.new, 1), string(edit.Files[file])); diff != "" {
			t.Errorf("%s: %s", tt.change, diff)
		}
		applies(t, file, edit)
	}
}

// deployments has one that takes another API's methods, waits for nothing and
// makes a stage that is there already.
const deployments = `Resources:
  Queue: {Type: AWS::SQS::Queue}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: other}}
  Post:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: POST, AuthorizationType: NONE, Integration: {Type: MOCK}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: MOCK}}
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Get # and no more
    Properties:
      RestApiId: !Ref Api
  Wrong:
    Type: AWS::ApiGateway::Deployment
    Properties:
      RestApiId: !Ref Other
  Twice:
    Type: AWS::ApiGateway::Deployment
    Properties:
      RestApiId: !Ref Api
      StageName: prod
  Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod}}
  Test: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Wrong, StageName: test}}
`

// What a template says of a deployment is changed where it stands.
func TestDiffOfDeployments(t *testing.T) {
	alone := strings.Replace(deployments, "      StageName: prod\n  Prod:", "  Prod:", 1)
	for _, tt := range []struct {
		name, template string
		change         snapshot.Change
		old, new       string
	}{
		{"waits for another one", alone, snapshot.AwaitMethods{API: "api", Stage: "prod", On: []snapshot.MethodRef{{API: "api", Path: "/", Method: "POST"}}},
			"    DependsOn: Get # and no more\n", "    DependsOn:\n      - Get\n      - Post # and no more\n"},
		{"waits", alone, snapshot.AwaitMethods{API: "api", Stage: "test", On: []snapshot.MethodRef{{API: "api", Path: "/", Method: "POST"}, {API: "api", Path: "/", Method: "GET"}}},
			"      RestApiId: !Ref Other\n", "      RestApiId: !Ref Other\n    DependsOn:\n      - Post\n      - Get\n"},
		{"of the stage's API", alone, snapshot.SetDeploymentAPI{API: "api", Stage: "test"}, "!Ref Other\n", "!Ref Api\n"},
		{"without its stage", deployments, snapshot.RemoveStageName{API: "api", Stage: "prod"}, "      StageName: prod\n  Prod:", "  Prod:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, file := read(t, "template.yaml", tt.template)
			edit, err := diffOf(s, []diagnose.Fix{fix(tt.change)}, os.ReadFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Replace(tt.template, tt.old, tt.new, 1), string(edit.Files[file])); diff != "" {
				t.Error(diff)
			}
			applies(t, file, edit)
			if text, err := remedy.CloudFormation(s, fix(tt.change)); err != nil || text == "" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}
