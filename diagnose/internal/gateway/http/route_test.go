package http

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

func TestChooseStage(t *testing.T) {
	for _, c := range []struct {
		fact   string
		stages string
		path   string
		want   string // stage and rest; empty for 404
	}{
		{"H60", "$default prod", "/prod/orders", "prod /orders"},
		{"H60", "$default prod", "/orders", "$default /orders"},
		{"H60", "prod", "/prod", "prod /"},
		{"H60", "prod", "/orders", ""},
		{"H62", "$default", "/$default/orders", "$default /$default/orders"},
	} {
		stage, rest, ok := ChooseStage(strings.Fields(c.stages), c.path)
		got := ""
		if ok {
			got = stage + " " + rest
		}
		if got != c.want {
			t.Errorf("%s: %s of %s: %q, want %q", c.fact, c.path, c.stages, got, c.want)
		}
	}
}

func TestChooseRoute(t *testing.T) {
	keys := []string{"$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1", "POST /hooks/{proxy+}", "ANY /any", "POST /any", "POST /mixed/{id}", "ANY /mixed/one", "PUT /"}
	for _, c := range []struct {
		fact, call, want, params string
		doubt                    bool
	}{
		{"H61", "GET /pets/dog/1", "GET /pets/dog/1", "", false},
		{"H61", "GET /pets/dog/2", "GET /pets/dog/{id}", "id=2", false},
		{"H61", "GET /pets/cat/1", "GET /pets/{proxy+}", "proxy=cat/1", false},
		{"H61", "POST /test/5", "ANY /{proxy+}", "proxy=test/5", false},
		{"H61", "GET /", "$default", "", false},
		{"H61", "PUT /", "PUT /", "", false},
		{"H61", "POST /hooks", "ANY /{proxy+}", "proxy=hooks", false}, // a greedy variable wants a segment
		{"H61", "POST /hooks/a/b", "POST /hooks/{proxy+}", "proxy=a/b", false},
		{"H61", "POST /any", "POST /any", "", false},
		{"H61", "DELETE /any", "ANY /any", "", false},
		{"open", "POST /mixed/one", "ANY /mixed/one", "", true},
		{"H61", "PUT /mixed/one", "ANY /mixed/one", "", false},
		{"open", "POST /any/", "POST /any", "", true},
	} {
		method, path, _ := strings.Cut(c.call, " ")
		got := NewRoutes(keys).Choose(method, path)
		var params []string
		for name, value := range got.Params {
			params = append(params, name+"="+value)
		}
		if got.Index < 0 || keys[got.Index] != c.want || strings.Join(params, " ") != c.params || (got.Doubt != "") != c.doubt {
			t.Errorf("%s: %s: %+v, want %s", c.fact, c.call, got, c.want)
		}
	}
	if got := NewRoutes([]string{"POST /orders"}).Choose("GET", "/orders"); got.Index >= 0 {
		t.Errorf("H61: there is no 405 and no route: %+v", got)
	}
}

func TestAdmission(t *testing.T) {
	in := func(headers ...selection.Pair) *selection.Input { return &selection.Input{Headers: headers} }
	token := selection.Pair{Name: "authorization", Value: "Bearer x"}
	signed := selection.Pair{Name: "Authorization", Value: "AWS4-HMAC-SHA256 Credential=x"}
	for _, c := range []struct {
		fact   string
		a      Authorization
		in     *selection.Input
		status int
		body   string
	}{
		{"H70", Authorization{Type: "JWT", Sources: []string{"$request.header.Authorization"}}, in(), 401, `{"message":"Unauthorized"}`},
		{"H70", Authorization{Type: "JWT", Sources: []string{"$request.header.Authorization"}}, in(token), 0, ""},
		{"H71", Authorization{Type: "CUSTOM", Sources: []string{"$request.header.x-key"}}, in(token), 401, `{"message":"Unauthorized"}`},
		{"H71", Authorization{Type: "CUSTOM"}, in(), 0, ""},
		{"H71", Authorization{Type: "AWS_IAM"}, in(), 403, `{"message":"Forbidden"}`},
		{"H71", Authorization{Type: "AWS_IAM"}, in(token), 403, `{"message":"Forbidden"}`},
		{"H71", Authorization{Type: "AWS_IAM"}, in(signed), 0, ""},
		{"H70", Authorization{Type: "NONE"}, in(), 0, ""},
	} {
		got := c.a.Admit(c.in)
		switch {
		case got.Refused == nil:
			if c.status != 0 {
				t.Errorf("%s: %+v lets the call through", c.fact, c.a)
			}
		case got.Refused.Status != c.status || got.Refused.Body() != c.body || got.Lacks == "":
			t.Errorf("%s: %+v: %+v", c.fact, c.a, got)
		}
	}
}

