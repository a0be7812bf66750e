package terraform

import (
	"apisqs-doctor/diagnose/source/tree"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each bad input gets one sentence with the place.
func TestBadInput(t *testing.T) {
	queue := "resource \"aws_sqs_queue\" \"q\" {\n  name = "
	for _, c := range []struct{ name, archive, want string }{
		{"syntax", "-- main.tf --\nresource \"aws_sqs_queue\" \"q\" {\n  name = \n}\n", "main.tf:2:10: Invalid expression"},
		{"unclosed block", "-- main.tf --\nresource \"aws_sqs_queue\" \"q\" {\n", "main.tf:1:30: Unclosed configuration block"},
		{"labels", "-- main.tf --\nresource \"aws_sqs_queue\" {\n}\n", "main.tf:1:1: the block has 1 labels, expected a type and a name after resource"},
		{"twice", "-- a.tf --\nlocals { a = 1 }\n-- b.tf --\nlocals { a = 2 }\n", "b.tf:1:10: the local value \"a\" stands in"},
		{"undeclared variable", "-- main.tf --\n" + queue + "var.nope\n}\n", "main.tf:2:10: var.nope is not declared"},
		{"undeclared local", "-- main.tf --\n" + queue + "local.nope\n}\n", "main.tf:2:10: local.nope is not declared"},
		{"undeclared resource", "-- main.tf --\n" + queue + "aws_sqs_queue.nope.name\n}\n", "main.tf:2:10: aws_sqs_queue.nope is not declared"},
		{"undeclared module", "-- main.tf --\n" + queue + "module.nope.x\n}\n", "main.tf:2:10: the module \"nope\" is not called"},
		{"cycle", "-- main.tf --\nlocals {\n  a = local.b\n  b = local.a\n}\n" + queue + "local.a\n}\n", "local.a depends on itself: local.a -> local.b -> local.a"},
		{"cycle of resources", "-- main.tf --\n" + queue + "aws_sqs_queue.r.name\n}\nresource \"aws_sqs_queue\" \"r\" {\n  name = aws_sqs_queue.q.name\n}\n", "depends on itself"},
		{"missing module", "-- main.tf --\nmodule \"m\" {\n  source = \"./gone\"\n}\n", "main.tf:2:12: the module \"m\" cannot be read: the folder cannot be read: no such file or directory, expected a folder with Terraform files"},
		{"module without source", "-- main.tf --\nmodule \"m\" {\n}\n", "main.tf:1:1: the module call \"m\" has no source"},
		{"module that calls itself", "-- main.tf --\nmodule \"m\" {\n  source = \"./\"\n}\n", "modules call each other more than 40 deep"},
		{"a value that does not fit", "-- main.tf --\nvariable \"n\" { type = number }\n" + queue + "var.n\n}\n-- terraform.tfvars --\nn = \"many\"\n", "terraform.tfvars:1:5: the value of var.n does not fit its type: a number is required, expected number"},
		{"values with references", "-- main.tf --\nvariable \"n\" {}\n-- terraform.tfvars --\nn = var.x\n", "terraform.tfvars:1:5: Variables not allowed"},
		{"count", "-- main.tf --\nresource \"aws_sqs_queue\" \"q\" {\n  count = -1\n}\n", "main.tf:2:11: the count of aws_sqs_queue.q is -1"},
		{"JSON", "-- main.tf.json --\n{\n \"resource\": }\n", "main.tf.json:2:"},
		{"JSON that ends", "-- main.tf.json --\n{\n \"resource\": {\n", "the file ends too early"},
		{"an override of nothing", "-- main.tf --\nlocals {}\n-- override.tf --\nresource \"aws_sqs_queue\" \"q\" {\n}\n", "override.tf:1:1: there is nothing that resource aws_sqs_queue.q overrides"},
		{"dynamic", "-- main.tf --\nresource \"aws_iam_role\" \"q\" {\n  dynamic \"inline_policy\" {\n  }\n}\n", "main.tf:2:3: the dynamic block \"inline_policy\" is not complete"},
		{"a skip without a reason", "-- main.tf --\nresource \"aws_sqs_queue\" \"q\" {\n  # apisqs-doctor:skip queue-missing until=2027-01-01\n}\n", "main.tf:2:3: the skip of \"queue-missing\" needs a \"reason\""},
		{"a skip of nothing", "-- main.tf --\n# apisqs-doctor:skip queue-missing why\n\nlocals {\n}\n", "main.tf:1:1: the skip of \"queue-missing\" belongs to no block"},
		{"empty", "-- readme --\nx\n", "the folder holds no Terraform files"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(folder(t, c.archive), Options{})
			refused(t, err, c.want)
		})
	}
}

