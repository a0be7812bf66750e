package terraform

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// restAPI maps aws_api_gateway_rest_api, with the methods that its body describes (I23).
func (b *builder) restAPI(r *resource) {
	api := assemble.API{ID: b.text(r, "id"), Root: b.text(r, "root_resource_id"), Type: snapshot.REST, Name: r.get("name").Plain(), Origin: r.origin()}
	api.EndpointTypes = r.get("endpoint_configuration").First().Get("types").Texts()
	api.DefaultEndpointDisabled = r.get("disable_execute_api_endpoint").Boolean(false)
	api.Policy, _ = b.policy(r, "policy")
	api.BinaryMediaTypes = openapi.MediaTypes(r.get("binary_media_types"))
	b.define(&api, r)
	b.parts.APIs = append(b.parts.APIs, api)
}

// define reads the body of an API.
func (b *builder) define(api *assemble.API, r *resource) {
	body := r.get("body")
	if body.Absent() {
		return
	}
	x, ok := b.document(r, "body")
	switch {
	case x.Unknown():
		gap := x.Gap()
		api.Doubt = &gap
	case !ok || x.Value.Kind != tree.Object:
		gap := snapshot.Gap{Reason: snapshot.Unparsed, Detail: "the body of " + r.address + " is no OpenAPI document", Origin: body.Origin()}
		api.Doubt = &gap
	default:
		api.Definition = openapi.Read(x, api.Type, nil)
	}
}

func (b *builder) restAPIPolicy(r *resource) {
	x, ok := b.document(r, "policy")
	if !ok {
		x = r.get("policy")
	}
	b.apiPolicies[r.get("rest_api_id").Plain()] = x
}

func (b *builder) restResource(r *resource) {
	b.parts.Resources = append(b.parts.Resources, assemble.Resource{ID: b.text(r, "id"), API: openapi.Ref(r.get("rest_api_id")), Parent: openapi.Ref(r.get("parent_id")),
		Part: r.get("path_part").Plain(), Origin: r.origin()})
}

func (b *builder) restMethod(r *resource) {
	m := openapi.Method(r.arguments, snapshot.REST, openapi.Snake.With(map[string]string{"authorizationType": "authorization"}))
	m.Responses, m.Integration = snapshot.Known(map[string]snapshot.MethodResponse{}, r.origin()), snapshot.Known[*snapshot.Integration](nil, r.origin())
	b.parts.Methods = append(b.parts.Methods, assemble.Method{Address: r.address, API: openapi.Ref(r.get("rest_api_id")), Resource: openapi.Ref(r.get("resource_id")), Method: m})
}

func (b *builder) methodResponse(r *resource) {
	status := r.get("status_code")
	if status.Unknown() {
		b.doubts = append(b.doubts, doubt{kind: r.kind, owner: r.get("rest_api_id").Plain(), gap: status.Gap()})
		return
	}
	m := assemble.MethodResponse{API: openapi.Ref(r.get("rest_api_id")), Resource: openapi.Ref(r.get("resource_id")), HTTPMethod: r.get("http_method").Plain(), Status: status.Plain(),
		MethodResponse: snapshot.MethodResponse{Origin: r.origin()}}
	parameters := r.get("response_parameters").Flags()
	declared, ok := parameters.Read(&snapshot.Gaps{})
	if !ok {
		b.doubts = append(b.doubts, doubt{kind: r.kind, owner: r.get("rest_api_id").Plain(), gap: parameters.Gap()})
	}
	if len(declared) > 0 {
		m.Parameters = declared
	}
	b.parts.MethodResponses = append(b.parts.MethodResponses, m)
}

func (b *builder) restIntegration(r *resource) {
	i := openapi.Integration(r.arguments, snapshot.REST, openapi.Snake.With(map[string]string{"httpMethod": "integrationHttpMethod"}))
	none := snapshot.Known("", r.origin())
	i.Subtype, i.PayloadFormat, i.TemplateSelection, i.ResponseSelection = none, none, none, none
	i.Responses = snapshot.Known([]snapshot.IntegrationResponse{}, r.origin())
	b.parts.Integrations = append(b.parts.Integrations, assemble.Integration{Address: r.address, API: openapi.Ref(r.get("rest_api_id")), Resource: openapi.Ref(r.get("resource_id")), Verb: r.get("http_method").Plain(), Integration: i})
}

