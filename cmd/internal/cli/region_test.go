package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"apisqs-doctor/cmd/internal/report"
)

// A region that the environment names fills in what is shown for files, is said to be
// assumed, and decides nothing (T179).
func TestRegionOfTheEnvironment(t *testing.T) {
	const dir = "../../../diagnose/source/cloudformation/testdata/healthy/"
	text, err := os.ReadFile(dir + "rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("[default]\nregion = us-east-2\n[profile far]\nregion = eu-west-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	literal := write(t, "literal.yaml", strings.ReplaceAll(string(text), "${AWS::Region}:sqs", "us-east-1:sqs")+"Mappings: {Far: {eu-north-1: {A: b}}}\n")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(regionless), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{dir + "rest.yaml", literal, folder} {
		plain := documentOf(t, map[string]string{"AWS_CONFIG_FILE": os.DevNull}, file)
		if plain.Target.Region != "" || len(plain.Methods) == 0 {
			t.Fatalf("%s: region %q, %d methods", file, plain.Target.Region, len(plain.Methods))
		}
		for _, c := range []struct {
			env    map[string]string
			region string
			why    string
		}{
			{map[string]string{"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-2"}, "eu-west-1", "AWS_REGION says so"},
			{map[string]string{"AWS_DEFAULT_REGION": "us-east-2"}, "us-east-2", "AWS_DEFAULT_REGION says so"},
			{map[string]string{"AWS_CONFIG_FILE": config}, "us-east-2", "the profile default says so"},
			{map[string]string{"AWS_CONFIG_FILE": config, "AWS_PROFILE": "far"}, "eu-west-1", "the profile far says so"},
			{map[string]string{"AWS_REGION": "mars-1"}, "", ""},
		} {
			if c.env["AWS_CONFIG_FILE"] == "" {
				c.env["AWS_CONFIG_FILE"] = os.DevNull
			}
			doc := documentOf(t, c.env, file)
			if doc.Target.Region != c.region || doc.Methods[0].Region != c.region {
				t.Errorf("%s, %v: region %q and %q", file, c.env, doc.Target.Region, doc.Methods[0].Region)
			}
			if fresh := len(doc.Assumed) - len(plain.Assumed); c.region != "" && (fresh != 1 || !strings.Contains(doc.Assumed[len(plain.Assumed)].Why, c.why)) || c.region == "" && fresh != 0 {
				t.Errorf("%s, %v: assumed %v", file, c.env, doc.Assumed)
			}
			if q := doc.Methods[0].Queue; c.region != "" && (q == nil || !strings.HasPrefix(*q, "arn:aws:sqs:"+c.region+":") && file != literal) {
				t.Errorf("%s, %v: queue %v", file, c.env, q)
			}
			for i := range doc.Methods {
				was, is := plain.Methods[i], doc.Methods[i]
				if was.Verdict != is.Verdict || !reflect.DeepEqual(was.Findings, is.Findings) || !reflect.DeepEqual(was.Plan, is.Plan) {
					t.Errorf("%s, %v: %s became %s, or its findings changed", file, c.env, was.Verdict, is.Verdict)
				}
			}
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func documentOf(t *testing.T, env map[string]string, args ...string) (doc report.Document) {
	t.Helper()
	_, stdout, stderr := run(env, append(args, "-o", "json")...)
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, stderr)
	}
	return doc
}

const regionless = `
resource "aws_sqs_queue" "orders" { name = "orders" }
resource "aws_iam_role" "api" {
  name               = "orders-api"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "send" {
  name   = "send"
  role   = aws_iam_role.api.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.orders.arn }] })
}
resource "aws_apigatewayv2_api" "api" {
  name          = "orders"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "send" {
  api_id              = aws_apigatewayv2_api.api.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "SQS-SendMessage"
  credentials_arn     = aws_iam_role.api.arn
  request_parameters  = { QueueUrl = aws_sqs_queue.orders.url, MessageBody = "$request.body" }
}
resource "aws_apigatewayv2_route" "post" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "POST /orders"
  target    = "integrations/${aws_apigatewayv2_integration.send.id}"
}
resource "aws_apigatewayv2_stage" "prod" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
}
`
