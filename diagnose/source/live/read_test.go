package live

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"

	"github.com/google/go-cmp/cmp"
)

func TestReadGivesBackTheSnapshotThatIsServed(t *testing.T) {
	for _, pageSize := range []int{0, 2, 1} {
		want := rich()
		_, cfg := serve(t, want, fakeaws.Options{PageSize: pageSize})
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain(t, want), plain(t, got)); diff != "" {
			t.Fatalf("page size %d (-served +read):\n%s", pageSize, diff)
		}
	}
}

// Roles share policies, queues share keys, methods share all: each is read
// once, and nothing is read that changes anything.
func TestReadMakesNoCallTwice(t *testing.T) {
	s := rich()
	queue := *value(s.Queues[ordersARN])
	queue.ARN, queue.URL = "arn:aws:sqs:us-east-1:123456789012:other", "https://sqs.us-east-1.amazonaws.com/123456789012/other"
	queue.KMSKeyID = known(keyARN) // the key of alias/orders under its own name
	s.Queues[queue.ARN], s.Keys[keyARN] = known(&queue), s.Keys[aliasARN]
	draft := value(s.APIs[0].Draft)
	for _, path := range []string{"/x", "/y", "/z"} {
		draft.Methods = append(draft.Methods, sqsMethod("POST", path, "", "arn:aws:apigateway:us-east-1:sqs:path/123456789012/other", ordersRole, nil))
	}
	s.APIs[0].Draft = known(draft)
	server, cfg := serve(t, s, fakeaws.Options{})
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Keys) != 2 || len(got.Queues) != 4 {
		t.Errorf("%d keys and %d queues, want 2 and 4", len(got.Keys), len(got.Queues))
	}
	seen := map[string]bool{}
	for _, call := range server.Calls() {
		name := call.Operation + " " + call.Target
		if seen[name] {
			t.Errorf("%s twice", name)
		}
		seen[name] = true
		if call.Write {
			t.Errorf("%s writes", name)
		}
	}
}

func TestReadGivesTheSameBytesEachTime(t *testing.T) {
	_, cfg := serve(t, rich(), fakeaws.Options{})
	var first string
	for range 5 {
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		if err != nil {
			t.Fatal(err)
		}
		var saved bytes.Buffer
		if err := snapshot.Save(&saved, got); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = saved.String()
		}
		if diff := cmp.Diff(first, saved.String()); diff != "" {
			t.Fatal(diff)
		}
	}
	loaded, err := snapshot.Load(strings.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := snapshot.Save(&again, loaded); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again.String()); diff != "" {
		t.Errorf("saved, loaded and saved again:\n%s", diff)
	}
}

func TestOriginsNameTheControlPlanePath(t *testing.T) {
	_, cfg := serve(t, rich(), fakeaws.Options{})
	got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
	if err != nil {
		t.Fatal(err)
	}
	const api = "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4"
	const header = "integration.request.header.Content-Type"
	draft := value(got.APIs[0].Draft)
	in := value(draft.Methods[2].Integration)
	prod := value(got.APIs[0].Stages)[1]
	deployed := value(value(prod.Deployed).Methods[2].Integration)
	for _, test := range []struct{ got, want snapshot.Origin }{
		{value(in.RequestParameters)[header].Origin(), snapshot.Origin{Resource: api + "/resources/res1/methods/POST/integration", Path: "requestParameters['" + header + "']"}},
		{value(in.Responses)[1].Origin, snapshot.Origin{Resource: api + "/resources/res1/methods/POST/integration/responses/400"}},
		{draft.Methods[2].Authorization.Origin(), snapshot.Origin{Resource: api + "/resources/res1/methods/POST", Path: "authorizationType"}},
		{prod.Variables.Origin(), snapshot.Origin{Resource: api + "/stages/prod", Path: "variables"}},
		{deployed.URI.Origin(), snapshot.Origin{Resource: api + "/stages/prod/exports/oas30", Path: "paths['/orders'].post['x-amazon-apigateway-integration'].uri"}},
		{value(got.Roles[ordersRole]).Trust.Origin(), snapshot.Origin{Resource: ordersRole, Path: "AssumeRolePolicyDocument"}},
		{value(got.Queues[ordersARN]).Policy.Origin(), snapshot.Origin{Resource: ordersARN, Path: "Policy"}},
	} {
		if test.got != test.want {
			t.Errorf("got %+v, want %+v", test.got, test.want)
		}
	}
}
