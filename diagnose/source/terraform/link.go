package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"apisqs-doctor/diagnose/source/tree"
)

// identifiers are the arguments that name another resource by one attribute of
// it and nothing else. A plan of a first deployment does not know them, but its
// configuration says what they refer to (I32).
var identifiers = map[string]string{"credentials": "", "credentials_arn": "", "role": "", "rest_api_id": "", "resource_id": "", "parent_id": "", "deployment_id": "", "queue_url": "", "key_id": "", "target_key_id": "",
	"policy_arn": "", "api_id": "", "integration_id": "", "kms_master_key_id": "", "authorizer_id": "", "request_validator_id": "", "permissions_boundary": "", "target": "integrations/"}

// configuration finds the resource in the configuration of the plan.
func (one *record) configuration() *tree.Node {
	if one.config == nil && one.in.config != nil {
		module := one.in.moduleConfig(one.module)
		for _, n := range items(module.Get("resources")) {
			if n.Get("mode").TextOr("managed") == "managed" && n.Get("type").TextOr("") == one.kind && n.Get("name").TextOr("") == one.name {
				one.config = n
				break
			}
		}
	}
	return one.config
}

// moduleConfig finds the configuration of a module by the address of an instance.
func (r *recorded) moduleConfig(address string) *tree.Node {
	n := r.config
	for _, name := range moduleNames(address) {
		n = n.Get("module_calls").Get(name).Get("module")
	}
	return n
}

// moduleNames are the names of the calls in the address of a module: orders and
// queue in module.orders["eu"].module.queue.
func moduleNames(address string) []string {
	var names []string
	for address != "" {
		rest, ok := strings.CutPrefix(address, "module.")
		if !ok {
			return names
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			return append(names, rest)
		}
		names = append(names, rest[:end])
		_, rest = cutKey(rest[end:])
		address = strings.TrimPrefix(rest, ".")
	}
	return names
}

// keyLength is the length of a key in brackets at the beginning of a text. Names
// in quotes may hold brackets.
func keyLength(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ']' && !quoted:
			return i + 1
		}
	}
	return len(s)
}

// parentModule is the address of the module that calls a module.
func parentModule(address string) string {
	at := 0
	for i := 0; i < len(address); i++ {
		switch {
		case address[i] == '[':
			i += keyLength(address[i:]) - 1
		case strings.HasPrefix(address[i:], ".module."):
			at = i
		}
	}
	return address[:at]
}

// linked finds what an argument that is not known is taken from.
func (one *record) linked(name string) (cty.Value, bool) {
	prefix, ok := identifiers[name]
	if !ok {
		return cty.NilVal, false
	}
	expression := one.configuration().Get("expressions").Get(name)
	if v, ok := one.chained(expression); ok {
		return v, true
	}
	v, ok := one.in.follow(one.module, expression, one.key, "", name, 0)
	if text, known := plainText(textual(v)); ok && known {
		return cty.StringVal(prefix + text), true
	}
	return v, ok && prefix == ""
}

// chained finds an attribute of each.value, where for_each goes over the instances of
// another resource.
func (one *record) chained(expression *tree.Node) (cty.Value, bool) {
	refs := fullReferences(expression)
	over := fullReferences(one.configuration().Get("for_each_expression"))
	if len(refs) != 1 || len(over) != 1 {
		return cty.NilVal, false
	}
	attribute, ok := strings.CutPrefix(refs[0], "each.value.")
	if !ok || strings.ContainsAny(attribute, ".[") {
		return cty.NilVal, false
	}
	if other := one.in.instances[below(one.module, over[0]+one.key)]; other != nil {
		return other.attribute(attribute), true
	}
	return cty.NilVal, false
}

// taken says in words what an argument refers to.
func (one *record) taken(name string) string {
	refs := fullReferences(one.configuration().Get("expressions").Get(name))
	if len(refs) == 0 {
		return ""
	}
	return "; it refers to " + strings.Join(refs, " and ")
}

