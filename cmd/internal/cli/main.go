// Package cli is the command line: flags, subcommands, exit codes and the
// wiring of sources, rules and reports.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/snapshot"
)

// name is the program's.
const name = "apisqs-doctor"

// app is one run of the program.
type app struct {
	Streams
	code   int             // exit code of a run without an error
	given  map[string]bool // flags on the command line
	target snapshot.Target // for the report of a run that fails
	seen   *seen           // what logs say; nil when none were read
	mend   string          // command line that carries the plans out; empty where there is none
	config *accept.Config  // the configuration file; nil where there is none

	commands io.Writer // standard output for what a pipeline is to obey
}

// Main runs the program and returns its exit code.
func Main(args []string, s Streams) int { return s.run(context.Background(), args) }

// run is Main until the context ends, which ends what waits for AWS.
func (s Streams) run(ctx context.Context, args []string) int {
	a := &app{Streams: s, commands: s.Out}
	if s.env("GITHUB_ACTIONS") == "true" || s.env("TF_BUILD") != "" {
		out, errs := &inert{to: s.Out}, &inert{to: s.Err}
		defer out.flush()
		defer errs.flush()
		a.Out, a.Err = out, errs
	}
	cmd, err := a.execute(ctx, args)
	if err == nil {
		return a.code
	}
	var f *failure
	if !errors.As(err, &f) {
		f = usage("see "+name+" --help", "%s", err)
	}
	a.tell(cmd, f)
	a.reportFailure(cmd, args, f)
	return f.code
}

// execute runs the command. A panic is a fault of ours, and told as one.
func (a *app) execute(ctx context.Context, args []string) (cmd *cobra.Command, err error) {
	root := a.rootCommand()
	defer func() {
		if r := recover(); r != nil {
			cmd, err = root, cannotRun("please report it, with the command line and, if it can be shared, a snapshot", "internal error: %v", r)
		}
	}()
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		a.addCompletions(root)
		completeTopics(root)
	}
	root.SetArgs(append([]string{}, args...)) // cobra takes nil for "as the process was called"
	return root.ExecuteContextC(ctx)
}

// tell writes an error, and its hint on lines of its own.
func (a *app) tell(cmd *cobra.Command, f *failure) {
	if f.help {
		fmt.Fprintln(a.Err, shortHelp)
		return
	}
	fmt.Fprintf(a.Err, "%s: %s\n", name, oneLine(f.message))
	if f.hint != "" {
		fmt.Fprintln(a.Err, report.Lines(indent(f.hint)))
	}
}

// oneLine keeps what a message quotes from being obeyed by the terminal.
func oneLine(s string) string { return report.Visible(s) }

// reportFailure writes the reports of a run that failed, so that a program that
// asked for one is given a document whatever happens.
func (a *app) reportFailure(cmd *cobra.Command, args []string, f *failure) {
	if cmd == nil || cmd.Annotations["reports"] == "" {
		return
	}
	if a.target.Kind == "" {
		a.target.Kind = "none"
	}
	run := report.Run{Tool: tool(), Problem: f.problem()}
	run.Examination.Target = a.target
	if asksToRedact(args, a.env(envName("redact"))) {
		redactFailure(&run)
	}
	for _, out := range machineOutputs(args, a.env(envName("output"))) {
		// A report that cannot be written is no reason for a second error.
		_ = a.write(&outputFlags{outputs: []output{out}}, run)
	}
}

// machineOutputs finds the reports for programs that a command line asks for. It
// looks for itself because the command line may be the very thing that is wrong.
func machineOutputs(args []string, env string) []output {
	values := strings.Split(env, "\n")
	given := false
	add := func(v string) {
		if !given {
			values, given = nil, true
		}
		values = append(values, v)
	}
	for i, arg := range args {
		next := ""
		if i+1 < len(args) {
			next = args[i+1]
		}
		if arg == "--" {
			break
		}
		switch {
		case arg == "-o" || arg == "--output":
			add(next)
		case strings.HasPrefix(arg, "--output="):
			add(strings.TrimPrefix(arg, "--output="))
		case strings.HasPrefix(arg, "-o"):
			add(strings.TrimPrefix(arg[2:], "="))
		}
	}
	var list []output
	for _, v := range values {
		format, file, _ := strings.Cut(v, "=")
		if out := (output{format, file}); format != "text" && formats[format] != nil && !slices.Contains(list, out) {
			list = append(list, out)
		}
	}
	return list
}

// limit reads all of r unless there is more than max bytes of it.
func limit(r io.Reader, max int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(max)+1))
	if err == nil && len(data) > max {
		return nil, fmt.Errorf("larger than %d MiB", max>>20)
	}
	return data, err
}
