package cases

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// Update writes what the cases give now in place of what differs, and all of it
// where a case expects nothing yet. Comments and the rest stay. changed is false
// when nothing differs.
func (f *File) Update(outcomes []Outcome) (text []byte, changed bool, err error) {
	for i := range outcomes {
		o := &outcomes[i]
		if len(o.Case.Expect) == 0 {
			fill(o.Case.expect, o.got)
			changed = true
			continue
		}
		for k := range o.Case.Expect {
			e := &o.Case.Expect[k]
			got := o.got[e.What]
			if !slices.ContainsFunc(o.Differences, func(d Difference) bool { return d.What == e.What && d.Known }) {
				continue
			}
			changed = true
			put(e, got)
		}
	}
	if !changed {
		return nil, false, nil
	}
	text, err = encode(f.doc)
	return text, true, err
}

// put makes a node the value that was given.
func put(e *Expectation, got value) {
	n := e.node
	comment := *n
	if !got.there {
		n.SetString("")
		n.Tag, n.Value, n.Style = "!!null", "null", 0
	} else {
		n.Content = nil
		setText(n, e.What, got.text)
	}
	n.HeadComment, n.LineComment, n.FootComment = comment.HeadComment, comment.LineComment, comment.FootComment
}

// setText makes a node a text, or the number that a status is.
func setText(n *yaml.Node, what, text string) {
	n.SetString(text)
	if what == "status" || what == "answer.status" {
		n.Tag, n.Style = "!!int", 0
	}
}

// order of what is written for a case.
var order = []string{"verdict", "status", "code", "message", "groupId", "deduplicationId", "delaySeconds"}

// fill makes a node all that was given.
func fill(n *yaml.Node, got map[string]value) {
	*n = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", HeadComment: n.HeadComment, FootComment: n.FootComment}
	add := func(to *yaml.Node, name, text string) {
		key, v := &yaml.Node{}, &yaml.Node{}
		key.SetString(name)
		setText(v, name, text)
		to.Content = append(to.Content, key, v)
	}
	for _, what := range order {
		if v := got[what]; v.there {
			add(n, what, v.text)
		}
	}
	attributes := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	var names []string
	for what := range got {
		if name, ok := strings.CutPrefix(what, "attributes."); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		add(attributes, name, got["attributes."+name].text)
	}
	if len(names) > 0 {
		key := &yaml.Node{}
		key.SetString("attributes")
		n.Content = append(n.Content, key, attributes)
	}
}

func encode(doc any) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("the cases cannot be written: %w", err)
	}
	return b.Bytes(), enc.Close()
}

// first is a first file of cases, in the order of its members.
type first struct {
	Target any         `yaml:"target"`
	Cases  []firstCase `yaml:"cases"`
}

type firstCase struct {
	Name    string       `yaml:"name"`
	Request firstRequest `yaml:"request"`
	Expect  *yaml.Node   `yaml:"expect"`
}

type firstRequest struct {
	Method  string            `yaml:"method"`
	Path    string            `yaml:"path"`
	Headers map[string]string `yaml:"headers,omitempty"`
	Query   map[string]string `yaml:"query,omitempty"`
	Body    string            `yaml:"body,omitempty"`
}

// Named is a call with the name of its case.
type Named struct {
	Name      string
	Diagnosis diagnose.Diagnosis
	EveryBody bool // a case for what holds for every call, too
}

// First writes a first file of cases: each call and what it gives now.
func First(target Target, calls []Named) ([]byte, error) {
	out := first{Target: target.File}
	if target.Region+target.Account+target.Stage != "" || len(target.Parameters) > 0 {
		out.Target = struct {
			File       string            `yaml:"file"`
			Parameters map[string]string `yaml:"parameters,omitempty"`
			Region     string            `yaml:"region,omitempty"`
			Account    string            `yaml:"account,omitempty"`
			Stage      string            `yaml:"stage,omitempty"`
		}{target.File, target.Parameters, target.Region, target.Account, target.Stage}
	}
	for i := range calls {
		d := &calls[i].Diagnosis
		got := given(d)
		c := firstCase{Name: calls[i].Name, Request: requestOf(&d.Trace.Request), Expect: &yaml.Node{}}
		fill(c.Expect, got)
		out.Cases = append(out.Cases, c)
		if v := got["everyBody"]; calls[i].EveryBody && v.there {
			every := firstCase{Name: c.Name + ", every body", Request: c.Request, Expect: &yaml.Node{}}
			every.Expect.SetString("safe")
			if v.text != "safe" {
				*every.Expect = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
				key, result := &yaml.Node{}, &yaml.Node{}
				key.SetString("everyBody")
				result.SetString(v.text)
				every.Expect.Content = []*yaml.Node{key, result}
			}
			out.Cases = append(out.Cases, every)
		}
	}
	return encode(out)
}

func requestOf(r *walk.Request) firstRequest {
	out := firstRequest{Method: r.Method, Path: r.Path, Body: r.Body}
	for _, h := range r.Headers {
		if out.Headers == nil {
			out.Headers = map[string]string{}
		}
		out.Headers[h.Name] = h.Value
	}
	for _, q := range r.Query {
		if out.Query == nil {
			out.Query = map[string]string{}
		}
		out.Query[q.Name] = q.Value
	}
	return out
}
