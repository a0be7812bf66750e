package remedy

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/shell"
)

// RoutedUpdate is what one UpdateIntegration of an HTTP or WebSocket API brings:
// its fields by their names in the API, and its maps. A map replaces the one that is
// stored, and an update of a subtype has to bring all required parameters again
// (H15): an HTTP API's parameters are always among them.
type RoutedUpdate struct {
	Fields                map[snapshot.IntegrationField]string
	Parameters, Templates map[string]string // nil for none
	Responses             map[string]map[string]string
}

// UpdateOf collects what changes of one integration have to bring, as it is after
// them. It fails where a part that would be lost is not known.
func UpdateOf(api *snapshot.API, after *snapshot.Integration, changes []snapshot.Change) (RoutedUpdate, error) {
	u := RoutedUpdate{Fields: map[snapshot.IntegrationField]string{}}
	whole, err := IntegrationOf(after)
	if err != nil {
		return u, err
	}
	if api.Type == snapshot.HTTP && len(whole.Parameters) > 0 {
		u.Parameters = whole.Parameters
	}
	for _, change := range changes {
		switch c := change.(type) {
		case snapshot.SetRequestParameter:
			u.Parameters = whole.Parameters
		case snapshot.SetTemplate:
			u.Templates = whole.Templates
		case snapshot.SetIntegration:
			if c.After == "" {
				return u, fmt.Errorf("an update does not take %s away; create the integration anew", c.Field)
			}
			u.Fields[c.Field] = c.After
		case snapshot.SetIntegrationResponse:
			u.response(c, whole.Responses)
		}
	}
	return u, nil
}

// response brings the response parameters of all statuses; an empty value takes a
// mapping away (H19).
func (u *RoutedUpdate) response(c snapshot.SetIntegrationResponse, after []snapshot.IntegrationResponse) {
	if u.Responses == nil {
		u.Responses = map[string]map[string]string{}
	}
	for _, r := range after {
		u.Responses[r.Status] = maps.Clone(r.Parameters)
	}
	if c.Before == nil {
		return
	}
	for name := range c.Before.Parameters {
		if u.Responses[c.Before.Status] == nil {
			u.Responses[c.Before.Status] = map[string]string{}
		}
		if _, kept := u.Responses[c.Before.Status][name]; !kept {
			u.Responses[c.Before.Status][name] = ""
		}
	}
}

// routedFields are the fields of an integration of an HTTP or WebSocket API as the
// AWS CLI names them.
var routedFields = map[snapshot.IntegrationField]string{
	snapshot.FieldType: "integration-type", snapshot.FieldSubtype: "integration-subtype", snapshot.FieldURI: "integration-uri", snapshot.FieldHTTPMethod: "integration-method",
	snapshot.FieldCredentials: "credentials-arn", snapshot.FieldPassthrough: "passthrough-behavior", snapshot.FieldContentHandling: "content-handling-strategy",
	snapshot.FieldPayloadFormat: "payload-format-version", snapshot.FieldTimeout: "timeout-in-millis",
}

// OfRoute tells whether a change is one of the integration of an HTTP or WebSocket
// API, which one update brings together with its others.
func OfRoute(s *snapshot.Snapshot, change snapshot.Change) (snapshot.MethodRef, bool) {
	switch c := change.(type) {
	case snapshot.SetRequestParameter:
		return c.On, routed(s, c.On.API)
	case snapshot.SetTemplate:
		return c.On, routed(s, c.On.API)
	case snapshot.SetIntegration:
		return c.On, routed(s, c.On.API)
	case snapshot.SetIntegrationResponse:
		return c.On, routed(s, c.On.API) && s.API(c.On.API).Type == snapshot.HTTP
	}
	return snapshot.MethodRef{}, false
}

