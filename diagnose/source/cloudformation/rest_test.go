package cloudformation

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const (
	queueARN = "arn:aws:sqs:us-east-1:000000000000:stack-Orders"
	roleARN  = "arn:aws:iam::000000000000:role/svc/stack-Role"
)

func TestREST(t *testing.T) {
	s := load(t, restTemplate, Options{})
	api := s.APIs[0]
	is(t, "API", api.Name+" "+string(api.Type)+" "+api.ID, "dev-orders REST api")
	is(t, "endpoint", get(t, "endpoint", api.EndpointTypes)[0], "EDGE")
	is(t, "policy", get(t, "policy", api.Policy), "")
	m, i := method(t, s, "POST", "/orders/{id}")
	is(t, "type", get(t, "type", i.Type), "AWS")
	is(t, "method", get(t, "method", i.HTTPMethod), "POST")
	is(t, "passthrough", get(t, "passthrough", i.Passthrough), "NEVER")
	is(t, "timeout", get(t, "timeout", i.TimeoutMillis), 29000)
	is(t, "URI", get(t, "URI", i.URI), "arn:aws:apigateway:us-east-1:sqs:path/000000000000/stack-Orders")
	is(t, "credentials", get(t, "credentials", i.Credentials), roleARN)
	is(t, "content handling", get(t, "content handling", i.ContentHandling), "")
	templates := get(t, "templates", i.Templates)
	is(t, "template", get(t, "template", templates["application/json"]), "Action=SendMessage&MessageBody=$util.urlEncode($input.body)\n")
	responses := get(t, "responses", i.Responses)
	is(t, "responses", len(responses), 2)
	is(t, "status", responses[0].Status+responses[0].Pattern, "200")
	is(t, "pattern", responses[1].Status+" "+responses[1].Pattern+" "+responses[1].Templates["application/json"], `400 4\d{2} {}`)
	declared := get(t, "declared", m.RequestParameters)
	if !declared["method.request.path.id"] || declared["method.request.header.X-Tenant"] || len(declared) != 2 {
		t.Errorf("declared parameters are %v", declared)
	}
	is(t, "authorization", get(t, "authorization", m.Authorization), "NONE")
	if !get(t, "method responses", m.Responses)["200"].Parameters["method.response.header.X"] {
		t.Error("the declared header of the method response is missing")
	}
	if routes := draft(t, s).Routes; !slices.Equal(routes, []string{"/", "/orders", "/orders/{id}"}) {
		t.Errorf("routes are %v", routes)
	}
}

// Every fact says where it stands: the line of the property's name.
func TestOrigins(t *testing.T) {
	s := load(t, restTemplate, Options{})
	m, i := method(t, s, "POST", "/orders/{id}")
	templates, parameters := get(t, "templates", i.Templates), get(t, "parameters", i.RequestParameters)
	role := get(t, "role", s.Role(roleARN))
	policy := get(t, "inline", role.Inline)[0]
	tests := []struct {
		origin         snapshot.Origin
		resource, path string
		line, column   int
	}{
		{m.Origin, "Post", "", 35, 3},
		{i.Origin, "Post", "Properties.Integration", 45, 7},
		{i.URI.Origin(), "Post", "Properties.Integration.Uri", 48, 9},
		{i.ContentHandling.Origin(), "Post", "Properties.Integration.ContentHandling", 45, 7},
		{templates["application/json"].Origin(), "Post", "Properties.Integration.RequestTemplates['application/json']", 54, 11},
		{parameters["integration.request.header.Content-Type"].Origin(), "Post", "Properties.Integration.RequestParameters['integration.request.header.Content-Type']", 52, 11},
		{get(t, "responses", i.Responses)[1].Origin, "Post", "Properties.Integration.IntegrationResponses[1]", 58, 13},
		{policy.Document.Origin(), "Role", "Properties.Policies[0].PolicyDocument", 19, 11},
		{policy.Lines[0], "Role", "Properties.Policies[0].PolicyDocument.Statement[0]", 22, 17},
		{policy.Lines[1], "Role", "Properties.Policies[0].PolicyDocument.Statement[1]", 25, 17},
		{get(t, "stages", s.APIs[0].Stages)[0].Origin, "Stage", "", 66, 3},
	}
	for _, test := range tests {
		want := snapshot.Origin{Resource: test.resource, Path: test.path, File: "standard input", Line: test.line, Column: test.column}
		is(t, test.resource+" "+test.path, test.origin, want)
	}
}

