package terraform

import (
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/rules"
)

// The path of a role that a data source looks up by its name is not known, so that no
// policy that names a role by its whole ARN is certain to mean it, or not to.
func TestPathOfALookedUpRole(t *testing.T) {
	for _, condition := range []string{`ArnNotEquals = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/service/sender" }`, `ArnEquals = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/sender" }`} {
		s := load(t, single(t, `provider "aws" { region = "eu-west-1" }
data "aws_iam_role" "api" { name = "sender" }
resource "aws_sqs_queue" "q" { name = "orders" }
resource "aws_sqs_queue_policy" "p" {
  queue_url = aws_sqs_queue.q.id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "sqs:*", Resource = aws_sqs_queue.q.arn, Condition = { `+condition+` } }] })
}
resource "aws_iam_role_policy" "send" {
  role   = data.aws_iam_role.api.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }] })
}
resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "i" {
  api_id              = aws_apigatewayv2_api.a.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "SQS-SendMessage"
  credentials_arn     = data.aws_iam_role.api.arn
  request_parameters  = { QueueUrl = aws_sqs_queue.q.url, MessageBody = "$request.body" }
}
resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.a.id
  route_key = "POST /orders"
  target    = "integrations/${aws_apigatewayv2_integration.i.id}"
}
resource "aws_apigatewayv2_stage" "s" {
  api_id      = aws_apigatewayv2_api.a.id
  name        = "$default"
  auto_deploy = true
}
`), Options{Account: "123456789012"})
		d := diagnose.Examine(s, diagnose.Selection{}, nil, rules.All()).Diagnoses[0]
		if d.Verdict != diagnose.Inconclusive {
			t.Errorf("%s: %s: %v", condition, d.Verdict, d.Findings)
		}
	}
}
