package openapi

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"

	"github.com/google/go-cmp/cmp"
)

var at = snapshot.Origin{Resource: "export"}

// document has one of everything that an export holds (T167), with the
// spellings of exports: lower-case types, responses by pattern, numbers as strings.
const whole = `{
  "openapi": "3.0.1",
  "info": {"title": "orders", "version": "1"},
  "servers": [{"url": "https://x.execute-api.us-east-1.amazonaws.com/{basePath}", "variables": {"basePath": {"default": "prod"}}}],
  "paths": {
    "/orders/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
      "post": {
        "parameters": [
          {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
          {"$ref": "#/components/parameters/Dry"},
          {"name": "session", "in": "cookie"}
        ],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}, "required": true},
        "responses": {
          "200": {"description": "200 response", "headers": {"X-Id": {"schema": {"type": "string"}}}, "content": {}},
          "400": {"description": "400 response", "content": {}}
        },
        "security": [{"tokens": []}, {"api_key": []}],
        "x-amazon-apigateway-request-validator": "params",
        "x-amazon-apigateway-integration": {
          "type": "aws", "httpMethod": "POST",
          "uri": "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders",
          "credentials": "arn:aws:iam::123456789012:role/orders-api",
          "requestParameters": {"integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"},
          "requestTemplates": {"application/json": "Action=SendMessage"},
          "passthroughBehavior": "never",
          "contentHandling": "CONVERT_TO_TEXT",
          "timeoutInMillis": 5000,
          "responses": {
            "4\\d{2}": {"statusCode": "400", "responseTemplates": {"application/json": null}},
            "default": {"statusCode": "200", "responseParameters": {"method.response.header.X-Id": "'1'"}}
          }
        }
      }
    },
    "/any": {
      "x-amazon-apigateway-any-method": {
        "security": [{"sigv4": []}],
        "x-amazon-apigateway-integration": {"type": "mock"}
      },
      "get": {}
    },
    "x-note": {}
  },
  "components": {
    "parameters": {"Dry": {"name": "dry", "in": "query", "required": true}},
    "schemas": {"Order": {"type": "object", "title": "Order"}},
    "securitySchemes": {
      "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
      "sigv4": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
      "tokens": {"type": "apiKey", "name": "Auth", "in": "header", "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": "arn:..."}}
    }
  },
  "x-amazon-apigateway-request-validators": {"params": {"validateRequestParameters": true, "validateRequestBody": false}},
  "x-amazon-apigateway-request-validator": "params",
  "x-amazon-apigateway-binary-media-types": ["image/png"]
}`

