package remedy

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

var errTerraform = errors.New("the configuration is Terraform's: change it there")

// Terraform renders a fix as HCL fragments: resources of the AWS provider with
// the arguments as they should read, formatted as terraform fmt does. Their
// names are made of paths and ARNs. s is the configuration before the fix.
func Terraform(s *snapshot.Snapshot, fix diagnose.Fix) (string, error) {
	if s.Target.Kind == snapshot.OpenAPI {
		return "", errors.New("the configuration is an OpenAPI document: change it there")
	}
	if s.Target.Kind == snapshot.Template && !hasTerraform(s) {
		return "", errors.New("the configuration is a template of CloudFormation: change it there")
	}
	f := &hclFile{s: s}
	var err error
	for _, change := range fix.Changes {
		if err := f.add(change); err != nil {
			return "", err
		}
		if f.s, err = change.Apply(f.s); err != nil {
			return "", err
		}
	}
	return f.String(), nil
}

// hasTerraform tells whether the snapshot was read from Terraform, whose
// resources have addresses such as aws_api_gateway_integration.orders.
func hasTerraform(s *snapshot.Snapshot) bool {
	for _, api := range s.APIs {
		if api.Origin.File != "" && strings.Contains(api.Origin.Resource, "aws_api") {
			return true
		}
	}
	return false
}

func (f *hclFile) add(change snapshot.Change) error {
	if ok, err := f.addRouted(change); ok {
		return err
	}
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		f.entry(integrationBlock(c.On), "request_parameters", c.Name, c.After)
	case snapshot.SetTemplate:
		f.entry(integrationBlock(c.On), "request_templates", c.ContentType, c.After)
	case snapshot.SetIntegration:
		name := map[snapshot.IntegrationField]string{snapshot.FieldHTTPMethod: "integration_http_method", snapshot.FieldURI: "uri", snapshot.FieldCredentials: "credentials",
			snapshot.FieldPassthrough: "passthrough_behavior", snapshot.FieldType: "type", snapshot.FieldContentHandling: "content_handling", snapshot.FieldTimeout: "timeout_milliseconds"}[c.Field]
		if name == "" {
			return fmt.Errorf("no such property of an integration: %q", c.Field)
		}
		if c.Field == snapshot.FieldTimeout {
			f.block(integrationBlock(c.On)).set(name, c.After)
			return nil
		}
		f.argument(integrationBlock(c.On), name, c.After)
	case snapshot.SetIntegrationResponse:
		return f.response(c)
	case snapshot.RemoveMethod:
		f.block(resourceKey{"aws_api_gateway_method", resourceName(c.On)}).comment("remove this resource, and where it is named")
	case snapshot.AddMethodResponse:
		f.argument(resourceKey{"aws_api_gateway_method_response", resourceName(c.On) + "_" + c.Status}, "status_code", c.Status)
	case snapshot.DeclareParameter:
		f.raw(resourceKey{"aws_api_gateway_method", resourceName(c.On)}, "request_parameters", c.Name, fmt.Sprint(c.Required))
	case snapshot.CreateRole:
		return f.role(c)
	case snapshot.SetStatement:
		return f.statement(c)
	case snapshot.SetPolicyVersion:
		f.block(policyBlock(c.On)).set("version", hclString(c.After))
	case snapshot.SetKeyEnabled:
		f.block(resourceKey{"aws_kms_key", identifier(c.Key[strings.LastIndexAny(c.Key, ":/")+1:])}).set("is_enabled", fmt.Sprint(c.Enabled))
	case snapshot.SetBinaryMediaTypes:
		f.block(f.apiBlock(c.API)).set("binary_media_types", hclList(anyList(c.After)))
	case snapshot.SetDefaultEndpoint:
		f.block(f.apiBlock(c.API)).set("disable_execute_api_endpoint", fmt.Sprint(c.Disabled))
	case snapshot.SetValidator:
		f.argument(resourceKey{"aws_api_gateway_method", resourceName(c.On)}, "request_validator_id", c.After)
	case snapshot.DeclareResponseHeader:
		f.raw(resourceKey{"aws_api_gateway_method_response", resourceName(c.On) + "_" + c.Status}, "response_parameters", c.Name, "false")
	case snapshot.AwaitMethods:
		var names []string
		for _, ref := range c.On {
			names = append(names, "aws_api_gateway_integration."+resourceName(ref))
		}
		f.block(resourceKey{"aws_api_gateway_deployment", identifier(c.Stage)}).set("depends_on", "["+strings.Join(names, ", ")+"]")
	case snapshot.SetDeploymentAPI:
		f.block(resourceKey{"aws_api_gateway_deployment", identifier(c.Stage)}).set("rest_api_id", f.apiBlock(c.API).kind+"."+f.apiBlock(c.API).name+".id")
	case snapshot.RemoveStageName:
		f.block(resourceKey{"aws_api_gateway_deployment", identifier(c.Stage)}).comment("remove stage_name")
	case snapshot.SetQueueAttribute:
		name := queueArguments[c.Name]
		if name == "" {
			return fmt.Errorf("no argument of aws_sqs_queue is known for %s", c.Name)
		}
		queue := resourceKey{"aws_sqs_queue", identifier(text.ResourceOf(c.Queue))}
		if c.Name == "KmsMasterKeyId" || c.Name == "DeduplicationScope" || c.After == "" {
			f.argument(queue, name, c.After)
		} else {
			f.block(queue).set(name, c.After)
		}
	case snapshot.SetStageVariable:
		f.entry(resourceKey{"aws_api_gateway_stage", identifier(c.Stage)}, "variables", c.Name, c.After)
	case snapshot.Deploy:
		f.deploy(c)
	default:
		return fmt.Errorf("no Terraform is known to %s", change)
	}
	return nil
}

