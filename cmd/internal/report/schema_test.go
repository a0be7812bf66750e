package report

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"apisqs-doctor/cmd/internal/logs"
	_ "apisqs-doctor/cmd/internal/pace" // as in the program
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/remedy"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
	"apisqs-doctor/fixtures"
	"apisqs-doctor/rules"
)

// reasons are why a value may be missing, in reports and snapshots alike.
var gapReasons = strs(snapshot.NotRead, snapshot.Denied, snapshot.Failed, snapshot.Unresolved, snapshot.Unparsed, snapshot.Blocked,
	snapshot.Crashed, snapshot.Unverified, snapshot.NotCovered)

func strs[T ~string](list ...T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// generate writes the schema of each document from its type.
func generate(t *testing.T) map[string][]byte {
	verdicts := strs(diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy)
	stages := strs(walk.Stages[:]...)
	words := comments(t, "../logs")
	maps.Copy(words, comments(t, "."))
	report := generator{comments: words, enums: map[string][]string{
		"Document.Schema": {Schema}, "Verdict": verdicts,
		"Target.Kind":      {snapshot.Live, snapshot.Template, snapshot.Terraform, snapshot.OpenAPI, snapshot.Answers, snapshot.Saved, "none"},
		"API.Type":         strs(snapshot.REST, snapshot.HTTP, snapshot.WebSocket),
		"Method.Protocol":  {"query", "json", "http-api", "none"},
		"Predicted.Origin": strs(walk.FromSQS, walk.FromAPIGateway, walk.FromKMS, walk.FromIAM, walk.FromDeployment, walk.FromNobody),
		"Stage.Stage":      stages, "Finding.Stage": stages,
		"Stage.Status":     strs(walk.Passed, walk.Failed, walk.Unknown, walk.NotApplicable),
		"Finding.Severity": strs(diagnose.Error, diagnose.Warning, diagnose.Note),
		"Gap.Reason":       gapReasons,

		"Group.Outcome":  strs(logs.Confirmed, logs.Differs, logs.NotPredicted, logs.TooLittle),
		"Suppression.By": {BySkip, ByOnly, ByFile, ByTemplate, ByBaseline},
	}}
	saved := generator{comments: comments(t, "../../../diagnose/snapshot"), strict: true, enums: map[string][]string{
		"Snapshot.Schema": {snapshot.Schema}, "Gap.Reason": gapReasons, "APIType": strs(snapshot.REST, snapshot.HTTP, snapshot.WebSocket),
	}}
	out := map[string][]byte{}
	for name, schema := range map[string]ordered{
		"report":   report.schema(reflect.TypeFor[Document](), "report", "Report of apisqs-doctor, version 1"),
		"snapshot": saved.schema(reflect.TypeFor[snapshot.Snapshot](), "snapshot", "Snapshot of apisqs-doctor, version 1"),
	} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(schema); err != nil {
			t.Fatal(err)
		}
		out[name] = b.Bytes()
	}
	return out
}

