package remedy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/programs"
)

func TestCloudFormation(t *testing.T) {
	for name, want := range map[string]string{
		"set header": `# set OrdersPost.Properties.Integration.RequestParameters['integration.request.header.Content-Type']
OrdersPost:
  Type: AWS::ApiGateway::Method
  Properties:
    Integration:
      RequestParameters:
        integration.request.header.Content-Type: "'application/x-amz-json-1.0'"
`,
		"remove template": `# remove OrdersPost.Properties.Integration.RequestTemplates['application/json']
`,
		"add response": `# add to OrdersPost.Properties.Integration.IntegrationResponses
OrdersPost:
  Type: AWS::ApiGateway::Method
  Properties:
    Integration:
      IntegrationResponses:
        - StatusCode: '503'
          SelectionPattern: '503'
          ResponseTemplates:
            application/json: '{"message":"busy"}'
            text/plain: ''
`,
		"queue policy": `# set OrdersPolicy.Properties
OrdersPolicy:
  Type: AWS::SQS::QueuePolicy
  Properties:
    Queues:
      - https://sqs.us-east-1.amazonaws.com/123456789012/orders
    PolicyDocument:
      Version: '2012-10-17'
      Statement:
        - Sid: Orders
          Effect: Allow
          Principal:
            AWS: arn:aws:iam::123456789012:role/orders-api
          Action:
            - sqs:SendMessage
            - sqs:GetQueueUrl
          Resource: arn:aws:sqs:us-east-1:123456789012:orders
`,
		"queue size": `# set Orders.Properties.MaximumMessageSize
Orders:
  Type: AWS::SQS::Queue
  Properties:
    MaximumMessageSize: 262144
`,
		"deploy": `# give AWS::ApiGateway::Deployment a new logical id, so that the stack update deploys the change (SAM and CDK do it by themselves)
`,
	} {
		got, err := remedy.CloudFormation(live(t), fix(changes[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Changes of one resource make one fragment.
func TestCloudFormationMerges(t *testing.T) {
	got, err := remedy.CloudFormation(live(t), fix(changes["add header"], changes["set template"], changes["add method response"], changes["add response"], changes["deploy"]))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got, "\nOrdersPost:"); n != 1 {
		t.Errorf("OrdersPost is there %d times:\n%s", n, got)
	}
}

// cfn-lint takes every fragment once it is completed to a template: with what a
// resource of its type needs besides.
func TestProgramCfnLint(t *testing.T) {
	programs.Run(t, "cfn-lint")
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed (python3 -m pip install cfn-lint), so the fragments are not linted")
	}
	dir := t.TempDir()
	var files []string
	seen := map[string]bool{}
	add := func(name string, s *snapshot.Snapshot, x diagnose.Fix) {
		text, err := remedy.CloudFormation(s, x)
		if err != nil || seen[shapeOf(t, text)] || strings.Contains(text, "# remove") || strings.HasPrefix(name, "authorization_policy_malformed") ||
			name == "policy version" || name == "await methods" || !strings.Contains(text, "\n  Type: AWS::") { // a part of what stands elsewhere
			return
		}
		seen[shapeOf(t, text)] = true
		file := filepath.Join(dir, fmt.Sprintf("%03d-%s.json", len(files), strings.NewReplacer(" ", "-", "'", "").Replace(name)))
		if err := os.WriteFile(file, complete(t, text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for name, change := range changes {
		add(name, live(t), fix(change))
	}
	offered(t, add)
	if len(files) < 20 {
		t.Fatalf("only %d fragments", len(files))
	}
	out, err := exec.Command(lint, append([]string{"--region", "us-east-1", "--"}, files...)...).CombinedOutput()
	// Exit code 4 is for warnings alone.
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode()&2 == 0 {
		err = nil
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%d fragments", len(files))
}

// shapeOf is what cfn-lint judges in a fragment: the resource types and properties,
// and the values that are one of a few. Fragments of one shape are linted once.
func shapeOf(t *testing.T, fragment string) string {
	var doc any
	if err := yaml.Unmarshal([]byte(fragment), &doc); err != nil {
		t.Fatalf("%v\n%s", err, fragment)
	}
	var shape func(v any) any
	shape = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			out := map[string]any{}
			for k, in := range v {
				out[k] = shape(in)
			}
			return out
		case []any:
			out := make([]any, len(v))
			for i := range v {
				out[i] = shape(v[i])
			}
			return out
		case string:
			if strings.ContainsFunc(v, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') }) && !strings.HasPrefix(v, "AWS::") {
				return "text"
			}
		}
		return v
	}
	text, err := json.Marshal(shape(doc))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// complete makes a template of a fragment.
func complete(t *testing.T, fragment string) []byte {
	var resources map[string]map[string]any
	if err := yaml.Unmarshal([]byte(fragment), &resources); err != nil {
		t.Fatalf("%v\n%s", err, fragment)
	}
	if resources == nil {
		resources = map[string]map[string]any{}
	}
	for _, r := range resources {
		p, _ := r["Properties"].(map[string]any)
		more := map[string]map[string]any{
			"AWS::ApiGateway::Method":        {"RestApiId": map[string]any{"Ref": "Api"}, "ResourceId": map[string]any{"Fn::GetAtt": []string{"Api", "RootResourceId"}}, "HttpMethod": "POST", "AuthorizationType": "NONE"},
			"AWS::ApiGatewayV2::Integration": {"ApiId": map[string]any{"Ref": "HttpApi"}, "IntegrationType": "AWS_PROXY"},
			"AWS::ApiGatewayV2::Route":       {"ApiId": map[string]any{"Ref": "HttpApi"}, "RouteKey": "$default"},
			"AWS::ApiGatewayV2::Stage":       {"ApiId": map[string]any{"Ref": "HttpApi"}, "StageName": "live"},
			"AWS::ApiGatewayV2::Api":         {"Name": "orders", "ProtocolType": "HTTP"},
			"AWS::ApiGateway::Stage":         {"RestApiId": map[string]any{"Ref": "Api"}},
			"AWS::IAM::Role":                 {"AssumeRolePolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}}}},
			"AWS::SQS::QueuePolicy":          {"Queues": []any{"https://sqs.us-east-1.amazonaws.com/123456789012/orders"}},
			"AWS::KMS::Key":                  {},
			"AWS::SQS::Queue":                {},
			"AWS::ApiGateway::RestApi":       {"Name": "orders"},
		}
		for name, value := range more[fmt.Sprint(r["Type"])] {
			if p[name] == nil {
				p[name] = value
			}
		}
		if in, ok := p["Integration"].(map[string]any); ok && in["Type"] == nil {
			in["Type"] = "AWS"
		}
		if r["Type"] == "AWS::SQS::Queue" && p["ContentBasedDeduplication"] != nil {
			p["FifoQueue"] = true
		}
		for _, item := range list(p["Policies"]) {
			if policy := item.(map[string]any); policy["PolicyName"] == nil {
				policy["PolicyName"] = "send"
			}
		}
	}
	template := map[string]any{"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
	resources["HttpApi"] = map[string]any{"Type": "AWS::ApiGatewayV2::Api", "Properties": map[string]any{"Name": "orders", "ProtocolType": "HTTP"}}
	resources["Api"] = map[string]any{"Type": "AWS::ApiGateway::RestApi", "Properties": map[string]any{"Name": "orders"}}
	out, err := json.MarshalIndent(versioned(template), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func list(v any) []any { l, _ := v.([]any); return l }

// versioned gives policy documents the version that the whole document has.
func versioned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, in := range v {
			v[k] = versioned(in)
		}
		if v["Statement"] != nil && v["Version"] == nil {
			v["Version"] = "2012-10-17"
		}
	case map[string]map[string]any:
		for _, in := range v {
			versioned(in)
		}
	case []any:
		for _, in := range v {
			versioned(in)
		}
	}
	return v
}

// What is to go is shown behind marks: pasted, the fragment adds nothing.
func TestCloudFormationRemoves(t *testing.T) {
	s, _ := read(t, "template.yaml", template)
	got, err := remedy.CloudFormation(s, fix(snapshot.SetStatement{On: policy("role", roleOf, "send"), Index: 1, Before: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + otherQ + `"}`}))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "#") {
			t.Errorf("a line that would be added: %s", line)
		}
	}
	if !strings.Contains(got, "#   - Effect: Allow\n#     Action: sqs:SendMessage\n#     Resource: !GetAtt Other.Arn\n") {
		t.Errorf("what is to go is not shown:\n%s", got)
	}
	// A policy that is one statement goes as a whole: AWS stores none without.
	got, err = remedy.CloudFormation(s, fix(snapshot.SetStatement{On: policy("role", roleOf, "bare"), Index: 1, Before: `{"Effect":"Allow","Action":"logs:*","Resource":"*"}`}))
	if err != nil || !strings.Contains(got, "as a whole") || !strings.Contains(got, ": this is its only statement\n") {
		t.Errorf("%v:\n%s", err, got)
	}
}
