package terraform

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// derivation says how the attributes of a resource follow from its arguments
// (I14). Holes in the patterns: {region}, {account}, {partition}, {suffix}, and
// the attributes of the resource by their names.
type derivation struct {
	name       string // the argument that is the physical name; empty when it has none
	attributes map[string]string
}

const queueURL = "https://sqs.{region}.{suffix}/{account}/{name}"

// derivations are the resources with names that can be told before apply. An
// empty pattern is an attribute that AWS makes up.
var derivations = map[string]derivation{
	"aws_sqs_queue":                     {"name", map[string]string{"arn": "arn:{partition}:sqs:{region}:{account}:{name}", "id": queueURL, "url": queueURL}},
	"aws_sns_topic":                     {"name", map[string]string{"arn": "arn:{partition}:sns:{region}:{account}:{name}", "id": "arn:{partition}:sns:{region}:{account}:{name}"}},
	"aws_iam_role":                      {"name", map[string]string{"arn": "arn:{partition}:iam::{account}:role{path}{name}", "id": "{name}", "path": "/", "unique_id": ""}},
	"aws_iam_user":                      {"name", map[string]string{"arn": "arn:{partition}:iam::{account}:user{path}{name}", "id": "{name}", "path": "/", "unique_id": ""}},
	"aws_iam_group":                     {"name", map[string]string{"arn": "arn:{partition}:iam::{account}:group{path}{name}", "id": "{name}", "path": "/"}},
	"aws_iam_policy":                    {"name", map[string]string{"arn": "arn:{partition}:iam::{account}:policy{path}{name}", "id": "arn:{partition}:iam::{account}:policy{path}{name}", "path": "/"}},
	"aws_iam_role_policy":               {"name", map[string]string{"id": "{role}:{name}"}},
	"aws_kms_key":                       {"", map[string]string{"key_id": "", "id": "{key_id}", "arn": "arn:{partition}:kms:{region}:{account}:key/{key_id}"}},
	"aws_kms_alias":                     {"name", map[string]string{"id": "{name}", "arn": "arn:{partition}:kms:{region}:{account}:{name}"}},
	"aws_lambda_function":               {"function_name", map[string]string{"id": "{function_name}", "arn": "arn:{partition}:lambda:{region}:{account}:function:{function_name}"}},
	"aws_s3_bucket":                     {"bucket", map[string]string{"id": "{bucket}", "arn": "arn:{partition}:s3:::{bucket}"}},
	"aws_dynamodb_table":                {"name", map[string]string{"id": "{name}", "arn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}"}},
	"aws_cloudwatch_log_group":          {"name", map[string]string{"id": "{name}", "arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}"}},
	"aws_kinesis_stream":                {"name", map[string]string{"arn": "arn:{partition}:kinesis:{region}:{account}:stream/{name}"}},
	"aws_cloudwatch_event_bus":          {"name", map[string]string{"id": "{name}", "arn": "arn:{partition}:events:{region}:{account}:event-bus/{name}"}},
	"aws_sfn_state_machine":             {"name", map[string]string{"arn": "arn:{partition}:states:{region}:{account}:stateMachine:{name}", "id": "arn:{partition}:states:{region}:{account}:stateMachine:{name}"}},
	"aws_api_gateway_rest_api":          {"", map[string]string{"id": "", "root_resource_id": "", "arn": "arn:{partition}:apigateway:{region}::/restapis/{id}", "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{id}"}},
	"aws_api_gateway_resource":          {"", map[string]string{"id": "", "path": ""}},
	"aws_api_gateway_method":            {"", map[string]string{"id": "agm-{rest_api_id}-{resource_id}-{http_method}"}},
	"aws_api_gateway_integration":       {"", map[string]string{"id": "agi-{rest_api_id}-{resource_id}-{http_method}"}},
	"aws_api_gateway_deployment":        {"", map[string]string{"id": "", "invoke_url": "https://{rest_api_id}.execute-api.{region}.{suffix}/{stage_name}", "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{rest_api_id}/{stage_name}"}},
	"aws_api_gateway_stage":             {"", map[string]string{"id": "ags-{rest_api_id}-{stage_name}", "arn": "arn:{partition}:apigateway:{region}::/restapis/{rest_api_id}/stages/{stage_name}", "invoke_url": "https://{rest_api_id}.execute-api.{region}.{suffix}/{stage_name}", "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{rest_api_id}/{stage_name}"}},
	"aws_apigatewayv2_api":              {"", map[string]string{"id": "", "arn": "arn:{partition}:apigateway:{region}::/apis/{id}", "api_endpoint": "https://{id}.execute-api.{region}.{suffix}", "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{id}"}},
	"aws_apigatewayv2_stage":            {"", map[string]string{"id": "{name}", "invoke_url": "https://{api_id}.execute-api.{region}.{suffix}/{name}"}},
	"aws_api_gateway_model":             {"", map[string]string{"id": ""}},
	"aws_api_gateway_authorizer":        {"", map[string]string{"id": ""}},
	"aws_apigatewayv2_integration":      {"", map[string]string{"id": ""}},
	"aws_apigatewayv2_route":            {"", map[string]string{"id": ""}},
	"aws_apigatewayv2_deployment":       {"", map[string]string{"id": ""}},
	"aws_apigatewayv2_authorizer":       {"", map[string]string{"id": ""}},
	"aws_api_gateway_request_validator": {"", map[string]string{"id": ""}},
}

