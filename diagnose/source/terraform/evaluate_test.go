package terraform

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
)

const world = `
provider "aws" { region = "eu-west-1" }
variable "env" { default = "dev" }
variable "open" {}
variable "secret" {
  default   = "s3cret"
  sensitive = true
}
resource "aws_sqs_queue" "q" { name = "orders" }
resource "aws_sqs_queue" "g" {}
resource "aws_sqs_queue" "f" {
  name_prefix = "p-"
  fifo_queue  = true
}
resource "aws_sqs_queue" "each" {
  for_each = { a = 1, b = 2 }
  name     = "q-${each.key}"
}
resource "aws_sqs_queue" "count" {
  count = 2
  name  = "c${count.index}"
}
resource "aws_iam_role" "r" {
  name               = "sender"
  path               = "/svc/"
  assume_role_policy = ""
}
resource "aws_kms_key" "k" {}
resource "aws_lambda_function" "l" { function_name = "l" }
data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "p" {}
data "aws_ssm_parameter" "p" { name = "x" }
data "aws_sqs_queue" "other" { name = "elsewhere" }
`

// What an expression gives. A hole that takes its place in a text stays itself;
// what takes it apart is another hole (I12, I13). Formulas: I14.
func TestExpressions(t *testing.T) {
	for _, c := range []struct{ expression, want string }{
		{`"${var.env}-q"`, "dev-q"},
		{`aws_sqs_queue.q.arn`, "arn:aws:sqs:eu-west-1:${account id}:orders"},
		{`aws_sqs_queue.q.id`, "https://sqs.eu-west-1.amazonaws.com/${account id}/orders"},
		{`aws_sqs_queue.g.name`, "${aws_sqs_queue.g.name}"},
		{`aws_sqs_queue.f.name`, "p-${aws_sqs_queue.f.name}.fifo"},
		{`aws_iam_role.r.arn`, "arn:aws:iam::${account id}:role/svc/sender"},
		{`aws_iam_role.r.id`, "sender"},
		{`aws_kms_key.k.arn`, "arn:aws:kms:eu-west-1:${account id}:key/${aws_kms_key.k.key_id}"},
		{`data.aws_caller_identity.me.account_id`, "${account id}"},
		{`"${data.aws_region.here.name}/${data.aws_partition.p.dns_suffix}"`, "eu-west-1/amazonaws.com"},
		{`data.aws_sqs_queue.other.arn`, "arn:aws:sqs:eu-west-1:${account id}:elsewhere"},
		{`data.aws_ssm_parameter.p.value`, "${data.aws_ssm_parameter.p.value}"},
		{`var.open`, "${var.open}"},
		{`var.open.list[0]`, "${var.open.list[0]}"},
		{`"x-${var.open}"`, "x-${var.open}"},
		{`var.secret`, "${var.secret}"},
		{`"${var.secret}!"`, "${var.secret}!"},
		{`sensitive("x")`, `${sensitive("x")}`},
		{`aws_lambda_function.l.invoke_arn`, "${aws_lambda_function.l.invoke_arn}"},
		{`aws_sqs_queue.each["a"].name`, "q-a"},
		{`[for k, q in aws_sqs_queue.each : q.name]`, `["q-a","q-b"]`},
		{`aws_sqs_queue.count[*].name`, `["c0","c1"]`},
		{`join(",", aws_sqs_queue.count[*].arn)`, "arn:aws:sqs:eu-west-1:${account id}:c0,arn:aws:sqs:eu-west-1:${account id}:c1"},

		// text around a hole stays known
		{`format("%s/%s", var.open, "a")`, "${var.open}/a"},
		{`jsonencode({ a = var.open, b = [1, null] })`, `{"a":"${var.open}","b":[1,null]}`},
		{`jsonencode({ a = var.open == "x" ? "1" : "2" })`, `{"a":"${var.open == "x" ? "1" : "2"}"}`},
		{`yamldecode(yamlencode({ a = aws_sqs_queue.g.arn })).a`, "arn:aws:sqs:eu-west-1:${account id}:${aws_sqs_queue.g.name}"},
		{`jsondecode(jsonencode({ a = var.open })).a`, "${var.open}"},
		{`try(var.open, "x")`, "${var.open}"},
		{`merge({ a = var.open }, { b = "c" }).b`, "c"},

		{`uuidv5("dns", "example.com")`, "cfbff0d1-9375-5685-968c-48ce8b15ae17"},
		{`uuidv5("6ba7b811-9dad-11d1-80b4-00c04fd430c8", "https://example.com")`, "4fd35a71-71ef-5a55-a9d9-aa75c889a6d0"},
		{`textencodebase64("hi", "UTF-16LE")`, "aABpAA=="},
		{`textdecodebase64("aABpAA==", "UTF-16LE")`, "hi"},
		{`base64gunzip(base64gzip("packed"))`, "packed"},
		{`urldecode("a+b%26c")`, "a b&c"},
		{`cidrcontains("10.0.0.0/8", "10.1.0.0/16") && !cidrcontains("10.0.0.0/8", "11.0.0.1")`, "true"},

		// what takes a text with a hole apart gives a hole (I13)
		{`uuidv5("dns", var.open)`, `${uuidv5("dns", var.open)}`},
		{`issensitive(var.secret)`, `${issensitive(var.secret)}`},
		{`issensitive(sensitive("x"))`, `${issensitive(sensitive("x"))}`},
		{`issensitive(var.open)`, `${issensitive(var.open)}`},
		{`issensitive("x") ? "a" : "b"`, "b"},
		{`replace(aws_sqs_queue.g.name, "a", "b")`, `${replace(aws_sqs_queue.g.name, "a", "b")}`},
		{`upper("x${var.open}")`, `${upper("x${var.open}")}`},
		{`substr(aws_sqs_queue.g.arn, 0, 3)`, `${substr(aws_sqs_queue.g.arn, 0, 3)}`},
		{`md5(aws_sqs_queue.g.arn)`, `${md5(aws_sqs_queue.g.arn)}`},
		{`split(":", aws_sqs_queue.q.arn)[5]`, `${split(":", aws_sqs_queue.q.arn)[5]}`},
		{`length("${var.open}")`, `${length("${var.open}")}`},
		{`format("%5s", var.open)`, `${format("%5s", var.open)}`},
		{`contains(["${var.open}"], "x") ? "y" : "n"`, `${contains(["${var.open}"], "x") ? "y" : "n"}`},
		{`var.open == "prod" ? aws_sqs_queue.q.arn : "*"`, `${var.open == "prod" ? aws_sqs_queue.q.arn : "*"}`},
		{`"${replace(var.open, "a", "b")}/x"`, `${replace(var.open, "a", "b")}/x`},
		{`{ for k in [var.open] : k => 1 }`, `${{ for k in [var.open] : k => 1 }}`},
		{`timestamp()`, "${timestamp()}"},
		{`provider::aws::arn_parse("x").service`, `${provider::aws::arn_parse("x").service}`},

		// comparisons that are certain all the same
		{`aws_sqs_queue.q.arn == "" ? "none" : "some"`, "some"},
		{`aws_sqs_queue.q.arn != null ? "some" : "none"`, "some"},
		{`"x${var.open}" == "x${var.open}" ? "same" : "other"`, "same"},
		{`"a-${var.open}" == "b-${var.open}" ? "same" : "other"`, "other"},
		{`var.open == "x" ? "same" : "same"`, "same"},
		{`length([var.open, "b"])`, "2"},
		{`length({ a = 1 })`, "1"},

		// a value that cannot be had is a hole too
		{`aws_sqs_queue.count[7].name`, "${local.x}"},
		{`try(aws_sqs_queue.count[7].name, "default")`, "default"},
		{`can(aws_sqs_queue.count[7].name)`, "false"},
		{`file("missing.txt")`, "${local.x}"},
	} {
		ev, root, err := open(single(t, world+"\nlocals {\n x = "+c.expression+"\n}\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := shown(t, ev, root.local("x", hcl.Range{}))
		if ev.err != nil {
			t.Errorf("%s: %v", c.expression, ev.err)
		} else if got != c.want {
			t.Errorf("%s\n gives    %s\n expected %s", c.expression, got, c.want)
		}
	}
}

// The same hole is the same value, and what is computed from it is another one
// on each occasion.
func TestSameHoles(t *testing.T) {
	ev, root, err := open(single(t, world+`
locals {
  a = "${var.open}"
  b = "${var.open}"
  c = lower(var.open)
  d = lower(var.open)
}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string) *hole {
		v := root.local(name, hcl.Range{})
		if s, ok := plainText(v); ok {
			return ev.holes.alone(s)
		}
		return holeOf(v)
	}
	is(t, "the same name", of("a") == of("b") && of("a") != nil, true)
	is(t, "two computations", of("c") == of("d"), false)
	is(t, "a computation", of("c") == of("a"), false)
}

// Modules, files and values for variables (I17, I18).
func TestModules(t *testing.T) {
	for _, c := range []struct {
		name, archive, want string
		options             Options
	}{
		{"instances of a module", `
-- main.tf --
module "m" {
  source   = "./m"
  for_each = { eu = "x", us = "y" }
  name     = "${each.key}-${each.value}"
}
locals { x = [for k, m in module.m : m.out] }
-- m/main.tf --
variable "name" { type = string }
output "out" { value = "${var.name}@${path.module}" }
`, `["eu-x@m","us-y@m"]`, Options{}},
		{"optional attributes", `
-- main.tf --
module "m" {
  source = "./m"
  o      = { a = "1" }
}
locals { x = module.m.out }
-- m/main.tf --
variable "o" { type = object({ a = string, b = optional(number, 7) }) }
output "out" { value = "${var.o.a}${var.o.b}" }
`, "17", Options{}},
		{"a module that is not there", `
-- main.tf --
module "m" { source = "terraform-aws-modules/sqs/aws" }
locals { x = "q/${module.m.queue_name}" }
`, "q/${module.m.queue_name}", Options{}},
		{"a module that init has fetched", `
-- main.tf --
module "m" { source = "terraform-aws-modules/sqs/aws" }
locals { x = module.m.name }
-- .terraform/modules/modules.json --
{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"registry.terraform.io/terraform-aws-modules/sqs/aws","Dir":".terraform/modules/m"}]}
-- .terraform/modules/m/main.tf --
output "name" { value = "fetched" }
`, "fetched", Options{}},
		{"a workspace that was selected", `
-- main.tf --
locals { x = "q-${terraform.workspace}" }
-- .terraform/environment --
staging
`, "q-staging", Options{}},
		{"a workspace of the environment", `
-- main.tf --
locals { x = "q-${terraform.workspace}" }
-- .terraform/environment --
staging
`, "q-prod", Options{Workspace: "prod"}},
		{"a workspace that nobody tells", `
-- main.tf --
locals { x = "q-${terraform.workspace}" }
`, "q-${terraform.workspace}", Options{}},
		{"values of files, the last one wins", `
-- main.tf --
variable "a" {}
variable "b" { default = "0" }
variable "c" { default = "0" }
locals { x = "${var.a}${var.b}${var.c}" }
-- terraform.tfvars --
a = "1"
b = "1"
-- z.auto.tfvars.json --
{"b": "2", "c": "2"}
-- given.tfvars --
c = "3"
`, "123", Options{}},
		{"values of the command line and the environment", `
-- main.tf --
variable "a" { type = list(string) }
variable "b" { default = "0" }
locals { x = "${var.a[1]}${var.b}" }
`, "yB", Options{Vars: map[string]string{"a": `["x", "y"]`}, Env: func(name string) string { return map[string]string{"TF_VAR_b": "B", "TF_VAR_a": "no"}[name] }}},
		{"the region of the command line", `
-- main.tf --
variable "aws_region" {}
provider "aws" { region = var.aws_region }
data "aws_region" "r" {}
locals { x = data.aws_region.r.name }
`, "eu-north-1", Options{Region: "eu-north-1"}},
		{"the account of the provider", `
-- main.tf --
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
data "aws_caller_identity" "c" {}
locals { x = data.aws_caller_identity.c.account_id }
`, "111122223333", Options{}},
		{"a provider that is handed down", `
-- main.tf --
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
module "m" {
  source    = "./m"
  providers = { aws = aws.west }
}
locals { x = module.m.arn }
-- m/main.tf --
resource "aws_sqs_queue" "q" { name = "q" }
output "arn" { value = aws_sqs_queue.q.arn }
`, "arn:aws:sqs:us-west-2:${account id}:q", Options{}},
		{"a module through its caller", `
-- .git --
-- modules/m/main.tf --
variable "name" {}
locals { x = "not the root" }
-- main.tf --
locals { x = module.m.out }
module "m" {
  source = "./modules/m"
  name   = "called"
}
-- modules/m/outputs.tf --
output "out" { value = var.name }
`, "called", Options{}},
		{"overrides and tofu files", `
-- main.tf --
locals { x = "hidden" }
-- main.tofu --
locals {
  x = "${local.y}!"
  y = "base"
}
-- x_override.tf --
locals { y = "over" }
`, "over!", Options{}},
		{"JSON", `
-- main.tf.json --
{"locals": {"x": "${join(\",\", var.l)}-$${kept}"}, "variable": {"l": {"type": "list(string)", "default": ["a", "b"]}}}
`, "a,b-${kept}", Options{}},
		{"templates", `
-- main.tf --
locals { x = templatefile("${path.module}/t.tftpl", { names = ["a", "b"], open = timestamp() }) }
-- t.tftpl --
%{ for n in names ~}
${n}/${open};
%{ endfor ~}
`, "a/${timestamp()};\nb/${timestamp()};\n", Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, c.archive)
			if c.name == "a module through its caller" {
				dir += "/modules/m"
			}
			if c.name == "values of files, the last one wins" {
				c.options.VarFiles = []string{dir + "/given.tfvars"}
			}
			ev, root, err := open(dir, c.options)
			if err != nil {
				t.Fatal(err)
			}
			got := shown(t, ev, root.local("x", hcl.Range{}))
			if ev.err != nil {
				t.Fatal(ev.err)
			}
			is(t, "value", got, c.want)
		})
	}
}

// A result that is not known says why, where a name in it has a reason of its own.
func TestWhyAResultIsNotKnown(t *testing.T) {
	for expression, want := range map[string]string{
		`templatefile(var.open, {})`:                        "var.open has no value",
		`upper("${var.open}x")`:                             "var.open has no value",
		`upper(aws_kms_key.k.arn)`:                          "",
		`[for open in [aws_kms_key.k.id] : upper(open)][0]`: "",
	} {
		ev, root, err := open(single(t, world+"\nlocals {\n x = "+expression+"\n}\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		h := holeOf(root.local("x", hcl.Range{}))
		if h == nil || ev.err != nil || h.detail != want {
			t.Errorf("%s: %+v %v", expression, h, ev.err)
		}
	}
}
