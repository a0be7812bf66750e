package terraform

import (
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

// builder turns resources into the parts that an API is put together from.
type builder struct {
	symbols *symbols
	parts   *assemble.Parts
	waits   func(*resource) func(address string) bool // of a deployment; nil when all is there
	follows func(*resource) func(address string) bool // of a deployment; nil when it is not known
	// what belongs to parts that may come later
	apiPolicies map[string]tree.View
	keyPolicies map[string]*resource
	grants      map[string][]*resource
	doubts      []doubt
	fronts      []front         // what changes stages and APIs
	certified   map[string]bool // custom domains that ask for a certificate
	// mirrored says that resources show what others have added to them: in a
	// state the queue of a queue policy has the policy too.
	mirrored bool
}

// doubt is a resource of which nobody knows how many there are.
type doubt struct {
	kind  string
	owner string // what it belongs to, with symbols; empty when that is not known
	gap   snapshot.Gap
}

// mappers say what each kind of resource adds.
var mappers map[string]func(*builder, *resource)

func init() {
	mappers = map[string]func(*builder, *resource){
		"aws_api_gateway_rest_api": (*builder).restAPI, "aws_api_gateway_rest_api_policy": (*builder).restAPIPolicy, "aws_api_gateway_resource": (*builder).restResource,
		"aws_api_gateway_method": (*builder).restMethod, "aws_api_gateway_method_response": (*builder).methodResponse, "aws_api_gateway_integration": (*builder).restIntegration,
		"aws_api_gateway_integration_response": (*builder).restResponse, "aws_api_gateway_deployment": (*builder).deployment, "aws_api_gateway_stage": (*builder).restStage,
		"aws_api_gateway_model": (*builder).model, "aws_api_gateway_request_validator": (*builder).validator, "aws_api_gateway_authorizer": (*builder).authorizer,

		"aws_apigatewayv2_api": (*builder).api, "aws_apigatewayv2_route": (*builder).route, "aws_apigatewayv2_integration": (*builder).integration, "aws_apigatewayv2_stage": (*builder).stage,
		"aws_apigatewayv2_deployment": (*builder).deployment, "aws_apigatewayv2_authorizer": (*builder).authorizer, "aws_apigatewayv2_integration_response": (*builder).response, "aws_apigatewayv2_route_response": (*builder).routeResponse,
		"aws_apigatewayv2_model": (*builder).model,

		"aws_iam_role": (*builder).role, "aws_iam_role_policy": (*builder).rolePolicy, "aws_iam_policy": (*builder).managedPolicy, "aws_iam_role_policy_attachment": (*builder).attachment,
		"aws_iam_policy_attachment": (*builder).attachment, "aws_sqs_queue": (*builder).queue, "aws_sqs_queue_policy": (*builder).queuePolicy,
		"aws_kms_key": (*builder).key, "aws_kms_replica_key": (*builder).key, "aws_kms_external_key": (*builder).key, "aws_kms_key_policy": (*builder).keyPolicy,
		"aws_kms_alias": (*builder).alias, "aws_kms_grant": (*builder).grant,
		"aws_iam_role_policies_exclusive": (*builder).exclusive, "aws_iam_role_policy_attachments_exclusive": (*builder).exclusive,
		"aws_sqs_queue_redrive_policy": (*builder).redrive, "aws_sqs_queue_redrive_allow_policy": (*builder).redrive,

		"aws_api_gateway_method_settings": (*builder).methodSettings, "aws_api_gateway_usage_plan": (*builder).usagePlan, "aws_api_gateway_gateway_response": (*builder).gatewayResponse,
		"aws_api_gateway_domain_name": (*builder).domainName, "aws_apigatewayv2_domain_name": (*builder).domainName,
		"aws_api_gateway_base_path_mapping": (*builder).pathMapping, "aws_apigatewayv2_api_mapping": (*builder).pathMapping,
	}
}

func newBuilder(sy *symbols, target snapshot.Target, input string, warn func(string)) *builder {
	return &builder{symbols: sy, parts: &assemble.Parts{Target: target, Input: input, Warn: warn}, apiPolicies: map[string]tree.View{}, keyPolicies: map[string]*resource{}, grants: map[string][]*resource{}, certified: map[string]bool{}}
}

// build puts the snapshot together.
func (b *builder) build(list []*resource) *snapshot.Snapshot {
	for _, r := range list {
		mappers[r.kind](b, r)
	}
	b.settle()
	b.parts.Symbols = b.symbols.list
	s := b.parts.Snapshot()
	s.Organization = snapshot.Unknown[snapshot.Organization](snapshot.Gap{Reason: snapshot.NotRead, Detail: b.parts.Input + " does not hold the organization's policies"})
	s.Symbols = b.symbols.list
	return s
}

// settle gives parts what other resources say of them.
func (b *builder) settle() {
	for i := range b.parts.APIs {
		api := &b.parts.APIs[i]
		if policy, ok := b.apiPolicies[api.ID]; ok {
			api.Policy, _ = policy.Policy()
		}
	}
	for i := range b.parts.Keys {
		key := &b.parts.Keys[i]
		for _, name := range keyNames(key.ARN) {
			if r := b.keyPolicies[name]; r != nil {
				key.Policy, key.PolicyLines = b.policy(r, "policy")
			}
			for _, r := range b.grants[name] {
				key.Grants = b.withGrant(key.Grants, r)
			}
		}
	}
	if b.mirrored {
		b.unmirror()
	}
	for _, f := range b.fronts {
		f(b)
	}
	for _, d := range b.doubts {
		b.spread(d)
	}
}

// unmirror takes away from resources what resources of their own say, too.
func (b *builder) unmirror() {
	set := map[string]bool{}
	for _, p := range b.parts.QueuePolicies {
		for _, q := range p.Queues {
			set[q.Text] = true
		}
	}
	for i := range b.parts.Queues {
		if q := &b.parts.Queues[i]; set[q.URL] {
			q.Policy, q.PolicyLines = snapshot.Known("", q.Policy.Origin()), nil
		}
	}
	own := map[[2]string]bool{}
	for _, p := range b.parts.Policies {
		for _, role := range p.Roles {
			own[[2]string{role.Text, p.Name}] = true
		}
	}
	attached := map[[2]string]bool{}
	for _, a := range b.parts.Attachments {
		for _, role := range a.Roles {
			attached[[2]string{role.Text, a.Policy.Text}] = true
		}
	}
	for i := range b.parts.Roles {
		role := &b.parts.Roles[i]
		if list, ok := role.Inline.Read(&snapshot.Gaps{}); ok {
			role.Inline = role.Inline.With(slices.DeleteFunc(slices.Clone(list), func(p snapshot.Policy) bool { return own[[2]string{role.Name, p.Name}] }))
		}
		if list, ok := role.Attached.Read(&snapshot.Gaps{}); ok {
			role.Attached = role.Attached.With(slices.DeleteFunc(slices.Clone(list), func(p assemble.Ref) bool { return attached[[2]string{role.Name, p.Text}] }))
		}
	}
}

// keyNames are what a resource may name a key by.
func keyNames(arn string) []string {
	return []string{arn, arn[strings.LastIndexByte(arn, '/')+1:]}
}

// spread makes unknown what a resource without a known number belongs to.
func (b *builder) spread(d doubt) {
	gap := d.gap
	switch {
	case d.kind == "aws_api_gateway_method_settings":
		for i := range b.parts.Stages {
			if st := &b.parts.Stages[i]; d.owner == "" || d.owner == st.API.Text {
				st.Settings = snapshot.Unknown[map[string]snapshot.MethodSettings](gap)
			}
		}
	case noMethods[d.kind]:
	case strings.HasPrefix(d.kind, "aws_api_gateway_"), strings.HasPrefix(d.kind, "aws_apigatewayv2_"):
		for i := range b.parts.APIs {
			if api := &b.parts.APIs[i]; d.owner == "" || d.owner == api.ID {
				api.Doubt = &gap
			}
		}
	case d.kind == "aws_iam_role_policy", strings.HasSuffix(d.kind, "policy_attachment"), strings.HasSuffix(d.kind, "_exclusive"):
		for i := range b.parts.Roles {
			role := &b.parts.Roles[i]
			if d.owner != "" && d.owner != role.Name {
				continue
			}
			if !strings.HasSuffix(d.kind, "policy_attachment") {
				role.Inline = snapshot.Unknown[[]snapshot.Policy](gap)
			}
			if d.kind != "aws_iam_role_policy" {
				role.Attached = snapshot.Unknown[[]assemble.Ref](gap)
			}
		}
	case d.kind == "aws_sqs_queue_policy":
		for i := range b.parts.Queues {
			if q := &b.parts.Queues[i]; d.owner == "" || d.owner == q.URL {
				q.Policy = snapshot.Unknown[string](gap)
			}
		}
	case d.kind == "aws_kms_key_policy" || d.kind == "aws_kms_grant":
		for i := range b.parts.Keys {
			if d.kind == "aws_kms_grant" {
				b.parts.Keys[i].Grants = snapshot.Unknown[[]snapshot.Grant](gap)
			} else {
				b.parts.Keys[i].Policy = snapshot.Unknown[string](gap)
			}
		}
	}
}

// noMethods are the resources of API Gateway that no method of an API depends on.
var noMethods = map[string]bool{"aws_api_gateway_usage_plan": true, "aws_api_gateway_gateway_response": true, "aws_api_gateway_domain_name": true, "aws_apigatewayv2_domain_name": true,
	"aws_api_gateway_base_path_mapping": true, "aws_apigatewayv2_api_mapping": true}

// owners are the arguments that say what a resource belongs to.
var owners = map[string]string{"aws_iam_role_policy": "role", "aws_iam_role_policy_attachment": "role", "aws_sqs_queue_policy": "queue_url",
	"aws_iam_role_policies_exclusive": "role_name", "aws_iam_role_policy_attachments_exclusive": "role_name"}

func ownerArgument(kind string) string {
	switch {
	case owners[kind] != "":
		return owners[kind]
	case strings.HasPrefix(kind, "aws_api_gateway_"):
		return "rest_api_id"
	case strings.HasPrefix(kind, "aws_apigatewayv2_"):
		return "api_id"
	}
	return ""
}