func TestRoleAndQueue(t *testing.T) {
	s := load(t, restTemplate, Options{})
	role := get(t, "role", s.Role(roleARN))
	is(t, "trust", get(t, "trust", role.Trust), `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
	policy := get(t, "inline", role.Inline)[0]
	is(t, "policy", get(t, "document", policy.Document),
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"`+queueARN+`"},{"Effect":"Deny","Action":"sqs:Purge*","Resource":"*"}]}`)
	is(t, "attached", len(get(t, "attached", role.Attached)), 0)
	if get(t, "boundary", role.Boundary) != nil {
		t.Error("there is no boundary")
	}
	q := get(t, "queue", s.Queue(queueARN))
	is(t, "URL", q.URL, "https://sqs.us-east-1.amazonaws.com/000000000000/stack-Orders")
	is(t, "FIFO", get(t, "FIFO", q.FIFO), false)
	is(t, "size", get(t, "size", q.MaximumMessageSize), 1048576) // T29
	is(t, "reuse", get(t, "reuse", q.KMSReusePeriod), 300)
	is(t, "key", get(t, "key", q.KMSKeyID), "")
	is(t, "policy", get(t, "policy", q.Policy), "")
}

func TestStage(t *testing.T) {
	s := load(t, restTemplate, Options{})
	stages := get(t, "stages", s.APIs[0].Stages)
	is(t, "stages", len(stages), 1)
	is(t, "name", stages[0].Name, "dev")
	is(t, "deployment", get(t, "deployment", stages[0].DeploymentID), "deployment")
	is(t, "variable", get(t, "variables", stages[0].Variables)["queue"], "stack-Orders")
	is(t, "deployed methods", len(get(t, "deployed", stages[0].Deployed).Methods), 1)

	// Nothing orders the deployment after the method: it may be taken before.
	alone := strings.Replace(restTemplate, "    DependsOn: Post\n", "", 1)
	var warnings []string
	s = load(t, alone, Options{Warn: func(w string) { warnings = append(warnings, w) }})
	stages = get(t, "stages", s.APIs[0].Stages)
	is(t, "deployed methods", len(get(t, "deployed", stages[0].Deployed).Methods), 0)
	is(t, "draft methods", len(draft(t, s).Methods), 1)
	is(t, "warnings", len(warnings), 1)

	// A chain through another resource is an order too.
	chain := strings.Replace(restTemplate, "    DependsOn: Post\n", "    DependsOn: [Wait]\n", 1) +
		"  Wait:\n    Type: AWS::CloudFormation::WaitConditionHandle\n    Metadata: {}\n    DependsOn: [Post]\n"
	s = load(t, chain, Options{})
	is(t, "deployed methods", len(get(t, "deployed", get(t, "stages", s.APIs[0].Stages)[0].Deployed).Methods), 1)
}

