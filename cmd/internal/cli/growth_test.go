package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// brokenMethods is a template of an API whose methods all send the wrong Content-Type to
// a queue of their own.
func brokenMethods(n int) string {
	var b strings.Builder
	b.WriteString("Resources:\n  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: orders}}\n" +
		"  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: apigateway.amazonaws.com}}]}\n" +
		"      Policies: [{PolicyName: send, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: '*'}]}}]\n")
	for i := range n {
		fmt.Fprintf(&b, "  Queue%[1]d: {Type: 'AWS::SQS::Queue'}\n  Path%[1]d: {Type: 'AWS::ApiGateway::Resource', Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: p%[1]d}}\n"+
			"  Post%[1]d:\n    Type: AWS::ApiGateway::Method\n    Properties:\n      RestApiId: !Ref Api\n      ResourceId: !Ref Path%[1]d\n      HttpMethod: POST\n      AuthorizationType: NONE\n      MethodResponses: [{StatusCode: 200}, {StatusCode: 500}]\n"+
			"      Integration:\n        Type: AWS\n        IntegrationHttpMethod: POST\n        PassthroughBehavior: NEVER\n        Credentials: !GetAtt Role.Arn\n        Uri: !Sub 'arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue%[1]d.QueueName}'\n"+
			"        RequestParameters:\n          integration.request.header.Content-Type: \"'application/json'\"\n        RequestTemplates:\n          application/json: Action=SendMessage&MessageBody=$util.urlEncode($input.body)\n"+
			"        IntegrationResponses: [{StatusCode: 200}, {StatusCode: 500, SelectionPattern: '[45]..'}]\n", i)
	}
	b.WriteString("  Deployment:\n    Type: AWS::ApiGateway::Deployment\n    DependsOn:\n")
	for i := range n {
		fmt.Fprintf(&b, "      - Post%d\n", i)
	}
	b.WriteString("    Properties: {RestApiId: !Ref Api}\n  Stage: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod}}\n")
	return b.String()
}

// No report takes more than its share for each method: what is allocated grows with the
// methods, and not with their square.
func TestReportsGrowWithTheMethods(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it writes reports of many methods")
	}
	const few, times = 20, 4
	allocated := func(n int, format string) float64 {
		file := filepath.Join(t.TempDir(), "template.yaml")
		if err := os.WriteFile(file, []byte(brokenMethods(n)), 0o600); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		code, stdout, stderr := run(nil, "--template", file, "--region", "us-east-1", "--account-id", "123456789012", "-o", format)
		runtime.ReadMemStats(&after)
		if code != ExitProblems || len(stdout) < 100 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	for _, format := range []string{"text", "json", "sarif", "gitlab", "html"} {
		allocated(2, format) // what is made once
		if one, many := allocated(few, format), allocated(few*times, format); many > one*times*1.1 {
			t.Errorf("%s: %d methods take %.0f KB, %d take %.0f KB", format, few, one/1024, few*times, many/1024)
		}
	}
}
