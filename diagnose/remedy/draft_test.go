package remedy

import (
	"strings"
	"testing"

	"apisqs-doctor/diagnose/snapshot"
)

const blockFile = `Resources:
  # the queue
  Queue: {Type: AWS::SQS::Queue} # plain
  Post:
    Type: AWS::ApiGateway::Method
    Properties:
      Integration:
        Uri: a
        RequestTemplates:
          text/plain: |+
            one

  # of the topic
  Topic:
    Type: AWS::SNS::Topic
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody:
        paths:
          /orders:
            post: {x: 1}
          /events:
            post: {x: 1}
Outputs: {}
`

const bracesFile = `{
  "Resources": {
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Post": {
      "Type": "AWS::ApiGateway::Method",
      "Properties": {"Integration": {"Uri": "a"}}
    },
    "Role": {"Type": "AWS::IAM::Role"}, "Other": {"Type": "AWS::IAM::Role"}
  }
}
`

// A member is cut out where it has its lines for itself, and then means the same.
func TestWindow(t *testing.T) {
	for _, tt := range []struct {
		text, path string
		lines      string // of the window, empty when it cannot be cut out
	}{
		{blockFile, "Resources Queue", "  Queue: {Type: AWS::SQS::Queue} # plain\n"},
		{blockFile, "Resources Post", blockFile[strings.Index(blockFile, "  Post:"):strings.Index(blockFile, "  # of the topic")]},
		{blockFile, "Resources Topic", "  Topic:\n    Type: AWS::SNS::Topic\n"},
		{blockFile, "Resources Api Properties DefinitionBody paths /orders", "          /orders:\n            post: {x: 1}\n"},
		{blockFile, "Resources Gone", ""},
		{blockFile, "Resources Queue Type", ""},
		{"Resources: {Queue: {Type: a}}\n", "Resources Queue", ""},
		{"Resources:\n  Queue: &q {Type: a}\n  More: *q\n", "Resources Queue", ""},
		{"Resources: !Transform\n  Queue: {Type: a}\n", "Resources Queue", ""},
		{bracesFile, "Resources Queue", "    \"Queue\": {\"Type\": \"AWS::SQS::Queue\"},\n"},
		{bracesFile, "Resources Post", bracesFile[strings.Index(bracesFile, "    \"Post\""):strings.Index(bracesFile, "    \"Role\"")]},
		{bracesFile, "Resources Role", ""},
		{bracesFile, "Resources Other", ""},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			path := strings.Fields(tt.path)
			src, err := parseSource("t", []byte(strings.ReplaceAll(tt.text, "\n", eol)))
			if err != nil {
				t.Fatal(err)
			}
			w, ok := src.window(path)
			got := ""
			if ok && !src.aliases {
				lines := src.text[w.from:w.to]
				small, err := parseSource("t", []byte(w.head+string(lines)+w.tail))
				if err != nil || !w.holds(small, path) {
					t.Errorf("%s by itself means something else: %v\n%s", tt.path, err, lines)
				}
				got = strings.ReplaceAll(string(lines), "\r\n", "\n")
			}
			if got != tt.lines {
				t.Errorf("%s is\n%s, want\n%s", tt.path, got, tt.lines)
			}
		}
	}
}

// settingsOf are settings of every resource that a text has.
func settingsOf(src *source) []setting {
	var list []setting
	m := member(src.root, "Resources")
	if m < 0 {
		return nil
	}
	resources := src.root.Content[m+1]
	for i := 0; i+1 < len(resources.Content); i += 2 {
		at := location{resource: resources.Content[i].Value, file: src.name, prefix: []string{"Properties"}}
		list = append(list, at.setting("new", nil, "Name"), at.setting("b", "a", "Integration", "Uri"), at.setting(nil, "x", "Integration", "Uri"),
			at.itemSetting(appended, map[string]any{"StatusCode": "200"}, nil, "MethodResponses"))
	}
	return list
}

// What is edited in a piece reads as if it was edited in the whole file.
func FuzzDraft(f *testing.F) {
	for _, s := range []string{blockFile, bracesFile, "Resources:\n- a: b\n", "Resources:\n  ? a\n  : Properties:\n      Name: >-\n        x\n\n   \n", "Resources:\n  A:\n    Properties: |+\n\n\n#c\nB: 1",
		"Resources:\r\n  A: {Properties: {Integration: {Uri: a}}}\r\n  B:\r\n", "\ufeffResources:\n  'A': {}\n  \"B\": ''\n", "%YAML 1.1\n---\nResources:\n    A:\n      Properties:\n       - 1\n...\n",
		"Resources:\n :  &0:", "{\"Resources\":{{00000},\n0: {} \n}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		src, err := parseSource("t", []byte(text))
		if err != nil {
			return
		}
		v := &vocabularies{}
		v.about(&snapshot.Snapshot{})
		for _, st := range settingsOf(src) {
			d := &draft{name: "t", text: src.text, source: src}
			// A name that stands twice keeps the whole file from being edited.
			if !d.editPiece(v, st) || !unharmed(src.root, src.root, st.where()) {
				continue
			}
			whole, err := edited(v, src, st)
			if err != nil {
				t.Errorf("%v is done in a piece and not in the whole: %v", st.where(), err)
			} else if got := string(d.contents()); got != string(whole) {
				t.Errorf("%v in a piece gives\n%q\nand in the whole\n%q", st.where(), got, whole)
			}
		}
	})
}
