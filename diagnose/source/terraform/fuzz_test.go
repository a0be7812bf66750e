package terraform

import (
	"apisqs-doctor/diagnose/source/tree"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// No configuration makes the reader panic, and what it refuses has a place.
func FuzzConfiguration(f *testing.F) {
	for _, file := range []string{"testdata/orders/main.tf", "testdata/orders/modules/intake/main.tf"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), false)
	}
	f.Add(world, false)
	f.Add("locals {\n x = [for k, v in { a = var.a } : \"${k}%{ if v }x%{ endif }\" if k != null][*]\n}\nvariable \"a\" { type = object({ b = optional(list(string), []) }) }", false)
	f.Add(`{"resource": {"aws_sqs_queue": {"q": [{"count": 2, "name": "${count.index}", "dynamic": {"x": {"for_each": [1], "content": {"y": "${x.value}"}}}}]}}}`, true)
	f.Fuzz(func(t *testing.T, text string, inJSON bool) {
		dir := t.TempDir()
		name := "main.tf"
		if inJSON {
			name += ".json"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, dir)
	})
}

// No plan or state makes the reader panic.
func FuzzRecorded(f *testing.F) {
	for _, file := range []string{"plan.json", "state.json", "terraform.tfstate"} {
		text, err := os.ReadFile(filepath.Join(orders, file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, file)
	})
}

func fails(t *testing.T, path string) {
	_, err := Load(path, Options{Account: "123456789012", Region: "eu-west-1"})
	var e *tree.Error
	if err != nil && (!errors.As(err, &e) || e.File == "" && e.Problem == "") {
		t.Errorf("%v says no place", err)
	}
}
