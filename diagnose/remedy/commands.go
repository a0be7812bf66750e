package remedy

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/text/shell"
)

// Commands renders a fix as AWS CLI commands, in the order in which they have to
// be run; lines that begin as comments explain variables. s is the configuration
// before the fix. What a template describes does not exist yet, so that there is
// nothing a command could change.
func (w Writer) Commands(s *snapshot.Snapshot, fix diagnose.Fix) ([]string, error) {
	script, err := w.Script(s, fix)
	if err != nil {
		return nil, err
	}
	return script.Write(w.Shell)
}

// Script is what Commands writes, as data.
func (w Writer) Script(s *snapshot.Snapshot, fix diagnose.Fix) (shell.Script, error) {
	switch s.Target.Kind {
	case snapshot.Template:
		return nil, errors.New("the fix belongs into the template, not into a deployed API")
	case snapshot.OpenAPI:
		return nil, errors.New("the fix belongs into the document, not into a deployed API")
	case snapshot.Terraform:
		return nil, errors.New("the fix belongs into the Terraform configuration, not into a deployed API")
	}
	updates, err := w.updates(s, fix.Changes)
	if err != nil {
		return nil, err
	}
	var script shell.Script
	for i, change := range fix.Changes {
		after, err := change.Apply(s)
		if err != nil {
			return nil, err
		}
		lines := updates[i]
		if _, together := OfRoute(s, change); !together {
			lines, err = w.command(s, after, change)
		}
		if err != nil {
			return nil, err
		}
		script = append(script, lines...)
		s = after
	}
	return script, nil
}

// DeleteDeployment is the command that deletes a deployment that no stage runs.
func (w Writer) DeleteDeployment(region, api, id string, routed bool) []string {
	s := &snapshot.Snapshot{}
	service, name := "apigateway", "rest-api-id"
	if routed {
		service, name = "apigatewayv2", "api-id"
	}
	lines, err := w.aws(s, region, service, "delete-deployment").flag(name, api).flag("deployment-id", id).lines().Write(w.Shell)
	if err != nil {
		return nil // ids are plain words
	}
	return lines
}