// dataDerivations are those of data sources; arguments that are not given are
// what the lookup finds.
var dataDerivations = map[string]derivation{
	"aws_sqs_queue": {"", map[string]string{"arn": "arn:{partition}:sqs:{region}:{account}:{name}", "url": queueURL, "id": queueURL}},
	"aws_sns_topic": {"", map[string]string{"arn": "arn:{partition}:sns:{region}:{account}:{name}", "id": "arn:{partition}:sns:{region}:{account}:{name}"}},
	"aws_kms_alias": {"", map[string]string{"id": "arn:{partition}:kms:{region}:{account}:{name}", "arn": "arn:{partition}:kms:{region}:{account}:{name}", "target_key_id": "", "target_key_arn": ""}},
	"aws_kms_key":   {"", map[string]string{"id": "", "arn": "", "key_id": ""}},
	// A name is that of one role of the account, whatever its path, which is not known.
	"aws_iam_role": {"", map[string]string{"id": "{name}", "arn": "arn:{partition}:iam::{account}:role/{path}{name}", "unique_id": ""}},
	// Its ARN is of the account or of AWS: it is not known, and no id that is made up.
	"aws_iam_policy":           {"", map[string]string{"id": "{arn}"}},
	"aws_lambda_function":      {"", map[string]string{"arn": "arn:{partition}:lambda:{region}:{account}:function:{function_name}"}},
	"aws_api_gateway_rest_api": {"", map[string]string{"id": "", "root_resource_id": "", "arn": "", "execution_arn": ""}},
}

func derivationOf(kind string, data bool) derivation {
	if data {
		return dataDerivations[kind]
	}
	return derivations[kind]
}

// derivedNames are the attributes that the resource as a whole has beside its arguments.
func derivedNames(kind string, data bool) []string {
	d := derivationOf(kind, data)
	names := slices.Sorted(maps.Keys(d.attributes))
	if d.name != "" {
		names = append(names, d.name)
	}
	if data {
		names = append(names, knownData[kind]...)
	}
	return names
}

// knownData are the attributes of data sources whose content is known.
var knownData = map[string][]string{
	"aws_caller_identity": {"account_id", "id", "arn", "user_id"}, "aws_region": {"name", "id", "region"}, "aws_partition": {"partition", "dns_suffix", "id"},
	"aws_iam_policy_document": {"json", "minified_json"}, "template_file": {"rendered"}, "aws_arn": {"partition", "service", "region", "account", "resource"},
}

// derive finds an attribute that is not an argument.
func (r *instance) derive(name string) (cty.Value, bool) {
	d := derivationOf(r.kind(), r.data())
	if r.data() {
		if v, ok := r.deriveData(name); ok {
			return v, true
		}
	}
	if name != "" && name == d.name {
		return cty.StringVal(r.generatedName(name)), true
	}
	pattern, ok := d.attributes[name]
	switch {
	case !ok:
		return cty.NilVal, false
	case pattern == "":
		h := r.hole(name)
		h.made = true
		return h.text(), true
	}
	return cty.StringVal(fill(pattern, r.part)), true
}

// generatedName is the name of a resource that AWS or the provider makes up. A
// FIFO queue gets the ending that it needs.
func (r *instance) generatedName(name string) string {
	h := r.hole(name)
	text := h.standIn()
	if prefix, ok := r.configured(name + "_prefix"); ok {
		if p, ok := plainText(textual(prefix)); ok {
			text = p + text
		}
	}
	if r.kind() == "aws_sqs_queue" {
		if fifo, ok := r.configured("fifo_queue"); ok {
			if b, err := convert.Convert(fifo, cty.Bool); err == nil && b.IsKnown() && !b.IsNull() && b.True() {
				text += ".fifo"
			}
		}
	}
	return text
}

// fill puts values into a pattern. A part that is not known leaves its stand-in.
func fill(pattern string, part func(string) string) string {
	var b strings.Builder
	for pattern != "" {
		open := strings.IndexByte(pattern, '{')
		if open < 0 {
			b.WriteString(pattern)
			break
		}
		length := strings.IndexByte(pattern[open:], '}')
		b.WriteString(pattern[:open])
		b.WriteString(part(pattern[open+1 : open+length]))
		pattern = pattern[open+length+1:]
	}
	return b.String()
}

func (r *instance) part(name string) string {
	if text, ok := r.provider().part(name); ok {
		return text
	}
	v, _ := r.attribute(name)
	text, err := convert.Convert(v, cty.String)
	if err != nil {
		return r.hole(name).standIn()
	}
	if s, ok := plainText(textual(text)); ok {
		return s
	}
	return r.hole(name).standIn()
}

