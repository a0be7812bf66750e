package terraform

import (
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const orders = "testdata/orders"

// One deployment as configuration, as the plan of its first apply, and as the
// state after it in both notations (I30 to I34): the same where all can know.
func TestOneDeployment(t *testing.T) {
	for _, c := range []struct {
		file  string
		first bool // a plan of a first apply does not know what policies hold
	}{{file: "."}, {file: "plan.json", first: true}, {file: "state.json"}, {file: "terraform.tfstate"}} {
		t.Run(c.file, func(t *testing.T) {
			s := load(t, filepath.Join(orders, c.file), Options{Account: "123456789012"})
			is(t, "kind", s.Target.Kind, snapshot.Terraform)
			is(t, "region", s.Target.Region, "eu-west-1")
			is(t, "APIs", len(s.APIs), 1)
			config := known(t, s.APIs[0].Draft)
			is(t, "methods", len(config.Methods), 2)
			stage := known(t, s.APIs[0].Stages)[0]
			is(t, "stage", stage.Name, "live")
			is(t, "deployed", len(known(t, stage.Deployed).Methods), 2)
			for _, m := range config.Methods {
				verb, queue := "POST", "orders"
				if m.HTTPMethod == "PUT" {
					verb, queue = "PUT", "returns"
				}
				is(t, "verb", m.HTTPMethod, verb)
				is(t, "path", m.Path, "/"+queue)
				i := known(t, m.Integration)
				is(t, "uri", known(t, i.URI), "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/"+queue)
				is(t, "credentials", known(t, i.Credentials), "arn:aws:iam::123456789012:role/shop-sender")
				is(t, "template", known(t, known(t, i.Templates)["application/json"]), "#set($body = $util.urlEncode($input.body))\nAction=SendMessage&MessageBody=$body\n")
				is(t, "header", known(t, known(t, i.RequestParameters)["integration.request.header.Content-Type"]), "'application/x-www-form-urlencoded'")
				is(t, "passthrough", known(t, i.Passthrough), "NEVER")
				is(t, "responses", len(known(t, i.Responses)), 3)
				is(t, "method responses", len(known(t, m.Responses)), 3)
				q := known(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:"+queue))
				is(t, "queue policy known", q.Policy.IsKnown(), !c.first)
				if !c.first {
					is(t, "queue policy", strings.Contains(known(t, q.Policy), "TlsOnly"), true)
				}
			}
			role := known(t, s.Role("arn:aws:iam::123456789012:role/shop-sender"))
			is(t, "trust", strings.Contains(known(t, role.Trust), "apigateway.amazonaws.com"), true)
			attached := known(t, role.Attached)
			is(t, "attached", len(attached), 1)
			is(t, "policy", attached[0].ARN, "arn:aws:iam::123456789012:policy/send")
			is(t, "document known", attached[0].Document.IsKnown(), !c.first)
			if c.first {
				gap := attached[0].Document.Gap().Detail
				is(t, "why not", gap, "aws_iam_policy.send.policy is known only after apply; it refers to data.aws_iam_policy_document.send.json")
			}
		})
	}
}

// What is found has the place where it is written, through names, modules and
// data sources.
func TestPlaces(t *testing.T) {
	s := load(t, orders, Options{Account: "123456789012"})
	var post snapshot.Method
	for _, m := range known(t, s.APIs[0].Draft).Methods {
		if m.HTTPMethod == "POST" {
			post = m
		}
	}
	i := known(t, post.Integration)
	role := known(t, s.Role("arn:aws:iam::123456789012:role/shop-sender"))
	queue := known(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:orders"))
	module := `module.intake["orders"].`
	for _, c := range []struct {
		what     string
		at       snapshot.Origin
		resource string
		file     string
		line     int
	}{
		{"integration", i.Origin, module + "aws_api_gateway_integration.this", "modules/intake/main.tf", 47},
		{"uri", i.URI.Origin(), module + "aws_api_gateway_integration.this", "modules/intake/main.tf", 54},
		{"credentials", i.Credentials.Origin(), module + "aws_api_gateway_integration.this", "modules/intake/main.tf", 53},
		{"absent", i.ContentHandling.Origin(), module + "aws_api_gateway_integration.this", "modules/intake/main.tf", 47},
		{"header, in a local value", known(t, i.RequestParameters)["integration.request.header.Content-Type"].Origin(), module + "aws_api_gateway_integration.this", "modules/intake/main.tf", 10},
		{"template", known(t, i.Templates)["application/json"].Origin(), module + "aws_api_gateway_integration.this", "modules/intake/main.tf", 59},
		{"statement of a data source", known(t, role.Attached)[0].Lines[1], "aws_iam_policy.send", "main.tf", 59},
		{"statement of a queue policy", queue.PolicyLines[0], module + "aws_sqs_queue_policy.this", "modules/intake/main.tf", 22},
	} {
		is(t, c.what, c.at.Resource, c.resource)
		is(t, c.what+": file", c.at.File, filepath.Join(orders, filepath.FromSlash(c.file)))
		is(t, c.what+": line", c.at.Line, c.line)
	}
}

// A resource without a known number makes what it belongs to unknown: half a
// list is no list.
func TestUnknownNumbers(t *testing.T) {
	const api = `
variable "on" {}
provider "aws" { region = "eu-west-1" }
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_rest_api" "b" { name = "b" }
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
resource "aws_sqs_queue" "q" { name = "q" }
`
	for _, c := range []struct {
		name, resource    string
		a, b, role, queue bool // known
	}{
		{"nothing", ``, true, true, true, true},
		{"a method", "resource \"aws_api_gateway_method\" \"m\" {\n count = var.on ? 1 : 0\n rest_api_id = aws_api_gateway_rest_api.a.id\n}", false, true, true, true},
		{"a policy", "resource \"aws_iam_role_policy\" \"p\" {\n for_each = var.on\n role = aws_iam_role.r.id\n policy = \"{}\"\n}", true, true, false, true},
		{"a queue policy", "resource \"aws_sqs_queue_policy\" \"p\" {\n count = length(var.on)\n queue_url = aws_sqs_queue.q.id\n policy = \"{}\"\n}", true, true, true, false},
		{"a key that is not known", "resource \"aws_api_gateway_method\" \"m\" {\n for_each = toset([\"x-${var.on}\"])\n rest_api_id = aws_api_gateway_rest_api.b.id\n}", true, false, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, single(t, api+c.resource), Options{Account: "123456789012"})
			is(t, "API a", s.APIs[0].Draft.IsKnown(), c.a)
			is(t, "API b", s.APIs[1].Draft.IsKnown(), c.b)
			is(t, "role", known(t, s.Role("arn:aws:iam::123456789012:role/r")).Inline.IsKnown(), c.role)
			is(t, "queue", known(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:q")).Policy.IsKnown(), c.queue)
		})
	}
}

// A role that a data source looks up is made elsewhere: it has the policies that the
// configuration gives it by name, and others that are not known.
func TestRoleOfDataSource(t *testing.T) {
	const api = `
variable "role" {}
provider "aws" { region = "eu-west-1" }
data "aws_iam_policy" "limit" { name = "limit" }
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "POST"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id             = aws_api_gateway_rest_api.a.id
  resource_id             = aws_api_gateway_rest_api.a.root_resource_id
  http_method             = "POST"
  type                    = "AWS"
  integration_http_method = "POST"
  credentials             = data.aws_iam_role.sender.arn
  uri                     = "arn:aws:apigateway:eu-west-1:sqs:path/123456789012/q"
}
resource "aws_iam_role_policy" "send" {
  name   = "send"
  role   = data.aws_iam_role.sender.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }] })
}
resource "aws_iam_policy" "more" {
  name   = "more"
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role_policy_attachment" "more" {
  role       = data.aws_iam_role.sender.name
  policy_arn = aws_iam_policy.more.arn
}
resource "aws_iam_role_policy_attachment" "limit" {
  role       = data.aws_iam_role.sender.name
  policy_arn = data.aws_iam_policy.limit.arn
}
data "aws_iam_role" "sender" { name = `
	for name, arn := range map[string]string{`"sender"`: "arn:aws:iam::123456789012:role/unknown-data-aws-iam-role-sender-pathsender", `var.role`: "arn:aws:iam::123456789012:role/unknown-data-aws-iam-role-sender-pathunknown-var-role"} {
		s := load(t, single(t, api+name+" }\n"), Options{Account: "123456789012"})
		role := known(t, s.Role(arn))
		if role == nil {
			t.Fatalf("roles %v, want %s", s.Roles, arn)
		}
		var names []string
		for _, p := range known(t, role.Inline) {
			names = append(names, p.Name)
		}
		is(t, "policies", strings.Join(names, " "), "send more unknown-data-aws-iam-policy-limit-arn")
		is(t, "what the configuration does not hold", known(t, role.Inline)[2].Document.IsKnown(), false)
		is(t, "trust", role.Trust.IsKnown(), false)
		is(t, "attached", role.Attached.IsKnown(), false)
	}
}

// A policy with a part that is not known: a text has a symbol, a part of any
// other shape makes the whole unknown, and neither is taken for malformed.
func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		name, policy string
		known        bool
		holds        string
	}{
		{"a resource", `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = var.x }] })`, true, `"Resource":"unknown-var-x"`},
		{"all statements", `jsonencode({ Version = "2012-10-17", Statement = var.x })`, false, ""},
		{"a statement", `jsonencode({ Version = "2012-10-17", Statement = [var.x] })`, false, ""},
		{"a condition", `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Condition = var.x }] })`, false, ""},
		{"an effect", `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = var.x, Action = "*", Resource = "*" }] })`, false, ""},
		{"a piece of JSON", `"{\"Statement\": [${jsonencode(var.x)}]}"`, false, ""},
		{"a bare hole in JSON", `"{\"Statement\": ${var.x}}"`, false, ""},
		{"the whole", `var.x`, false, ""},
		{"malformed", `"{\"Statement\": "`, true, `{"Statement": `},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, single(t, "variable \"x\" {}\nprovider \"aws\" { region = \"eu-west-1\" }\nresource \"aws_iam_role\" \"r\" {\n name = \"r\"\n assume_role_policy = \"{}\"\n}\nresource \"aws_iam_role_policy\" \"p\" {\n name = \"p\"\n role = aws_iam_role.r.name\n policy = "+c.policy+"\n}\n"), Options{Account: "123456789012"})
			document := known(t, known(t, s.Role("arn:aws:iam::123456789012:role/r")).Inline)[0].Document
			is(t, "known", document.IsKnown(), c.known)
			if c.known {
				is(t, "document", strings.Contains(known(t, document), c.holds), true)
			}
		})
	}
}

