package remedy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/text/shell/shelltest"
	"apisqs-doctor/diagnose/walk"
)

const address = "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod"

// Each kind of call as curl's words. Content-Type without a value is how curl
// sends none (curl's manual, -H), -I how it sends HEAD and waits for no body.
func TestCheck(t *testing.T) {
	plain := walk.Request{Method: "POST", Path: "/orders", Headers: []walk.Header{{Name: "Content-Type", Value: "application/json"}}, Body: `{"id":1}`}
	for name, tt := range map[string]struct {
		request walk.Request
		change  func(*snapshot.Snapshot, *snapshot.Method)
		want    []string
	}{
		"plain":           {request: plain, want: []string{"-i", "-X", "POST", "-H", "Content-Type: application/json", "--data-binary", `{"id":1}`, address + "/orders"}},
		"no Content-Type": {request: plain.WithoutHeader("Content-Type"), want: []string{"-i", "-X", "POST", "-H", "Content-Type:", "--data-binary", `{"id":1}`, address + "/orders"}},
		"HEAD":            {request: walk.Request{Method: "HEAD", Path: "/orders"}, want: []string{"-I", address + "/orders"}},
		"URL": {request: walk.Request{Method: "GET", Path: "/User1 & more/{id}/100%/a%2Fb/{proxy+}", Query: []walk.Header{{Name: "q", Value: "a b&c=+"}, {Name: "é", Value: "'$(x)"}}},
			want: []string{"-i", "-X", "GET", address + "/User1%20&%20more/id/100%25/a%2Fb/proxy?q=a%20b%26c%3D%2B&%C3%A9=%27%24%28x%29"}},
		"empty header": {request: walk.Request{Method: "GET", Path: "/", Headers: []walk.Header{{Name: "X-Empty"}}}, want: []string{"-i", "-X", "GET", "-H", "X-Empty;", address + "/"}},
		"hidden": {request: plain.WithHeader("X-Api-Key", "k3y-that-n0body-may-see"),
			want: []string{"-i", "-X", "POST", "-H", "Content-Type: application/json", "-H", "X-Api-Key: VALUE-OF-API_KEY", "--data-binary", `{"id":1}`, address + "/orders"}},
		"made up": {request: walk.Request{Method: "GET", Path: "/", Headers: []walk.Header{{Name: "Authorization", Value: "sample-token"}}},
			want: []string{"-i", "-X", "GET", "-H", "Authorization: VALUE-OF-AUTHORIZATION", address + "/"}},
		"a file's name": {request: walk.Request{Method: "POST", Path: "/", Headers: plain.Headers, Body: "@orders"},
			want: []string{"-i", "-X", "POST", "-H", "Content-Type: application/json", "--data-binary", "@body.txt", address + "/"}},
		"AWS_IAM": {request: plain.WithHeader("Authorization", "AWS4-HMAC-SHA256 Credential=sample"),
			change: func(_ *snapshot.Snapshot, m *snapshot.Method) { m.Authorization = m.Authorization.With("AWS_IAM") },
			want: []string{"-i", "-X", "POST", "--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", "VALUE-OF-AWS_ACCESS_KEY_ID:VALUE-OF-AWS_SECRET_ACCESS_KEY",
				"-H", "X-Amz-Security-Token: VALUE-OF-AWS_SESSION_TOKEN", "-H", "Content-Type: application/json", "--data-binary", `{"id":1}`, address + "/orders"}},
		"custom domain": {request: walk.Request{Method: "GET", Path: "/orders", Headers: []walk.Header{{Name: "Host", Value: "api.example.com"}}}, want: []string{"-i", "-X", "GET", "https://VALUE-OF-DOMAIN_NAME/orders"}},
		"region": {request: walk.Request{Method: "GET", Path: "/"}, change: func(s *snapshot.Snapshot, _ *snapshot.Method) { s.Target.Region = "" },
			want: []string{"-i", "-X", "GET", "https://a1b2c3d4.execute-api.VALUE-OF-AWS_REGION.amazonaws.com/prod/"}},
		"HTTP API": {request: walk.Request{Method: "GET", Path: "/"}, change: func(s *snapshot.Snapshot, _ *snapshot.Method) {
			stages, _ := s.APIs[0].Stages.Peek()
			stages[0].Name, s.APIs[0].Type = "$default", snapshot.HTTP
		}, want: []string{"-i", "-X", "GET", strings.TrimSuffix(address, "prod")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := live(t)
			trace := diagnose.Judge(s, plain, nil).Trace
			if tt.change != nil {
				tt.change(s, trace.Route.Method)
				trace.Route.Stage = &must(s.APIs[0].Stages)[0]
			}
			w := remedy.Writer{Secret: func(h walk.Header) bool { return strings.EqualFold(h.Name, "X-Api-Key") }}
			say, lines := w.Check(s, trace, diagnose.Verification{Call: &tt.request})
			calls, err := shelltest.Run(t.TempDir(), lines, shelltest.Variables(lines))
			if err != nil || len(calls) != 1 || say != "" {
				t.Fatalf("%q, %v, %s", calls, err, say)
			}
			if diff := cmp.Diff(append([]string{"curl"}, tt.want...), calls[0].Words); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(strings.Join(lines, ""), "n0body") {
				t.Errorf("a secret is in %q", lines)
			}
			for name := range shelltest.Variables(lines) {
				if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "# "+name+" is ") }) {
					t.Errorf("%s is not explained in %q", name, lines)
				}
			}
		})
	}
}

