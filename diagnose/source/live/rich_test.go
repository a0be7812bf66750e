package live

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

func known[T any](v T) snapshot.Fact[T] { return snapshot.Known(v, snapshot.Origin{}) }

func knownTexts(m map[string]string) snapshot.Fact[map[string]snapshot.Fact[string]] {
	out := map[string]snapshot.Fact[string]{}
	for k, v := range m {
		out[k] = known(v)
	}
	return known(out)
}

func sqsMethod(verb, path, resource, uri, role string, templates map[string]string) snapshot.Method {
	return snapshot.Method{
		HTTPMethod: verb, Path: path, ResourceID: resource,
		Authorization: known("NONE"), AuthorizerID: known(""), Scopes: known([]string{}), APIKeyRequired: known(false), ValidatorID: known(""),
		RequestParameters: known(map[string]bool{"method.request.header.X-Trace": false, "method.request.querystring.q": true}),
		RequestModels:     known(map[string]string{}),
		Responses: known(map[string]snapshot.MethodResponse{
			"200": {Parameters: map[string]bool{"method.response.header.X-Id": false}}, "400": {Parameters: map[string]bool{}}}),
		Integration: known(&snapshot.Integration{
			Type: known("AWS"), HTTPMethod: known("POST"), URI: known(uri), Credentials: known(role),
			RequestParameters: knownTexts(map[string]string{"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}),
			Templates:         knownTexts(templates),
			Passthrough:       known("NEVER"), ContentHandling: known(""), TimeoutMillis: known(29000),
			Responses: known([]snapshot.IntegrationResponse{
				{Status: "200", Parameters: map[string]string{"method.response.header.X-Id": "integration.response.body.MessageId"}},
				{Pattern: `4\d{2}`, Status: "400", Templates: map[string]string{"application/json": `{"error":"refused"}`}},
			}),
		}),
	}
}

const (
	ordersRole = "arn:aws:iam::123456789012:role/service/orders-api"
	eventsRole = "arn:aws:iam::123456789012:role/events-api"
	goneRole   = "arn:aws:iam::123456789012:role/gone"
	ordersARN  = "arn:aws:sqs:us-east-1:123456789012:orders.fifo"
	eventsARN  = "arn:aws:sqs:eu-west-1:123456789012:events"
	goneARN    = "arn:aws:sqs:us-east-1:123456789012:gone"
	keyARN     = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4444-8888-0123456789ab"
	aliasARN   = "arn:aws:kms:us-east-1:123456789012:alias/orders"
)

// rich is a snapshot with one of everything that the live source reads.
func rich() *snapshot.Snapshot {
	form := "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
	configuration := func() snapshot.Configuration {
		orders := sqsMethod("POST", "/orders", "res1", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/${stageVariables.queue}", ordersRole,
			map[string]string{"application/json": form + "&MessageGroupId=all"})
		orders.Authorization, orders.AuthorizerID, orders.APIKeyRequired = known("CUSTOM"), known("auth1"), known(true)
		orders.Scopes = known([]string{"orders/write"})
		orders.ValidatorID, orders.RequestModels = known("val1"), known(map[string]string{"application/json": "Order"})
		events := sqsMethod("ANY", "/events/{kind}", "res2", "arn:aws:apigateway:eu-west-1:sqs:action/SendMessage", eventsRole,
			map[string]string{"application/json": form + "&QueueUrl=https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Fevents"})
		events.Authorization = known("AWS_IAM")
		gone := sqsMethod("PUT", "/orders", "res1", "arn:aws:apigateway:us-east-1:sqs:path/gone", goneRole, map[string]string{})
		mock := snapshot.Method{HTTPMethod: "OPTIONS", Path: "/orders", ResourceID: "res1",
			Authorization: known("NONE"), AuthorizerID: known(""), Scopes: known([]string{}), APIKeyRequired: known(false), ValidatorID: known(""),
			RequestParameters: known(map[string]bool{}), RequestModels: known(map[string]string{}),
			Responses: known(map[string]snapshot.MethodResponse{"200": {}}),
			Integration: known(&snapshot.Integration{Type: known("MOCK"), HTTPMethod: known(""), URI: known(""), Credentials: known(""),
				RequestParameters: knownTexts(nil), Templates: knownTexts(map[string]string{"application/json": `{"statusCode": 200}`}),
				Passthrough: known("WHEN_NO_MATCH"), ContentHandling: known("CONVERT_TO_TEXT"), TimeoutMillis: known(5000),
				Responses: known([]snapshot.IntegrationResponse{{Status: "200"}})})}
		return snapshot.Configuration{
			Methods:          []snapshot.Method{events, mock, orders, gone},
			Routes:           []string{"/", "/events", "/events/{kind}", "/orders"},
			BinaryMediaTypes: known([]string{"image/png"}),
			Validators:       map[string]snapshot.Fact[snapshot.Validator]{"val1": known(snapshot.Validator{Name: "body only", Body: true})},
			Models:           map[string]snapshot.Fact[string]{"Order": known("{\n  \"type\": \"object\"\n}")},
			Authorizers: map[string]snapshot.Fact[snapshot.Authorizer]{
				"auth1": known(snapshot.Authorizer{Name: "tokens", Type: "TOKEN", IdentitySource: "method.request.header.Authorization", Validation: "^Bearer ", URI: "arn:aws:apigateway:us-east-1:lambda:path/f"})},
		}
	}
	deployed := configuration()
	deployed.Methods = append([]snapshot.Method{}, deployed.Methods...)
	for i := range deployed.Methods {
		deployed.Methods[i].ResourceID = "" // an export has none
	}
	document := func(s string) snapshot.Fact[string] {
		return known(`{"Version": "2012-10-17", "Statement": [` + s + `]}`)
	}
	boundary := snapshot.Policy{Name: "limit", ARN: "arn:aws:iam::123456789012:policy/limit", Document: document("")}
	shared := snapshot.Policy{Name: "send all+more", ARN: "arn:aws:iam::123456789012:policy/send all+more", Document: document(`{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}`)}
	shared.Name, shared.ARN = "send-all", "arn:aws:iam::123456789012:policy/team/send-all"
	rate, burst := 0.0, 5000
	return &snapshot.Snapshot{
		Schema:      snapshot.Schema,
		LoggingRole: known(eventsRole),
		Target:      snapshot.Target{Kind: snapshot.Live, Region: "us-east-1", Account: "123456789012", Partition: "aws"},
		APIs: []snapshot.API{{
			ID: "a1b2c3d4", Name: "orders-api", Type: snapshot.REST,
			EndpointTypes: known([]string{"REGIONAL"}), DefaultEndpointDisabled: known(true), APIKeySource: known("AUTHORIZER"),
			Domains: known([]snapshot.Domain{{Name: "api.example.com", Stage: "prod"}, {Name: "api.example.com", Path: "v2"}, {Name: "secure.example.com", Path: "orders", Stage: "prod", MutualTLS: true}}),
			Policy:  document(`{"Effect": "Deny", "Sid": "ü+%"}`),
			Draft:   known(configuration()),
			Stages: known([]snapshot.Stage{
				{Name: "dev", DeploymentID: known(""), Variables: known(map[string]string{}), Canary: known[*snapshot.Canary](nil),
					Settings: known(map[string]snapshot.MethodSettings{}), AccessLog: known[*snapshot.AccessLog](nil), WebACL: known(""), UsagePlansRead: known(true),
					Deployed: snapshot.Unknown[snapshot.Configuration](snapshot.Gap{Reason: snapshot.NotRead})},
				{Name: "prod", DeploymentID: known("dep1"), DeployedAt: "2026-11-20", Variables: known(map[string]string{"queue": "orders.fifo"}),
					Settings: known(map[string]snapshot.MethodSettings{snapshot.AllMethods: {LoggingLevel: "INFO", DataTrace: true, Metrics: true, ThrottleBurst: &burst},
						"/orders/POST": {ThrottleRate: &rate}}),
					AccessLog:  known(&snapshot.AccessLog{Destination: "arn:aws:firehose:us-east-1:123456789012:deliverystream/calls", Format: "$context.requestId"}),
					WebACL:     known("arn:aws:wafv2:us-east-1:123456789012:regional/webacl/w/1"),
					UsagePlans: []snapshot.UsagePlan{{Name: "partners", Limits: snapshot.MethodSettings{ThrottleBurst: &burst}, Quota: &burst, Own: map[string]bool{"/orders/POST": true}}}, UsagePlansRead: known(true),
					Canary:   known(&snapshot.Canary{DeploymentID: "dep2", Percent: 12.5, Variables: map[string]string{"queue": "gone"}}),
					Deployed: known(deployed)},
			}),
		}},
		Roles: map[string]snapshot.Fact[*snapshot.Role]{
			ordersRole: known(&snapshot.Role{ARN: ordersRole, ID: "AROAORDERS", Trust: document(`{"Principal": {"Service": "apigateway.amazonaws.com"}}`),
				Inline: known([]snapshot.Policy{
					{Name: "a", Document: document(`{"Action": "sqs:SendMessage"}`)}, {Name: "b c", Document: document("")}, {Name: "c", Document: document("")}}),
				Attached: known([]snapshot.Policy{shared}),
				Boundary: known(&boundary), Tags: known(map[string]string{"team": "orders", "env": "prod"})}),
			eventsRole: known(&snapshot.Role{ARN: eventsRole, ID: "AROAEVENTS", Trust: document(""), Inline: known([]snapshot.Policy{}),
				Attached: known([]snapshot.Policy{boundary, shared}), Boundary: known[*snapshot.Policy](nil), Tags: known(map[string]string{})}),
			goneRole: known[*snapshot.Role](nil),
		},
		Queues: map[string]snapshot.Fact[*snapshot.Queue]{
			ordersARN: known(&snapshot.Queue{ARN: ordersARN, URL: "https://sqs.us-east-1.amazonaws.com/123456789012/orders.fifo",
				FIFO: known(true), ContentBasedDeduplication: known(true), MaximumMessageSize: known(1048576),
				KMSKeyID: known("alias/orders"), KMSReusePeriod: known(600), Policy: document(`{"Effect": "Allow"}`)}),
			eventsARN: known(&snapshot.Queue{ARN: eventsARN, URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/events",
				FIFO: known(false), ContentBasedDeduplication: known(false), MaximumMessageSize: known(262144),
				KMSKeyID: known(""), KMSReusePeriod: known(300), Policy: known(""), DeadLetters: known(ordersARN)}),
			goneARN: known[*snapshot.Queue](nil),
		},
		Keys: map[string]snapshot.Fact[*snapshot.Key]{
			aliasARN: known(&snapshot.Key{ARN: keyARN, Manager: known("CUSTOMER"), State: known("Enabled"), Usage: known("ENCRYPT_DECRYPT"),
				Spec: known("SYMMETRIC_DEFAULT"), Policy: document(`{"Effect": "Allow", "Action": "kms:*"}`),
				Grants: known([]snapshot.Grant{
					{ID: "g1", Grantee: ordersRole, Operations: []string{"GenerateDataKey", "Decrypt"}, ContextEquals: map[string]string{"aws:sqs:arn": ordersARN}},
					{ID: "g2", Grantee: eventsRole, Operations: []string{"Decrypt"}, ContextSubset: map[string]string{"a": "b"}},
					{ID: "g3", Grantee: eventsRole, Operations: []string{"Encrypt"}},
				})}),
		},
		Organization: snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead}),
	}
}

