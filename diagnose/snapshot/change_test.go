package snapshot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/snapshot"
)

var post = snapshot.MethodRef{API: "a1", Path: "/orders", Method: "POST"}

// Each change shows in the new snapshot and leaves the old one as it was.
func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		change snapshot.Change
		shows  string // in the saved text afterwards
	}{
		{snapshot.SetRequestParameter{On: post, Name: "integration.request.header.Content-Type", After: "'x/y'"}, `"value": "'x/y'"`},
		{snapshot.SetRequestParameter{On: post, Name: "integration.request.header.New", After: "'new'"}, `"integration.request.header.New": {`},
		{snapshot.SetTemplate{On: post, ContentType: "text/plain", After: "Action=X"}, `"text/plain": {`},
		{snapshot.SetIntegration{On: post, Field: snapshot.FieldHTTPMethod, After: "PUT"}, `"value": "PUT"`},
		{snapshot.SetIntegrationResponse{On: post, After: &snapshot.IntegrationResponse{Status: "502", Pattern: `5\d{2}`}}, `"status": "502"`},
		{snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Status: "200"}, After: &snapshot.IntegrationResponse{Status: "200", Pattern: "2.."}}, `"pattern": "2.."`},
		{snapshot.AddMethodResponse{On: post, Status: "418"}, `"418": {`},
		{snapshot.DeclareParameter{On: post, Name: "method.request.header.X-Tenant"}, `"method.request.header.X-Tenant": false`},
		{snapshot.SetIntegration{On: post, Field: snapshot.FieldTimeout, After: "1234"}, `"value": 1234`},
		{snapshot.SetBinaryMediaTypes{API: "a1", After: []string{"application/pdf"}}, `"application/pdf"`},
		{snapshot.SetDefaultEndpoint{API: "a1", Disabled: true}, `"value": true`},
		{snapshot.SetValidator{On: post, After: "v4lid"}, `"value": "v4lid"`},
		{snapshot.DeclareResponseHeader{On: post, Status: "200", Name: "method.response.header.X-New"}, `"method.response.header.X-New": false`},
		{snapshot.SetPolicyVersion{On: snapshot.PolicyTarget{Kind: "trust", Resource: roleARN}, After: "2008-10-17"}, `\"Version\":\"2008-10-17\"`},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "api", Resource: "a1"}, After: `{"Sid":"Invoke"}`}, `\"Sid\":\"Invoke\"`},
		{snapshot.SetQueueAttribute{Queue: queueARN, Name: "MaximumMessageSize", After: "2048"}, `"value": 2048`},
		{snapshot.SetStageVariable{API: "a1", Stage: "prod", Name: "queue", After: "orders"}, `"queue": "orders"`},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "queue", Resource: queueARN}, After: `{"Sid":"New"}`}, `\"Sid\":\"New\"`},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "trust", Resource: roleARN}, After: `{"Sid":"Trust"}`}, `\"Sid\":\"Trust\"`},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "role", Resource: roleARN, Policy: "send"}, After: `{"Sid":"Two"}`}, `\"Sid\":\"Two\"`},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "role", Resource: roleARN, Policy: "other"}, After: `{"Sid":"Three"}`}, `"name": "other"`},
	} {
		t.Run(tt.change.String(), func(t *testing.T) {
			s := sample()
			before := text(t, s)
			after, err := tt.change.Apply(s)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, text(t, s)); diff != "" {
				t.Errorf("the given snapshot was changed:\n%s", diff)
			}
			got := text(t, after)
			if strings.Contains(before, tt.shows) || !strings.Contains(got, tt.shows) {
				t.Errorf("%s does not show after the change", tt.shows)
			}
		})
	}
}

func TestDeployRunsTheDraft(t *testing.T) {
	s, err := snapshot.Deploy{API: "a1", Stage: "prod"}.Apply(sample())
	if err != nil {
		t.Fatal(err)
	}
	gaps := &snapshot.Gaps{}
	stages, _ := s.APIs[0].Stages.Read(gaps)
	deployed, ok := stages[0].Deployed.Read(gaps)
	if !ok || len(deployed.Methods) != 1 {
		t.Errorf("the stage runs %v, want the draft", deployed)
	}
}