func must[T any](f snapshot.Fact[T]) T {
	v, _ := f.Peek()
	return v
}

// Of what is not deployed the doctor is asked, and AWS after deployment.
func TestCheckOfTemplate(t *testing.T) {
	s := live(t)
	s.Target.Kind, s.Target.Region = snapshot.Template, "unknown-region"
	s.APIs[0].Origin.Resource = "Api"
	s.Symbols = []snapshot.Symbol{{Text: "unknown-region", Expression: "${AWS::Region}"}, {Text: "prod", Expression: `!ImportValue a'$(touch PWNED)'b`}}
	request := walk.Request{Method: "POST", Path: "/orders", Body: "it's\n&"}
	w := remedy.Writer{Doctor: []shell.Word{shell.Text("apisqs-doctor"), shell.Text("--template"), shell.Text("my template.yaml")}, EndpointURL: "http://localhost:1", Profile: "me"}
	_, got := w.Check(s, diagnose.Judge(s, request, nil).Trace, diagnose.Verification{Call: &request})
	want := []string{
		`printf 'it\047s\n&' > body.txt`,
		`apisqs-doctor --template 'my template.yaml' --method 'POST /orders' --header Content-Type: --body @body.txt`,
		`# after deployment:`,
		`# API_ID is the id that Api has once it is deployed`,
		`# REGION_VALUE is the region that the stack is in`,
		`# A_TOUCH_PWNED_B is the value of the export a touch PWNED b`,
		`printf 'it\047s\n&' > body.txt`,
		`curl -i -X POST -H Content-Type: --data-binary @body.txt "https://$API_ID.execute-api.$REGION_VALUE.amazonaws.com/$A_TOUCH_PWNED_B/orders"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, got = w.Check(s, diagnose.Judge(s, request, nil).Trace, diagnose.AWS("sqs", "get-queue-url", "--queue-name", "orders"))
	want = []string{"# after deployment:", "# REGION_VALUE is the region that the stack is in",
		`aws sqs get-queue-url --queue-name orders --region "$REGION_VALUE" --profile me --endpoint-url http://localhost:1`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w.Shell = shell.Cmd
	if say, _ := w.Check(s, diagnose.Judge(s, request, nil).Trace, diagnose.Verification{Call: &request}); !strings.Contains(say, "no command line carries it") {
		t.Errorf("nothing is said where cmd cannot carry a body: %q", say)
	}
}

// Of an emulator its own address is called, and the AWS CLI is told of it.
func TestCheckOnAnEmulator(t *testing.T) {
	s := live(t)
	s.Target.Kind, s.Target.Endpoint = snapshot.Live, "http://localhost:4566"
	request := walk.Request{Method: "POST", Path: "/orders", Query: []walk.Header{{Name: "a", Value: "b c"}}, Body: "x"}
	trace := diagnose.Judge(s, request, nil).Trace
	_, got := remedy.Writer{}.Check(s, trace, diagnose.Verification{Call: &request})
	want := []string{`curl -i -X POST -H Content-Type: --data-binary x 'http://localhost:4566/_aws/execute-api/a1b2c3d4/prod/orders?a=b%20c'`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, got = remedy.Writer{}.Check(s, trace, diagnose.AWS("sqs", "get-queue-url", "--queue-name", "orders"))
	want = []string{`aws sqs get-queue-url --queue-name orders --region us-east-1 --endpoint-url http://localhost:4566`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What verifies a finding of a fixture says the words that are meant.
func TestChecksOfFixtures(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it renders the checks of every fixture")
	}
	dir, n := t.TempDir(), 0
	checked(t, func(name string, s *snapshot.Snapshot, trace *walk.Trace, v diagnose.Verification) {
		say, lines := remedy.Writer{}.Check(s, trace, v)
		calls, err := shelltest.Run(dir, lines, shelltest.Variables(lines))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(calls) == 0 && say == "" {
			t.Errorf("%s: neither words nor a command", name)
		}
		for _, call := range calls {
			n++
			for _, w := range call.Words {
				if strings.ContainsAny(w, "<>") && !strings.ContainsAny(w, "{ ") || strings.Contains(w, "${") {
					t.Errorf("%s: %q looks like something to fill in", name, w)
				}
			}
			if call.Words[0] == "aws" && !slices.Contains(call.Words, "--region") {
				t.Errorf("%s: %q says no region", name, call.Words)
			}
		}
	})
	if n < 100 {
		t.Errorf("only %d commands", n)
	}
}
