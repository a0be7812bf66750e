package cloudformation

import (
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const openAPITemplate = `Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  R: {Type: 'AWS::IAM::Role'}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        info: {title: orders, version: '1'}
        x-amazon-apigateway-binary-media-types: [image/png]
        x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Allow}]}
        x-amazon-apigateway-request-validators:
          all: {validateRequestBody: true, validateRequestParameters: true}
          none: {}
        x-amazon-apigateway-request-validator: all
        paths:
          /orders/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: string}}
              - $ref: '#/components/parameters/Tenant'
            post:
              security: [{key: []}, {sigv4: []}]
              requestBody:
                content:
                  application/json: {schema: {$ref: '#/components/schemas/Order'}}
                  text/plain: {schema: {type: string}}
              parameters:
                - {name: dry, in: query, required: true}
              responses:
                200: {description: ok, headers: {X-Id: {schema: {type: string}}}}
                default: {description: other}
              x-amazon-apigateway-integration:
                type: aws
                httpMethod: post
                uri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Q.QueueName}
                credentials: !GetAtt R.Arn
                passthroughBehavior: when_no_templates
                requestTemplates:
                  application/json: Action=SendMessage
                responses:
                  default: {statusCode: 200}
                  4\d{2}: {statusCode: '400', responseTemplates: {application/json: '{}'}}
            x-amazon-apigateway-any-method:
              x-amazon-apigateway-request-validator: none
              x-amazon-apigateway-integration: {type: mock}
            get:
              security: [{lambda: []}]
              responses: {}
        components:
          parameters:
            Tenant: {name: X-Tenant, in: header}
          schemas:
            Order: {type: object, required: [id]}
          securitySchemes:
            key: {type: apiKey, name: x-api-key, in: header}
            sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
            lambda: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authorizer: {type: token, identitySource: method.request.header.Auth}}
`

func TestOpenAPI(t *testing.T) {
	s := load(t, openAPITemplate, Options{})
	is(t, "name", s.APIs[0].Name, "orders")
	is(t, "policy", get(t, "policy", s.APIs[0].Policy), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}`)
	c := draft(t, s)
	is(t, "methods", len(c.Methods), 3)
	is(t, "routes", strings.Join(c.Routes, " "), "/ /orders /orders/{id}")
	is(t, "media type", get(t, "media types", c.BinaryMediaTypes)[0], "image/png")

	m, i := method(t, s, "POST", "/orders/{id}")
	is(t, "URI", get(t, "URI", i.URI), "arn:aws:apigateway:us-east-1:sqs:path/000000000000/stack-Q")
	is(t, "type", get(t, "type", i.Type)+get(t, "method", i.HTTPMethod)+get(t, "passthrough", i.Passthrough), "AWSPOSTWHEN_NO_TEMPLATES")
	template := get(t, "templates", i.Templates)["application/json"]
	is(t, "origin", template.Origin(), snapshot.Origin{Resource: "Api", File: "standard input", Line: 39, Column: 19,
		Path: "Properties.Body.paths['/orders/{id}'].post['x-amazon-apigateway-integration'].requestTemplates['application/json']"})
	responses := get(t, "responses", i.Responses)
	is(t, "default response", responses[0].Pattern+"|"+responses[0].Status, "|200")
	is(t, "other response", responses[1].Pattern+"|"+responses[1].Status+"|"+responses[1].Templates["application/json"], `4\d{2}|400|{}`)

	declared := get(t, "declared", m.RequestParameters)
	for name, required := range map[string]bool{"method.request.path.id": true, "method.request.header.X-Tenant": false, "method.request.querystring.dry": true} {
		if got, ok := declared[name]; !ok || got != required {
			t.Errorf("parameter %s: declared %v, required %v, expected %v", name, ok, got, required)
		}
	}
	is(t, "declared", len(declared), 3)
	statuses := get(t, "statuses", m.Responses)
	if _, ok := statuses["200"].Parameters["method.response.header.X-Id"]; !ok || len(statuses) != 1 {
		t.Errorf("method responses are %v", statuses)
	}
	is(t, "key", get(t, "key", m.APIKeyRequired), true)
	is(t, "authorization", get(t, "authorization", m.Authorization), "AWS_IAM")
	validator := get(t, "validator", c.Validators[get(t, "id", m.ValidatorID)])
	is(t, "validator", validator, snapshot.Validator{Name: "all", Body: true, Parameters: true})
	models := get(t, "models", m.RequestModels)
	is(t, "model", get(t, "schema", c.Models[models["application/json"]]), `{"type":"object","required":["id"]}`)
	is(t, "model in place", get(t, "schema", c.Models[models["text/plain"]]), `{"type":"string"}`)

	anyMethod, _ := method(t, s, "ANY", "/orders/{id}")
	is(t, "own validator", get(t, "id", anyMethod.ValidatorID), "none")
	is(t, "open", get(t, "authorization", anyMethod.Authorization), "NONE")
	lambda, none := method(t, s, "GET", "/orders/{id}")
	is(t, "lambda", get(t, "authorization", lambda.Authorization), "CUSTOM")
	authorizer := get(t, "authorizer", c.Authorizers[get(t, "id", lambda.AuthorizerID)])
	is(t, "source", authorizer, snapshot.Authorizer{Name: "lambda", Type: "TOKEN", IdentitySource: "method.request.header.Auth"})
	if none != nil {
		t.Error("the GET method has no integration")
	}
}

// A definition brought by AWS::Include keeps its own file and lines, and its
// functions are evaluated; one uploaded as it is has none.
func TestDefinitionsInFiles(t *testing.T) {
	api := `openapi: '3.0'
paths:
  /orders:
    post:
      x-amazon-apigateway-integration:
        type: aws
        uri: {Fn::Sub: 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Q.QueueName}'}
        credentials: arn:aws:iam::111122223333:role/x
`
	template := func(property string) string {
		return "Transform: AWS::Serverless-2016-10-31\nResources:\n  Q: {Type: 'AWS::SQS::Queue'}\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n      StageName: prod\n" + property
	}
	dir := folder(t, map[string]string{
		"docs/api.yaml": api,
		"include.yaml":  template("      DefinitionBody:\n        Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: ./docs/api.yaml}}\n"),
		"short.yaml":    template("      DefinitionBody: !Transform {Name: AWS::Include, Parameters: {Location: docs/api.yaml}}\n"),
		"uri.yaml":      template("      DefinitionUri: docs/api.yaml\n"),
		"gone.yaml":     template("      DefinitionUri: docs/none.yaml\n"),
		"s3.yaml":       template("      DefinitionUri: s3://bucket/api.yaml\n"),
		"import.yaml":   template("      DefinitionBody: !ImportValue body\n"),
	})
	for _, name := range []string{"include.yaml", "short.yaml"} {
		_, i := method(t, loadFile(t, filepath.Join(dir, name), Options{}), "POST", "/orders")
		is(t, "URI", get(t, "URI", i.URI), "arn:aws:apigateway:us-east-1:sqs:path/000000000000/stack-Q")
		is(t, "origin", i.URI.Origin(), snapshot.Origin{Resource: "Api", File: filepath.Join(dir, "docs/api.yaml"), Line: 7, Column: 9,
			Path: "Properties.DefinitionBody.paths['/orders'].post['x-amazon-apigateway-integration'].uri"})
	}
	_, i := method(t, loadFile(t, filepath.Join(dir, "uri.yaml"), Options{}), "POST", "/orders")
	unknown(t, "URI", i.URI, snapshot.Unparsed)
	is(t, "credentials", get(t, "credentials", i.Credentials), "arn:aws:iam::111122223333:role/x")
	for name, reason := range map[string]snapshot.Reason{"gone.yaml": snapshot.NotRead, "s3.yaml": snapshot.NotRead, "import.yaml": snapshot.Unresolved} {
		s := loadFile(t, filepath.Join(dir, name), Options{})
		unknown(t, name, s.APIs[0].Draft, reason)
		unknown(t, name, get(t, "stages", s.APIs[0].Stages)[0].Deployed, reason)
	}
}

func TestSwagger2(t *testing.T) {
	s := load(t, `Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        swagger: '2.0'
        consumes: [application/json]
        definitions: {Order: {type: object}}
        securityDefinitions:
          pool: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer: {type: cognito_user_pools}}
        paths:
          /a:
            post:
              security: [{pool: []}]
              parameters: [{in: body, name: b, schema: {$ref: '#/definitions/Order'}}]
              x-amazon-apigateway-integration: {type: AWS, passthroughBehavior: NEVER, responses: {"200": {statusCode: 200}, default: {statusCode: 500}}}
`, Options{})
	m, i := method(t, s, "POST", "/a")
	is(t, "model", get(t, "models", m.RequestModels)["application/json"], "Order")
	is(t, "authorization", get(t, "authorization", m.Authorization), "COGNITO_USER_POOLS")
	is(t, "source", get(t, "authorizer", draft(t, s).Authorizers["pool"]).IdentitySource, "method.request.header.Authorization")
	is(t, "responses", len(get(t, "responses", i.Responses)), 2)
	is(t, "default", get(t, "timeout", i.TimeoutMillis), 29000)
}

// An answer of API Gateway's own that a template changes is said, as a resource and in
// a document; it decides nothing.
func TestGatewayResponses(t *testing.T) {
	for name, text := range map[string]string{
		"resource": `Resources:
  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: orders}}
  Other: {Type: 'AWS::ApiGateway::GatewayResponse', Properties: {RestApiId: !Ref Api, ResponseType: THROTTLED, StatusCode: '503'}}
`,
		"document": `Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body: {openapi: 3.0.1, info: {title: a, version: '1'}, paths: {}, x-amazon-apigateway-gateway-responses: {THROTTLED: {statusCode: 503}}}
`,
	} {
		s := load(t, text, Options{})
		if unread := s.Target.Unread; len(unread) != 1 || unread[0].Decides || !strings.Contains(unread[0].What, "changes the answer THROTTLED") {
			t.Errorf("%s: %+v", name, unread)
		}
	}
}