// A statement is added or replaced; whatever else the policy says stays.
func TestSetStatementKeepsTheRest(t *testing.T) {
	target := snapshot.PolicyTarget{Kind: "role", Resource: roleARN, Policy: "send"}
	for _, tt := range []struct {
		index       int
		after, want string
	}{
		{0, `{"Sid":"Two"}`, `{"Version":"2012-10-17","Id":"kept","Statement":[{"Sid":"One","Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"},{"Sid":"Two"}]}`},
		{1, `{"Sid":"Two"}`, `{"Version":"2012-10-17","Id":"kept","Statement":{"Sid":"Two"}}`},
		{1, ``, ``},
	} {
		s, err := snapshot.SetStatement{On: target, Index: tt.index, After: tt.after}.Apply(sample())
		if err != nil {
			t.Fatal(err)
		}
		gaps := &snapshot.Gaps{}
		role, _ := s.Roles[roleARN].Read(gaps)
		inline, _ := role.Inline.Read(gaps)
		if tt.want == "" {
			if len(inline) != 0 {
				t.Errorf("a policy without statements is still there: %v", inline)
			}
			continue
		}
		if got, _ := inline[0].Document.Read(gaps); got != tt.want {
			t.Errorf("statement %d set to %q gives\n%s, want\n%s", tt.index, tt.after, got, tt.want)
		}
	}
}

// Spelling, order and layout of the other statements survive.
func TestSetStatementKeepsTheText(t *testing.T) {
	const policy = "{\n  \"Statement\": [ {\"Sid\":\"A\"} ,\n {\"Sid\":\"B\"}, {\"Sid\":\"C\"} ],\n  \"Version\": \"2012-10-17\"\n}"
	target := snapshot.PolicyTarget{Kind: "queue", Resource: queueARN}
	for _, tt := range []struct {
		index       int
		after, want string
	}{
		{0, `{"Sid":"D"}`, strings.Replace(policy, `{"Sid":"C"}`, `{"Sid":"C"},{"Sid":"D"}`, 1)},
		{2, `{"Sid":"X"}`, strings.Replace(policy, `"B"`, `"X"`, 1)},
		{1, ``, strings.Replace(policy, "{\"Sid\":\"A\"} ,\n ", "", 1)},
		{2, ``, strings.Replace(policy, " ,\n {\"Sid\":\"B\"}", "", 1)},
		{3, ``, strings.Replace(policy, `, {"Sid":"C"}`, "", 1)},
	} {
		s := sample()
		s.Queues[queueARN] = known(&snapshot.Queue{ARN: queueARN, Policy: known(policy)})
		s, err := snapshot.SetStatement{On: target, Index: tt.index, After: tt.after}.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		queue, _ := s.Queue(queueARN).Peek()
		if got, _ := queue.Policy.Peek(); got != tt.want {
			t.Errorf("statement %d set to %q gives\n%s, want\n%s", tt.index, tt.after, got, tt.want)
		}
	}
}

// A change of something that is not there, or not known, is an error and no guess.
func TestChangesThatCannotBeMade(t *testing.T) {
	for _, tt := range []struct {
		change snapshot.Change
		want   string
	}{
		{snapshot.SetTemplate{On: snapshot.MethodRef{API: "a1", Path: "/nowhere", Method: "POST"}}, "the draft has no method POST /nowhere"},
		{snapshot.SetTemplate{On: snapshot.MethodRef{API: "zz"}}, `no API "zz"`},
		{snapshot.SetIntegration{On: post, Field: "colour"}, `no such property of an integration: "colour"`},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "role", Resource: "arn:aws:iam::123456789012:role/gone"}, After: "{}"}, "does not exist"},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "role", Resource: "arn:unread"}, After: "{}"}, "not known (not-read)"},
		{snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "role", Resource: roleARN, Policy: "send"}, Index: 9, After: "{}"}, "the policy has no statement 9"},
		{snapshot.SetQueueAttribute{Queue: queueARN, Name: "MaximumMessageSize", After: "much"}, `MaximumMessageSize "much" is not a number of bytes`},
		{snapshot.SetIntegrationResponse{On: post, Before: &snapshot.IntegrationResponse{Pattern: "9.."}}, `no integration response with pattern "9.."`},
		{snapshot.SetIntegrationResponse{On: post, After: &snapshot.IntegrationResponse{Pattern: "4..", Status: "400"}}, `status 400 has an integration response already, with pattern "4\\d{2}"`},
	} {
		if _, err := tt.change.Apply(sample()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.change, err, tt.want)
		}
	}
}

func TestKeyReference(t *testing.T) {
	for _, tt := range []struct{ id, want string }{
		{"1a2b", "arn:aws:kms:us-east-1:123456789012:key/1a2b"},
		{"alias/aws/sqs", "arn:aws:kms:us-east-1:123456789012:alias/aws/sqs"},
		{keyARN, keyARN},
	} {
		if got := snapshot.KeyReference(queueARN, tt.id); got != tt.want {
			t.Errorf("KeyReference(%q) = %q, want %q", tt.id, got, tt.want)
		}
	}
}
