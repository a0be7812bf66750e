package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkLoad reads folders that grow: ten resources a path.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{300, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(large(n/10)), 0o600); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(dir, Options{Account: "123456789012"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// large is a configuration with a number of paths that lead to a queue each.
func large(paths int) string {
	var s strings.Builder
	s.WriteString("provider \"aws\" {\n  region = \"eu-west-1\"\n}\ndata \"aws_caller_identity\" \"me\" {}\nresource \"aws_api_gateway_rest_api\" \"api\" {\n  name = \"api\"\n}\n")
	var integrations []string
	for i := range paths {
		integrations = append(integrations, fmt.Sprintf("aws_api_gateway_integration.i%d", i))
		fmt.Fprintf(&s, `
resource "aws_sqs_queue" "q%[1]d" {
  name = "queue-%[1]d"
}

resource "aws_iam_role" "r%[1]d" {
  name               = "role-%[1]d"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

data "aws_iam_policy_document" "d%[1]d" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.q%[1]d.arn]
  }
}

resource "aws_iam_role_policy" "p%[1]d" {
  name   = "send"
  role   = aws_iam_role.r%[1]d.id
  policy = data.aws_iam_policy_document.d%[1]d.json
}

resource "aws_api_gateway_resource" "s%[1]d" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "path-%[1]d"
}

resource "aws_api_gateway_method" "m%[1]d" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.s%[1]d.id
  http_method   = "POST"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "i%[1]d" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.s%[1]d.id
  http_method             = aws_api_gateway_method.m%[1]d.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  credentials             = aws_iam_role.r%[1]d.arn
  uri                     = "arn:aws:apigateway:eu-west-1:sqs:path/${data.aws_caller_identity.me.account_id}/${aws_sqs_queue.q%[1]d.name}"
  request_parameters      = { "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'" }
  request_templates       = { "application/json" = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)" }
}

resource "aws_api_gateway_method_response" "v%[1]d" {
  for_each    = { 200 = "2\\d{2}", 500 = "5\\d{2}" }
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.s%[1]d.id
  http_method = aws_api_gateway_method.m%[1]d.http_method
  status_code = each.key
}
`, i)
	}
	fmt.Fprintf(&s, "\nresource \"aws_api_gateway_deployment\" \"now\" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  triggers = { all = sha1(jsonencode([%s])) }\n}\n", strings.Join(integrations, ", "))
	return s.String()
}