// fullReferences are the references of an expression without those that are the
// beginning of another one.
func fullReferences(expression *tree.Node) []string {
	var list []string
	for _, n := range items(expression.Get("references")) {
		ref := n.TextOr("")
		if last := len(list) - 1; last >= 0 && (strings.HasPrefix(list[last], ref+".") || strings.HasPrefix(list[last], ref+"[")) {
			continue
		}
		list = append(list, ref)
	}
	return list
}

// maxLinks is how many modules a value is followed through.
const maxLinks = 40

// follow finds the value of an expression that is one reference. key is that of
// the instance it is evaluated for; steps go on from the value, such as .id. argument
// is what the value is for.
func (r *recorded) follow(module string, expression *tree.Node, key, steps, argument string, depth int) (cty.Value, bool) {
	if v := expression.Get("constant_value"); v.Scalar() && steps == "" {
		return cty.StringVal(v.Text), true
	}
	refs := fullReferences(expression)
	each := false
	for i := 0; i < len(refs); i++ {
		if refs[i] == "each.key" || refs[i] == "each.value" || refs[i] == "count.index" {
			each = true
			refs = append(refs[:i], refs[i+1:]...)
			i--
		}
	}
	if len(refs) != 1 || depth > maxLinks {
		return cty.NilVal, false
	}
	root, rest, _ := strings.Cut(refs[0]+steps, ".")
	switch root {
	case "var":
		names := moduleNames(module)
		if len(names) == 0 {
			v := r.variables.Get(rest).Get("value") // steps into it lead to nothing
			return cty.StringVal(v.TextOr("")), v.Scalar()
		}
		parent := parentModule(module)
		call := r.moduleConfig(parent).Get("module_calls").Get(names[len(names)-1])
		name, steps := cutName(rest)
		return r.follow(parent, call.Get("expressions").Get(name), moduleKey(module), steps, argument, depth+1)
	case "module":
		name, rest := cutName(rest)
		own, rest := cutKey(rest)
		if own == "" && each {
			own = key
		}
		at := below(module, "module."+name+own)
		output, steps := cutName(strings.TrimPrefix(rest, "."))
		return r.follow(at, r.moduleConfig(at).Get("outputs").Get(output).Get("expression"), "", steps, argument, depth+1)
	case "local", "data", "path", "terraform", "self":
		return cty.NilVal, false
	}
	name, rest := cutName(rest)
	own, rest := cutKey(rest)
	if own == "" && each {
		own = key
	}
	one := r.instances[below(module, root+"."+name+own)]
	if one == nil {
		return cty.NilVal, false
	}
	attribute := strings.TrimPrefix(rest, ".")
	if attribute == "" {
		// Behind an index that is computed a plan leaves out what is taken of the resource.
		if !each {
			return cty.NilVal, false
		}
		attribute = fitting(argument, one.kind)
	}
	return one.attribute(attribute), true
}

// fitting is the attribute of a kind of resource that an argument takes.
func fitting(argument, kind string) string {
	switch argument {
	case "rest_api_id", "resource_id", "api_id":
		of := map[string]string{"rest_api_id": "aws_api_gateway_rest_api", "resource_id": "aws_api_gateway_resource", "api_id": "aws_apigatewayv2_api"}
		if kind != of[argument] {
			return argument
		}
	case "credentials", "credentials_arn", "permissions_boundary", "policy_arn", "kms_master_key_id":
		return "arn"
	case "role":
		return "name"
	case "queue_url":
		return "url"
	}
	return "id"
}

// cutKey takes a key in brackets off the beginning of a text; it is empty when there
// is none.
func cutKey(s string) (key, rest string) {
	if !strings.HasPrefix(s, "[") {
		return "", s
	}
	length := keyLength(s)
	return s[:length], s[length:]
}

// cutName takes a name off the beginning of what follows it.
func cutName(s string) (name, rest string) {
	if end := strings.IndexAny(s, ".["); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// moduleKey is the key of a module instance.
func moduleKey(address string) string {
	if !strings.HasSuffix(address, "]") {
		return ""
	}
	last := 0
	for i := 0; i < len(address); i++ {
		if address[i] == '[' {
			last = i
			i += keyLength(address[i:]) - 1
		}
	}
	return address[last:]
}
