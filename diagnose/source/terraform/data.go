package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// deriveData finds an attribute of a data source whose content is known.
func (r *instance) deriveData(name string) (cty.Value, bool) {
	p := r.provider()
	is := func(names ...string) bool { return slices.Contains(names, name) }
	switch kind := r.kind(); {
	case kind == "aws_caller_identity" && is("account_id", "id"):
		return cty.StringVal(p.account), true
	case kind == "aws_region" && is("name", "id", "region"):
		return cty.StringVal(p.region), true
	case kind == "aws_partition" && is("partition", "id"):
		return cty.StringVal(p.partition().ID), true
	case kind == "aws_partition" && name == "dns_suffix":
		return cty.StringVal(p.partition().DNSSuffix), true
	case kind == "aws_partition" && name == "reverse_dns_prefix" && p.partition().DNSSuffix == "amazonaws.com":
		return cty.StringVal("com.amazonaws"), true
	case kind == "aws_iam_policy_document" && is("json", "minified_json"):
		return r.policyDocument(), true
	case kind == "template_file" && name == "rendered":
		return r.templateFile(), true
	case kind == "aws_arn":
		return r.arnPart(name)
	}
	return cty.NilVal, false
}

// arnPart takes an ARN apart, as the data source aws_arn does.
func (r *instance) arnPart(name string) (cty.Value, bool) {
	at := map[string]int{"partition": 1, "service": 2, "region": 3, "account": 4, "resource": 5}[name]
	v, ok := r.configured("arn")
	text, known := plainText(v)
	if at == 0 || !ok || !known || holed(text) {
		return cty.NilVal, false
	}
	if parts := strings.SplitN(text, ":", 6); len(parts) == 6 {
		return cty.StringVal(parts[at]), true
	}
	return cty.NilVal, false
}

// templateFile renders the template of the old data source.
func (r *instance) templateFile() cty.Value {
	text, ok := r.configured("template")
	if !ok {
		return r.hole("rendered").any()
	}
	source, known := plainText(text)
	if !known {
		return r.hole("rendered").any()
	}
	vars, ok := r.configured("vars")
	if !ok {
		vars = cty.EmptyObjectVal
	}
	v, err := r.scope.ev.render(source, "", vars)
	if err != nil {
		h := r.hole("rendered")
		h.detail = r.address + " has no value: " + err.Error()
		return h.any()
	}
	return v
}

// policyDocument renders the data source aws_iam_policy_document (I15).
func (r *instance) policyDocument() cty.Value {
	d := document{hole: func(why string) cty.Value {
		h := r.hole("json")
		h.detail = "the policy of " + r.address + " is not known: " + why
		return h.any()
	}}
	argument := func(names ...string) cty.Value {
		for _, name := range names {
			if v, ok := r.configured(name); ok {
				return v
			}
		}
		return cty.NullVal(cty.DynamicPseudoType)
	}
	out := map[string]any{"Version": "2012-10-17"}
	for json, name := range map[string]string{"Version": "version", "Id": "policy_id"} {
		if text, ok := plainText(textual(argument(name))); ok {
			out[json] = text
		}
	}
	var statements []any
	merge := func(v cty.Value) string {
		for _, text := range d.texts(v) {
			var other struct{ Statement json.RawMessage }
			if err := json.Unmarshal([]byte(text), &other); err != nil {
				return "a document that it takes over is not known"
			}
			var list []any
			if json.Unmarshal(other.Statement, &list) != nil {
				var one any
				if json.Unmarshal(other.Statement, &one) == nil && one != nil {
					list = []any{one}
				}
			}
			for _, s := range list {
				statements = withStatement(statements, s)
			}
		}
		return d.unknown
	}
	if why := merge(argument("source_policy_documents", "source_json")); why != "" {
		return d.hole(why)
	}
	blocks := argument("statement")
	if !blocks.IsKnown() {
		return d.hole("the number of statements is not known")
	}
	if !blocks.IsNull() && blocks.CanIterateElements() {
		for _, b := range blocks.Elements() {
			statements = withStatement(statements, d.statement(b))
		}
	}
	if d.unknown == "" {
		if why := merge(argument("override_policy_documents", "override_json")); why != "" {
			return d.hole(why)
		}
	}
	if d.unknown != "" {
		return d.hole(d.unknown)
	}
	if statements == nil {
		statements = []any{}
	}
	out["Statement"] = statements
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return d.hole(err.Error())
	}
	return cty.StringVal(string(text))
}

