package terraform

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// api maps an HTTP or WebSocket API.
func (b *builder) api(r *resource) {
	api := assemble.API{ID: b.text(r, "id"), Type: snapshot.HTTP, Name: r.get("name").Plain(), Origin: r.origin()}
	if r.get("protocol_type").Is("WEBSOCKET") {
		api.Type = snapshot.WebSocket
	}
	api.EndpointTypes = snapshot.Known([]string{"REGIONAL"}, r.origin())
	api.DefaultEndpointDisabled = r.get("disable_execute_api_endpoint").Boolean(false)
	api.Policy = snapshot.Known("", r.origin())
	api.BinaryMediaTypes = snapshot.Known([]string{}, r.origin())
	api.RouteSelection = r.get("route_selection_expression").Text("")
	api.APIKeySource = r.get("api_key_selection_expression").Text("$request.header.x-api-key")
	api.CORS = corsOf(r.get("cors_configuration"))
	if target := r.get("target"); !target.Absent() {
		api.Quick = &assemble.QuickCreate{RouteKey: r.get("route_key").Plain(), Target: target.Text(""), Credentials: r.get("credentials_arn").Text("")}
	}
	b.define(&api, r)
	b.parts.APIs = append(b.parts.APIs, api)
}

// corsOf reads the block cors_configuration, of which there is one at most.
func corsOf(x tree.View) snapshot.Fact[*snapshot.CORS] {
	if list := x.Items(); !x.Unknown() && len(list) > 0 {
		return openapi.CORS(list[0], openapi.Snake)
	}
	if x.Unknown() {
		return snapshot.Unknown[*snapshot.CORS](x.Gap())
	}
	return snapshot.Known[*snapshot.CORS](nil, x.Origin())
}

func (b *builder) route(r *resource) {
	m := openapi.Method(r.arguments, snapshot.HTTP, openapi.Snake)
	m.ResourceID = b.text(r, "id")
	parameters := r.get("request_parameter")
	if parameters.Unknown() {
		m.RequestParameters = snapshot.Unknown[map[string]bool](parameters.Gap())
	} else {
		declared := map[string]bool{}
		for _, in := range parameters.Items() {
			declared[in.Get("request_parameter_key").Plain()] = in.Get("required").Is("true")
		}
		m.RequestParameters = snapshot.Known(declared, parameters.Origin())
	}
	b.parts.Routes = append(b.parts.Routes, assemble.Route{Address: r.address, API: openapi.Ref(r.get("api_id")), Target: openapi.Ref(r.get("target")), Method: m})
}

func (b *builder) integration(r *resource) {
	i := openapi.Integration(r.arguments, snapshot.HTTP, routed)
	i.ID, i.Responses = b.text(r, "id"), b.statusMappings(r)
	i.PayloadFormat = r.get("payload_format_version").Text(defaultPayloadFormat)
	i.ResponseSelection = snapshot.Known("${integration.response.statuscode}", r.origin()) // computed, none can be set
	b.parts.Integrations = append(b.parts.Integrations, assemble.Integration{Address: r.address, API: openapi.Ref(r.get("api_id")), Integration: i})
}

// routed is how Terraform spells the integrations of HTTP and WebSocket APIs.
var routed = openapi.Snake.Routed()

// defaultPayloadFormat is what the provider sends for an integration that names none.
const defaultPayloadFormat = "1.0"

// statusMappings are the response parameters of an HTTP API's integration.
func (b *builder) statusMappings(r *resource) snapshot.Fact[[]snapshot.IntegrationResponse] {
	x := r.get("response_parameters")
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Gap())
	}
	list := []assemble.IntegrationResponse{}
	for _, in := range x.Items() {
		list = append(list, assemble.ForStatus(in.Get("status_code").Text(""), in.Get("mappings").TextMap(), in.Origin()))
	}
	return assemble.Responses(list, x.Origin())
}

// response maps an integration response of a WebSocket API.
func (b *builder) response(r *resource) {
	response := openapi.Response(r.arguments, routed)
	response.API, response.Integration = openapi.Ref(r.get("api_id")), openapi.Ref(r.get("integration_id"))
	b.parts.IntegrationResponses = append(b.parts.IntegrationResponses, response)
}

// routeResponse lets a route of a WebSocket API answer.
func (b *builder) routeResponse(r *resource) {
	b.parts.RouteResponses = append(b.parts.RouteResponses, assemble.RouteResponse{Route: openapi.Ref(r.get("route_id")), Key: r.get("route_response_key").Plain(),
		MethodResponse: snapshot.MethodResponse{Origin: r.origin()}})
}

func (b *builder) stage(r *resource) {
	b.parts.Stages = append(b.parts.Stages, assemble.Stage{API: openapi.Ref(r.get("api_id")), Type: snapshot.HTTP, Name: r.get("name").Plain(), Deployment: openapi.Ref(r.get("deployment_id")),
		AutoDeploy: r.get("auto_deploy").Boolean(false), Settings: b.routeSettings(r), Variables: r.get("stage_variables").TextMap(), Canary: snapshot.Known[*snapshot.Canary](nil, r.origin()), Origin: r.origin()})
}
