package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/fixtures/fakeaws"
)

// One deployment described three ways, as a template, as what AWS says of it and
// as a saved snapshot, gives the same findings and the same prediction.
func TestThreeWays(t *testing.T) {
	for _, tt := range []struct {
		fixture string
		edit    [2]string // of the template of the healthy deployment
	}{
		{"orders", [2]string{}},
		{"protocol_content_type_failing", [2]string{"'application/x-www-form-urlencoded'", "'application/json'"}},
		{"authorization_action_failing", [2]string{"Sid: Send, Effect: Allow, Action: sqs:SendMessage", `Sid: Receive, Effect: Allow, Action: ["sqs:ReceiveMessage", "sqs:GetQueueAttributes"]`}},
	} {
		t.Run(tt.fixture, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "template.yaml")
			if err := os.WriteFile(file, []byte(strings.Replace(ordersTemplate, tt.edit[0], tt.edit[1], 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			template := said(t, "--template", file, "--account-id", "123456789012", "--region", "us-east-1", "-o", "json")

			server, err := fakeaws.Start(loadFixture(t, tt.fixture), fakeaws.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			live := said(t, "--api-id", "a1b2c3d4", "--endpoint-url", server.URL, "-o", "json")

			_, saved, _ := run(processEnv(), "snapshot", "--api-id", "a1b2c3d4", "--endpoint-url", server.URL)
			offline := filepath.Join(t.TempDir(), "api.json")
			if err := os.WriteFile(offline, []byte(saved), 0o600); err != nil {
				t.Fatal(err)
			}
			snapshot := said(t, "--snapshot", offline, "-o", "json")
			if diff := cmp.Diff(live, snapshot); diff != "" {
				t.Errorf("live and snapshot differ:\n%s", diff)
			}
			if diff := cmp.Diff(live, template); diff != "" {
				t.Errorf("live and template differ:\n%s", diff)
			}
		})
	}
}

// said is what a report says, without where it stands: verdict, prediction,
// stages, and the rules that report with their severity.
func said(t *testing.T, args ...string) []string {
	t.Helper()
	_, stdout, stderr := run(processEnv(), args...)
	var doc struct {
		Methods []struct {
			Method, Path, Verdict, Queue string
			Predicted                    struct {
				Status *int
				Code   *string
			}
			Stages   []struct{ Stage, Status string }
			Findings []struct{ Rule, Severity string }
		}
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || len(doc.Methods) == 0 {
		t.Fatalf("no report with methods (%v):\n%s%s", err, stdout, stderr)
	}
	var list []string
	for _, m := range doc.Methods {
		predicted, _ := json.Marshal(m.Predicted)
		list = append(list, fmt.Sprintf("%s %s %s %s %s", m.Method, m.Path, m.Verdict, m.Queue, predicted))
		for _, s := range m.Stages {
			list = append(list, s.Stage+" "+s.Status)
		}
		var findings []string
		for _, f := range m.Findings {
			findings = append(findings, f.Severity+" "+f.Rule)
		}
		slices.Sort(findings)
		list = append(list, findings...)
	}
	return list
}

// ordersTemplate deploys what the fixture "orders" is.
const ordersTemplate = `
Resources:
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: orders}
  OrdersRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: orders-api
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Sid: Send, Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt OrdersQueue.Arn}]
  OrdersApi:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: orders-api, EndpointConfiguration: {Types: [REGIONAL]}}
  OrdersPath:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref OrdersApi, ParentId: !GetAtt OrdersApi.RootResourceId, PathPart: orders}
  OrdersPost:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref OrdersApi
      ResourceId: !Ref OrdersPath
      HttpMethod: POST
      AuthorizationType: NONE
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${OrdersQueue.QueueName}
        Credentials: !GetAtt OrdersRole.Arn
        PassthroughBehavior: NEVER
        RequestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
        RequestTemplates: {application/json: Action=SendMessage&MessageBody=$util.urlEncode($input.body)}
        IntegrationResponses:
          - {StatusCode: "200", SelectionPattern: '2\d{2}'}
          - {StatusCode: "400", SelectionPattern: '4\d{2}'}
          - {StatusCode: "500"}
      MethodResponses: [{StatusCode: "200"}, {StatusCode: "400"}, {StatusCode: "500"}]
  OrdersDeployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: OrdersPost
    Properties: {RestApiId: !Ref OrdersApi}
  OrdersStage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref OrdersApi, DeploymentId: !Ref OrdersDeployment, StageName: prod}
`

// processEnv is the environment that the SDK reads.
func processEnv() map[string]string {
	env := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}
