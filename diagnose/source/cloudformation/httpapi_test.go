package cloudformation

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

func TestHTTPAPI(t *testing.T) {
	s := load(t, `Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: edge, ProtocolType: HTTP}}
  Send:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationSubtype: SQS-SendMessage
      CredentialsArn: arn:aws:iam::111122223333:role/x
      PayloadFormatVersion: '1.0'
      RequestParameters: {QueueUrl: !Ref Q, MessageBody: $request.body.message}
  Jwt: {Type: 'AWS::ApiGatewayV2::Authorizer', Properties: {ApiId: !Ref Api, Name: jwt, AuthorizerType: JWT, IdentitySource: [$request.header.Authorization], JwtConfiguration: {Issuer: https://issuer.example, Audience: [orders]}}}
  Route: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Api, RouteKey: POST /events, Target: !Sub 'integrations/${Send}', AuthorizationType: JWT, AuthorizerId: !Ref Jwt}}
  Any: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Join ['/', [integrations, !Ref Send]]}}
  Auto: {Type: 'AWS::ApiGatewayV2::Stage', Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true, StageVariables: {a: b}}}
  Dep: {Type: 'AWS::ApiGatewayV2::Deployment', DependsOn: Route, Properties: {ApiId: !Ref Api}}
  Fixed: {Type: 'AWS::ApiGatewayV2::Stage', Properties: {ApiId: !Ref Api, StageName: v1, DeploymentId: !Ref Dep}}
`, Options{})
	m, i := method(t, s, "POST", "/events")
	is(t, "route", m.RouteKey, "POST /events")
	is(t, "origin", m.Origin.Resource, "Route")
	is(t, "integration", i.Origin.Resource+" "+i.Subtype.Origin().Path, "Send Properties.IntegrationSubtype")
	is(t, "authorization", get(t, "authorization", m.Authorization), "JWT")
	is(t, "authorizer", get(t, "authorizer", draft(t, s).Authorizers[get(t, "id", m.AuthorizerID)]), snapshot.Authorizer{Name: "jwt", Type: "JWT", IdentitySource: "$request.header.Authorization", Issuer: "https://issuer.example", Audience: "orders"})
	parameters := get(t, "parameters", i.RequestParameters)
	is(t, "body", get(t, "body", parameters["MessageBody"]), "$request.body.message")
	fallback, _ := method(t, s, "ANY", "")
	is(t, "fallback", fallback.RouteKey, "$default")
	stages := get(t, "stages", s.APIs[0].Stages)
	is(t, "auto", len(get(t, "auto", stages[0].Deployed).Methods), 2)
	is(t, "auto", stages[0].AutoDeploy, true)
	is(t, "variable", get(t, "variables", stages[0].Variables)["a"], "b")
	is(t, "fixed", len(get(t, "fixed", stages[1].Deployed).Methods), 1) // Dep does not wait for Any
}

func TestWebSocketAPI(t *testing.T) {
	s := load(t, `Resources:
  Q: {Type: 'AWS::SQS::Queue', Properties: {FifoQueue: true}}
  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: ws, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Send:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS
      IntegrationMethod: POST
      IntegrationUri: !Sub arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Q.QueueName}
      PassthroughBehavior: NEVER
      RequestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
      RequestTemplates: {$default: Action=SendMessage}
      TemplateSelectionExpression: \$default
  Bad: {Type: 'AWS::ApiGatewayV2::IntegrationResponse', Properties: {ApiId: !Ref Api, IntegrationId: !Ref Send, IntegrationResponseKey: '/4\d{2}/', ResponseTemplates: {$default: '{}'}}}
  Rest: {Type: 'AWS::ApiGatewayV2::IntegrationResponse', Properties: {ApiId: !Ref Api, IntegrationId: !Ref Send, IntegrationResponseKey: $default, TemplateSelectionExpression: all}}
  Mock: {Type: 'AWS::ApiGatewayV2::Integration', Properties: {ApiId: !Ref Api, IntegrationType: MOCK, IntegrationUri: ''}}
  Connect: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Api, RouteKey: $connect, Target: !Sub 'integrations/${Mock}'}}
  Default: {Type: 'AWS::ApiGatewayV2::Route', Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub 'integrations/${Send}', RouteResponseSelectionExpression: $default}}
  Answer: {Type: 'AWS::ApiGatewayV2::RouteResponse', Properties: {ApiId: !Ref Api, RouteId: !Ref Default, RouteResponseKey: $default}}
`, Options{})
	is(t, "route selection", get(t, "route selection", s.APIs[0].RouteSelection), "$request.body.action")
	is(t, "type", s.APIs[0].Type, snapshot.WebSocket)
	m, i := method(t, s, "", "$default")
	is(t, "route", m.RouteKey, "$default")
	is(t, "response selection", get(t, "response selection", m.ResponseSelection), "$default")
	is(t, "route responses", len(get(t, "route responses", m.Responses)), 1)
	is(t, "chooses the answer", get(t, "chooses the answer", i.ResponseSelection), "${integration.response.statuscode}")
	is(t, "URI", get(t, "URI", i.URI), "arn:aws:apigateway:us-east-1:sqs:path/000000000000/stack-Q.fifo")
	is(t, "method", get(t, "method", i.HTTPMethod), "POST")
	is(t, "selection", get(t, "selection", i.TemplateSelection), `\$default`)
	is(t, "template", get(t, "template", get(t, "templates", i.Templates)["$default"]), "Action=SendMessage")
	responses := get(t, "responses", i.Responses)
	is(t, "responses", len(responses), 2)
	is(t, "pattern", responses[0].Pattern+responses[0].Templates["$default"], `4\d{2}{}`)
	is(t, "default", responses[1].Pattern+responses[1].TemplateSelection, "all")
	_, mock := method(t, s, "", "$connect")
	is(t, "mock", get(t, "type", mock.Type)+get(t, "URI", mock.URI), "MOCK")
}

