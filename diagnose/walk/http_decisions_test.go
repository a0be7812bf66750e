package walk_test

import (
	"slices"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// What an HTTP API answers to one call, fact by fact. Where the evidence is open, all
// statuses are predicted and none is left out: those rows have more than one.
func TestDecisionsOfAnHTTPAPI(t *testing.T) {
	stage := func(change func(*snapshot.Stage)) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) {
			stages, _ := s.APIs[0].Stages.Peek()
			stages = slices.Clone(stages)
			change(&stages[0])
			s.APIs[0].Stages = s.APIs[0].Stages.With(stages)
		}
	}
	method := func(change func(*snapshot.Method, *snapshot.Integration)) func(*snapshot.Snapshot) {
		return stage(func(s *snapshot.Stage) {
			c, _ := s.Deployed.Peek()
			c.Methods = slices.Clone(c.Methods)
			in, _ := c.Methods[0].Integration.Peek()
			copied := *in
			change(&c.Methods[0], &copied)
			c.Methods[0].Integration = c.Methods[0].Integration.With(&copied)
			s.Deployed = s.Deployed.With(c)
		})
	}
	mapped := func(name, value string) func(*snapshot.Snapshot) {
		return method(func(_ *snapshot.Method, in *snapshot.Integration) {
			parameters := map[string]snapshot.Fact[string]{}
			had, _ := in.RequestParameters.Peek()
			for k, v := range had {
				parameters[k] = v
			}
			parameters[name] = snapshot.Known(value, in.RequestParameters.Origin())
			in.RequestParameters = in.RequestParameters.With(parameters)
		})
	}
	replies := func(status, parameter, value string) func(*snapshot.Snapshot) {
		return method(func(_ *snapshot.Method, in *snapshot.Integration) {
			in.Responses = in.Responses.With([]snapshot.IntegrationResponse{{Pattern: status, Parameters: map[string]string{parameter: value}}})
		})
	}
	gone := func(s *snapshot.Snapshot) { // a role without a policy: SQS answers 403
		for _, fact := range s.Roles {
			role, _ := fact.Peek()
			role.Inline, role.Attached = role.Inline.With(nil), role.Attached.With(nil)
		}
	}
	for _, c := range []struct {
		fact, name string
		change     func(*snapshot.Snapshot)
		path, body string
		origin     walk.Source
		statuses   []int // all that the client may get
	}{
		{"H46", "as it is", nil, "/orders", `{"id":7}`, "", []int{200}},
		{"H60", "no such route", nil, "/other", `{"id":7}`, walk.FromAPIGateway, []int{404}},
		{"H61", "no route for the method", method(func(m *snapshot.Method, _ *snapshot.Integration) { m.HTTPMethod, m.RouteKey = "GET", "GET /orders" }), "/orders", "x", walk.FromAPIGateway, []int{404}},
		{"H66", "a stage without a deployment", stage(func(s *snapshot.Stage) { s.DeploymentID, s.AutoDeploy = s.DeploymentID.With(""), false }), "/orders", "x", walk.FromAPIGateway, []int{404}},
		{"H68", "the default endpoint is off: the status is open", func(s *snapshot.Snapshot) {
			s.APIs[0].DefaultEndpointDisabled = s.APIs[0].DefaultEndpointDisabled.With(true)
		}, "/orders", "x", walk.FromAPIGateway, []int{404, 403}},
		{"H70", "no token for JWT", method(func(m *snapshot.Method, _ *snapshot.Integration) {
			m.Authorization, m.AuthorizerID = m.Authorization.With("JWT"), m.AuthorizerID.With("a1")
		}), "/orders", "x", walk.FromAPIGateway, []int{401}},
		{"H71", "an unsigned call of AWS_IAM", method(func(m *snapshot.Method, _ *snapshot.Integration) { m.Authorization = m.Authorization.With("AWS_IAM") }), "/orders", "x", walk.FromAPIGateway, []int{403}},
		{"H40", "a required parameter is left out", mapped("MessageBody", "$request.body.text"), "/orders", `{"id":7}`, walk.FromAPIGateway, []int{400}},
		{"H40", "an optional parameter is left out", mapped("MessageGroupId", "$request.body.group"), "/orders", `{"id":7}`, walk.FromAPIGateway, []int{400}},
		{"H41", "an empty text", mapped("MessageGroupId", "$request.body.group"), "/orders", `{"group":""}`, walk.FromAPIGateway, []int{400}},
		{"H27", "a parameter that the subtype lacks", mapped("DelaySecond", "1"), "/orders", "x", walk.FromDeployment, nil},
		{"H10", "a subtype that there is not", method(func(_ *snapshot.Method, in *snapshot.Integration) { in.Subtype = in.Subtype.With("SQS-SendMessages") }), "/orders", "x", walk.FromDeployment, nil},
		{"H3", "payload format 2.0", method(func(_ *snapshot.Method, in *snapshot.Integration) { in.PayloadFormat = in.PayloadFormat.With("2.0") }), "/orders", "x", walk.FromDeployment, nil},
		{"H48", "API Gateway may not assume the role", func(s *snapshot.Snapshot) {
			for _, fact := range s.Roles {
				role, _ := fact.Peek()
				role.Trust = role.Trust.With(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
			}
		}, "/orders", "x", walk.FromAPIGateway, []int{500}},
		{"H50", "SQS refuses: the status is open", gone, "/orders", "x", walk.FromIAM, []int{500, 403}},
		{"H51", "an error is answered as another status", func(s *snapshot.Snapshot) { gone(s); replies("403", "overwrite:statuscode", "202")(s) }, "/orders", "x", walk.FromIAM, []int{500, 202}},
		{"H51", "a success is answered as another status", replies("200", "overwrite:statuscode", "202"), "/orders", "x", "", []int{202}},
		{"H19", "a status that is none", replies("200", "overwrite:statuscode", "99"), "/orders", "x", walk.FromDeployment, nil},
	} {
		loaded, err := fixtures.Load("orders_http")
		if err != nil {
			t.Fatal(err)
		}
		s := loaded.Snapshot
		if c.change != nil {
			c.change(s)
		}
		trace := walk.New(s).Walk(walk.Request{API: s.APIs[0].ID, Method: "POST", Path: c.path, Body: c.body})
		var origin walk.Source
		statuses := trace.Response.Statuses
		if f := trace.FirstFailure(); f != nil {
			origin = f.Failure.Origin
			if len(statuses) == 0 && f.Failure.Status != 0 { // no route, no integration: nothing answers but API Gateway
				statuses = []int{f.Failure.Status}
			}
		}
		if origin != c.origin || !slices.Equal(statuses, c.statuses) {
			t.Errorf("%s, %s: %s answers %v, want %s %v", c.fact, c.name, origin, statuses, c.origin, c.statuses)
		}
	}
}
