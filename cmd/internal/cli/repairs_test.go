package cli

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Faults of a template around the call: what each needs is proposed, made by
// fix --write, and heals. A step that is a choice is made when its rule is accepted,
// and never without.
func TestRepairsOfTemplates(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it repairs every template")
	}
	for _, c := range []struct {
		name     string
		edits    []string // old text, new text, ...
		accept   string   // the rule whose fix is a choice or has a blank
		want     []string // in the template afterwards
		unwanted string   // not in it
	}{
		{name: "the deployment does not wait", edits: []string{"    DependsOn: [OrdersPost]\n", ""}, want: []string{"DependsOn:", "- OrdersPost", "OrdersDeployment2:", "DeploymentId: !Ref OrdersDeployment2"}},
		{name: "the deployment is of another API", edits: []string{"{RestApiId: !Ref OrdersApi} # deployed", "{RestApiId: !Ref OtherApi} # deployed", "Resources:\n", "Resources:\n  OtherApi:\n    Type: AWS::ApiGateway::RestApi\n    Properties: {Name: other}\n"},
			want: []string{"{RestApiId: !Ref OrdersApi} # deployed"}},
		{name: "two things make the stage", edits: []string{"{RestApiId: !Ref OrdersApi} # deployed", "{RestApiId: !Ref OrdersApi, StageName: prod} # deployed"}, want: []string{"{RestApiId: !Ref OrdersApi} # deployed"}},
		{name: "a version that there is not", edits: []string{"Version: '2012-10-17' # role", "Version: '2012-10-18' # role"}, want: []string{"Version: '2012-10-17' # role"}},
		{name: "a version that there is not, of the trust policy", edits: []string{"Version: '2012-10-17' # trust", "Version: '2020-01-01' # trust"}, want: []string{"Version: '2012-10-17' # trust"}},
		{name: "another partition in the URI", edits: []string{"arn:aws:apigateway:${AWS::Region}", "arn:aws-cn:apigateway:${AWS::Region}"}, want: []string{"arn:aws:apigateway:${AWS::Region}"}, unwanted: "aws-cn"},
		{name: "another region in the URI", edits: []string{"arn:aws:apigateway:${AWS::Region}", "arn:aws:apigateway:eu-west-1"}, unwanted: "eu-west-1"},
		{name: "another partition in the role's policy", edits: []string{"Action: 'sqs:SendMessage', Resource: !GetAtt OrdersQueue.Arn", "Action: 'sqs:SendMessage', Resource: !Sub 'arn:aws-cn:sqs:${AWS::Region}:${AWS::AccountId}:${OrdersQueue.QueueName}'"},
			want: []string{"Action: sqs:SendMessage", "Resource: !GetAtt OrdersQueue.Arn"}},
		{name: "another region in the role's policy", edits: []string{"Action: 'sqs:SendMessage', Resource: !GetAtt OrdersQueue.Arn", "Action: 'sqs:SendMessage', Resource: !Sub 'arn:aws:sqs:eu-west-1:${AWS::AccountId}:${OrdersQueue.QueueName}'"},
			want: []string{"Action: sqs:SendMessage", "Resource: !GetAtt OrdersQueue.Arn"}},
		{name: "the key is disabled", edits: []string{"Enabled: true", "Enabled: false"}, accept: "encryption-key-state", want: []string{"Enabled: true"}},
		{name: "a timeout in seconds", edits: []string{"TimeoutInMillis: 5000", "TimeoutInMillis: 5"}, want: []string{"TimeoutInMillis: 5000"}},
		{name: "a timeout that is too long", edits: []string{"TimeoutInMillis: 5000", "TimeoutInMillis: 60000"}, want: []string{"TimeoutInMillis: 29000"}},
		{name: "all bodies are bytes", edits: []string{"Name: orders # api", "Name: orders # api\n      BinaryMediaTypes: ['*/*']"}, unwanted: "*/*"},
		{name: "these bodies are bytes", edits: []string{"Name: orders # api", "Name: orders # api\n      BinaryMediaTypes: [image/png, application/json]"}, want: []string{"- image~1png"}},
		{name: "no default endpoint", edits: []string{"Name: orders # api", "Name: orders # api\n      DisableExecuteApiEndpoint: true"}, accept: "route-endpoint-disabled", want: []string{"DisableExecuteApiEndpoint: false"}},
		{name: "a header that is not declared", edits: []string{"- StatusCode: '200' # answer", "- StatusCode: '200' # answer\n            ResponseParameters: {method.response.header.Access-Control-Allow-Origin: \"'*'\"}"},
			want: []string{"method.response.header.Access-Control-Allow-Origin: false", `{method.response.header.Access-Control-Allow-Origin: "'*'"}`}},
		{name: "a literal without quotes", edits: []string{"- StatusCode: '200' # answer", "- StatusCode: '200' # answer\n            ResponseParameters: {method.response.header.X-By: orders}", "- StatusCode: '200' # declared", "- StatusCode: '200' # declared\n          ResponseParameters: {method.response.header.X-By: true}"},
			want: []string{`{method.response.header.X-By: "'orders'"}`}},
		{name: "the resource policy allows something else", edits: []string{"Name: orders # api", "Name: orders # api\n      Policy:\n        Version: '2012-10-17'\n        Statement:\n          - {Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/prod/GET/other'}"},
			accept: "route-resource-policy", want: []string{"Resource: execute-api:/prod/POST/orders"}},
		{name: "the resource policy denies", edits: []string{"Name: orders # api", "Name: orders # api\n      Policy:\n        Version: '2012-10-17'\n        Statement:\n          - {Effect: Allow, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/*'}\n          - {Sid: Frozen, Effect: Deny, Principal: '*', Action: execute-api:Invoke, Resource: 'execute-api:/prod/POST/*'}"},
			accept: "route-resource-policy", unwanted: "Frozen"},
		{name: "a private API without a policy", edits: []string{"Name: orders # api", "Name: orders # api\n      EndpointConfiguration: {Types: [PRIVATE]}"}, accept: "route-resource-policy", want: []string{"aws:SourceVpce: VPC-ENDPOINT-ID"}},
		{name: "a validator by its name", edits: []string{"AuthorizationType: NONE", "AuthorizationType: NONE\n      RequestValidatorId: headers", "Resources:\n", "Resources:\n  HeaderCheck:\n    Type: AWS::ApiGateway::RequestValidator\n    Properties: {RestApiId: !Ref OrdersApi, Name: headers, ValidateRequestParameters: true}\n"},
			want: []string{"!Ref HeaderCheck"}},
		{name: "a validator that there is not", edits: []string{"AuthorizationType: NONE", "AuthorizationType: NONE\n      RequestValidatorId: abc123"}, accept: "route-deployment-refused", unwanted: "RequestValidatorId"},
		{name: "no credentials, and a role that is there for them", edits: []string{"        Credentials: !GetAtt OrdersRole.Arn\n", ""}, want: []string{"Credentials: !GetAtt OrdersRole.Arn"}},
		{name: "no credentials, and a role of API Gateway for something else", edits: []string{"        Credentials: !GetAtt OrdersRole.Arn\n", "", "Action: 'sqs:SendMessage'", "Action: 'logs:PutLogEvents'"},
			want: []string{"Credentials: !GetAtt OrdersPostRole.Arn", "Action: 'logs:PutLogEvents'"}},
		{name: "a role that another service has, too", edits: []string{"Service: apigateway.amazonaws.com", "Service: lambda.amazonaws.com"}, want: []string{"Credentials: !GetAtt OrdersPostRole.Arn", "Service: lambda.amazonaws.com"}},
		{name: "no credentials, and a role of another service", edits: []string{"        Credentials: !GetAtt OrdersRole.Arn\n", "", "Service: apigateway.amazonaws.com", "Service: lambda.amazonaws.com"},
			want: []string{"Credentials: !GetAtt OrdersPostRole.Arn", "\n  OrdersPostRole:\n    Type: AWS::IAM::Role\n", "Resource: !GetAtt OrdersQueue.Arn\n", "Resource: !GetAtt OrdersKey.Arn\n", "Service: lambda.amazonaws.com"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			text := repairable
			for i := 0; i < len(c.edits); i += 2 {
				if !strings.Contains(text, c.edits[i]) {
					t.Fatalf("no %q", c.edits[i])
				}
				text = strings.Replace(text, c.edits[i], c.edits[i+1], 1)
			}
			if err := os.WriteFile("template.yaml", []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if before := diagnosed(t, "--method", "POST /orders", "--body", "{}"); before.Verdict != "broken" {
				t.Fatalf("%s before", before.Verdict)
			}
			fix := func(more ...string) string {
				_, _, said := run(nil, slices.Concat([]string{"fix", "--template", "template.yaml", "--region", "us-east-1", "--method", "POST /orders", "--body", "{}", "--write"}, more)...)
				return said
			}
			if c.accept != "" {
				said := fix()
				if now, err := os.ReadFile("template.yaml"); err != nil || string(now) != text || !strings.Contains(said, "--accept "+c.accept) {
					t.Fatalf("%v: a choice was made by itself:\n%s", err, said)
				}
				fix("--accept", c.accept)
			} else {
				fix()
			}
			now, err := os.ReadFile("template.yaml")
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(string(now), want) {
					t.Errorf("no %q in\n%s", want, now)
				}
			}
			if c.unwanted != "" && strings.Contains(string(now), c.unwanted) {
				t.Errorf("%q is left in\n%s", c.unwanted, now)
			}
			if after := diagnosed(t, "--method", "POST /orders", "--body", "{}"); after.Verdict == "broken" {
				t.Errorf("broken afterwards: %+v", after.Findings)
			}
		})
	}
}

