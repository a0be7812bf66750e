package kind

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/source/tree"
)

const (
	template = `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`
	openAPI  = `{"openapi": "3.1.0", "paths": {"/": {"post": {"x-amazon-apigateway-integration": {}}}}}`
	saved    = `{"schema": "apisqs-doctor/snapshot/v1", "target": {"kind": "live"}, "apis": []}`
	answer   = `{"type": "AWS", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q", "httpMethod": "POST", "integrationResponses": {}}`
	state    = `{"version": 4, "terraform_version": "1.11.4", "serial": 1, "resources": []}`
)

// utf16Of is an ASCII text as a shell of Windows redirects it.
func utf16Of(text string) string {
	return "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00") + "\x00"
}

func TestOf(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		given []string // below the folder; "." is the folder
		want  Source
		said  string
	}{
		"a template":                  {map[string]string{"a.json": template}, []string{"a.json"}, Templates, "CloudFormation template"},
		"SAM":                         {map[string]string{"a.yaml": "Transform: AWS::Serverless-2016-10-31\nResources: {}\n"}, []string{"a.yaml"}, Templates, "SAM template"},
		"OpenAPI":                     {map[string]string{"a.json": openAPI}, []string{"a.json"}, Documents, "OpenAPI 3 document"},
		"Swagger":                     {map[string]string{"a.yaml": "swagger: '2.0'\n"}, []string{"a.yaml"}, Documents, "Swagger 2.0 document"},
		"a misspelt section":          {map[string]string{"a.yaml": "Resource:\n  Q: {Type: AWS::SQS::Queue}\n"}, []string{"a.yaml"}, Templates, "CloudFormation template"},
		"a resource by itself":        {map[string]string{"a.yaml": "Q: {Type: AWS::SQS::Queue}\n"}, []string{"a.yaml"}, Templates, "CloudFormation template"},
		"UTF-16":                      {map[string]string{"a.json": "\xff\xfe{\x00\"\x00s\x00w\x00a\x00g\x00g\x00e\x00r\x00\"\x00:\x00\"\x002\x00.\x000\x00\"\x00}\x00"}, []string{"a.json"}, Documents, "Swagger 2.0 document"},
		"an answer":                   {map[string]string{"a": answer}, []string{"a"}, Documents, "output of aws apigateway get-integration"},
		"document and answer":         {map[string]string{"a": openAPI, "b": answer}, []string{"a", "b"}, Documents, "OpenAPI 3 document, output of aws apigateway get-integration"},
		"a snapshot":                  {map[string]string{"a": saved}, []string{"a"}, Snapshot, "snapshot"},
		"a snapshot in UTF-16":        {map[string]string{"a": utf16Of(saved)}, []string{"a"}, Snapshot, "snapshot"},
		"a state":                     {map[string]string{"a": state}, []string{"a"}, Terraform, "Terraform state"},
		"a file of a configuration":   {map[string]string{"main.tf": "", "more.tf": ""}, []string{"main.tf", "more.tf"}, Terraform, "Terraform configuration"},
		"modules below":               {map[string]string{"main.tf": "", "m/main.tf": ""}, []string{"m/main.tf", "main.tf"}, Terraform, "Terraform configuration"},
		"a Terraform folder":          {map[string]string{"main.tf": "", "openapi.json": openAPI, "plan.json": state}, []string{"."}, Terraform, "Terraform configuration"},
		"a template and its document": {map[string]string{"template.yaml": template, "openapi.json": openAPI}, []string{"."}, Templates, "CloudFormation template"},
		"an assembly":                 {map[string]string{"manifest.json": `{"artifacts": {}}`, "S.template.json": template}, []string{"."}, Templates, "CDK assembly"},
		"a CDK application":           {map[string]string{"cdk.json": "{}", "cdk.out/manifest.json": `{"artifacts": {}}`, "cdk.out/S.template.json": template}, []string{"."}, Templates, "CDK assembly"},
		"a package":                   {map[string]string{"cloudformation-template-update-stack.json": template, "cloudformation-template-create-stack.json": template}, []string{"."}, Templates, "Serverless Framework package"},
		"a service":                   {map[string]string{"serverless.yml": "service: a", ".serverless/cloudformation-template-update-stack.json": template}, []string{"."}, Templates, "Serverless Framework package"},
		"a folder of documents":       {map[string]string{"a.yaml": openAPI, "b.json": answer, "c.json": "{}", "broken.json": "{"}, []string{"."}, Documents, "OpenAPI 3 document, output of aws apigateway get-integration"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := Of(inFolder(t, tt.files, tt.given), nil, tree.Bounds{})
			if err != nil || in.Source != tt.want || in.Said != tt.said {
				t.Errorf("%v, %v; want %s, %s", in, err, tt.want, tt.said)
			}
			if in.Source == Terraform && len(in.Files) != 1 {
				t.Errorf("files %v, want one folder", in.Files)
			}
		})
	}
}

