package cloudformation

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
)

// What a service does not take for a property, and what CloudFormation refuses beside
// the schemas, is refused wherever it stands in the stack (T170).
func TestValues(t *testing.T) {
	const api, path, stage = "{Name: orders}", "PathPart: orders", "StageName: prod"
	for _, edit := range [][2]string{
		{api, "{Name: orders, ApiKeySourceType: BODY}"},
		{api, "{Name: orders, EndpointConfiguration: {Types: [GLOBAL]}}"},
		{api, "{Name: orders, MinimumCompressionSize: -1}"},
		{api, "{Description: orders}"},
		{api, "{Name: ''}"},
		{path, "PathPart: orders/new"},
		{"ParentId: !GetAtt Api.RootResourceId", "ParentId: !Ref Path"},
		{stage, "StageName: prod, Variables: {a b: x}"},
		{stage, "StageName: prod, Variables: {a: x y}"},
		{stage, "StageName: prod, MethodSettings: [{ResourcePath: '/*', HttpMethod: '*', LoggingLevel: LOUD}]"},
		{"AuthorizationType: NONE", "AuthorizationType: NONE\n      RequestParameters: {method.request.header.X y: true}"},
		{"AuthorizationType: NONE", "AuthorizationType: NONE\n      RequestParameters: {integration.request.header.X: true}"},
		{"Tags: [{Key: team, Value: shop}]", "RedrivePolicy: {deadLetterTargetArn: 'arn:aws:sqs:us-east-1:1:x', maxReceiveCount: 5}"},
		{"Resources:\n", "Rules: {one: {Assertions: [{Assert: !Equals [a, b]}]}}\nResources:\n"},
		{"Resources:\n", "Rules: {one: {Assertions: [{Assert: {'Fn::Contains': [[a, b], c]}}]}}\nResources:\n"},
		{"Resources:\n", "Transform: AWS::Serverless-2016-10-31\nResources:\n  Other: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Nothing}}\n"},
		{"Resources:\n", "Resources:\n  Name: {Type: AWS::KMS::Alias, Properties: {AliasName: orders, TargetKeyId: 1a2b3c4d-0000-0000-0000-000000000000}}\n"},
		{"Resources:\n", "Resources:\n  Check: {Type: AWS::ApiGateway::Authorizer, Properties: {RestApiId: !Ref Api, Name: check, Type: TOKEN, IdentitySource: Authorization, AuthorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations'}}\n"},
		{"Resources:\n", "Resources:\n  Answer: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseType: FORBIDDEN}}\n"},
	} {
		if got := judged(t, Options{}, edit[0], edit[1]); got.Verdict != diagnose.Broken {
			t.Errorf("%s: %s", edit[1], got.Verdict)
		}
	}
	for _, edit := range [][2]string{
		{"Type: AWS\n        IntegrationHttpMethod", "Type: AWS\n        ConnectionType: VPC_LINK\n        IntegrationHttpMethod"},
		{"Resources:\n", "Resources:\n  Second: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {openapi: 3.0.1}, BodyS3Location: {Bucket: b, Key: k}}}\n"},
	} {
		if got := judged(t, Options{}, edit[0], edit[1]); got.Verdict != diagnose.Inconclusive && got.Verdict != diagnose.Broken {
			t.Errorf("%s: %s", edit[1], got.Verdict)
		}
	}
	for _, edit := range [][2]string{
		{api, "{Name: orders, ApiKeySourceType: HEADER, EndpointConfiguration: {Types: [REGIONAL]}, MinimumCompressionSize: 0}"},
		{stage, "StageName: prod, Variables: {queue_1: 'a-b.c'}, MethodSettings: [{ResourcePath: '/*', HttpMethod: '*', LoggingLevel: 'OFF'}]"},
		{"AuthorizationType: NONE", "AuthorizationType: NONE\n      RequestParameters: {method.request.header.X-Trace: false, method.request.multivaluequerystring.a: false}"},
		{"Resources:\n", "Rules: {one: {RuleCondition: !Equals [a, b], Assertions: [{Assert: !Equals [a, b]}]}, two: {Assertions: [{Assert: {'Fn::Contains': [[a, b], a]}}]}}\nResources:\n"},
	} {
		if got := judged(t, Options{}, edit[0], edit[1]); got.Verdict != diagnose.Healthy {
			t.Errorf("%s: %s", strings.TrimSpace(edit[1]), got.Verdict)
		}
	}
}
