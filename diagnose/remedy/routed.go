package remedy

import (
	"errors"
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
)

// routedNote is deploymentNote for an HTTP or WebSocket API.
const routedNote = "give AWS::ApiGatewayV2::Deployment a new logical id, so that the stack update deploys the change, or let the stage deploy by itself (AutoDeploy: true)"

// routed tells an HTTP or WebSocket API, whose parts are routes and integrations of
// their own.
func routed(s *snapshot.Snapshot, id string) bool {
	api := s.API(id)
	return api != nil && api.Type != snapshot.REST
}

// stageAt is where a stage is declared.
func stageAt(s *snapshot.Snapshot, api, name string) (location, error) {
	l := locate(snapshot.Origin{}, logicalID(name)+"Stage", "AWS::ApiGatewayV2::Stage", "Properties")
	own := s.API(api)
	if own == nil {
		return l, fmt.Errorf("the API %s is not known", api)
	}
	if st := stageOf(own, name); st != nil && st.Origin.File != "" {
		l = locate(snapshot.Origin{Resource: st.Origin.Resource, File: st.Origin.File, Line: st.Origin.Line, Path: "Properties"}, "", "")
	}
	return l, nil
}

// routedResponse places what an integration of an HTTP or WebSocket API makes of an
// answer: of an HTTP API an entry of its response parameters (H51), of a WebSocket
// API a resource of its own.
func routedResponse(s *snapshot.Snapshot, c snapshot.SetIntegrationResponse) ([]setting, error) {
	l := integrationAt(s, c.On)
	if s.API(c.On.API).Type == snapshot.WebSocket {
		if c.Before != nil {
			return changedResponse(s, c)
		}
		body := map[string]any{"IntegrationResponseKey": responseKey(c.After.Pattern)}
		id := ""
		if i := integration(s, c.On); i != nil {
			id = i.ID
		}
		return newPart(s, c.On, l, id, "AWS::ApiGatewayV2::IntegrationResponse", "IntegrationId", body)
	}
	status := ""
	for _, r := range []*snapshot.IntegrationResponse{c.Before, c.After} {
		if r != nil && status != "" && r.Status != status {
			return nil, errors.New("response parameters of one status cannot become those of another; change them by hand")
		} else if r != nil {
			status = r.Status
		}
	}
	if c.Before != nil {
		c.Before = StoredResponse(integration(s, c.On), c.Before)
	}
	return one(l.setting(responseParameters(c.After, l.openAPI), responseParameters(c.Before, l.openAPI), "ResponseParameters", status))
}

// answerMaps are the maps of an integration response of a WebSocket API before and
// after a change.
func answerMaps(c snapshot.SetIntegrationResponse) []answerMap {
	return []answerMap{{"ResponseTemplates", "response_templates", c.Before.Templates, c.After.Templates}, {"ResponseParameters", "response_parameters", c.Before.Parameters, c.After.Parameters}}
}

type answerMap struct {
	property, argument string
	before, after      map[string]string
}

// names are those of the entries that differ.
func (m answerMap) names() []string {
	var list []string
	for _, name := range sorted(m.before) {
		if m.after[name] != m.before[name] {
			list = append(list, name)
		}
	}
	for _, name := range sorted(m.after) {
		if _, had := m.before[name]; !had {
			list = append(list, name)
		}
	}
	return list
}

// changedResponse places what changes of an integration response of a WebSocket API,
// which is a resource of its own.
func changedResponse(s *snapshot.Snapshot, c snapshot.SetIntegrationResponse) ([]setting, error) {
	if err := changeable(c); err != nil {
		return nil, err
	}
	l := locate(snapshot.Origin{}, methodID(c.On)+"IntegrationResponse", "AWS::ApiGatewayV2::IntegrationResponse", "Properties")
	if o := c.Before.Origin; o.File != "" {
		l = locate(snapshot.Origin{Resource: o.Resource, File: o.File, Line: o.Line, Path: "Properties"}, "", "")
	}
	var list []setting
	for _, m := range answerMaps(c) {
		for _, name := range m.names() {
			list = append(list, l.setting(entry(m.after[name]), entry(m.before[name]), m.property, name))
		}
	}
	if c.Before.ContentHandling != c.After.ContentHandling {
		list = append(list, l.setting(entry(c.After.ContentHandling), entry(c.Before.ContentHandling), "ContentHandlingStrategy"))
	}
	return list, nil
}