// Nothing sensitive is shown (I36).
func TestSensitive(t *testing.T) {
	dir := folder(t, `
-- terraform.tfstate --
{"version": 4, "terraform_version": "1.11.4", "resources": [{"mode": "managed", "type": "aws_sqs_queue", "name": "q",
  "instances": [{"attributes": {"name": "q", "arn": "arn:aws:sqs:eu-west-1:123456789012:q", "policy": "s3cret", "url": "https://q"}, "sensitive_attributes": [[{"type": "get_attr", "value": "policy"}]]}]}]}
-- plan.json --
{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q",
  "change": {"actions": ["create"], "after": {"name": "q", "policy": "s3cret"}, "after_unknown": {"arn": true}, "after_sensitive": {"policy": true}}}]}
`)
	for _, file := range []string{"terraform.tfstate", "plan.json"} {
		s := load(t, filepath.Join(dir, file), Options{Account: "123456789012", Region: "eu-west-1"})
		q := known(t, s.Queue("arn:aws:sqs:eu-west-1:123456789012:q"))
		is(t, file, q.Policy.IsKnown(), false)
		is(t, file+": why", q.Policy.Gap().Detail, "aws_sqs_queue.q.policy is sensitive and is not looked at")
	}
}

func TestBadPlansAndStates(t *testing.T) {
	dir := folder(t, `
-- newer.json --
{"format_version": "2.0", "planned_values": {}}
-- old.tfstate --
{"version": 3, "terraform_version": "0.11.14", "modules": []}
-- encrypted.tfstate --
{"serial": 1, "lineage": "x", "meta": {}, "encrypted_data": "AAAA", "encryption_version": "v0"}
-- cut.json --
{"format_version": "1.2", "planned_values": {"root_module"
-- other.json --
{"Resources": {}}
-- main.tf --
-- plan.bin --
PK`+"\x03\x04"+`..............tfplan....
`)
	for file, want := range map[string]string{
		"newer.json":        `newer.json:1:20: the plan has the format version "2.0", expected a plan or state of format 1`,
		"old.tfstate":       `old.tfstate:1:13: the terraform.tfstate has the version "3", expected a state of version 4`,
		"encrypted.tfstate": "this state is encrypted, expected what \"tofu show -json\" writes",
		"cut.json":          "cut.json:",
		"other.json":        "this is no Terraform plan or state",
		"main.tf":           "Terraform reads whole folders, expected the folder ",
		"plan.bin":          "this is a plan in Terraform's own binary form, expected what \"terraform show -json\" writes of it: terraform show -json ",
	} {
		_, err := Load(filepath.Join(dir, file), Options{})
		refused(t, err, want)
	}
}

