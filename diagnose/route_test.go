package diagnose_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// T111: headers, then path, then query string; before the body; blank is missing.
func TestRequiredParameters(t *testing.T) {
	s := configured(t, func(p *parts) {
		p.method.Path = "/nested/{test}"
		p.method.RequestParameters = known(map[string]bool{
			"method.request.querystring.qs1": true, "method.request.path.issuer": true, "method.request.header.x-header-param": true,
			"method.request.header.x-optional": false})
		p.method.ValidatorID = known("v")
		p.config.Validators = map[string]snapshot.Fact[snapshot.Validator]{"v": known(snapshot.Validator{Body: true, Parameters: true})}
	})
	r := call("not json")
	r.Path = "/nested/value"
	f := walk.New(s).Walk(r).FirstFailure()
	if f == nil || f.Failure.Status != 400 || f.Failure.Message != "Missing required request parameters: [x-header-param, issuer, qs1]" {
		t.Errorf("%+v", f)
	}
	r.Headers = []walk.Header{{Name: "x-header-param", Value: " "}}
	if f := walk.New(s).Walk(r).FirstFailure(); f == nil || !strings.Contains(f.Failure.Message, "x-header-param") {
		t.Errorf("a blank header: %+v", f)
	}
}

// An exact HTTP method goes before ANY, and a resource that names the path
// before {proxy+}.
func TestMethodChoice(t *testing.T) {
	s := configured(t, func(p *parts) {
		base := *p.method
		p.config.Methods = nil
		for _, m := range []string{"ANY /{proxy+}", "ANY /orders", "POST /orders", "GET /orders/{id}"} {
			method := base
			method.HTTPMethod, method.Path, _ = strings.Cut(m, " ")
			p.config.Methods = append(p.config.Methods, method)
		}
	})
	for request, want := range map[string]string{
		"POST /orders":   "POST /orders",
		"PUT /orders":    "ANY /orders",
		"GET /orders/1":  "GET /orders/{id}",
		"POST /orders/1": "ANY /{proxy+}",
		"GET /x/y":       "ANY /{proxy+}",
		"GET /":          "",
	} {
		r := call("{}")
		r.Method, r.Path, _ = strings.Cut(request, " ")
		got, m := "", walk.New(s).Walk(r).Route.Method
		if m != nil {
			got = m.HTTPMethod + " " + m.Path
		}
		if got != want {
			t.Errorf("%s meets %q, want %q", request, got, want)
		}
	}
}

// A canary's variables override the stage's for the calls that it takes.
func TestCanary(t *testing.T) {
	s := configured(t, func(p *parts) {
		p.stage.Variables = known(map[string]string{"queue": "orders"})
		p.stage.Canary = known(&snapshot.Canary{DeploymentID: "d4e5f6", Percent: 10, Variables: map[string]string{"queue": "gone"}})
		p.integration.URI = known("arn:aws:apigateway:us-east-1:sqs:path/123456789012/${stageVariables.queue}")
	})
	r := call("{}")
	if got := walk.New(s).Walk(r).Protocol.QueueARN; !strings.HasSuffix(got, ":orders") {
		t.Errorf("the stage sends to %s", got)
	}
	r.Canary = true
	if got := walk.New(s).Walk(r).Protocol.QueueARN; !strings.HasSuffix(got, ":gone") {
		t.Errorf("the canary sends to %s", got)
	}
	// A deployment of the canary's own was not read.
	s = configured(t, func(p *parts) {
		p.stage.Canary = known(&snapshot.Canary{DeploymentID: "other", Percent: 10})
	})
	if step := walk.New(s).Walk(call("{}")).Step(walk.StageRoute); step.Status != walk.Unknown {
		t.Errorf("route: %s %s", step.Status, step.Said)
	}
}

// What a caller has to send before the integration is looked at.
func TestAuthorizers(t *testing.T) {
	for _, c := range []struct {
		kind, source, header string
		code                 walk.ErrorCode
	}{
		{"NONE", "", "", ""},
		{"CUSTOM", "method.request.header.X-Token", "", walk.Unauthorized},
		{"CUSTOM", "method.request.header.X-Token", "X-Token: t", ""},
		{"COGNITO_USER_POOLS", "", "", walk.Unauthorized},
		{"COGNITO_USER_POOLS", "", "Authorization: t", ""},
		{"AWS_IAM", "", "Authorization: Bearer t", walk.MissingAuthenticationToken},
		{"AWS_IAM", "", "Authorization: AWS4-HMAC-SHA256 x", ""},
		{"CUSTOM", "method.request.header.A, method.request.querystring.b", "A: 1", walk.Unauthorized},
		{"CUSTOM", "context.identity.sourceIp", "", ""},
	} {
		s := configured(t, func(p *parts) {
			p.method.Authorization = known(c.kind)
			p.method.AuthorizerID = known("a")
			p.config.Authorizers = map[string]snapshot.Fact[snapshot.Authorizer]{"a": known(snapshot.Authorizer{Type: "REQUEST", IdentitySource: c.source})}
			if c.source == "" {
				p.config.Authorizers["a"] = known(snapshot.Authorizer{Type: "TOKEN"})
			}
		})
		r := call("{}")
		if c.header != "" {
			r = call("{}", c.header)
		}
		var code walk.ErrorCode
		if f := walk.New(s).Walk(r).FirstFailure(); f != nil {
			code = f.Failure.Code
		}
		if code != c.code {
			t.Errorf("%+v: %q", c, code)
		}
	}
}
