package delivery

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The pre-commit hook runs as pre-commit runs it: entry, args, names of files.
func TestPreCommitHook(t *testing.T) {
	var hooks []struct {
		ID, Language, Entry, Files string
		Args                       []string
		TypesOr                    []string `yaml:"types_or"`
		RequireSerial              bool     `yaml:"require_serial"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 3 || hooks[0].ID != "apisqs-doctor" || hooks[1].ID != "apisqs-doctor-openapi" || hooks[2].ID != "apisqs-doctor-terraform" {
		t.Fatalf("not the hooks that are wanted: %+v", hooks)
	}
	for _, hook := range hooks {
		if hook.Language != "golang" || !hook.RequireSerial || !slices.Equal(hook.Args, []string{"--allow-unknown", "--"}) {
			t.Errorf("not the hook that is wanted: %+v", hook)
		}
	}
	for i, names := range []map[string]bool{1: {"openapi.yaml": true, "api/orders.openapi.json": true, "swagger.yml": true, "openapi.md": false},
		2: {"infra/main.tf": true, "main.tf.json": true, "main.tofu": true, "prod.tfvars": false, "main.tf.bak": false}} {
		for name, want := range names {
			if regexp.MustCompile(hooks[i].Files).MatchString(name) != want {
				t.Errorf("%s takes %s: %v, want %v", hooks[i].ID, name, !want, want)
			}
		}
	}
	hook := hooks[0]

	dir := t.TempDir()
	healthy, broken := filepath.Base(template(t, dir, "orders.template.yaml")), filepath.Base(template(t, dir, "broken.template.yaml", contentType...))
	other := filepath.Base(template(t, dir, "more.template.yaml", append([]string{"Default: orders}", "Default: more}", "orders-api", "more-api"}, contentType...)...))
	dashed := filepath.Base(template(t, dir, "-o.template.yaml", contentType...)) // a file, and no flag
	for name, text := range map[string]string{
		"queue.template.yaml": "Resources:\n  Orders: {Type: AWS::SQS::Queue}\n",
		"other.template.yaml": "replicas: 3\n",
	} {
		check(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	for _, c := range []struct {
		files []string
		code  int
		out   string // a part of it
	}{
		{[]string{healthy}, 0, "1 method to SQS: 1 healthy."},
		{[]string{broken}, 1, "error protocol-content-type:"},
		{[]string{dashed}, 1, "error protocol-content-type:"},
		{[]string{healthy, other}, 1, "2 methods to SQS: 1 broken, 1 healthy."},
		{[]string{healthy, broken}, 2, "both name the queue"},
		{[]string{"queue.template.yaml"}, 0, "no method is known to lead to SQS"},
		{[]string{healthy, "queue.template.yaml"}, 0, "1 method to SQS: 1 healthy."},
		{[]string{"other.template.yaml"}, 2, "other.template.yaml: nothing in this file says what it is"},
	} {
		// pre-commit installs the program of each main package under its name.
		entry := strings.Fields(hook.Entry)
		if entry[0] != "apisqs-doctor" {
			t.Fatalf("the entry %q is not the program", hook.Entry)
		}
		code, out := runProgram(t, dir, slices.Concat(entry[1:], hook.Args, c.files)...)
		if code != c.code || !strings.Contains(out, c.out) {
			t.Errorf("%v: exit code %d, want %d and %q in\n%s", c.files, code, c.code, c.out, out)
		}
	}

	files := regexp.MustCompile(hook.Files)
	for name, want := range map[string]bool{
		"template.yaml": true, "template.yml": true, "infra/template.json": true, "orders.template.json": true, "cdk.out/OrdersStack.template.json": true,
		"infra/orders-template.yaml": true, "orders_cfn.yaml": true, "stacks/orders.cloudformation.yml": true, "sam.yaml": true, "orders-sam.yml": true,
		"values.yaml": false, "docker-compose.yaml": false, "package.json": false, ".github/workflows/ci.yaml": false, "templates/deployment.yaml": false,
		".github/ISSUE_TEMPLATE/bug.yaml": false, "mytemplate.yaml": false, "template.yaml.bak": false, "template.md": false, "samconfig.yaml": false, "template-values.yaml": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("files takes %s: %v, want %v", name, !want, want)
		}
	}
	if !slices.Equal(hook.TypesOr, []string{"yaml", "json"}) {
		t.Errorf("types_or is %v", hook.TypesOr)
	}
}
