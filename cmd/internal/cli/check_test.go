package cli

import (
	"fmt"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/text/shell/shelltest"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// Every call that verifies a finding, read back by the doctor's own --curl, or
// by its own command line, gives what is predicted for the call that it is of.
func TestChecksGiveWhatIsPredicted(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it diagnoses the checks of every fixture")
	}
	a := &app{Streams: Streams{LookupEnv: func(string) (string, bool) { return "", false }}}
	dir := t.TempDir()
	t.Chdir(dir)
	curls, locals := 0, 0
	for _, fixture := range fixtures.Names() {
		c, err := fixtures.Load(fixture)
		if err != nil {
			t.Fatal(err)
		}
		e := diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All())
		for i := range e.Diagnoses {
			d := &e.Diagnoses[i]
			for _, f := range d.Findings {
				if f.Check.Call == nil {
					continue
				}
				w := remedy.Writer{Doctor: []shell.Word{shell.Text(name), shell.Text("--template"), shell.Text("it's.yaml")}}
				template := *c.Snapshot // the same as if it were not deployed yet
				template.Target.Kind = snapshot.Template
				say, commands := w.Check(&template, d.Trace, f.Check)
				calls, err := shelltest.Run(dir, commands, valuesFor(c.Snapshot, d.Trace, commands))
				if err != nil {
					t.Errorf("%s, %s: %v", fixture, f.Rule, err)
					continue
				}
				want := diagnose.Judge(c.Snapshot, *f.Check.Call, nil).Predicted
				for _, call := range calls {
					var got *walk.Request
					switch call.Words[0] {
					case "curl":
						curls++
						got = a.readBack(t, c.Snapshot, d.Trace, "--curl", line(t, call.Words))
					case name:
						locals++
						rest := call.Words[3:]
						stage := ""
						if rest[0] == "--stage" {
							stage, rest = rest[1], rest[2:]
						}
						got = a.readBack(t, c.Snapshot, d.Trace, rest...)
						if stage != "" {
							got.Stage = stage
						}
					default:
						continue
					}
					if p := diagnose.Judge(c.Snapshot, *got, nil).Predicted; p.Status != want.Status || p.Code != want.Code {
						t.Errorf("%s, %s: %d %s is predicted for the check, and %d %s for the call\n%s\n%+v\n%+v", fixture, f.Rule, p.Status, p.Code, want.Status, want.Code, strings.Join(commands, "\n"), got, f.Check.Call)
					}
				}
				if len(calls) == 0 && say == "" {
					t.Errorf("%s, %s: neither a call nor a word why there is none", fixture, f.Rule)
				}
			}
		}
	}
	if curls < 100 || locals < 100 {
		t.Errorf("only %d calls by curl and %d of the doctor were read back", curls, locals)
	}
}

// valuesFor are the values of the variables in a check: for what the doctor does
// not know what stands for it in the snapshot, for the rest anything.
func valuesFor(s *snapshot.Snapshot, t *walk.Trace, commands []string) map[string]string {
	values := shelltest.Variables(commands)
	if t.Route.API != nil {
		values["API_ID"] = t.Route.API.ID
	}
	for text, name := range remedy.Explained(s) {
		if _, ok := values[name]; ok {
			values[name] = text
		}
	}
	return values
}

// line writes words as one line again.
func line(t *testing.T, words []string) string {
	t.Helper()
	lines, err := shell.Script{{Run: shell.New(words[0], words[1:]...)}}.Write(shell.POSIX)
	if err != nil || len(lines) != 1 {
		t.Fatalf("%q: %v", words, err)
	}
	return lines[0]
}

// readBack is the request that flags of a command line give.
func (a *app) readBack(t *testing.T, s *snapshot.Snapshot, trace *walk.Trace, args ...string) *walk.Request {
	t.Helper()
	var f requestFlags
	cmd := a.probeCommand()
	cmd.ResetFlags()
	f.add(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	c, err := a.readCall(&f)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	if c.request == nil {
		return &trace.Request
	}
	stage := ""
	if trace.Route.Stage != nil {
		stage = trace.Route.Stage.Name
	}
	r, err := placed(s, stage, c)
	if err != nil {
		t.Fatal(fmt.Errorf("%q: %w", args, err))
	}
	return r
}
