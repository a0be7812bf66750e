package terraform

import (
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const frontedAPI = `
provider "aws" { region = "eu-west-1" }
variable "rate" {}
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_deployment" "d" { rest_api_id = aws_api_gateway_rest_api.a.id }
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  deployment_id = aws_api_gateway_deployment.d.id
  stage_name    = "live"
}
resource "aws_apigatewayv2_api" "h" {
  name          = "h"
  protocol_type = "HTTP"
}
`

// What stands in front of the methods of a REST API: settings of a stage by method,
// usage plans, and paths of custom domains.
func TestFronts(t *testing.T) {
	s := load(t, single(t, frontedAPI+`
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = aws_api_gateway_stage.s.stage_name
  method_path = "*/*"
  settings {
    logging_level   = "INFO"
    metrics_enabled = true
  }
}
resource "aws_api_gateway_method_settings" "one" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = "live"
  method_path = "orders~1new/post"
  settings {
    throttling_rate_limit  = 0
    throttling_burst_limit = var.rate
  }
}
resource "aws_api_gateway_usage_plan" "p" {
  name = "free"
  api_stages {
    api_id = aws_api_gateway_rest_api.a.id
    stage  = "live"
    throttle {
      path       = "/orders/POST"
      rate_limit = 0
    }
  }
  quota_settings {
    limit  = 0
    period = "DAY"
  }
}
resource "aws_api_gateway_domain_name" "d" {
  domain_name = "api.example.com"
  mutual_tls_authentication { truststore_uri = "s3://trust/store.pem" }
}
resource "aws_api_gateway_base_path_mapping" "m" {
  api_id      = aws_api_gateway_rest_api.a.id
  stage_name  = "live"
  domain_name = aws_api_gateway_domain_name.d.domain_name
  base_path   = "shop"
}
resource "aws_apigatewayv2_api_mapping" "m" {
  api_id      = aws_apigatewayv2_api.h.id
  stage       = "$default"
  domain_name = "http.example.com"
}
resource "aws_api_gateway_gateway_response" "r" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  response_type = "THROTTLED"
}
`), Options{})
	stage := known(t, s.APIs[0].Stages)[0]
	settings := known(t, stage.Settings)
	is(t, "level", settings[snapshot.AllMethods].LoggingLevel, "INFO")
	is(t, "a limit that is not given is -1", settings[snapshot.AllMethods].LetsNothing(), false)
	one := settings["/orders/new/POST"]
	is(t, "rate", *one.ThrottleRate, 0)
	is(t, "burst", one.ThrottleBurst == nil, true)
	is(t, "plans", len(stage.UsagePlans), 1)
	is(t, "quota", *stage.UsagePlans[0].Quota, 0)
	is(t, "own limits", stage.UsagePlans[0].Own["/orders/POST"], true)
	domain := known(t, s.APIs[0].Domains)[0]
	is(t, "domain", domain.Name+"/"+domain.Path+"/"+domain.Stage, "api.example.com/shop/live")
	is(t, "certificate", domain.MutualTLS, true)
	is(t, "API mapping", known(t, s.APIs[1].Domains)[0].Name, "http.example.com")
	is(t, "unread", s.Target.Unread[0].What, "aws_api_gateway_gateway_response.r changes the answer THROTTLED that API Gateway gives by itself; the usual one is shown")
}

// A settings block that leaves limits out lets nothing through (I25).
func TestRouteSettings(t *testing.T) {
	for _, c := range []struct {
		block, key string
		nothing    bool
	}{
		{"default_route_settings { detailed_metrics_enabled = true }", snapshot.AllMethods, true},
		{"default_route_settings {}", snapshot.AllMethods, false},
		{"", snapshot.AllMethods, false},
		{"default_route_settings {\n throttling_rate_limit = 5\n throttling_burst_limit = 5\n}", snapshot.AllMethods, false},
		{"default_route_settings { throttling_rate_limit = var.rate }", snapshot.AllMethods, true},
		{"default_route_settings {\n throttling_rate_limit = var.rate\n throttling_burst_limit = 5\n}", snapshot.AllMethods, false},
		{"route_settings {\n route_key = \"POST /orders\"\n throttling_burst_limit = 1\n}", "POST /orders", true},
	} {
		s := load(t, single(t, frontedAPI+"resource \"aws_apigatewayv2_stage\" \"s\" {\n api_id = aws_apigatewayv2_api.h.id\n name = \"$default\"\n auto_deploy = true\n"+c.block+"\n}\n"), Options{})
		is(t, c.block, known(t, known(t, s.APIs[1].Stages)[0].Settings)[c.key].LetsNothing(), c.nothing)
	}
}

// What a resource that owns the policies of a role takes away may or may not be there (I26).
func TestExclusivePolicies(t *testing.T) {
	const role = `
resource "aws_iam_role" "r" {
  name               = "sender"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "p" {
  name   = "send"
  role   = aws_iam_role.r.id
  policy = "{}"
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/Logs"
}
`
	for _, c := range []struct {
		text              string
		inline, attached  bool
		attachments       int
		inlineGap, attGap string
	}{
		{text: "", inline: true, attached: true, attachments: 1},
		{text: `resource "aws_iam_role_policies_exclusive" "x" {
 role_name = aws_iam_role.r.name
 policy_names = [aws_iam_role_policy.p.name]
}`, inline: true, attached: true, attachments: 1},
		{text: `resource "aws_iam_role_policies_exclusive" "x" {
 role_name = aws_iam_role.r.name
 policy_names = []
}`, attached: true, attachments: 1, inlineGap: "aws_iam_role_policies_exclusive.x takes away the policy send, which another resource gives to the role; the last one carried out wins"},
		{text: `resource "aws_iam_role_policy_attachments_exclusive" "x" {
 role_name = aws_iam_role.r.name
 policy_arns = ["arn:aws:iam::aws:policy/Logs", "arn:aws:iam::aws:policy/More"]
}`, inline: true, attached: true, attachments: 2},
		{text: `resource "aws_iam_role_policy_attachments_exclusive" "x" {
 role_name = aws_iam_role.r.name
 policy_arns = []
}`, inline: true, attGap: "aws_iam_role_policy_attachments_exclusive.x takes away the policy arn:aws:iam::aws:policy/Logs, which another resource gives to the role; the last one carried out wins"},
	} {
		s := load(t, single(t, role+c.text), Options{Account: "123456789012"})
		r := known(t, s.Role("arn:aws:iam::123456789012:role/sender"))
		is(t, c.text+" inline", r.Inline.IsKnown(), c.inline)
		is(t, c.text+" attached", r.Attached.IsKnown(), c.attached)
		if c.attached {
			is(t, c.text+" attachments", len(known(t, r.Attached)), c.attachments)
		}
		if !c.inline {
			is(t, c.text, r.Inline.Gap().Detail, c.inlineGap)
		}
		if !c.attached {
			is(t, c.text, r.Attached.Gap().Detail, c.attGap)
		}
	}
}

// A queue's redrive policy may be a resource of its own; a number that is not valid
// is refused all the same.
func TestRedrivePolicy(t *testing.T) {
	s := load(t, single(t, `
resource "aws_sqs_queue" "q" { name = "orders" }
resource "aws_sqs_queue_redrive_policy" "r" {
  queue_url      = aws_sqs_queue.q.id
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.q.arn, maxReceiveCount = 4 })
}
`), Options{Account: "123456789012", Region: "eu-west-1"})
	q := known(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:orders"))
	is(t, "redrive", known(t, q.Requested["RedrivePolicy"]), `{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:orders","maxReceiveCount":4}`)
}

// What API Gateway would refuse of a configuration is refused before it is applied.
func TestConfigurationIsRefused(t *testing.T) {
	s := load(t, single(t, frontedAPI+`
resource "aws_api_gateway_resource" "one" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = aws_api_gateway_rest_api.a.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_resource" "two" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = aws_api_gateway_rest_api.a.root_resource_id
  path_part   = "orders"
}
`), Options{})
	is(t, "refusals", len(s.Refusals), 1)
	is(t, "code", s.Refusals[0].Code, "ConflictException")
	is(t, "where", s.Refusals[0].Origin.Resource, "aws_api_gateway_resource.two")
}

// A definition of an HTTP API needs no version (I47); what becomes of other gaps in
// info is not known.
func TestDefinitionInfo(t *testing.T) {
	for _, c := range []struct {
		kind, info string
		unread     int
	}{
		{"aws_apigatewayv2_api", `{ title = "t" }`, 0},
		{"aws_apigatewayv2_api", `{ version = "1" }`, 1},
		{"aws_api_gateway_rest_api", `{ title = "t" }`, 1},
		{"aws_api_gateway_rest_api", `{ title = "t", version = "1" }`, 0},
	} {
		s := load(t, single(t, "resource \""+c.kind+"\" \"x\" {\n name = \"x\"\n protocol_type = \"HTTP\"\n body = jsonencode({ openapi = \"3.0.1\", info = "+c.info+", paths = {} })\n}\n"), Options{})
		is(t, c.kind+" "+c.info, len(s.Target.Unread), c.unread)
	}
}
