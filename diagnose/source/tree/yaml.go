package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose/text/lazy"
)

// parseYAML reads the first document of a YAML text into nodes.
func (l Language) parseYAML(doc *Document) (*Node, error) {
	loader, err := yaml.NewLoader(strings.NewReader(doc.Text))
	if err != nil {
		return nil, &Error{File: doc.Name, Problem: err.Error()}
	}
	var root yaml.Node
	if err := loader.Load(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return &Node{At: Place{File: doc.Name, Line: 1, Column: 1}}, nil
		}
		return nil, yamlError(doc, err)
	}
	var rest yaml.Node
	if err := loader.Load(&rest); !errors.Is(err, io.EOF) {
		doc.Rest = Place{File: doc.Name, Line: int32(max(rest.Line, 1)), Column: int32(max(rest.Column, 1))}
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = *root.Content[0]
	}
	c := &yamlReader{language: l, doc: doc, done: map[*yaml.Node]*Node{}, names: map[string]string{}}
	return c.convert(&root, 0)
}

// yamlReader turns the nodes of the YAML library into ours.
type yamlReader struct {
	language Language
	doc      *Document
	done     map[*yaml.Node]*Node // anchored nodes; nil while they are being built
	names    map[string]string
}

func (c *yamlReader) at(n *yaml.Node) Place {
	return Place{File: c.doc.Name, Line: int32(n.Line), Column: int32(n.Column)}
}

func (c *yamlReader) fail(n *yaml.Node, problem, expected string) *Error {
	return c.at(n).Fail(problem, expected)
}

func (c *yamlReader) convert(n *yaml.Node, depth int) (*Node, error) {
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
func (c *yamlReader) alias(n *yaml.Node) (*Node, error) {
	target, ok := c.done[n.Alias]
	switch {
	case !ok:
		return nil, c.fail(n, fmt.Sprintf("the alias *%s refers to no anchor above it", Clip(n.Value, 40)), "")
	case target == nil:
		return nil, c.fail(n, fmt.Sprintf("the alias *%s stands inside its own anchor", Clip(n.Value, 40)), "")
	}
	if c.doc.Alias == 0 {
		c.doc.Alias = n.Line
	}
	return target, nil
}

func (c *yamlReader) plain(n *yaml.Node, depth int) (*Node, error) {
	out := &Node{At: c.at(n)}
	switch n.Kind {
	case yaml.ScalarNode:
		c.scalar(n, out)
	case yaml.SequenceNode:
		out.Kind = List
		out.Items = make([]*Node, 0, len(n.Content))
		for _, item := range n.Content {
			value, err := c.convert(item, depth+1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, value)
		}
	case yaml.MappingNode:
		if err := c.mapping(n, out, depth); err != nil {
			return nil, err
		}
	}
	return c.tagged(n, out)
}

func (c *yamlReader) mapping(n *yaml.Node, out *Node, depth int) error {
	out.Kind = Object
	out.Fields = make([]Field, 0, len(n.Content)/2)
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
			return c.fail(key, "a merge key (<<), which AWS does not take", "the merged members written out")
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
		out.Fields = append(out.Fields, Field{Name: name, At: c.at(key), Value: v})
	}
	return nil
}

// CloudFormation reads YAML 1.1: yes, no, on and off are booleans there.
var (
	yamlTrue   = lazy.Regexp(`^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$`)
	yamlFalse  = lazy.Regexp(`^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$`)
	yamlNumber = lazy.Regexp(`^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$`)
)

// scalar keeps what was written: dates, versions and account ids with leading
// zeros are text.
func (c *yamlReader) scalar(n *yaml.Node, out *Node) {
	out.Kind, out.Text = String, n.Value
	out.Quoted = n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if out.Quoted || strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") || n.Style&yaml.TaggedStyle != 0 {
		return
	}
	switch {
	case n.Value == "" || n.Value == "~" || n.Value == "null" || n.Value == "Null" || n.Value == "NULL":
		out.Kind = Null
	case yamlTrue.MatchString(n.Value):
		out.Kind, out.Text = Bool, "true"
	case yamlFalse.MatchString(n.Value):
		out.Kind, out.Text = Bool, "false"
	case yamlNumber.MatchString(n.Value):
		out.Kind = Number
	}
}

// tagged writes a short-form tag as the object it stands for.
func (c *yamlReader) tagged(n *yaml.Node, out *Node) (*Node, error) {
	tag := n.Tag
	if !strings.HasPrefix(tag, "!") || strings.HasPrefix(tag, "!!") || tag == "!" {
		return out, nil
	}
	name, ok := c.language.Tags[tag]
	if !ok {
		return nil, c.fail(n, fmt.Sprintf("unknown tag %q", Clip(tag, 40)), c.tags())
	}
	return &Node{Kind: Object, At: out.At, Fields: []Field{{Name: name, At: out.At, Value: out}}}, nil
}

func (c *yamlReader) tags() string {
	if len(c.language.Tags) == 0 {
		return "no tag"
	}
	return "one of " + strings.Join(slices.Sorted(maps.Keys(c.language.Tags)), ", ")
}

// yamlError keeps the position that the library reports inside its text.
func yamlError(doc *Document, err error) *Error {
	out := &Error{File: doc.Name, Problem: "not YAML: " + err.Error()}
	var load *yaml.LoadError
	if errors.As(err, &load) {
		out.Line, out.Column = load.Mark.Line, load.Mark.Column
		out.Problem = "not YAML: " + load.Message
		if tabbed(doc.Text, load.Mark.Line) {
			out.Problem, out.Expected = "the line is indented by a tab, which YAML does not take", "blanks"
		}
	}
	return out
}

// tabbed tells whether the indentation of a line has a tab.
func tabbed(text string, line int) bool {
	for n := 1; n < line; n++ {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return false
		}
		text = rest
	}
	indentation := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	return strings.Contains(indentation, "\t")
}

// looksLikeJSON tells whether a text is meant as JSON.
func looksLikeJSON(text string) bool {
	data := bytes.TrimLeft([]byte(text[:min(len(text), 4096)]), " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}
