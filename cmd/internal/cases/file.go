// Package cases reads, runs and writes files of test cases: calls of an API, and
// what each is expected to give. People keep them beside their infrastructure.
package cases

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose/walk"
)

// File is a file of test cases.
type File struct {
	Name   string
	Target Target
	Cases  []Case

	doc *yaml.Node // as read, for writing it anew
}

// At is the path of the target, from where the program runs.
func (f *File) At() string {
	if filepath.IsAbs(f.Target.File) {
		return f.Target.File
	}
	return filepath.Join(filepath.Dir(f.Name), f.Target.File)
}

// Target is what the cases are about, as the flags of the main command name it.
type Target struct {
	File                   string // a path, relative to the file of the cases
	Parameters             map[string]string
	Region, Account, Stage string
}

// Case is one call and what it is expected to give.
type Case struct {
	Name    string
	Line    int
	Request walk.Request
	Expect  []Expectation

	expect *yaml.Node
}

// Expectation is one value that a case is expected to give.
type Expectation struct {
	What string // verdict, status, code, message, groupId, deduplicationId, delaySeconds, attributes.NAME, answer.status, answer.body or everyBody
	Want string
	None bool // that there is none
	JSON bool // compared as JSON
	Line int

	node *yaml.Node
}

// Error is a file that cannot be read, with its place.
type Error struct {
	File     string
	Line     int // 0 when there is none to name
	Message  string
	Expected string
}

// Error returns the place and the message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// reader reads one file.
type reader struct {
	file    string
	request func(text string) (walk.Request, error)
}

// Read reads a file of test cases. request reads the JSON of one call. The error is
// an *Error.
func Read(file string, text []byte, request func(text string) (walk.Request, error)) (*File, error) {
	r := reader{file, request}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, &Error{File: file, Message: "not YAML: " + strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")}
	}
	if len(doc.Content) == 0 {
		return nil, &Error{File: file, Message: "the file is empty", Expected: "target and cases"}
	}
	f := &File{Name: file, doc: &doc}
	members, err := r.object(doc.Content[0], "target", "cases")
	if err != nil {
		return nil, err
	}
	if f.Target, err = r.target(doc.Content[0], members["target"]); err != nil {
		return nil, err
	}
	list := members["cases"]
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil, r.fail(orNode(list, doc.Content[0]), "no cases", "a list of cases under \"cases\"")
	}
	for i, n := range list.Content {
		c, err := r.testCase(n, i)
		if err != nil {
			return nil, err
		}
		f.Cases = append(f.Cases, c)
	}
	return f, nil
}

func orNode(n, other *yaml.Node) *yaml.Node {
	if n == nil {
		return other
	}
	return n
}

func (r reader) fail(n *yaml.Node, message, expected string) *Error {
	return &Error{File: r.file, Line: n.Line, Message: message, Expected: expected}
}

// object reads a mapping that has no other members than these.
func (r reader) object(n *yaml.Node, known ...string) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, r.fail(n, "not an object", strings.Join(known, ", "))
	}
	members := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !slices.Contains(known, key.Value) {
			return nil, r.fail(key, fmt.Sprintf("unknown member %q", key.Value), strings.Join(known, ", "))
		}
		if members[key.Value] != nil {
			return nil, r.fail(key, fmt.Sprintf("member %q is there twice", key.Value), "")
		}
		members[key.Value] = n.Content[i+1]
	}
	return members, nil
}

func (r reader) word(n *yaml.Node, what string) (string, error) {
	if n == nil {
		return "", nil
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", r.fail(n, what+" is no text", "a text")
	}
	return n.Value, nil
}

func (r reader) target(root, n *yaml.Node) (t Target, err error) {
	if n == nil {
		return t, r.fail(root, "no target", "target: FILE")
	}
	if n.Kind == yaml.ScalarNode {
		t.File, err = r.word(n, "target")
	} else {
		var members map[string]*yaml.Node
		if members, err = r.object(n, "file", "parameters", "region", "account", "stage"); err != nil {
			return t, err
		}
		for name, at := range map[string]*string{"file": &t.File, "region": &t.Region, "account": &t.Account, "stage": &t.Stage} {
			if *at, err = r.word(members[name], name); err != nil {
				return t, err
			}
		}
		if p := members["parameters"]; p != nil {
			if p.Kind != yaml.MappingNode {
				return t, r.fail(p, "parameters is no object", "names and values")
			}
			t.Parameters = map[string]string{}
			for i := 0; i+1 < len(p.Content); i += 2 {
				if t.Parameters[p.Content[i].Value], err = r.word(p.Content[i+1], "parameter "+p.Content[i].Value); err != nil {
					return t, err
				}
			}
		}
	}
	if err == nil && t.File == "" {
		return t, r.fail(n, "the target names no file", "target: FILE")
	}
	return t, err
}

