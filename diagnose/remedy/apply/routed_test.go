package apply_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/remedy/apply"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

// routed is an HTTP or WebSocket API with the ids that AWS gives. The HTTP API has a
// parameter that can be taken out.
func routed(t testing.TB, name string) *snapshot.Snapshot {
	t.Helper()
	base, answers := strings.CutSuffix(name, " that answers")
	c, err := fixtures.Load(base)
	if err != nil {
		t.Fatal(err)
	}
	if answers {
		s := c.Snapshot
		for _, change := range []snapshot.Change{snapshot.SetIntegrationResponse{On: socket, After: &kept}, snapshot.Deploy{API: "w1b2c3d4", Stage: "live"}} {
			if s, err = change.Apply(s); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	if name != "orders_http" {
		return c.Snapshot
	}
	s, err := snapshot.SetRequestParameter{On: httpRoute, Name: "DelaySeconds", After: "0"}.Apply(c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	httpRoute = snapshot.MethodRef{API: "h1b2c3d4", Path: "/orders", Method: "POST"}
	socket    = snapshot.MethodRef{API: "w1b2c3d4", Path: "submit"}
	kept      = snapshot.IntegrationResponse{Pattern: "200", Templates: map[string]string{"$default": "x", "y": "z"}, TemplateSelection: `\$default`}
	without   = snapshot.IntegrationResponse{Pattern: "200", Templates: map[string]string{"y": "z"}, TemplateSelection: `\$default`}
	other     = snapshot.IntegrationResponse{Pattern: "200", Templates: map[string]string{"$default": "other", "y": "z"}, TemplateSelection: `\$default`}
	respond   = &snapshot.IntegrationResponse{Pattern: "200", Status: "200", Parameters: map[string]string{"overwrite:statuscode": "202"}}
)

// routedChanges are of every kind that HTTP and WebSocket APIs have, each set with
// the calls that it takes.
var routedChanges = []struct {
	name, base, calls string
	list              []snapshot.Change
}{
	{"a parameter", "orders_http", "UpdateIntegration", []snapshot.Change{snapshot.SetRequestParameter{On: httpRoute, Name: "MessageGroupId", After: "$context.routeKey"}}},
	{"a parameter away", "orders_http", "UpdateIntegration", []snapshot.Change{snapshot.SetRequestParameter{On: httpRoute, Name: "DelaySeconds", Before: "0"}}},
	{"several of one integration", "orders_http", "UpdateIntegration", []snapshot.Change{
		snapshot.SetRequestParameter{On: httpRoute, Name: "MessageGroupId", After: "g"}, snapshot.SetIntegration{On: httpRoute, Field: snapshot.FieldCredentials, After: roleARN},
		snapshot.SetIntegration{On: httpRoute, Field: snapshot.FieldTimeout, After: "5000"}, snapshot.SetRequestParameter{On: httpRoute, Name: "DelaySeconds", After: "5"}}},
	{"response parameters", "orders_http", "UpdateIntegration", []snapshot.Change{snapshot.SetIntegrationResponse{On: httpRoute, After: respond}}},
	{"the authorization", "orders_http", "UpdateRoute", []snapshot.Change{snapshot.SetAuthorization{On: httpRoute, Before: "NONE", After: "AWS_IAM"}}},
	{"a stage variable", "orders_http", "UpdateStage", []snapshot.Change{snapshot.SetStageVariable{API: "h1b2c3d4", Stage: "$default", Name: "queue", After: "orders"}}},
	{"the endpoint", "orders_http", "UpdateApi", []snapshot.Change{snapshot.SetDefaultEndpoint{API: "h1b2c3d4", Disabled: true}}},
	{"a template", "orders_socket", "UpdateIntegration CreateDeployment", []snapshot.Change{
		snapshot.SetTemplate{On: socket, ContentType: "$default", After: "Action=SendMessage&MessageBody=x"}, snapshot.Deploy{API: "w1b2c3d4", Stage: "live"}}},
	{"a mapping", "orders_socket", "UpdateIntegration", []snapshot.Change{snapshot.SetRequestParameter{On: socket, Name: "integration.request.header.X", After: "'y'"}}},
	{"the passthrough", "orders_socket", "UpdateIntegration", []snapshot.Change{snapshot.SetIntegration{On: socket, Field: snapshot.FieldPassthrough, After: "WHEN_NO_MATCH"}}},
	{"two-way", "orders_socket", "CreateRouteResponse UpdateRoute CreateIntegrationResponse", []snapshot.Change{
		snapshot.AddRouteResponse{On: socket}, snapshot.SetIntegrationResponse{On: socket, After: &snapshot.IntegrationResponse{}}}},
	{"an answer", "orders_socket that answers", "UpdateIntegrationResponse", []snapshot.Change{snapshot.SetIntegrationResponse{On: socket, Before: &kept, After: &other}}},
	{"an answer that loses a template", "orders_socket that answers", "DeleteIntegrationResponse CreateIntegrationResponse", []snapshot.Change{snapshot.SetIntegrationResponse{On: socket, Before: &kept, After: &without}}},
	{"deploying by itself", "orders_socket", "UpdateStage", []snapshot.Change{snapshot.SetAutoDeploy{API: "w1b2c3d4", Stage: "live"}}},
}

// Every kind of change has on AWS the effect that it has in memory, and the
// rollback file takes it back.
func TestRoutedRunAndRollback(t *testing.T) {
	for _, c := range routedChanges {
		t.Run(c.name, func(t *testing.T) {
			s := routed(t, c.base)
			server, cfg := begin(t, s, fakeaws.Options{})
			want := s
			for _, change := range c.list {
				var err error
				if want, err = change.Apply(want); err != nil {
					t.Fatal(err)
				}
			}
			var saved []byte
			p := plan(t, s, c.list...)
			if err := apply.Run(context.Background(), cfg, p, func(b []byte) error { saved = b; return nil }); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(writes(server), " "); got != c.calls {
				t.Errorf("calls that write: %s, want %s", got, c.calls)
			}
			if diff := cmp.Diff(fakeawstest.Comparable(t, want), fakeawstest.Comparable(t, server.State())); diff != "" {
				t.Errorf("after the run (-in memory +on AWS):\n%s", diff)
			}
			back, err := apply.Read(saved)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			if err := apply.Rollback(context.Background(), cfg, back, func(what string) { told = append(told, what) }); err != nil {
				t.Fatal(err)
			}
			if len(told) != len(p.Cells) || slices.Contains(told, "") {
				t.Errorf("taken back: %q of %d", told, len(p.Cells))
			}
			if diff := cmp.Diff(fakeawstest.Comparable(t, routed(t, c.base)), fakeawstest.Comparable(t, server.State())); diff != "" {
				t.Errorf("after the rollback (-before +now):\n%s", diff)
			}
			if err := apply.Rollback(context.Background(), cfg, back, func(what string) { t.Errorf("taken back twice: %s", what) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a colleague has changed meanwhile stops the run before anything is written,
// and a refusal in the middle is told with what was done.
func TestRoutedTrouble(t *testing.T) {
	s := routed(t, "orders_http")
	server, cfg := begin(t, s, fakeaws.Options{})
	p := plan(t, s, routedChanges[0].list...)
	if err := server.Change(snapshot.SetRequestParameter{On: httpRoute, Name: "MessageBody", After: "theirs"}); err != nil {
		t.Fatal(err)
	}
	var changed *apply.Changed
	if err := apply.Run(context.Background(), cfg, p, func([]byte) error { return nil }); !errors.As(err, &changed) || len(writes(server)) > 0 {
		t.Errorf("error %v, calls %v", err, writes(server))
	}

	s = routed(t, "orders_socket")
	_, cfg = begin(t, s, fakeaws.Options{Deny: []string{"CreateIntegrationResponse"}})
	var partial *apply.Partial
	err := apply.Run(context.Background(), cfg, plan(t, s, routedChanges[10].list...), func([]byte) error { return nil })
	if !errors.As(err, &partial) || len(partial.Done) != 2 || len(partial.Left) != 1 {
		t.Errorf("denied in the middle: %v", err)
	}
	if _, err := apply.New(routed(t, "orders_http"), fixOf(snapshot.Deploy{API: "h1b2c3d4", Stage: "$default"})); err == nil || !strings.Contains(err.Error(), "deploys by itself") {
		t.Errorf("a deployment of a stage that deploys by itself: %v", err)
	}
}
