package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/accept"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
)

// formats are the notations of a report, each with what writes it.
var formats = map[string]func(w io.Writer, r report.Run, color bool) error{
	"text":     report.Text,
	"json":     uncolored(report.JSON),
	"sarif":    uncolored(report.SARIF),
	"junit":    uncolored(report.JUnit),
	"markdown": uncolored(report.Markdown),
	"github":   uncolored(report.GitHub),
	"gitlab":   uncolored(report.GitLab),
	"html":     uncolored(report.HTML),
}

// formatNames lists the formats as help and errors do.
var formatNames = []string{"text", "json", "sarif", "junit", "markdown", "github", "gitlab", "html"}

// uncolored is a format that knows no colour.
func uncolored(write func(io.Writer, report.Run) error) func(io.Writer, report.Run, bool) error {
	return func(w io.Writer, r report.Run, _ bool) error { return write(w, r) }
}

// output is where one report goes.
type output struct {
	format string
	file   string // empty for standard output
}

// outputFlags choose formats and colour.
type outputFlags struct {
	outputs []output
	color   string
	short   bool // the text report in a line for each method
	verbose bool // all there is in the text report
	shell   string
}

func (o *outputFlags) add(cmd *cobra.Command) {
	cmd.Flags().VarP(outputList{&o.outputs}, "output", "o", "text (default), json, sarif, junit, markdown, github, gitlab or html; =FILE for a file")
	cmd.Flags().BoolVar(&o.short, "short", false, "a line for each method in the text report, for a chat message")
	cmd.Flags().BoolVar(&o.verbose, "verbose", false, "evidence, alternatives and other notations in the text report")
	addShell(cmd, &o.shell)
	choiceVar(cmd, &o.color, "color", "colour in the text report", "auto", "always", "never")
}

// addShell adds the flag that says where the reader pastes commands.
func addShell(cmd *cobra.Command, p *string) {
	choiceVar(cmd, p, "shell", "the shell that commands are written for, in text and Markdown", shell.Kinds...)
}

// outputList collects -o.
type outputList struct{ list *[]output }

func (o outputList) Type() string   { return "FORMAT[=FILE]" }
func (o outputList) String() string { return "" }
func (o outputList) Set(s string) error {
	format, file, hasFile := strings.Cut(s, "=")
	if !slices.Contains(formatNames, format) {
		return fmt.Errorf("%s", didYouMean(format, formatNames))
	}
	if hasFile && file == "" {
		return fmt.Errorf("expected the name of a file after %q", s)
	}
	for _, have := range *o.list {
		if have == (output{format, file}) {
			return nil // cobra reads the command line twice when it completes
		}
		if have.file == file && file == "" {
			return fmt.Errorf("standard output takes one report; give the other one a file, such as %s=FILE", format)
		}
		if have.file == file {
			return fmt.Errorf("the file is written already")
		}
	}
	*o.list = append(*o.list, output{format, file})
	return nil
}

// Append, Replace and GetSlice make the flag one that can be repeated.
func (o outputList) Append(s string) error { return o.Set(s) }

// Replace implements pflag.SliceValue.
func (o outputList) Replace(list []string) error {
	*o.list = nil
	for _, s := range list {
		if err := o.Set(s); err != nil {
			return err
		}
	}
	return nil
}

// GetSlice implements pflag.SliceValue.
func (o outputList) GetSlice() []string {
	var list []string
	for _, out := range *o.list {
		list = append(list, strings.TrimSuffix(out.format+"="+out.file, "="))
	}
	return list
}

// all is where the reports go when nothing was said too. In GitHub Actions the
// annotations stand beside the text, which is what the runner reads.
func (a *app) all(o *outputFlags) []output {
	switch {
	case len(o.outputs) > 0:
		return o.outputs
	case a.env("GITHUB_ACTIONS") == "true":
		return []output{{format: "text"}, {format: "github"}}
	}
	return []output{{format: "text"}}
}

// checkOutputs refuses --short without a text report.
func (a *app) checkOutputs(o *outputFlags) error {
	if o.short && a.given["short"] && !slices.ContainsFunc(a.all(o), func(out output) bool { return out.format == "text" }) {
		return usage("", "--short has no meaning without the text report")
	}
	return nil
}