// command renders one change, which leads from one snapshot to the other.
func (w Writer) command(before, after *snapshot.Snapshot, change snapshot.Change) (shell.Script, error) {
	region := before.Target.Region
	if script, ok, err := w.routedCommand(before, after, change); ok || err != nil {
		return script, err
	}
	if ref, ok := methodOf(change); ok {
		if err := editable(before, ref); err != nil {
			return nil, err
		}
	}
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		return w.updateIntegration(before, c.On, entryPatch("/requestParameters/", c.Name, stored(before, c), c.After)), nil
	case snapshot.SetTemplate:
		return w.updateIntegration(before, c.On, entryPatch("/requestTemplates/", c.ContentType, stored(before, c), c.After)), nil
	case snapshot.SetIntegration:
		if c.Field == snapshot.FieldType {
			return w.putIntegration(after, c.On)
		}
		return w.updateIntegration(before, c.On, fieldPatch("/"+string(c.Field), c.After)), nil
	case snapshot.SetIntegrationResponse:
		return w.integrationResponse(before, c)
	case snapshot.AddMethodResponse:
		return w.onMethod(before, "put-method-response", c.On).flag("status-code", c.Status).lines(), nil
	case snapshot.DeclareParameter:
		p := Patch{Op: "add", Path: "/requestParameters/" + segment(c.Name), Value: fmt.Sprint(c.Required)}
		return w.onMethod(before, "update-method", c.On).json("patch-operations", []Patch{p}).lines(), nil
	case snapshot.CreateRole:
		return append(w.aws(before, region, "iam", "create-role").flag("role-name", c.Name()).json("assume-role-policy-document", c.Trust).lines(),
			w.aws(before, region, "iam", "put-role-policy").flag("role-name", c.Name()).flag("policy-name", c.Policy).json("policy-document", c.Document).lines()...), nil
	case snapshot.SetStatement:
		return w.policy(before, after, c.On)
	case snapshot.SetPolicyVersion:
		return w.policy(before, after, c.On)
	case snapshot.SetKeyEnabled:
		operation := "disable-key"
		if c.Enabled {
			operation = "enable-key"
		}
		arn := keyARN(before, c.Key)
		return w.aws(before, text.RegionOf(arn), "kms", operation).flag("key-id", arn).lines(), nil
	case snapshot.SetBinaryMediaTypes:
		return w.updateAPI(before, c.API, MediaTypePatches(mediaTypes(before, c.API), c.After)...)
	case snapshot.SetDefaultEndpoint:
		return w.updateAPI(before, c.API, Patch{Op: "replace", Path: "/disableExecuteApiEndpoint", Value: fmt.Sprint(c.Disabled)})
	case snapshot.SetValidator:
		p := Patch{Op: "replace", Path: "/requestValidatorId", Value: c.After}
		return w.onMethod(before, "update-method", c.On).json("patch-operations", []Patch{p}).lines(), nil
	case snapshot.RemoveMethod:
		return w.onMethod(before, "delete-method", c.On).lines(), nil
	case snapshot.DeclareResponseHeader:
		p := Patch{Op: "add", Path: "/responseParameters/" + segment(c.Name), Value: "false"}
		return w.onMethod(before, "update-method-response", c.On).flag("status-code", c.Status).json("patch-operations", []Patch{p}).lines(), nil
	case snapshot.AwaitMethods:
		return w.command(before, after, snapshot.Deploy{API: c.API, Stage: c.Stage})
	case snapshot.SetDeploymentAPI:
		return w.command(before, after, snapshot.Deploy(c))
	case snapshot.RemoveStageName:
		return nil, errTemplateOnly
	case snapshot.SetQueueAttribute:
		if queue, _ := before.Queue(c.Queue).Peek(); queue != nil && queue.Requested != nil && onCreation[c.Name] {
			return nil, errors.New("SQS has not made the queue; change it in the template")
		}
		return w.aws(before, text.RegionOf(c.Queue), "sqs", "set-queue-attributes").flag("queue-url", queueURL(before, c.Queue)).
			json("attributes", map[string]string{c.Name: c.After}).lines(), nil
	case snapshot.SetStageVariable:
		p := fieldPatch("/variables/"+segment(c.Name), c.After)
		return w.aws(before, region, "apigateway", "update-stage").flag("rest-api-id", c.API).flag("stage-name", c.Stage).json("patch-operations", []Patch{p}).lines(), nil
	case snapshot.Deploy:
		return w.aws(before, region, "apigateway", "create-deployment").flag("rest-api-id", c.API).flag("stage-name", c.Stage).lines(), nil
	}
	return nil, fmt.Errorf("no command is known to %s", change)
}

// onCreation are the attributes that are changed only because SQS does not create the
// queue with them: there is no queue yet that a command could change.
var onCreation = map[string]bool{"FifoQueue": true, "DeduplicationScope": true, "FifoThroughputLimit": true, "SqsManagedSseEnabled": true, "DelaySeconds": true,
	"MessageRetentionPeriod": true, "ReceiveMessageWaitTimeSeconds": true, "VisibilityTimeout": true, "KmsDataKeyReusePeriodSeconds": true}

// errTemplateOnly is the error of what only a template has.
var errTemplateOnly = errors.New("a deployed API has no such thing; the change belongs into the template")

// updateAPI changes settings of the API itself.
func (w Writer) updateAPI(s *snapshot.Snapshot, id string, ops ...Patch) (shell.Script, error) {
	if api := s.API(id); api == nil || api.Type != snapshot.REST {
		return nil, errNotREST
	}
	return w.aws(s, s.Target.Region, "apigateway", "update-rest-api").flag("rest-api-id", id).json("patch-operations", ops).lines(), nil
}

// keyARN is the ARN of a key that the snapshot may know by its alias.
func keyARN(s *snapshot.Snapshot, name string) string {
	if k, _ := s.Key(name).Peek(); k != nil && k.ARN != "" {
		return k.ARN
	}
	return name
}

// mediaTypes are the binary media types of an API's draft.
func mediaTypes(s *snapshot.Snapshot, id string) []string {
	api := s.API(id)
	if api == nil {
		return nil
	}
	draft, _ := api.Draft.Peek()
	list, _ := draft.BinaryMediaTypes.Peek()
	return list
}

var errNotREST = errors.New("HTTP and WebSocket APIs have no such setting")