// queueArguments are the arguments of aws_sqs_queue by the names of attributes.
var queueArguments = map[string]string{"ContentBasedDeduplication": "content_based_deduplication", "KmsMasterKeyId": "kms_master_key_id", "MaximumMessageSize": "max_message_size",
	"FifoQueue": "fifo_queue", "DeduplicationScope": "deduplication_scope", "FifoThroughputLimit": "fifo_throughput_limit", "SqsManagedSseEnabled": "sqs_managed_sse_enabled",
	"DelaySeconds": "delay_seconds", "MessageRetentionPeriod": "message_retention_seconds", "ReceiveMessageWaitTimeSeconds": "receive_wait_time_seconds",
	"VisibilityTimeout": "visibility_timeout_seconds", "KmsDataKeyReusePeriodSeconds": "kms_data_key_reuse_period_seconds"}

func integrationBlock(ref snapshot.MethodRef) resourceKey {
	return resourceKey{"aws_api_gateway_integration", resourceName(ref)}
}

// argument sets or removes an argument that is a text.
func (f *hclFile) argument(key resourceKey, name, value string) {
	if value == "" {
		f.block(key).comment("remove " + name)
		return
	}
	f.block(key).set(name, hclString(value))
}

// entry sets or removes an entry of a map of texts.
func (f *hclFile) entry(key resourceKey, argument, name, value string) {
	if value == "" {
		f.block(key).comment("remove " + hclString(name) + " from " + argument)
		return
	}
	f.raw(key, argument, name, hclString(value))
}

func (f *hclFile) raw(key resourceKey, argument, name, value string) {
	f.block(key).setEntry(argument, hclString(name), value)
}

func (f *hclFile) response(c snapshot.SetIntegrationResponse) error {
	if err := statusFree(f.s, c); err != nil {
		return err
	}
	const kind = "aws_api_gateway_integration_response"
	if c.Before != nil && (c.After == nil || c.After.Status != c.Before.Status) {
		f.comment(fmt.Sprintf("remove the resource %s of status %s of %s", kind, c.Before.Status, c.On))
	}
	if c.After == nil {
		return nil
	}
	r := c.After
	b := f.block(resourceKey{kind, resourceName(c.On) + "_" + r.Status})
	b.set("status_code", hclString(r.Status))
	switch {
	case r.Pattern != "":
		b.set("selection_pattern", hclString(r.Pattern))
	case c.Before != nil && c.Before.Pattern != "":
		b.comment("remove selection_pattern")
	}
	if r.ContentHandling != "" {
		b.set("content_handling", hclString(r.ContentHandling))
	}
	for _, m := range []struct {
		name   string
		values map[string]string
	}{{"response_templates", r.Templates}, {"response_parameters", r.Parameters}} {
		for _, k := range sorted(m.values) {
			b.setEntry(m.name, hclString(k), hclString(m.values[k]))
		}
	}
	return nil
}