// A variable without a value is a hole, and the user is told how to fill it.
func TestVariablesWithoutValues(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"variable \"a\" {}\nresource \"aws_sqs_queue\" \"q\" { name = var.a }\n", "main.tf:1: the variable a has no value; --var a=VALUE or --var-file FILE gives it"},
		{"variable \"a\" {}\nvariable \"b\" {}\nresource \"aws_sqs_queue\" \"q\" { name = \"${var.b}${var.a}\" }\n", "main.tf:1: the variables a, b have no value; --var NAME=VALUE or --var-file FILE gives it"},
		{"variable \"a\" { default = 1 }\nresource \"aws_sqs_queue\" \"q\" { name = var.a }\n", ""},
		{"variable \"unused\" {}\n", ""},
	} {
		told := ""
		load(t, single(t, c.text), Options{Warn: func(s string) { told += s }})
		if !strings.HasSuffix(told, c.want) || c.want == "" && told != "" {
			t.Errorf("%s\n tells    %q\n expected %q", c.text, told, c.want)
		}
	}
}

// What is wrong is told in one sentence, without the parser's advice.
func TestSyntaxError(t *testing.T) {
	_, err := Load(single(t, "resource \"aws_sqs_queue\" \"q\" {\n  name = \"x\n}\n"), Options{})
	refused(t, err, "main.tf:2:12: Invalid multi-line string: Quoted strings may not be split over multiple lines")
	if strings.Contains(err.Error(), "heredoc") {
		t.Errorf("the advice is in it: %v", err)
	}
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	var e *tree.Error
	switch {
	case err == nil:
		t.Fatal("it was read")
	case !errors.As(err, &e):
		t.Fatalf("%v is no *Error", err)
	case !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n"):
		t.Errorf("%s\nexpected %s", err, want)
	}
}

func TestUnknownVariableOfTheCommandLine(t *testing.T) {
	_, err := Load(single(t, `variable "a" {}`), Options{Vars: map[string]string{"b": "1"}})
	refused(t, err, `there is no variable "b" for --var, expected one of a`)
}

// Nothing outside of the boundary is read: not through .. and not through a link.
func TestBoundary(t *testing.T) {
	outer := t.TempDir()
	inner := filepath.Join(outer, "in")
	if err := os.Mkdir(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outer, "secret"), "hidden")
	if err := os.Symlink(filepath.Join(outer, "secret"), filepath.Join(inner, "link")); err != nil {
		t.Skip("links cannot be made here")
	}
	for _, name := range []string{"../secret", "link", filepath.Join(outer, "secret"), "/etc/passwd"} {
		write(filepath.Join(inner, "main.tf"), "resource \"aws_sqs_queue\" \"q\" {\n  name = file(\""+name+"\")\n}\n")
		s := load(t, inner, Options{})
		is(t, "queues", len(s.Queues), 1)
		for arn := range s.Queues {
			if strings.Contains(arn, "hidden") {
				t.Errorf("%s was read: %s", name, arn)
			}
		}
	}
	// The repository is the boundary where there is one.
	if err := os.Mkdir(filepath.Join(outer, ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(inner, "main.tf"), "resource \"aws_sqs_queue\" \"q\" {\n  name = file(\"../secret\")\n}\n")
	for arn := range load(t, inner, Options{}).Queues {
		is(t, "a file of the repository", strings.HasSuffix(arn, ":hidden"), true)
	}
}
