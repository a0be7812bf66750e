package cloudformation

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/source/tree"
)

// largeStack is the template of a large application: 40 queues with a role and
// a policy each, 200 methods, and functions that do not matter here, about 500
// resources and 300 KB of JSON as the CDK writes it.
func largeStack() map[string]any {
	type object = map[string]any
	resources := object{"Api": object{"Type": "AWS::ApiGateway::RestApi", "Properties": object{"Name": "large"}}}
	var methods []string
	for i := range 40 {
		queue, role := fmt.Sprintf("Queue%d", i), fmt.Sprintf("Role%d", i)
		arn := object{"Fn::GetAtt": []string{queue, "Arn"}}
		resources[queue] = object{"Type": "AWS::SQS::Queue", "Properties": object{"KmsMasterKeyId": "alias/aws/sqs"}}
		resources[queue+"Policy"] = object{"Type": "AWS::SQS::QueuePolicy", "Properties": object{"Queues": []any{object{"Ref": queue}},
			"PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": arn,
				"Condition": object{"Bool": object{"aws:SecureTransport": "false"}}}}}}}
		resources[role] = object{"Type": "AWS::IAM::Role", "Properties": object{"AssumeRolePolicyDocument": object{"Version": "2012-10-17",
			"Statement": []any{object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": "apigateway.amazonaws.com"}}}}}}
		resources[role+"Policy"] = object{"Type": "AWS::IAM::Policy", "Properties": object{"PolicyName": role, "Roles": []any{object{"Ref": role}},
			"PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}}}}}
		resource := fmt.Sprintf("Path%d", i)
		resources[resource] = object{"Type": "AWS::ApiGateway::Resource", "Properties": object{"RestApiId": object{"Ref": "Api"},
			"ParentId": object{"Fn::GetAtt": []string{"Api", "RootResourceId"}}, "PathPart": fmt.Sprintf("p%d", i)}}
		for _, verb := range []string{"GET", "POST", "PUT", "DELETE", "PATCH"} {
			id := resource + verb
			methods = append(methods, id)
			resources[id] = object{"Type": "AWS::ApiGateway::Method", "Properties": object{
				"RestApiId": object{"Ref": "Api"}, "ResourceId": object{"Ref": resource}, "HttpMethod": verb, "AuthorizationType": "NONE",
				"Integration": object{"Type": "AWS", "IntegrationHttpMethod": "POST", "PassthroughBehavior": "NEVER",
					"Credentials":          object{"Fn::GetAtt": []string{role, "Arn"}},
					"RequestParameters":    object{"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
					"RequestTemplates":     object{"application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
					"IntegrationResponses": []any{object{"StatusCode": "200"}, object{"StatusCode": "500", "SelectionPattern": "5\\d{2}"}},
					"Uri": object{"Fn::Join": []any{"", []any{"arn:", object{"Ref": "AWS::Partition"}, ":apigateway:", object{"Ref": "AWS::Region"}, ":sqs:path/",
						object{"Ref": "AWS::AccountId"}, "/", object{"Fn::GetAtt": []string{queue, "QueueName"}}}}}},
				"MethodResponses": []any{object{"StatusCode": "200"}, object{"StatusCode": "500"}}}}
		}
	}
	for i := range 96 {
		resources[fmt.Sprintf("Function%d", i)] = object{"Type": "AWS::Lambda::Function", "Properties": object{"Handler": "index.handler", "Runtime": "nodejs22.x",
			"Role": object{"Fn::GetAtt": []string{"Role1", "Arn"}}, "Code": object{"ZipFile": strings.Repeat("x", 100)}}}
	}
	resources["Deployment"] = object{"Type": "AWS::ApiGateway::Deployment", "DependsOn": methods, "Properties": object{"RestApiId": object{"Ref": "Api"}}}
	resources["Stage"] = object{"Type": "AWS::ApiGateway::Stage", "Properties": object{"RestApiId": object{"Ref": "Api"}, "DeploymentId": object{"Ref": "Deployment"}, "StageName": "prod"}}
	return object{"Resources": resources}
}

func largeJSON(tb testing.TB) string {
	tb.Helper()
	out, err := json.MarshalIndent(largeStack(), "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}

// largeYAML is the same template in block style.
func largeYAML(tb testing.TB) string {
	doc, err := language.Parse("large.json", []byte(largeJSON(tb)))
	if err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	writeYAML(&b, doc.Root, 0)
	return b.String()
}

func writeYAML(b *strings.Builder, n *tree.Node, depth int) {
	indent := "\n" + strings.Repeat("  ", depth)
	switch n.Kind {
	case tree.Object:
		for _, f := range n.Fields {
			b.WriteString(indent + f.Name + ":")
			writeYAML(b, f.Value, depth+1)
		}
	case tree.List:
		for _, i := range n.Items {
			b.WriteString(indent + "-")
			writeYAML(b, i, depth+1)
		}
	default:
		b.WriteString(" '" + strings.ReplaceAll(n.Text, "'", "''") + "'")
	}
}

func TestLargeStack(t *testing.T) {
	for name, template := range map[string]string{"JSON": largeJSON(t), "YAML": largeYAML(t)} {
		s := load(t, template, Options{})
		is(t, name+": methods", len(draft(t, s).Methods), 200)
		is(t, name+": deployed", len(get(t, "deployed", get(t, "stages", s.APIs[0].Stages)[0].Deployed).Methods), 200)
		is(t, name+": roles", len(s.Roles), 40)
		is(t, name+": queues", len(s.Queues), 40)
	}
}

func BenchmarkLoad(b *testing.B) {
	for name, template := range map[string]string{"JSON": largeJSON(b), "YAML": largeYAML(b)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(template)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(template)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// An assembly of the CDK with 20 stacks.
func BenchmarkAssembly(b *testing.B) {
	text, err := os.ReadFile("testdata/healthy/rest.yaml")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	artifacts := map[string]any{}
	for i := range 20 {
		name := fmt.Sprintf("S%d.template.json", i)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			b.Fatal(err)
		}
		artifacts[name] = map[string]any{"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1", "properties": map[string]any{"templateFile": name}}
	}
	manifest, err := json.Marshal(map[string]any{"artifacts": artifacts})
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), manifest, 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load([]string{dir}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
