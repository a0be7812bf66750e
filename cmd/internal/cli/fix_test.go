package cli

import (
	"os"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// TestFixScripts runs the real program against a loopback AWS whose call log the
// scripts look at.
func TestFixScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: the scripts of fix take seconds")
	}
	t.Parallel()
	loopbackScripts(t, "fix", func(of loopbackOf) scriptCommands {
		return scriptCommands{
			// serve FIXTURE [OPERATION...] starts a loopback AWS that refuses the operations.
			"serve": func(ts *testscript.TestScript, _ bool, args []string) {
				*of(ts) = loopback{server: serve(ts, loadFixture(t, args[0]), fakeaws.Options{Deny: args[1:]})}
			},
			// serve-hanging FIXTURE [OPERATION...] starts one that never answers the operations.
			"serve-hanging": func(ts *testscript.TestScript, _ bool, args []string) {
				*of(ts) = loopback{server: serve(ts, loadFixture(t, args[0]), fakeaws.Options{Hang: args[1:]})}
			},
			// private FILE wants a file for its owner alone.
			"private": func(ts *testscript.TestScript, _ bool, args []string) {
				info, err := os.Stat(ts.MkAbs(args[0]))
				ts.Check(err)
				if info.Mode().Perm() != 0o600 {
					ts.Fatalf("%s has mode %v", args[0], info.Mode().Perm())
				}
			},
		}
	})
}

// No command writes anything to AWS unless it is told to.
func TestNothingIsWritten(t *testing.T) {
	server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	live := []string{"--api-id", "a1b2c3d4", "--region", "us-east-1", "--endpoint-url", server.URL}
	app := &app{Streams: Streams{LookupEnv: func(string) (string, bool) { return "", false }}}
	for _, sub := range app.rootCommand().Commands() {
		for _, args := range [][]string{append([]string{sub.Name()}, live...), {sub.Name()}} {
			run(nil, args...)
		}
	}
	run(nil, live...)
	run(nil, append([]string{"fix", "--apply"}, live...)...)
	if n := len(server.Calls()); n < 20 {
		t.Fatalf("only %d calls were made", n)
	}
	for _, c := range server.Calls() {
		if c.Write {
			t.Errorf("%s was called", c.Operation)
		}
	}
}

// Methods that share a role are repaired by one change of it.
func TestRepairsOfSeveralMethods(t *testing.T) {
	s := loadFixture(t, "authorization_action_failing")
	api := &s.APIs[0]
	twice := func(c snapshot.Configuration) snapshot.Configuration {
		second := c.Methods[0]
		second.Path, second.ResourceID = "/more", "m0re"
		c.Methods = append(slices.Clone(c.Methods), second)
		c.Routes = append(slices.Clone(c.Routes), "/more")
		return c
	}
	gaps := &snapshot.Gaps{}
	draft, _ := api.Draft.Read(gaps)
	api.Draft = api.Draft.With(twice(draft))
	stages, _ := api.Stages.Read(gaps)
	stages[0].Deployed = api.Draft
	e, err := examine(s, "", call{})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Diagnoses) != 2 || e.Diagnoses[1].Verdict != diagnose.Broken {
		t.Fatalf("%d methods, the second %s; want two broken ones", len(e.Diagnoses), e.Diagnoses[1].Verdict)
	}
	all := func(diagnose.Fix) bool { return true }
	p := repairs(s, &e, &fixFlags{}, all)
	if len(p.parts) != 2 || len(p.parts[0].fixes) == 0 || len(p.parts[1].fixes) != 0 {
		t.Errorf("fixes of the parts: %d and %d, want some and none", len(p.parts[0].fixes), len(p.parts[1].fixes))
	}
	only := repairs(s, &e, &fixFlags{only: []string{"authorization-action"}}, all)
	if len(only.fixes) != 1 {
		t.Errorf("%d fixes of the rule, want 1:\n%s", len(only.fixes), only.text())
	}
}
