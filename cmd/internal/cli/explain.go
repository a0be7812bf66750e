package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

func (a *app) explainCommand() *cobra.Command {
	var output, shell string
	cmd := &cobra.Command{
		Use:   "explain TEXT|-|RULE",
		Short: "Rank what an error can mean, or explain a rule; needs no credentials",
		Long: `explain takes an error as it stands anywhere: an answer of SQS in XML or JSON, a message of
the AWS CLI, of an SDK, of CloudFormation or Terraform, an answer of API Gateway, whole or cut off.
It ranks what can be the cause, says how to tell the causes apart, and names the rules that find
them. With "-" the text is read from standard input. With the ID of a rule it shows the rule.

A log is read request by request: execution logs and access logs as aws logs tail,
filter-log-events and the console give them, and the log of the console's Test. What was sent and
answered decides which cause comes first, the line that says so is quoted, and the command that
diagnoses that very call is filled in. Logs hold what clients sent, and that command repeats the
body. With -o json all of it comes as JSON.`,
		Example: `  apisqs-doctor explain '<UnknownOperationException/>'
  apisqs-doctor explain 'Access to the resource https://sqs.us-east-1.amazonaws.com/ is denied.'
  aws logs tail API-Gateway-Execution-Logs_a1b2c3d4/prod | apisqs-doctor explain -
  apisqs-doctor explain protocol-content-type`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(`give the text in quotes, or "-" to read it from standard input`, "explain needs an error text or the ID of a rule")
			}
			return nil
		},
		ValidArgsFunction: completeRule,
		RunE: func(_ *cobra.Command, args []string) error {
			text := strings.Join(args, " ")
			if _, ok := rules.Find(strings.TrimSpace(text)); ok {
				return a.showRule(strings.TrimSpace(text))
			}
			var in io.Reader = strings.NewReader(text)
			if text == "-" {
				in = a.In
			}
			return a.explain(in, output == "json", shell)
		},
	}
	output = "text"
	cmd.Flags().VarP(choice{&output, []string{"text", "json"}}, "output", "o", "how to answer (default text)")
	cmd.Flags().Lookup("output").DefValue = ""
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	addShell(cmd, &shell)
	return cmd
}

const notRecognised = `paste the error as it stands: the answer's body, the message of the AWS CLI or SDK, or the
lines of the execution log around "Endpoint response body" and "Execution failed". The bare
status says too little. The rules are listed by: apisqs-doctor rules`

// explain explains what it reads, as a log when it is one.
func (a *app) explain(in io.Reader, asJSON bool, shell string) error {
	var head bytes.Buffer
	log := explain.Requests(io.TeeReader(in, &capped{&head}), rules.All())
	if _, err := io.Copy(&capped{&head}, in); err != nil {
		return usage("", "standard input: %s", plain(err))
	}
	text := head.String()
	if strings.TrimSpace(text) != "" {
		if _, ok := rules.Find(strings.TrimSpace(text)); ok {
			return a.showRule(strings.TrimSpace(text))
		}
	}
	var causes []explain.Cause
	if log.Requests == 0 {
		causes = explain.Explain(text, rules.All())
		if len(causes) == 0 {
			hint := notRecognised
			if best := closest(strings.TrimSpace(text), ruleIDs(rules.All())); best != "" {
				hint = fmt.Sprintf("did you mean the rule %q?\n", best) + hint
			}
			return usage(hint, "not recognised: the text names no error that the doctor knows")
		}
	}
	switch {
	case asJSON:
		return a.explainJSON(text, log, causes)
	case log.Requests > 0:
		a.explainLog(log, shell)
		return nil
	}
	for _, code := range explain.Codes(text) {
		fmt.Fprintln(a.Out, codeLine(code))
	}
	fmt.Fprintln(a.Out, "It can mean, the likeliest first:")
	a.causes(causes)
	fmt.Fprint(a.Out, "\nTo know which it is: apisqs-doctor --api-id ID --method \"POST /PATH\"\n")
	return nil
}

// capped keeps the beginning of what is written to it.
type capped struct{ *bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	c.Buffer.Write(p[:min(len(p), max(0, explain.MaxText-c.Len()))])
	return len(p), nil
}

func (a *app) causes(list []explain.Cause) {
	for i, c := range list {
		fmt.Fprint(a.Out, "\n"+report.Fill(fmt.Sprintf("%d.", i+1), 4, c.Title))
		fmt.Fprint(a.Out, report.Fill("    seen", 10, report.Visible(fmt.Sprintf("%q", c.Seen))))
		fmt.Fprint(a.Out, report.Fill("    tell", 10, c.Tell))
		if c.Rule != "" {
			fmt.Fprint(a.Out, report.Fill("    more", 10, "apisqs-doctor rules show "+c.Rule))
		}
	}
}

