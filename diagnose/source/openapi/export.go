package openapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

var language = tree.Language{Name: "an OpenAPI document"}

// Export reads what GetExport gives of a stage of a REST API, or ExportApi of an
// HTTP API: an OpenAPI 3 document in JSON. The origins of all facts lie below at.
// The error says what the text is instead; a part that cannot be understood is an
// unknown fact.
func Export(data []byte, typ snapshot.APIType, at snapshot.Origin) (snapshot.Configuration, error) {
	doc, err := language.Parse("", data)
	if err != nil {
		return snapshot.Configuration{}, fmt.Errorf("expected an OpenAPI 3 document in JSON: %w", err)
	}
	forget(doc.Root)
	root := tree.View{Resource: at.Resource, Path: at.Path, Value: tree.Literal(doc.Root)}
	if version := root.Get("openapi").Plain(); !strings.HasPrefix(version, "3.") {
		return snapshot.Configuration{}, fmt.Errorf(`expected an OpenAPI 3 document ("openapi": "3.x"), found version %q`, version)
	}
	if paths := doc.Root.Get("paths"); paths == nil || paths.Kind != tree.Object {
		found := tree.Null
		if paths != nil {
			found = paths.Kind
		}
		return snapshot.Configuration{}, fmt.Errorf(`expected an object under "paths", found %s`, found)
	}
	fact := Read(root, typ, nil).Configuration(typ, at)
	c, ok := fact.Peek()
	if !ok {
		return snapshot.Configuration{}, fmt.Errorf("%s", fact.Gap().Detail)
	}
	slices.SortFunc(c.Methods, func(a, b snapshot.Method) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.HTTPMethod, b.HTTPMethod))
	})
	for _, m := range c.Methods {
		if i, _ := m.Integration.Peek(); i != nil {
			list, _ := i.Responses.Peek()
			SortResponses(list)
		}
	}
	return c, nil
}

// forget removes the positions: nobody can look up a line of an export.
func forget(n *tree.Node) {
	n.At = tree.Place{}
	for _, in := range n.Items {
		forget(in)
	}
	for i := range n.Fields {
		n.Fields[i].At = tree.Place{}
		forget(n.Fields[i].Value)
	}
}

// SortResponses puts integration responses into the order of a snapshot: by
// pattern, then by status. Neither the control plane nor an export keeps one.
func SortResponses(list []snapshot.IntegrationResponse) {
	slices.SortFunc(list, func(a, b snapshot.IntegrationResponse) int {
		return cmp.Or(strings.Compare(a.Pattern, b.Pattern), strings.Compare(a.Status, b.Status))
	})
}