// deploy lets the deployment follow the integrations, which is what makes
// Terraform deploy a change of theirs.
func (f *hclFile) deploy(c snapshot.Deploy) {
	var names []string
	for _, b := range f.blocks {
		if b.key.kind != "aws_api_gateway_deployment" && strings.HasPrefix(b.key.kind, "aws_api_gateway_") {
			names = append(names, b.key.kind+"."+b.key.name)
		}
	}
	if api := f.s.API(c.API); len(names) == 0 && api != nil {
		draft, _ := api.Draft.Peek()
		for _, m := range draft.Methods {
			if i, _ := m.Integration.Peek(); i != nil {
				names = append(names, "aws_api_gateway_integration."+resourceName(snapshot.MethodRef{Path: m.Path, Method: m.HTTPMethod}))
			}
		}
	}
	slices.Sort(names)
	b := f.block(resourceKey{"aws_api_gateway_deployment", identifier(c.Stage)})
	b.setEntry("triggers", "redeployment", "sha1(jsonencode(["+strings.Join(slices.Compact(names), ", ")+"]))")
	b.nested("lifecycle", [][2]string{{"create_before_destroy", "true"}})
}

// statement writes a statement as a block of a policy document.
func (f *hclFile) statement(c snapshot.SetStatement) error {
	if p, err := policyIn(f.s, c.On); err == nil && p.Store == ManagedPolicy && awsManaged(p.ARN) {
		return errAWSManaged(p.Name)
	}
	b := f.block(policyBlock(c.On))
	if c.After == "" {
		b.comment(fmt.Sprintf("remove statement %d: %s", c.Index, oneLine(c.Before)))
		return nil
	}
	var st map[string]any
	d := json.NewDecoder(strings.NewReader(c.After))
	d.UseNumber()
	if err := d.Decode(&st); err != nil {
		return fmt.Errorf("the statement is not JSON: %w", err)
	}
	if c.Index > 0 {
		b.comment(fmt.Sprintf("in the place of statement %d", c.Index))
	}
	b.nested("statement", statementBody(st)...)
	return nil
}

// policyBlock is the document of a policy.
func policyBlock(on snapshot.PolicyTarget) resourceKey {
	return resourceKey{"data aws_iam_policy_document", identifier(on.Resource[strings.LastIndexAny(on.Resource, ":/")+1:]) + "_" + on.Kind}
}

// apiBlock is the resource of an API.
func (f *hclFile) apiBlock(id string) resourceKey {
	name := id
	if api := f.s.API(id); api != nil && api.Name != "" {
		name = api.Name
	}
	return resourceKey{"aws_api_gateway_rest_api", identifier(name)}
}

func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// statementBody gives the arguments of a statement and then those of each of its blocks.
func statementBody(st map[string]any) [][][2]string {
	var arguments [][2]string
	for _, p := range [][2]string{{"sid", "Sid"}, {"effect", "Effect"}} {
		if v, ok := st[p[1]].(string); ok {
			arguments = append(arguments, [2]string{p[0], hclString(v)})
		}
	}
	for _, p := range [][2]string{{"actions", "Action"}, {"not_actions", "NotAction"}, {"resources", "Resource"}, {"not_resources", "NotResource"}} {
		if v, ok := st[p[1]]; ok {
			arguments = append(arguments, [2]string{p[0], hclList(v)})
		}
	}
	body := [][][2]string{arguments}
	for _, p := range [][2]string{{"principals", "Principal"}, {"not_principals", "NotPrincipal"}} {
		switch v := st[p[1]].(type) {
		case map[string]any:
			for _, kind := range sorted(v) {
				body = append(body, [][2]string{{p[0], ""}, {"type", hclString(kind)}, {"identifiers", hclList(v[kind])}})
			}
		case string:
			body = append(body, [][2]string{{p[0], ""}, {"type", hclString(v)}, {"identifiers", hclList(v)}})
		}
	}
	conditions, _ := st["Condition"].(map[string]any)
	for _, test := range sorted(conditions) {
		keys, _ := conditions[test].(map[string]any)
		for _, key := range sorted(keys) {
			body = append(body, [][2]string{{"condition", ""}, {"test", hclString(test)}, {"variable", hclString(key)}, {"values", hclList(keys[key])}})
		}
	}
	return body
}
