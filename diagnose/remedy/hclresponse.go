package remedy

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// setResponse adds, changes or removes an integration response.
func (e *hclEditor) setResponse(c snapshot.SetIntegrationResponse) error {
	if err := statusFree(e.s, c); err != nil {
		return err
	}
	if c.Before == nil {
		return e.newResponse(c)
	}
	f, b, err := e.resource(c.Before.Origin)
	if err != nil {
		return err
	}
	if c.After == nil {
		if several(b) {
			return fmt.Errorf("%s:%d: %s makes several responses; take this one out of what it goes over", filepath.ToSlash(f.name), c.Before.Origin.Line, strings.Join(b.Labels, "."))
		}
		return f.splice(f.lineStart(b.TypeRange.Start.Byte), f.lineEnd(b.CloseBraceRange.Start.Byte), "")
	}
	at := c.Before.Origin
	for _, x := range []struct{ name, before, after string }{
		{"status_code", c.Before.Status, c.After.Status}, {"selection_pattern", c.Before.Pattern, c.After.Pattern}, {"content_handling", c.Before.ContentHandling, c.After.ContentHandling}} {
		if x.before == x.after {
			continue
		}
		if several(b) && b.Body.Attributes[x.name] == nil {
			return fmt.Errorf("%s:%d: %s makes several responses; change it by hand", filepath.ToSlash(f.name), at.Line, strings.Join(b.Labels, "."))
		}
		if err := e.argument(at, snapshot.Origin{}, x.name, x.before, x.after); err != nil {
			return err
		}
	}
	for _, x := range []struct {
		name          string
		before, after map[string]string
	}{{"response_templates", c.Before.Templates, c.After.Templates}, {"response_parameters", c.Before.Parameters, c.After.Parameters}} {
		for _, key := range sorted(x.before) {
			if x.after[key] == x.before[key] {
				continue
			}
			if err := e.entry(at, snapshot.Origin{}, snapshot.Origin{}, x.name, key, x.before[key], x.after[key], false); err != nil {
				return err
			}
		}
		for _, key := range sorted(x.after) {
			if _, had := x.before[key]; had {
				continue
			}
			if err := e.entry(at, snapshot.Origin{}, snapshot.Origin{}, x.name, key, "", x.after[key], false); err != nil {
				return err
			}
		}
	}
	return nil
}

// several tells whether a block makes a number of instances.
func several(b *hclsyntax.Block) bool {
	return b.Body.Attributes["for_each"] != nil || b.Body.Attributes["count"] != nil
}

// owner finds the block of a method's integration, to which new resources are
// added, and what they name it by.
func (e *hclEditor) owner(ref snapshot.MethodRef) (*hclText, *hclsyntax.Block, error) {
	i, err := e.integration(ref)
	if err != nil {
		return nil, nil, err
	}
	if i.Origin.Path != "" {
		return nil, nil, fmt.Errorf("%s:%d: the method stands in the body of the API; change it there", filepath.ToSlash(i.Origin.File), i.Origin.Line)
	}
	f, b, err := e.resource(i.Origin)
	if err != nil {
		return nil, nil, err
	}
	if several(b) || len(b.Labels) != 2 {
		return nil, nil, fmt.Errorf("%s:%d: %s makes several integrations; add the resource by hand", filepath.ToSlash(f.name), i.Origin.Line, strings.Join(b.Labels, "."))
	}
	return f, b, nil
}

// words are arguments of a block in the user's words.
func (f *hclText) words(b *hclsyntax.Block, names ...string) [][2]string {
	var list [][2]string
	for _, name := range names {
		if a := b.Body.Attributes[name]; a != nil {
			list = append(list, [2]string{name, string(a.Expr.Range().SliceBytes(f.text))})
		}
	}
	return list
}

