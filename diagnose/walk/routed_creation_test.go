package walk_test

import (
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
)

// A stack is created as a whole: what AWS refuses of another route refuses the healthy
// one with it. Terraform creates them one by one, and of what exists nothing is judged.
func TestAnotherRouteRefusesTheStack(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    string
		exists  bool
		other   func(*snapshot.Method)
		refused bool
	}{
		{"a healthy one", snapshot.Template, false, func(m *snapshot.Method) { m.RouteKey = "GET /x" }, false},
		{"one key twice", snapshot.Template, false, func(*snapshot.Method) {}, true},
		{"no route key", snapshot.Template, false, func(m *snapshot.Method) { m.RouteKey = "GET x" }, true},
		{"a subtype that there is not", snapshot.Template, false, func(m *snapshot.Method) {
			m.RouteKey = "GET /x"
			in, _ := m.Integration.Peek()
			copied := *in
			copied.Subtype = copied.Subtype.With("SQS_SendMessage")
			m.Integration = m.Integration.With(&copied)
		}, true},
		{"of Terraform", snapshot.Terraform, false, func(m *snapshot.Method) { m.RouteKey = "GET x" }, false},
		{"that exists", snapshot.Template, true, func(m *snapshot.Method) { m.RouteKey = "GET x" }, false},
	} {
		loaded, err := fixtures.Load("orders_http")
		if err != nil {
			t.Fatal(err)
		}
		s := loaded.Snapshot
		s.Target.Kind, s.Target.Exists = c.kind, c.exists
		api := &s.APIs[0]
		api.Origin.File = "template.yaml"
		draft, _ := api.Draft.Peek()
		other := draft.Methods[0]
		other.HTTPMethod, other.Path = "GET", "/x"
		c.other(&other)
		draft.Methods = append(draft.Methods, other)
		api.Draft = api.Draft.With(draft)
		trace := walk.New(s).Walk(walk.Request{API: api.ID, Method: "POST", Path: "/orders", Body: "x"})
		failure := trace.FirstFailure()
		if refused := failure != nil && failure.Failure.Origin == walk.FromDeployment; refused != c.refused {
			t.Errorf("%s: refused %v, want %v (%+v)", c.name, refused, c.refused, failure)
		}
	}
}