// repairable is a template of all that is changed around a call, and well.
const repairable = `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  OrdersKey:
    Type: AWS::KMS::Key
    Properties:
      Enabled: true
      KeyPolicy:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: !GetAtt OrdersKey.Arn}
  OrdersRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17' # trust
        Statement:
          - {Effect: Allow, Principal: {Service: apigateway.amazonaws.com}, Action: 'sts:AssumeRole'}
      Policies:
        - PolicyName: send
          PolicyDocument:
            Version: '2012-10-17' # role
            Statement:
              - {Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt OrdersQueue.Arn}
              - {Effect: Allow, Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: !GetAtt OrdersKey.Arn}
  OrdersApi:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders # api
  OrdersResource:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref OrdersApi, ParentId: !GetAtt OrdersApi.RootResourceId, PathPart: orders}
  OrdersPost:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref OrdersApi
      ResourceId: !Ref OrdersResource
      HttpMethod: POST
      AuthorizationType: NONE
      Integration:
        Type: AWS
        IntegrationHttpMethod: POST
        Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${OrdersQueue.QueueName}'
        Credentials: !GetAtt OrdersRole.Arn
        TimeoutInMillis: 5000
        PassthroughBehavior: NEVER
        RequestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
        RequestTemplates:
          application/json: Action=SendMessage&MessageBody=$util.urlEncode($input.body)
        IntegrationResponses:
          - StatusCode: '200' # answer
          - StatusCode: '400'
            SelectionPattern: '4\d{2}'
          - StatusCode: '500'
            SelectionPattern: '5\d{2}'
      MethodResponses:
        - StatusCode: '200' # declared
        - StatusCode: '400'
        - StatusCode: '500'
  OrdersDeployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: [OrdersPost]
    Properties: {RestApiId: !Ref OrdersApi} # deployed
  OrdersStage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref OrdersApi, DeploymentId: !Ref OrdersDeployment, StageName: prod}
`