// explainLog answers for each request of a log.
func (a *app) explainLog(log explain.Log, shell string) {
	const mostCauses = 4
	for i, r := range log.Failed {
		if i > 0 {
			fmt.Fprintln(a.Out)
		}
		a.printf("%s\n", report.Visible(r.Heading()))
		fmt.Fprint(a.Out, report.Fill("    outcome", 12, report.Visible(r.Outcome())))
		if r.Deciding != "" {
			fmt.Fprint(a.Out, report.Fill("    line", 12, report.Visible(r.Deciding)))
		}
		a.causes(r.Causes[:min(len(r.Causes), mostCauses)])
		a.printf("\n    next      %s\n", nextCommand(&r, shell))
		if _, lacks := r.Next(); lacks != "" {
			a.printf("              (%s)\n", lacks)
		}
	}
	if len(log.Failed) > 0 {
		fmt.Fprintln(a.Out)
	}
	if len(log.Failed) == 0 {
		for _, r := range log.Succeeded[:min(len(log.Succeeded), 10)] {
			a.printf("%s\n    %s\n", report.Visible(r.Heading()), r.Outcome())
		}
	}
	failed := len(log.Failed) + log.Left
	a.printf("%s in the log: %d failed, %d did not.\n", report.Count(log.Requests, "request"), failed, log.Requests-failed)
	if log.Left > 0 {
		a.printf("The first %d that failed are shown. For all of a log: apisqs-doctor logs --api-id ID --file FILE\n", len(log.Failed))
	}
	if log.Forged > 0 {
		a.printf("%s in the data of requests looked like log lines and were not read as such. The answer of\naws logs filter-log-events says for certain where a body ends.\n", report.Count(log.Forged, "line"))
	}
}

// nextCommand is the diagnosis of the very call, for a shell.
func nextCommand(r *explain.Answer, shell string) string {
	arguments, _ := r.Next()
	return report.Visible(commandLine(shell, append([]string{name}, arguments...)...))
}

// explained is the JSON of explain.
type explained struct {
	Schema   string           `json:"schema"`
	Codes    []walk.ErrorCode `json:"codes"`    // that a text names which is no log
	Causes   []explain.Cause  `json:"causes"`   // of such a text, the likeliest first
	Requests []explainedCall  `json:"requests"` // of a log
	Left     int              `json:"left"`     // requests that failed and are not in the list
}

type explainedCall struct {
	ID        string          `json:"id"`
	API       string          `json:"api"`
	Stage     string          `json:"stage"`
	Method    string          `json:"method"`
	Path      string          `json:"path"`
	Time      int64           `json:"time"` // milliseconds since 1970, 0 when not logged
	Status    *int            `json:"status"`
	SQSStatus *int            `json:"sqsStatus"`
	Code      walk.ErrorCode  `json:"code"`
	Origin    walk.Source     `json:"origin"`
	Message   string          `json:"message"`
	Line      string          `json:"line"` // that decides
	Complete  bool            `json:"complete"`
	Causes    []explain.Cause `json:"causes"`
	Next      string          `json:"next"` // command
}

func (a *app) explainJSON(text string, log explain.Log, causes []explain.Cause) error {
	doc := explained{Schema: "apisqs-doctor/explain/v1", Codes: []walk.ErrorCode{}, Causes: append([]explain.Cause{}, causes...), Requests: []explainedCall{}, Left: log.Left}
	if log.Requests == 0 {
		doc.Codes = append(doc.Codes, explain.Codes(text)...)
	}
	all := append(log.Failed[:len(log.Failed):len(log.Failed)], log.Succeeded...)
	for _, r := range all {
		doc.Requests = append(doc.Requests, explainedCall{ID: r.ID, API: r.API, Stage: r.Stage, Method: r.Method, Path: r.Path, Time: r.Start,
			Status: number(r.Status), SQSStatus: number(r.SQSStatus), Code: r.Code, Origin: r.Origin, Message: r.Message, Line: r.Deciding,
			Complete: r.Complete, Causes: append([]explain.Cause{}, r.Causes...), Next: nextCommand(&r, string(shell.POSIX))})
	}
	enc := json.NewEncoder(a.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

func number(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// codeLine is an error code, with its other name where it has one.
func codeLine(code walk.ErrorCode) string {
	names, ok := walk.LookupCode(string(code))
	switch {
	case !ok:
		return string(code)
	case names.JSONType == string(code):
		return fmt.Sprintf("%s, HTTP %d from SQS", code, names.Status)
	}
	return fmt.Sprintf("%s, HTTP %d from SQS (%s in the JSON protocol)", code, names.Status, names.JSONType)
}