func TestPreflight(t *testing.T) {
	preflight := []selection.Pair{{Name: "Origin", Value: "https://a"}, {Name: "Access-Control-Request-Method", Value: "POST"}}
	if _, ok := Preflight("OPTIONS", preflight); !ok {
		t.Error("H72: a preflight is not answered")
	}
	if _, ok := Preflight("OPTIONS", nil); ok {
		t.Error("H72: any OPTIONS counts as a preflight")
	}
	if _, ok := Preflight("POST", preflight); ok {
		t.Error("H72: a POST counts as a preflight")
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		fact     string
		a        Answer
		statuses []int
		body     string
	}{
		{"H60", NotFound, []int{404}, `{"message":"Not Found"}`},
		{"H40", BadRequest, []int{400}, `{"message":"Bad Request"}`},
		{"H48", RoleNotAssumable, []int{500}, `{"message":"Internal Server Error"}`},
		{"H68", EndpointDisabled, []int{404, 403}, `{"message":"Not Found"}`},
	} {
		if !slices.Equal(c.a.Statuses, c.statuses) || c.a.Status != c.statuses[0] || c.a.Body() != c.body {
			t.Errorf("%s: %+v, want %v %s", c.fact, c.a, c.statuses, c.body)
		}
	}
}

func TestContext(t *testing.T) {
	c := ContextValues{Account: "123456789012", API: "a1", Region: "eu-west-1", Stage: "prod", Method: "PUT", Path: "/x", RouteKey: "PUT /x"}
	jwt, function, signed := c, c, c
	jwt.Authorization, function.Authorization, signed.Authorization = "JWT", "CUSTOM", "AWS_IAM"
	for _, e := range []struct {
		fact, name string
		c          *ContextValues
		want       bool
	}{
		{"H34", "path", &c, true}, {"H34", "routeKey", &c, true}, {"H34", "requestId", &c, true},
		{"H34", "resourcePath", &c, false}, {"H34", "integration.status", &c, false}, {"H34", "nonsense", &c, false},
		{"H34", "authorizer.claims.sub", &c, false}, {"H34", "authorizer.claims.sub", &jwt, true},
		{"H29", "authorizer.claims", &jwt, false}, {"H29", "authorizer", &function, false},
		{"H34", "authorizer.tenant", &function, true}, {"H34", "authorizer.claims.sub", &function, false},
		{"H34", "identity.userArn", &c, false}, {"H34", "identity.userArn", &signed, true}, {"H34", "identity", &signed, false},
	} {
		if _, ok := e.c.Lookup(e.name); ok != e.want {
			t.Errorf("%s: $context.%s with authorization %q: %v, want %v", e.fact, e.name, e.c.Authorization, ok, e.want)
		}
	}
	if got, _ := c.Lookup("path"); got != "/prod/x" {
		t.Errorf("H34: path is %s", got)
	}
	c.Stage = DefaultStage
	if got, _ := c.Lookup("path"); got != "/x" {
		t.Errorf("H34: path of the default stage is %s", got)
	}
	for _, name := range ContextVariables {
		signed.UserAgent = "x"
		if _, ok := signed.Lookup(name); ok && strings.HasPrefix(name, "integration") {
			t.Errorf("%s is known before the integration is called", name)
		}
	}
}
