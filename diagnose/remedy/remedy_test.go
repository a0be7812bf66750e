package remedy_test

import (
	"sync"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

const (
	roleARN  = "arn:aws:iam::123456789012:role/orders-api"
	queueARN = "arn:aws:sqs:us-east-1:123456789012:orders"
	keyARN   = "arn:aws:kms:us-east-1:123456789012:key/5f6d7e8c-0a1b-4c2d-9e3f-5a6b7c8d9e0f"
)

var post = snapshot.MethodRef{API: "a1b2c3d4", Path: "/orders", Method: "POST"}

func known[T any](v T) snapshot.Fact[T] { return snapshot.Known(v, snapshot.Origin{}) }

func load(t testing.TB, name string) *fixtures.Case {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// live is a deployed configuration with a value of every kind that changes are about.
func live(t testing.TB) *snapshot.Snapshot {
	s := load(t, "orders").Snapshot
	role, _ := s.Role(roleARN).Peek()
	role.Attached = known([]snapshot.Policy{{Name: "shared", ARN: "arn:aws:iam::123456789012:policy/shared", Document: known(`{"Version":"2012-10-17","Statement":[{"Sid":"Old","Effect":"Deny","Action":"s3:*","Resource":"*"}]}`)},
		{Name: "logs", ARN: "arn:aws:iam::aws:policy/service-role/logs", Document: known(`{"Statement":[]}`)}})
	role.Boundary = known(&snapshot.Policy{Name: "cap", ARN: "arn:aws:iam::123456789012:policy/cap", Document: known(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"logs:*","Resource":"*"}}`)})
	s.Keys = map[string]snapshot.Fact[*snapshot.Key]{keyARN: known(&snapshot.Key{ARN: keyARN, State: known("Enabled"), Policy: known(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"}]}`)})}
	return s
}

const send = `{"Sid":"SendOrders","Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + queueARN + `"}`

func policy(kind, resource, name string) snapshot.PolicyTarget {
	return snapshot.PolicyTarget{Kind: kind, Resource: resource, Policy: name}
}