// CORS of an HTTP API, as CloudFormation and SAM write it and in a document.
func TestCORS(t *testing.T) {
	for template, origin := range map[string]string{
		"Resources:\n  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ['https://a.example'], MaxAge: 60}}}\n": "https://a.example",
		samHead + "Resources:\n  Api: {Type: 'AWS::Serverless::HttpApi', Properties: {CorsConfiguration: true}}\n":                                                      "*",
		"Resources:\n  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Body: {openapi: 3.0.1, paths: {}, x-amazon-apigateway-cors: {allowOrigins: ['*']}}}}\n":       "*",
		"Resources:\n  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP, Name: a}}\n":                                                              "",
	} {
		s := load(t, template, Options{})
		got := ""
		if c := get(t, template, draft(t, s).CORS); c != nil {
			got = strings.Join(c.Origins, " ")
		}
		is(t, template, got, origin)
		is(t, "route selection", get(t, "route selection", s.APIs[0].RouteSelection), "$request.method $request.path")
	}
}

func TestQuickCreate(t *testing.T) {
	s := load(t, "Resources:\n  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: x, ProtocolType: HTTP, Target: 'https://example.org'}}\n", Options{})
	m, i := method(t, s, "ANY", "")
	is(t, "route", m.RouteKey+" "+get(t, "type", i.Type), "$default HTTP_PROXY")
	is(t, "stage", get(t, "stages", s.APIs[0].Stages)[0].Name, "$default")
}

// A stage that may or may not deploy by itself is not one without deployment.
func TestUnknownAutoDeploy(t *testing.T) {
	s := load(t, "Parameters: {P: {Type: String}}\nResources:\n  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: HTTP}}\n  S: {Type: 'AWS::ApiGatewayV2::Stage', Properties: {ApiId: !Ref Api, StageName: x, AutoDeploy: !Ref P}}\n", Options{})
	st := get(t, "stages", s.APIs[0].Stages)[0]
	unknown(t, "deployment", st.DeploymentID, snapshot.Unresolved)
	unknown(t, "deployed", st.Deployed, snapshot.Unresolved)
}

// An HTTP API's authorizer that asks a function says in which payload format (H71); a
// WebSocket API has one format.
func TestAuthorizerOfAFunction(t *testing.T) {
	for _, c := range []struct {
		protocol, version string
		known             bool
	}{
		{"HTTP", "", false},
		{"HTTP", ", AuthorizerPayloadFormatVersion: '2.0'", true},
		{"WEBSOCKET", "", true},
	} {
		s := load(t, `Resources:
  Api: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: edge, ProtocolType: `+c.protocol+`, RouteSelectionExpression: $request.body.action}}
  Ask: {Type: 'AWS::ApiGatewayV2::Authorizer', Properties: {ApiId: !Ref Api, Name: ask, AuthorizerType: REQUEST, AuthorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/f'`+c.version+`}}
`, Options{})
		for _, fact := range draft(t, s).Authorizers {
			if _, known := fact.Peek(); known != c.known {
				t.Errorf("H71: %s%s: known %v, want %v (%+v)", c.protocol, c.version, known, c.known, fact.Gap())
			}
		}
	}
	for version, unread := range map[string]int{"": 1, ", authorizerPayloadFormatVersion: '2.0'": 0} { // of a document it decides about all
		s := load(t, `Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        openapi: 3.0.1
        info: {title: a, version: '1'}
        paths: {}
        components: {securitySchemes: {ask: {type: apiKey, name: Unused, in: header, x-amazon-apigateway-authorizer: {type: request, authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/f'`+version+`}}}}
`, Options{})
		is(t, "H71", len(s.Target.Unread), unread)
	}
}