// methodOf is the method that a change is about.
func methodOf(change snapshot.Change) (snapshot.MethodRef, bool) {
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		return c.On, true
	case snapshot.SetTemplate:
		return c.On, true
	case snapshot.SetIntegration:
		return c.On, true
	case snapshot.SetIntegrationResponse:
		return c.On, true
	case snapshot.AddMethodResponse:
		return c.On, true
	case snapshot.DeclareParameter:
		return c.On, true
	case snapshot.SetValidator:
		return c.On, true
	case snapshot.DeclareResponseHeader:
		return c.On, true
	case snapshot.RemoveMethod:
		return c.On, true
	}
	return snapshot.MethodRef{}, false
}

// editable tells whether a method can be named in a call of the control plane.
func editable(s *snapshot.Snapshot, ref snapshot.MethodRef) error {
	if api := s.API(ref.API); api != nil && api.Type != snapshot.REST {
		return errNotREST
	}
	if m := method(s, ref); m == nil || m.ResourceID == "" {
		return fmt.Errorf("the id of the resource %q was not read", ref.Path)
	}
	return nil
}

// stored is what stands now where a change sets an entry of a map. A change may
// be proposed without knowing it.
func stored(s *snapshot.Snapshot, change snapshot.Change) string {
	entry := func(f snapshot.Fact[map[string]snapshot.Fact[string]], name string) string {
		m, _ := f.Peek()
		value, _ := m[name].Peek()
		return value
	}
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		if i := integration(s, c.On); i != nil {
			return entry(i.RequestParameters, c.Name)
		}
		return c.Before
	case snapshot.SetTemplate:
		if i := integration(s, c.On); i != nil {
			return entry(i.Templates, c.ContentType)
		}
		return c.Before
	}
	return ""
}

// onMethod begins a command about a method of the draft.
func (w Writer) onMethod(s *snapshot.Snapshot, operation string, ref snapshot.MethodRef) *cli {
	resource := ""
	if m := method(s, ref); m != nil {
		resource = m.ResourceID
	}
	return w.aws(s, s.Target.Region, "apigateway", operation).flag("rest-api-id", ref.API).flag("resource-id", resource).flag("http-method", ref.Method)
}

func (w Writer) updateIntegration(s *snapshot.Snapshot, ref snapshot.MethodRef, p Patch) shell.Script {
	return w.onMethod(s, "update-integration", ref).json("patch-operations", []Patch{p}).lines()
}

func method(s *snapshot.Snapshot, ref snapshot.MethodRef) *snapshot.Method {
	api := s.API(ref.API)
	if api == nil {
		return nil
	}
	draft, ok := api.Draft.Peek()
	if !ok {
		return nil
	}
	i := slices.IndexFunc(draft.Methods, func(m snapshot.Method) bool { return m.Path == ref.Path && m.HTTPMethod == ref.Method })
	if i < 0 {
		return nil
	}
	return &draft.Methods[i]
}

func integration(s *snapshot.Snapshot, ref snapshot.MethodRef) *snapshot.Integration {
	m := method(s, ref)
	if m == nil {
		return nil
	}
	i, _ := m.Integration.Peek()
	return i
}

// putIntegration stores the integration anew, because its type cannot be
// patched, and its responses after it: they belong to what is replaced.
func (w Writer) putIntegration(after *snapshot.Snapshot, ref snapshot.MethodRef) (shell.Script, error) {
	i := integration(after, ref)
	if i == nil {
		return nil, fmt.Errorf("the integration of %s is not known", ref)
	}
	whole, err := IntegrationOf(i)
	if err != nil {
		return nil, err
	}
	c := w.onMethod(after, "put-integration", ref)
	for _, f := range [][2]string{{"type", whole.Type}, {"integration-http-method", whole.HTTPMethod}, {"uri", whole.URI}, {"credentials", whole.Credentials},
		{"passthrough-behavior", whole.Passthrough}, {"content-handling", whole.ContentHandling}} {
		c.flag(f[0], f[1])
	}
	if whole.TimeoutMillis > 0 {
		c.flag("timeout-in-millis", fmt.Sprint(whole.TimeoutMillis))
	}
	if len(whole.Parameters) > 0 {
		c.json("request-parameters", whole.Parameters)
	}
	if len(whole.Templates) > 0 {
		c.json("request-templates", whole.Templates)
	}
	list := c.lines()
	for _, r := range whole.Responses {
		list = append(list, w.putResponse(after, ref, r)...)
	}
	return list, nil
}

