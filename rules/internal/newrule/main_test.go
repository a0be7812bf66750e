package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBegin(t *testing.T) {
	root := repository(t)
	written, err := begin(root, "signing-timeout")
	if err != nil || len(written) != 5 {
		t.Fatalf("wrote %q, %v, want the rule, three fixtures and the list", written, err)
	}
	list, _ := os.ReadFile(filepath.Join(root, "rules", "rules.go"))
	if want := "\t\tsigningURI,\n\t\tsigningTimeout,\n\t\tqueueMissing,\n"; !strings.Contains(string(list), want) {
		t.Errorf("the rule should stand behind the last one of its stage:\n%s", list)
	}
	text, _ := os.ReadFile(filepath.Join(root, "rules", "signing_timeout.go"))
	for _, want := range []string{`"signing-timeout"`, "walk.StageSigning", "var signingTimeout ="} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the rule lacks %s:\n%s", want, text)
		}
	}
}

// What cannot be begun changes nothing.
func TestBeginRefuses(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"timeout", "is no ID of a rule"},
		{"Signing-timeout", "is no ID of a rule"},
		{"delivery-timeout", "the stage as the first word (route, mapping,"},
		{"signing-x", "signing_x.go is there already"},
		{"encryption-key", "no rule of the stage encryption"},
		{"signing-region", "lists signingRegion already"},
	} {
		root := repository(t)
		_, err := begin(root, c.id)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.id, err, c.want)
		}
		if text, _ := os.ReadFile(filepath.Join(root, "rules", "rules.go")); string(text) != list {
			t.Errorf("%s: the list is changed:\n%s", c.id, text)
		}
		if made, _ := filepath.Glob(filepath.Join(root, "fixtures", "*")); len(made) > 0 {
			t.Errorf("%s: %q are made", c.id, made)
		}
	}
}

const list = "package rules\n\nfunc All() []diagnose.Rule {\n\treturn []diagnose.Rule{\n\t\tsigningRegion,\n\t\tsigningURI,\n\t\tqueueMissing,\n\t}\n}\n"

func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"rules.go": list, "signing_x.go": "package rules\n"} {
		if err := os.WriteFile(filepath.Join(root, "rules", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