// adviseAnchor says what keeps a SARIF report out of code scanning, which refuses
// one with a finding that stands in no file.
func (a *app) adviseAnchor(o *outputFlags, e *diagnose.Examination, anchor string) {
	asked := slices.ContainsFunc(a.all(o), func(out output) bool { return out.format == "sarif" })
	found := slices.ContainsFunc(e.Diagnoses, func(d diagnose.Diagnosis) bool { return len(d.Findings) > 0 })
	inFile := e.Target.Written() && e.Target.File != snapshot.StandardInput
	if asked && found && !inFile && anchor == "" {
		fmt.Fprintf(a.Err, "%s: note: GitHub code scanning takes no finding without a file\n  name one as \"anchor\" in %s, see: apisqs-doctor help skips\n", name, accept.ConfigFile)
	}
}

// write writes the run in every format that was asked for.
func (a *app) write(o *outputFlags, run report.Run) error {
	if a.env("OS") == "Windows_NT" && !a.given["shell"] && run.Remedy.Check != nil && advises(&run.Examination) {
		fmt.Fprintf(a.Err, "%s: note: commands are written for a POSIX shell; for others: --shell powershell or --shell cmd\n", name)
	}
	run.Verbose = o.verbose
	for _, out := range a.all(o) {
		if run.Width = 0; out.file == "" {
			run.Width = a.Columns
		}
		write := formats[out.format]
		if o.short && out.format == "text" {
			write = uncolored(report.Short)
		}
		if err := a.writeTo(out, func(w io.Writer) error { return write(w, run, a.colored(o.color, out.file)) }); err != nil {
			return err
		}
	}
	return nil
}

// wide is the width of a table that goes to no terminal.
const wide = 160

// writeAll writes the runs over all APIs of one or of several regions and accounts:
// a table in place of the text, whose details are shown with --verbose.
func (a *app) writeAll(o *outputFlags, runs []report.Run) error {
	for _, out := range a.all(o) {
		color := a.colored(o.color, out.file)
		if err := a.writeTo(out, func(w io.Writer) error {
			write := formats[out.format]
			switch {
			case out.format == "json":
				return report.JSONOfAll(w, runs)
			case out.format != "text":
				return write(w, runs[0], color)
			case o.short:
				write = uncolored(report.Short)
			case !o.verbose:
				columns := wide
				if out.file == "" && a.Columns > 0 {
					columns = a.Columns
				}
				return report.Table(w, runs, columns, color)
			}
			for _, run := range runs {
				run.Verbose = true
				if err := write(w, run, color); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// writeTo writes one report where it goes, as it is being made.
func (a *app) writeTo(out output, write func(io.Writer) error) error {
	to := &destination{Writer: a.Out}
	if out.format == "github" {
		to.Writer = a.commands
	}
	var file *os.File
	if out.file != "" {
		if file, to.err = os.Create(out.file); to.err != nil {
			return usage("", "the report cannot be written: %s", to.err)
		}
		to.Writer = file
	}
	err := write(to)
	if file != nil {
		if closing := file.Close(); to.err == nil {
			to.err = closing
		}
	}
	switch {
	case to.err != nil && out.file != "":
		return usage("", "the report cannot be written: %s", to.err)
	case to.err != nil:
		return cannotRun("", "the report cannot be written: %s", to.err)
	case err != nil:
		return cannotRun("", "the %s report cannot be made: %s", out.format, err)
	}
	return nil
}

// destination remembers why it could not be written to.
type destination struct {
	io.Writer
	err error
}

func (d *destination) Write(p []byte) (int, error) {
	n, err := d.Writer.Write(p)
	if d.err == nil {
		d.err = err
	}
	return n, err
}

// advises tells whether a report has commands in it.
func advises(e *diagnose.Examination) bool {
	return slices.ContainsFunc(e.Diagnoses, func(d diagnose.Diagnosis) bool { return len(d.Findings) > 0 })
}

// colored decides on colour: a flag beats the environment, the environment
// beats what the stream is (https://no-color.org, https://force-color.org).
func (a *app) colored(flag, file string) bool {
	switch {
	case flag != "auto":
		return flag == "always"
	case file != "" || a.env("NO_COLOR") != "":
		return false
	case a.OutTTY && a.Plain:
		return false
	case forced(a.env("FORCE_COLOR")) || forced(a.env("CLICOLOR_FORCE")):
		return true
	}
	return a.OutTTY && a.env("TERM") != "dumb" && a.env("CI") == ""
}

func forced(value string) bool { return value != "" && value != "0" && value != "false" }
