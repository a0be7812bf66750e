package remedy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"apisqs-doctor/diagnose/snapshot"
)

// make makes one change in the files. after is the configuration with it: changes
// of one text come together there.
func (e *hclEditor) make(change snapshot.Change, after *snapshot.Snapshot) error {
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		i, err := e.integration(c.On)
		if err != nil {
			return err
		}
		container, own := entryOrigins(i.RequestParameters, c.Name)
		return e.entry(i.Origin, container, own, e.named("request_parameters", c.On, i.Origin), c.Name, stored(e.s, c), stored(after, c), false)
	case snapshot.SetTemplate:
		i, err := e.integration(c.On)
		if err != nil {
			return err
		}
		container, own := entryOrigins(i.Templates, c.ContentType)
		return e.entry(i.Origin, container, own, e.named("request_templates", c.On, i.Origin), c.ContentType, stored(e.s, c), stored(after, c), false)
	case snapshot.SetIntegration:
		return e.setIntegration(c)
	case snapshot.SetIntegrationResponse:
		return e.setResponse(c)
	case snapshot.AddMethodResponse:
		return e.addMethodResponse(c)
	case snapshot.DeclareParameter:
		m := method(e.s, c.On)
		if m == nil {
			return fmt.Errorf("the method %s is not known", c.On)
		}
		return e.entry(m.Origin, m.RequestParameters.Origin(), snapshot.Origin{}, "request_parameters", c.Name, "", fmt.Sprint(c.Required), true)
	case snapshot.SetStatement:
		return e.setStatement(c)
	case snapshot.SetQueueAttribute:
		queue, _ := e.s.Queue(c.Queue).Peek()
		name := queueArguments[c.Name]
		if queue == nil || name == "" {
			return fmt.Errorf("no argument of aws_sqs_queue is known for %s", c.Name)
		}
		return e.setQueue(queue.Origin, name, c)
	case snapshot.SetStageVariable:
		api := e.s.API(c.API)
		if api == nil {
			return fmt.Errorf("the API %s is not known", c.API)
		}
		stages, _ := api.Stages.Peek()
		for _, st := range stages {
			if st.Name == c.Stage {
				return e.entry(st.Origin, st.Variables.Origin(), snapshot.Origin{}, "variables", c.Name, c.Before, c.After, false)
			}
		}
	}
	return fmt.Errorf("no edit of Terraform is known for: %s", change)
}

// entryOrigins are the places of a map and of one entry of it.
func entryOrigins(m snapshot.Fact[map[string]snapshot.Fact[string]], name string) (container, own snapshot.Origin) {
	entries, _ := m.Peek()
	if f, ok := entries[name]; ok {
		own = f.Origin()
	}
	return m.Origin(), own
}

// integration is the integration of a method, which has to be a resource.
func (e *hclEditor) integration(ref snapshot.MethodRef) (*snapshot.Integration, error) {
	i := integration(e.s, ref)
	if i == nil {
		return nil, fmt.Errorf("the integration of %s is not known", ref)
	}
	return i, nil
}

