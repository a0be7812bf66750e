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
	return &snapshot.Snapshot{
		Schema:  snapshot.Schema,
		Target:  snapshot.Target{Kind: snapshot.Live, Region: "us-east-1", Account: "123456789012"},
		Symbols: []snapshot.Symbol{{Text: "000000000000", Expression: "${AWS::AccountId}"}},
		APIs: []snapshot.API{{ID: "a1", Name: "orders", Type: snapshot.REST, Policy: known(""), Draft: known(config),
			Stages: known([]snapshot.Stage{{Name: "prod", DeploymentID: known("d1"), Variables: known(map[string]string{"a": "b"}),
				Canary: known(&snapshot.Canary{DeploymentID: "d2", Percent: 10}), Deployed: snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.Denied, Needs: "apigateway:GET"})}})}},
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
