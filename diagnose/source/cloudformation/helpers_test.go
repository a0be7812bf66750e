package cloudformation

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// load reads one template from standard input.
func load(t *testing.T, template string, o Options) *snapshot.Snapshot {
	t.Helper()
	o.Stdin = strings.NewReader(template)
	s, err := Load([]string{"-"}, inRegion(o))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return s
}

// loadError reads a template that must fail.
func loadError(t *testing.T, template string, o Options) *tree.Error {
	t.Helper()
	o.Stdin = strings.NewReader(template)
	_, err := Load([]string{"-"}, o)
	var e *tree.Error
	if !errors.As(err, &e) {
		t.Fatalf("Load gave %v, expected an *Error", err)
	}
	return e
}

// folder writes files into a new folder and returns its path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// inRegion gives the tests that are not about regions one.
func inRegion(o Options) Options {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	return o
}

func loadFile(t *testing.T, path string, o Options) *snapshot.Snapshot {
	t.Helper()
	s, err := Load([]string{path}, inRegion(o))
	if err != nil {
		t.Fatalf("Load(%s): %v", path, err)
	}
	return s
}

// get reads a fact that must be known.
func get[T any](t *testing.T, what string, f snapshot.Fact[T]) T {
	t.Helper()
	var gaps snapshot.Gaps
	v, ok := f.Read(&gaps)
	if !ok {
		t.Fatalf("%s is unknown: %+v", what, gaps.List())
	}
	return v
}

// unknown checks that a fact is unknown for the reason and returns its gap.
func unknown[T any](t *testing.T, what string, f snapshot.Fact[T], reason snapshot.Reason) snapshot.Gap {
	t.Helper()
	if f.IsKnown() {
		t.Fatalf("%s is known, expected unknown (%s)", what, reason)
	}
	if f.Gap().Reason != reason {
		t.Fatalf("%s is unknown for reason %q, expected %q", what, f.Gap().Reason, reason)
	}
	return f.Gap()
}

func is[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %#v, expected %#v", what, got, want)
	}
}

// draft returns the methods of the only API.
func draft(t *testing.T, s *snapshot.Snapshot) snapshot.Configuration {
	t.Helper()
	if len(s.APIs) != 1 {
		t.Fatalf("%d APIs, expected 1", len(s.APIs))
	}
	return get(t, "draft", s.APIs[0].Draft)
}

// method finds a method of the only API's draft and its integration.
func method(t *testing.T, s *snapshot.Snapshot, verb, path string) (snapshot.Method, *snapshot.Integration) {
	t.Helper()
	for _, m := range draft(t, s).Methods {
		if m.HTTPMethod == verb && m.Path == path {
			return m, get(t, "integration", m.Integration)
		}
	}
	t.Fatalf("no method %s %s", verb, path)
	return snapshot.Method{}, nil
}

func saved(t *testing.T, s *snapshot.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := snapshot.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// restTemplate is a whole small stack: line numbers in tests refer to it.
const restTemplate = `AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Env: {Type: String, Default: dev}
Resources:
  Orders:
    Type: AWS::SQS::Queue
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: /svc/
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          Effect: Allow
          Principal: {Service: apigateway.amazonaws.com}
          Action: sts:AssumeRole
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: sqs:SendMessage
                Resource: !GetAtt Orders.Arn
              - {Effect: Deny, Action: 'sqs:Purge*', Resource: '*'}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: !Sub '${Env}-orders'}
  Path:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
  Item:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !Ref Path, PathPart: '{id}'}
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Item
      HttpMethod: post
      AuthorizationType: NONE
      RequestParameters:
        method.request.path.id: true
        method.request.header.X-Tenant: 'false'
      Integration:
        Type: aws
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Orders.QueueName}
        Credentials: !GetAtt Role.Arn
        PassthroughBehavior: never
        RequestParameters:
          integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"
        RequestTemplates:
          application/json: |
            Action=SendMessage&MessageBody=$util.urlEncode($input.body)
        IntegrationResponses:
          - StatusCode: 200
          - {StatusCode: 400, SelectionPattern: '4\d{2}', ResponseTemplates: {application/json: '{}'}}
      MethodResponses:
        - {StatusCode: 200, ResponseParameters: {method.response.header.X: true}}
        - StatusCode: 400
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Post
    Properties: {RestApiId: !Ref Api}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: !Ref Env
      Variables: {queue: !GetAtt Orders.QueueName}
`