// The schemas in the repository say what the types say.
func TestSchemas(t *testing.T) {
	made := generate(t)
	for _, name := range SchemaNames {
		file := filepath.Join("schema", name+".v1.json")
		if *update {
			if err := os.WriteFile(file, made[name], 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, ok := SchemaOf(name)
		if !ok {
			t.Fatalf("no schema %q", name)
		}
		if diff := cmp.Diff(string(made[name]), string(have)); diff != "" {
			t.Errorf("%s (make golden writes it anew):\n%s", file, diff)
		}
	}
	if _, ok := SchemaOf("../report"); ok {
		t.Error("a schema with a name that is none of SchemaNames")
	}
}

// compile makes a schema ready for use. A strict one refuses members that it
// does not name, which the published one of the report allows to later versions.
func compile(t testing.TB, name string, strict bool) *jsonschema.Schema {
	t.Helper()
	text, ok := SchemaOf(name)
	if !ok {
		t.Fatalf("no schema %q", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		tighten(doc)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tighten adds additionalProperties: false wherever properties are listed.
func tighten(doc any) {
	switch v := doc.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			tighten(inner)
		}
	case []any:
		for _, inner := range v {
			tighten(inner)
		}
	}
}

func validate(t *testing.T, s *jsonschema.Schema, what string, text []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// remedies are words as the command line has them.
func remedies() Remedy {
	return Remedy{CloudFormation: remedy.CloudFormation, Terraform: remedy.Terraform,
		Commands: func(kind shell.Kind, s *snapshot.Snapshot, f diagnose.Fix) ([]string, error) {
			return remedy.Writer{Shell: kind}.Commands(s, f)
		},
		Check: func(kind shell.Kind, s *snapshot.Snapshot, t *walk.Trace, v diagnose.Verification) (string, []string) {
			return remedy.Writer{Shell: kind}.Check(s, t, v)
		}}
}

// runOf is the run on a fixture, with remedies as the command line has them.
func runOf(t testing.TB, name string) Run {
	t.Helper()
	c, err := fixtures.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return Run{Tool: Tool{"apisqs-doctor", "1.2.3"}, Snapshot: c.Snapshot, Rules: rules.All(), Examination: diagnose.Examine(c.Snapshot, diagnose.Selection{}, c.Requests(), rules.All()),
		Remedy: remedies()}
}

// Every fixture's report, in both notations, and snapshot validates, and has no member that its schema does not name.
func TestFixturesValidate(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it validates three documents of every fixture")
	}
	reports, snapshots, sarif := compile(t, "report", true), compile(t, "snapshot", true), sarifValidator(t)
	for _, name := range fixtures.Names() {
		r := runOf(t, name)
		var b bytes.Buffer
		if err := JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		validate(t, reports, "report of "+name, b.Bytes())
		b.Reset()
		if err := snapshot.Save(&b, r.Snapshot); err != nil {
			t.Fatal(err)
		}
		validate(t, snapshots, "snapshot of "+name, b.Bytes())
		b.Reset()
		r.Rules = reporting(r) // all have a log of their own below
		if err := SARIF(&b, r); err != nil {
			t.Fatal(err)
		}
		validate(t, sarif, "SARIF of "+name, b.Bytes())
	}
	var b bytes.Buffer
	if err := SARIF(&b, Run{Tool: Tool{"apisqs-doctor", "1.2.3"}, Rules: rules.All()}); err != nil {
		t.Fatal(err)
	}
	validate(t, sarif, "SARIF of all rules", b.Bytes())
}

// reporting are the rules that report something in a run.
func reporting(r Run) []diagnose.Rule {
	found := map[string]bool{}
	for _, d := range r.Examination.Diagnoses {
		for _, f := range d.Findings {
			found[f.Rule] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(r.Rules), func(rule diagnose.Rule) bool { return !found[rule.ID] })
}

func TestOtherReportsValidate(t *testing.T) {
	reports := compile(t, "report", true)
	for what, r := range map[string]Run{
		"several": broken(), "error": failed(), "nothing": {Examination: diagnose.Examination{Target: snapshot.Target{Kind: snapshot.Live}}},
		"empty diagnosis": {Examination: diagnose.Examination{Target: snapshot.Target{Kind: snapshot.Saved}, Diagnoses: []diagnose.Diagnosis{{}}}},
	} {
		var b bytes.Buffer
		if err := JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		validate(t, reports, what, b.Bytes())
	}
}

// failed is a run that ended without a diagnosis.
func failed() Run {
	return Run{Tool: Tool{"apisqs-doctor", "1.2.3"}, Examination: diagnose.Examination{Target: snapshot.Target{Kind: snapshot.Live, Region: "us-east-1"}},
		Problem: &Problem{ExitCode: 3, Message: `no API "a1b2c3d4" in us-east-1`, Hint: "check the id and the region"}}
}

// A schema that takes anything would make the tests above worthless.
func TestSchemasRefuse(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, broken()); err != nil {
		t.Fatal(err)
	}
	published, strict := compile(t, "report", false), compile(t, "report", true)
	for _, c := range []struct {
		old, new       string
		addition, want bool
	}{
		{`"verdict": "broken"`, `"verdict": "fine"`, false, false},
		{`"schema": "apisqs-doctor/report/v1"`, `"schema": "apisqs-doctor/report/v2"`, false, false},
		{`"codes": []`, `"codes": null`, false, false},
		{`"stage": "route"`, `"stage": "roads"`, false, false},
		{`"methods": 4`, `"methods": "4"`, false, false},
		{`"others": 2`, `"others": 2, "more": 1`, true, true},
	} {
		text := strings.Replace(b.String(), c.old, c.new, 1)
		if text == b.String() {
			t.Fatalf("%s is not in the report", c.old)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := published.Validate(doc) == nil; got != c.want {
			t.Errorf("%s: valid is %v, want %v", c.new, got, c.want)
		}
		if c.addition && strict.Validate(doc) == nil {
			t.Errorf("%s: the strict schema takes an unknown member", c.new)
		}
	}
}

// members lists what a schema promises: each member by its path, with its type,
// whether it is always there, and its words.
func members(t *testing.T, text []byte) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	defs, _ := root["$defs"].(map[string]any)
	var list []string
	var walk func(s map[string]any, path string, depth int)
	walk = func(s map[string]any, path string, depth int) {
		if depth > 12 {
			return
		}
		if either, ok := s["anyOf"].([]any); ok {
			s, _ = either[0].(map[string]any)
		}
		if ref, ok := s["$ref"].(string); ok {
			def := strings.TrimPrefix(ref, "#/$defs/")
			if path != def && (def == "Origin" || def == "Gap") {
				return // everywhere the same, listed once below
			}
			s, _ = defs[def].(map[string]any)
		}
		if words, ok := s["enum"].([]any); ok {
			for _, w := range words {
				list = append(list, path+" = "+w.(string))
			}
		}
		if items, ok := s["items"].(map[string]any); ok {
			walk(items, path+"[]", depth+1)
		}
		if values, ok := s["additionalProperties"].(map[string]any); ok {
			walk(values, path+"{}", depth+1)
		}
		required, _ := s["required"].([]any)
		properties, _ := s["properties"].(map[string]any)
		for _, member := range sorted(properties) {
			inner, _ := properties[member].(map[string]any)
			at := strings.TrimPrefix(path+"."+member, ".")
			line := at + ": " + typeName(inner, defs)
			if slices.Contains(required, any(member)) {
				line += " always"
			}
			list = append(list, line)
			walk(inner, at, depth+1)
		}
	}
	walk(root, "", 0)
	for _, def := range []string{"Gap", "Origin"} {
		walk(defs[def].(map[string]any), def, 0)
	}
	sort.Strings(list)
	return slices.Compact(list)
}

func typeName(s, defs map[string]any) string {
	switch v := s["type"].(type) {
	case string:
		return v
	case []any:
		return v[0].(string) + " or null"
	}
	if _, ok := s["const"]; ok {
		return "string"
	}
	if either, ok := s["anyOf"].([]any); ok {
		return typeName(either[0].(map[string]any), defs) + " or null"
	}
	if ref, ok := s["$ref"].(string); ok {
		inner, _ := defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		return typeName(inner, defs)
	}
	return "anything"
}

// Version 1 is only ever added to: whatever once stood in these lists stays.
// -update appends what is new and removes nothing.
func TestVersion1OnlyGrows(t *testing.T) {
	made := generate(t)
	for _, name := range SchemaNames {
		file := filepath.Join("testdata", name+".v1.members.txt")
		text, err := os.ReadFile(file)
		if err != nil && !*update {
			t.Fatal(err)
		}
		promised := strings.Split(strings.TrimSpace(string(text)), "\n")
		have := members(t, made[name])
		if len(have) < 40 {
			t.Errorf("only %d members of %s were found", len(have), name)
		}
		for _, line := range promised {
			if line != "" && !slices.Contains(have, line) {
				t.Errorf("%s v1 no longer has %q", name, line)
			}
		}
		if *update {
			all := append(slices.Clone(promised), have...)
			sort.Strings(all)
			if err := os.WriteFile(file, []byte(strings.TrimSpace(strings.Join(slices.Compact(all), "\n"))+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for _, line := range have {
			if !slices.Contains(promised, line) {
				t.Errorf("%s v1 has %q, which is not in %s (make golden adds it)", name, line, file)
			}
		}
	}
}
