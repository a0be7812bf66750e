package rules_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// A plan is honest: each finding stands under a step or under what remains, and the
// steps give the same configuration in any order, that of all changes together.
func TestPlansAreHonest(t *testing.T) {
	for _, name := range fixtures.Names() {
		c := example(t, name)
		for _, d := range diagnoses(t, c) {
			honest(t, name, c.Snapshot, &d)
		}
	}
}

// Two faults of one template, and faults of other places beside them.
func TestPlansOfSeveralFaults(t *testing.T) {
	on := snapshot.MethodRef{API: "a1b2c3d4", Path: "/orders", Method: "POST"}
	template := func(text string) snapshot.Change {
		return snapshot.SetTemplate{On: on, ContentType: "application/json", After: text}
	}
	templates := map[string]snapshot.Change{
		"unencoded":                   template("Action=SendMessage&MessageBody=$input.body"),
		"blanks, unencoded":           template("Action=SendMessage&\n  MessageBody=$input.body"),
		"wrong action, unencoded":     template("Action=SendMessages&MessageBody=$input.body"),
		"encoded twice, no attribute": template("Action=SendMessage&MessageBody=$util.urlEncode($util.urlEncode($input.body))&MessageAttribute.1.Name=a&MessageAttribute.1.Value.StringValue=b"),
	}
	beside := map[string]snapshot.Change{
		"no Content-Type": snapshot.SetRequestParameter{On: on, Name: "integration.request.header.Content-Type"},
		"passed through":  snapshot.SetIntegration{On: on, Field: snapshot.FieldPassthrough, After: "WHEN_NO_MATCH"},
		"GET":             snapshot.SetIntegration{On: on, Field: snapshot.FieldHTTPMethod, After: "GET"},
	}
	several := 0
	for first, a := range templates {
		for second, b := range beside {
			c, err := fixtures.Load("orders")
			if err != nil {
				t.Fatal(err)
			}
			s := c.Snapshot
			for _, change := range []snapshot.Change{a, b, snapshot.Deploy{API: on.API, Stage: "prod"}} {
				if s, err = change.Apply(s); err != nil {
					t.Fatal(err)
				}
			}
			d := diagnose.Examine(s, diagnose.Selection{}, []walk.Request{diagnose.Plain("POST", "/orders")}, rules.All()).Diagnoses[0]
			honest(t, first+", "+second, s, &d)
			if len(d.Plan.Fixes) > 1 {
				several++
			}
			if !d.Plan.Complete {
				t.Errorf("%s, %s: the plan of %d steps leaves %v", first, second, len(d.Plan.Fixes), d.Plan.Remains)
			}
		}
	}
	if several < 10 {
		t.Errorf("only %d plans have several steps", several)
	}
}

func honest(t *testing.T, name string, s *snapshot.Snapshot, d *diagnose.Diagnosis) {
	t.Helper()
	p := d.Plan
	if len(p.Fixes) == 0 {
		return
	}
	own := strings.Join(texts(t, s), "\x00")
	standing := map[string]bool{}
	for _, step := range p.Fixes {
		for _, c := range step.Changes {
			if before := written(c); !strings.Contains(own, before) {
				t.Errorf("%s: %q begins with %q, which stands nowhere in the configuration", name, step.Title, before)
			}
		}
		for _, rule := range step.Resolves {
			standing[rule] = true
		}
	}
	for _, r := range p.Remains {
		standing[r.Rule] = true
	}
	for _, f := range d.Findings {
		if !standing[f.Rule] {
			t.Errorf("%s: %s stands neither under a step nor under what remains", name, f.Rule)
		}
	}
	together := saved(t, s, p.Changes)
	for range 2 {
		slices.Reverse(p.Fixes) // first backwards, then forwards
		var inTurn []snapshot.Change
		for _, step := range p.Fixes {
			inTurn = append(inTurn, step.Changes...)
		}
		if got := saved(t, s, inTurn); !bytes.Equal(got, together) {
			t.Errorf("%s: the steps in turn give another configuration than together", name)
		}
	}
}

// written is the text of the configuration that a change begins with; empty for none.
func written(c snapshot.Change) string {
	switch c := c.(type) {
	case snapshot.SetTemplate:
		return c.Before
	case snapshot.SetRequestParameter:
		return c.Before
	case snapshot.SetIntegration:
		if c.Field != snapshot.FieldTimeout {
			return c.Before
		}
	case snapshot.SetStatement:
		return c.Before
	case snapshot.SetIntegrationResponse:
		if c.Before != nil {
			return c.Before.Pattern
		}
	}
	return ""
}

// texts are all texts of a configuration.
func texts(t *testing.T, s *snapshot.Snapshot) (list []string) {
	t.Helper()
	var document any
	if err := json.Unmarshal(saved(t, s, nil), &document); err != nil {
		t.Fatal(err)
	}
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			list = append(list, v)
		case []any:
			for _, item := range v {
				collect(item)
			}
		case map[string]any:
			for _, item := range v {
				collect(item)
			}
		}
	}
	collect(document)
	return list
}

// saved is the configuration with the changes made, all but the deployment.
func saved(t *testing.T, s *snapshot.Snapshot, changes []snapshot.Change) []byte {
	t.Helper()
	for _, c := range withoutDeployment(changes) {
		next, err := c.Apply(s)
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		s = next
	}
	var b bytes.Buffer
	if err := snapshot.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func withoutDeployment(changes []snapshot.Change) []snapshot.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c snapshot.Change) bool { _, ok := c.(snapshot.Deploy); return ok })
}
