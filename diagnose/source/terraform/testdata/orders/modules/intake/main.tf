variable "api" {}
variable "verb" { type = string }
variable "name" { type = string }
variable "account" { type = string }
variable "role" {}

data "aws_region" "here" {}

locals {
  header = { "integration.request.header.Content-Type" = "'application/x-www-form-urlencoded'" }
}

resource "aws_sqs_queue" "this" {
  name = var.name
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_api_gateway_resource" "this" {
  rest_api_id = var.api.id
  parent_id   = var.api.root_resource_id
  path_part   = var.name
}

resource "aws_api_gateway_method" "this" {
  rest_api_id   = var.api.id
  resource_id   = aws_api_gateway_resource.this.id
  http_method   = var.verb
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "this" {
  rest_api_id             = var.api.id
  resource_id             = aws_api_gateway_resource.this.id
  http_method             = aws_api_gateway_method.this.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  credentials             = var.role.arn
  uri                     = "arn:aws:apigateway:${data.aws_region.here.name}:sqs:path/${var.account}/${aws_sqs_queue.this.name}"
  passthrough_behavior    = "NEVER"
  request_parameters      = local.header

  request_templates = {
    "application/json" = <<-VTL
      #set($body = $util.urlEncode($input.body))
      Action=SendMessage&MessageBody=$body
    VTL
  }
}

resource "aws_api_gateway_method_response" "this" {
  for_each    = { 200 = "2\\d{2}", 400 = "4\\d{2}", 500 = "5\\d{2}" }
  rest_api_id = var.api.id
  resource_id = aws_api_gateway_resource.this.id
  http_method = aws_api_gateway_method.this.http_method
  status_code = each.key
}

resource "aws_api_gateway_integration_response" "this" {
  for_each          = { 200 = "2\\d{2}", 400 = "4\\d{2}", 500 = "5\\d{2}" }
  rest_api_id       = var.api.id
  resource_id       = aws_api_gateway_resource.this.id
  http_method       = aws_api_gateway_integration.this.http_method
  status_code       = aws_api_gateway_method_response.this[each.key].status_code
  selection_pattern = each.value
}

output "queue_arn" {
  value = aws_sqs_queue.this.arn
}

output "fingerprint" {
  value = sha1(jsonencode([aws_api_gateway_integration.this, aws_api_gateway_integration_response.this]))
}
