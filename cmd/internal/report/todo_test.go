package report

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// The printed command makes every step of the plan: those that are not sure are named,
// each once, and the reader is told why.
func TestMendNamesWhatIsNotSure(t *testing.T) {
	sure, choice, blank := diagnose.Fix{Rule: "a"}, diagnose.Fix{Rule: "b", Choice: "x"}, diagnose.Fix{Rule: "c", Blank: "x"}
	for _, c := range []struct {
		steps         []diagnose.Fix
		command, says string
	}{
		{[]diagnose.Fix{sure}, "fix --write", ""},
		{[]diagnose.Fix{choice, sure, choice}, "fix --write --accept b", "is your choice;"},
		{[]diagnose.Fix{blank}, "fix --write --accept c", "has a place for you to fill in;"},
		{[]diagnose.Fix{choice, blank}, "fix --write --accept b --accept c", "is your choice or has a place"},
	} {
		command, why := mend("fix --write", &diagnose.Plan{Fixes: c.steps})
		if command != c.command || !strings.Contains(why, c.says) || (why == "") != (c.says == "") {
			t.Errorf("%v: %q, %q", c.steps, command, why)
		}
	}
}

// What a tool writes anew is not edited: the report names where the change belongs, and
// no command that would refuse it.
func TestMadeFilesGetNoCommand(t *testing.T) {
	for maker, want := range map[string]string{snapshot.CDK: "make the changes in the CDK application", snapshot.Serverless: "make the changes in serverless.yml", "": "apisqs-doctor fix --write"} {
		run := demonstration(t, "protocol_content_type_failing")
		s := *run.Snapshot
		s.Target.Kind, s.Target.Maker = snapshot.Template, maker
		run.Snapshot, run.Mend = &s, "apisqs-doctor fix --write"
		run.Examination.Target = s.Target
		var b strings.Builder
		if err := Text(&b, run, false); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) || maker != "" && strings.Contains(b.String(), "fix --write") {
			t.Errorf("%q:\n%s", maker, b.String())
		}
	}
}

// A call that lacks something is told first what to send; the steps for other calls
// stand behind it.
func TestInsteadStandsFirst(t *testing.T) {
	run := demonstration(t, "protocol_content_type_failing")
	stages, _ := run.Snapshot.APIs[0].Stages.Peek()
	for _, fact := range []snapshot.Fact[snapshot.Configuration]{run.Snapshot.APIs[0].Draft, stages[0].Deployed} {
		c, _ := fact.Peek()
		c.Methods[0].APIKeyRequired = c.Methods[0].APIKeyRequired.With(true)
	}
	call := walk.Request{Method: "POST", Path: "/orders", Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}}, Body: "{}"}
	run.Examination = diagnose.Examine(run.Snapshot, diagnose.Selection{}, []walk.Request{call}, run.Rules)
	var b strings.Builder
	if err := Text(&b, run, false); err != nil {
		t.Fatal(err)
	}
	rest := b.String()
	for _, part := range []string{"send this instead:", "x-api-key:", "and do this, for other calls:", "send Content-Type application/x-www-form-urlencoded"} {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Fatalf("%q is not there, or not in its place:\n%s", part, b.String())
		}
		rest = after
	}
}

// What the fix puts in the place of a part of a line.
func TestMendedPart(t *testing.T) {
	for _, c := range []struct {
		before, after string
		form          bool
		want          string
	}{
		{"Action=SendMessage&MessageBody=$input.body", "Action=SendMessage&MessageBody=$util.urlEncode($input.body)", true, "MessageBody=$util.urlEncode($input.body)"},
		{"Action=SendMessage&MessageBody=x", "Action=SendMessage&MessageGroupId=g&MessageBody=x", true, "MessageGroupId=g"},
		{"Action=SendMessage&DelaySeconds&MessageBody=x", "Action=SendMessage&MessageBody=x", true, ""},
		{"Action=ReceiveMessage&MaxNumberOfMessages=100", "Action=ReceiveMessage&MaxNumberOfMessages=10", true, "MaxNumberOfMessages=10"},
		{"Action=SendMessage", "Action=SendMessage##", true, "Action=SendMessage##"},
		{`{"QueueUrl":"u","MessageBody":"$input.body"}`, `{"QueueUrl":"u","MessageBody":"$util.escapeJavaScript($input.body)"}`, false, `"MessageBody":"$util.escapeJavaScript($input.body)"`},
		{`{"QueueUrl":"u"}`, `{"MessageGroupId":"g","QueueUrl":"u"}`, false, `"MessageGroupId":"g"`},
		{"", "", true, ""},
	} {
		if got := mendedPart(c.before, c.after, c.form); got != c.want {
			t.Errorf("%s -> %s: %q, want %q", c.before, c.after, got, c.want)
		}
	}
}