func TestStageForms(t *testing.T) {
	head := "Resources:\n  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {Name: x}}\n"
	stages := func(t *testing.T, template string) []snapshot.Stage {
		t.Helper()
		s := load(t, head+template, Options{})
		return get(t, "stages", s.APIs[0].Stages)
	}
	is(t, "no deployment and no stage", len(stages(t, "")), 0)

	both := stages(t, `  D: {Type: 'AWS::ApiGateway::Deployment', Properties: {RestApiId: !Ref Api, StageName: prod, StageDescription: {Variables: {a: 1}}}}
  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, DeploymentId: !Ref D, StageName: prod}}
`)
	is(t, "two things make one stage", len(both), 2)
	is(t, "names", both[0].Name+both[1].Name, "prodprod")
	is(t, "variable", get(t, "variables", both[0].Variables)["a"], "1")

	empty := stages(t, "  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, StageName: prod}}\n")
	is(t, "deployment of a stage without one", get(t, "deployment", empty[0].DeploymentID), "")

	elsewhere := stages(t, "  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, DeploymentId: !ImportValue d, StageName: prod}}\n")
	gap := unknown(t, "deployed", elsewhere[0].Deployed, snapshot.Unresolved)
	is(t, "detail", gap.Detail, "!ImportValue d")

	canary := stages(t, `  D: {Type: 'AWS::ApiGateway::Deployment', Properties: {RestApiId: !Ref Api}}
  S: {Type: 'AWS::ApiGateway::Stage', Properties: {RestApiId: !Ref Api, DeploymentId: !Ref D, StageName: prod, CanarySetting: {DeploymentId: !Ref D, PercentTraffic: 12.5, StageVariableOverrides: {a: b}}}}
`)
	c := get(t, "canary", canary[0].Canary)
	is(t, "percent", c.Percent, 12.5)
	is(t, "override", c.Variables["a"], "b")
}

// What cannot be resolved to text of a known shape is an unknown fact.
func TestUnknownProperties(t *testing.T) {
	s := load(t, `Parameters: {Name: {Type: String}, Role: {Type: String}, Flag: {Type: String}}
Conditions: {On: !Equals [!Ref Flag, 'yes']}
Resources:
  Api: {Type: 'AWS::ApiGateway::RestApi'}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: POST
      Integration:
        Type: AWS
        IntegrationHttpMethod: !If [On, POST, GET]
        Uri: !ImportValue uri
        Credentials: !Ref Role
        TimeoutInMillis: !Ref Name
        PassthroughBehavior: [NEVER]
        RequestTemplates: {application/json: !Sub 'Action=SendMessage&QueueUrl=${Name}'}
        RequestParameters: !If [On, {a: b}, !Ref AWS::NoValue]
`, Options{})
	_, i := method(t, s, "POST", "/")
	gap := unknown(t, "Uri", i.URI, snapshot.Unresolved)
	is(t, "Uri", gap.Detail, "!ImportValue uri")
	is(t, "line", gap.Origin.Line, 14)
	gap = unknown(t, "Credentials", i.Credentials, snapshot.Unresolved)
	is(t, "Credentials", gap.Needs, "--parameter Role=Value")
	unknown(t, "method", i.HTTPMethod, snapshot.Unresolved)
	unknown(t, "timeout", i.TimeoutMillis, snapshot.Unresolved)
	unknown(t, "passthrough", i.Passthrough, snapshot.Unparsed)
	unknown(t, "parameters", i.RequestParameters, snapshot.Unresolved)
	templates := get(t, "templates", i.Templates)
	is(t, "template", get(t, "template", templates["application/json"]), "Action=SendMessage&QueueUrl=unknown-Name")
}

func TestConditionsDropResources(t *testing.T) {
	template := `Parameters: {Env: {Type: String, Default: dev}}
Conditions: {Prod: !Equals [!Ref Env, prod]}
Resources:
  Q: {Type: 'AWS::SQS::Queue', Condition: Prod}
  R: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: {}}}
  P: {Type: 'AWS::IAM::Policy', Condition: Prod, Properties: {PolicyName: p, Roles: [!Ref R], PolicyDocument: {Statement: []}}}
`
	for env, want := range map[string]int{"dev": 0, "prod": 1} {
		s := load(t, template, Options{Parameters: map[string]string{"Env": env}})
		is(t, env+": queues", len(s.Queues), want)
		role := get(t, "role", s.Role("arn:aws:iam::000000000000:role/stack-R"))
		is(t, env+": policies", len(get(t, "inline", role.Inline)), want)
	}
	// Whether the policy exists is not known: half a list is no list.
	s := load(t, strings.Replace(template, ", Default: dev", "", 1), Options{})
	role := get(t, "role", s.Role("arn:aws:iam::000000000000:role/stack-R"))
	unknown(t, "inline", role.Inline, snapshot.Unresolved)
}