// named is an argument as it is called where the integration stands: in a
// resource, or in the OpenAPI document of an API's body.
func (e *hclEditor) named(argument string, ref snapshot.MethodRef, at snapshot.Origin) string {
	if at.Path == "" {
		return argument
	}
	words := strings.Split(argument, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// setIntegration sets an argument of an integration.
func (e *hclEditor) setIntegration(c snapshot.SetIntegration) error {
	i, err := e.integration(c.On)
	if err != nil {
		return err
	}
	if i.Origin.Path != "" {
		return fmt.Errorf("%s:%d: the integration stands in the body of the API; change it there", filepath.ToSlash(i.Origin.File), i.Origin.Line)
	}
	facts := map[snapshot.IntegrationField]snapshot.Fact[string]{snapshot.FieldHTTPMethod: i.HTTPMethod, snapshot.FieldURI: i.URI, snapshot.FieldCredentials: i.Credentials,
		snapshot.FieldPassthrough: i.Passthrough, snapshot.FieldType: i.Type, snapshot.FieldContentHandling: i.ContentHandling}
	names := map[snapshot.IntegrationField]string{snapshot.FieldHTTPMethod: "integration_http_method", snapshot.FieldURI: "uri", snapshot.FieldCredentials: "credentials",
		snapshot.FieldPassthrough: "passthrough_behavior", snapshot.FieldType: "type", snapshot.FieldContentHandling: "content_handling"}
	if api := e.s.API(c.On.API); api != nil && api.Type != snapshot.REST {
		names = map[snapshot.IntegrationField]string{snapshot.FieldHTTPMethod: "integration_method", snapshot.FieldURI: "integration_uri", snapshot.FieldCredentials: "credentials_arn",
			snapshot.FieldPassthrough: "passthrough_behavior", snapshot.FieldType: "integration_type", snapshot.FieldContentHandling: "content_handling_strategy"}
	}
	name := names[c.Field]
	if name == "" {
		return fmt.Errorf("no such property of an integration: %q", c.Field)
	}
	before, _ := facts[c.Field].Peek()
	return e.argument(i.Origin, facts[c.Field].Origin(), name, before, c.After)
}

// setQueue sets an argument of a queue, as a number or a boolean where it is one.
func (e *hclEditor) setQueue(at snapshot.Origin, name string, c snapshot.SetQueueAttribute) error {
	if _, err := strconv.Atoi(c.After); err != nil && c.After != "true" && c.After != "false" {
		return e.argument(at, snapshot.Origin{}, name, c.Before, c.After)
	}
	f, b, err := e.resource(at)
	if err != nil {
		return err
	}
	a := b.Body.Attributes[name]
	if a == nil {
		return f.addArgument(b, name, c.After)
	}
	if _, literal := a.Expr.(*hclsyntax.LiteralValueExpr); !literal {
		return f.computed(name, a.Expr)
	}
	r := a.Expr.Range()
	return f.splice(r.Start.Byte, r.End.Byte, c.After)
}

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

// deploy lets a deployment wait for its integrations and follow their changes (I22).
func (e *hclEditor) deploy(start *snapshot.Snapshot, c snapshot.Deploy) (note string, err error) {
	api := start.API(c.API)
	if api == nil {
		return "", nil
	}
	stages, _ := api.Stages.Peek()
	i := slices.IndexFunc(stages, func(st snapshot.Stage) bool { return st.Name == c.Stage })
	if i < 0 {
		return "", errors.New("the API has no stage: add aws_api_gateway_deployment and aws_api_gateway_stage")
	}
	if stages[i].AutoDeploy {
		return "", nil
	}
	origin := stages[i].Deployed.Origin()
	f, b, err := e.resource(origin)
	if err != nil {
		return "the stage has to be deployed again: " + err.Error(), nil
	}
	if len(b.Labels) != 2 || !strings.HasSuffix(b.Labels[0], "_deployment") {
		return "the stage has to be deployed again after the apply", nil
	}
	triggered := b.Body.Attributes["triggers"] != nil
	for _, old := range []string{"variables", "description", "stage_description"} {
		if a := b.Body.Attributes[old]; a != nil && bytes.Contains(a.Expr.Range().SliceBytes(f.text), []byte("(")) {
			triggered = true // a fingerprint, as before there were triggers
		}
	}
	all, late, others := e.integrations(start, api, stages[i])
	if len(others) > 0 && !triggered {
		// What is in a module can be waited for; what changes in it, the module has to give out.
		note = fmt.Sprintf("%s:%d: a change in %s is not deployed by itself; let the module give out a fingerprint of its integrations, and make it a trigger of %s",
			filepath.ToSlash(origin.File), origin.Line, strings.Join(others, ", "), strings.Join(b.Labels, "."))
		triggered = true
	}
	own := string(b.Range().SliceBytes(f.text)) + string(f.text[b.OpenBraceRange.Start.Byte:b.CloseBraceRange.End.Byte])
	var missing []string
	for _, name := range slices.Concat(late, e.added) {
		if !mentionsName(own, name) {
			missing = append(missing, name)
		}
	}
	if !triggered {
		all = slices.Concat(all, e.added)
		slices.Sort(all)
		if err := f.addArgument(b, "triggers", "{\n  redeployment = sha1(jsonencode("+hclNames(slices.Compact(all))+"))\n}"); err != nil {
			return note, err
		}
		if !slices.ContainsFunc(b.Body.Blocks, func(in *hclsyntax.Block) bool { return in.Type == "lifecycle" }) {
			if f, b, err = e.resource(origin); err != nil {
				return note, err
			}
			at := f.lineStart(b.CloseBraceRange.Start.Byte)
			indent := f.indentAt(b.TypeRange.Start.Byte) + "  "
			return note, f.splice(at, at, "\n"+indent+"lifecycle {\n"+indent+"  create_before_destroy = true\n"+indent+"}\n")
		}
		return note, nil
	}
	if len(missing) == 0 {
		return note, nil
	}
	slices.Sort(missing)
	if f, b, err = e.resource(origin); err != nil {
		return note, err
	}
	if a := b.Body.Attributes["depends_on"]; a != nil {
		tuple, ok := a.Expr.(*hclsyntax.TupleConsExpr)
		if !ok {
			return note, f.computed("depends_on", a.Expr)
		}
		at, text := tuple.SrcRange.End.Byte-1, strings.Join(missing, ", ")
		if len(tuple.Exprs) > 0 {
			at, text = tuple.Exprs[len(tuple.Exprs)-1].Range().End.Byte, ", "+text
			if tuple.SrcRange.Start.Line != tuple.SrcRange.End.Line {
				indent := f.indentAt(tuple.Exprs[0].Range().Start.Byte)
				text = ",\n" + indent + strings.Join(missing, ",\n"+indent)
			}
		}
		return note, f.splice(at, at, text)
	}
	return note, f.addArgument(b, "depends_on", "["+strings.Join(missing, ", ")+"]")
}

// hclNames is a list of names, one a line when there are several.
func hclNames(names []string) string {
	if len(names) == 1 {
		return "[" + names[0] + "]"
	}
	return "[\n    " + strings.Join(names, ",\n    ") + ",\n  ]"
}

// mentionsName tells whether a text names a resource.
func mentionsName(text, name string) bool {
	return regexp.MustCompile(regexp.QuoteMeta(name) + `($|[^\w-])`).MatchString(text)
}

// integrations are the integrations of an API that the module of a stage's
// deployment can name, those of them that the deployment does not wait for, and
// the modules of the others.
func (e *hclEditor) integrations(s *snapshot.Snapshot, api *snapshot.API, stage snapshot.Stage) (all, late, others []string) {
	from := stage.Deployed.Origin()
	draft, _ := api.Draft.Peek()
	deployed, _ := stage.Deployed.Peek()
	waits := map[string]bool{}
	for _, m := range deployed.Methods {
		if i, _ := m.Integration.Peek(); i != nil {
			waits[i.Origin.Resource] = true
		}
	}
	for _, m := range draft.Methods {
		i, _ := m.Integration.Peek()
		if i == nil || i.Origin.Path != "" {
			continue
		}
		name, ok := local(i.Origin.Resource, from.Resource)
		if !ok {
			name, ok = moduleName(i.Origin.Resource, from.Resource)
			if !slices.Contains(others, name) {
				others = append(others, name)
			}
			if ok && !waits[i.Origin.Resource] && !slices.Contains(late, name) {
				late = append(late, name)
			}
			continue
		}
		if at := strings.IndexByte(name, '['); at >= 0 {
			name = name[:at]
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
		if !waits[i.Origin.Resource] && !slices.Contains(late, name) {
			late = append(late, name)
		}
	}
	return all, late, others
}

// moduleName is the module that a resource is in as the module of another one
// names it: module.intake. It is false where it cannot name it.
func moduleName(address, from string) (string, bool) {
	inner, ok := strings.CutPrefix(module(address), module(from))
	name := strings.TrimPrefix(inner, "module.")
	if end := strings.IndexAny(name, ".["); end >= 0 {
		name = name[:end]
	}
	return "module." + name, ok && inner != ""
}

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
	object, err := e.object(f, at, statement)
	if err != nil {
		return err
	}
	document := "jsonencode({\n  Version = \"2012-10-17\"\n  Statement = [\n    " + strings.ReplaceAll(object, "\n", "\n    ") + ",\n  ]\n})"
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
	var pairs [][2]string
	for _, name := range members {
		v, ok := statement[name]
		if !ok {
			continue
		}
		text, err := e.any(f, at, v)
		if err != nil {
			return "", err
		}
		pairs = append(pairs, [2]string{name, text})
	}
	return "{\n" + indented(aligned(pairs)) + "\n}", nil
}

// any writes a value of JSON as an expression on one line.
func (e *hclEditor) any(f *hclText, at snapshot.Origin, v any) (string, error) {
	switch v := v.(type) {
	case string:
		return e.value(f, at, v)
	case []any:
		list := make([]string, len(v))
		for i := range v {
			var err error
			if list[i], err = e.any(f, at, v[i]); err != nil {
				return "", err
			}
		}
		return "[" + strings.Join(list, ", ") + "]", nil
	case map[string]any:
		var list []string
		for _, name := range sorted(v) {
			text, err := e.any(f, at, v[name])
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
			if key, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && key.AsString() == name {
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
