terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "me" {}

resource "aws_api_gateway_rest_api" "shop" {
  name = "shop"
}

module "intake" {
  source   = "./modules/intake"
  for_each = { orders = "POST", returns = "PUT" }

  api     = aws_api_gateway_rest_api.shop
  verb    = each.value
  name    = each.key
  account = data.aws_caller_identity.me.account_id
  role    = aws_iam_role.sender
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "sender" {
  name               = "shop-sender"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "send" {
  statement {
    sid       = "Orders"
    actions   = ["sqs:SendMessage"]
    resources = [for m in module.intake : m.queue_arn]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "send" {
  name   = "send"
  policy = data.aws_iam_policy_document.send.json
}

resource "aws_iam_role_policy_attachment" "send" {
  role       = aws_iam_role.sender.name
  policy_arn = aws_iam_policy.send.arn
}

resource "aws_api_gateway_deployment" "now" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  triggers    = { all = sha1(jsonencode([for m in module.intake : m.fingerprint])) }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  deployment_id = aws_api_gateway_deployment.now.id
  stage_name    = "live"
}
