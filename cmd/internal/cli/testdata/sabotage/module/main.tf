terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.99.0" }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

module "orders" {
  source = "./queue"
  name   = "orders"
}

resource "aws_iam_role" "api" {
  name               = "orders-api"
  assume_role_policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
      ]
    }
  EOF
}

data "aws_iam_policy_document" "send" {
  statement {
    sid       = "Send"
    actions   = ["sqs:SendMessage"]
    resources = [module.orders.arn]
  }
}

resource "aws_iam_policy" "send" {
  name   = "send"
  policy = data.aws_iam_policy_document.send.json
}

resource "aws_iam_role_policy_attachment" "send" {
  role       = aws_iam_role.api.name
  policy_arn = aws_iam_policy.send.arn
}

resource "aws_api_gateway_rest_api" "api" {
  name = "orders"
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "POST"
  authorization = "NONE"
}

# what sends
resource "aws_api_gateway_integration" "sqs" {
  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_resource.orders.id
  http_method             = aws_api_gateway_method.post.http_method
  type                    = "AWS"
  integration_http_method = "POST" # SQS takes POST
  credentials             = aws_iam_role.api.arn
  passthrough_behavior    = "NEVER"
  uri                     = "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/${module.orders.name}"
  request_parameters = {
    "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'"
  }
  request_templates = {
    "application/json" = <<EOT
#set($body = $util.urlEncode($input.body))
Action=SendMessage&MessageBody=$body
EOT
  }
}

resource "aws_api_gateway_method_response" "all" {
  for_each    = toset(["200", "400", "500"])
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_resource.orders.id
  http_method = aws_api_gateway_method.post.http_method
  status_code = each.key
}

resource "aws_api_gateway_integration_response" "ok" {
  rest_api_id       = aws_api_gateway_rest_api.api.id
  resource_id       = aws_api_gateway_resource.orders.id
  http_method       = aws_api_gateway_method.post.http_method
  status_code       = aws_api_gateway_method_response.all["200"].status_code
  selection_pattern = "2\\d{2}"
  depends_on        = [aws_api_gateway_integration.sqs]
}

resource "aws_api_gateway_integration_response" "bad" {
  rest_api_id       = aws_api_gateway_rest_api.api.id
  resource_id       = aws_api_gateway_resource.orders.id
  http_method       = aws_api_gateway_method.post.http_method
  status_code       = aws_api_gateway_method_response.all["400"].status_code
  selection_pattern = "4\\d{2}"
  depends_on        = [aws_api_gateway_integration.sqs]
}

resource "aws_api_gateway_integration_response" "error" {
  rest_api_id       = aws_api_gateway_rest_api.api.id
  resource_id       = aws_api_gateway_resource.orders.id
  http_method       = aws_api_gateway_method.post.http_method
  status_code       = aws_api_gateway_method_response.all["500"].status_code
  selection_pattern = "5\\d{2}"
  depends_on        = [aws_api_gateway_integration.sqs]
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  triggers = {
    redeployment = sha1(jsonencode([aws_api_gateway_resource.orders, aws_api_gateway_method.post, aws_api_gateway_integration.sqs]))
  }
  depends_on = [
    aws_api_gateway_integration_response.ok,
    aws_api_gateway_integration_response.bad,
    aws_api_gateway_integration_response.error,
  ]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.api.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"
}
