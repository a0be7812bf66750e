package cli

import (
	"regexp"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/rules"
)

// reportOf is the text report of an embedded example.
func reportOf(t *testing.T, example string, width int) string {
	t.Helper()
	c, err := loadDemo(example)
	if err != nil {
		t.Fatal(err)
	}
	stage := ""
	if c.Request != nil {
		stage = c.Request.Stage
	}
	e, err := examine(c.Snapshot, stage, call{request: c.Request})
	if err != nil {
		t.Fatal(err)
	}
	return textOf(t, report.Run{Tool: tool(), Snapshot: c.Snapshot, Examination: e, Remedy: remedies(remedy.Writer{Shell: shell.POSIX}), Rules: rules.All(), Width: width})
}

// A finding on a template or a mapping shows the source with a caret under what it is
// about, and beneath it what SQS got and what it needs.
func TestFrames(t *testing.T) {
	for example, want := range map[string]string{
		"mapping-body-not-encoded": `
       1 | Action=SendMessage&MessageBody=$input.body
         |                                ^^^^^^^^^^^
           SQS got MessageBody={"company":"Smith , and then ' Sons"}', which is no parameter
           needed: MessageBody=$util.urlEncode($input.body)
           smallest body that fails: &}   yours: 26 bytes`,
		"protocol-content-type": `
         | integration.request.header.Content-Type: 'application/json'
         |                                          ^^^^^^^^^^^^^^^^^^
           SQS got Content-Type: application/json   needed: application/x-www-form-urlencoded`,
		"protocol-target-wrong": `
         | integration.request.header.X-Amz-Target: 'SQS.SendMessage'
         |                                          ^^^^^^^^^^^^^^^^^
           SQS got X-Amz-Target: SQS.SendMessage   needed: AmazonSQS.SendMessage`,
		"mapping-undeclared-parameter": `
         | integration.request.header.X-Tenant: method.request.header.X-Tenant
         |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^`,
		"mapping-invalid-expression": `
         | integration.request.header.Content-Type: application/x-www-form-urlencoded
         |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           needed: 'application/x-www-form-urlencoded'`,
		"mapping-http-api-parameter": `
         | DelaySeconds: $request.header.x-delay
         |               ^^^^^^^^^^^^^^^^^^^^^^^`,
		"protocol-queue-url-http": `
         | QueueUrl: arn:aws:sqs:us-east-1:123456789012:orders
         |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           SQS got QueueUrl=arn:aws:sqs:us-east-1:123456789012:orders
           needed: https://sqs.us-east-1.amazonaws.com/123456789012/orders`,
		"mapping-name-mismatch-parameter": `
       1 | Action=SendMessage&MessageGroupID=acme&MessageDeduplicationId=$context.requestId&Message…
         |                    ^^^^^^^^^^^^^^
           needed: MessageGroupId=acme`,
		"queue-parameter-range": `
       1 | Action=ReceiveMessage&MaxNumberOfMessages=100
         |                                           ^^^
           needed: MaxNumberOfMessages=10`,
		"protocol-action-invalid": `
       1 | Action=sendMessage&MessageBody=$util.urlEncode($input.body)
         |        ^^^^^^^^^^^
           needed: Action=SendMessage`,
		"protocol-invalid-json": `
       1 | …":"https://sqs.us-east-1.amazonaws.com/123456789012/orders","MessageBody":"$input.body"}
         |                                                                             ^^^^^^^^^^^
           SQS got …,"MessageBody":"{"id":1,"text":"hello"}"}
           needed: "MessageBody":"$util.escapeJavaScript($input.body).replaceAll("\\'","'")"`,
		"protocol-target": `
    where     integration request header X-Amz-Target: no mapping; needed: 'AmazonSQS.SendMessage'`,
		"queue-fifo-group": `
       1 | Action=SendMessage&MessageBody=$util.urlEncode($input.body)
         |                    ^
           needed: MessageGroupId=$context.requestId`,
	} {
		if got := reportOf(t, example, 100); !strings.Contains(got, want) {
			t.Errorf("%s: want%s\nin\n%s", example, want, got)
		}
	}
}

// What a report never says: how much it leaves out and not what, twice the same word,
// an action as a verb, and numbers of the record.
var unsaid = regexp.MustCompile(`\band \d+ more\b|policy the queue policy|may not [a-z]+:[A-Z]|files this under|\((?:[THILP]\d+[a-z]?)\)|'''`)

// checkFirstLines wants the first lines of a report to say what happens, why, and
// what to do.
func checkFirstLines(t *testing.T, example, text string, e *diagnose.Examination) {
	t.Helper()
	if at := unsaid.FindString(text); at != "" {
		t.Errorf("%s says %q:\n%s", example, at, text)
	}
	if len(e.Diagnoses) != 1 || e.Diagnoses[0].Verdict != diagnose.Broken || len(e.Diagnoses[0].Gaps) > 0 {
		return
	}
	d := &e.Diagnoses[0]
	lines := strings.Split(text, "\n")
	first := strings.Join(strings.Fields(strings.Join(lines[:min(len(lines), 24)], " ")), " ")
	want := []string{"BROKEN"}
	if d.Predicted.Stage != "" {
		want = append(want, "FAIL "+string(d.Predicted.Stage))
	}
	if len(d.Plan.Fixes) > 0 {
		want = append(want, "do this", d.Plan.Fixes[0].Title)
	}
	for _, s := range want {
		if !strings.Contains(first, s) {
			t.Errorf("%s: the first 24 lines do not say %q:\n%s", example, s, text)
		}
	}
}
