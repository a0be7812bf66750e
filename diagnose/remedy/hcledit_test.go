package remedy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/terraform"
)

const hclBase = `provider "aws" { region = "eu-west-1" }
data "aws_caller_identity" "me" {}
resource "aws_sqs_queue" "q" {
  name = "orders"
}
resource "aws_iam_role" "r" {
  name               = "sender"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = aws_api_gateway_method.m.http_method
  type        = "AWS"
`

// A change becomes an edit in the user's words: what stands there is kept but for
// what differs, and what is computed is refused with its place.
func TestTerraformEdits(t *testing.T) {
	on := func(s *snapshot.Snapshot) snapshot.MethodRef {
		return snapshot.MethodRef{API: s.APIs[0].ID, Path: "/", Method: "POST"}
	}
	template := func(after string) func(*snapshot.Snapshot) snapshot.Change {
		return func(s *snapshot.Snapshot) snapshot.Change {
			draft, _ := s.APIs[0].Draft.Peek()
			i, _ := draft.Methods[0].Integration.Peek()
			templates, _ := i.Templates.Peek()
			before, _ := templates["application/json"].Peek()
			return snapshot.SetTemplate{On: on(s), ContentType: "application/json", Before: before, After: after}
		}
	}
	field := func(f snapshot.IntegrationField, before, after string) func(*snapshot.Snapshot) snapshot.Change {
		return func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetIntegration{On: on(s), Field: f, Before: before, After: after}
		}
	}
	header := func(after string) func(*snapshot.Snapshot) snapshot.Change {
		return func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetRequestParameter{On: on(s), Name: "integration.request.header.Content-Type", After: after}
		}
	}
	role := "arn:aws:iam::123456789012:role/sender"
	for _, c := range []struct {
		name, text string // of the integration, behind its first arguments
		change     func(*snapshot.Snapshot) snapshot.Change
		want       string // what the text becomes
		refused    string
	}{
		{"a quoted text", `  request_templates = { "application/json" = "Action=${upper("x")}&MessageBody=$input.body" } # kept` + "\n}\n",
			template("Action=X&MessageBody=$util.urlEncode($input.body)"),
			`  request_templates = { "application/json" = "Action=${upper("x")}&MessageBody=$util.urlEncode($input.body)" } # kept` + "\n}\n", ""},
		{"a heredoc", "  request_templates = {\n    \"application/json\" = <<-EOT\n      ## a\n      MessageBody=$input.body\n    EOT\n  }\n}\n",
			template("## a\nMessageBody=$util.urlEncode($input.body)\n"), "  request_templates = {\n    \"application/json\" = <<-EOT\n      ## a\n      MessageBody=$util.urlEncode($input.body)\n    EOT\n  }\n}\n", ""},
		{"a heredoc with a new line", "  request_templates = {\n    \"application/json\" = <<-EOT\n      a=1\n      b=2\n    EOT\n  }\n}\n",
			template("a=1\nc=3\nb=2\n"), "  request_templates = {\n    \"application/json\" = <<-EOT\n      a=1\n      c=3\n      b=2\n    EOT\n  }\n}\n", ""},
		{"a call that joins", `  request_templates = { "application/json" = join("&", ["Action=SendMessage", "MessageBody=$input.body"]) }` + "\n}\n",
			template("Action=SendMessage&MessageBody=$util.urlEncode($input.body)"), `  request_templates = { "application/json" = join("&", ["Action=SendMessage", "MessageBody=$util.urlEncode($input.body)"]) }` + "\n}\n", ""},
		{"a local value", "  request_templates = local.t\n}\nlocals {\n  t = { \"application/json\" = \"a=$input.body\" }\n}\n",
			template("a=$util.urlEncode($input.body)"), "  request_templates = local.t\n}\nlocals {\n  t = { \"application/json\" = \"a=$util.urlEncode($input.body)\" }\n}\n", ""},
		{"a text that is computed", `  request_templates = { "application/json" = upper("a") }` + "\n}\n", template("b"), "", `main.tf:22: request_templates["application/json"] is computed: upper("a")`},
		{"a new entry", "  request_parameters = {\n    \"integration.request.header.X\" = \"'x'\"\n  }\n}\n", header("'form'"),
			"  request_parameters = {\n    \"integration.request.header.X\"            = \"'x'\"\n    \"integration.request.header.Content-Type\" = \"'form'\"\n  }\n}\n", ""},
		{"a new map", "}\n", header("'form'"), "\n  request_parameters = {\n    \"integration.request.header.Content-Type\" = \"'form'\"\n  }\n}\n", ""},
		{"a map that is computed", "  request_parameters = { for k in [\"x\"] : k => \"'${k}'\" }\n}\n", header("'form'"), "", `main.tf:22: request_parameters is computed: { for k in ["x"] : k => "'${k}'" }`},
		{"a role", "}\n", field(snapshot.FieldCredentials, "", role), "  credentials = aws_iam_role.r.arn\n}\n", ""},
		{"a role for another one", "  credentials = aws_iam_role.other.arn\n}\nresource \"aws_iam_role\" \"other\" {\n  name               = \"other\"\n  assume_role_policy = \"{}\"\n}\n",
			field(snapshot.FieldCredentials, "arn:aws:iam::123456789012:role/other", role), "  credentials = aws_iam_role.r.arn\n}\nresource \"aws_iam_role\" \"other\" {\n  name               = \"other\"\n  assume_role_policy = \"{}\"\n}\n", ""},
		{"another attribute of a queue", "  uri = \"arn:aws:apigateway:eu-west-1:sqs:path/123456789012/${aws_sqs_queue.q.arn}\"\n}\n",
			field(snapshot.FieldURI, "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/arn:aws:sqs:eu-west-1:123456789012:orders", "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/orders"),
			"  uri = \"arn:aws:apigateway:eu-west-1:sqs:path/123456789012/${aws_sqs_queue.q.name}\"\n}\n", ""},
		{"another attribute by itself", "  credentials = aws_iam_role.r.name\n}\n", field(snapshot.FieldCredentials, "sender", role), "  credentials = aws_iam_role.r.arn\n}\n", ""},
		{"an attribute that no resource has", "  uri = \"sqs:path/${aws_sqs_queue.q.arn}\"\n}\n", field(snapshot.FieldURI, "sqs:path/arn:aws:sqs:eu-west-1:123456789012:orders", "sqs:path/others"),
			"", "main.tf:22: uri is computed"},
		{"an argument goes", "  passthrough_behavior = \"NEVER\"\n}\n", field(snapshot.FieldPassthrough, "NEVER", ""), "}\n", ""},
		{"a variable", "  integration_http_method = var.m\n}\nvariable \"m\" { default = \"GET\" }\n", field(snapshot.FieldHTTPMethod, "GET", "POST"), "", "main.tf:22: integration_http_method is computed: var.m"},
		{"a policy", "}\n", func(*snapshot.Snapshot) snapshot.Change {
			return snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "role", Resource: role, Policy: "send"}, After: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:123456789012:orders"}`}
		}, "jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [\n      {\n        Effect   = \"Allow\"\n        Action   = \"sqs:SendMessage\"\n        Resource = aws_sqs_queue.q.arn\n      },\n    ]\n  })\n}\n", ""},
		{"a statement of the trust policy", "}\n", func(*snapshot.Snapshot) snapshot.Change {
			return snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "trust", Resource: role}, Index: 1, Before: `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}`,
				After: `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"apigateway.amazonaws.com"}}`}
		}, `Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "apigateway.amazonaws.com" } }]`, ""},
		{"the version of a trust policy", "}\n", func(*snapshot.Snapshot) snapshot.Change {
			return snapshot.SetPolicyVersion{On: snapshot.PolicyTarget{Kind: "trust", Resource: role}, Before: "2012-10-17", After: "2008-10-17"}
		}, `jsonencode({ Version = "2008-10-17", Statement = [{`, ""},
		{"the version of a policy document", "}\ndata \"aws_iam_policy_document\" \"d\" {\n  version = \"2008-10-17\"\n  statement {\n    actions   = [\"sqs:SendMessage\"]\n    resources = [aws_sqs_queue.q.arn]\n  }\n}\n" +
			"resource \"aws_iam_role_policy\" \"p\" {\n  name   = \"send\"\n  role   = aws_iam_role.r.id\n  policy = data.aws_iam_policy_document.d.json\n}\n", func(*snapshot.Snapshot) snapshot.Change {
			return snapshot.SetPolicyVersion{On: snapshot.PolicyTarget{Kind: "role", Resource: role, Policy: "send"}, Before: "2008-10-17", After: "2012-10-17"}
		}, "  version = \"2012-10-17\"\n", ""},
		{"the version beside a name that is no text", "}\nresource \"aws_iam_role_policy\" \"p\" {\n  name   = \"send\"\n  role   = aws_iam_role.r.id\n  policy = jsonencode({ 1 = \"x\", Version = \"2008-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sqs:SendMessage\", Resource = aws_sqs_queue.q.arn }] })\n}\n",
			func(*snapshot.Snapshot) snapshot.Change {
				return snapshot.SetPolicyVersion{On: snapshot.PolicyTarget{Kind: "role", Resource: role, Policy: "send"}, Before: "2008-10-17", After: "2012-10-17"}
			}, `{ 1 = "x", Version = "2012-10-17",`, ""},
		{"a version that is computed", "}\nvariable \"v\" { default = \"2008-10-17\" }\nresource \"aws_iam_role_policy\" \"p\" {\n  name   = \"send\"\n  role   = aws_iam_role.r.id\n  policy = jsonencode({ Version = var.v, Statement = [{ Effect = \"Allow\", Action = \"sqs:SendMessage\", Resource = \"*\" }] })\n}\n",
			func(*snapshot.Snapshot) snapshot.Change {
				return snapshot.SetPolicyVersion{On: snapshot.PolicyTarget{Kind: "role", Resource: role, Policy: "send"}, Before: "2008-10-17", After: "2012-10-17"}
			}, "", "Version is computed: var.v"},
		{"a resource policy", "}\n", func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "api", Resource: s.APIs[0].ID}, After: `{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}`}
		}, "resource \"aws_api_gateway_rest_api_policy\" \"a\" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n", ""},
		{"a statement of a resource policy", "}\nresource \"aws_api_gateway_rest_api_policy\" \"p\" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [\n      { Effect = \"Allow\", Principal = \"*\", Action = \"execute-api:Invoke\", Resource = \"execute-api:/*/GET/*\" }\n    ]\n  })\n}\n",
			func(s *snapshot.Snapshot) snapshot.Change {
				return snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "api", Resource: s.APIs[0].ID}, After: `{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}`}
			}, "Resource = \"execute-api:/*/GET/*\" },\n      {\n        Effect    = \"Allow\"\n", ""},
		{"a permissions boundary", "}\nresource \"aws_iam_policy\" \"b\" {\n  name   = \"b\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"*\" }] })\n}\nresource \"aws_iam_role\" \"bounded\" {\n  name                 = \"bounded\"\n  permissions_boundary = aws_iam_policy.b.arn\n  assume_role_policy   = \"{}\"\n}\n",
			func(*snapshot.Snapshot) snapshot.Change {
				return snapshot.SetStatement{On: snapshot.PolicyTarget{Kind: "boundary", Resource: "arn:aws:iam::123456789012:role/bounded"}, After: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}`}
			}, `Action = "s3:*", Resource = "*" }, { Effect = "Allow"`, ""},
		{"a queue's attribute", "}\n", func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetQueueAttribute{Queue: "arn:aws:sqs:eu-west-1:123456789012:orders", Name: "ContentBasedDeduplication", After: "true"}
		}, "  name                        = \"orders\"\n  content_based_deduplication = true\n}\n", ""},
		{"a timeout", "  timeout_milliseconds = 40000\n}\n", field(snapshot.FieldTimeout, "40000", "29000"), "  timeout_milliseconds = 29000\n}\n", ""},
		{"a timeout that is computed", "  timeout_milliseconds = var.t\n}\nvariable \"t\" { default = 40000 }\n", field(snapshot.FieldTimeout, "40000", "29000"), "", "timeout_milliseconds is computed: var.t"},
		{"binary media types", "}\n", func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetBinaryMediaTypes{API: s.APIs[0].ID, After: []string{"image/png"}}
		}, "binary_media_types = [\"image/png\"]", ""},
		{"the default endpoint", "}\n", func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetDefaultEndpoint{API: s.APIs[0].ID}
		}, "disable_execute_api_endpoint = false", ""},
		{"a key", "}\nresource \"aws_kms_key\" \"k\" {\n  is_enabled = false\n}\nresource \"aws_sqs_queue\" \"k\" {\n  name              = \"secret\"\n  kms_master_key_id = aws_kms_key.k.arn\n}\n", func(s *snapshot.Snapshot) snapshot.Change {
			for key := range s.Keys {
				return snapshot.SetKeyEnabled{Key: key, Enabled: true}
			}
			return nil
		}, "  is_enabled = true\n", ""},
		{"a declared header", "}\nresource \"aws_api_gateway_method_response\" \"ok\" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_rest_api.a.root_resource_id\n  http_method = \"POST\"\n  status_code = \"200\"\n}\n", func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.DeclareResponseHeader{On: on(s), Status: "200", Name: "method.response.header.X-Id"}
		}, "  response_parameters = {\n    \"method.response.header.X-Id\" = false\n  }\n}\n", ""},
		{"a response", "}\n", func(s *snapshot.Snapshot) snapshot.Change {
			return snapshot.SetIntegrationResponse{On: on(s), After: &snapshot.IntegrationResponse{Status: "400", Pattern: `4\d{2}`}}
		}, "resource \"aws_api_gateway_integration_response\" \"i_400\" {\n  rest_api_id       = aws_api_gateway_rest_api.a.id\n  resource_id       = aws_api_gateway_rest_api.a.root_resource_id\n" +
			"  http_method       = aws_api_gateway_integration.i.http_method\n  status_code       = \"400\"\n  selection_pattern = \"4\\\\d{2}\"\n}\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "main.tf")
			if err := os.WriteFile(file, []byte(hclBase+c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			o := terraform.Options{Account: "123456789012"}
			s, err := terraform.Load(dir, o)
			if err != nil {
				t.Fatal(err)
			}
			edits, _, err := remedy.NewTemplates(os.ReadFile).Edit(s, []diagnose.Fix{{Changes: []snapshot.Change{c.change(s)}}})
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Fatalf("%v, expected %s", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(edits) != 1 || !strings.Contains(string(edits[0].New()), c.want) {
				t.Fatalf("edits: %d\n%s\nexpected\n%s", len(edits), edits[0].New(), c.want)
			}
			o.Instead = map[string][]byte{file: edits[0].New()}
			if _, err := terraform.Load(dir, o); err != nil {
				t.Errorf("the edited file is not read: %v", err)
			}
		})
	}
}
