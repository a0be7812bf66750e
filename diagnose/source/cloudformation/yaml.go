package cloudformation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// parseYAML reads the first document of a YAML text into nodes.
func parseYAML(doc *document) (*node, error) {
	loader, err := yaml.NewLoader(strings.NewReader(doc.text))
	if err != nil {
		return nil, &Error{File: doc.name, Problem: err.Error()}
	}
	var root yaml.Node
	if err := loader.Load(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return &node{at: place{file: doc, line: 1, column: 1}}, nil
		}
		return nil, yamlError(doc, err)
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = *root.Content[0]
	}
	c := &yamlReader{doc: doc, done: map[*yaml.Node]*node{}, names: map[string]string{}}
	return c.convert(&root, 0)
}

// yamlReader turns the nodes of the YAML library into ours.
type yamlReader struct {
	doc   *document
	done  map[*yaml.Node]*node // anchored nodes; nil while they are being built
	names map[string]string
}

func (c *yamlReader) at(n *yaml.Node) place {
	return place{file: c.doc, line: int32(n.Line), column: int32(n.Column)}
}

func (c *yamlReader) fail(n *yaml.Node, problem, expected string) *Error {
	return &Error{File: c.doc.name, Line: n.Line, Column: n.Column, Problem: problem, Expected: expected}
}

func (c *yamlReader) convert(n *yaml.Node, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, c.fail(n, fmt.Sprintf("lists and objects nest more than %d deep", maxDepth), "")
	}
	if n.Kind == yaml.AliasNode {
		return c.alias(n)
	}
	if n.Anchor != "" {
		c.done[n] = nil
	}
	out, err := c.plain(n, depth)
	if err != nil {
		return nil, err
	}
	if n.Anchor != "" {
		c.done[n] = out
	}
	return out, nil
}

// alias shares the node of the anchor. CloudFormation itself takes no aliases;
// `sam build` and the AWS CLI's package command write them out before the
// template is sent.
func (c *yamlReader) alias(n *yaml.Node) (*node, error) {
	target, ok := c.done[n.Alias]
	switch {
	case !ok:
		return nil, c.fail(n, fmt.Sprintf("the alias *%s refers to no anchor above it", clip(n.Value, 40)), "")
	case target == nil:
		return nil, c.fail(n, fmt.Sprintf("the alias *%s stands inside its own anchor", clip(n.Value, 40)), "")
	}
	if c.doc.alias == 0 {
		c.doc.alias = n.Line
	}
	return target, nil
}

func (c *yamlReader) plain(n *yaml.Node, depth int) (*node, error) {
	out := &node{at: c.at(n)}
	switch n.Kind {
	case yaml.ScalarNode:
		c.scalar(n, out)
	case yaml.SequenceNode:
		out.kind = kindList
		out.items = make([]*node, 0, len(n.Content))
		for _, item := range n.Content {
			value, err := c.convert(item, depth+1)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, value)
		}
	case yaml.MappingNode:
		if err := c.mapping(n, out, depth); err != nil {
			return nil, err
		}
	}
	return c.tagged(n, out)
}

func (c *yamlReader) mapping(n *yaml.Node, out *node, depth int) error {
	out.kind = kindObject
	out.fields = make([]field, 0, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode && key.Alias != nil {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return c.fail(key, "a list or an object as a name", "text")
		}
		if key.Value == "<<" && key.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
			return c.fail(key, "a merge key (<<), which CloudFormation does not take", "the merged members written out")
		}
		if seen[key.Value] {
			return duplicate(c.at(key), key.Value)
		}
		seen[key.Value] = true
		v, err := c.convert(value, depth+1)
		if err != nil {
			return err
		}
		name := key.Value
		if have, ok := c.names[name]; ok {
			name = have
		} else {
			c.names[name] = name
		}
		out.fields = append(out.fields, field{name: name, at: c.at(key), value: v})
	}
	return nil
}

// CloudFormation reads YAML 1.1: yes, no, on and off are booleans there.
var (
	yamlTrue   = regexp.MustCompile(`^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$`)
	yamlFalse  = regexp.MustCompile(`^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$`)
	yamlNumber = regexp.MustCompile(`^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$`)
)

// scalar keeps what was written: dates, versions and account ids with leading
// zeros are text.
func (c *yamlReader) scalar(n *yaml.Node, out *node) {
	out.kind, out.text = kindString, n.Value
	out.quoted = n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if out.quoted || strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") || n.Style&yaml.TaggedStyle != 0 {
		return
	}
	switch {
	case n.Value == "" || n.Value == "~" || n.Value == "null" || n.Value == "Null" || n.Value == "NULL":
		out.kind = kindNull
	case yamlTrue.MatchString(n.Value):
		out.kind, out.text = kindBool, "true"
	case yamlFalse.MatchString(n.Value):
		out.kind, out.text = kindBool, "false"
	case yamlNumber.MatchString(n.Value):
		out.kind = kindNumber
	}
}

// shortForms are the tags that stand for an intrinsic function.
var shortForms = map[string]string{
	"!Ref": "Ref", "!Condition": "Condition",
	"!And": "Fn::And", "!Base64": "Fn::Base64", "!Cidr": "Fn::Cidr", "!Contains": "Fn::Contains", "!Equals": "Fn::Equals",
	"!FindInMap": "Fn::FindInMap", "!ForEach": "Fn::ForEach", "!GetAZs": "Fn::GetAZs", "!GetAtt": "Fn::GetAtt", "!GetStackOutput": "Fn::GetStackOutput", "!If": "Fn::If",
	"!ImportValue": "Fn::ImportValue", "!Join": "Fn::Join", "!Length": "Fn::Length", "!Not": "Fn::Not", "!Or": "Fn::Or",
	"!Select": "Fn::Select", "!Split": "Fn::Split", "!Sub": "Fn::Sub", "!ToJsonString": "Fn::ToJsonString", "!Transform": "Fn::Transform",
	"!EachMemberEquals": "Fn::EachMemberEquals", "!EachMemberIn": "Fn::EachMemberIn", "!RefAll": "Fn::RefAll", "!ValueOf": "Fn::ValueOf", "!ValueOfAll": "Fn::ValueOfAll",
}

// tagged writes a short-form tag as the object it stands for.
func (c *yamlReader) tagged(n *yaml.Node, out *node) (*node, error) {
	tag := n.Tag
	if !strings.HasPrefix(tag, "!") || strings.HasPrefix(tag, "!!") || tag == "!" {
		return out, nil
	}
	name, ok := shortForms[tag]
	if !ok {
		return nil, c.fail(n, fmt.Sprintf("unknown tag %q", clip(tag, 40)), "a short form that CloudFormation knows, such as !Ref or !Sub")
	}
	return &node{kind: kindObject, at: out.at, fields: []field{{name: name, at: out.at, value: out}}}, nil
}

// yamlError keeps the position that the library reports inside its text.
func yamlError(doc *document, err error) *Error {
	out := &Error{File: doc.name, Problem: "not YAML: " + err.Error()}
	var load *yaml.LoadError
	if errors.As(err, &load) {
		out.Line, out.Column = load.Mark.Line, load.Mark.Column
		out.Problem = "not YAML: " + load.Message
	}
	return out
}

// looksLikeJSON tells whether a text is meant as JSON.
func looksLikeJSON(text string) bool {
	data := bytes.TrimLeft([]byte(text[:min(len(text), 4096)]), " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}
