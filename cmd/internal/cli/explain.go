package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/rules"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain TEXT|-|RULE",
		Short: "Rank what an error can mean, or explain a rule; needs no credentials",
		Long: `explain takes an error as it stands anywhere: an answer of SQS in XML or JSON, a message of
the AWS CLI or of an SDK, an answer of API Gateway, lines of an execution log or of the console's
Test, whole or cut off. It ranks what can be the cause, says how to tell the causes apart, and
names the rules that find them. With "-" the text is read from standard input. With the ID of a
rule it shows the rule.`,
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
			if text == "-" {
				data, err := io.ReadAll(io.LimitReader(a.In, explain.MaxText))
				if err != nil {
					return usage("", "standard input: %s", plain(err))
				}
				text = string(data)
			}
			if _, ok := rules.Find(strings.TrimSpace(text)); ok {
				return a.showRule(strings.TrimSpace(text))
			}
			return a.explain(text)
		},
	}
}

const notRecognised = `paste the error as it stands: the answer's body, the message of the AWS CLI or SDK, or the
lines of the execution log around "Endpoint response body" and "Execution failed". The bare
status says too little. The rules are listed by: apisqs-doctor rules`

func (a *app) explain(text string) error {
	list := explain.Explain(text, rules.All())
	if len(list) == 0 {
		hint := notRecognised
		if best := closest(strings.TrimSpace(text), ruleIDs(rules.All())); best != "" {
			hint = fmt.Sprintf("did you mean the rule %q?\n", best) + hint
		}
		return usage(hint, "not recognised: the text names no error that the doctor knows")
	}
	for _, code := range explain.Codes(text) {
		fmt.Fprintln(a.Out, codeLine(code))
	}
	fmt.Fprintln(a.Out, "It can mean, the likeliest first:")
	for i, c := range list {
		fmt.Fprint(a.Out, "\n"+report.Fill(fmt.Sprintf("%d.", i+1), 4, c.Title))
		fmt.Fprint(a.Out, report.Fill("    seen", 10, fmt.Sprintf("%q", c.Seen)))
		fmt.Fprint(a.Out, report.Fill("    tell", 10, c.Tell))
		if c.Rule != "" {
			fmt.Fprint(a.Out, report.Fill("    more", 10, "apisqs-doctor rules show "+c.Rule))
		}
	}
	fmt.Fprint(a.Out, "\nTo know which it is: apisqs-doctor --api-id ID --method \"POST /PATH\"\n")
	return nil
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
