package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

// loopback is the AWS of one script.
type loopback struct {
	server *fakeaws.Server
	seen   int // calls that a "writes" has looked at
}

type (
	scriptCommands map[string]func(*testscript.TestScript, bool, []string)
	loopbackOf     func(*testscript.TestScript) *loopback
)

// loopbackScripts runs the scripts of a folder, each with commands to start a
// loopback AWS, and with those that all have:
//
//	exits CODE COMMAND...  runs the command and wants that exit code
//	writes OPERATION...    wants exactly these writing calls since the last time
func loopbackScripts(t *testing.T, folder string, commands func(loopbackOf) scriptCommands) {
	type key struct{}
	of := func(ts *testscript.TestScript) *loopback { return ts.Value(key{}).(*loopback) }
	cmds := commands(of)
	cmds["exits"] = exits
	cmds["writes"] = func(ts *testscript.TestScript, _ bool, args []string) { of(ts).writes(ts, args) }
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", folder),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			loopbackEnv(e)
			e.Values[key{}] = &loopback{}
			return nil
		},
		Cmds: cmds,
	})
}

// loopbackEnv gives the variables to a script.
func loopbackEnv(e *testscript.Env) {
	for name, value := range fakeawstest.Environment {
		e.Setenv(name, value)
	}
}

// loopbackEnviron gives the address to another process, which has the variables from
// this one.
func loopbackEnviron(url string) []string { return append(os.Environ(), "AWS_ENDPOINT_URL="+url) }
