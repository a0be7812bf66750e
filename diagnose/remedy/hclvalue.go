package remedy

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
)

// module is the part of an address that names a module: module.orders["eu"]. or nothing.
func module(address string) string {
	at := 0
	quoted := false
	for i := 0; i < len(address); i++ {
		switch {
		case address[i] == '\\' && quoted:
			i++
		case address[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(address[i:], "module.") && (i == 0 || address[i-1] == '.'):
			// over the name and the key
			i += len("module.")
			for depth := 0; i < len(address) && (address[i] != '.' || depth > 0); i++ {
				switch address[i] {
				case '[':
					depth++
				case ']':
					depth--
				}
			}
			at = i + 1
		}
	}
	return address[:min(at, len(address))]
}

// local is an address as it reads inside the module of another one.
func local(address, inside string) (string, bool) {
	m := module(inside)
	if module(address) != m {
		return "", false
	}
	return address[len(m):], true
}

var identityData = lazy.Regexp(`data\s+"?aws_caller_identity"?\s+"?([A-Za-z_][\w-]*)"?`)

// value writes a text as an expression: what other resources give is a reference
// to them, and what is not known stands in words that Terraform knows. It fails
// where the text holds something that the module cannot name.
func (e *hclEditor) value(f *hclText, block snapshot.Origin, text string) (string, error) {
	parts, err := e.parts(f, block, text)
	if err != nil {
		return "", err
	}
	if len(parts) == 1 && parts[0].reference {
		return parts[0].text, nil
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, p := range parts {
		if p.reference {
			b.WriteString("${" + p.text + "}")
			continue
		}
		q := hclString(p.text)
		b.WriteString(q[1 : len(q)-1])
	}
	b.WriteByte('"')
	return b.String(), nil
}

// hclPart is a piece of a text: literal, or a reference.
type hclPart struct {
	text      string
	reference bool
}

// parts takes a text apart into literal pieces and references.
func (e *hclEditor) parts(f *hclText, block snapshot.Origin, text string) ([]hclPart, error) {
	known := map[string]string{} // text -> address and attribute
	for arn, fact := range e.s.Queues {
		if q, ok := fact.Peek(); ok && q != nil && q.Origin.File != "" {
			known[arn] = q.Origin.Resource + ".arn"
		}
	}
	for arn, fact := range e.s.Roles {
		if r, ok := fact.Peek(); ok && r != nil && r.Origin.File != "" {
			known[arn] = r.Origin.Resource + ".arn"
		}
	}
	for arn, fact := range e.s.Keys {
		if k, ok := fact.Peek(); ok && k != nil && k.Origin.File != "" && k.ARN == arn {
			known[arn] = k.Origin.Resource + ".arn"
		}
	}
	for _, s := range e.s.Symbols {
		known[s.Text] = strings.TrimSuffix(strings.TrimPrefix(s.Expression, "${"), "}")
	}
	texts := make([]string, 0, len(known))
	for t := range known {
		texts = append(texts, t)
	}
	sort.Slice(texts, func(i, j int) bool {
		if len(texts[i]) != len(texts[j]) {
			return len(texts[i]) > len(texts[j])
		}
		return texts[i] < texts[j]
	})
	list := []hclPart{{text: text}}
	for _, t := range texts {
		var next []hclPart
		for _, p := range list {
			for !p.reference && strings.Contains(p.text, t) {
				before, after, _ := strings.Cut(p.text, t)
				// A queue's ARN may be the beginning of another one's.
				if strings.HasPrefix(t, "arn:") && after != "" && strings.IndexByte("/:*", after[0]) < 0 {
					break
				}
				name, err := e.reference(f, block, known[t])
				if err != nil {
					return nil, err
				}
				if before != "" {
					next = append(next, hclPart{text: before})
				}
				next = append(next, hclPart{text: name, reference: true})
				p.text = after
			}
			if p.text != "" {
				next = append(next, p)
			}
		}
		list = next
	}
	if len(list) == 0 {
		list = []hclPart{{}}
	}
	return list, nil
}

// reference is the name of a value inside the module of a block.
func (e *hclEditor) reference(f *hclText, block snapshot.Origin, name string) (string, error) {
	if name == "account id" {
		if m := identityData.FindSubmatch(f.text); m != nil {
			return "data.aws_caller_identity." + string(m[1]) + ".account_id", nil
		}
		return "", fmt.Errorf("the text needs the account id, which %s has no data source for: add data \"aws_caller_identity\", or give --account-id", f.name)
	}
	out, ok := local(name, block.Resource)
	if !ok {
		if given, found := e.output(name, block.Resource); found {
			return given, nil
		}
	}
	if !ok || strings.ContainsAny(out, " (){}") {
		return "", fmt.Errorf("%s is not to be had in the module of %s; make this change by hand", name, block.Resource)
	}
	return out, nil
}

// output finds the output of a called module that gives an attribute of a
// resource in it: module.intake["orders"].queue_arn.
func (e *hclEditor) output(name, inside string) (string, bool) {
	inner, ok := strings.CutPrefix(module(name), module(inside))
	if !ok || strings.Count(inner, "module.") != 1 {
		return "", false
	}
	address, attribute := name[:strings.LastIndexByte(name, '.')], name[len(module(name)):]
	file := e.fileOf(address)
	if file == "" {
		return "", false
	}
	for _, candidate := range []string{file, filepath.Join(filepath.Dir(file), "outputs.tf"), filepath.Join(filepath.Dir(file), "output.tf")} {
		f, err := e.file(candidate)
		if err != nil {
			continue
		}
		for _, b := range f.body.Blocks {
			if a := b.Body.Attributes["value"]; b.Type == "output" && len(b.Labels) == 1 && a != nil && string(a.Expr.Range().SliceBytes(f.text)) == attribute {
				return inner + b.Labels[0], true
			}
		}
	}
	return "", false
}

// fileOf is the file that a queue, a role or a key stands in.
func (e *hclEditor) fileOf(address string) string {
	for _, f := range e.s.Queues {
		if q, _ := f.Peek(); q != nil && q.Origin.Resource == address {
			return q.Origin.File
		}
	}
	for _, f := range e.s.Roles {
		if r, _ := f.Peek(); r != nil && r.Origin.Resource == address {
			return r.Origin.File
		}
	}
	for _, f := range e.s.Keys {
		if k, _ := f.Peek(); k != nil && k.Origin.Resource == address {
			return k.Origin.File
		}
	}
	return ""
}