// changeable says why an integration response of a WebSocket API is not changed.
func changeable(c snapshot.SetIntegrationResponse) error {
	switch {
	case c.After == nil:
		return fmt.Errorf("remove the integration response %s by hand: it is a resource of its own", responseKey(c.Before.Pattern))
	case c.Before.Pattern != c.After.Pattern:
		return errors.New("the key of an integration response is not changed; make another one")
	}
	return nil
}

// responseParameters are those of one status as a template writes them (H90), nil
// for none.
func responseParameters(r *snapshot.IntegrationResponse, openAPI bool) any {
	if r == nil {
		return nil
	}
	plain, list := map[string]any{}, []any{}
	for _, destination := range sorted(r.Parameters) {
		plain[destination] = r.Parameters[destination]
		list = append(list, map[string]any{"Destination": destination, "Source": r.Parameters[destination]})
	}
	if openAPI {
		return plain
	}
	return map[string]any{"ResponseParameters": list}
}

// responseKey is the key of an integration response of a WebSocket API: a pattern
// between slashes, or $default (H103).
func responseKey(pattern string) string {
	if pattern == "" {
		return snapshot.RouteResponseKey
	}
	return "/" + pattern + "/"
}

// routeSetting places a setting of a route. In an API definition the route is the
// path, and its scopes are those of the security requirement.
func routeSetting(s *snapshot.Snapshot, change snapshot.Change) ([]setting, error) {
	switch c := change.(type) {
	case snapshot.SetRouteKey:
		if l := methodAt(s, c.On); !l.openAPI {
			return one(l.setting(entry(c.After), entry(c.Before), "RouteKey"))
		}
	case snapshot.SetScopes:
		if l := methodAt(s, c.On); !l.openAPI {
			return one(l.setting(textList(c.After), textList(c.Before), "AuthorizationScopes"))
		}
	}
	return nil, errors.New("the route stands in an API definition; change it there by hand")
}

// textList is a list as a value: none when it is empty.
func textList(texts []string) any {
	if len(texts) == 0 {
		return nil
	}
	return anyList(texts)
}

// routeResponseSettings make a route two-way.
func routeResponseSettings(s *snapshot.Snapshot, c snapshot.AddRouteResponse) ([]setting, error) {
	l := methodAt(s, c.On)
	list := []setting{l.setting(snapshot.RouteResponseKey, entry(c.Before), "RouteResponseSelectionExpression")}
	id := ""
	if m := method(s, c.On); m != nil {
		id = m.ResourceID
		if responses, _ := m.Responses.Peek(); len(responses) > 0 {
			return list, nil
		}
	}
	part, err := newPart(s, c.On, l, id, "AWS::ApiGatewayV2::RouteResponse", "RouteId", map[string]any{"RouteResponseKey": snapshot.RouteResponseKey})
	return append(list, part...), err
}

// newPart is a new resource beside the one that it belongs to and names: by its
// logical id, or by the id that AWS gave it.
func newPart(s *snapshot.Snapshot, on snapshot.MethodRef, owner location, id, kind, names string, body map[string]any) ([]setting, error) {
	api := s.API(on.API)
	switch {
	case owner.openAPI:
		return nil, errors.New("the route stands in an API definition; add the response there by hand")
	case owner.file != "" && api.Origin.File != owner.file:
		return nil, fmt.Errorf("the API is not part of %s; add the resource by hand", owner.file)
	}
	body["ApiId"], body[names] = any(api.ID), any(id)
	if owner.file != "" {
		body["ApiId"], body[names] = reference{"Ref", location{resource: api.Origin.Resource}.id()}, reference{"Ref", owner.id()}
	}
	stem := kind[len("AWS::ApiGatewayV2::"):]
	l := location{resource: methodID(on) + stem, kind: kind, file: owner.file, line: owner.line, prefix: []string{"Properties"}}
	return one(setting{at: l, path: l.prefix, value: body, item: none})
}
