package cloudformation

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

func (b *builder) method(s *stack, r *resource, p tree.View) {
	api, ok := b.apiOf(s, p.Get("RestApiId"))
	if !ok {
		return
	}
	if kind := p.Get("AuthorizationType"); kind.Absent() || kind.Value.Kind == tree.String && kind.Value.Text == "" {
		// aws-cloudformation-user-guide 483: the schema does not require it, the service does.
		b.world.refuse("ValidationException", "1 validation error detected: Value null at 'putMethodInput.authorizationType' failed to satisfy constraint: Member must not be null", p.Origin())
	}
	b.onlyMethod(s, r, refOf(p.Get("ResourceId")).Text, p.Get("HttpMethod").Plain())
	b.parts.Methods = append(b.parts.Methods, assemble.Method{Address: r.serial, API: api, Resource: demandedRef(p.Get("ResourceId")), Method: snapshot.Method{
		HTTPMethod:        p.Get("HttpMethod").Plain(),
		Origin:            s.origin(r, "", r.at),
		Authorization:     p.Get("AuthorizationType").Text(""),
		AuthorizerID:      p.Get("AuthorizerId").Text(""),
		APIKeyRequired:    p.Get("ApiKeyRequired").Boolean(false),
		ValidatorID:       p.Get("RequestValidatorId").Text(""),
		RequestParameters: p.Get("RequestParameters").Flags(),
		RequestModels:     p.Get("RequestModels").TextMap(),
		Responses:         methodResponses(p.Get("MethodResponses")),
		Integration:       methodIntegration(p.Get("Integration")),
	}})
}

// methodResponses reads the list of a method.
func methodResponses(x tree.View) snapshot.Fact[map[string]snapshot.MethodResponse] {
	if x.Unknown() {
		return snapshot.Unknown[map[string]snapshot.MethodResponse](x.Gap())
	}
	out := map[string]snapshot.MethodResponse{}
	for _, in := range x.Items() {
		if in.Unknown() {
			return snapshot.Unknown[map[string]snapshot.MethodResponse](in.Gap())
		}
		status := in.Get("StatusCode")
		if status.Unknown() {
			return snapshot.Unknown[map[string]snapshot.MethodResponse](status.Gap())
		}
		response := snapshot.MethodResponse{Origin: in.Origin()}
		response.Parameters, _ = in.Get("ResponseParameters").Flags().Peek()
		if len(response.Parameters) == 0 {
			response.Parameters = nil
		}
		out[status.Plain()] = response
	}
	return snapshot.Known(out, x.Origin())
}

// methodIntegration reads the integration of a method, or none.
func methodIntegration(x tree.View) snapshot.Fact[*snapshot.Integration] {
	switch {
	case x.Absent():
		return snapshot.Known[*snapshot.Integration](nil, x.Origin())
	case x.Unknown():
		return snapshot.Unknown[*snapshot.Integration](x.Gap())
	case x.Value.Kind != tree.Object:
		return snapshot.Unknown[*snapshot.Integration](x.Misfit("an integration"))
	}
	none := snapshot.Known("", x.Origin())
	return snapshot.Known(&snapshot.Integration{
		Origin:            x.Origin(),
		Type:              demanded(x.Get("Type")),
		HTTPMethod:        x.Get("IntegrationHttpMethod").Text(""),
		URI:               x.Get("Uri").Text(""),
		Credentials:       x.Get("Credentials").Text(""),
		RequestParameters: x.Get("RequestParameters").TextFacts(),
		Templates:         x.Get("RequestTemplates").TextFacts(),
		Passthrough:       x.Get("PassthroughBehavior").Text(""),
		ContentHandling:   x.Get("ContentHandling").Text(""),
		TimeoutMillis:     x.Get("TimeoutInMillis").Number(assemble.NotGiven),
		Responses:         integrationResponses(x.Get("IntegrationResponses")),
		Subtype:           none, PayloadFormat: none, TemplateSelection: none,
	}, x.Origin())
}

func integrationResponses(x tree.View) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Gap())
	}
	var list []assemble.IntegrationResponse
	for _, in := range x.Items() {
		list = append(list, assemble.IntegrationResponse{Origin: in.Origin(), Pattern: in.Get("SelectionPattern").Text(""), Status: in.Get("StatusCode").Text(""),
			Parameters: in.Get("ResponseParameters").TextMap(), Templates: in.Get("ResponseTemplates").TextMap(), ContentHandling: in.Get("ContentHandling").Text("")})
	}
	return assemble.Responses(list, x.Origin())
}
