package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// HTTP and WebSocket APIs say the same as a template, as what AWS says of them
// and as a saved snapshot.
func TestThreeWaysOfRoutes(t *testing.T) {
	for name, api := range map[string]string{"HTTP": httpTemplate, "WebSocket": socketTemplate} {
		for fault, edit := range map[string][2]string{
			"healthy":    {},
			"permission": {"Action: sqs:SendMessage", "Action: sqs:ReceiveMessage"},
			"no queue":   {"OrdersQueue.QueueName", "OrdersQueue.QueueName}x${OrdersQueue.QueueName"},
		} {
			t.Run(name+"/"+fault, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "template.yaml")
				text := strings.Replace(api+routedBackend, edit[0], edit[1], 1)
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				from := []string{"--template", file, "--region", "us-east-1", "--account-id", "123456789012"}
				template := said(t, append(from, "-o", "json")...)

				_, written, stderr := run(processEnv(), append([]string{"snapshot"}, from...)...)
				s, err := snapshot.Load(strings.NewReader(written))
				if err != nil {
					t.Fatalf("%v\n%s", err, stderr)
				}
				server, err := fakeaws.Start(s, fakeaws.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer server.Close()
				target := []string{"--api-id", s.APIs[0].ID, "--region", "us-east-1", "--endpoint-url", server.URL}
				live := said(t, append(target, "-o", "json")...)
				if diff := cmp.Diff(template, live); diff != "" {
					t.Errorf("template and live differ:\n%s", diff)
				}
				_, saved, _ := run(processEnv(), append([]string{"snapshot"}, target...)...)
				offline := filepath.Join(t.TempDir(), "api.json")
				if err := os.WriteFile(offline, []byte(saved), 0o600); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(live, said(t, "--snapshot", offline, "-o", "json")); diff != "" {
					t.Errorf("live and snapshot differ:\n%s", diff)
				}
			})
		}
	}
}

const routedBackend = `
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
            Statement: [{Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt OrdersQueue.Arn}]
`

const httpTemplate = `
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: orders-api, ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ["*"], AllowMethods: [POST]}}
  Send:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationSubtype: SQS-SendMessage
      CredentialsArn: !GetAtt OrdersRole.Arn
      PayloadFormatVersion: "1.0"
      RequestParameters: {QueueUrl: !Sub "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/${OrdersQueue.QueueName}", MessageBody: $request.body}
  Post:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: POST /orders, Target: !Sub "integrations/${Send}"}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
`

const socketTemplate = `
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: orders-socket, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Send:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS
      IntegrationMethod: POST
      IntegrationUri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${OrdersQueue.QueueName}
      CredentialsArn: !GetAtt OrdersRole.Arn
      PassthroughBehavior: NEVER
      TemplateSelectionExpression: submit
      RequestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
      RequestTemplates: {submit: Action=SendMessage&MessageBody=$util.urlEncode($input.body)}
  Submit:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: submit, AuthorizationType: NONE, Target: !Sub "integrations/${Send}"}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: live, AutoDeploy: true}
`
