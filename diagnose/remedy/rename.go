package remedy

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"apisqs-doctor/diagnose/snapshot"
)

// deploymentOf is where the template declares the deployment that a stage runs.
func deploymentOf(s *snapshot.Snapshot, c snapshot.Deploy) (file, id string) {
	api := s.API(c.API)
	if api == nil {
		return "", ""
	}
	stages, _ := api.Stages.Peek()
	i := slices.IndexFunc(stages, func(st snapshot.Stage) bool { return st.Name == c.Stage })
	if i < 0 {
		return "", ""
	}
	origin := stages[i].Deployed.Origin()
	return origin.File, location{resource: origin.Resource}.id()
}

// isDeployment tells whether the file declares the resource as a deployment of
// its own: CloudFormation leaves one alone as long as its logical id stays. SAM
// and CDK give theirs a new one with every change.
func isDeployment(src *source, id string) bool {
	e := &editor{source: src}
	way, rest, err := e.walk([]string{"Resources", id})
	if err != nil || len(rest) > 0 {
		return false
	}
	resource := way[len(way)-1]
	if m := member(resource, "Type"); resource.Kind != yaml.MappingNode || m < 0 || !strings.HasSuffix(resource.Content[m+1].Value, "::Deployment") {
		return false
	}
	m := member(resource, "Metadata")
	return m < 0 || member(resource.Content[m+1], "aws:cdk:path") < 0
}

// freshID is the next logical id that no resource has: of Deployment Deployment2.
func freshID(src *source, id string) string {
	stem := strings.TrimRight(id, "0123456789")
	n, err := strconv.Atoi(id[len(stem):])
	if err != nil {
		stem, n = id, 1
	}
	taken := func(name string) bool {
		way, rest, err := (&editor{source: src}).walk([]string{"Resources"})
		return err != nil || len(rest) > 0 || member(way[len(way)-1], name) >= 0
	}
	for {
		n++
		if name := stem + strconv.Itoa(n); !taken(name) {
			return name
		}
	}
}

// renamed is the text of a file with another logical id for a resource, in its
// name and wherever a reference has it. All else stays byte for byte.
func renamed(src *source, id, to string) ([]byte, error) {
	r := &renaming{editor: &editor{source: src, words: &wording{vocabulary: &vocabulary{literal: true}}}, id: id, to: to}
	r.sub = regexp.MustCompile(`\$\{` + regexp.QuoteMeta(id) + `([.}])`)
	way, rest, err := r.walk([]string{"Resources", id})
	if err != nil || len(rest) > 0 {
		return nil, fmt.Errorf("%s has no resource %s", src.name, id)
	}
	resources := way[len(way)-2]
	r.replace(resources.Content[member(resources, id)], to)
	want := r.visit(src.root, "")
	if r.err != nil {
		return nil, r.err
	}
	out, err := r.result()
	if err != nil {
		return nil, err
	}
	again, err := parseSource(src.name, out)
	if err != nil || !same(want, again.root) {
		return nil, fmt.Errorf("%s: %s cannot be renamed by machine", src.name, id)
	}
	return out, nil
}

// renaming finds the references to a resource.
type renaming struct {
	*editor
	id, to string
	sub    *regexp.Regexp
	err    error
}

// replace puts another text in the place of the id inside a text node's source.
func (r *renaming) replace(n *yaml.Node, value string) {
	from, to := r.body(n), r.end(n)
	old := r.text[from:to]
	var fresh []byte
	if n.Value == r.id || strings.HasPrefix(n.Value, r.id+".") {
		fresh = bytes.Replace(old, []byte(r.id), []byte(r.to), 1)
	} else {
		fresh = r.sub.ReplaceAll(old, []byte("$${"+r.to+"$1"))
	}
	if bytes.Equal(old, fresh) && n.Value != value {
		r.err = fmt.Errorf("%s:%d: the name %s cannot be found in the text", r.name, n.Line, r.id)
		return
	}
	r.put(from, to, string(fresh))
}

// visit gives the node as it is to be. below is the function or the property that
// the node is the value of.
func (r *renaming) visit(n *yaml.Node, below string) *yaml.Node {
	out := *n
	out.Content = nil
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		below = function(n)
	}
	if n.Kind == yaml.ScalarNode {
		if value := r.value(n.Value, below); value != n.Value {
			out.Value = value
			r.replace(n, value)
		}
		return &out
	}
	for i, child := range n.Content {
		inside := below
		switch {
		case n.Kind == yaml.MappingNode && i%2 == 0:
			key := *child
			if child.Value == r.id && r.isResource(child) {
				key.Value = r.to
			}
			out.Content = append(out.Content, &key)
			continue
		case n.Kind == yaml.MappingNode:
			inside = n.Content[i-1].Value
		case below == "Fn::Sub" && i > 0 || below == "Fn::GetAtt" && i > 0:
			inside = "" // the variables of a Sub, the attribute of a GetAtt
		}
		out.Content = append(out.Content, r.visit(child, inside))
	}
	return &out
}

// isResource tells whether the name is the resource's own.
func (r *renaming) isResource(key *yaml.Node) bool {
	way, _, err := r.walk([]string{"Resources"})
	if err != nil {
		return false
	}
	resources := way[len(way)-1]
	m := member(resources, r.id)
	return m >= 0 && resources.Content[m] == key
}

// value is a text with the references in it renamed.
func (r *renaming) value(text, below string) string {
	switch below {
	case "Ref", "DependsOn":
		if text == r.id {
			return r.to
		}
	case "Fn::GetAtt":
		if text == r.id || strings.HasPrefix(text, r.id+".") {
			return r.to + text[len(r.id):]
		}
	case "Fn::Sub":
		return r.sub.ReplaceAllString(text, "$${"+r.to+"$1")
	}
	return text
}
