package cloudformation

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"apisqs-doctor/diagnose/source/tree"
)

func TestBadInput(t *testing.T) {
	for name, test := range map[string]struct {
		text, problem string // a part of the error
		line          int
	}{
		"empty":                {"", "the file is empty", 0},
		"blank":                {" \n\n", "the file is empty", 0},
		"comment only":         {"# nothing\n", "the file is empty", 1},
		"text":                 {"hello", "the file holds text", 1},
		"list":                 {"- a\n", "the file holds a list", 1},
		"binary":               {"Resources:\x00\x01", "this is a binary file", 0},
		"zip":                  {"PK\x03\x04rest", "this is a ZIP archive", 0},
		"UTF-16":               {"\xff\xfe-\x00 \x00a\x00", "the file holds a list", 1},
		"Latin-1":              {"a: \xe9t\xe9", "the file is not text in UTF-8", 0},
		"Terraform":            {"resource \"aws_sqs_queue\" \"q\" {\n  name = \"x\"\n}\n", "this looks like Terraform configuration", 0},
		"Terraform plan":       {`{"format_version":"1.2","terraform_version":"1.9","planned_values":{}}`, "this looks like a Terraform plan", 1},
		"serverless.yml":       {"service: x\nprovider: {name: aws}\nresources: {Resources: {}}\n", "this looks like a serverless.yml", 1},
		"OpenAPI":              {"openapi: 3.0.1\npaths: {}\n", "this looks like an OpenAPI document", 1},
		"Swagger":              {`{"swagger": "2.0"}`, "this looks like an OpenAPI document", 1},
		"Kubernetes":           {"apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\n", "this looks like a Kubernetes manifest", 1},
		"snapshot":             {`{"schema": "apisqs-doctor/snapshot/v1", "apis": []}`, "a file of the doctor itself", 1},
		"policy":               {`{"Version": "2012-10-17", "Statement": []}`, "this looks like a policy document", 1},
		"no resources":         {"Description: x\n", "there are no Resources", 1},
		"resources as a list":  {"Description: x\nResources: []\n", "Resources is a list", 2},
		"resource as text":     {"Resources:\n  Q: x\n", `the resource "Q" is text`, 2},
		"resource, no type":    {"Resources:\n  Q: {}\n", `the resource "Q" has no Type`, 2},
		"type as a function":   {"Resources:\n  Q: {Type: !Ref T}\n", `the Type of resource "Q" is an object`, 2},
		"duplicate in YAML":    {"Resources:\n  Q: {Type: A}\n  Q: {Type: B}\n", `the name "Q" is there twice`, 3},
		"duplicate in JSON":    {"{\"Resources\": {\n\"Q\": {\"Type\": \"A\"},\n\"Q\": {\"Type\": \"A\"}}}", `the name "Q" is there twice`, 3},
		"merge key":            {"X: &x {a: b}\nResources:\n  Q:\n    <<: *x\n    Type: A\n", "a merge key (<<), which AWS does not take", 4},
		"unknown tag":          {"Resources:\n  Q: {Type: A, Properties: {a: !Reff b}}\n", `unknown tag "!Reff"`, 2},
		"a tab":                {"Resources:\n\tQ: {Type: A}\n", "the line is indented by a tab, which YAML does not take", 2},
		"YAML syntax":          {"Resources:\n  Q: {Type: A\n", "not YAML", 3},
		"JSON syntax":          {"{\"Resources\": {\n  \"Q\" {}\n}}", "unexpected '{'", 2},
		"JSON cut":             {"{\"Resources\": {\n  \"Q\": {\"Type\": \"A\"", "the file ends in the middle of a value", 2},
		"JSON text cut":        {"{\"Resources\": {\n  \"Q", "the text that starts here never ends", 2},
		"circular conditions":  {"Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  Q: {Type: 'AWS::SQS::Queue', Condition: A}\n", `circular condition: "A"`, 2},
		"circular names":       {"Resources:\n  A: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${B.QueueName}x'}}\n  B: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !GetAtt A.QueueName}}\n", `circular dependency: the name of resource "B"`, 3},
		"alias in its anchor":  {"Resources: &a\n  Q: {Type: A, Properties: *a}\n", "", 2},
		"deep JSON":            {strings.Repeat("[", 100_000), "nest more than 200 deep", 1},
		"deep YAML":            {"Resources: " + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000), "nest more than 200 deep", 1},
		"deeper YAML":          {"Resources: " + strings.Repeat("[", 200_000), "", 1},
		"deep YAML by indents": {"Resources:\n" + indents(3000), "nest more than 200 deep", 0},
	} {
		t.Run(name, func(t *testing.T) {
			e := loadError(t, test.text, Options{})
			if !strings.Contains(e.Error(), test.problem) {
				t.Errorf("error is %q, expected %q in it", e, test.problem)
			}
			if test.line > 0 && e.Line != test.line {
				t.Errorf("error %q is at line %d, expected %d", e, e.Line, test.line)
			}
			if e.File == "" {
				t.Errorf("error %q names no file", e)
			}
		})
	}
}

