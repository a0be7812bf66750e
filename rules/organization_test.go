package rules_test

import (
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// The organization of the account reaches the evaluation of every policy, where it is
// known (P79): of the caller and, in the same account, of the queue. Where it is not,
// the verdict says what would tell.
func TestOrganizationOfTheAccount(t *testing.T) {
	const (
		own     = "o-a1b2c3d4e5"
		queue   = "arn:aws:sqs:us-east-1:123456789012:orders"
		foreign = "arn:aws:sqs:us-east-1:222222222222:orders"
	)
	role := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":` + condition + `}]}`
	}
	resource := func(arn, effect, principal, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"sqs:*","Resource":"` + arn + `","Condition":` + condition + `}]}`
	}
	is := func(key string) string { return `{"StringEquals":{"` + key + `":"` + own + `"}}` }
	not := func(key string) string { return `{"StringNotEquals":{"` + key + `":"` + own + `"}}` }
	everyone := `{"AWS":"*"}`
	for _, c := range []struct {
		name, fixture       string
		role, queue, api    string           // policies in the place of the fixture's
		known, other, lacks diagnose.Verdict // in the organization, in another one, in none
	}{
		{name: "role, PrincipalOrgID", fixture: "orders", role: role(is("aws:PrincipalOrgID")), known: diagnose.Healthy, other: diagnose.Broken, lacks: diagnose.Broken},
		{name: "role, ResourceOrgID", fixture: "orders", role: role(is("aws:ResourceOrgID")), known: diagnose.Healthy, other: diagnose.Broken, lacks: diagnose.Broken},
		{name: "queue denies others", fixture: "orders", queue: resource(queue, "Deny", everyone, not("aws:PrincipalOrgID")), known: diagnose.Healthy, other: diagnose.Broken, lacks: diagnose.Broken},
		{name: "queue of another account admits the organization", fixture: "orders_cross_account", queue: resource(foreign, "Allow", everyone, is("aws:PrincipalOrgID")), known: diagnose.Healthy, other: diagnose.Broken, lacks: diagnose.Broken},
		{name: "queue of another account, in an organization that is not known", fixture: "orders_cross_account", role: role(is("aws:ResourceOrgID")), known: diagnose.Inconclusive, other: diagnose.Inconclusive, lacks: diagnose.Inconclusive},
		{name: "no source", fixture: "orders", role: role(is("aws:SourceOrgID")), known: diagnose.Broken, other: diagnose.Broken, lacks: diagnose.Broken},
		{name: "API, callers that do not sign", fixture: "orders", api: resource("execute-api:/*", "Allow", `"*"`, is("aws:PrincipalOrgID")), known: diagnose.Broken, other: diagnose.Broken, lacks: diagnose.Broken},
		{name: "API, ResourceOrgID", fixture: "orders", api: resource("execute-api:/*", "Allow", `"*"`, is("aws:ResourceOrgID")), known: diagnose.Inconclusive, other: diagnose.Broken, lacks: diagnose.Broken},
	} {
		for id, want := range map[string]diagnose.Verdict{own: c.known, "o-zzzzzzzzzz": c.other, "": c.lacks, "?": diagnose.Inconclusive} {
			if id == "?" && c.known == c.other && c.known == diagnose.Broken {
				want = diagnose.Broken // whatever the organization is
			}
			read, err := fixtures.Load(c.fixture)
			if err != nil {
				t.Fatal(err)
			}
			s := read.Snapshot
			if id != "?" {
				s.OrganizationID = snapshot.Known(id, snapshot.Origin{})
			}
			for arn, fact := range s.Roles {
				r, _ := fact.Peek()
				if inline, _ := r.Inline.Peek(); c.role != "" {
					inline[0].Document = snapshot.Known(c.role, snapshot.Origin{})
				}
				s.Roles[arn] = fact.With(r)
			}
			for arn, fact := range s.Queues {
				q, _ := fact.Peek()
				if c.queue != "" {
					q.Policy = snapshot.Known(c.queue, snapshot.Origin{})
				}
				s.Queues[arn] = fact.With(q)
			}
			if c.api != "" {
				s.APIs[0].Policy = snapshot.Known(strings.ReplaceAll(c.api, "sqs:*", "execute-api:Invoke"), snapshot.Origin{})
			}
			d := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Diagnoses[0]
			if d.Verdict != want {
				t.Errorf("%s, organization %q: %s, want %s: %v", c.name, id, d.Verdict, want, d.Gaps)
			}
			if told := slices.ContainsFunc(d.Gaps, func(g snapshot.Gap) bool { return g.Needs == snapshot.NeedsOrganization }); id == "?" && want == diagnose.Inconclusive && !told {
				t.Errorf("%s: nothing says what would tell the organization: %v", c.name, d.Gaps)
			}
		}
	}
}
