package remedy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// setStatement adds, changes or removes a statement of a policy.
func (e *hclEditor) setStatement(c snapshot.SetStatement) error {
	after, err := statementOf(c.After)
	if err != nil {
		return err
	}
	before, err := statementOf(c.Before)
	if err != nil {
		return err
	}
	if c.On.Kind == "api" {
		return e.setAPIStatement(c, after)
	}
	p, err := e.policy(c.On)
	if err != nil {
		return err
	}
	if p.name != "" {
		return e.extend(p, after)
	}
	if p.block.File == "" {
		return e.newPolicy(c.On, after)
	}
	if len(p.lines) == 0 {
		f, b, err := e.resource(p.block)
		if err != nil {
			return err
		}
		a := b.Body.Attributes[p.argument]
		if a == nil {
			return fmt.Errorf("%s:%d: %s has no %s of its own to add to", filepath.ToSlash(f.name), p.block.Line, p.block.Resource, p.argument)
		}
		return f.computed("the policy", a.Expr)
	}
	index := c.Index - 1
	if c.Index == 0 {
		index = len(p.lines) - 1
	}
	if index >= len(p.lines) {
		return fmt.Errorf("%s has no statement %d", describePolicy(c.On), c.Index)
	}
	f, at, err := e.place(p.lines[index])
	if err != nil {
		return err
	}
	if b := f.block(at); b != nil && b.Type == "statement" {
		return e.statementBlock(f, b, p.block, c.Index == 0, before, after)
	}
	if o, ok := f.expression(at).(*hclsyntax.ObjectConsExpr); ok {
		return e.statementObject(f, o, p.block, c.Index == 0, before, after)
	}
	return fmt.Errorf("%s:%d: the policy stands in a text; change it there", filepath.ToSlash(f.name), p.lines[index].Line)
}

func statementOf(text string) (map[string]any, error) {
	v, err := parseStatement(text)
	m, _ := v.(map[string]any)
	return m, err
}

// hclPolicy is where a policy stands.
type hclPolicy struct {
	block    snapshot.Origin // of the resource; without a file for one that is not there
	argument string
	lines    []snapshot.Origin
	file     *hclText // of one that was added, under a name
	name     string
}

func (e *hclEditor) policy(on snapshot.PolicyTarget) (hclPolicy, error) {
	switch on.Kind {
	case "queue":
		q, _ := e.s.Queue(on.Resource).Peek()
		if q == nil {
			return hclPolicy{}, fmt.Errorf("the queue %s is not known", on.Resource)
		}
		if text, _ := q.Policy.Peek(); text == "" {
			return hclPolicy{}, nil
		}
		return hclPolicy{block: q.Policy.Origin(), argument: "policy", lines: q.PolicyLines}, nil
	case "key":
		k, _ := e.s.Key(on.Resource).Peek()
		if k == nil || len(k.PolicyLines) == 0 {
			return hclPolicy{}, fmt.Errorf("the policy of %s is not written in the configuration", on.Resource)
		}
		return hclPolicy{block: k.Policy.Origin(), argument: "policy", lines: k.PolicyLines}, nil
	}
	role, _ := e.s.Role(on.Resource).Peek()
	if role == nil {
		return hclPolicy{}, fmt.Errorf("the role %s is not known", on.Resource)
	}
	if on.Kind == "trust" {
		return hclPolicy{block: role.Origin, argument: "assume_role_policy", lines: []snapshot.Origin{role.Trust.Origin()}}, nil
	}
	if on.Kind == "boundary" {
		boundary, _ := role.Boundary.Peek()
		if boundary == nil || boundary.Origin.File == "" {
			return hclPolicy{}, fmt.Errorf("the permissions boundary of %s is not part of the configuration", on.Resource)
		}
		return hclPolicy{block: boundary.Origin, argument: "policy", lines: boundary.Lines}, nil
	}
	inline, _ := role.Inline.Peek()
	attached, _ := role.Attached.Peek()
	for _, p := range slices.Concat(inline, attached) {
		if (p.Name == on.Policy || p.ARN != "" && p.ARN == on.Policy) && on.Policy != "" {
			if p.Origin.File == "" {
				if own := e.policies[on.Resource+" "+on.Policy]; own.name != "" {
					return own, nil
				}
				return hclPolicy{}, fmt.Errorf("the policy %s is not part of the configuration", on.Policy)
			}
			return hclPolicy{block: p.Origin, argument: "policy", lines: p.Lines}, nil
		}
	}
	return hclPolicy{}, nil
}