func indents(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}

// bombs are templates that are small and mean something enormous.
func bombs() map[string]string {
	aliases := "Metadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		aliases += fmt.Sprintf("  a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	aliases += "Resources:\n  R: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: {Statement: *a11}}}\n"

	doubling := "Resources:\n  Q0: {Type: 'AWS::SQS::Queue', Properties: {QueueName: xxxxxxxxxx}}\n"
	for i := 1; i < 60; i++ {
		doubling += fmt.Sprintf("  Q%d: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${Q%d.QueueName}${Q%d.QueueName}'}}\n", i, i-1, i-1)
	}
	nested := `"xxxx"`
	for range 45 {
		nested = `{"Fn::Sub": ["${a}${a}", {"a": ` + nested + `}]}`
	}
	nested = `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": ` + nested + `}}}}`

	var chain, unknowns strings.Builder
	chain.WriteString("Resources:\n")
	unknowns.WriteString("Resources:\n")
	for i := range 20_000 {
		fmt.Fprintf(&chain, "  Q%d: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !GetAtt Q%d.QueueName}}\n", i, i+1)
		fmt.Fprintf(&unknowns, "  Q%d: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !ImportValue v%d}}\n", i, i)
	}
	chain.WriteString("  Q20000: {Type: 'AWS::SQS::Queue'}\n")
	loops := "Transform: AWS::LanguageExtensions\nResources:\n" + loopOf(8)
	return map[string]string{"aliases": aliases, "doubling names": doubling, "nested Sub": nested, "chain of names": chain.String(), "unknowns": unknowns.String(), "loops": loops}
}

func loopOf(depth int) string {
	list := "[" + strings.TrimSuffix(strings.Repeat("a,b,c,d,e,f,g,h,", 4), ",") + "]"
	body := "'Q${x0}': {Type: 'AWS::SQS::Queue'}"
	for i := range depth {
		body = fmt.Sprintf("'Fn::ForEach::L%d': [x%d, %s, {%s}]", i, i, list, body)
	}
	return "  " + body + "\n"
}

func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads inputs of megabytes")
	}
	for name, template := range bombs() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			e := loadError(t, template, Options{})
			runtime.ReadMemStats(&after)
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 3000 {
				t.Errorf("allocated %d MiB", made)
			}
			t.Logf("%v after %v, %d MiB allocated", e, time.Since(start), (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}

func TestLargeFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.yaml")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(100 << 20); err != nil {
		t.Fatal(err)
	}
	f.Close()
	_, err = Load([]string{file}, Options{})
	if e, ok := err.(*tree.Error); !ok || e.Problem != "larger than 6 MiB" {
		t.Errorf("a file of 100 MB gives %v", err)
	}
	_, err = Load([]string{"-"}, Options{Stdin: endless{}})
	if e, ok := err.(*tree.Error); !ok || e.Problem != "larger than 6 MiB" {
		t.Errorf("endless input gives %v", err)
	}
	_, err = Load([]string{filepath.Join(t.TempDir(), "none.yaml")}, Options{})
	if e, ok := err.(*tree.Error); !ok || e.Problem != "no such file" {
		t.Errorf("a missing file gives %v", err)
	}
}

// endless is an input without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

// Hostile but legal: long flat inputs must not take quadratic time.
func TestLongInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it reads long templates")
	}
	var keys strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&keys, "  Q%d: {Type: T}\n", i)
	}
	for name, template := range map[string]string{
		"resources":     "Resources:\n" + keys.String(),
		"open braces":   "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '" + strings.Repeat("${", 1_000_000) + "}'}}\n",
		"braces":        "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '" + strings.Repeat("${!a}", 200_000) + "'}}\n",
		"resolves":      "Resources:\n  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: '" + strings.Repeat("{{resolve:ssm:a}}", 50_000) + "'}}\n",
		"one long line": `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "` + strings.Repeat("x", 3_000_000) + `"}}}}`,
	} {
		start := time.Now()
		Load([]string{"-"}, Options{Stdin: strings.NewReader(template)}) //nolint:errcheck // either outcome is fine
		if spent := time.Since(start); spent > 15*time.Second {
			t.Errorf("%s took %v", name, spent)
		} else {
			t.Logf("%s: %v", name, spent)
		}
	}
}