func (r reader) testCase(n *yaml.Node, i int) (c Case, err error) {
	members, err := r.object(n, "name", "request", "expect")
	if err != nil {
		return c, err
	}
	c.Line, c.expect = n.Line, members["expect"]
	if c.Name, err = r.word(members["name"], "name"); err != nil {
		return c, err
	}
	request := members["request"]
	if request == nil {
		return c, r.fail(n, "the case has no request", "request with method, path, headers, query and body")
	}
	if c.Name == "" {
		c.Name = fmt.Sprintf("case %d", i+1)
	}
	var doc any
	if err := request.Decode(&doc); err != nil {
		return c, r.fail(request, "the request cannot be read", "")
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return c, r.fail(request, "the request holds what JSON cannot say", "")
	}
	if c.Request, err = r.request(string(text)); err != nil {
		return c, r.fail(request, "request: "+err.Error(), "method, path, headers, query and body")
	}
	if c.expect == nil {
		return c, r.fail(n, "the case expects nothing", `expect: safe, or what is expected; "--update" writes what is there now`)
	}
	if c.expect.Kind == yaml.ScalarNode {
		switch c.expect.Value {
		case "safe", "unsafe", "undecided":
			c.Expect = []Expectation{{What: "everyBody", Want: c.expect.Value, Line: c.expect.Line, node: c.expect}}
		case "":
		default:
			return c, r.fail(c.expect, fmt.Sprintf("%q is nothing to expect", c.expect.Value), "safe, unsafe, undecided, or an object")
		}
		return c, nil
	}
	if _, err = r.object(c.expect, "verdict", "status", "code", "message", "groupId", "deduplicationId", "delaySeconds", "attributes", "answer", "everyBody"); err != nil {
		return c, err
	}
	for i := 0; i+1 < len(c.expect.Content); i += 2 {
		name, v := c.expect.Content[i].Value, c.expect.Content[i+1]
		switch name {
		case "attributes", "answer":
			if v.Kind != yaml.MappingNode {
				return c, r.fail(v, name+" is no object", "names and values")
			}
			if name == "answer" {
				if _, err := r.object(v, "status", "body"); err != nil {
					return c, err
				}
			}
			for k := 0; k+1 < len(v.Content); k += 2 {
				e, err := r.expectation(name+"."+v.Content[k].Value, v.Content[k+1])
				if err != nil {
					return c, err
				}
				c.Expect = append(c.Expect, e)
			}
		default:
			e, err := r.expectation(name, v)
			if err != nil {
				return c, err
			}
			c.Expect = append(c.Expect, e)
		}
	}
	return c, nil
}

// oneOf are the values that some expectations can have.
var oneOf = map[string][]string{"verdict": {"healthy", "at-risk", "broken", "inconclusive"}, "everyBody": {"safe", "unsafe", "undecided"}}

func (r reader) expectation(what string, n *yaml.Node) (Expectation, error) {
	e := Expectation{What: what, Line: n.Line, node: n}
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		e.None = true
	case n.Kind == yaml.ScalarNode:
		e.Want = n.Value
	case what == "message" || what == "answer.body":
		var doc any
		if err := n.Decode(&doc); err != nil {
			return e, r.fail(n, what+" cannot be read", "")
		}
		text, err := json.Marshal(doc)
		if err != nil {
			return e, r.fail(n, what+" cannot be written as JSON", "a text, or what JSON can say")
		}
		e.Want, e.JSON = string(text), true
	default:
		return e, r.fail(n, what+" is no text", "a text")
	}
	if words := oneOf[what]; words != nil && !slices.Contains(words, e.Want) {
		return e, r.fail(n, fmt.Sprintf("%q is no value of %s", e.Want, what), strings.Join(words, ", "))
	}
	return e, nil
}
