package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"apisqs-doctor/cmd/internal/report"
)

// reportSchema is the schema that "apisqs-doctor schema report" prints, compiled once.
var reportSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	text, ok := report.SchemaOf("report")
	if !ok {
		return nil, fmt.Errorf("no schema")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("report.json")
})

// validated is a format that fails when its schema does not take what it wrote.
func validated(write func(io.Writer, report.Run, bool) error) func(io.Writer, report.Run, bool) error {
	return func(w io.Writer, r report.Run, color bool) error {
		var b bytes.Buffer
		if err := write(&b, r, color); err != nil {
			return err
		}
		schema, err := reportSchema()
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err == nil {
			err = schema.Validate(doc)
		}
		if err != nil {
			return fmt.Errorf("it does not validate: %w", err)
		}
		_, err = w.Write(b.Bytes())
		return err
	}
}

// Whatever happens, -o json is one document that its schema takes.
func TestEveryJSONReportValidates(t *testing.T) {
	schema, err := reportSchema()
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