// updates are the updates of integrations that a fix needs, by the place of the
// first change of each in it.
func (w Writer) updates(s *snapshot.Snapshot, changes []snapshot.Change) (map[int]shell.Script, error) {
	of := map[snapshot.MethodRef][]snapshot.Change{}
	first := map[snapshot.MethodRef]int{}
	after := s
	for i, change := range changes {
		ref, ok := OfRoute(s, change)
		if ok && of[ref] == nil {
			first[ref] = i
		}
		if ok {
			of[ref] = append(of[ref], change)
		}
		var err error
		if after, err = change.Apply(after); err != nil {
			return nil, err
		}
	}
	out := map[int]shell.Script{}
	for ref, list := range of {
		script, err := w.update(s, after, ref, list)
		if err != nil {
			return nil, err
		}
		out[first[ref]] = script
	}
	return out, nil
}

func (w Writer) update(before, after *snapshot.Snapshot, ref snapshot.MethodRef, changes []snapshot.Change) (shell.Script, error) {
	in := integration(after, ref)
	if in == nil || in.ID == "" {
		return nil, fmt.Errorf("the id of the integration of %s was not read", ref)
	}
	u, err := UpdateOf(before.API(ref.API), in, changes)
	if err != nil {
		return nil, err
	}
	c := w.routedAPI(before, "update-integration", ref.API).flag("integration-id", in.ID)
	for _, field := range slices.Sorted(maps.Keys(u.Fields)) {
		c.flag(routedFields[field], u.Fields[field])
	}
	if u.Parameters != nil {
		c.json("request-parameters", u.Parameters)
	}
	if u.Templates != nil {
		c.json("request-templates", u.Templates)
	}
	if u.Responses != nil {
		c.json("response-parameters", u.Responses)
	}
	return c.lines(), nil
}

func (w Writer) routedAPI(s *snapshot.Snapshot, operation, id string) *cli {
	return w.aws(s, s.Target.Region, "apigatewayv2", operation).flag("api-id", id)
}

// routedCommand renders a change of an HTTP or WebSocket API that is none of an
// integration's own; ok is false for any other change.
func (w Writer) routedCommand(s, after *snapshot.Snapshot, change snapshot.Change) (script shell.Script, ok bool, err error) {
	switch c := change.(type) {
	case snapshot.SetIntegrationResponse:
		if !routed(s, c.On.API) {
			return nil, false, nil
		}
		in := integration(s, c.On)
		switch {
		case c.Before != nil && in != nil && in.ID != "":
			script, err := w.changeAnswer(s, in.ID, c)
			return script, true, err
		case in == nil || in.ID == "":
			return nil, true, fmt.Errorf("the id of the integration of %s was not read", c.On)
		}
		return w.routedAPI(s, "create-integration-response", c.On.API).flag("integration-id", in.ID).flag("integration-response-key", responseKey(c.After.Pattern)).lines(), true, nil
	case snapshot.AddRouteResponse:
		m, err := routeOf(s, c.On)
		if err != nil {
			return nil, true, err
		}
		list := w.routedAPI(s, "update-route", c.On.API).flag("route-id", m.ResourceID).flag("route-response-selection-expression", snapshot.RouteResponseKey).lines()
		if responses, _ := m.Responses.Peek(); len(responses) > 0 {
			return list, true, nil
		}
		return append(list, w.routedAPI(s, "create-route-response", c.On.API).flag("route-id", m.ResourceID).flag("route-response-key", snapshot.RouteResponseKey).lines()...), true, nil
	case snapshot.SetAuthorization:
		if !routed(s, c.On.API) {
			return nil, false, nil
		}
		m, err := routeOf(s, c.On)
		if err != nil {
			return nil, true, err
		}
		return w.routedAPI(s, "update-route", c.On.API).flag("route-id", m.ResourceID).flag("authorization-type", c.After).lines(), true, nil
	case snapshot.SetRouteKey, snapshot.SetScopes, snapshot.SetRouteSelection:
		return nil, true, errors.New("AWS has never created it so: change it in the files that describe the API")
	case snapshot.SetAutoDeploy:
		run := w.routedAPI(s, "update-stage", c.API).flag("stage-name", c.Stage)
		run.document = append(run.document, shell.Arg{Word: shell.Text("--auto-deploy")})
		return run.lines(), true, nil
	case snapshot.SetDefaultEndpoint:
		if !routed(s, c.API) {
			return nil, false, nil
		}
		run := w.routedAPI(s, "update-api", c.API)
		word := "--no-disable-execute-api-endpoint"
		if c.Disabled {
			word = "--disable-execute-api-endpoint"
		}
		run.document = append(run.document, shell.Arg{Word: shell.Text(word)})
		return run.lines(), true, nil
	case snapshot.SetStageVariable:
		if !routed(s, c.API) {
			return nil, false, nil
		}
		variables, err := stageVariables(after, c.API, c.Stage)
		if err != nil {
			return nil, true, err
		}
		return w.routedAPI(s, "update-stage", c.API).flag("stage-name", c.Stage).json("stage-variables", variables).lines(), true, nil
	case snapshot.Deploy:
		if !routed(s, c.API) {
			return nil, false, nil
		}
		if st := stageOf(s.API(c.API), c.Stage); st != nil && st.AutoDeploy {
			return nil, true, fmt.Errorf("the stage %s deploys by itself, and a deployment made for it fails; change a route or an integration, which deploys again", c.Stage) // H64
		}
		return w.routedAPI(s, "create-deployment", c.API).flag("stage-name", c.Stage).lines(), true, nil
	}
	return nil, false, nil
}

