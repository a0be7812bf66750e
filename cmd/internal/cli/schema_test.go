package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"apisqs-doctor/cmd/internal/report"
)

// reportSchema is the schema that "apisqs-doctor schema report" prints, compiled once. The
// library is the one that the program links; the reports' own tests hold it against another.
var reportSchema = sync.OnceValues(func() (*jsonschema.Resolved, error) {
	text, ok := report.SchemaOf("report")
	if !ok {
		return nil, fmt.Errorf("no schema")
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(text, &schema); err != nil {
		return nil, err
	}
	return schema.Resolve(nil)
})

// takes tells whether the schema takes a text, which is one document.
func takes(schema *jsonschema.Resolved, text []byte) error {
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		return fmt.Errorf("not one document: %w", err)
	}
	return schema.Validate(doc)
}

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
		if err := takes(schema, b.Bytes()); err != nil {
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
		if err := takes(schema, []byte(stdout)); err != nil {
			t.Errorf("%s: %v\n%s", args, err, stdout)
		}
	}
}

// What the schema does not know is refused: the check above would not be one otherwise.
func TestReportSchemaRefuses(t *testing.T) {
	schema, err := reportSchema()
	if err != nil {
		t.Fatal(err)
	}
	_, stdout, _ := run(nil, "demo", "orders", "-o", "json")
	for _, edit := range [][2]string{{`"verdict": "healthy"`, `"verdict": "fine"`}, {`"schema":`, `"scheme":`}, {`"summary": {`, `"summary": 1, "was": {`}} {
		changed := strings.Replace(stdout, edit[0], edit[1], 1)
		if changed == stdout || takes(schema, []byte(changed)) == nil {
			t.Errorf("a report with %s for %s is taken", edit[1], edit[0])
		}
	}
	if takes(schema, []byte(stdout+"{}")) == nil {
		t.Error("two documents are taken for one")
	}
}