func TestIs(t *testing.T) {
	dir := folder(t, "-- a/main.tf --\n-- b/x.txt --\n-- c.json --\n{\"Resources\": {}}\n-- d.json --\n{\"version\": 4, \"terraform_version\": \"1\", \"resources\": []}\n")
	for path, want := range map[string]bool{"a": true, "a/main.tf": true, "b": false, "b/x.txt": false, "c.json": false, "d.json": true, "none": false} {
		is(t, path, Is(filepath.Join(dir, path)), want)
	}
}

// A deployment that waits for the method and not for its integration is refused:
// the method comes first (I22, T106).
func TestDeploymentWaits(t *testing.T) {
	const api = `
provider "aws" { region = "eu-west-1" }
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
  type        = "MOCK"
}
locals { all = [local.one] }
locals { one = aws_api_gateway_integration.i }
resource "aws_api_gateway_deployment" "d" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  stage_name  = "live"
`
	for _, c := range []struct {
		waits               string
		method, integration bool
	}{
		{"", false, false},
		{"depends_on = [aws_api_gateway_method.m]", true, false},
		{"depends_on = [aws_api_gateway_integration.i]", true, true},
		{"triggers = { x = sha1(jsonencode(local.all)) }", true, true},
		{"triggers = { x = \"${aws_api_gateway_integration.i.id}-1\" }", true, true},
	} {
		s := load(t, single(t, api+c.waits+"\n}\n"), Options{})
		deployed := known(t, known(t, s.APIs[0].Stages)[0].Deployed)
		is(t, c.waits+": methods", len(deployed.Methods) == 1, c.method)
		if c.method {
			is(t, c.waits+": integration", known(t, deployed.Methods[0].Integration) != nil, c.integration)
		}
	}
}

func TestSkips(t *testing.T) {
	s := load(t, folder(t, `
-- main.tf --
# apisqs-doctor:skip route-not-deployed the stage is elsewhere until=2999-12-31
# another remark
resource "aws_sqs_queue" "q" {
  name = "q" # apisqs-doctor:skip queue-missing known
}
module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
}
-- m/main.tf --
resource "aws_sqs_queue" "q" {
  /* apisqs-doctor:skip queue-missing in the module */
}
`), Options{})
	var got []string
	for _, k := range s.Skips {
		got = append(got, k.Rule+"|"+k.Reason+"|"+k.Until+"|"+k.Origin.Resource)
	}
	is(t, "skips", strings.Join(got, "\n"), `route-not-deployed|the stage is elsewhere|2999-12-31|aws_sqs_queue.q
queue-missing|known||aws_sqs_queue.q
queue-missing|in the module||module.m["a"].aws_sqs_queue.q
queue-missing|in the module||module.m["b"].aws_sqs_queue.q`)
}
