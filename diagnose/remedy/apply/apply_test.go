package apply_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy/apply"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
	"apisqs-doctor/rules"
)

const (
	roleARN  = "arn:aws:iam::123456789012:role/orders-api"
	queueARN = "arn:aws:sqs:us-east-1:123456789012:orders"
	keyARN   = "arn:aws:kms:us-east-1:123456789012:key/5f6d7e8c-0a1b-4c2d-9e3f-5a6b7c8d9e0f"
	shared   = "arn:aws:iam::123456789012:policy/shared"
	admins   = `{"Version":"2012-10-17","Statement":[{"Sid":"Admins","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"}]}`
)

var post = snapshot.MethodRef{API: "a1b2c3d4", Path: "/orders", Method: "POST"}

func known[T any](v T) snapshot.Fact[T] { return snapshot.Known(v, snapshot.Origin{}) }

// live is a configuration with a value of every kind that changes are about.
func live(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	c, err := fixtures.Load("orders")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Snapshot
	role, _ := s.Role(roleARN).Peek()
	role.Attached = known([]snapshot.Policy{{Name: "shared", ARN: shared, Document: known(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}`)}})
	s.Keys = map[string]snapshot.Fact[*snapshot.Key]{keyARN: known(&snapshot.Key{ARN: keyARN, Manager: known("CUSTOMER"), State: known("Enabled"), Usage: known("ENCRYPT_DECRYPT"),
		Spec: known("SYMMETRIC_DEFAULT"), Policy: known(admins), Grants: known([]snapshot.Grant{})})}
	return s
}

func on(kind, resource, name string) snapshot.PolicyTarget {
	return snapshot.PolicyTarget{Kind: kind, Resource: resource, Policy: name}
}

const allow = `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"` + queueARN + `"}`

// changes is one of each kind, in an order in which AWS takes them.
var changes = []snapshot.Change{
	snapshot.DeclareParameter{On: post, Name: "method.request.header.X-Tenant"},
	snapshot.SetRequestParameter{On: post, Name: "integration.request.header.X-Tenant", After: "method.request.header.X-Tenant"},
	snapshot.SetRequestParameter{On: post, Name: "integration.request.header.Content-Type", Before: "'application/x-www-form-urlencoded'"},
	snapshot.SetTemplate{On: post, ContentType: "application/json", After: "Action=SendMessage"},
	snapshot.SetTemplate{On: post, ContentType: "text/a~b", After: "x"},
	snapshot.SetIntegration{On: post, Field: snapshot.FieldPassthrough, Before: "NEVER", After: "WHEN_NO_TEMPLATES"},
	snapshot.SetIntegration{On: post, Field: snapshot.FieldCredentials, Before: roleARN},
	snapshot.AddMethodResponse{On: post, Status: "502"},
	snapshot.SetIntegrationResponse{On: post, After: &snapshot.IntegrationResponse{Status: "502", Pattern: "502", Templates: map[string]string{"a/b": ""}}},
	snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}, After: &snapshot.IntegrationResponse{Status: "400", Pattern: `4..`, Templates: map[string]string{"a/b": "c"}}},
	snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "500"}},
	snapshot.SetStatement{On: on("role", roleARN, "send"), After: allow},
	snapshot.SetStatement{On: on("role", roleARN, "new"), After: allow},
	snapshot.SetStatement{On: on("role", roleARN, "shared"), After: allow},
	snapshot.SetStatement{On: on("role", roleARN, "shared"), Index: 1, Before: "{}"},
	snapshot.SetStatement{On: on("trust", roleARN, ""), Index: 1, Before: "{}", After: `{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole","Sid":"New"}`},
	snapshot.SetStatement{On: on("queue", queueARN, ""), After: `{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"` + queueARN + `"}`},
	snapshot.SetStatement{On: on("key", keyARN, ""), After: `{"Effect":"Allow","Principal":{"AWS":"` + roleARN + `"},"Action":"kms:Decrypt","Resource":"*"}`},
	snapshot.SetQueueAttribute{Queue: queueARN, Name: "KmsMasterKeyId", After: keyARN},
	snapshot.SetStageVariable{API: "a1b2c3d4", Stage: "prod", Name: "queue", After: "orders"},
	snapshot.SetIntegration{On: post, Field: snapshot.FieldTimeout, Before: "29000", After: "5000"},
	snapshot.SetBinaryMediaTypes{API: "a1b2c3d4", After: []string{"application/pdf", "image/png"}},
	snapshot.SetDefaultEndpoint{API: "a1b2c3d4", Disabled: true},
	snapshot.SetValidator{On: post, After: "v4lid8"},
	snapshot.DeclareResponseHeader{On: post, Status: "200", Name: "method.response.header.X-Id"},
	snapshot.SetPolicyVersion{On: on("role", roleARN, "send"), Before: "2012-10-17", After: "2008-10-17"},
	snapshot.SetStatement{On: on("api", "a1b2c3d4", ""), After: `{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}`},
	snapshot.SetKeyEnabled{Key: keyARN},
	snapshot.CreateRole{ARN: "arn:aws:iam::123456789012:role/send-to-orders", Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
		Policy: "send", Document: `{"Version":"2012-10-17","Statement":[` + allow + `]}`},
	snapshot.Deploy{API: "a1b2c3d4", Stage: "prod"},
}

func begin(t testing.TB, s *snapshot.Snapshot, o fakeaws.Options) (*fakeaws.Server, aws.Config) {
	t.Helper()
	server, err := fakeaws.Start(s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server, aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", ""),
		RetryMaxAttempts: 1}
}

func fixOf(list ...snapshot.Change) []diagnose.Fix { return []diagnose.Fix{{Changes: list}} }

func plan(t testing.TB, s *snapshot.Snapshot, list ...snapshot.Change) *apply.Plan {
	t.Helper()
	p, err := apply.New(s, fixOf(list...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every kind of change, through the real SDK, has on AWS the effect that it has
// in memory; and the rollback file takes it back.
func TestRunAndRollback(t *testing.T) {
	check := func(name string, list []snapshot.Change) {
		t.Run(name, func(t *testing.T) {
			s := live(t)
			server, cfg := begin(t, s, fakeaws.Options{})
			want := s
			for _, c := range list {
				var err error
				if want, err = c.Apply(want); err != nil {
					t.Fatal(err)
				}
			}
			var saved []byte
			if err := apply.Run(context.Background(), cfg, plan(t, s, list...), func(b []byte) error { saved = b; return nil }); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fakeawstest.Comparable(t, want), fakeawstest.Comparable(t, server.State())); diff != "" {
				t.Errorf("after the run (-in memory +on AWS):\n%s", diff)
			}
			back, err := apply.Read(saved)
			if err != nil {
				t.Fatal(err)
			}
			if err := apply.Rollback(context.Background(), cfg, back, func(string) {}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fakeawstest.Comparable(t, live(t)), fakeawstest.Comparable(t, server.State())); diff != "" {
				t.Errorf("after the rollback (-before +now):\n%s", diff)
			}
			writes := len(server.Calls())
			if err := apply.Rollback(context.Background(), cfg, back, func(what string) { t.Errorf("taken back twice: %s", what) }); err != nil {
				t.Error(err)
			}
			for _, c := range server.Calls()[writes:] {
				if c.Write {
					t.Errorf("a second rollback calls %s", c.Operation)
				}
			}
		})
	}
	for _, c := range changes {
		if strings.Contains(c.String(), "502 for pattern") {
			continue // needs the method response that is declared before it
		}
		check(c.String(), []snapshot.Change{c})
	}
	check("all of them", changes)
	check("the type", []snapshot.Change{snapshot.SetIntegration{On: post, Field: snapshot.FieldType, Before: "AWS", After: "AWS_PROXY"}, snapshot.Deploy{API: "a1b2c3d4", Stage: "prod"}})
	check("one place twice", []snapshot.Change{changes[3], snapshot.SetTemplate{On: post, ContentType: "application/json", Before: "Action=SendMessage", After: "y"}})
}

// Properties of one integration go in one call, which AWS makes as a whole.
func TestOneCallForOneIntegration(t *testing.T) {
	s := live(t)
	server, cfg := begin(t, s, fakeaws.Options{})
	if err := apply.Run(context.Background(), cfg, plan(t, s, changes[1], changes[3], changes[5]), func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got := writes(server); !slices.Equal(got, []string{"UpdateIntegration"}) {
		t.Errorf("calls that write: %v", got)
	}
}

func writes(s *fakeaws.Server) []string {
	var list []string
	for _, c := range s.Calls() {
		if c.Write {
			list = append(list, c.Operation)
		}
	}
	return list
}

// What a colleague has changed meanwhile stops the run before anything is written.
func TestChangedMeanwhile(t *testing.T) {
	for _, mine := range changes[:len(changes)-1] {
		if strings.Contains(mine.String(), "502 for pattern") {
			continue
		}
		s := live(t)
		server, cfg := begin(t, s, fakeaws.Options{})
		p := plan(t, s, mine)
		foreign := mine
		switch c := mine.(type) {
		case snapshot.SetTemplate:
			c.After = "theirs"
			foreign = c
		case snapshot.SetStatement:
			c.After = strings.Replace(c.After, `"Allow"`, `"Deny"`, 1)
			foreign = c
		}
		if err := server.Change(foreign); err != nil {
			t.Fatal(err)
		}
		err := apply.Run(context.Background(), cfg, p, func([]byte) error { t.Error("a rollback file of nothing"); return nil })
		var changed *apply.Changed
		if !errors.As(err, &changed) || len(writes(server)) > 0 {
			t.Errorf("%s: error %v, calls %v; want it to stop", mine, err, writes(server))
		}
	}
}

// A call that is refused in the middle is told with what was done and what was
// not, and what was done can be taken back.
func TestDeniedInTheMiddle(t *testing.T) {
	for _, denied := range []string{"UpdateIntegration", "PutRolePolicy", "SetQueueAttributes", "CreateDeployment", "PutIntegrationResponse"} {
		s := live(t)
		server, cfg := begin(t, s, fakeaws.Options{Deny: []string{denied}})
		var saved []byte
		p := plan(t, s, changes...)
		err := apply.Run(context.Background(), cfg, p, func(b []byte) error { saved = b; return nil })
		var partial *apply.Partial
		if !errors.As(err, &partial) || len(partial.Left) == 0 || len(partial.Done)+len(partial.Left) != len(p.Cells) || !strings.Contains(err.Error(), "AccessDenied") {
			t.Fatalf("%s denied: error %v", denied, err)
		}
		back, err := apply.Read(saved)
		if err != nil {
			t.Fatal(err)
		}
		if err := apply.Rollback(context.Background(), cfg, back, func(string) {}); err != nil && denied != "UpdateIntegration" && denied != "PutRolePolicy" && denied != "SetQueueAttributes" {
			t.Errorf("%s denied, rollback: %v", denied, err)
		} else if diff := cmp.Diff(fakeawstest.Comparable(t, live(t)), fakeawstest.Comparable(t, server.State())); diff != "" {
			t.Errorf("%s denied, after the rollback: %s", denied, diff)
		}
	}
}

// A rollback leaves alone what somebody has changed since.
func TestRollbackAfterAnotherChange(t *testing.T) {
	s := live(t)
	server, cfg := begin(t, s, fakeaws.Options{})
	var saved []byte
	if err := apply.Run(context.Background(), cfg, plan(t, s, changes[3], changes[11]), func(b []byte) error { saved = b; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := server.Change(snapshot.SetTemplate{On: post, ContentType: "application/json", After: "theirs"}); err != nil {
		t.Fatal(err)
	}
	back, _ := apply.Read(saved)
	var told []string
	err := apply.Rollback(context.Background(), cfg, back, func(what string) { told = append(told, what) })
	if err == nil || !strings.Contains(err.Error(), `"theirs"`) || len(told) != 1 {
		t.Errorf("error %v, taken back %v", err, told)
	}
}

// A file that cannot be saved, or a target that cannot be read again, stops the run.
func TestNothingWithoutARollbackFile(t *testing.T) {
	s := live(t)
	server, cfg := begin(t, s, fakeaws.Options{})
	if err := apply.Run(context.Background(), cfg, plan(t, s, changes[3]), func([]byte) error { return errors.New("disk full") }); err == nil || len(writes(server)) > 0 {
		t.Errorf("error %v, calls %v", err, writes(server))
	}
	server, cfg = begin(t, s, fakeaws.Options{Deny: []string{"GetResource"}})
	if err := apply.Run(context.Background(), cfg, plan(t, s, changes[3]), func([]byte) error { return nil }); err == nil || len(writes(server)) > 0 {
		t.Errorf("error %v, calls %v", err, writes(server))
	}
}

// What must not be done, or cannot, is refused when it is planned.
func TestRefusals(t *testing.T) {
	canary := live(t)
	stages, _ := canary.APIs[0].Stages.Peek()
	stages[0].Canary = known(&snapshot.Canary{DeploymentID: "x", Percent: 5})
	lockout := snapshot.SetStatement{On: on("key", keyARN, ""), Index: 1, Before: "{}", After: `{"Effect":"Allow","Principal":{"AWS":"` + roleARN + `"},"Action":"kms:Decrypt","Resource":"*"}`}
	deny := snapshot.SetStatement{On: on("key", keyARN, ""), After: `{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}`}
	template := live(t)
	template.Target.Kind = snapshot.Template
	for name, tt := range map[string]struct {
		s      *snapshot.Snapshot
		change snapshot.Change
		want   string
	}{
		"locks the administrators out": {live(t), lockout, "would lock arn:aws:iam::123456789012:root out"},
		"denies everybody":             {live(t), deny, "would lock * out"},
		"a canary":                     {canary, snapshot.Deploy{API: "a1b2c3d4", Stage: "prod"}, "has a canary"},
		"a template":                   {template, changes[3], "changed in its file"},
		"a status that is taken":       {live(t), snapshot.SetIntegrationResponse{On: post, After: &snapshot.IntegrationResponse{Status: "200", Pattern: "x"}}, "already"},
		"no such method":               {live(t), snapshot.SetTemplate{On: snapshot.MethodRef{API: "a1b2c3d4", Path: "/x", Method: "GET"}}, "no method GET /x"},
	} {
		if _, err := apply.New(tt.s, fixOf(tt.change)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
	if _, err := apply.Read([]byte(`{"schema":"apisqs-doctor/snapshot/v1"}`)); err == nil {
		t.Error("a snapshot is no rollback file")
	}
}

// The plan of every broken fixture can be carried out on a loopback AWS, and
// what is there afterwards is what was predicted.
func TestPlansOfFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it carries out the plan of every fixture")
	}
	done := 0
	for _, name := range fixtures.Names() {
		c, err := fixtures.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		e := diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All())
		for _, d := range e.Diagnoses {
			if len(d.Plan.Fixes) == 0 {
				continue
			}
			// Each step is a change of the configuration as it is; they are made in turn.
			var steps []diagnose.Fix
			s := c.Snapshot
			for _, x := range d.Plan.Fixes {
				x.Changes = snapshot.Onto(s, x.Changes)
				for _, change := range x.Changes {
					if s, err = change.Apply(s); err != nil {
						t.Fatal(err)
					}
				}
				steps = append(steps, x)
			}
			p, err := apply.New(c.Snapshot, steps)
			if err != nil {
				t.Logf("%s: %v", name, err)
				continue
			}
			server, cfg := begin(t, c.Snapshot, fakeaws.Options{})
			if err := apply.Run(context.Background(), cfg, p, func([]byte) error { return nil }); err != nil {
				t.Logf("%s: %v", name, err) // what the fixture does not know, the loopback refuses to tell
				continue
			}
			done++
			after := diagnose.Examine(server.State(), diagnose.Selection{}, []walk.Request{d.Trace.Request}, rules.All()).Diagnoses[0]
			if after.Verdict != d.Plan.Verdict {
				t.Errorf("%s: %s after the fix, predicted %s", name, after.Verdict, d.Plan.Verdict)
			}
		}
	}
	if done < 80 {
		t.Errorf("only %d plans were carried out", done)
	}
	t.Logf("%d plans", done)
}
