package rest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// SampleBody makes a small body that fits a model: every property, with the
// plainest value of its type. It reports false when what it made does not fit;
// patterns and the rarer words of JSON Schema are not understood.
func SampleBody(schema string, lookup func(name string) (string, bool)) (string, bool) {
	var doc any
	if json.Unmarshal([]byte(schema), &doc) != nil {
		return "", false
	}
	s := &schemaSampler{root: doc, lookup: lookup, left: maxSampleParts}
	text, err := json.Marshal(s.value(doc, 0))
	if err != nil {
		return "", false
	}
	refused, err := ValidateBody(schema, lookup, string(text))
	return string(text), refused == "" && err == nil
}

// Bounds of a sample: models may refer to themselves.
const (
	maxSampleDepth = 8
	maxSampleParts = 2000
)

type schemaSampler struct {
	root   any
	lookup func(string) (string, bool)
	left   int
}

func (s *schemaSampler) value(schema any, depth int) any {
	s.left--
	node, ok := schema.(map[string]any)
	if !ok || depth > maxSampleDepth || s.left < 0 {
		return nil
	}
	if ref, ok := node["$ref"].(string); ok {
		return s.value(s.resolve(ref), depth+1)
	}
	if list, ok := node["enum"].([]any); ok && len(list) > 0 {
		return list[0]
	}
	for _, name := range []string{"const", "default", "example"} {
		if v, ok := node[name]; ok {
			return v
		}
	}
	for _, name := range []string{"oneOf", "anyOf"} {
		if list, ok := node[name].([]any); ok && len(list) > 0 && node["properties"] == nil {
			return s.value(list[0], depth+1)
		}
	}
	switch schemaType(node) {
	case "string":
		return sampleString(node)
	case "integer", "number":
		return sampleNumber(node)
	case "boolean":
		return true
	case "array":
		return s.array(node, depth)
	case "null":
		return nil
	}
	return s.object(node, depth)
}

func schemaType(node map[string]any) string {
	switch t := node["type"].(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if name, ok := one.(string); ok && name != "null" {
				return name
			}
		}
	}
	if node["items"] != nil {
		return "array"
	}
	return "object"
}

func (s *schemaSampler) object(node map[string]any, depth int) any {
	out := map[string]any{}
	if parts, ok := node["allOf"].([]any); ok {
		for _, part := range parts {
			if more, ok := s.value(part, depth+1).(map[string]any); ok {
				maps.Copy(out, more)
			}
		}
	}
	properties, _ := node["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if v := s.value(properties[name], depth+1); v != nil {
			out[name] = v
		}
	}
	required, _ := node["required"].([]any)
	for _, r := range required {
		if name, ok := r.(string); ok && out[name] == nil && properties[name] == nil {
			out[name] = "sample"
		}
	}
	return out
}

func (s *schemaSampler) array(node map[string]any, depth int) any {
	n := 1
	if least, ok := node["minItems"].(float64); ok && least > 1 && least <= 10 {
		n = int(least)
	}
	out := make([]any, 0, n)
	for range n {
		out = append(out, s.value(node["items"], depth+1))
	}
	return out
}

// resolve follows #/definitions/x and the URL of another model (T111).
func (s *schemaSampler) resolve(ref string) any {
	if pointer, ok := strings.CutPrefix(ref, "#"); ok {
		at := s.root
		for part := range strings.SplitSeq(strings.Trim(pointer, "/"), "/") {
			m, ok := at.(map[string]any)
			if !ok {
				return nil
			}
			if part != "" {
				at = m[part]
			}
		}
		return at
	}
	text, ok := s.lookup(ref[strings.LastIndexByte(ref, '/')+1:])
	var doc any
	if !ok || json.Unmarshal([]byte(text), &doc) != nil {
		return nil
	}
	return doc
}

// sampleFormats are values of the formats that a string may have.
var sampleFormats = map[string]string{"date-time": "2026-11-22T00:00:00Z", "date": "2026-11-22", "time": "00:00:00Z",
	"email": "someone@example.com", "uri": "https://example.com", "uuid": "123e4567-e89b-12d3-a456-426614174000",
	"ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "hostname": "example.com"}

func sampleString(node map[string]any) string {
	format, _ := node["format"].(string)
	text := sampleFormats[format]
	if text == "" {
		text = "sample"
	}
	if least, ok := node["minLength"].(float64); ok && int(least) > len(text) && least <= 4096 {
		text += strings.Repeat("x", int(least)-len(text))
	}
	if most, ok := node["maxLength"].(float64); ok && most >= 0 && int(most) < len(text) {
		text = text[:int(most)]
	}
	return text
}

func sampleNumber(node map[string]any) any {
	value := 1.0
	if least, ok := node["minimum"].(float64); ok && value <= least {
		value = least + 1
	}
	if least, ok := node["exclusiveMinimum"].(float64); ok && value <= least {
		value = least + 1
	}
	if most, ok := node["maximum"].(float64); ok && value > most {
		value = most
	}
	return value
}
