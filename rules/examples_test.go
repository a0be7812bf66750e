package rules_test

import (
	"sync"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"

	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

func TestMain(m *testing.M) { fakeawstest.Main(m) }

// loaded and examined hold each fixture and its diagnoses, which most tests of
// this package read and none of them changes.
var loaded, examined sync.Map

// example is a fixture. Who changes it loads one of its own.
func example(t *testing.T, name string) *fixtures.Case {
	t.Helper()
	if c, ok := loaded.Load(name); ok {
		return c.(*fixtures.Case)
	}
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	loaded.Store(name, c)
	return c
}

// diagnoses are those of a fixture that is as its file says.
func diagnoses(t *testing.T, c *fixtures.Case) []diagnose.Diagnosis {
	t.Helper()
	if list, ok := examined.Load(c.Name); ok {
		return list.([]diagnose.Diagnosis)
	}
	list := diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All()).Diagnoses
	if len(list) == 0 {
		t.Fatal("no method is diagnosed")
	}
	examined.Store(c.Name, list)
	return list
}