// withStatement adds a statement; one with the same name is replaced.
func withStatement(list []any, s any) []any {
	sid := func(s any) string {
		m, _ := s.(map[string]any)
		text, _ := m["Sid"].(string)
		return text
	}
	if name := sid(s); name != "" {
		for i := range list {
			if sid(list[i]) == name {
				list[i] = s
				return list
			}
		}
	}
	return append(list, s)
}

// document is a policy document in the making.
type document struct {
	hole    func(why string) cty.Value
	unknown string // why the document is not known
}

// texts lists the texts of a list or of one value.
func (d *document) texts(v cty.Value) []string {
	if v.IsKnown() && (v.IsNull() || v.Type() != cty.String && !v.CanIterateElements()) {
		return nil
	}
	if text, ok := plainText(textual(v)); ok {
		return []string{text}
	}
	if !v.IsKnown() {
		d.unknown = "a list in it is not known"
		return nil
	}
	out := []string{}
	for _, e := range v.Elements() {
		if text, ok := plainText(textual(e)); ok {
			out = append(out, text)
		}
	}
	return out
}

// one is a list as a policy has it: a single element stands by itself.
func one(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

func (d *document) statement(b cty.Value) map[string]any {
	out := map[string]any{"Effect": "Allow"}
	get := func(name string) cty.Value { return memberOf(b, name) }
	if text, ok := plainText(textual(get("sid"))); ok && text != "" {
		out["Sid"] = text
	}
	if text, ok := plainText(textual(get("effect"))); ok {
		out["Effect"] = text
	}
	for name, member := range map[string]string{"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"} {
		if list := d.texts(get(name)); len(list) > 0 {
			out[member] = one(list)
		}
	}
	for name, member := range map[string]string{"principals": "Principal", "not_principals": "NotPrincipal"} {
		blocks := get(name)
		if !blocks.IsKnown() {
			d.unknown = "its principals are not known"
			continue
		}
		if blocks.IsNull() || !blocks.CanIterateElements() {
			continue
		}
		principals := map[string][]string{}
		everyone := false
		for _, p := range blocks.Elements() {
			kind, ok := plainText(memberOf(p, "type"))
			if !ok {
				d.unknown = "the type of a principal is not known"
				continue
			}
			list := d.texts(memberOf(p, "identifiers"))
			if kind == "*" && len(list) == 1 && list[0] == "*" {
				everyone = true
			}
			principals[kind] = append(principals[kind], list...)
		}
		switch {
		case everyone:
			out[member] = "*"
		case len(principals) > 0:
			all := map[string]any{}
			for kind, list := range principals {
				all[kind] = one(list)
			}
			out[member] = all
		}
	}
	conditions := get("condition")
	if !conditions.IsKnown() {
		d.unknown = "its conditions are not known"
		return out
	}
	if !conditions.IsNull() && conditions.CanIterateElements() {
		all := map[string]map[string][]string{}
		for _, c := range conditions.Elements() {
			test, ok := plainText(textual(memberOf(c, "test")))
			variable, known := plainText(textual(memberOf(c, "variable")))
			if !ok || !known || holed(test) || holed(variable) {
				d.unknown = "a condition of it is not known"
				continue
			}
			if all[test] == nil {
				all[test] = map[string][]string{}
			}
			all[test][variable] = append(all[test][variable], d.texts(memberOf(c, "values"))...)
		}
		if len(all) > 0 {
			plain := map[string]map[string]any{}
			for test, variables := range all {
				plain[test] = map[string]any{}
				for name, values := range variables {
					plain[test][name] = one(values)
				}
			}
			out["Condition"] = plain
		}
	}
	return out
}

// memberOf is a member of an object or map, null when it has none of that name.
func memberOf(v cty.Value, name string) cty.Value {
	v, _ = v.Unmark()
	null := cty.NullVal(cty.DynamicPseudoType)
	if !v.IsKnown() || v.IsNull() {
		return null
	}
	switch t := v.Type(); {
	case t.IsObjectType():
		if t.HasAttribute(name) {
			return v.GetAttr(name)
		}
	case t.IsMapType():
		if key := cty.StringVal(name); v.HasIndex(key).True() {
			return v.Index(key)
		}
	}
	return null
}
