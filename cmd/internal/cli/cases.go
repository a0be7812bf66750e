package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/cases"
	"apisqs-doctor/cmd/internal/files"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/kind"
	"apisqs-doctor/rules"
)

// testFlags are the flags of the test command.
type testFlags struct {
	update bool
	allow  bool
	first  string
	output string
}

func (a *app) testCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test FILE...",
		Short: "Run the test cases that you keep beside your infrastructure",
		Long: `test runs cases: calls of an API, and what each is expected to give. They are kept in YAML files
beside the infrastructure. Nothing is sent and nothing is read from AWS; the target is a file or
folder: a template, Terraform, an OpenAPI document or a snapshot.

  target: template.yaml            # relative to this file; or an object with file, parameters,
  cases:                           # region, account and stage
    - name: an order
      request: {method: POST, path: /orders, headers: {Content-Type: application/json}, body: '{"id":1}'}
      expect:
        verdict: healthy
        message: '{"id":1}'
        attributes: {source: web}
        answer: {status: 200}
    - name: every order
      request: {method: POST, path: /orders}
      expect: safe                 # no call can break the mapping, cut the message or set a parameter

What can be expected: verdict, status (what the client gets), code, message, groupId,
deduplicationId, delaySeconds, attributes, answer (status and body) and everyBody (safe, unsafe or
undecided). A message or answer that is written as an object is compared as JSON; null is none.
Only what is written is compared. Of a document that says nothing of the role and the queue, a
message that differs is a failure, and one that does not is not known to be taken.

--init TARGET prints a first file: a plain call and awkward ones for each method, with what they
give now. --update writes what the cases give now in place of what differs, after showing it.

Exit codes:
  0  every case gives what is expected
  1  a case does not
  2  bad usage, or a file that cannot be read
  4  no case gives anything else, but what one gives is not known (0 with --allow-unknown)`,
		Example: `  apisqs-doctor test apisqs-test.yaml
  apisqs-doctor test --init template.yaml > apisqs-test.yaml
  apisqs-doctor test tests/*.yaml -o junit > report.xml`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.first != "" && (len(args) > 0 || f.update):
				return usage("", "--init takes no files and no --update: it prints a first file")
			case f.first == "" && len(args) == 0:
				return usage("to make one: apisqs-doctor test --init template.yaml > apisqs-test.yaml", "no file of test cases given")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.first, "init", "", "print a first file for `TARGET`, a file or folder")
	flags.BoolVar(&f.update, "update", false, "write what the cases give now, after showing it")
	flags.BoolVar(&f.allow, "allow-unknown", false, "exit with 0 instead of 4 when what a case gives is not known")
	f.output = "text"
	flags.VarP(choice{&f.output, []string{"text", "json", "junit"}}, "output", "o", "how to tell the results (default text)")
	flags.Lookup("output").DefValue = ""
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json", "junit"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagFilename("init", append(slices.Clone(templateKinds), "tf")...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if f.first != "" {
			return a.firstCases(cmd.Context(), f.first)
		}
		return a.test(cmd.Context(), &f, args)
	}
	return cmd
}

// test runs the cases of files.
func (a *app) test(ctx context.Context, f *testFlags, names []string) error {
	var runs []cases.Run
	var changes []files.Change
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return usage("", "%s: %s", name, plain(err))
		}
		file, err := cases.Read(name, text, parseRequest)
		if err != nil {
			return casesFailure(err)
		}
		outcomes, err := a.runCases(ctx, file)
		if err != nil {
			return err
		}
		runs = append(runs, cases.Run{File: name, Outcomes: outcomes})
		if f.update {
			now, changed, err := file.Update(outcomes)
			if err != nil {
				return cannotRun("", "%s: %s", name, err)
			}
			if changed {
				changes = append(changes, files.Change{Name: name, Old: text, New: now})
			}
		}
	}
	write := map[string]func(io.Writer, []cases.Run) error{
		"text":  func(w io.Writer, r []cases.Run) error { return cases.Text(w, r, report.Visible) },
		"json":  cases.JSON,
		"junit": cases.JUnit,
	}[f.output]
	var out bytes.Buffer
	if err := write(&out, runs); err != nil {
		return cannotRun("", "the results cannot be written: %s", err)
	}
	if _, err := a.Out.Write(out.Bytes()); err != nil {
		return cannotRun("", "the results cannot be written: %s", plain(err))
	}
	if len(changes) > 0 {
		if err := files.Replace(changes); err != nil {
			return cannotRun("", "%s", err)
		}
		for _, c := range changes {
			fmt.Fprintf(a.Err, "%s: %s now expects what the cases give\n", name, oneLine(c.Name))
		}
		return nil
	}
	switch {
	case cases.Count(runs, cases.Failed) > 0:
		a.code = ExitProblems
	case cases.Count(runs, cases.Unknown) > 0 && !f.allow:
		a.code = ExitInconclusive
	}
	return nil
}

