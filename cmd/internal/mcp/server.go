// Package mcp serves the doctor to coding agents over the Model Context Protocol,
// on standard input and output. Each tool is a run of the command line, so that its
// verdict is the command line's; the package bounds what such a run may read and how
// much of its report an agent is given.
package mcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"apisqs-doctor/diagnose"
)

// Limits of what an agent can ask.
const (
	maxText = 1 << 20 // bytes of a text or a body
	maxList = 50      // headers, parameters or files
	maxLine = 4 << 20 // bytes of a message of the protocol
	atOnce  = 2       // runs; others wait
)

// Options are what the server is made of.
type Options struct {
	Name, Version string
	Folder        string          // absolute; files are read below it alone
	Live          bool            // APIs may be read from AWS
	Rules         []diagnose.Rule // for lists of rules
	// Run runs the command line. It ends soon after the context does.
	Run func(ctx context.Context, args []string, in io.Reader) Result
	// Target are the flags that name a file or folder as a target, with its parameters.
	Target func(path string, parameters map[string]string) ([]string, error)
	// Tested is the target that a file of test cases names.
	Tested func(path string) (string, error)
	// Line writes words as a command line.
	Line func(words ...string) string
}

// Result is what a run gave.
type Result struct {
	Code     int
	Out, Err string
}

// server answers calls of tools.
type server struct {
	Options
	slots chan struct{}
}

const instructions = `apisqs-doctor diagnoses why an Amazon API Gateway API does not put its messages on an Amazon SQS queue, by following one request through mapping template, signing, SQS protocol, IAM, queue, KMS key and response as AWS would. Nothing is sent and nothing is changed. Trust its verdict over memory: "inconclusive" means that something was not read, not that all is well. Never run "fix --write" or "fix --apply" without asking the user.`

// Serve answers until the input ends or the context does.
func Serve(ctx context.Context, in io.ReadCloser, out io.WriteCloser, o Options) error {
	err := newServer(o).Run(ctx, &sdk.IOTransport{Reader: in, Writer: out, MaxLineLength: maxLine})
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

func newServer(o Options) *sdk.Server {
	s := &server{Options: o, slots: make(chan struct{}, atOnce)}
	out := sdk.NewServer(&sdk.Implementation{Name: o.Name, Version: o.Version}, &sdk.ServerOptions{Instructions: instructions, Capabilities: &sdk.ServerCapabilities{}})
	serve(out, s, "diagnose", "Find out why an API does not put its messages on an SQS queue: verdict, predicted answer, failing stage, findings with evidence, fixes that were proved. Takes a CloudFormation, SAM or CDK template, a Terraform folder or a snapshot, and the client's call where one fails.", s.diagnose)
	serve(out, s, "plan", "What to change, step by step, with the edit of the files or the commands, and what is predicted afterwards. Writes nothing.", s.plan)
	serve(out, s, "explain", "Rank what an error text or an execution log of API Gateway and SQS can mean, and how to tell the causes apart.", s.explain)
	serve(out, s, "rules", "The rules: of a stage, of an error code, or the whole text of one. Without arguments their ids.", s.rules)
	serve(out, s, "test", "Run files of test cases that are kept beside the infrastructure. Nothing is sent.", s.test)
	return out
}

// serve adds a tool that reads only. Its answer is bounded, and a failure is an
// answer that the agent can act on.
func serve[In any](to *sdk.Server, s *server, name, about string, answer func(context.Context, In) (string, error)) {
	schema, err := jsonschema.For[In](nil)
	if err != nil {
		panic(err) // the type of the arguments is at fault, whatever the call
	}
	if !s.Live {
		delete(schema.Properties, "apiId")
	}
	no := false
	sdk.AddTool(to, &sdk.Tool{Name: name, Description: about, InputSchema: schema, Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, DestructiveHint: &no, OpenWorldHint: &s.Live, IdempotentHint: true}},
		func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, any, error) {
			text, err := answer(ctx, in)
			if err != nil {
				return nil, nil, errors.New(cut(err.Error(), "ask for less"))
			}
			return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: text}}}, nil, nil
		})
}

// run runs the command line when there is room for it. Exit codes of a run that has
// an answer are no errors.
func (s *server) run(ctx context.Context, in string, args ...string) (Result, error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	done := make(chan Result, 1)
	go func() {
		defer func() { <-s.slots }()
		done <- s.Run(ctx, args, strings.NewReader(in))
	}()
	select {
	case r := <-done:
		return r, nil
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// failed is the error of a run that gave no answer.
func failed(r Result) error {
	return fmt.Errorf("%s (exit code %d)", strings.TrimSpace(r.Err), r.Code)
}
