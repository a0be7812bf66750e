package remedy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/cloudformation"
)

const definition = `openapi: 3.0.1
paths:
  /orders:
    post:
      # one answer
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:sqs:path/111111111111/orders
        requestTemplates:
          application/json: Action=SendMessage&MessageBody=$input.body
        responses:
          default: {statusCode: '200'}
`

// An API definition is edited where it stands: in the template, or in a file of
// its own, in which there are no functions.
func TestDiffOfDefinitions(t *testing.T) {
	inline := "Transform: AWS::Serverless-2016-10-31\nResources:\n  Queue: {Type: AWS::SQS::Queue}\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: prod\n      DefinitionBody:\n" +
		"        " + strings.ReplaceAll(strings.TrimSuffix(definition, "\n"), "\n", "\n        ") + "\n"
	outside := strings.Replace(inline[:strings.Index(inline, "      DefinitionBody:")], "prod\n", "prod\n      DefinitionUri: api.yaml\n", 1)
	for _, tt := range []struct {
		name     string
		change   snapshot.Change
		old, new string
		refused  string // in a file of its own
	}{
		{"template", snapshot.SetTemplate{On: ref, ContentType: "application/json", After: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"}, "=$input.body\n", "=$util.urlEncode($input.body)\n", ""},
		{"header", snapshot.SetRequestParameter{On: ref, Name: contType, After: "'application/x-www-form-urlencoded'"},
			"{statusCode: '200'}\n", "{statusCode: '200'}\n        requestParameters:\n          " + contType + ": \"'application/x-www-form-urlencoded'\"\n", ""},
		{"method", snapshot.SetIntegration{On: ref, Field: snapshot.FieldHTTPMethod, After: "GET"}, "httpMethod: POST", "httpMethod: GET", ""},
		{"method response", snapshot.AddMethodResponse{On: ref, Status: "400"}, "{description: ok}}", "{description: ok}, '400': {description: '400'}}", ""},
		{"integration response", snapshot.SetIntegrationResponse{On: ref, After: &snapshot.IntegrationResponse{Pattern: `4\d{2}`, Status: "400"}},
			"{statusCode: '200'}\n", "{statusCode: '200'}\n          '4\\d{2}':\n            statusCode: '400'\n", ""},
		{"another pattern", snapshot.SetIntegrationResponse{On: ref, Before: &snapshot.IntegrationResponse{Status: "200"}, After: &snapshot.IntegrationResponse{Pattern: `2\d{2}`, Status: "200"}},
			"          default: {statusCode: '200'}\n", "          '2\\d{2}':\n            statusCode: '200'\n", ""},
		{"parameter", snapshot.DeclareParameter{On: ref, Name: "method.request.querystring.q"}, "{statusCode: '200'}\n", "{statusCode: '200'}\n      parameters:\n        - name: q\n          in: query\n          required: false\n          schema:\n            type: string\n", ""},
		{"function", snapshot.SetIntegration{On: ref, Field: snapshot.FieldURI, After: "arn:aws:apigateway:us-east-1:sqs:path/" + account + "/stack-Queue"},
			"arn:aws:apigateway:us-east-1:sqs:path/111111111111/orders\n", "!Sub 'arn:aws:apigateway:us-east-1:sqs:path/${AWS::AccountId}/${Queue.QueueName}'\n", "is not known before deployment"},
	} {
		for _, form := range []string{"inside", "outside"} {
			t.Run(tt.name+" "+form, func(t *testing.T) {
				dir := t.TempDir()
				main, text := filepath.Join(dir, "template.yaml"), inline
				edited := main
				if form == "outside" {
					text, edited = outside, filepath.Join(dir, "api.yaml")
					if err := os.WriteFile(edited, []byte(definition), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if err := os.WriteFile(main, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				s, err := cloudformation.Load([]string{main}, cloudformation.Options{Region: "us-east-1"})
				if err != nil {
					t.Fatal(err)
				}
				edit, err := diffOf(s, []diagnose.Fix{fix(tt.change)}, os.ReadFile)
				if form == "outside" && tt.refused != "" {
					if err == nil || !strings.Contains(err.Error(), tt.refused) {
						t.Errorf("error %v, want %q", err, tt.refused)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				before, _ := os.ReadFile(edited)
				want := strings.Replace(string(before), tt.old, tt.new, 1)
				if form == "inside" {
					deeper := func(s string) string {
						return strings.TrimSuffix(strings.ReplaceAll(s, "\n", "\n        "), "        ")
					}
					want = strings.Replace(string(before), strings.TrimSuffix(deeper(tt.old), "\n"), strings.TrimSuffix(deeper(tt.new), "\n"), 1)
					if strings.HasPrefix(tt.old, "          default") {
						want = strings.Replace(string(before), "        "+tt.old, "        "+deeper(tt.new), 1)
					}
				}
				if diff := cmp.Diff(want, string(edit.Files[edited])); diff != "" {
					t.Error(diff)
				}
				applies(t, edited, edit)
			})
		}
	}
}

// Integrations of HTTP APIs have names of their own.
func TestDiffOfHTTPAPI(t *testing.T) {
	const text = `Resources:
  Queue: {Type: AWS::SQS::Queue}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  Send:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationSubtype: SQS-SendMessage
      PayloadFormatVersion: '1.0'
      RequestParameters:
        QueueUrl: !Ref Queue
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: POST /orders, Target: !Sub 'integrations/${Send}'}
`
	s, file := read(t, "template.yaml", text)
	on := snapshot.MethodRef{API: s.APIs[0].ID, Path: "/orders", Method: "POST"}
	edit, err := diffOf(s, []diagnose.Fix{fix(snapshot.SetRequestParameter{On: on, Name: "MessageBody", After: "$request.body"},
		snapshot.SetIntegration{On: on, Field: snapshot.FieldCredentials, After: "arn:aws:iam::1:role/x"})}, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(text, "!Ref Queue\n", "!Ref Queue\n        MessageBody: $request.body\n      CredentialsArn: arn:aws:iam::1:role/x\n", 1)
	if diff := cmp.Diff(want, string(edit.Files[file])); diff != "" {
		t.Error(diff)
	}
	applies(t, file, edit)
}
