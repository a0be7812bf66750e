package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	_ "apisqs-doctor/cmd/internal/pace" // as in the program, which this stands in for
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/fixtures/fakeaws"
	"apisqs-doctor/fixtures/fakeaws/fakeawstest"
)

var update = flag.Bool("update", false, "write what the test scripts expect anew")

// ofOthers are formatters that are here; only the tests that are about them run them.
var ofOthers []string

// TestMain runs the tests, and stands in for the program in those that run it as
// a process. In both every JSON report is held against its schema.
func TestMain(m *testing.M) {
	formats["json"] = validated(formats["json"])
	ofOthers, formatters = formatters, nil
	testscript.Main(settled{m}, map[string]func(){
		"apisqs-doctor": func() { os.Exit(Main(os.Args[1:], System())) },
	})
}

// settled runs the tests in an environment of their own, and not the program.
type settled struct{ *testing.M }

func (m settled) Run() int {
	fakeawstest.Settle()
	os.Setenv("AWS_MAX_ATTEMPTS", "2") // what is to fail does so soon
	_ = flag.Set("test.parallel", "6") // many wait: for a server, a terminal, a retry
	return m.M.Run()
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// No credentials and no configuration of whoever runs the tests.
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			e.Setenv("AWS_CONFIG_FILE", filepath.Join(e.WorkDir, "no-config"))
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(e.WorkDir, "no-credentials"))
			// A loopback AWS with two APIs, which a script may read.
			server, err := fakeaws.Start(twoAPIs(t), fakeaws.Options{})
			if err != nil {
				return err
			}
			e.Defer(func() { server.Close() })
			e.Setenv("LOOPBACK", server.URL)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "bash4" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return exec.Command("bash", "-c", "type compopt").Run() == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "brackets": brackets, "binary": binary, "fixture": saveFixture, "vary": vary, "utf16": writeUTF16,
		},
	})
}

// twoAPIs is an account with the broken API a1b2c3d4, which has a stage prod, and
// the healthy API h5e6a7l8, whose only stage is live.
func twoAPIs(t *testing.T) *snapshot.Snapshot {
	s, other := loadFixture(t, "protocol_content_type_failing"), loadFixture(t, "orders")
	api := other.APIs[0]
	api.ID, api.Name = "h5e6a7l8", "shop-api"
	stages, ok := api.Stages.Peek()
	if !ok || len(stages) != 1 {
		t.Fatal("the example has not one stage")
	}
	stages = slices.Clone(stages)
	stages[0].Name = "live"
	api.Stages = snapshot.Known(stages, snapshot.Origin{})
	s.APIs = append(s.APIs, api)
	maps.Copy(s.Roles, other.Roles)
	maps.Copy(s.Queues, other.Queues)
	return s
}

// utf16 FILE TO writes a file as Windows PowerShell redirects it.
func writeUTF16(ts *testscript.TestScript, _ bool, args []string) {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(ts.ReadFile(args[0]))) {
		out = append(out, byte(u), byte(u>>8))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out, 0o644))
}

// exits CODE COMMAND... runs the command and wants that exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) {
		code = string(rune('0' + exit.ExitCode()))
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// brackets FILE writes 50 MB of opening brackets.
func brackets(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte("["), 50<<20), 0o600))
}

// saveFixture NAME FILE saves the snapshot of a fixture.
func saveFixture(ts *testscript.TestScript, _ bool, args []string) {
	c, err := fixtures.Load(args[0])
	ts.Check(err)
	var b bytes.Buffer
	ts.Check(snapshot.Save(&b, c.Snapshot))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// binary FILE writes what is not text.
func binary(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("\x7fELF\x02\x01\x01\x00\xff\xfe"), 0o600))
}

// vary FROM TO OLD NEW writes a copy of a file with another text in it.
func vary(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[2]) {
		ts.Fatalf("%s has no %q", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, args[2], args[3])), 0o600))
}