func (b *builder) restResponse(r *resource) {
	response := openapi.Response(r.arguments, openapi.Snake)
	response.API, response.Resource, response.Verb = openapi.Ref(r.get("rest_api_id")), openapi.Ref(r.get("resource_id")), r.get("http_method").Plain()
	b.parts.IntegrationResponses = append(b.parts.IntegrationResponses, response)
}

func (b *builder) model(r *resource) {
	api := r.get("rest_api_id")
	if api.Absent() {
		api = r.get("api_id")
	}
	b.parts.Models = append(b.parts.Models, assemble.Model{Name: r.get("name").Plain(), API: openapi.Ref(api), Schema: r.get("schema").Text("{}")})
}

func (b *builder) validator(r *resource) {
	b.parts.Validators = append(b.parts.Validators, assemble.Validator{ID: b.text(r, "id"), API: openapi.Ref(r.get("rest_api_id")),
		Fact: openapi.Validator(r.arguments, r.get("name").Plain(), openapi.Snake)})
}

// authorizer maps an authorizer of a REST API, or of an HTTP or WebSocket one.
func (b *builder) authorizer(r *resource) {
	a := assemble.Authorizer{ID: b.text(r, "id"), API: openapi.Ref(r.get("rest_api_id")), Type: snapshot.REST}
	typ, source, absent := r.get("type"), r.get("identity_source"), "TOKEN"
	if r.kind == "aws_apigatewayv2_authorizer" {
		a.API, a.Type = openapi.Ref(r.get("api_id")), snapshot.HTTP
		typ, source, absent = r.get("authorizer_type"), r.get("identity_sources"), ""
		a.Unversioned = typ.Is("REQUEST") && r.get("authorizer_payload_format_version").Absent()
	}
	kind, ok := typ.Text(absent).Read(&snapshot.Gaps{})
	if !ok {
		a.Fact = snapshot.Unknown[snapshot.Authorizer](typ.Gap())
		b.parts.Authorizers = append(b.parts.Authorizers, a)
		return
	}
	one := openapi.Authorizer(r.arguments, openapi.Snake)
	one.Type, one.IdentitySource = strings.ToUpper(kind), openapi.Joined(source)
	if source.Absent() && a.Type == snapshot.REST {
		one.IdentitySource = "method.request.header.Authorization"
	}
	a.Fact = snapshot.Known(one, r.origin())
	b.parts.Authorizers = append(b.parts.Authorizers, a)
}

// deployment maps a deployment and the stage that an old provider makes with it (I22).
func (b *builder) deployment(r *resource) {
	d := assemble.Deployment{ID: b.text(r, "id"), API: openapi.Ref(r.get("rest_api_id")), Type: snapshot.REST, Name: r.address, Origin: r.origin()}
	if r.kind == "aws_apigatewayv2_deployment" {
		d.API, d.Type = openapi.Ref(r.get("api_id")), snapshot.HTTP
	}
	if b.waits != nil {
		d.Waits = b.waits(r)
	}
	if b.follows != nil && d.Type == snapshot.REST {
		d.Follows = b.follows(r)
	}
	if name := r.get("stage_name"); !name.Absent() {
		d.Stage = &assemble.Stage{API: d.API, Type: d.Type, Name: name.Plain(), Deployment: assemble.To(d.ID, name.Origin()), AutoDeploy: snapshot.Known(false, name.Origin()),
			Variables: r.get("variables").TextMap(), Canary: openapi.Canary(r.get("canary_settings").First(), d.ID, openapi.Snake), Origin: r.origin()}
	}
	b.parts.Deployments = append(b.parts.Deployments, d)
}

func (b *builder) restStage(r *resource) {
	b.parts.Stages = append(b.parts.Stages, assemble.Stage{API: openapi.Ref(r.get("rest_api_id")), Type: snapshot.REST, Name: r.get("stage_name").Plain(), Deployment: openapi.Ref(r.get("deployment_id")),
		AutoDeploy: snapshot.Known(false, r.origin()), Variables: r.get("variables").TextMap(), Canary: openapi.Canary(r.get("canary_settings").First(), "", openapi.Snake), Origin: r.origin()})
}
