package terraform

import (
	"fmt"
	"slices"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// A deployment takes a change only of what its triggers follow (I22).
func TestTriggersOfADeployment(t *testing.T) {
	for deployment, follows := range map[string]bool{
		``: false,
		`triggers = { r = sha1(jsonencode([aws_api_gateway_integration.send])) }`:                                  true,
		`triggers = { r = sha1(jsonencode([aws_api_gateway_integration.send.id])) }`:                               false,
		`triggers = { r = sha1(jsonencode([aws_api_gateway_integration.send.uri])) }`:                              true,
		`triggers = { r = sha1(jsonencode([aws_api_gateway_method.send])) }`:                                       false,
		`triggers = { r = filesha1("${path.module}/main.tf") }`:                                                    true,
		`triggers = { r = "${aws_api_gateway_integration.send.uri}-1" }`:                                           true,
		`triggers = { r = "at ${timestamp()}" }`:                                                                   true,
		`triggers = { r = timestamp() }`:                                                                           true,
		`triggers = { r = local.fingerprint }`:                                                                     true,
		`triggers = { r = local.static }`:                                                                          false,
		`variables = { deployed_at = timestamp() }`:                                                                true,
		`stage_description = md5(jsonencode(aws_api_gateway_integration.send))`:                                    true,
		`depends_on = [aws_api_gateway_integration.send]`:                                                          false,
		"lifecycle {\n replace_triggered_by = [aws_api_gateway_integration.send]\n}":                               true,
		"lifecycle {\n replace_triggered_by = [terraform_data.hash]\n}":                                            true,
		`triggers = { r = sha1(jsonencode([for i in [aws_api_gateway_integration.send] : i.request_templates])) }`: true,
	} {
		dir := folder(t, "-- main.tf --\n"+fmt.Sprintf(followedConfiguration, deployment))
		s, err := Load(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		stages, _ := s.APIs[0].Stages.Peek()
		i := slices.IndexFunc(stages, func(st snapshot.Stage) bool { return st.Name == "live" })
		if i < 0 {
			t.Fatalf("stages %+v", stages)
		}
		if got := len(stages[i].Unfollowed) == 0; got != follows {
			t.Errorf("%s: followed %v, want %v (%v)", deployment, got, follows, stages[i].Unfollowed)
		}
	}
}

const followedConfiguration = `
locals {
  fingerprint = sha1(jsonencode(aws_api_gateway_integration.send))
  static      = "1"
}
resource "terraform_data" "hash" {
  input = aws_api_gateway_integration.send
}
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
}
resource "aws_api_gateway_method" "send" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "send" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_method.send.http_method
  type        = "MOCK"
}
resource "aws_api_gateway_deployment" "a" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  %s
}
resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  deployment_id = aws_api_gateway_deployment.a.id
  stage_name    = "live"
}
`
