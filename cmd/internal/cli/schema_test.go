package cli

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apisqs-doctor/cmd/internal/report"
)

// Whatever happens, -o json is one document that its schema takes.
func TestEveryJSONReportValidates(t *testing.T) {
	text, ok := report.SchemaOf("report")
	if !ok {
		t.Fatal("no schema")
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{
		"-o json", "-o json --no-such-flag", "--snapshot nothing.json -o json", "--template nothing.yaml --snapshot x -o json", "-o json --api-id a --region nowhere --endpoint-url http://127.0.0.1:1 --timeout 1s",
		"demo -o json", "demo protocol-content-type -o json", "demo protocol-content-type-unknown -o json", "demo orders -o json", "demo no-such-demo -o json",
		"--snapshot nothing.json -o json --redact", "--skip no-such-rule --snapshot x -o json",
	} {
		_, stdout, _ := run(map[string]string{"AWS_EC2_METADATA_DISABLED": "true", "HOME": t.TempDir()}, strings.Fields(args)...)
		got, err := jsonschema.UnmarshalJSON(strings.NewReader(stdout))
		if err != nil {
			t.Errorf("%s: not one document: %v\n%s", args, err, stdout)
			continue
		}
		if err := schema.Validate(got); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
}