// members are the members of a statement in the order in which they are written.
var members = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// newPolicy adds a policy that is a resource of its own.
func (e *hclEditor) newPolicy(on snapshot.PolicyTarget, statement map[string]any) error {
	if statement == nil {
		return fmt.Errorf("%s has no statement to remove", describePolicy(on))
	}
	var at snapshot.Origin
	if on.Kind == "queue" {
		q, _ := e.s.Queue(on.Resource).Peek()
		at = q.Origin
	} else {
		role, _ := e.s.Role(on.Resource).Peek()
		at = role.Origin
	}
	f, b, err := e.resource(at)
	if err != nil {
		return err
	}
	if several(b) || len(b.Labels) != 2 {
		return fmt.Errorf("%s:%d: %s has several instances; add the policy by hand", filepath.ToSlash(f.name), at.Line, strings.Join(b.Labels, "."))
	}
	document, err := documentHCL([]any{statement}, e.words(f, at))
	if err != nil {
		return err
	}
	block := &hclBlock{}
	own := strings.Join(b.Labels, ".")
	if on.Kind == "queue" {
		block.key = resourceKey{"aws_sqs_queue_policy", f.freeName("aws_sqs_queue_policy", b.Labels[1])}
		block.set("queue_url", own+".id")
	} else {
		block.key = resourceKey{"aws_iam_role_policy", f.freeName("aws_iam_role_policy", identifier(on.Policy))}
		block.set("name", hclString(on.Policy))
		block.set("role", own+".id")
	}
	if !e.first(f, b, "policy "+document) {
		return nil
	}
	block.inner = append(block.inner, "policy = "+document)
	e.policies[on.Resource+" "+on.Policy] = hclPolicy{block: at, file: f, name: block.key.name}
	return f.addBlock(b, block)
}

// extend adds a statement to a policy that was added before.
func (e *hclEditor) extend(p hclPolicy, statement map[string]any) error {
	for _, b := range p.file.body.Blocks {
		a := b.Body.Attributes["policy"]
		if len(b.Labels) != 2 || b.Labels[1] != p.name || a == nil {
			continue
		}
		var last *hclsyntax.ObjectConsExpr
		_ = hclsyntax.VisitAll(a.Expr, func(n hclsyntax.Node) hcl.Diagnostics {
			if t, ok := n.(*hclsyntax.TupleConsExpr); ok && last == nil && len(t.Exprs) > 0 {
				last, _ = t.Exprs[len(t.Exprs)-1].(*hclsyntax.ObjectConsExpr)
			}
			return nil
		})
		if last != nil && statement != nil {
			return e.statementObject(p.file, last, p.block, true, nil, statement)
		}
	}
	return fmt.Errorf("the policy %s cannot be edited by machine", p.name)
}

// object writes a statement as an object.
func (e *hclEditor) object(f *hclText, at snapshot.Origin, statement map[string]any) (string, error) {
	return statementHCL(statement, e.words(f, at))
}

// any writes a value of JSON as an expression on one line.
func (e *hclEditor) any(f *hclText, at snapshot.Origin, v any) (string, error) {
	return valueHCL(v, e.words(f, at))
}

// words writes texts as expressions where a block stands.
func (e *hclEditor) words(f *hclText, at snapshot.Origin) func(string) (string, error) {
	return func(text string) (string, error) { return e.value(f, at, text) }
}

// statementObject edits a statement that is an object, in a list of them.
func (e *hclEditor) statementObject(f *hclText, o *hclsyntax.ObjectConsExpr, at snapshot.Origin, add bool, before, after map[string]any) error {
	r := o.SrcRange
	if add {
		object, err := e.object(f, at, after)
		if err != nil {
			return err
		}
		if key := f.name + " statement " + object; e.once[key] {
			return nil
		} else {
			e.once[key] = true
		}
		indent := f.indentAt(r.Start.Byte)
		if f.lineStart(r.Start.Byte)+len(indent) != r.Start.Byte {
			// The list begins on the same line: the new one follows on it.
			object = strings.Join(strings.Fields(object), " ")
			object = strings.NewReplacer("{ ", "{ ", " }", " }").Replace(oneLineObject(object))
			return f.splice(r.End.Byte, r.End.Byte, ", "+object)
		}
		return f.splice(r.End.Byte, r.End.Byte, ",\n"+indent+strings.ReplaceAll(object, "\n", "\n"+indent))
	}
	if after == nil {
		return fmt.Errorf("%s:%d: take the statement out by hand", filepath.ToSlash(f.name), r.Start.Line)
	}
	for _, name := range members {
		was, had := before[name]
		now, has := after[name]
		if had == has && sameJSON(was, now) {
			continue
		}
		var value string
		if has {
			var err error
			if value, err = e.any(f, at, now); err != nil {
				return err
			}
		}
		done := false
		for _, item := range o.Items {
			if isNamed(item, name) {
				if !has {
					return f.removeItem(item.ValueExpr.Range().Start.Byte)
				}
				x := item.ValueExpr.Range()
				if err := f.splice(x.Start.Byte, x.End.Byte, value); err != nil {
					return err
				}
				done = true
				break
			}
		}
		if !done && has {
			if err := e.item(f, at, o, "statement", name, "", "x", value); err != nil {
				return err
			}
		}
		again, ok := f.expression(r.Start.Byte).(*hclsyntax.ObjectConsExpr)
		if !ok {
			return fmt.Errorf("%s:%d: the statement cannot be edited by machine", filepath.ToSlash(f.name), r.Start.Line)
		}
		o = again
	}
	return nil
}