// changes has every change, in every way it can be meant.
var changes = map[string]snapshot.Change{
	"set header":           snapshot.SetRequestParameter{On: post, Name: "integration.request.header.Content-Type", Before: "'application/x-www-form-urlencoded'", After: "'application/x-amz-json-1.0'"},
	"add header":           snapshot.SetRequestParameter{On: post, Name: "integration.request.header.X-Amz-Target", After: "'AmazonSQS.SendMessage'"},
	"remove header":        snapshot.SetRequestParameter{On: post, Name: "integration.request.header.Content-Type", Before: "'application/x-www-form-urlencoded'"},
	"set template":         snapshot.SetTemplate{On: post, ContentType: "application/json", Before: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)", After: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&Note=it's\n\"${a}\""},
	"add template":         snapshot.SetTemplate{On: post, ContentType: "text/plain", After: "Action=SendMessage"},
	"remove template":      snapshot.SetTemplate{On: post, ContentType: "application/json", Before: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"},
	"set field":            snapshot.SetIntegration{On: post, Field: snapshot.FieldURI, Before: "x", After: "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders-2"},
	"remove field":         snapshot.SetIntegration{On: post, Field: snapshot.FieldCredentials, Before: roleARN},
	"set type":             snapshot.SetIntegration{On: post, Field: snapshot.FieldType, Before: "AWS_PROXY", After: "AWS"},
	"add response":         snapshot.SetIntegrationResponse{On: post, After: &snapshot.IntegrationResponse{Status: "503", Pattern: `503`, Templates: map[string]string{"application/json": `{"message":"busy"}`, "text/plain": ""}}},
	"set response":         snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}, After: &snapshot.IntegrationResponse{Status: "400", Pattern: `[45]\d{2}`, Parameters: map[string]string{"method.response.header.X": "'a'"}}},
	"default response":     snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "200", Pattern: `2\d{2}`}, After: &snapshot.IntegrationResponse{Status: "200"}},
	"move response":        snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "500"}, After: &snapshot.IntegrationResponse{Status: "502"}},
	"remove response":      snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}},
	"add method response":  snapshot.AddMethodResponse{On: post, Status: "502"},
	"declare parameter":    snapshot.DeclareParameter{On: post, Name: "method.request.header.X-Tenant"},
	"add statement":        snapshot.SetStatement{On: policy("role", roleARN, "send"), After: send},
	"replace statement":    snapshot.SetStatement{On: policy("role", roleARN, "send"), Index: 1, Before: `{"Sid":"Send"}`, After: send},
	"new policy":           snapshot.SetStatement{On: policy("role", roleARN, "orders"), After: send},
	"remove statement":     snapshot.SetStatement{On: policy("role", roleARN, "send"), Index: 1, Before: `{"Sid":"Send"}`},
	"managed policy":       snapshot.SetStatement{On: policy("role", roleARN, "shared"), After: send},
	"detach policy":        snapshot.SetStatement{On: policy("role", roleARN, "shared"), Index: 1, Before: `{"Sid":"Old","Effect":"Deny","Action":"s3:*","Resource":"*"}`},
	"boundary":             snapshot.SetStatement{On: policy("boundary", roleARN, ""), After: send},
	"trust":                snapshot.SetStatement{On: policy("trust", roleARN, ""), Index: 1, Before: "{}", After: `{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}`},
	"queue policy":         snapshot.SetStatement{On: policy("queue", queueARN, ""), After: `{"Sid":"Orders","Effect":"Allow","Principal":{"AWS":"` + roleARN + `"},"Action":["sqs:SendMessage","sqs:GetQueueUrl"],"Resource":"` + queueARN + `"}`},
	"key policy":           snapshot.SetStatement{On: policy("key", keyARN, ""), After: `{"Sid":"Orders","Effect":"Allow","Principal":{"AWS":"` + roleARN + `"},"Action":["kms:GenerateDataKey","kms:Decrypt"],"Resource":"*"}`},
	"queue switch":         snapshot.SetQueueAttribute{Queue: queueARN, Name: "ContentBasedDeduplication", Before: "false", After: "true"},
	"queue size":           snapshot.SetQueueAttribute{Queue: queueARN, Name: "MaximumMessageSize", Before: "1024", After: "262144"},
	"queue key":            snapshot.SetQueueAttribute{Queue: queueARN, Name: "KmsMasterKeyId", Before: "alias/aws/sqs", After: keyARN},
	"queue key removed":    snapshot.SetQueueAttribute{Queue: queueARN, Name: "KmsMasterKeyId", Before: "alias/aws/sqs"},
	"stage variable":       snapshot.SetStageVariable{API: "a1b2c3d4", Stage: "prod", Name: "queue", After: "orders"},
	"remove method":        snapshot.RemoveMethod{On: post},
	"timeout":              snapshot.SetIntegration{On: post, Field: snapshot.FieldTimeout, Before: "29000", After: "5000"},
	"media types":          snapshot.SetBinaryMediaTypes{API: "a1b2c3d4", After: []string{"image/png"}},
	"default endpoint":     snapshot.SetDefaultEndpoint{API: "a1b2c3d4", Disabled: true},
	"validator":            snapshot.SetValidator{On: post, After: "v4lid8"},
	"response header":      snapshot.DeclareResponseHeader{On: post, Status: "200", Name: "method.response.header.X-Id"},
	"policy version":       snapshot.SetPolicyVersion{On: policy("role", roleARN, "send"), Before: "2012-10-17", After: "2008-10-17"},
	"key disabled":         snapshot.SetKeyEnabled{Key: keyARN},
	"resource policy":      snapshot.SetStatement{On: policy("api", "a1b2c3d4", ""), After: `{"Sid":"Invoke","Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}`},
	"await methods":        snapshot.AwaitMethods{API: "a1b2c3d4", Stage: "prod", On: []snapshot.MethodRef{post}},
	"deployment's API":     snapshot.SetDeploymentAPI{API: "a1b2c3d4", Stage: "prod"},
	"deploy":               snapshot.Deploy{API: "a1b2c3d4", Stage: "prod"},
	"AWS's managed policy": snapshot.SetStatement{On: policy("role", roleARN, "logs"), After: send},
	"status taken":         snapshot.SetIntegrationResponse{On: post, After: &snapshot.IntegrationResponse{Status: "200", Pattern: "x"}},
	"unknown role":         snapshot.SetStatement{On: policy("role", "arn:aws:iam::123456789012:role/other", "x"), After: send},
}

func fix(list ...snapshot.Change) diagnose.Fix {
	return diagnose.Fix{Title: "change it", Changes: list}
}

// examined are the fixtures with what the rules say of them, made once.
var examined = sync.OnceValue(func() []examination {
	var list []examination
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			panic(err)
		}
		list = append(list, examination{name, c.Snapshot, diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All())})
	}
	return list
})

type examination struct {
	name     string
	snapshot *snapshot.Snapshot
	diagnose.Examination
}

// offered lists the fixes of every fixture, with the snapshot that they are for.
func offered(t *testing.T, take func(name string, s *snapshot.Snapshot, fix diagnose.Fix)) {
	for _, e := range examined() {
		for _, d := range e.Diagnoses {
			for _, f := range d.Findings {
				for _, x := range f.Fixes {
					take(e.name, e.snapshot, x)
				}
			}
		}
	}
}

// checked lists how the findings of every fixture are verified.
func checked(t *testing.T, take func(name string, s *snapshot.Snapshot, trace *walk.Trace, v diagnose.Verification)) {
	for _, e := range examined() {
		for i := range e.Diagnoses {
			for _, f := range e.Diagnoses[i].Findings {
				if !f.Check.IsZero() && !f.Check.None {
					take(e.name, e.snapshot, e.Diagnoses[i].Trace, f.Check)
				}
			}
		}
	}
}