func (w Writer) integrationResponse(s *snapshot.Snapshot, c snapshot.SetIntegrationResponse) (shell.Script, error) {
	if err := statusFree(s, c); err != nil {
		return nil, err
	}
	var list shell.Script
	if c.Before != nil && c.After != nil && c.After.Status == c.Before.Status {
		ops := ResponsePatches(*StoredResponse(integration(s, c.On), c.Before), *c.After)
		return w.onMethod(s, "update-integration-response", c.On).flag("status-code", c.After.Status).json("patch-operations", ops).lines(), nil
	}
	if c.Before != nil {
		list = append(list, w.onMethod(s, "delete-integration-response", c.On).flag("status-code", c.Before.Status).lines()...)
	}
	if c.After != nil {
		list = append(list, w.putResponse(s, c.On, *c.After)...)
	}
	return list, nil
}

// statusFree tells whether an integration response can have its status: the
// control plane keeps one response for each status (T161).
func statusFree(s *snapshot.Snapshot, c snapshot.SetIntegrationResponse) error {
	i := integration(s, c.On)
	if c.After == nil || i == nil || c.After.Status == "" {
		return nil
	}
	responses, _ := i.Responses.Peek()
	for _, r := range responses {
		if r.Status == c.After.Status && (c.Before == nil || r.Status != c.Before.Status) {
			return fmt.Errorf("the integration has a response for status %s already, and can have one only", r.Status)
		}
	}
	return nil
}

func (w Writer) putResponse(s *snapshot.Snapshot, ref snapshot.MethodRef, r snapshot.IntegrationResponse) shell.Script {
	put := w.onMethod(s, "put-integration-response", ref).flag("status-code", r.Status).flag("selection-pattern", r.Pattern).flag("content-handling", r.ContentHandling)
	if len(r.Templates) > 0 {
		put.json("response-templates", r.Templates)
	}
	if len(r.Parameters) > 0 {
		put.json("response-parameters", r.Parameters)
	}
	return put.lines()
}

// policy stores the document of a policy as it is afterwards.
func (w Writer) policy(before, after *snapshot.Snapshot, on snapshot.PolicyTarget) (shell.Script, error) {
	p, err := PolicyOf(before, after, on)
	if err != nil {
		return nil, err
	}
	region := before.Target.Region // IAM has none, but a partition
	switch p.Store {
	case ResourcePolicy:
		return w.updateAPI(before, on.Resource, Patch{Op: "replace", Path: "/policy", Value: p.After})
	case QueueAttribute:
		return w.aws(before, text.RegionOf(on.Resource), "sqs", "set-queue-attributes").flag("queue-url", p.Queue).json("attributes", map[string]string{"Policy": p.After}).lines(), nil
	case KeyPolicy:
		return w.aws(before, text.RegionOf(p.ARN), "kms", "put-key-policy").flag("key-id", p.ARN).flag("policy-name", "default").json("policy", p.After).lines(), nil
	case TrustPolicy:
		return w.aws(before, region, "iam", "update-assume-role-policy").flag("role-name", p.Role).json("policy-document", p.After).lines(), nil
	case InlinePolicy:
		if p.After == "" {
			return w.aws(before, region, "iam", "delete-role-policy").flag("role-name", p.Role).flag("policy-name", p.Name).lines(), nil
		}
		return w.aws(before, region, "iam", "put-role-policy").flag("role-name", p.Role).flag("policy-name", p.Name).json("policy-document", p.After).lines(), nil
	case Attachment:
		return w.aws(before, region, "iam", "detach-role-policy").flag("role-name", p.Role).flag("policy-arn", p.ARN).lines(), nil
	default:
		line := w.aws(before, region, "iam", "create-policy-version").flag("policy-arn", p.ARN).json("policy-document", p.After)
		line.document = append(line.document, shell.Arg{Word: shell.Text("--set-as-default")})
		return line.lines(), nil
	}
}

// queueURL is the address of a queue.
func queueURL(s *snapshot.Snapshot, arn string) string {
	if queue, _ := s.Queue(arn).Peek(); queue != nil && queue.URL != "" {
		return queue.URL
	}
	return diagnose.QueueURL(arn)
}

// isJSON tells whether a policy can be stored: IAM takes JSON only.
func isJSON(text string) bool { return json.Valid([]byte(text)) }

// sorted lists the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