// oneLineObject separates the members of an object with commas.
func oneLineObject(text string) string {
	for _, name := range members {
		text = strings.Replace(text, " "+name+" ", ", "+name+" ", 1)
	}
	return strings.Replace(text, "{, ", "{ ", 1)
}

func sameJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// nested writes the principals or the conditions of a statement as blocks.
func (e *hclEditor) nested(f *hclText, at snapshot.Origin, name string, v any) (string, error) {
	list := func(v any) (string, error) {
		if _, ok := v.([]any); !ok {
			v = []any{v}
		}
		return e.any(f, at, v)
	}
	var b strings.Builder
	block := func(name string, pairs [][2]string) {
		b.WriteString("\n\n" + name + " {\n" + indented(aligned(pairs)) + "\n}")
	}
	m, _ := v.(map[string]any)
	switch name {
	case "Principal", "NotPrincipal":
		kind := map[string]string{"Principal": "principals", "NotPrincipal": "not_principals"}[name]
		if everyone, ok := v.(string); ok {
			m = map[string]any{everyone: everyone}
		}
		for _, typ := range sorted(m) {
			text, err := list(m[typ])
			if err != nil {
				return "", err
			}
			block(kind, [][2]string{{"type", hclString(typ)}, {"identifiers", text}})
		}
	case "Condition":
		for _, test := range sorted(m) {
			keys, _ := m[test].(map[string]any)
			for _, key := range sorted(keys) {
				text, err := list(keys[key])
				if err != nil {
					return "", err
				}
				block("condition", [][2]string{{"test", hclString(test)}, {"variable", hclString(key)}, {"values", text}})
			}
		}
	}
	return b.String(), nil
}

// statementBlock edits a statement of a policy document that is a data source.
func (e *hclEditor) statementBlock(f *hclText, b *hclsyntax.Block, at snapshot.Origin, add bool, before, after map[string]any) error {
	names := map[string]string{"Sid": "sid", "Effect": "effect", "Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}
	argument := func(name string, v any) (string, error) {
		if list, ok := v.([]any); !ok && (strings.HasSuffix(names[name], "s")) {
			v = []any{v}
		} else if ok {
			v = list
		}
		return e.any(f, at, v)
	}
	if add {
		var pairs [][2]string
		inner := ""
		for _, name := range members {
			v, ok := after[name]
			if !ok || name == "Effect" && v == "Allow" {
				continue
			}
			if names[name] == "" {
				nested, err := e.nested(f, at, name, v)
				if err != nil {
					return err
				}
				inner += nested
				continue
			}
			text, err := argument(name, v)
			if err != nil {
				return err
			}
			pairs = append(pairs, [2]string{names[name], text})
		}
		if !e.first(f, b, fmt.Sprint(pairs, inner)) {
			return nil
		}
		end := f.lineEnd(b.CloseBraceRange.Start.Byte)
		indent := f.indentAt(b.TypeRange.Start.Byte)
		body := "statement {\n" + indented(aligned(pairs)+inner) + "\n}"
		return f.splice(end, end, "\n"+indent+strings.ReplaceAll(body, "\n", "\n"+indent)+"\n")
	}
	if after == nil {
		return f.splice(f.lineStart(b.TypeRange.Start.Byte), f.lineEnd(b.CloseBraceRange.Start.Byte), "")
	}
	start := b.TypeRange.Start.Byte
	for _, name := range members {
		was, had := before[name]
		now, has := after[name]
		if had == has && sameJSON(was, now) {
			continue
		}
		if names[name] == "" {
			return fmt.Errorf("%s:%d: change the %s of the statement by hand", filepath.ToSlash(f.name), b.TypeRange.Start.Line, name)
		}
		a := b.Body.Attributes[names[name]]
		switch {
		case !has && a != nil:
			if err := f.removeLines(a.SrcRange); err != nil {
				return err
			}
		case has:
			text, err := argument(name, now)
			if err != nil {
				return err
			}
			if a == nil {
				err = f.addArgument(b, names[name], text)
			} else {
				r := a.Expr.Range()
				err = f.splice(r.Start.Byte, r.End.Byte, text)
			}
			if err != nil {
				return err
			}
		}
		if b = f.block(start); b == nil {
			return fmt.Errorf("%s: the statement cannot be edited by machine", filepath.ToSlash(f.name))
		}
	}
	return nil
}