// the reads a fact and fails the test when it is unknown.
func the[T any](t *testing.T, f snapshot.Fact[T]) T {
	t.Helper()
	gaps := &snapshot.Gaps{}
	v, ok := f.Read(gaps)
	if !ok {
		t.Fatalf("unknown: %+v", gaps.List())
	}
	return v
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestExportWholeDocument(t *testing.T) {
	c, err := Export([]byte(whole), snapshot.REST, at)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "routes", c.Routes, []string{"/any", "/orders", "/orders/{id}"})
	same(t, "binary media types", the(t, c.BinaryMediaTypes), []string{"image/png"})
	same(t, "validator", the(t, c.Validators["params"]), snapshot.Validator{Name: "params", Parameters: true})
	same(t, "authorizer", the(t, c.Authorizers["tokens"]), snapshot.Authorizer{Name: "tokens", Type: "TOKEN", IdentitySource: "method.request.header.Auth", URI: "arn:..."})
	same(t, "authorizers", len(c.Authorizers), 1)
	same(t, "model", the(t, c.Models["Order"]), `{"type":"object","title":"Order"}`)
	if len(c.Methods) != 3 {
		t.Fatalf("%d methods, want 3", len(c.Methods))
	}

	post := c.Methods[2]
	same(t, "method", post.HTTPMethod+" "+post.Path, "POST /orders/{id}")
	same(t, "origin", post.Origin, snapshot.Origin{Resource: "export", Path: "paths['/orders/{id}'].post"})
	same(t, "authorization", the(t, post.Authorization)+" "+the(t, post.AuthorizerID), "CUSTOM tokens")
	same(t, "API key", the(t, post.APIKeyRequired), true)
	same(t, "validator", the(t, post.ValidatorID), "params")
	same(t, "parameters", the(t, post.RequestParameters), map[string]bool{
		"method.request.path.id": true, "method.request.header.X-Trace": false, "method.request.querystring.dry": true})
	same(t, "models", the(t, post.RequestModels), map[string]string{"application/json": "Order"})
	responses := the(t, post.Responses)
	same(t, "response headers", responses["200"].Parameters, map[string]bool{"method.response.header.X-Id": false})
	same(t, "response without headers", responses["400"].Parameters, map[string]bool(nil))

	in := the(t, post.Integration)
	same(t, "type", the(t, in.Type), "AWS")
	same(t, "HTTP method", the(t, in.HTTPMethod), "POST")
	same(t, "URI", the(t, in.URI), "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders")
	same(t, "credentials", the(t, in.Credentials), "arn:aws:iam::123456789012:role/orders-api")
	parameter := the(t, in.RequestParameters)["integration.request.header.Content-Type"]
	same(t, "request parameter", the(t, parameter), "'application/x-www-form-urlencoded'")
	same(t, "its origin", parameter.Origin().Path,
		"paths['/orders/{id}'].post['x-amazon-apigateway-integration'].requestParameters['integration.request.header.Content-Type']")
	same(t, "template", the(t, the(t, in.Templates)["application/json"]), "Action=SendMessage")
	same(t, "passthrough", the(t, in.Passthrough), "NEVER")
	same(t, "content handling", the(t, in.ContentHandling), "CONVERT_TO_TEXT")
	same(t, "timeout", the(t, in.TimeoutMillis), 5000)
	list := the(t, in.Responses)
	for i := range list {
		list[i].Origin = snapshot.Origin{}
	}
	same(t, "integration responses", list, []snapshot.IntegrationResponse{
		{Pattern: "", Status: "200", Parameters: map[string]string{"method.response.header.X-Id": "'1'"}},
		{Pattern: `4\d{2}`, Status: "400", Templates: map[string]string{"application/json": ""}},
	})

	get, any := c.Methods[1], c.Methods[0]
	same(t, "ANY", any.HTTPMethod+" "+the(t, any.Authorization)+" "+the(t, any.AuthorizerID), "ANY AWS_IAM ")
	mock := the(t, any.Integration)
	// T74: what an integration does not say.
	same(t, "defaults", the(t, mock.Type)+" "+the(t, mock.Passthrough)+" "+the(t, mock.URI), "MOCK WHEN_NO_MATCH ")
	same(t, "default timeout", the(t, mock.TimeoutMillis), 29000)
	same(t, "no integration", the(t, get.Integration) == nil, true)
	same(t, "no authorization", the(t, get.Authorization), "NONE")
	same(t, "the document's validator", the(t, get.ValidatorID), "params")
}

func TestExportRefusesWhatIsNoOpenAPI3Document(t *testing.T) {
	for text, says := range map[string]string{
		``:                                  "OpenAPI 3",
		`[]`:                                "OpenAPI 3",
		`{"swagger": "2.0", "paths": {}}`:   "OpenAPI 3",
		`{"openapi": "3.0.1"}`:              `"paths"`,
		`{"openapi": "3.0.1", "paths": []}`: "a list",
		`{"openapi": 3, "paths": {}}`:       "OpenAPI 3",
	} {
		if _, err := Export([]byte(text), snapshot.REST, at); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want one that says %s", text, err, says)
		}
	}
}

