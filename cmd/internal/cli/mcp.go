package cli

import (
	"bytes"
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/cases"
	"apisqs-doctor/cmd/internal/mcp"
	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/rules"
)

func (a *app) mcpCommand() *cobra.Command {
	var live bool
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Serve coding agents over the Model Context Protocol",
		Long: `mcp answers a coding agent or an editor over the Model Context Protocol, on standard input and
output. It has five tools: diagnose, plan, explain, rules and test. Each is a run of this command
line, so that its verdict is the same; an answer has at most 2,000 tokens and names the command
that gives all of it.

It reads files below the working folder and no others, and APIs from AWS only with --live. It
writes nothing, neither files nor to AWS, and sends no message.`,
		Example: `  apisqs-doctor mcp
  claude mcp add apisqs-doctor -- apisqs-doctor mcp`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serveMCP(cmd.Context(), live) },
	}
	cmd.Flags().BoolVar(&live, "live", false, "let the agent name deployed APIs, which are read from AWS")
	return cmd
}

// serveMCP answers until the input ends.
func (a *app) serveMCP(ctx context.Context, live bool) error {
	folder, err := os.Getwd()
	if err != nil {
		return cannotRun("", "the working folder is not known: %s", plain(err))
	}
	if a.Within, err = tree.Below(folder); err != nil {
		return cannotRun("", "the working folder cannot be read: %s", plain(err))
	}
	if ctx == nil {
		ctx = context.Background()
	}
	err = mcp.Serve(ctx, io.NopCloser(a.In), closing{a.commands}, mcp.Options{Name: name, Version: tool().Version, Folder: folder, Live: live, Rules: rules.All(),
		Run: a.again, Target: a.targetWords, Tested: testedTarget,
		Line: func(words ...string) string { return commandLine(string(shell.POSIX), words...) }})
	if err != nil {
		return cannotRun("", "the connection failed: %s", err)
	}
	return nil
}

// closing is an output that whoever uses it may close.
type closing struct{ io.Writer }

func (closing) Close() error { return nil }

// again is a run of the program within this one.
func (a *app) again(ctx context.Context, args []string, in io.Reader) mcp.Result {
	var out, errs bytes.Buffer
	s := a.Streams
	s.In, s.Out, s.Err, s.OutTTY, s.ErrTTY = in, &out, &errs, false, false
	return mcp.Result{Code: s.run(ctx, args), Out: out.String(), Err: errs.String()}
}

// targetWords are the flags that name a file or folder as the target, told by its
// content.
func (a *app) targetWords(path string, parameters map[string]string) ([]string, error) {
	quiet := *a
	quiet.In, quiet.Err = nil, io.Discard
	t, err := quiet.targetOf(path, parameters)
	if err != nil {
		return nil, err
	}
	if t.snapshot == "" {
		t.templates = []string{path} // and not each file that it stands for
	}
	return t.words()[1:], nil
}

// testedTarget is the target that a file of test cases names.
func testedTarget(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usage("", "%s: %s", file, plain(err))
	}
	f, err := cases.Read(file, text, parseRequest)
	if err != nil {
		return "", casesFailure(err)
	}
	return f.At(), nil
}
