package live

import (
	"context"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// The organization of the account is asked for where a policy looks at one, and only
// there; an account that is in none is told so (P79).
func TestOrganizationID(t *testing.T) {
	const condition = `{"Effect": "Allow", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}`
	inQueue := func(s *snapshot.Snapshot) {
		q := *value(s.Queues[ordersARN])
		q.Policy = known(condition)
		s.Queues[ordersARN] = known(&q)
	}
	places := map[string]func(*snapshot.Snapshot){
		"API":   func(s *snapshot.Snapshot) { s.APIs[0].Policy = known(condition) },
		"queue": inQueue,
		"key": func(s *snapshot.Snapshot) {
			k := *value(s.Keys[aliasARN])
			k.Policy = known(condition)
			s.Keys[aliasARN] = known(&k)
		},
		"trust": func(s *snapshot.Snapshot) {
			r := *value(s.Roles[ordersRole])
			r.Trust = known(condition)
			s.Roles[ordersRole] = known(&r)
		},
	}
	read := func(s *snapshot.Snapshot, o fakeaws.Options) (snapshot.Fact[string], bool) {
		server, cfg := serve(t, s, o)
		got, err := Read(context.Background(), cfg, Options{APIIDs: []string{"a1b2c3d4"}})
		if err != nil {
			t.Fatal(err)
		}
		return got.OrganizationID, slices.ContainsFunc(server.Calls(), func(c fakeaws.Call) bool { return c.Operation == "DescribeOrganization" })
	}
	for name, put := range places {
		s := rich()
		s.OrganizationID = known("o-a1b2c3d4e5")
		put(s)
		if fact, called := read(s, fakeaws.Options{}); value(fact) != "o-a1b2c3d4e5" || !called {
			t.Errorf("%s: read as %v, called %t", name, fact, called)
		}
	}
	s := rich()
	s.OrganizationID = known("")
	if fact, called := read(s, fakeaws.Options{}); fact.IsKnown() || called || fact.Gap().Reason != snapshot.NotRead {
		t.Errorf("where no policy asks: %v, called %t", fact, called)
	}
	inQueue(s)
	if fact, _ := read(s, fakeaws.Options{}); !fact.IsKnown() || value(fact) != "" {
		t.Errorf("in no organization: %v", fact)
	}
	for name, o := range map[string]fakeaws.Options{"denied": {Deny: []string{"DescribeOrganization"}}, "500": {Fail500: []string{"DescribeOrganization"}}} {
		fact, _ := read(s, o)
		if gap := fact.Gap(); fact.IsKnown() || !strings.HasPrefix(gap.Needs, "organizations:DescribeOrganization") {
			t.Errorf("%s: %v, %v", name, fact, gap)
		}
	}
}