// What has the wrong shape is unknown, never empty.
func TestExportOfWrongShapesIsUnknown(t *testing.T) {
	tests := []struct {
		name, member, value string // what replaces the member of POST's integration or operation
		known               func(snapshot.Method, *snapshot.Integration) bool
	}{
		{"URI", "uri", `[]`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.URI.IsKnown() }},
		{"type", "type", `{}`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.Type.IsKnown() }},
		{"templates", "requestTemplates", `"x"`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.Templates.IsKnown() }},
		{"parameters", "requestParameters", `[]`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.RequestParameters.IsKnown() }},
		{"timeout", "timeoutInMillis", `0.5`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.TimeoutMillis.IsKnown() }},
		{"responses", "responses", `[]`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.Responses.IsKnown() }},
		{"response without a status", "responses", `{"default": {}}`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.Responses.IsKnown() }},
		{"response template", "responses", `{"default": {"statusCode": "200", "responseTemplates": {"a": [1]}}}`, func(_ snapshot.Method, in *snapshot.Integration) bool { return in.Responses.IsKnown() }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var doc map[string]any
			json.Unmarshal([]byte(whole), &doc)
			operation := object(object(object(doc["paths"])["/orders/{id}"])["post"])
			var value any
			if err := json.Unmarshal([]byte(test.value), &value); err != nil {
				t.Fatal(err)
			}
			object(operation[extension])[test.member] = value
			c, err := Export(encoded(t, doc), snapshot.REST, at)
			if err != nil {
				t.Fatal(err)
			}
			m := c.Methods[2]
			if test.known(m, the(t, m.Integration)) {
				t.Errorf("%s: %s is known", test.member, test.value)
			}
		})
	}
	for name, edit := range map[string]func(operation map[string]any){
		"integration": func(o map[string]any) { o[extension] = "x" },
		"parameters":  func(o map[string]any) { o["parameters"] = "x" },
		"missing parameter": func(o map[string]any) {
			o["parameters"] = []any{map[string]any{"$ref": "#/components/parameters/None"}}
		},
		"security scheme": func(o map[string]any) { o["security"] = []any{map[string]any{"none": []any{}}} },
		"validator":       func(o map[string]any) { o["x-amazon-apigateway-request-validator"] = []any{} },
	} {
		var doc map[string]any
		json.Unmarshal([]byte(whole), &doc)
		edit(object(object(object(doc["paths"])["/orders/{id}"])["post"]))
		c, err := Export(encoded(t, doc), snapshot.REST, at)
		if err != nil {
			t.Fatal(err)
		}
		m := c.Methods[2]
		if m.Integration.IsKnown() && m.RequestParameters.IsKnown() && m.Authorization.IsKnown() && m.RequestModels.IsKnown() && m.ValidatorID.IsKnown() {
			t.Errorf("%s: everything is known", name)
		}
	}
}

// AWS_IAM may also stand at the operation.
func TestExportOfAnOperationsOwnAuthorization(t *testing.T) {
	c, err := Export([]byte(`{"openapi": "3.0.1", "paths": {"/": {"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}}}}`), snapshot.REST, at)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "authorization", the(t, c.Methods[0].Authorization), "AWS_IAM")
}

func FuzzExport(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"openapi":"3","paths":{"/":{"get":{"parameters":[null,1,{"$ref":1}],"security":[1,{"a":1}],"responses":{"1":1}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Export(data, snapshot.REST, at)
		if err != nil {
			return
		}
		again, err := Export(data, snapshot.REST, at)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := encoded(t, c), encoded(t, again); !bytes.Equal(a, b) {
			t.Errorf("two results:\n%s\n%s", a, b)
		}
	})
}

func object(v any) map[string]any { return v.(map[string]any) }

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func BenchmarkExport(b *testing.B) {
	b.SetBytes(int64(len(whole)))
	for b.Loop() {
		if _, err := Export([]byte(whole), snapshot.REST, at); err != nil {
			b.Fatal(err)
		}
	}
}
