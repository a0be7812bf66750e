package cli

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures/fakeaws"
)

// TestProbeScripts runs the real program against a loopback AWS that answers one
// test of POST /orders as AWS did.
func TestProbeScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: the scripts of probe take seconds")
	}
	t.Parallel()
	loopbackScripts(t, "probe", func(of loopbackOf) scriptCommands {
		return scriptCommands{
			"binary": binary,
			// serve FIXTURE STATUS LOG [BODY [ERRORTYPE]] starts a loopback AWS that
			// answers with the status, the log of the file, and the body.
			"serve": func(ts *testscript.TestScript, _ bool, args []string) {
				args = append(args, "", "")
				answer := fakeaws.Answer{Latency: 47, Log: ts.ReadFile(args[2]), Body: args[3]}
				if args[4] != "" {
					answer.Headers = map[string]string{"x-amzn-ErrorType": args[4]}
				}
				var err error
				answer.Status, err = strconv.Atoi(args[1])
				ts.Check(err)
				*of(ts) = loopback{server: serve(ts, loadFixture(t, args[0]), fakeaws.Options{Answers: map[string]fakeaws.Answer{"POST /orders": answer}})}
			},
			// refuse FIXTURE OPERATION... starts a loopback AWS that refuses the
			// operations, and has no answer to a test.
			"refuse": func(ts *testscript.TestScript, _ bool, args []string) {
				*of(ts) = loopback{server: serve(ts, loadFixture(t, args[0]), fakeaws.Options{Deny: args[1:]})}
			},
			// sent FILE writes what the last test was asked.
			"sent": func(ts *testscript.TestScript, _ bool, args []string) {
				list := of(ts).server.Invocations()
				if len(list) == 0 {
					ts.Fatalf("no test was asked for")
				}
				text, err := json.MarshalIndent(list[len(list)-1], "", "  ")
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(text, '\n'), 0o600))
			},
		}
	})
}

// serve starts a loopback AWS for a script.
func serve(ts *testscript.TestScript, s *snapshot.Snapshot, o fakeaws.Options) *fakeaws.Server {
	server, err := fakeaws.Start(s, o)
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	ts.Setenv("LOOPBACK", server.URL)
	return server
}

// writes wants exactly these writing calls since the last time.
func (l *loopback) writes(ts *testscript.TestScript, want []string) {
	var got []string
	calls := l.server.Calls()
	for _, c := range calls[l.seen:] {
		if c.Write {
			got = append(got, c.Operation)
		}
	}
	l.seen = len(calls)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		ts.Fatalf("writing calls %q, want %q", got, want)
	}
}
