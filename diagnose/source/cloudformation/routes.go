package cloudformation

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// integration reads an integration of an HTTP or WebSocket API.
func (b *builder) integration(s *stack, r *resource, p tree.View, api assemble.Ref) {
	i := openapi.Integration(p, snapshot.HTTP, routed)
	i.ID, i.Origin = r.serial, s.origin(r, "", r.at)
	i.ResponseSelection = snapshot.Known(responseSelection, p.Origin())
	i.Responses = responseParameters(p.Get("ResponseParameters"))
	b.parts.Integrations = append(b.parts.Integrations, assemble.Integration{Address: r.serial, API: api, Integration: i})
}

// routed is how CloudFormation spells the integrations of HTTP and WebSocket APIs.
var routed = openapi.Pascal.Routed()

// responseParameters reads the response parameters of an HTTP API's integration:
// by status, a list of sources and destinations or a plain map.
func responseParameters(x tree.View) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Gap())
	}
	var list []assemble.IntegrationResponse
	for _, m := range x.Members() {
		list = append(list, assemble.ForStatus(snapshot.Known(m.Name, m.Origin()), destinations(m.View), m.Origin()))
	}
	return assemble.Responses(list, x.Origin())
}

func destinations(x tree.View) snapshot.Fact[map[string]string] {
	inner := x.Get("ResponseParameters")
	if inner.Absent() || x.Unknown() {
		return x.TextMap()
	}
	parameters := map[string]string{}
	for _, in := range inner.Items() {
		if in.Unknown() {
			return snapshot.Unknown[map[string]string](in.Gap())
		}
		parameters[in.Get("Destination").Plain()] = in.Get("Source").Plain()
	}
	return snapshot.Known(parameters, inner.Origin())
}

// integrationResponse reads an integration response of a WebSocket API.
func (b *builder) integrationResponse(s *stack, r *resource, p tree.View) {
	response := openapi.Response(p, routed)
	response.Integration, response.Origin = openapi.Ref(p.Get("IntegrationId")), s.origin(r, "", r.at)
	b.parts.IntegrationResponses = append(b.parts.IntegrationResponses, response)
}

func (b *builder) route(s *stack, r *resource, p tree.View, api assemble.Ref) {
	m := openapi.Method(p, snapshot.HTTP, openapi.Pascal)
	m.ResourceID, m.Origin = r.serial, s.origin(r, "", r.at)
	b.parts.Routes = append(b.parts.Routes, assemble.Route{Address: r.serial, API: api, Target: openapi.Ref(p.Get("Target")), Method: m})
}

// responseSelection is what a WebSocket API chooses an integration response by;
// a template cannot set another.
const responseSelection = "${integration.response.statuscode}"

func (b *builder) routeResponse(s *stack, r *resource, p tree.View) {
	b.parts.RouteResponses = append(b.parts.RouteResponses, assemble.RouteResponse{Route: openapi.Ref(p.Get("RouteId")), Key: p.Get("RouteResponseKey").Plain(),
		MethodResponse: snapshot.MethodResponse{Origin: s.origin(r, "", r.at)}})
}

// corsOf reads the CORS configuration of an HTTP API. SAM also takes true for
// every origin, and one origin as text.
func corsOf(x tree.View) snapshot.Fact[*snapshot.CORS] {
	switch {
	case x.Absent() || x.Is("false"):
		return snapshot.Known[*snapshot.CORS](nil, x.Origin())
	case x.Is("true"):
		return snapshot.Known(&snapshot.CORS{Origins: []string{"*"}}, x.Origin())
	case !x.Unknown() && x.Value.Readable():
		return snapshot.Known(&snapshot.CORS{Origins: []string{x.Plain()}}, x.Origin())
	}
	return openapi.CORS(x, openapi.Pascal)
}
