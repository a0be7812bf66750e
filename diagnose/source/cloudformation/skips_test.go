package cloudformation

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"apisqs-doctor/diagnose/snapshot"
)

const skipsTemplate = `Metadata:
  AWS::CloudFormation::Interface: {ParameterGroups: []}
  apisqs-doctor:
    skips:
      - rule: queue-fifo-group
        reason: one group will do
Conditions:
  Never: !Equals [a, b]
Resources:
  Q:
    Type: AWS::SQS::Queue
    Metadata: {apisqs-doctor: {skips: [{rule: a, reason: b}, {rule: c, reason: d}]}}
  Bare: {Type: 'AWS::SQS::Queue', Metadata: {apisqs-doctor: {skips: }}}
  None: {Type: 'AWS::SQS::Queue', Metadata: {apisqs-doctor: }}
  Others: {Type: 'AWS::SQS::Queue', Metadata: {other: {skips: 5}}}
  Gone:
    Type: AWS::SQS::Queue
    Condition: Never
    Metadata: {apisqs-doctor: {skips: [{rule: a, reason: never made}]}}
  Function:
    Type: AWS::Lambda::Function
    Metadata:
      apisqs-doctor:
        skips:
          - reason: |
              Agreed with the partner.
            rule: response-error-as-success
            until: 2027-03-31
            method: POST /orders
`

func skipAt(resource string, line, column int, rule, reason string) snapshot.Skip {
	return snapshot.Skip{Rule: rule, Reason: reason, Origin: snapshot.Origin{Resource: resource, File: "standard input", Line: line, Column: column}}
}

func TestSkips(t *testing.T) {
	whole := skipAt("Function", 25, 13, "response-error-as-success", "Agreed with the partner.")
	whole.Until, whole.Method = "2027-03-31", "POST /orders"
	want := []snapshot.Skip{skipAt("", 5, 9, "queue-fifo-group", "one group will do"), skipAt("Q", 12, 40, "a", "b"), skipAt("Q", 12, 62, "c", "d"), whole}
	if diff := cmp.Diff(want, load(t, skipsTemplate, Options{}).Skips); diff != "" {
		t.Error(diff)
	}
	json := `{"Metadata": {"apisqs-doctor": {"skips": [{"rule": "a", "reason": "b"}]}}, "Resources": {"Api": {
 "Type": "AWS::ApiGateway::RestApi", "Metadata": {"aws:cdk:path": "x", "apisqs-doctor": {"skips": [{"rule": "c", "reason": "d", "until": "2027-03-31"}]}}}}}`
	until := skipAt("Api", 2, 100, "c", "d")
	until.Until = "2027-03-31"
	if diff := cmp.Diff([]snapshot.Skip{skipAt("", 1, 43, "a", "b"), until}, load(t, json, Options{}).Skips); diff != "" {
		t.Error(diff)
	}
	if s := load(t, restTemplate, Options{}); s.Skips != nil {
		t.Errorf("skips out of nothing: %v", s.Skips)
	}
}

// A skip in the Metadata of a resource names it as the method's origin does,
// be the method a resource, a path of a definition or in a nested stack.
func TestSkipsNameTheResource(t *testing.T) {
	const metadata = "Metadata: {apisqs-doctor: {skips: [{rule: a, reason: b}]}}"
	dir := folder(t, map[string]string{
		"rest.yaml":    strings.Replace(restTemplate, "    Type: AWS::ApiGateway::Method\n", "    Type: AWS::ApiGateway::Method\n    "+metadata+"\n", 1),
		"openapi.yaml": strings.Replace(openAPITemplate, "    Type: AWS::ApiGateway::RestApi\n", "    Type: AWS::ApiGateway::RestApi\n    "+metadata+"\n", 1),
		"sam.yaml": samHead + "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    " + metadata + "\n    Properties:\n      StageName: prod\n" +
			"      DefinitionBody: {swagger: '2.0', paths: {/a: {post: {x-amazon-apigateway-integration: {type: aws}}}}}\n",
		"child.yaml":  strings.Replace(childTemplate, "    Type: AWS::ApiGateway::Method\n", "    Type: AWS::ApiGateway::Method\n    "+metadata+"\n", 1) + metadata + "\n",
		"nested.yaml": "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./child.yaml, Parameters: {Name: x, RoleArn: y}}\n",
	})
	for name, skips := range map[string]int{"rest.yaml": 1, "openapi.yaml": 1, "sam.yaml": 1, "nested.yaml": 2} {
		s := loadFile(t, filepath.Join(dir, name), Options{})
		is(t, name, len(s.Skips), skips)
		m, skip := draft(t, s).Methods[0].Origin, s.Skips[len(s.Skips)-1].Origin
		is(t, name, skip.Resource+" "+skip.File, m.Resource+" "+m.File)
		if name == "nested.yaml" {
			is(t, "top level", s.Skips[0].Origin.Resource+" "+s.Skips[0].Origin.File, " "+m.File)
		}
	}
}

