package rules_test

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

// A group that the client may leave out gets another value in that case alone: the one
// that a client sends goes on ordering its messages.
func TestGroupsThatClientsSendAreKept(t *testing.T) {
	for _, value := range []string{"$input.path('$.site')", "$util.urlEncode($input.path('$.site'))", "$util.urlEncode($input.params('X-Site'))"} {
		base := example(t, "orders_fifo").Snapshot
		api := base.APIs[0].ID
		text := "Action=SendMessage&MessageGroupId=" + value + "&MessageDeduplicationId=$context.requestId&MessageBody=$util.urlEncode($input.body)"
		s := changed(t, base, diagnose.Fix{Changes: []snapshot.Change{snapshot.SetTemplate{On: snapshot.MethodRef{API: api, Path: "/orders", Method: "POST"}, ContentType: "application/json", After: text},
			snapshot.Deploy{API: api, Stage: "prod"}}})
		call := diagnose.Plain("POST", "/orders")
		e := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{call}, rules.All())
		d := &e.Diagnoses[0]
		if d.Verdict != diagnose.Broken || len(d.Plan.Fixes) == 0 {
			t.Fatalf("%s: %s with %d steps", value, d.Verdict, len(d.Plan.Fixes))
		}
		after := changed(t, s, d.Plan.Fixes...)
		without := diagnose.Judge(after, call, rules.All())
		if m := without.Messages(); len(m) != 1 || m[0].GroupID == "" {
			t.Errorf("%s: without the value: %v", value, m)
		}
		call.Body = `{"id":1,"site":"north"}`
		call = call.WithHeader("X-Site", "north")
		with := diagnose.Judge(after, call, rules.All())
		if m := with.Messages(); len(m) != 1 || m[0].GroupID != "north" {
			t.Errorf("%s: with it the group is %v; the plan: %s", value, m, d.Plan.Fixes[0].Title)
		}
		for _, f := range d.Findings {
			for _, x := range f.Fixes {
				if f.Rule == "queue-fifo-group" && !strings.Contains(x.Title, " is empty") {
					t.Errorf("%s: offered as well: %s", value, x.Title)
				}
			}
		}
	}
}
