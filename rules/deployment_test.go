package rules_test

import (
	"maps"
	"slices"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// sibling puts a second method, GET /ping, beside the healthy one of a template, in
// the draft and in what the stage runs.
func sibling(t *testing.T, edit func(c *snapshot.Configuration, m *snapshot.Method, i *snapshot.Integration)) *snapshot.Snapshot {
	t.Helper()
	c, err := fixtures.Load("route_deployment_refused_passing")
	if err != nil {
		t.Fatal(err)
	}
	api := &c.Snapshot.APIs[0]
	draft, _ := api.Draft.Peek()
	m := draft.Methods[0]
	m.HTTPMethod, m.Path = "GET", "/ping"
	held, _ := m.Integration.Peek()
	i := *held
	draft.Methods = append(slices.Clone(draft.Methods), m)
	draft.Routes = append(slices.Clone(draft.Routes), "/ping")
	at := &draft.Methods[1]
	at.Integration = at.Integration.With(&i)
	edit(&draft, at, &i)
	api.Draft = api.Draft.With(draft)
	stages, _ := api.Stages.Peek()
	stages = slices.Clone(stages)
	stages[0].Deployed = stages[0].Deployed.With(draft)
	api.Stages = api.Stages.With(stages)
	return c.Snapshot
}

// A deployment is all or nothing (T170): what is refused of a sibling keeps the
// healthy method from being deployed.
func TestRefusalsOfASibling(t *testing.T) {
	none := func(*snapshot.Configuration, *snapshot.Method, *snapshot.Integration) {}
	post := walk.Request{Method: "POST", Path: "/orders", Body: `{"a":1}`, Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}}}
	if d := diagnose.Judge(sibling(t, none), post, rules.All()); d.Verdict != diagnose.Healthy {
		t.Fatalf("beside a sibling without fault: %s %v", d.Verdict, d.Findings)
	}
	type edit = func(c *snapshot.Configuration, m *snapshot.Method, i *snapshot.Integration)
	for name, refuse := range map[string]edit{
		"T106: no integration": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.Integration = m.Integration.With(nil)
		},
		"T104: HTTP method": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) { m.HTTPMethod = "WRONG" },
		"T104: CUSTOM": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.Authorization = m.Authorization.With("CUSTOM")
		},
		"T104: unknown authorizer": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.Authorization, m.AuthorizerID = m.Authorization.With("CUSTOM"), m.AuthorizerID.With("nobody")
		},
		"unknown authorization": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.Authorization = m.Authorization.With("OAUTH")
		},
		"T104: unknown validator": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.ValidatorID = m.ValidatorID.With("nothing")
		},
		"T104: unknown model": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.RequestModels = m.RequestModels.With(map[string]string{"application/json": "petModel"})
		},
		"T100: integration type": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Type = i.Type.With("HTTPS_PROXY")
		},
		"T100: AWS_PROXY to SQS": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Type = i.Type.With("AWS_PROXY")
		},
		"T100: no integration method": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.HTTPMethod = i.HTTPMethod.With("")
		},
		"T100: URI is no ARN": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.URI = i.URI.With("https://sqs.us-east-1.amazonaws.com/")
		},
		"T100: HTTP URI": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Type, i.URI = i.Type.With("HTTP"), i.URI.With("orders")
		},
		"T103: role name": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Credentials = i.Credentials.With("orders-api")
		},
		"T116: no role": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Credentials = i.Credentials.With("")
		},
		"T102: unquoted literal": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.RequestParameters = i.RequestParameters.With(map[string]snapshot.Fact[string]{"integration.request.header.X": snapshot.Known("text/plain", snapshot.Origin{})})
		},
		"T102: undeclared source": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.RequestParameters = i.RequestParameters.With(map[string]snapshot.Fact[string]{"integration.request.header.X": snapshot.Known("method.request.header.X", snapshot.Origin{})})
		},
		"passthrough": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Passthrough = i.Passthrough.With("SOMETIMES")
		},
		"content handling": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.ContentHandling = i.ContentHandling.With("CONVERT")
		},
		"T114: timeout": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.TimeoutMillis = i.TimeoutMillis.With(49)
		},
		"T105: content type": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Templates = i.Templates.With(map[string]snapshot.Fact[string]{"123": snapshot.Known("{}", snapshot.Origin{})})
		},
		"T105: status": func(_ *snapshot.Configuration, _ *snapshot.Method, i *snapshot.Integration) {
			i.Responses = i.Responses.With([]snapshot.IntegrationResponse{{Status: "wrong"}})
		},
		"T105: method response": func(_ *snapshot.Configuration, m *snapshot.Method, _ *snapshot.Integration) {
			m.Responses = m.Responses.With(map[string]snapshot.MethodResponse{"wrong": {}})
		},
		"T102: undeclared response header": func(_ *snapshot.Configuration, m *snapshot.Method, i *snapshot.Integration) {
			declared, _ := m.Responses.Peek()
			status := slices.Sorted(maps.Keys(declared))[0]
			i.Responses = i.Responses.With([]snapshot.IntegrationResponse{{Status: status, Parameters: map[string]string{"method.response.header.X": "'a'"}}})
		},
		"path part": func(c *snapshot.Configuration, _ *snapshot.Method, _ *snapshot.Integration) {
			c.Routes = append(c.Routes, "/{a}{b}")
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := diagnose.Judge(sibling(t, refuse), post, rules.All())
			i := slices.IndexFunc(d.Findings, func(f diagnose.Finding) bool {
				return f.Rule == "route-deployment-refused" || f.Rule == "mapping-integration-missing"
			})
			if d.Verdict != diagnose.Broken || i < 0 {
				t.Fatalf("verdict %s, findings %v", d.Verdict, d.Findings)
			}
			if d.Predicted.Origin != walk.FromDeployment || !slices.Contains(d.Findings[i].Codes, d.Predicted.Code) {
				t.Errorf("predicted %s %s, codes %v", d.Predicted.Origin, d.Predicted.Code, d.Findings[i].Codes)
			}
		})
	}
}