// What a loop makes has its own skips, in one place of the file.
func TestSkipsInLoops(t *testing.T) {
	s := load(t, "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n    - x\n    - [a, b]\n    - 'Q${x}':\n        Type: AWS::SQS::Queue\n        Metadata: {apisqs-doctor: {skips: [{rule: r, reason: r, method: '/${x}'}]}}\n", Options{})
	is(t, "skips", len(s.Skips), 2)
	is(t, "resources", s.Skips[0].Origin.Resource+s.Skips[1].Origin.Resource+s.Skips[0].Method+s.Skips[1].Method, "QaQb/a/b")
	is(t, "lines", s.Skips[0].Origin.Line, s.Skips[1].Origin.Line)
}

func TestBadSkips(t *testing.T) {
	for text, want := range map[string]string{
		"skips: [{reason: x}]":                                          `:7:17: the skip names no "rule"`,
		"skips: [{rule: ' ', reason: x}]":                               `:7:24: the skip names no "rule"`,
		"skips: [{rule: a}]":                                            `:7:17: the skip of "a" needs a "reason"`,
		"skips: [{rule: a, reason: }]":                                  `:7:35: "reason" is nothing, expected plain text`,
		"skips: [{rule: a, reason: [b]}]":                               `:7:35: "reason" is a list, expected plain text`,
		"skips: [{rule: a, reason: !Ref Why}]":                          `:7:35: "reason" is the function Ref, expected plain text`,
		"skips: [{rule: a, reason: {Fn::Sub: '${Why}'}}]":               `:7:35: "reason" is the function Fn::Sub, expected plain text`,
		"skips: [{rule: a, reason: b, until: tomorrow}]":                `:7:45: "until" is "tomorrow", expected a date such as 2027-03-31`,
		"skips: [{rule: a, reason: b, until: 2027-02-30}]":              `:7:45: "until" is "2027-02-30"`,
		"skips: [{rule: a, reason: b, resource: Q}]":                    `:7:38: unknown member "resource" of a skip, expected rule, reason, until, method`,
		"skips: [{rule: a, Fn::Transform: {Name: 'AWS::Include'}}]":     `:7:27: unknown member "Fn::Transform" of a skip`,
		"skips: [!If [Never, {rule: a, reason: b}, !Ref AWS::NoValue]]": `:7:17: a skip is the function Fn::If, expected an object with rule, reason, until, method`,
		"skips: [a]":                  `:7:17: a skip is text, expected an object`,
		"skips: [~]":                  `:7:17: a skip is nothing, expected an object with "rule" and "reason"`,
		"skips: {rule: a, reason: b}": `:7:16: "skips" is an object, expected a list, each item with "rule" and "reason"`,
		"skips: !Split [',', 'a']":    `:7:16: "skips" is the function Fn::Split, expected a list`,
		"skip: []":                    `:7:9: unknown member "skip" of apisqs-doctor, expected skips`,
		"!Ref Skips":                  `:7:9: apisqs-doctor is the function Ref, expected an object with skips`,
		"[]":                          `:7:9: apisqs-doctor is a list, expected an object with skips`,
	} {
		// A resource that is not created is read like any other.
		template := "Conditions: {Never: !Equals [a, b]}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata:\n      apisqs-doctor:\n        " + text + "\n    Condition: Never\n"
		e := loadError(t, template, Options{})
		if !strings.HasPrefix(e.Error(), "standard input"+want) {
			t.Errorf("%s: error %q, want %q", text, e, want)
		}
		whole := strings.Replace(template, "Conditions:", "Metadata:\n  apisqs-doctor:\n        "+text+"\nConditions:", 1)
		is(t, "line in the template's own Metadata", loadError(t, whole, Options{}).Line, 3)
	}
}

// Aliases may not multiply a list of skips without measure.
func TestManySkips(t *testing.T) {
	template := "Resources:\n  Q: {Type: T, Metadata: &m {apisqs-doctor: {skips: [" + strings.TrimSuffix(strings.Repeat("{rule: a, reason: b}, ", 5_000), ", ") + "]}}}\n"
	for i := range 3 {
		template += fmt.Sprintf("  Q%d: {Type: T, Metadata: *m}\n", i)
	}
	is(t, "problem", loadError(t, template, Options{}).Problem, "more than 10000 skips")
}
