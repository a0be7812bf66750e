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
		return openapi.CORS(list[0], "allow_origins", "allow_methods", "allow_headers", "expose_headers", "allow_credentials", "max_age")
	}
	if x.Unknown() {
		return snapshot.Unknown[*snapshot.CORS](x.Gap())
	}
	return snapshot.Known[*snapshot.CORS](nil, x.Origin())
}

func (b *builder) route(r *resource) {
	m := snapshot.Method{RouteKey: r.get("route_key").Plain(), ResourceID: b.text(r, "id"), Origin: r.origin(), Authorization: r.get("authorization_type").Text(""), AuthorizerID: r.get("authorizer_id").Text(""),
		Scopes: r.get("authorization_scopes").Texts(), APIKeyRequired: r.get("api_key_required").Boolean(false), RequestModels: r.get("request_models").TextMap(),
		ModelSelection: r.get("model_selection_expression").Text(""), ResponseSelection: r.get("route_response_selection_expression").Text("")}
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
	b.parts.Routes = append(b.parts.Routes, assemble.Route{Address: r.address, API: refTo(r.get("api_id")), Target: refTo(r.get("target")), Method: m})
}

func (b *builder) integration(r *resource) {
	i := snapshot.Integration{ID: b.text(r, "id"), Origin: r.origin(), Type: r.get("integration_type").Text(""), Subtype: r.get("integration_subtype").Text(""), HTTPMethod: r.get("integration_method").Text(""),
		URI: r.get("integration_uri").Text(""), Credentials: r.get("credentials_arn").Text(""), RequestParameters: r.get("request_parameters").TextFacts(), Templates: r.get("request_templates").TextFacts(),
		Passthrough: r.get("passthrough_behavior").Text(""), ContentHandling: r.get("content_handling_strategy").Text(""), TimeoutMillis: r.get("timeout_milliseconds").Number(assemble.NotGiven),
		PayloadFormat: r.get("payload_format_version").Text(defaultPayloadFormat), TemplateSelection: r.get("template_selection_expression").Text(""), Responses: b.statusMappings(r)}
	i.ResponseSelection = snapshot.Known("${integration.response.statuscode}", r.origin()) // computed, none can be set
	b.parts.Integrations = append(b.parts.Integrations, assemble.Integration{Address: r.address, API: refTo(r.get("api_id")), Integration: i})
}

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
		status := in.Get("status_code").Text("")
		list = append(list, assemble.IntegrationResponse{Pattern: status, Status: status, Parameters: in.Get("mappings").TextMap(), Templates: snapshot.Known(map[string]string{}, in.Origin()),
			ContentHandling: snapshot.Known("", in.Origin()), Origin: in.Origin()})
	}
	return assemble.Responses(list, x.Origin())
}

// response maps an integration response of a WebSocket API.
func (b *builder) response(r *resource) {
	none := snapshot.Known("", r.origin())
	b.parts.IntegrationResponses = append(b.parts.IntegrationResponses, assemble.IntegrationResponse{API: refTo(r.get("api_id")), Integration: refTo(r.get("integration_id")), Key: r.get("integration_response_key").Text(""),
		Status: none, Parameters: snapshot.Known(map[string]string{}, r.origin()), Templates: r.get("response_templates").TextMap(), ContentHandling: r.get("content_handling_strategy").Text(""),
		TemplateSelection: r.get("template_selection_expression").Text(""), Origin: r.origin()})
}

// routeResponse lets a route of a WebSocket API answer.
func (b *builder) routeResponse(r *resource) {
	b.parts.RouteResponses = append(b.parts.RouteResponses, assemble.RouteResponse{Route: refTo(r.get("route_id")), Key: r.get("route_response_key").Plain(),
		MethodResponse: snapshot.MethodResponse{Origin: r.origin()}})
}

func (b *builder) stage(r *resource) {
	b.parts.Stages = append(b.parts.Stages, assemble.Stage{API: refTo(r.get("api_id")), Type: snapshot.HTTP, Name: r.get("name").Plain(), Deployment: refTo(r.get("deployment_id")),
		AutoDeploy: r.get("auto_deploy").Boolean(false), Settings: b.routeSettings(r), Variables: r.get("stage_variables").TextMap(), Canary: snapshot.Known[*snapshot.Canary](nil, r.origin()), Origin: r.origin()})
}
