package remedy

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// role writes a role and its policy.
func (f *hclFile) role(c snapshot.CreateRole) error {
	literal := func(text string) (string, error) { return hclString(text), nil }
	role, policy, err := roleBlocks(c, identifier(c.Name()), literal)
	if err == nil {
		f.blocks = append(f.blocks, role, policy)
	}
	return err
}

// createRole adds a role and its policy behind the integration that signs with it.
func (e *hclEditor) createRole(c snapshot.CreateRole) error {
	f, b, err := e.resource(c.At)
	if err != nil {
		return err
	}
	address := c.At.Resource
	name := address[strings.LastIndexByte(address, '.')+1:]
	if free := f.freeName("aws_iam_role", name); free != name {
		return fmt.Errorf("%s has a role %s already; add the role under another name by hand", f.name, name)
	}
	role, policy, err := roleBlocks(c, name, e.words(f, c.At))
	if err != nil {
		return err
	}
	if err := f.addBlock(b, role); err != nil {
		return err
	}
	e.policies[c.ARN+" "+c.Policy] = hclPolicy{block: c.At, file: f, name: name}
	return f.addBlock(b, policy)
}

// roleBlocks are the resources of a role and its inline policy; words writes texts as
// expressions.
func roleBlocks(c snapshot.CreateRole, name string, words func(string) (string, error)) (role, policy *hclBlock, err error) {
	role, policy = &hclBlock{key: resourceKey{"aws_iam_role", name}}, &hclBlock{key: resourceKey{"aws_iam_role_policy", name}}
	role.set("name", hclString(c.Name()))
	policy.set("name", hclString(c.Policy))
	policy.set("role", "aws_iam_role."+name+".id")
	for _, d := range []struct {
		block          *hclBlock
		argument, text string
	}{{role, "assume_role_policy", c.Trust}, {policy, "policy", c.Document}} {
		var document struct{ Statement []any }
		if err := json.Unmarshal([]byte(d.text), &document); err != nil {
			return nil, nil, fmt.Errorf("the policy is not JSON: %w", err)
		}
		text, err := documentHCL(document.Statement, words)
		if err != nil {
			return nil, nil, err
		}
		d.block.inner = append(d.block.inner, d.argument+" = "+text)
	}
	return role, policy, nil
}

// documentHCL is a policy document as an expression.
func documentHCL(statements []any, words func(string) (string, error)) (string, error) {
	var b strings.Builder
	b.WriteString("jsonencode({\n  Version = \"2012-10-17\"\n  Statement = [\n")
	for _, st := range statements {
		m, _ := st.(map[string]any)
		object, err := statementHCL(m, words)
		if err != nil {
			return "", err
		}
		b.WriteString("    " + strings.ReplaceAll(object, "\n", "\n    ") + ",\n")
	}
	return b.String() + "  ]\n})", nil
}

// statementHCL is a statement as an object.
func statementHCL(statement map[string]any, words func(string) (string, error)) (string, error) {
	var pairs [][2]string
	for _, name := range members {
		v, ok := statement[name]
		if !ok {
			continue
		}
		text, err := valueHCL(v, words)
		if err != nil {
			return "", err
		}
		pairs = append(pairs, [2]string{name, text})
	}
	return "{\n" + indented(aligned(pairs)) + "\n}", nil
}

// valueHCL is a value of JSON as an expression on one line.
func valueHCL(v any, words func(string) (string, error)) (string, error) {
	switch v := v.(type) {
	case string:
		return words(v)
	case []any:
		list := make([]string, len(v))
		for i := range v {
			var err error
			if list[i], err = valueHCL(v[i], words); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(list, ", ") + "]", nil
	case map[string]any:
		var list []string
		for _, name := range sorted(v) {
			text, err := valueHCL(v[name], words)
			if err != nil {
				return "", err
			}
			key := name
			if !hclsyntax.ValidIdentifier(key) {
				key = hclString(key)
			}
			list = append(list, key+" = "+text)
		}
		return "{ " + strings.Join(list, ", ") + " }", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}
