package documents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const integrationAnswer = `{"type": "AWS", "httpMethod": "POST", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders", "credentials": "arn:aws:iam::123456789012:role/orders-api",
 "requestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"}, "requestTemplates": {"application/json": "Action=SendMessage&MessageBody=$input.body"},
 "passthroughBehavior": "NEVER", "timeoutInMillis": 29000, "cacheNamespace": "r1", "integrationResponses": {"200": {"statusCode": "200"}, "400": {"statusCode": "400", "selectionPattern": "4\\d{2}"}}}`

const openAPIDocument = `openapi: 3.0.1
info: {title: orders, version: '1'}
paths:
  /orders:
    post:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        uri: arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${queue_name}
        credentials: {Fn::GetAtt: [Role, Arn]}
        passthroughBehavior: never
        requestTemplates: {application/json: 'Action=SendMessage&MessageBody=${input.body}&Other=${holed}&Set=#set($mine = 1)${mine}'}
        responses: {default: {statusCode: '200'}}
`

// load reads texts as files that are given together.
func load(t *testing.T, o Options, texts ...string) *snapshot.Snapshot {
	t.Helper()
	s, err := try(t, o, texts...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func try(t *testing.T, o Options, texts ...string) (*snapshot.Snapshot, error) {
	t.Helper()
	var files []string
	for i, text := range texts {
		file := filepath.Join(t.TempDir(), "document"+string(rune('a'+i)))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return Load(files, o)
}

func the[T any](t *testing.T, f snapshot.Fact[T]) T {
	t.Helper()
	v, ok := f.Read(&snapshot.Gaps{})
	if !ok {
		t.Fatalf("unknown: %+v", f.Gap())
	}
	return v
}

// onlyMethod is the only method of the only API.
func onlyMethod(t *testing.T, s *snapshot.Snapshot) snapshot.Method {
	t.Helper()
	if len(s.APIs) != 1 {
		t.Fatalf("%d APIs", len(s.APIs))
	}
	methods := the(t, s.APIs[0].Draft).Methods
	if len(methods) != 1 {
		t.Fatalf("%d methods, want 1: %+v", len(methods), methods)
	}
	return methods[0]
}

// API Gateway fills in region, account and partition by itself; other texts of that
// form are somebody's, but those that a mapping template knows (I40).
func TestDocumentIsFilledIn(t *testing.T) {
	s := load(t, Options{Region: "eu-west-1", Account: "123456789012"}, openAPIDocument)
	m := onlyMethod(t, s)
	in := the(t, m.Integration)
	uri := the(t, in.URI)
	if !strings.HasPrefix(uri, "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/unknown-queue") {
		t.Errorf("URI %s", uri)
	}
	template := the(t, the(t, in.Templates)["application/json"])
	if !strings.Contains(template, "${input.body}") || strings.Contains(template, "${holed}") || !strings.Contains(template, "${mine}") {
		t.Errorf("template %s", template)
	}
	if in.Credentials.IsKnown() || in.Credentials.Gap().Detail != "${Role.Arn}" {
		t.Errorf("credentials %+v", in.Credentials)
	}
	if s.Target.Kind != snapshot.OpenAPI || s.APIs[0].Type != snapshot.REST || s.APIs[0].Stages.IsKnown() {
		t.Errorf("target %+v, type %s", s.Target, s.APIs[0].Type)
	}
	holes := map[string]bool{}
	for _, symbol := range s.Symbols {
		holes[symbol.Expression] = true
	}
	if !holes["${queue_name}"] || !holes["${holed}"] || !holes["${Role.Arn}"] || len(holes) != 3 {
		t.Errorf("symbols %v", holes)
	}
}

func TestDocumentsOfHTTPAPIs(t *testing.T) {
	for name, text := range map[string]string{
		"subtype": "openapi: 3.0.1\npaths: {/: {post: {x-amazon-apigateway-integration: {type: aws_proxy, integrationSubtype: SQS-SendMessage}}}}",
		"shared":  "openapi: 3.0.1\ncomponents: {x-amazon-apigateway-integrations: {a: {type: aws_proxy, integrationSubtype: SQS-SendMessage}}}\npaths: {/: {post: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/a'}}}}",
	} {
		s := load(t, Options{}, text)
		if in := the(t, onlyMethod(t, s).Integration); s.APIs[0].Type != snapshot.HTTP || the(t, in.Subtype) != "SQS-SendMessage" {
			t.Errorf("%s: %s, %+v", name, s.APIs[0].Type, in)
		}
	}
}

// An answer is enough for mapping and protocol (I46), and what it does not say is
// not known.
func TestIntegrationAlone(t *testing.T) {
	m := onlyMethod(t, load(t, Options{}, integrationAnswer))
	if m.Authorization.IsKnown() || m.Responses.IsKnown() || m.RequestParameters.IsKnown() {
		t.Error("an integration says how its method is called")
	}
	in := the(t, m.Integration)
	list := the(t, in.Responses)
	if len(list) != 2 || list[0].Pattern != "" || list[1].Pattern != `4\d{2}` {
		t.Errorf("responses %+v", list)
	}
}

func TestAnswersCompleteEachOther(t *testing.T) {
	const (
		api       = `{"id": "a1b2c3", "name": "orders", "binaryMediaTypes": ["image~1png"], "endpointConfiguration": {"types": ["REGIONAL"]}, "policy": "{\\\"Statement\\\":[]}"}`
		resources = `{"items": [{"id": "r0", "path": "/"}, {"id": "r1", "path": "/orders", "parentId": "r0", "resourceMethods": {"POST": {}}}]}`
		method    = `{"httpMethod": "POST", "authorizationType": "NONE", "methodResponses": {"200": {"statusCode": "200"}}, "methodIntegration": ` + integrationAnswer + `}`
		role      = `{"Role": {"RoleName": "orders-api", "Arn": "arn:aws:iam::123456789012:role/orders-api", "AssumeRolePolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"}}`
		policy    = `{"RoleName": "orders-api", "PolicyName": "send", "PolicyDocument": {"Statement": []}}`
		names     = `{"PolicyNames": ["send", "other"]}`
		attached  = `{"AttachedPolicies": [{"PolicyName": "m", "PolicyArn": "arn:aws:iam::123456789012:policy/m"}]}`
		version   = `{"PolicyVersion": {"Document": {"Statement": []}, "VersionId": "v2", "IsDefaultVersion": true}}`
		queue     = `{"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:orders", "VisibilityTimeout": "30", "MaximumMessageSize": "1024", "KmsMasterKeyId": "alias/orders"}}`
		key       = `{"KeyMetadata": {"Arn": "arn:aws:kms:eu-west-1:123456789012:key/k", "KeyState": "Enabled"}}`
		keyPolicy = `{"Policy": "{}", "PolicyName": "default"}`
	)
	s := load(t, Options{}, resources, method, integrationAnswer, api, role, policy, names, attached, version, queue, key, keyPolicy)
	m := onlyMethod(t, s)
	if m.Path != "/orders" || the(t, m.Authorization) != "NONE" || s.APIs[0].ID != "a1b2c3" || the(t, s.APIs[0].Policy) != `{"Statement":[]}` {
		t.Errorf("method %+v of %+v", m, s.APIs[0])
	}
	if types := the(t, the(t, s.APIs[0].Draft).BinaryMediaTypes); len(types) != 1 || types[0] != "image/png" {
		t.Errorf("binary media types %v", types)
	}
	r := the(t, s.Role("arn:aws:iam::123456789012:role/orders-api"))
	if inline := the(t, r.Inline); the(t, r.Trust) != `{"Statement":[]}` || len(inline) != 2 || !inline[0].Document.IsKnown() || inline[1].Document.IsKnown() {
		t.Errorf("role %+v", r)
	}
	if list := the(t, r.Attached); len(list) != 1 || !list[0].Document.IsKnown() {
		t.Errorf("attached %+v", list)
	}
	q := the(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:orders"))
	if the(t, q.Policy) != "" || the(t, q.MaximumMessageSize) != 1024 {
		t.Errorf("queue %+v", q)
	}
	k := the(t, s.Key("arn:aws:kms:eu-west-1:123456789012:alias/orders"))
	if the(t, k.Policy) != "{}" || k.Grants.IsKnown() {
		t.Errorf("key %+v", k)
	}
}

// Half a list is no list: a role may have other policies than those given.
func TestPoliciesOfARoleThatWereNotListed(t *testing.T) {
	s := load(t, Options{}, integrationAnswer, `{"RoleName": "orders-api", "PolicyName": "send", "PolicyDocument": {"Statement": []}}`)
	r := the(t, s.Role("arn:aws:iam::123456789012:role/orders-api"))
	if r.Inline.IsKnown() || r.Attached.IsKnown() || r.Trust.IsKnown() || !strings.Contains(r.Inline.Gap().Needs, "list-role-policies") {
		t.Errorf("role %+v", r)
	}
	if s.Queues["arn:aws:sqs:eu-west-1:123456789012:orders"].IsKnown() {
		t.Error("the queue is known")
	}
}

// Without its usual attributes a queue was asked for some only.
func TestSomeAttributesOfAQueue(t *testing.T) {
	q := the(t, load(t, Options{}, integrationAnswer, `{"Attributes": {"QueueArn": "arn:aws:sqs:eu-west-1:123456789012:a.fifo"}}`).Queue("arn:aws:sqs:eu-west-1:123456789012:a.fifo"))
	if q.Policy.IsKnown() || q.KMSKeyID.IsKnown() || !the(t, q.FIFO) {
		t.Errorf("queue %+v", q)
	}
}

func TestRoutedAnswers(t *testing.T) {
	const (
		integrations = `{"Items": [{"IntegrationId": "i1", "IntegrationType": "AWS_PROXY", "IntegrationSubtype": "SQS-SendMessage", "CredentialsArn": "arn:aws:iam::123456789012:role/r", "RequestParameters": {"MessageBody": "$request.body"}, "PayloadFormatVersion": "1.0"}]}`
		routes       = `{"Items": [{"RouteId": "t1", "RouteKey": "POST /orders", "Target": "integrations/i1", "AuthorizationType": "NONE"}]}`
	)
	s := load(t, Options{}, integrations, routes)
	m := onlyMethod(t, s)
	if in := the(t, m.Integration); s.APIs[0].Type != snapshot.HTTP || m.RouteKey != "POST /orders" || the(t, in.Subtype) != "SQS-SendMessage" {
		t.Errorf("%+v", m)
	}
	if m := onlyMethod(t, load(t, Options{}, routes)); m.Integration.IsKnown() {
		t.Error("the integration of a route is known without it")
	}
	if m := onlyMethod(t, load(t, Options{}, integrations)); m.RouteKey != "$default" || m.Authorization.IsKnown() {
		t.Errorf("%+v", m)
	}
}

// What commands print one after the other is told apart, with its lines.
func TestSeveralAnswersInOneFile(t *testing.T) {
	s := load(t, Options{}, integrationAnswer+"\n\n{\"Attributes\":\n{\"Nothing\": \"1\", \"QueueArn\": \"arn:aws:sqs:eu-west-1:123456789012:orders\"}}\n")
	q := the(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:orders"))
	if line := q.Origin.Line; line != 5 {
		t.Errorf("the queue stands in line %d, want 5", line)
	}
}

func TestBadDocuments(t *testing.T) {
	for text, says := range map[string]string{
		`{"a": 1}`:                                 "none of the documents",
		`{"openapi": "3.0.1", "paths": {}}`:        "without x-amazon-apigateway-integration",
		`{"openapi": "3.0.1", "x-kong-name": "a"}`: "Kong",
		`{"Attributes": {"DelaySeconds": "0"}}`:    "QueueArn",
		`{"KeyMetadata": {}}`:                      "without its Arn",
		`{"Role": {}}`:                             "RoleName",
		`{"items": [{"id": "a", "name": "b"}, {"id": "c", "name": "d"}]}`: "several APIs",
		`{"PolicyNames": []}`: "no API",
		"openapi: 3.0.1\n---\nx-amazon-apigateway-integration: 1":                         "second document",
		"openapi: 3.0.1\nx-apisqs-doctor: {skips: 1}\nx: x-amazon-apigateway-integration": `"skips"`,
	} {
		if _, err := try(t, Options{}, text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want one that says %s", text, err, says)
		}
	}
}

// No text makes the reader panic, and the same gives the same.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{openAPIDocument, integrationAnswer, `{"items":[{"id":"a","path":1,"resourceMethods":{"POST":{"authorizationType":1,"methodIntegration":[]}}}]}`,
		`{"Items":[{"RouteKey":1}]}{"IntegrationType":{}}`, `{"Role":[]}`, `{"Attributes":[{"QueueArn":"::::: "}]}`, `{"Grants":[1,{"Constraints":1}]}{"KeyMetadata":{"Arn":"a"}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first strings.Builder
		for i := range 2 {
			s, err := Load([]string{"-"}, Options{Stdin: strings.NewReader(string(data))})
			if err != nil {
				return
			}
			var out strings.Builder
			if err := snapshot.Save(&out, s); err != nil {
				t.Fatal(err)
			}
			if i == 1 && out.String() != first.String() {
				t.Error("two results")
			}
			first.Reset()
			first.WriteString(out.String())
		}
	})
}
