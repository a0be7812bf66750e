package cloudformation

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"apisqs-doctor/diagnose/source/tree"
	"apisqs-doctor/diagnose/text"
)

// schemasText has a line for each type that there is, in alphabetical order, and in it
// the schema of those that are read. Only those that a template holds are parsed.
//
//go:embed schemas.txt
var schemasText string

// schema is what CloudFormation demands of a value.
type schema struct {
	Kinds      []string           `json:"kinds"` // object, array, string, boolean, integer, number; none for any
	Required   []string           `json:"required"`
	Closed     bool               `json:"closed"` // no other properties are taken
	Properties map[string]*schema `json:"properties"`
	Values     *schema            `json:"values"` // of a map
	Items      *schema            `json:"items"`
}

// typeLines are the lines of schemasText, where it came from aside.
var typeLines = sync.OnceValue(func() []string {
	return strings.Split(strings.TrimSuffix(schemasText, "\n"), "\n")[1:]
})

// typeLine finds the line of a type.
func typeLine(typ string) (schema string, known bool) {
	lines := typeLines()
	i, known := slices.BinarySearchFunc(lines, typ, func(line, typ string) int { return strings.Compare(typeOf(line), typ) })
	if !known {
		return "", false
	}
	return lines[i][len(typ):], true
}

func typeOf(line string) string {
	name, _, _ := strings.Cut(line, " ")
	return name
}

var parsed sync.Map // of type to *schema

// published is the schema of a type that is read, nil of others.
func published(typ string) *schema {
	if of, ok := parsed.Load(typ); ok {
		return of.(*schema)
	}
	text, _ := typeLine(typ)
	if text == "" {
		return nil
	}
	of := &schema{}
	if err := json.Unmarshal([]byte(text), of); err != nil {
		panic("schemas.txt: " + typ + ": " + err.Error()) // a test reads it
	}
	if typ == "AWS::ApiGateway::Stage" { // without a name it is refused by API Gateway, not by the schema
		of.Required = append(of.Required, "StageName")
	}
	parsed.Store(typ, of)
	return of
}

// misspelt returns the resource type that a name was meant to be, or "".
func misspelt(typ string) string {
	if _, known := typeLine(typ); known || !strings.HasPrefix(typ, "AWS::") || strings.HasPrefix(typ, "AWS::Serverless::") {
		return ""
	}
	for _, line := range typeLines() {
		name := typeOf(line)
		if max(len(name)-len(typ), len(typ)-len(name)) <= 2 && text.Distance(strings.ToLower(name), strings.ToLower(typ)) <= 2 {
			return name
		}
	}
	return ""
}

// checkProperties refuses properties that CloudFormation refuses: unknown ones,
// missing ones and those of another kind.
func (s *stack) checkProperties(r *resource, p tree.View) {
	of := published(r.typ)
	if of == nil || s.macros {
		return
	}
	if p.Absent() {
		p.Value = &tree.Value{Kind: tree.Object}
	}
	refuse := func(x tree.View, problem string) {
		s.world.refuse("ValidationError", "Properties validation failed for resource "+r.id+" with message: ["+problem+"]", x.Origin())
	}
	of.check(p, "#", refuse)
	nameless(r.typ, p, refuse)
}

// nameless refuses an API that lacks what only a definition could give it (I65).
func nameless(typ string, p tree.View, refuse func(tree.View, string)) {
	needs := map[string][]string{"AWS::ApiGateway::RestApi": {"Name"}, "AWS::ApiGatewayV2::Api": {"Name", "ProtocolType"}}[typ]
	if needs == nil || p.Unknown() || p.Value.Kind != tree.Object || !p.Get("Body").Absent() || !p.Get("BodyS3Location").Absent() || !p.Get("CloneFrom").Absent() {
		return
	}
	for _, name := range needs {
		if p.Get(name).Absent() {
			refuse(p, "#: required key ["+name+"] not found")
		}
	}
}

func (of *schema) check(x tree.View, pointer string, refuse func(tree.View, string)) {
	if of == nil || x.Value == nil || x.Unknown() {
		return
	}
	switch x.Value.Kind {
	case tree.Object:
		if !of.takes("object") {
			refuse(x, pointer+": expected type: "+of.expected()+", found: JSONObject")
			return
		}
		of.members(x, pointer, refuse)
	case tree.List:
		if !of.takes("array") {
			refuse(x, pointer+": expected type: "+of.expected()+", found: JSONArray")
			return
		}
		for i, in := range x.Items() {
			of.Items.check(in, pointer+"/"+strconv.Itoa(i), refuse)
		}
	case tree.String, tree.Number, tree.Bool:
		of.scalar(x, pointer, refuse)
	}
}

func (of *schema) members(x tree.View, pointer string, refuse func(tree.View, string)) {
	for _, name := range of.Required {
		if x.Get(name).Absent() {
			refuse(x, pointer+": required key ["+name+"] not found")
		}
	}
	for _, m := range x.Members() {
		inner, known := of.Properties[m.Name]
		switch {
		case known:
			inner.check(m.View, pointer+"/"+m.Name, refuse)
		case of.Values != nil:
			of.Values.check(m.View, pointer+"/"+m.Name, refuse)
		case of.Closed && of.Properties != nil:
			refuse(m.View, pointer+": extraneous key ["+tree.Clip(m.Name, 80)+"] is not permitted")
		}
	}
}

// scalar checks a text, number or boolean. CloudFormation turns one into another
// where it can.
func (of *schema) scalar(x tree.View, pointer string, refuse func(tree.View, string)) {
	if len(of.Kinds) == 0 {
		return
	}
	found := map[tree.Kind]string{tree.String: "String", tree.Number: "Number", tree.Bool: "Boolean"}[x.Value.Kind]
	_, err := strconv.ParseFloat(x.Value.Text, 64)
	switch {
	case of.takes("string"):
	case x.Value.Partial && (of.takes("boolean") || of.takes("integer") || of.takes("number")):
	case of.takes("boolean") && (x.Is("true") || x.Is("false")):
	case (of.takes("integer") || of.takes("number")) && err == nil:
	default:
		refuse(x, pointer+": expected type: "+of.expected()+", found: "+found)
	}
}

func (of *schema) takes(kind string) bool {
	return len(of.Kinds) == 0 || slices.Contains(of.Kinds, kind)
}

// expected names the first kind as CloudFormation's messages do.
func (of *schema) expected() string {
	name := of.Kinds[0]
	if named := map[string]string{"object": "JSONObject", "array": "JSONArray"}[name]; named != "" {
		return named
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