func TestOfStandardInput(t *testing.T) {
	if in, err := Of([]string{"-"}, []byte(answer), tree.Bounds{}); err != nil || in.Source != Documents {
		t.Errorf("%v, %v", in, err)
	}
	if _, err := Of([]string{"-"}, []byte(state), tree.Bounds{}); err == nil || !strings.Contains(err.Error(), "expected it as a file") {
		t.Errorf("error %v", err)
	}
}

// Each in one sentence, with what may be given instead.
func TestNotRead(t *testing.T) {
	for name, tt := range map[string]struct {
		files   map[string]string
		given   []string
		says    string
		choices int
	}{
		"two kinds in a folder":     {map[string]string{"main.tf": "", "template.yaml": template}, []string{"."}, "holds several kinds: Terraform configuration and a CloudFormation template", 2},
		"two kinds":                 {map[string]string{"a": template, "b": openAPI}, []string{"a", "b"}, "are not read together", 2},
		"two roots":                 {map[string]string{"a/x.tf": "", "b/y.tf": ""}, []string{"a", "b"}, "several Terraform targets", 2},
		"two snapshots":             {map[string]string{"a": saved, "b": saved}, []string{"a", "b"}, "several snapshots", 2},
		"folders below":             {map[string]string{"infra/main.tf": "", "readme": ""}, []string{"."}, "these are", 1},
		"an empty folder":           {nil, []string{"."}, "the folder is empty", 0},
		"nothing":                   {map[string]string{"readme": "x", "package.json": `{"Resources": 1}`}, []string{"."}, "nothing in this folder is read", 0},
		"a service":                 {map[string]string{"serverless.yml": "service: a"}, []string{"."}, "run serverless package", 0},
		"its file":                  {map[string]string{"serverless.yml": "service: a\nprovider: {name: aws}\nfunctions: {}"}, []string{"serverless.yml"}, "run serverless package", 0},
		"a CDK application":         {map[string]string{"cdk.json": "{}"}, []string{"."}, "not synthesized", 0},
		"a report":                  {map[string]string{"a": `{"schema": "apisqs-doctor/report/v1"}`}, []string{"a"}, "the result of a run", 0},
		"Pulumi":                    {map[string]string{"a": `{"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:a"}]}}`}, []string{"a"}, "Pulumi", 0},
		"Kubernetes":                {map[string]string{"a": "apiVersion: v1\nkind: Pod\n"}, []string{"a"}, "Kubernetes", 0},
		"JSON of something else":    {map[string]string{"foo.json": `{"a": 1}`}, []string{"foo.json"}, "foo.json: nothing in this file says what it is, expected a template, Terraform, an OpenAPI document, a snapshot or what a command of the AWS CLI prints", 0},
		"a list":                    {map[string]string{"a": "- 1\n"}, []string{"a"}, "the file holds a list", 0},
		"plain text":                {map[string]string{"notes.txt": "hello world\n"}, []string{"notes.txt"}, "the file holds text", 0},
		"an empty file":             {map[string]string{"a": ""}, []string{"a"}, "the file is empty", 0},
		"Terraform by another name": {map[string]string{"a.txt": "resource \"aws_sqs_queue\" \"q\" {\n}\n"}, []string{"a.txt"}, "named .tf", 0},
		"no such file":              {nil, []string{"a.yaml"}, "no such file", 0},
		"too large":                 {map[string]string{"a": strings.Repeat(" ", tree.MaxFileSize+1)}, []string{"a"}, "larger than", 0},
		"an image":                  {map[string]string{"a": "\x89PNG\r\n"}, []string{"a"}, "this is an image", 0},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := Of(inFolder(t, tt.files, tt.given), nil, tree.Bounds{})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("%v, error %v; want one that says %s", in, err, tt.says)
			}
			var conflict *tree.Conflict
			if errors.As(err, &conflict); tt.choices > 0 && (conflict == nil || len(conflict.Choices) != tt.choices) {
				t.Errorf("choices of %v, want %d", conflict, tt.choices)
			}
		})
	}
}

// inFolder writes files into a new folder and gives the paths of some.
func inFolder(t *testing.T, files map[string]string, given []string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	var paths []string
	for _, name := range given {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

// No text makes the telling panic.
func FuzzContent(f *testing.F) {
	for _, text := range []string{template, openAPI, saved, answer, state, "a: [", "{\"Resources\":{}}{"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if in, err := Of([]string{"-"}, data, tree.Bounds{}); err == nil && (in.Said == "" || len(in.Files) != 1) {
			t.Errorf("%+v", in)
		}
	})
}