// saved is a snapshot's file.
func saved(t testing.TB, s *snapshot.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := snapshot.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// plain gives a snapshot without origins, without the words of its gaps, and
// with absent for empty.
func plain(t testing.TB, s *snapshot.Snapshot) string {
	t.Helper()
	out, err := json.MarshalIndent(bare(t, saved(t, s)), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// bare is the same of a snapshot's file, as a document.
func bare(t testing.TB, file string) any {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(file), &doc); err != nil {
		t.Fatal(err)
	}
	return stripped(doc)
}

func stripped(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			if name == "unknown" {
				value = "unknown"
			}
			kept := stripped(value)
			if name == "origin" || kept == nil && name != "value" {
				continue
			}
			out[name] = kept
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = stripped(v[i])
		}
		return out
	}
	return v
}

// serve starts a loopback AWS and gives a configuration that leads to it.
func serve(t testing.TB, s *snapshot.Snapshot, o fakeaws.Options) (*fakeaws.Server, aws.Config) {
	t.Helper()
	server, err := fakeaws.Start(s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server, configFor(server.URL)
}

func configFor(url string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &url,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "very-secret", "session-secret"),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = 6
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
				o.RateLimiter = noLimit{}
			})
		},
	}
}

type noLimit struct{}

func (noLimit) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (noLimit) AddTokens(uint) error { return nil }

type awsConfig = aws.Config
