package report

import "embed"

// The schemas are written from the Go types by TestSchemas -update, so they
// cannot say anything else than what the program writes.
//
//go:embed schema/*.json
var schemas embed.FS

// SchemaNames lists the documents that have a JSON Schema.
var SchemaNames = []string{"report", "snapshot"}

// SchemaOf returns the JSON Schema (draft 2020-12) of version 1 of a document,
// one of SchemaNames, and whether there is one.
func SchemaOf(name string) ([]byte, bool) {
	text, err := schemas.ReadFile("schema/" + name + ".v1.json")
	return text, err == nil
}
