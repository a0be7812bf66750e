package remedy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
)

func TestTerraform(t *testing.T) {
	for name, want := range map[string]string{
		"set header": `resource "aws_api_gateway_integration" "orders_post" {
  request_parameters = {
    "integration.request.header.Content-Type" = "'application/x-amz-json-1.0'"
  }
}
`,
		"set template": `resource "aws_api_gateway_integration" "orders_post" {
  request_templates = {
    "application/json" = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&Note=it's\n\"$${a}\""
  }
}
`,
		"remove field": `resource "aws_api_gateway_integration" "orders_post" {
  # remove credentials
}
`,
		"set response": `resource "aws_api_gateway_integration_response" "orders_post_400" {
  status_code       = "400"
  selection_pattern = "[45]\\d{2}"

  response_parameters = {
    "method.response.header.X" = "'a'"
  }
}
`,
		"queue size": `resource "aws_sqs_queue" "orders" {
  max_message_size = 262144
}
`,
		"trust": `data "aws_iam_policy_document" "orders_api_trust" {
  # in the place of statement 1

  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["123456789012"]
    }
  }
}
`,
		"deploy": `resource "aws_api_gateway_deployment" "prod" {
  triggers = {
    redeployment = sha1(jsonencode([aws_api_gateway_integration.orders_post]))
  }

  lifecycle {
    create_before_destroy = true
  }
}
`,
	} {
		got, err := remedy.Terraform(live(t), fix(changes[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// HashiCorp's own library parses every fragment, and terraform fmt would leave
// it as it is.
func TestTerraformParses(t *testing.T) {
	check := func(name string, s *snapshot.Snapshot, x diagnose.Fix) {
		text, err := remedy.Terraform(s, x)
		if err != nil {
			return
		}
		if _, problems := hclparse.NewParser().ParseHCL([]byte(text), "fix.tf"); problems.HasErrors() {
			t.Errorf("%s: %v\n%s", name, problems, text)
		}
		if diff := cmp.Diff(string(hclwrite.Format([]byte(text))), text); diff != "" {
			t.Errorf("%s: terraform fmt would change it:\n%s", name, diff)
		}
	}
	for name, change := range changes {
		check(name, live(t), fix(change))
	}
	offered(t, check)
}