func casesFailure(err error) error {
	var content *cases.Error
	if !errors.As(err, &content) {
		return usage("", "%s", err)
	}
	hint := ""
	if content.Expected != "" {
		hint = "expected " + content.Expected
	}
	return usage(hint, "%s", content)
}

// runCases diagnoses the calls of a file.
func (a *app) runCases(ctx context.Context, file *cases.File) ([]cases.Outcome, error) {
	s, err := a.loadCases(ctx, file.At(), file.Target)
	if err != nil {
		return nil, err
	}
	var out []cases.Outcome
	for i := range file.Cases {
		c := &file.Cases[i]
		r, err := place(s, file.Target.Stage, call{request: &c.Request})
		if err != nil {
			return nil, usage("", "%s:%d: %s", file.Name, c.Line, err)
		}
		d := diagnose.Judge(s, r, rules.All())
		o := c.Judge(&d)
		hideOutcome(&o, &c.Request)
		out = append(out, o)
	}
	return out, nil
}

// loadCases reads the target of a file, told by its content.
func (a *app) loadCases(ctx context.Context, path string, t cases.Target) (*snapshot.Snapshot, error) {
	flags, err := a.targetOf(path, t.Parameters)
	if err != nil {
		return nil, err
	}
	flags.region, flags.accountID = t.Region, t.Account
	if err := flags.check(nil); err != nil {
		return nil, err
	}
	return a.load(ctx, &flags)
}

// targetOf are the flags for a file or folder, told by its content.
func (a *app) targetOf(path string, parameters map[string]string) (targetFlags, error) {
	flags := targetFlags{timeout: defaultTimeout, templates: []string{path}}
	if err := a.settle(&flags); err != nil {
		return flags, err
	}
	to := &flags.parameters
	if flags.input.Source == kind.Terraform {
		to = &flags.vars
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		*to = append(*to, name+"="+parameters[name])
	}
	return flags, nil
}

// firstCases prints a first file of cases for a target.
func (a *app) firstCases(ctx context.Context, path string) error {
	s, err := a.loadCases(ctx, path, cases.Target{})
	if err != nil {
		return err
	}
	e := diagnose.Examine(s, diagnose.Selection{}, nil, nil)
	if len(e.Diagnoses) == 0 {
		return usage("", "%s: no method is known to lead to SQS", path)
	}
	var calls []cases.Named
	for i := range e.Diagnoses {
		t := e.Diagnoses[i].Trace
		at := t.Request.Method + " " + t.Request.Path
		calls = append(calls, cases.Named{Name: at, Diagnosis: diagnose.Judge(s, t.Request, rules.All()), EveryBody: true})
		for _, awkward := range diagnose.AwkwardRequests(s, t) {
			if awkward.Request.Canary {
				continue
			}
			calls = append(calls, cases.Named{Name: at + ", " + awkward.Name, Diagnosis: diagnose.Judge(s, awkward.Request, rules.All())})
		}
	}
	text, err := cases.First(cases.Target{File: path}, calls)
	if err != nil {
		return cannotRun("", "%s", err)
	}
	if _, err := a.Out.Write(text); err != nil {
		return cannotRun("", "the cases cannot be written: %s", plain(err))
	}
	return nil
}