// provider is where a resource is created.
type provider struct {
	region, account string // with stand-ins for what is not known
}

// part is the part of an ARN or URL that says where a resource is.
func (p provider) part(name string) (string, bool) {
	switch name {
	case "region":
		return p.region, true
	case "account":
		return p.account, true
	case "partition":
		return p.partition().ID, true
	case "suffix":
		return p.partition().DNSSuffix, true
	}
	return "", false
}

// partition follows from the region. While that is not known, it is aws, where
// nearly all accounts are.
func (p provider) partition() text.Partition { return text.PartitionOf(p.region) }

// provider finds the region and the account of a resource.
func (r *instance) provider() provider {
	name := "aws"
	if a, ok := r.block.Body.Attributes["provider"]; ok {
		if given := providerName(a.Expr); given != "" {
			name = given
		}
	}
	p := r.scope.provider(name)
	// Version 6 of the provider takes a region on each resource.
	if a, ok := r.block.Body.Attributes["region"]; ok && !r.data() {
		if text, ok := plainText(textual(r.scope.ev.evaluate(a.Expr, r.ctx, r.address+".region"))); ok && text != "" {
			p.region = text
		}
	}
	return p
}

// providerName is the name that a provider argument refers to: aws.west, or in
// old configurations the same in quotes.
func providerName(e hclsyntax.Expression) string {
	if t, ok := e.(interface{ AsTraversal() hcl.Traversal }); ok {
		var parts []string
		for i, step := range t.AsTraversal() {
			if i == 0 {
				parts = append(parts, t.AsTraversal().RootName())
				continue
			}
			parts = append(parts, strings.TrimPrefix(stepText(step), "."))
		}
		return strings.Join(parts, ".")
	}
	if v, diags := e.Value(nil); !diags.HasErrors() {
		text, _ := plainText(v)
		return text
	}
	return ""
}

// handedDown maps the providers of a called module to those of its caller.
func (s *scope) handedDown(call *hclsyntax.Block) map[string]string {
	out := map[string]string{}
	a, ok := call.Body.Attributes["providers"]
	if !ok {
		return out
	}
	e := a.Expr
	if c, ok := e.(*computed); ok {
		e = c.Expression
	}
	if o, ok := e.(*hclsyntax.ObjectConsExpr); ok {
		for _, item := range o.Items {
			key := item.KeyExpr
			if k, ok := key.(*hclsyntax.ObjectConsKeyExpr); ok {
				key = k.Wrapped
			}
			if p, ok := key.(*hclsyntax.ParenthesesExpr); ok {
				key = p.Expression
			}
			out[providerName(key)] = providerName(item.ValueExpr)
		}
	}
	return out
}

// provider finds a provider by its local name: here, or in the callers.
func (s *scope) provider(name string) provider {
	ev := s.ev
	p := provider{region: ev.options.Region, account: ev.options.Account}
	for at := s; ; at = at.parent {
		if b, ok := at.module.providers[name]; ok && (at.parent == nil || b.Body.Attributes["region"] != nil) {
			at.configure(b, &p)
			break
		}
		if at.parent == nil {
			break
		}
		if handed, ok := at.proxies[name]; ok {
			name = handed
		} else if name != "aws" {
			name = "aws"
		}
	}
	return p.orUnknown(ev.holes)
}

// orUnknown fills in stand-ins for what is not known.
func (p provider) orUnknown(hs *holes) provider {
	if p.region == "" {
		p.region = hs.get(hole{id: "region", expression: "region", needs: snapshot.NeedsRegion}).standIn()
	}
	if p.account == "" {
		p.account = hs.get(hole{id: "account", expression: "account id", needs: snapshot.NeedsAccount}).standIn()
	}
	return p
}

// configure takes the region and the account out of a provider block.
func (s *scope) configure(b *hclsyntax.Block, p *provider) {
	value := func(body *hclsyntax.Body, name string) string {
		a, ok := body.Attributes[name]
		if !ok {
			return ""
		}
		text, _ := plainText(textual(s.ev.evaluate(a.Expr, s.ctx, "provider.aws."+name)))
		return text
	}
	if region := value(b.Body, "region"); region != "" {
		p.region = region
	}
	if p.account != "" {
		return
	}
	if a, ok := b.Body.Attributes["allowed_account_ids"]; ok {
		v := s.ev.evaluate(a.Expr, s.ctx, "provider.aws.allowed_account_ids")
		if v.IsWhollyKnown() && !v.IsNull() && v.CanIterateElements() && v.LengthInt() == 1 {
			if text, ok := plainText(v.AsValueSlice()[0]); ok && !holed(text) {
				p.account = text
			}
		}
	}
	for _, in := range b.Body.Blocks {
		if in.Type == "assume_role" && p.account == "" {
			p.account = text.AccountOf(value(in.Body, "role_arn"))
		}
	}
}
