package cloudformation

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// FuzzLoad: no input makes Load panic or hang; it gives an *Error or a snapshot
// that can be saved, read back, and is the same on a second run.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(restTemplate))
	f.Add([]byte(openAPITemplate))
	f.Add([]byte(intrinsicsHead + "!Ref Env\n"))
	f.Add([]byte(childTemplate))
	f.Add([]byte(`{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}}}}}`))
	f.Add([]byte("Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A: [x, [a, b], {'Q${x}': {Type: 'AWS::SQS::Queue'}}]\n"))
	f.Add([]byte(samHead + "Resources:\n  A: {Type: 'AWS::Serverless::HttpApi', Properties: {DefinitionBody: {openapi: 3.0.1, paths: {/a: {post: {}}}}}}\n"))
	f.Add([]byte(skipsTemplate))
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte("Location")) || bytes.Contains(data, []byte("Definition")) || bytes.Contains(data, []byte("Template")) || bytes.Contains(data, []byte("asset")) {
			t.Skip("may name a file")
		}
		s, err := Load([]string{"-"}, Options{Stdin: bytes.NewReader(data)})
		if err != nil {
			var e *tree.Error
			if !errors.As(err, &e) || e.Problem == "" {
				t.Fatalf("not a proper *Error: %v", err)
			}
			return
		}
		var first, second bytes.Buffer
		if err := snapshot.Save(&first, s); err != nil {
			t.Fatal(err)
		}
		again, err := Load([]string{"-"}, Options{Stdin: bytes.NewReader(data)})
		if err != nil {
			t.Fatal(err)
		}
		if err := snapshot.Save(&second, again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatal("two runs differ")
		}
		if _, err := snapshot.Load(&first); err != nil {
			t.Fatalf("the snapshot cannot be read back: %v", err)
		}
	})
}

// FuzzResolve: any expression resolves to something without panic, and the text
// of an unknown value is a registered symbol.
func FuzzResolve(f *testing.F) {
	for _, expression := range []string{`!Ref Env`, `!Sub '${Env}-${!x}-${Q.Arn}-${Bare}'`, `!Join ['', [a, !Ref Bare]]`, `!Select [0, !Split [',', 'a,b']]`, `!If [Open, a, !Ref AWS::NoValue]`,
		`!FindInMap [Map, dev, size]`, `!GetAtt [Q, Arn]`, `{Fn::Sub: [a, {b: c}]}`, `!ImportValue {Fn::Sub: x}`, `'{{resolve:ssm:a}}{{resolve:'`, `{Fn::Length: [1]}`, `!Base64 {Fn::GetAZs: ''}`} {
		f.Add(expression)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if strings.Contains(expression, "Include") {
			t.Skip("may name a file")
		}
		doc, err := language.Parse("t.yaml", []byte(intrinsicsHead+expression+"\n"))
		if err != nil {
			return
		}
		w := newWorld(Options{})
		w.know(doc)
		w.addRoot(doc, source{}, false)
		s := w.stacks[0]
		if s.outputs["Out"] == nil {
			return
		}
		v := s.output("Out", doc.Root)
		if w.err == nil && v.Kind == tree.Unknown && v.Text != "" && !w.symbolic(v.Text) {
			t.Fatalf("%q is unknown and its text %q is no symbol", expression, v.Text)
		}
	})
}
