package report

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

// generator writes the JSON Schema of a Go type: its members from the json
// tags, their descriptions from the comments.
type generator struct {
	comments map[string]string // by "Type" and "Type.Field"
	enums    map[string][]string
	strict   bool // no member besides those that the type has
	defs     map[string]any
}

// ordered is a JSON object whose members keep their order.
type ordered []member

type member struct {
	name  string
	value any
}

func (o ordered) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

func (o ordered) with(name string, value any) ordered { return append(o, member{name, value}) }

// schema is the whole document for the type.
func (g *generator) schema(t reflect.Type, name, title string) ordered {
	g.defs = map[string]any{}
	body := g.structure(t)
	out := ordered{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$id", "urn:apisqs-doctor:" + name + ":v1"}, {"title", title}}
	out = append(out, body...)
	return out.with("$defs", g.defs)
}

func (g *generator) structure(t reflect.Type) ordered {
	out := ordered{}
	if c := g.comments[t.Name()]; c != "" {
		out = out.with("description", c)
	}
	properties, required := ordered{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		key := t.Name() + "." + f.Name
		value := g.value(f.Type, key, optional)
		if c := g.comments[key]; c != "" {
			value = append(ordered{{"description", c}}, value...)
		}
		properties = properties.with(name, value)
		if !optional {
			required = append(required, name)
		}
	}
	out = out.with("type", "object").with("properties", properties)
	if len(required) > 0 {
		out = out.with("required", required)
	}
	if g.strict {
		out = out.with("additionalProperties", false)
	}
	return out
}

// value is the schema of a member. What is written although it may be nil may
// be null; enum names the field for its list of words.
func (g *generator) value(t reflect.Type, key string, optional bool) ordered {
	switch {
	case t.Kind() == reflect.Pointer && optional:
		return g.value(t.Elem(), key, false)
	case t.Kind() == reflect.Pointer:
		return nullable(g.value(t.Elem(), key, false))
	case strings.HasPrefix(t.Name(), "Fact["):
		return g.fact(t)
	}
	words := g.enums[key]
	if words == nil {
		words = g.enums[t.Name()]
	}
	switch t.Kind() {
	case reflect.String:
		if len(words) == 1 {
			return ordered{{"const", words[0]}}
		}
		if words != nil {
			return ordered{{"type", "string"}, {"enum", words}}
		}
		return ordered{{"type", "string"}}
	case reflect.Bool:
		return ordered{{"type", "boolean"}}
	case reflect.Int:
		return ordered{{"type", "integer"}}
	case reflect.Float64:
		return ordered{{"type", "number"}}
	case reflect.Slice:
		// A list of a report is never null; one of a snapshot may be.
		list := ordered{{"type", "array"}, {"items", g.value(t.Elem(), key+"[]", true)}}
		if key == "Method.Stages" {
			list = list.with("minItems", 8).with("maxItems", 8)
		}
		if g.strict {
			return nullable(list)
		}
		return list
	case reflect.Map:
		return ordered{{"type", "object"}, {"additionalProperties", g.value(t.Elem(), key+"{}", true)}}
	case reflect.Struct:
		if _, ok := g.defs[t.Name()]; !ok {
			g.defs[t.Name()] = nil // a type that holds itself ends here
			g.defs[t.Name()] = g.structure(t)
		}
		return ordered{{"$ref", "#/$defs/" + t.Name()}}
	}
	panic("no schema for " + t.String())
}

// fact is a value, or why there is none; its origin may stand beside both.
func (g *generator) fact(t reflect.Type) ordered {
	field, _ := t.FieldByName("value")
	value := g.value(field.Type, "", false)
	if k := field.Type.Kind(); k == reflect.Map || k == reflect.Slice {
		value = nullable(value)
	}
	gap := g.value(reflect.TypeFor[snapshot.Gap](), "", true)
	origin := g.value(reflect.TypeFor[snapshot.Origin](), "", true)
	return ordered{{"type", "object"},
		{"properties", ordered{{"value", value}, {"unknown", gap}, {"origin", origin}}},
		{"oneOf", []ordered{{{"required", []string{"value"}}}, {{"required", []string{"unknown"}}}}},
		{"additionalProperties", false}}
}

// nullable lets null stand for the value.
func nullable(o ordered) ordered {
	for i, m := range o {
		if _, ok := m.value.([]string); ok && m.name == "type" {
			return o
		}
		if word, ok := m.value.(string); ok && m.name == "type" {
			out := slices.Clone(o)
			out[i].value = []string{word, "null"}
			return out
		}
	}
	if len(o) == 1 && o[0].name == "anyOf" {
		return o
	}
	return ordered{{"anyOf", []ordered{o, {{"type", "null"}}}}}
}

// comments reads the comments of the types and fields of a package.
func comments(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %q: %v", dir, err)
	}
	out := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		p, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(p, func(n ast.Node) bool {
			decl, ok := n.(*ast.GenDecl)
			if !ok {
				return true
			}
			for _, spec := range decl.Specs {
				ts, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				st, ok := ts.Type.(*ast.StructType)
				if !ok {
					continue
				}
				out[ts.Name.Name] = oneLine(decl.Doc.Text())
				for _, f := range st.Fields.List {
					for _, name := range f.Names {
						out[ts.Name.Name+"."+name.Name] = oneLine(f.Doc.Text() + " " + f.Comment.Text())
					}
				}
			}
			return true
		})
	}
	return out
}

// oneLine puts a comment on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