// changeAnswer changes an integration response of a WebSocket API that is there. An
// update takes nothing away, so that what loses something is made anew.
func (w Writer) changeAnswer(s *snapshot.Snapshot, integration string, c snapshot.SetIntegrationResponse) (shell.Script, error) {
	if err := changeable(c); err != nil {
		return nil, err
	}
	if c.Before.ID == "" {
		return nil, fmt.Errorf("the id of the integration response of %s was not read", c.On)
	}
	whole := func(run *cli) shell.Script {
		if c.After.TemplateSelection != "" {
			run.flag("template-selection-expression", c.After.TemplateSelection)
		}
		if len(c.After.Templates) > 0 {
			run.json("response-templates", c.After.Templates)
		}
		if len(c.After.Parameters) > 0 {
			run.json("response-parameters", c.After.Parameters)
		}
		if c.After.ContentHandling != "" {
			run.flag("content-handling-strategy", c.After.ContentHandling)
		}
		return run.lines()
	}
	named := func(operation string) *cli {
		return w.routedAPI(s, operation, c.On.API).flag("integration-id", integration)
	}
	loses := c.Before.ContentHandling != "" && c.After.ContentHandling == ""
	for _, m := range answerMaps(c) {
		for name := range m.before {
			_, kept := m.after[name]
			loses = loses || !kept
		}
	}
	if !loses {
		return whole(named("update-integration-response").flag("integration-response-id", c.Before.ID)), nil
	}
	return append(named("delete-integration-response").flag("integration-response-id", c.Before.ID).lines(),
		whole(named("create-integration-response").flag("integration-response-key", responseKey(c.Before.Pattern)))...), nil
}

// routeOf is the route of a reference, whose id has to be known.
func routeOf(s *snapshot.Snapshot, ref snapshot.MethodRef) (*snapshot.Method, error) {
	m := method(s, ref)
	if m == nil || m.ResourceID == "" {
		return nil, fmt.Errorf("the id of the route %s was not read", ref)
	}
	return m, nil
}

// stageVariables are all variables of a stage: an update brings them as a whole.
func stageVariables(s *snapshot.Snapshot, api, stage string) (map[string]string, error) {
	st := stageOf(s.API(api), stage)
	if st == nil {
		return nil, fmt.Errorf("the API has no stage %q", stage)
	}
	variables, ok := st.Variables.Peek()
	if !ok {
		return nil, errors.New("the stage's variables were not read, and an update brings them all")
	}
	return variables, nil
}
