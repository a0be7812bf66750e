package cli

import (
	"os"
	"strings"
	"testing"

	"apisqs-doctor/fixtures/fakeaws"
)

// An API is given by what people have of it.
func TestTargetsOfAWS(t *testing.T) {
	server, err := fakeaws.Start(loadFixture(t, "protocol_content_type_failing"), fakeaws.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "example")
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"a1b2c3d4", ExitProblems, "stage prod · POST /orders"},
		{"orders-api", ExitProblems, "orders-api (a1b2c3d4)"},
		{"arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4", ExitProblems, "POST /orders"},
		{"arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4/stages/prod", ExitProblems, "stage prod"},
		{"arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4/prod/POST/orders", ExitProblems, "POST /orders"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders", ExitProblems, "stage prod · POST /orders"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/", ExitProblems, "stage prod"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com", ExitProblems, "POST /orders"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/nothing", ExitProblems, "MissingAuthenticationToken"},
		{"https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/nope/orders", ExitUsage, `no stage "nope"`},
		{"--curl 'curl -X POST https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/prod/orders -d {}'", ExitProblems, "POST /orders"},
		{"fix orders-api", ExitProblems, "application/x-www-form-urlencoded"},
		{"orders-apo", ExitUsage, `did you mean "orders-api"`},
		{"no-such-thing", ExitUsage, "expected one of orders-api"},
		{"https://api.example.com/orders", ExitUsage, "aws apigateway get-base-path-mappings --domain-name api.example.com"},
		{"--curl 'curl https://api.example.com/orders'", ExitUsage, "custom domain name"},
		{"https://sqs.us-east-1.amazonaws.com/123456789012/orders", ExitUsage, "URL of a queue"},
		{"arn:aws:sqs:us-east-1:123456789012:orders", ExitUsage, "not the ARN of an API"},
		{"arn:aws:lambda:us-east-1:123456789012:function:f", ExitUsage, "not the ARN of an API"},
		{"https://%zz", ExitUsage, "not a URL"},
		{"dem", ExitUsage, `did you mean "demo"`},
		{"a1b2c3d4 --template x.yaml", ExitUsage, "x.yaml"},
		{"a1b2c3d4 --snapshot x.json", ExitUsage, "give one target"},
		{"a1b2c3d4 b2c3d4e5", ExitUsage, "give one target"},
		{"nothing.yaml", ExitUsage, "nothing.yaml"},
	} {
		args, err := splitShell(tt.args)
		if err != nil {
			t.Fatal(err)
		}
		code, out, errs := run(nil, args...)
		if code != tt.code || !strings.Contains(out+errs, tt.says) {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s%s", tt.args, code, tt.code, tt.says, out, errs)
		}
	}
}
