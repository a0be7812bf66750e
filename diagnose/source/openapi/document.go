// Package openapi reads OpenAPI 3 documents with API Gateway's extensions, such
// as GetExport writes them, into the configuration that they describe.
package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// Parse reads an OpenAPI 3 document in JSON. The origins of all facts lie below
// at. The error says what the document is instead of OpenAPI 3; a part that
// cannot be understood is an unknown fact with reason Unparsed.
func Parse(data []byte, at snapshot.Origin) (snapshot.Configuration, error) {
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		return snapshot.Configuration{}, fmt.Errorf("expected an OpenAPI 3 document in JSON: %w", err)
	}
	return ParseDocument(doc, at)
}

// ParseDocument is Parse for a document that is decoded already.
func ParseDocument(doc map[string]any, at snapshot.Origin) (snapshot.Configuration, error) {
	if version, _ := doc["openapi"].(string); !strings.HasPrefix(version, "3.") {
		return snapshot.Configuration{}, fmt.Errorf(`expected an OpenAPI 3 document ("openapi": "3.x"), found version %q`, version)
	}
	paths, ok := doc["paths"].(map[string]any)
	if !ok {
		return snapshot.Configuration{}, fmt.Errorf(`expected an object under "paths", found %s`, kind(doc["paths"]))
	}
	d := document{root: doc, components: object(doc["components"]), at: at}
	out := snapshot.Configuration{
		Methods:          []snapshot.Method{},
		BinaryMediaTypes: d.binaryMediaTypes(),
		Validators:       d.validators(),
		Models:           d.models(),
		Authorizers:      d.authorizers(),
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if !strings.HasPrefix(path, "/") {
			continue // an extension
		}
		out.Routes = append(out.Routes, path)
		item := object(paths[path])
		for _, verb := range slices.Sorted(maps.Keys(item)) {
			if method, ok := methods[verb]; ok {
				out.Methods = append(out.Methods, d.method(path, method, item, object(item[verb]), at.At(quoted("paths", path)).At(verb)))
			}
		}
	}
	slices.SortFunc(out.Methods, func(a, b snapshot.Method) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.HTTPMethod, b.HTTPMethod)
	})
	return out, nil
}

// methods are the members of a path item that declare a method.
var methods = map[string]string{
	"get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD", "patch": "PATCH",
	"x-amazon-apigateway-any-method": "ANY",
}

type document struct {
	root, components map[string]any
	at               snapshot.Origin
}

func (d document) binaryMediaTypes() snapshot.Fact[[]string] {
	const member = "x-amazon-apigateway-binary-media-types"
	types := []string{}
	listed, _ := d.root[member].([]any)
	if d.root[member] != nil && listed == nil {
		return unparsed[[]string](d.at.At(member), "a list", d.root[member])
	}
	for _, v := range listed {
		name, ok := v.(string)
		if !ok {
			return unparsed[[]string](d.at.At(member), "a list of strings", v)
		}
		types = append(types, name)
	}
	return snapshot.Known(types, d.at.At(member))
}

// validators gives the request validators by name: a document has no ids.
func (d document) validators() map[string]snapshot.Fact[snapshot.Validator] {
	const member = "x-amazon-apigateway-request-validators"
	out := map[string]snapshot.Fact[snapshot.Validator]{}
	for name, v := range object(d.root[member]) {
		flags := object(v)
		body, _ := flags["validateRequestBody"].(bool)
		parameters, _ := flags["validateRequestParameters"].(bool)
		out[name] = snapshot.Known(snapshot.Validator{Name: name, Body: body, Parameters: parameters}, d.at.At(quoted(member, name)))
	}
	return out
}

func (d document) models() map[string]snapshot.Fact[string] {
	out := map[string]snapshot.Fact[string]{}
	for name, schema := range object(d.components["schemas"]) {
		at := d.at.At("components").At(quoted("schemas", name))
		text, err := json.Marshal(schema)
		if err != nil {
			out[name] = unparsed[string](at, "a JSON schema", schema)
			continue
		}
		out[name] = snapshot.Known(string(text), at)
	}
	return out
}

// authorizers gives the authorizers by the name of their security scheme.
func (d document) authorizers() map[string]snapshot.Fact[snapshot.Authorizer] {
	out := map[string]snapshot.Fact[snapshot.Authorizer]{}
	for name, v := range object(d.components["securitySchemes"]) {
		scheme := object(v)
		authorizer, ok := scheme["x-amazon-apigateway-authorizer"].(map[string]any)
		if !ok {
			continue
		}
		source, _ := authorizer["identitySource"].(string)
		if header, _ := scheme["name"].(string); source == "" && header != "" && header != "Unused" {
			source = "method.request.header." + header
		}
		kind, _ := authorizer["type"].(string)
		out[name] = snapshot.Known(snapshot.Authorizer{Name: name, Type: strings.ToUpper(kind), IdentitySource: source},
			d.at.At("components").At(quoted("securitySchemes", name)))
	}
	return out
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func quoted(member, key string) string { return member + "['" + key + "']" }

func unparsed[T any](at snapshot.Origin, expected string, found any) snapshot.Fact[T] {
	return snapshot.Unknown[T](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "expected " + expected + ", found " + kind(found), Origin: at})
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case float64, json.Number:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a %T", v)
}
