package remedy

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// apiSetting places a setting of the API itself: where it stands, or with the API.
func apiSetting(s *snapshot.Snapshot, change snapshot.Change) ([]setting, error) {
	var id, property string
	var value, before any
	var origin snapshot.Origin
	switch c := change.(type) {
	case snapshot.SetBinaryMediaTypes:
		id, property = c.API, "BinaryMediaTypes"
		if api := s.API(id); api != nil {
			draft, _ := api.Draft.Peek()
			origin = draft.BinaryMediaTypes.Origin()
			list, _ := draft.BinaryMediaTypes.Peek()
			value, before = mediaTypeList(c.After, origin), mediaTypeList(list, origin)
		}
	case snapshot.SetDefaultEndpoint:
		id, property, value = c.API, "DisableExecuteApiEndpoint", c.Disabled
		if api := s.API(id); api != nil {
			origin = api.DefaultEndpointDisabled.Origin()
			if now, ok := api.DefaultEndpointDisabled.Peek(); ok {
				before = now
			}
		}
	}
	api := s.API(id)
	if c, ok := change.(snapshot.SetRouteSelection); ok {
		id, property, value = c.API, "RouteSelectionExpression", entry(c.After)
		if api = s.API(id); api != nil {
			now, _ := api.RouteSelection.Peek()
			origin, before = api.Origin.At("Properties.RouteSelectionExpression"), entry(now)
		}
	}
	if api == nil {
		return nil, fmt.Errorf("the API %s is not known", id)
	}
	kind := "AWS::ApiGateway::RestApi"
	if api.Type != snapshot.REST {
		kind = "AWS::ApiGatewayV2::Api"
	}
	return one(locate(origin, logicalID(api.Name)+"Api", kind, "Properties", property).here(value, before))
}

// here is the setting of what the location itself is.
func (l location) here(value, before any) setting {
	return setting{at: l, path: l.prefix, value: value, before: before, item: none}
}

// mediaTypeList is a list of media types as a template writes it: CloudFormation
// has ~1 for the slash, OpenAPI has the slash. It is nil for none.
func mediaTypeList(types []string, origin snapshot.Origin) any {
	if len(types) == 0 {
		return nil
	}
	list := make([]any, len(types))
	for i, t := range types {
		if !locate(origin, "", "").openAPI {
			t = segment(t)
		}
		list[i] = t
	}
	return list
}

func keySetting(s *snapshot.Snapshot, c snapshot.SetKeyEnabled) ([]setting, error) {
	key, _ := s.Key(c.Key).Peek()
	if key == nil {
		return nil, fmt.Errorf("the key %s is not known", c.Key)
	}
	origin := key.Origin
	if origin.File != "" {
		origin.Path = "Properties"
	}
	return one(locate(origin, "QueueKey", "AWS::KMS::Key", "Properties").setting(c.Enabled, !c.Enabled, "Enabled"))
}

func validatorSetting(s *snapshot.Snapshot, c snapshot.SetValidator) ([]setting, error) {
	l := methodAt(s, c.On)
	st := l.setting(entry(c.After), entry(c.Before), "RequestValidatorId")
	if l.openAPI {
		st.path = append(append([]string{}, l.prefix...), "x-amazon-apigateway-request-validator")
		return one(st)
	}
	if api := s.API(c.On.API); api != nil && c.After != "" && l.file != "" {
		draft, _ := api.Draft.Peek()
		origin := draft.Validators[c.After].Origin()
		if origin.File != l.file {
			return nil, fmt.Errorf("the validator %s is not part of %s", c.After, l.file)
		}
		st.value = reference{"Ref", location{resource: origin.Resource}.id()}
	}
	return one(st)
}

// headerSetting declares a header beside the status, where that is declared.
func headerSetting(s *snapshot.Snapshot, c snapshot.DeclareResponseHeader) ([]setting, error) {
	var origin snapshot.Origin
	if m := method(s, c.On); m != nil {
		responses, _ := m.Responses.Peek()
		origin = responses[c.Status].Origin
	}
	if origin.File == "" {
		l := methodAt(s, c.On)
		return one(l.itemSetting(appended, map[string]any{"StatusCode": c.Status, "ResponseParameters": map[string]any{c.Name: false}}, nil, "MethodResponses"))
	}
	l := locate(origin, "", "")
	if l.openAPI {
		name := c.Name[strings.LastIndexByte(c.Name, '.')+1:]
		return one(l.setting(map[string]any{"schema": map[string]any{"type": "string"}}, nil, "headers", name))
	}
	return one(l.setting(false, nil, "ResponseParameters", c.Name))
}

// deploymentSettings place changes of the deployment that a stage runs.
func deploymentSettings(s *snapshot.Snapshot, change snapshot.Change) ([]setting, error) {
	var id, stage string
	switch c := change.(type) {
	case snapshot.AwaitMethods:
		id, stage = c.API, c.Stage
	case snapshot.SetDeploymentAPI:
		id, stage = c.API, c.Stage
	case snapshot.RemoveStageName:
		id, stage = c.API, c.Stage
	}
	api := s.API(id)
	if api == nil {
		return nil, fmt.Errorf("the API %s is not known", id)
	}
	st := stageOf(api, stage)
	if _, ok := change.(snapshot.RemoveStageName); ok {
		st = api.StageOfDeployment(stage)
	}
	if st == nil {
		return nil, fmt.Errorf("the API has no stage %q", stage)
	}
	origin := st.Deployed.Origin()
	l := location{resource: logicalID(stage) + "Deployment", kind: "AWS::ApiGateway::Deployment"}
	if origin.File != "" {
		l = location{resource: origin.Resource, file: origin.File, line: origin.Line}
	}
	var list []setting
	switch c := change.(type) {
	case snapshot.AwaitMethods:
		for _, ref := range c.On {
			name := methodID(ref)
			if m := method(s, ref); m != nil && m.Origin.File != "" {
				if m.Origin.File != l.file {
					return nil, fmt.Errorf("%s is not part of %s", ref, l.file)
				}
				name = location{resource: m.Origin.Resource}.id()
			}
			list = append(list, l.itemSetting(appended, name, nil, "DependsOn"))
		}
	case snapshot.SetDeploymentAPI:
		var value any = api.ID
		if api.Origin.File != "" && api.Origin.File == l.file {
			value = reference{"Ref", location{resource: api.Origin.Resource}.id()}
		}
		list = append(list, l.setting(value, "", "Properties", "RestApiId"))
	case snapshot.RemoveStageName:
		list = append(list, l.setting(nil, c.Stage, "Properties", "StageName"))
	}
	return list, nil
}

// stageOf finds the first stage of a name.
func stageOf(api *snapshot.API, name string) *snapshot.Stage {
	stages, _ := api.Stages.Peek()
	for i := range stages {
		if stages[i].Name == name {
			return &stages[i]
		}
	}
	return nil
}
