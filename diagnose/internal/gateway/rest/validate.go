package rest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ValidateBody checks a request body against a model, a JSON Schema of draft 4.
// It returns why the body is refused, empty when it is not; the error says why
// the model itself could not be used. lookup gives models that this one refers
// to by name (https://apigateway.amazonaws.com/restapis/ID/models/NAME).
func ValidateBody(schema string, lookup func(name string) (string, bool), body string) (refused string, err error) {
	refuses, err := BodyValidator(schema, lookup)
	if err != nil {
		return "", err
	}
	return refuses(body), nil
}

// BodyValidator is ValidateBody for many bodies.
func BodyValidator(schema string, lookup func(name string) (string, bool)) (refuses func(body string) string, err error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	c.UseLoader(modelLoader(lookup))
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return nil, err
	}
	if err := c.AddResource(modelURL, doc); err != nil {
		return nil, err
	}
	compiled, err := c.Compile(modelURL)
	if err != nil {
		return nil, err
	}
	return func(body string) string {
		// An absent body is refused as well (T111).
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil {
			return "it is not JSON"
		}
		if err := compiled.Validate(value); err != nil {
			return leaf(err)
		}
		return ""
	}, nil
}

const modelURL = "https://apigateway.amazonaws.com/models/model"

type modelLoader func(string) (string, bool)

// Load gives the model that a reference names; nothing is ever fetched.
func (l modelLoader) Load(url string) (any, error) {
	name := url[strings.LastIndexByte(url, '/')+1:]
	text, ok := l(name)
	if !ok {
		return nil, fmt.Errorf("no model %q", name)
	}
	var doc any
	err := json.Unmarshal([]byte(text), &doc)
	return doc, err
}

// leaf is the first basic complaint of a validation error.
func leaf(err error) string {
	v, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return err.Error()
	}
	for len(v.Causes) > 0 {
		v = v.Causes[0]
	}
	lines := strings.Split(v.Error(), "\n")
	why := strings.TrimPrefix(lines[len(lines)-1], "- ")
	return strings.TrimPrefix(why, "at '': ")
}
