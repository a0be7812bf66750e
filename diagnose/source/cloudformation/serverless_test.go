package cloudformation

import (
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const samHead = "Transform: AWS::Serverless-2016-10-31\n"

func TestServerlessAPI(t *testing.T) {
	template := samHead + `Globals:
  Api:
    BinaryMediaTypes: [image~1png]
    Variables: {a: one, b: two}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      BinaryMediaTypes: ['*~1*']
      Variables: {b: mine}
      Auth:
        ApiKeyRequired: true
        DefaultAuthorizer: Pool
        Authorizers: {Pool: {UserPoolArn: 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/x'}, Fn: {FunctionArn: x, FunctionPayloadType: REQUEST, Identity: {Headers: [X-A, X-B]}}}
        ResourcePolicy: {CustomStatements: [{Effect: Deny}]}
      DefinitionBody:
        swagger: '2.0'
        paths:
          /a: {post: {x-amazon-apigateway-integration: {type: aws}}, options: {x-amazon-apigateway-integration: {type: mock}}}
          /b: {post: {security: [{NONE: []}], x-amazon-apigateway-integration: {type: aws}}}
`
	s := load(t, template, Options{})
	stages := get(t, "stages", s.APIs[0].Stages)
	is(t, "stages", stages[0].Name+" "+stages[1].Name, "prod Stage")
	is(t, "deployed", len(get(t, "deployed", stages[0].Deployed).Methods), 3)
	variables := get(t, "variables", stages[0].Variables)
	is(t, "variables", variables["a"]+variables["b"], "onemine")
	is(t, "media types", strings.Join(get(t, "types", draft(t, s).BinaryMediaTypes), " "), "image/png */*")
	is(t, "policy", get(t, "policy", s.APIs[0].Policy), `{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}`)
	a, _ := method(t, s, "POST", "/a")
	is(t, "authorization", get(t, "authorization", a.Authorization), "COGNITO_USER_POOLS")
	is(t, "key", get(t, "key", a.APIKeyRequired), true)
	preflight, _ := method(t, s, "OPTIONS", "/a")
	is(t, "preflight", get(t, "authorization", preflight.Authorization), "NONE")
	exempt, _ := method(t, s, "POST", "/b")
	is(t, "exempt", get(t, "authorization", exempt.Authorization), "NONE")
	fn := get(t, "authorizer", draft(t, s).Authorizers["Fn"])
	is(t, "source", fn.Type+" "+fn.IdentitySource, "REQUEST method.request.header.X-A,method.request.header.X-B")

	// OpenApiVersion keeps SAM from making the stage "Stage".
	s = load(t, strings.Replace(template, "      StageName: prod\n", "      StageName: prod\n      OpenApiVersion: 3.0.1\n", 1), Options{})
	is(t, "stages", len(get(t, "stages", s.APIs[0].Stages)), 1)
}

func TestServerlessHTTPAPI(t *testing.T) {
	s := load(t, samHead+`Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageVariables: {a: b}
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /events:
            post:
              x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/send'}
          /$default:
            x-amazon-apigateway-any-method: {isDefaultRoute: true, x-amazon-apigateway-integration: {type: http_proxy, uri: 'https://example.org'}}
        components:
          x-amazon-apigateway-integrations:
            send: {type: aws_proxy, integrationSubtype: SQS-SendMessage, payloadFormatVersion: '1.0', requestParameters: {QueueUrl: !Ref Q, MessageBody: $request.body}}
`, Options{})
	is(t, "type", s.APIs[0].Type, snapshot.HTTP)
	is(t, "stage", get(t, "stages", s.APIs[0].Stages)[0].Name, "$default")
	m, i := method(t, s, "POST", "/events")
	is(t, "route", m.RouteKey, "POST /events")
	is(t, "subtype", get(t, "subtype", i.Subtype), "SQS-SendMessage")
	is(t, "payload", get(t, "payload", i.PayloadFormat), "1.0")
	is(t, "timeout", get(t, "timeout", i.TimeoutMillis), 30000)
	is(t, "queue", get(t, "queue", get(t, "parameters", i.RequestParameters)["QueueUrl"]), "https://sqs.us-east-1.amazonaws.com/000000000000/stack-Q")
	fallback, _ := method(t, s, "ANY", "")
	is(t, "fallback", fallback.RouteKey, "$default")
}

// SAM edits the definition for Auth and Cors, and fails when it finds none.
// CloudFormation expands an AWS::Include before it runs SAM, so that a local
// file with a definition is one.
func TestServerlessRefusals(t *testing.T) {
	api := func(properties string) string {
		return samHead + "Resources:\n  Api:\n    Type: AWS::Serverless::HttpApi\n    Properties:\n" + properties
	}
	include := "      DefinitionBody:\n        Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: api.yaml}}\n"
	auth := "      Auth: {DefaultAuthorizer: A, Authorizers: {A: {FunctionArn: x}}}\n"
	const noDefinition = "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition."
	for name, test := range map[string]struct{ template, api, refusal string }{
		"include and no Auth":              {api(include), "", ""},
		"include of a definition and Auth": {api(include + auth), "openapi: 3.0.1\npaths: {}\n", ""},
		"include of nothing and Auth":      {api(include + auth), "", noDefinition},
		"include without paths and Auth":   {api(include + auth), "openapi: 3.0.1\n", noDefinition},
		"inline and Auth":                  {api("      DefinitionBody: {openapi: 3.0.1, paths: {}}\n" + auth), "", ""},
		"file and Auth":                    {api("      DefinitionUri: api.yaml\n" + auth), "openapi: 3.0.1\npaths: {}\n", "Auth works only with inline OpenApi specified in the 'DefinitionBody' property."},
		"include and Cors": {api(include + "      CorsConfiguration: true\n"), "",
			"Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition."},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"template.yaml": test.template}
			if test.api != "" {
				files["api.yaml"] = test.api
			}
			s := loadFile(t, filepath.Join(folder(t, files), "template.yaml"), Options{})
			switch {
			case test.refusal == "" && len(s.Refusals) > 0:
				t.Errorf("refused: %v", s.Refusals)
			case test.refusal != "" && len(s.Refusals) != 1:
				t.Errorf("%d refusals, expected one", len(s.Refusals))
			case test.refusal != "":
				if !strings.HasSuffix(s.Refusals[0].Message, test.refusal) {
					t.Errorf("refused with %q, expected %q", s.Refusals[0].Message, test.refusal)
				}
				is(t, "resource", s.Refusals[0].Origin.Resource, "Api")
				if s.APIs[0].Draft.IsKnown() {
					t.Error("the draft of an API that is not made cannot be known")
				}
			}
		})
	}
}
