package remedy_test

import (
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
)

const onOrders = "--rest-api-id a1b2c3d4 --resource-id r0ders --http-method POST --region us-east-1 "

// Each change as the commands that make it. "~1" stands for the slash of a name
// in a patch path, as RFC 6901 has it.
func TestCommands(t *testing.T) {
	for name, want := range map[string][]string{
		"set header": {`aws apigateway update-integration ` + onOrders +
			`--patch-operations '[{"op":"replace","path":"/requestParameters/integration.request.header.Content-Type","value":"\u0027application/x-amz-json-1.0\u0027"}]'`},
		"add header": {`aws apigateway update-integration ` + onOrders +
			`--patch-operations '[{"op":"add","path":"/requestParameters/integration.request.header.X-Amz-Target","value":"\u0027AmazonSQS.SendMessage\u0027"}]'`},
		"remove header": {`aws apigateway update-integration ` + onOrders + `--patch-operations '[{"op":"remove","path":"/requestParameters/integration.request.header.Content-Type"}]'`},
		"add template":  {`aws apigateway update-integration ` + onOrders + `--patch-operations '[{"op":"add","path":"/requestTemplates/text~1plain","value":"Action=SendMessage"}]'`},
		"set template": {`aws apigateway update-integration ` + onOrders +
			`--patch-operations '[{"op":"replace","path":"/requestTemplates/application~1json","value":"Action=SendMessage&MessageBody=$util.urlEncode($input.body)&Note=it\u0027s\n\"${a}\""}]'`},
		"remove field": {`aws apigateway update-integration ` + onOrders + `--patch-operations '[{"op":"remove","path":"/credentials"}]'`},
		"set type": {`aws apigateway put-integration ` + onOrders + `--type AWS --integration-http-method POST --uri arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders --credentials ` + roleARN +
			` --passthrough-behavior NEVER --timeout-in-millis 29000 --request-parameters '{"integration.request.header.Content-Type":"\u0027application/x-www-form-urlencoded\u0027"}'` +
			` --request-templates '{"application/json":"Action=SendMessage&MessageBody=$util.urlEncode($input.body)"}'`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 200 --selection-pattern '2\d{2}'`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 400 --selection-pattern '4\d{2}'`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 500`},
		"set response": {`aws apigateway update-integration-response ` + onOrders +
			`--status-code 400 --patch-operations '[{"op":"replace","path":"/selectionPattern","value":"[45]\\d{2}"},{"op":"add","path":"/responseParameters/method.response.header.X","value":"\u0027a\u0027"}]'`},
		"default response": {`aws apigateway update-integration-response ` + onOrders + `--status-code 200 --patch-operations '[{"op":"replace","path":"/selectionPattern","value":""}]'`},
		"move response": {`aws apigateway delete-integration-response ` + onOrders + `--status-code 500`,
			`aws apigateway put-integration-response ` + onOrders + `--status-code 502`},
		"add method response": {`aws apigateway put-method-response ` + onOrders + `--status-code 502`},
		"declare parameter":   {`aws apigateway update-method ` + onOrders + `--patch-operations '[{"op":"add","path":"/requestParameters/method.request.header.X-Tenant","value":"false"}]'`},
		"new policy":          {`aws iam put-role-policy --role-name orders-api --policy-name orders --policy-document '{"Version":"2012-10-17","Statement":[` + send + `]}'`},
		"remove statement":    {`aws iam delete-role-policy --role-name orders-api --policy-name send`},
		"boundary": {`aws iam create-policy-version --policy-arn arn:aws:iam::123456789012:policy/cap --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"},` +
			send + `]}' --set-as-default`},
		"queue key removed": {`aws sqs set-queue-attributes --queue-url https://sqs.us-east-1.amazonaws.com/123456789012/orders --attributes '{"KmsMasterKeyId":""}' --region us-east-1`},
		"stage variable":    {`aws apigateway update-stage --rest-api-id a1b2c3d4 --stage-name prod --region us-east-1 --patch-operations '[{"op":"replace","path":"/variables/queue","value":"orders"}]'`},
		"deploy":            {`aws apigateway create-deployment --rest-api-id a1b2c3d4 --stage-name prod --region us-east-1`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := remedy.Commands(live(t), fix(changes[name]))
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
		if got, err := remedy.Commands(live(t), fix(changes[name])); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, error %v, want %q", name, got, err, want)
		}
	}
}

// Pasted into a shell, also with the indentation that a report gives them, the
// commands hand the AWS CLI the words that are meant.
func TestCommandsInAShell(t *testing.T) {
	dir := t.TempDir()
	stub := "#!/bin/sh\nfor word in \"$@\"; do printf '%s\\0' \"$word\"; done\nprintf '\\0'\n"
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(stub), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(name string, s *snapshot.Snapshot, x diagnose.Fix) {
		commands, err := remedy.Commands(s, x)
		if err != nil {
			return // a sentence; TestEveryFixRenders looks at those
		}
		script := "              " + strings.ReplaceAll(strings.Join(commands, "\n"), "\n", "\n              ")
		cmd := exec.Command("sh", "-eu", "-c", script)
		cmd.Dir, cmd.Env = dir, []string{"PATH=" + dir + ":/usr/bin:/bin"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s\n%s", name, err, script, out)
		}
		for _, call := range strings.Split(strings.TrimSuffix(string(out), "\x00\x00"), "\x00\x00") {
			checkCall(t, name, dir, strings.Split(call, "\x00"))
		}
	}
	for name, change := range changes {
		run(name, live(t), fix(change))
	}
	offered(t, run)
}

// checkCall wants JSON where JSON is due, and nothing that a shell has eaten.
func checkCall(t *testing.T, name, dir string, words []string) {
	for i, word := range words {
		if i == 0 || !strings.HasPrefix(words[i-1], "--") {
			continue
		}
		option := strings.TrimPrefix(words[i-1], "--")
		switch option {
		case "patch-operations", "policy-document", "policy", "attributes", "request-parameters", "request-templates", "response-templates", "response-parameters":
			if file, ok := strings.CutPrefix(word, "file://"); ok {
				text, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				word = string(text)
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
		commands, err := remedy.Commands(live(t), fix(snapshot.SetTemplate{On: post, ContentType: "application/json", After: text}))
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