// newResponse adds an integration response beside its integration.
func (e *hclEditor) newResponse(c snapshot.SetIntegrationResponse) error {
	f, b, err := e.owner(c.On)
	if err != nil {
		return err
	}
	const kind = "aws_api_gateway_integration_response"
	r := c.After
	own := strings.Join(b.Labels, ".")
	block := &hclBlock{key: resourceKey{kind, f.freeName(kind, b.Labels[1]+"_"+r.Status)}}
	for _, w := range f.words(b, "rest_api_id", "resource_id") {
		block.set(w[0], w[1])
	}
	block.set("http_method", own+".http_method") // the integration comes first
	block.set("status_code", e.status(f, c.On, r.Status))
	if r.Pattern != "" {
		block.set("selection_pattern", hclString(r.Pattern))
	}
	if r.ContentHandling != "" {
		block.set("content_handling", hclString(r.ContentHandling))
	}
	for _, m := range []struct {
		name   string
		values map[string]string
	}{{"response_templates", r.Templates}, {"response_parameters", r.Parameters}} {
		for _, k := range sorted(m.values) {
			block.setEntry(m.name, hclString(k), hclString(m.values[k]))
		}
	}
	if !e.first(f, b, kind+r.Status) {
		return nil
	}
	e.added = append(e.added, kind+"."+block.key.name)
	return f.addBlock(b, block)
}

// first tells whether something is added to a block for the first time.
func (e *hclEditor) first(f *hclText, b *hclsyntax.Block, what string) bool {
	key := f.name + " " + strings.Join(b.Labels, ".") + " " + what
	if e.once[key] {
		return false
	}
	e.once[key] = true
	return true
}

// status is the status of a response: that of its method response where there is
// one by itself, so that this comes first.
func (e *hclEditor) status(f *hclText, ref snapshot.MethodRef, status string) string {
	if m := method(e.s, ref); m != nil {
		responses, _ := m.Responses.Peek()
		if r, ok := responses[status]; ok {
			if _, b, err := e.resource(r.Origin); err == nil && !several(b) && len(b.Labels) == 2 && b.Labels[0] == "aws_api_gateway_method_response" {
				if name, ok := local(r.Origin.Resource, m.Origin.Resource); ok {
					return name + ".status_code"
				}
			}
		}
	}
	for _, b := range f.body.Blocks {
		if len(b.Labels) == 2 && b.Labels[0] == "aws_api_gateway_method_response" && slices.Contains(e.added, b.Labels[0]+"."+b.Labels[1]) && strings.HasSuffix(b.Labels[1], "_"+status) {
			return b.Labels[0] + "." + b.Labels[1] + ".status_code"
		}
	}
	return hclString(status)
}

// addMethodResponse declares a status beside the integration.
func (e *hclEditor) addMethodResponse(c snapshot.AddMethodResponse) error {
	f, b, err := e.owner(c.On)
	if err != nil {
		return err
	}
	const kind = "aws_api_gateway_method_response"
	block := &hclBlock{key: resourceKey{kind, f.freeName(kind, b.Labels[1]+"_"+c.Status)}}
	for _, w := range f.words(b, "rest_api_id", "resource_id", "http_method") {
		block.set(w[0], w[1])
	}
	block.set("status_code", hclString(c.Status))
	if !e.first(f, b, kind+c.Status) {
		return nil
	}
	e.added = append(e.added, kind+"."+block.key.name)
	return f.addBlock(b, block)
}

// freeName is a name that no resource of the kind has in the file.
func (f *hclText) freeName(kind, name string) string {
	for free := name; ; free += "_2" {
		if !slices.ContainsFunc(f.body.Blocks, func(b *hclsyntax.Block) bool {
			return b.Type == "resource" && len(b.Labels) == 2 && b.Labels[0] == kind && b.Labels[1] == free
		}) {
			return free
		}
	}
}

// addBlock adds a block behind another one and behind those that were added there.
func (f *hclText) addBlock(behind *hclsyntax.Block, block *hclBlock) error {
	at := f.lineEnd(behind.CloseBraceRange.Start.Byte)
	for _, m := range f.moves {
		if m.from == m.to && m.from == at { // added in the same place before
			at += m.size
		}
	}
	text := "\n" + block.String()
	if at > 0 && f.text[at-1] != '\n' {
		text = "\n" + text
	}
	return f.splice(at, at, text)
}