// An API of another stack is diagnosed as far as the template goes.
func TestForeignAPI(t *testing.T) {
	s := load(t, `Resources:
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !ImportValue shared-api, ResourceId: !ImportValue shared-root, HttpMethod: POST, Integration: {Type: AWS}}
`, Options{})
	api := s.APIs[0]
	is(t, "id", api.ID, "unknown-shared-api")
	is(t, "methods", len(draft(t, s).Methods), 1)
	unknown(t, "stages", api.Stages, snapshot.NotRead)
	unknown(t, "policy", api.Policy, snapshot.NotRead)
}

func TestModelsValidatorsAuthorizers(t *testing.T) {
	s := load(t, `Resources:
  Api: {Type: 'AWS::ApiGateway::RestApi', Properties: {BinaryMediaTypes: [image~1png, '*~1*'], DisableExecuteApiEndpoint: true, EndpointConfiguration: {Types: [PRIVATE]}, Policy: {Version: 2012-10-17, Statement: []}}}
  V: {Type: 'AWS::ApiGateway::RequestValidator', Properties: {RestApiId: !Ref Api, Name: all, ValidateRequestBody: true, ValidateRequestParameters: 'false'}}
  Order: {Type: 'AWS::ApiGateway::Model', Properties: {RestApiId: !Ref Api, Name: Order, ContentType: application/json, Schema: {type: object, maxProperties: 3}}}
  Auth: {Type: 'AWS::ApiGateway::Authorizer', Properties: {RestApiId: !Ref Api, Name: a, Type: TOKEN, IdentitySource: method.request.header.X}}
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: ANY, AuthorizationType: custom, AuthorizerId: !Ref Auth, ApiKeyRequired: true, RequestValidatorId: !Ref V, RequestModels: {application/json: !Ref Order}}
`, Options{})
	c := draft(t, s)
	if types := get(t, "types", c.BinaryMediaTypes); !slices.Equal(types, []string{"image/png", "*/*"}) {
		t.Errorf("binary media types are %v", types)
	}
	m, i := method(t, s, "ANY", "/")
	if i != nil {
		t.Error("the method has no integration")
	}
	validator := get(t, "validator", c.Validators[get(t, "validator id", m.ValidatorID)])
	is(t, "validator", validator, snapshot.Validator{Name: "all", Body: true})
	is(t, "model", get(t, "schema", c.Models[get(t, "models", m.RequestModels)["application/json"]]), `{"type":"object","maxProperties":3}`)
	is(t, "authorization", get(t, "authorization", m.Authorization), "CUSTOM")
	is(t, "authorizer", get(t, "authorizer", c.Authorizers[get(t, "authorizer id", m.AuthorizerID)]), snapshot.Authorizer{Name: "a", Type: "TOKEN", IdentitySource: "method.request.header.X"})
	is(t, "disabled", get(t, "disabled", s.APIs[0].DefaultEndpointDisabled), true)
	is(t, "endpoint", get(t, "endpoint", s.APIs[0].EndpointTypes)[0], "PRIVATE")
	is(t, "policy", get(t, "policy", s.APIs[0].Policy), `{"Version":"2012-10-17","Statement":[]}`)
	is(t, "key", get(t, "key", m.APIKeyRequired), true)
}

// An id that the template writes out is that of another API, also where a resource of
// the template has the word for its logical id: its author forgot the reference.
func TestIDsThatAreWrittenOut(t *testing.T) {
	const template = `
Parameters: {Id: {Type: String, Default: api}}
Resources:
  api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: own}}
  M:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: %, ResourceId: !GetAtt api.RootResourceId, HttpMethod: POST, AuthorizationType: NONE,
      Integration: {Type: AWS, IntegrationHttpMethod: POST, Uri: !Sub 'arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/q'}}
`
	for id, own := range map[string]bool{"!Ref api": true, "api": false, "!Ref Id": false} {
		s := load(t, strings.Replace(template, "%", id, 1), Options{})
		methods := 0
		for i := range s.APIs {
			if s.APIs[i].Name == "own" {
				draft, _ := s.APIs[i].Draft.Peek()
				methods = len(draft.Methods)
			}
		}
		is(t, "the template's API has a method of RestApiId "+id, methods == 1, own)
	}
}
