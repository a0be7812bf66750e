package rules_test

import (
	"slices"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// What could not be read is never the ground of a refusal, nor of health: which paths a
// custom domain has, and what an authorizer reads of a call (T175).
func TestUnreadFactsDecideNothing(t *testing.T) {
	denied := snapshot.Unknown[[]snapshot.Domain](snapshot.Gap{Reason: snapshot.Denied, Needs: "apigateway:GET on arn:aws:apigateway:us-east-1::/domainnames"})
	token := snapshot.Known(snapshot.Authorizer{Name: "check", Type: "TOKEN", IdentitySource: "method.request.header.Authorization"}, snapshot.Origin{})
	for _, c := range []struct {
		name       string
		domains    snapshot.Fact[[]snapshot.Domain]
		authorizer map[string]snapshot.Fact[snapshot.Authorizer]
		header     walk.Header
		want       diagnose.Verdict
	}{
		{"domains that may not be read", denied, nil, walk.Header{Name: "Host", Value: "api.example.com"}, diagnose.Inconclusive},
		{"domains that may not be read, and another host", denied, nil, walk.Header{Name: "Host", Value: "a1b2c3d4.execute-api.us-east-1.amazonaws.com"}, diagnose.Healthy},
		{"domains that nobody asked for", snapshot.Fact[[]snapshot.Domain]{}, nil, walk.Header{Name: "Host", Value: "api.example.com"}, diagnose.Healthy},
		{"an authorizer without its token", denied, map[string]snapshot.Fact[snapshot.Authorizer]{"au7h": token}, walk.Header{Name: "X-Token", Value: "t"}, diagnose.Broken},
		{"an authorizer with its token", denied, map[string]snapshot.Fact[snapshot.Authorizer]{"au7h": token}, walk.Header{Name: "Authorization", Value: "t"}, diagnose.Healthy},
		{"an authorizer that was not read", denied, map[string]snapshot.Fact[snapshot.Authorizer]{}, walk.Header{Name: "X-Token", Value: "t"}, diagnose.Inconclusive},
		{"an authorizer that may not be read", denied, map[string]snapshot.Fact[snapshot.Authorizer]{"au7h": {}}, walk.Header{Name: "X-Token", Value: "t"}, diagnose.Inconclusive},
	} {
		read, err := fixtures.Load("orders")
		if err != nil {
			t.Fatal(err)
		}
		s := read.Snapshot
		s.APIs[0].Domains = c.domains
		if c.authorizer != nil {
			edit(s, func(m *snapshot.Method) {
				m.Authorization, m.AuthorizerID = snapshot.Known("CUSTOM", snapshot.Origin{}), snapshot.Known("au7h", snapshot.Origin{})
			})
			stages, _ := s.APIs[0].Stages.Peek()
			for _, fact := range []*snapshot.Fact[snapshot.Configuration]{&s.APIs[0].Draft, &stages[0].Deployed} {
				configuration, _ := fact.Peek()
				configuration.Authorizers = c.authorizer
				*fact = fact.With(configuration)
			}
		}
		request := walk.Request{Method: "POST", Path: "/orders", Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}, c.header}, Body: `{"id":1}`}
		d := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{request}, rules.All()).Diagnoses[0]
		if d.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %v %v", c.name, d.Verdict, c.want, d.Findings, d.Gaps)
		}
	}
}

// Where there is neither a template nor a Content-Type mapping both are findings, and
// the plan mends both (T1).
func TestNoTemplateAndNoContentType(t *testing.T) {
	read, err := fixtures.Load("mapping_template_missing_unannounced")
	if err != nil {
		t.Fatal(err)
	}
	d := diagnose.Examine(read.Snapshot, diagnose.Selection{}, nil, rules.All()).Diagnoses[0]
	var resolved []string
	for _, step := range d.Plan.Fixes {
		resolved = append(resolved, step.Resolves...)
	}
	if !d.Plan.Complete || !slices.Contains(resolved, "mapping-template-missing") || !slices.Contains(resolved, "protocol-content-type") {
		t.Errorf("the plan is complete: %t, and resolves %q; remains %v", d.Plan.Complete, resolved, d.Plan.Remains)
	}
}
