package snapshot_test

import "apisqs-doctor/diagnose/snapshot"

const (
	roleARN  = "arn:aws:iam::123456789012:role/orders-api"
	queueARN = "arn:aws:sqs:us-east-1:123456789012:orders"
	keyARN   = "arn:aws:kms:us-east-1:123456789012:key/1a2b3c4d"
)

func known[T any](v T) snapshot.Fact[T] {
	return snapshot.Known(v, snapshot.Origin{Resource: "sample", File: "template.yaml", Line: 7})
}

// sample has a value of every kind, and a few gaps.
func sample() *snapshot.Snapshot {
	integration := &snapshot.Integration{
		Type: known("AWS"), HTTPMethod: known("POST"), URI: known("arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders"), Credentials: known(roleARN),
		RequestParameters: known(map[string]snapshot.Fact[string]{"integration.request.header.Content-Type": known("'application/json'")}),
		Templates:         known(map[string]snapshot.Fact[string]{"application/json": known("Action=SendMessage")}),
		Passthrough:       known("NEVER"), TimeoutMillis: known(29000),
		Responses: known([]snapshot.IntegrationResponse{{Status: "200"}, {Status: "400", Pattern: `4\d{2}`}}),
	}
	config := snapshot.Configuration{Methods: []snapshot.Method{{HTTPMethod: "POST", Path: "/orders", Authorization: known("NONE"),
		Responses: known(map[string]snapshot.MethodResponse{"200": {}}), RequestParameters: known(map[string]bool{}), Integration: known(integration)}},
		BinaryMediaTypes: known([]string{"image/png"}),
		Validators:       map[string]snapshot.Fact[snapshot.Validator]{"v1": known(snapshot.Validator{Body: true})}}
	rate, burst := 0.5, 0
	route := snapshot.Configuration{CORS: known(&snapshot.CORS{Origins: []string{"*"}, MaxAge: 60}),
		Authorizers: map[string]snapshot.Fact[snapshot.Authorizer]{"j1": known(snapshot.Authorizer{Type: "JWT", Issuer: "https://issuer.example", Audience: "orders"})},
		Methods: []snapshot.Method{{HTTPMethod: "POST", Path: "/orders", RouteKey: "POST /orders", Authorization: known("JWT"), AuthorizerID: known("j1"), Scopes: known([]string{"orders/write"}),
			Integration: known(&snapshot.Integration{ID: "i1", Type: known("AWS_PROXY"), Subtype: known("SQS-SendMessage"), PayloadFormat: known("1.0"),
				Responses: known([]snapshot.IntegrationResponse{{Pattern: "400", Status: "400", Parameters: map[string]string{"overwrite:statuscode": "200"}}})})}}}
	frame := snapshot.Configuration{Methods: []snapshot.Method{{Path: "submit", RouteKey: "submit", ResponseSelection: known("$default"), ModelSelection: known("$request.body.action"),
		Responses: known(map[string]snapshot.MethodResponse{"$default": {}}),
		Integration: known(&snapshot.Integration{ID: "i2", TemplateSelection: known("${request.body.kind}"), ResponseSelection: known("${integration.response.statuscode}"),
			Responses: known([]snapshot.IntegrationResponse{{ID: "r1", TemplateSelection: "all"}})})}}}
	return &snapshot.Snapshot{
		LoggingRole: known("arn:aws:iam::123456789012:role/logs"),

		Schema:  snapshot.Schema,
		Target:  snapshot.Target{Kind: snapshot.Live, Region: "us-east-1", Account: "123456789012"},
		Symbols: []snapshot.Symbol{{Text: "000000000000", Expression: "${AWS::AccountId}"}},
		APIs: []snapshot.API{{ID: "a1", Name: "orders", Type: snapshot.REST, Policy: known(""), Draft: known(config),
			Stages: known([]snapshot.Stage{{Name: "prod", DeploymentID: known("d1"), Variables: known(map[string]string{"a": "b"}),
				Canary: known(&snapshot.Canary{DeploymentID: "d2", Percent: 10}), Deployed: snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Denied, Needs: "apigateway:GET"}),
				Settings:  known(map[string]snapshot.MethodSettings{snapshot.AllMethods: {LoggingLevel: "INFO", DataTrace: true, ThrottleRate: &rate, ThrottleBurst: &burst}}),
				AccessLog: known(&snapshot.AccessLog{Destination: "arn:aws:logs:us-east-1:123456789012:log-group:calls", Format: "$context.requestId"}), WebACL: known("")}})},
			{ID: "h1", Type: snapshot.HTTP, Draft: known(route), Domains: known([]snapshot.Domain{{Name: "api.example.com", Path: "v1", Stage: "$default", MutualTLS: true}}),
				Stages: known([]snapshot.Stage{{Name: "$default", AutoDeploy: true, DeploymentStatus: known("FAILED"), LastDeploymentMessage: known("no routes"), Deployed: known(route)}})},
			{ID: "w1", Type: snapshot.WebSocket, RouteSelection: known("$request.body.action"), APIKeySource: known("$request.header.x-api-key"), Draft: known(frame)}},
		Roles: map[string]snapshot.Fact[*snapshot.Role]{
			roleARN: known(&snapshot.Role{ARN: roleARN, Trust: known("{}"), Inline: known([]snapshot.Policy{{Name: "send",
				Document: known(`{"Version":"2012-10-17","Id":"kept","Statement":{"Sid":"One","Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}}`)}}),
				Attached: known([]snapshot.Policy{}), Boundary: known[*snapshot.Policy](nil)}),
			"arn:aws:iam::123456789012:role/gone": known[*snapshot.Role](nil)},
		Queues: map[string]snapshot.Fact[*snapshot.Queue]{queueARN: known(&snapshot.Queue{ARN: queueARN, FIFO: known(false), Policy: known("")})},
		Keys:   map[string]snapshot.Fact[*snapshot.Key]{keyARN: known(&snapshot.Key{ARN: keyARN, State: known("Enabled"), Grants: known([]snapshot.Grant{{Grantee: roleARN, Operations: []string{"Decrypt"}}})})},
		Skips:  []snapshot.Skip{{Rule: "queue-fifo-group", Reason: "one group will do", Until: "2027-03-31", Method: "POST /orders", Origin: snapshot.Origin{Resource: "Post", File: "template.yaml", Line: 9, Column: 11}}},
	}
}
