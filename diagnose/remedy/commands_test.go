package remedy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/text/shell/shelltest"
)

const onOrders = "--rest-api-id a1b2c3d4 --resource-id r0ders --http-method POST "

// Each change as the commands that make it. "~1" stands for the slash of a name
// in a patch path, as RFC 6901 has it.
func TestCommands(t *testing.T) {
	for name, want := range map[string][]string{
		"set header": {`aws apigateway update-integration ` + onOrders +
			`--region us-east-1 --patch-operations '[{"op":"replace","path":"/requestParameters/integration.request.header.Content-Type","value":"\u0027application/x-amz-json-1.0\u0027"}]'`},
		"add header": {`aws apigateway update-integration ` + onOrders +
			`--region us-east-1 --patch-operations '[{"op":"add","path":"/requestParameters/integration.request.header.X-Amz-Target","value":"\u0027AmazonSQS.SendMessage\u0027"}]'`},
		"remove header": {`aws apigateway update-integration ` + onOrders + `--region us-east-1 --patch-operations '[{"op":"remove","path":"/requestParameters/integration.request.header.Content-Type"}]'`},
		"add template":  {`aws apigateway update-integration ` + onOrders + `--region us-east-1 --patch-operations '[{"op":"add","path":"/requestTemplates/text~1plain","value":"Action=SendMessage"}]'`},
		"set template": {`aws apigateway update-integration ` + onOrders +
			`--region us-east-1 --patch-operations '[{"op":"replace","path":"/requestTemplates/application~1json","value":"Action=SendMessage&MessageBody=$util.urlEncode($input.body)&Note=it\u0027s\n\"${a}\""}]'`},
		"remove field": {`aws apigateway update-integration ` + onOrders + `--region us-east-1 --patch-operations '[{"op":"remove","path":"/credentials"}]'`},
		"set type": {`aws apigateway put-integration ` + onOrders + `--type AWS --integration-http-method POST --uri arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders --credentials ` + roleARN +
			` --passthrough-behavior NEVER --timeout-in-millis 29000 --region us-east-1 --request-parameters '{"integration.request.header.Content-Type":"\u0027application/x-www-form-urlencoded\u0027"}'` +
			` --request-templates '{"application/json":"Action=SendMessage&MessageBody=$util.urlEncode($input.body)"}'`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 200 --selection-pattern '2\d{2}' --region us-east-1`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 400 --selection-pattern '4\d{2}' --region us-east-1`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 500 --region us-east-1`},
		"set response": {`aws apigateway update-integration-response ` + onOrders +
			`--status-code 400 --region us-east-1 --patch-operations '[{"op":"replace","path":"/selectionPattern","value":"[45]\\d{2}"},{"op":"add","path":"/responseParameters/method.response.header.X","value":"\u0027a\u0027"}]'`},
		"default response": {`aws apigateway update-integration-response ` + onOrders + `--status-code 200 --region us-east-1 --patch-operations '[{"op":"replace","path":"/selectionPattern","value":""}]'`},
		"move response": {`aws apigateway delete-integration-response ` + onOrders + `--status-code 500 --region us-east-1`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 502 --region us-east-1`},
		"add method response": {`aws apigateway put-method-response ` + onOrders + `--status-code 502 --region us-east-1`},
		"declare parameter":   {`aws apigateway update-method ` + onOrders + `--region us-east-1 --patch-operations '[{"op":"add","path":"/requestParameters/method.request.header.X-Tenant","value":"false"}]'`},
		"new policy":          {`aws iam put-role-policy --role-name orders-api --policy-name orders --region us-east-1 --policy-document '{"Version":"2012-10-17","Statement":[` + send + `]}'`},
		"remove statement":    {`aws iam delete-role-policy --role-name orders-api --policy-name send --region us-east-1`},
		"boundary": {`aws iam create-policy-version --policy-arn arn:aws:iam::123456789012:policy/cap --region us-east-1 --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"},` +
			send + `]}' --set-as-default`},
		"detach policy":     {`aws iam detach-role-policy --role-name orders-api --policy-arn arn:aws:iam::123456789012:policy/shared --region us-east-1`},
		"queue key removed": {`aws sqs set-queue-attributes --queue-url https://sqs.us-east-1.amazonaws.com/123456789012/orders --region us-east-1 --attributes '{"KmsMasterKeyId":""}'`},
		"stage variable":    {`aws apigateway update-stage --rest-api-id a1b2c3d4 --stage-name prod --region us-east-1 --patch-operations '[{"op":"replace","path":"/variables/queue","value":"orders"}]'`},
		"remove method":     {`aws apigateway delete-method ` + onOrders + `--region us-east-1`},
		"timeout":           {`aws apigateway update-integration ` + onOrders + `--region us-east-1 --patch-operations '[{"op":"replace","path":"/timeoutInMillis","value":"5000"}]'`},
		"media types":       {`aws apigateway update-rest-api --rest-api-id a1b2c3d4 --region us-east-1 --patch-operations '[{"op":"add","path":"/binaryMediaTypes/image~1png"}]'`},
		"default endpoint":  {`aws apigateway update-rest-api --rest-api-id a1b2c3d4 --region us-east-1 --patch-operations '[{"op":"replace","path":"/disableExecuteApiEndpoint","value":"true"}]'`},
		"validator":         {`aws apigateway update-method ` + onOrders + `--region us-east-1 --patch-operations '[{"op":"replace","path":"/requestValidatorId","value":"v4lid8"}]'`},
		"response header":   {`aws apigateway update-method-response ` + onOrders + `--status-code 200 --region us-east-1 --patch-operations '[{"op":"add","path":"/responseParameters/method.response.header.X-Id","value":"false"}]'`},
		"key disabled":      {`aws kms disable-key --key-id ` + keyARN + ` --region us-east-1`},
		"await methods":     {`aws apigateway create-deployment --rest-api-id a1b2c3d4 --stage-name prod --region us-east-1`},
		"deploy":            {`aws apigateway create-deployment --rest-api-id a1b2c3d4 --stage-name prod --region us-east-1`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := remedy.Writer{}.Commands(live(t), fix(changes[name]))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCommandsThatCannotBe(t *testing.T) {
	for name, want := range map[string]string{
		"AWS's managed policy": "managed by AWS",
		"status taken":         "status 200 has an integration response already",
		"unknown role":         "not-read",
	} {
		if got, err := (remedy.Writer{}).Commands(live(t), fix(changes[name])); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, error %v, want %q", name, got, err, want)
		}
	}
}

// Pasted into a shell, also with the indentation that a report gives them, the
// commands hand the AWS CLI the words that are meant.
func TestCommandsInAShell(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it runs every command in a shell")
	}
	dir := t.TempDir()
	run := func(name string, s *snapshot.Snapshot, x diagnose.Fix) {
		commands, err := remedy.Writer{}.Commands(s, x)
		if err != nil {
			return // a sentence; TestEveryFixRenders looks at those
		}
		calls, err := shelltest.Run(dir, commands, shelltest.Variables(commands))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := intended(t, remedy.Writer{}, s, x); !cmp.Equal(calls, want) {
			t.Errorf("%s: -meant +run:\n%s", name, cmp.Diff(want, calls))
		}
		for _, call := range calls {
			checkCall(t, name, call)
		}
	}
	for name, change := range changes {
		run(name, live(t), fix(change))
	}
	offered(t, run)
}

// intended are the calls that the commands of a fix are meant to make.
func intended(t *testing.T, w remedy.Writer, s *snapshot.Snapshot, x diagnose.Fix) []shelltest.Call {
	script, err := w.Script(s, x)
	if err != nil {
		t.Fatal(err)
	}
	return meant(script)
}

// meant are the calls of a script.
func meant(script shell.Script) []shelltest.Call {
	var calls []shelltest.Call
	for _, l := range script {
		if l.Run == nil {
			continue
		}
		call := shelltest.Call{Words: []string{l.Run.Program}, Files: map[string]string{}}
		for _, a := range l.Run.Args {
			text := ""
			for _, p := range a.Word {
				text += p.Text
				if p.Variable != nil {
					text += "VALUE-OF-" + p.Variable.Name
				}
			}
			if long := a.JSON && len(a.Word.Text()) >= 400; long {
				var pretty bytes.Buffer
				if json.Indent(&pretty, []byte(text), "              ", "  ") == nil && !strings.Contains(text, "VALUE-OF-") {
					text = pretty.String()
				}
				call.Files[a.By+a.File] = text + "\n"
				text = a.By + a.File
			}
			call.Words = append(call.Words, text)
		}
		calls = append(calls, call)
	}
	return calls
}

// checkCall wants JSON where JSON is due, and nothing that a shell has eaten.
func checkCall(t *testing.T, name string, call shelltest.Call) {
	words := call.Words
	for i, word := range words {
		if i == 0 || !strings.HasPrefix(words[i-1], "--") {
			continue
		}
		option := strings.TrimPrefix(words[i-1], "--")
		switch option {
		case "patch-operations", "policy-document", "policy", "attributes", "request-parameters", "request-templates", "response-templates", "response-parameters":
			if text, ok := call.Files[word]; ok {
				word = text
			}
			if !json.Valid([]byte(word)) {
				t.Errorf("%s: --%s is not JSON: %s", name, option, word)
			}
		case "http-method", "resource-id", "rest-api-id", "role-name", "policy-name", "queue-url", "key-id":
			if word == "" || strings.ContainsAny(word, "' \n") {
				t.Errorf("%s: --%s %q", name, option, word)
			}
		}
	}
}

// The value that reaches AWS is the very text of the change, whatever is in it.
func TestCommandsKeepTheText(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte("#!/bin/sh\nwhile [ \"$1\" != --patch-operations ]; do shift; done\nprintf '%s' \"$2\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"it's", `a\nb`, "a\nb\n", "$HOME `id` $(id) !x", "\\u0027 '\\'' ", "tab\there", "ünï 🙂", strings.Repeat("long'\"\n", 200), "  indented\n  twice"} {
		commands, err := remedy.Writer{}.Commands(live(t), fix(snapshot.SetTemplate{On: post, ContentType: "application/json", After: text}))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-eu", "-c", strings.Join(commands, "\n"))
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin"}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if file, ok := strings.CutPrefix(string(out), "file://"); ok {
			if out, err = os.ReadFile(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
		var ops []struct{ Value string }
		if err := json.Unmarshal(out, &ops); err != nil || len(ops) != 1 || ops[0].Value != text {
			t.Errorf("%q arrives as %s (%v)", text, out, err)
		}
	}
}
