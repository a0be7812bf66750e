package cloudformation

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// integration reads an integration of an HTTP or WebSocket API.
func (b *builder) integration(s *stack, r *resource, p tree.View) {
	api, ok := b.apiOf(s, p.Get("ApiId"))
	if !ok {
		return
	}
	b.parts.Integrations = append(b.parts.Integrations, assemble.Integration{Address: r.serial, API: api, Integration: snapshot.Integration{
		ID:                r.serial,
		Origin:            s.origin(r, "", r.at),
		Type:              p.Get("IntegrationType").Text(""),
		Subtype:           p.Get("IntegrationSubtype").Text(""),
		HTTPMethod:        p.Get("IntegrationMethod").Text(""),
		URI:               p.Get("IntegrationUri").Text(""),
		Credentials:       p.Get("CredentialsArn").Text(""),
		RequestParameters: p.Get("RequestParameters").TextFacts(),
		Templates:         p.Get("RequestTemplates").TextFacts(),
		Passthrough:       p.Get("PassthroughBehavior").Text(""),
		ContentHandling:   p.Get("ContentHandlingStrategy").Text(""),
		TimeoutMillis:     p.Get("TimeoutInMillis").Number(assemble.NotGiven),
		PayloadFormat:     p.Get("PayloadFormatVersion").Text(""),
		TemplateSelection: p.Get("TemplateSelectionExpression").Text(""),
		ResponseSelection: snapshot.Known(responseSelection, p.Origin()),
		Responses:         responseParameters(p.Get("ResponseParameters")),
	}})
}

// responseParameters reads the response parameters of an HTTP API's integration:
// by status, a list of sources and destinations or a plain map.
func responseParameters(x tree.View) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Gap())
	}
	var list []assemble.IntegrationResponse
	for _, m := range x.Members() {
		status := snapshot.Known(m.Name, m.Origin())
		list = append(list, assemble.IntegrationResponse{Origin: m.Origin(), Pattern: status, Status: status, Parameters: destinations(m.View),
			Templates: snapshot.Known[map[string]string](nil, m.Origin()), ContentHandling: snapshot.Known("", m.Origin())})
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
	key := p.Get("IntegrationResponseKey")
	b.parts.IntegrationResponses = append(b.parts.IntegrationResponses, assemble.IntegrationResponse{Integration: refOf(p.Get("IntegrationId")),
		Origin: s.origin(r, "", r.at), Key: key.Text(""), Status: snapshot.Known("", key.Origin()),
		Parameters: p.Get("ResponseParameters").TextMap(), Templates: p.Get("ResponseTemplates").TextMap(), ContentHandling: p.Get("ContentHandlingStrategy").Text(""),
		TemplateSelection: p.Get("TemplateSelectionExpression").Text("")})
}

func (b *builder) route(s *stack, r *resource, p tree.View) {
	api, ok := b.apiOf(s, p.Get("ApiId"))
	if !ok {
		return
	}
	b.parts.Routes = append(b.parts.Routes, assemble.Route{Address: r.serial, API: api, Target: refOf(p.Get("Target")), Method: snapshot.Method{
		RouteKey:          p.Get("RouteKey").Plain(),
		ResourceID:        r.serial,
		Origin:            s.origin(r, "", r.at),
		Authorization:     p.Get("AuthorizationType").Text(""),
		AuthorizerID:      p.Get("AuthorizerId").Text(""),
		APIKeyRequired:    p.Get("ApiKeyRequired").Boolean(false),
		RequestParameters: p.Get("RequestParameters").Flags(),
		RequestModels:     p.Get("RequestModels").TextMap(),
		Scopes:            p.Get("AuthorizationScopes").Texts(),
		ModelSelection:    p.Get("ModelSelectionExpression").Text(""),
		ResponseSelection: p.Get("RouteResponseSelectionExpression").Text(""),
	}})
}

// responseSelection is what a WebSocket API chooses an integration response by;
// a template cannot set another.
const responseSelection = "${integration.response.statuscode}"

func (b *builder) routeResponse(s *stack, r *resource, p tree.View) {
	b.parts.RouteResponses = append(b.parts.RouteResponses, assemble.RouteResponse{Route: refOf(p.Get("RouteId")), Key: p.Get("RouteResponseKey").Plain(),
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
	return openapi.CORS(x, "AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders", "AllowCredentials", "MaxAge")
}
