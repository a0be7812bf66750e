package cloudformation

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

func (b *builder) method(s *stack, r *resource, p tree.View, api assemble.Ref) {
	if kind := p.Get("AuthorizationType"); kind.Absent() || kind.Value.Kind == tree.String && kind.Value.Text == "" {
		// aws-cloudformation-user-guide 483: the schema does not require it, the service does.
		b.world.refuse("ValidationException", "1 validation error detected: Value null at 'putMethodInput.authorizationType' failed to satisfy constraint: Member must not be null", p.Origin())
	}
	b.onlyMethod(s, r, openapi.Ref(p.Get("ResourceId")).Text, p.Get("HttpMethod").Plain())
	m := openapi.Method(p, snapshot.REST, openapi.Pascal)
	m.Origin = s.origin(r, "", r.at)
	m.Responses, m.Integration = methodResponses(p.Get("MethodResponses")), methodIntegration(p.Get("Integration"))
	b.parts.Methods = append(b.parts.Methods, assemble.Method{Address: r.serial, API: api, Resource: demandedRef(p.Get("ResourceId")), Method: m})
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
	i := openapi.Integration(x, snapshot.REST, openapi.Pascal.With(map[string]string{"httpMethod": "integrationHttpMethod"}))
	none := snapshot.Known("", x.Origin())
	i.Type, i.Subtype, i.PayloadFormat, i.TemplateSelection = demanded(x.Get("Type")), none, none, none
	i.Responses = integrationResponses(x.Get("IntegrationResponses"))
	return snapshot.Known(&i, x.Origin())
}

func integrationResponses(x tree.View) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.Unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Gap())
	}
	var list []assemble.IntegrationResponse
	for _, in := range x.Items() {
		list = append(list, openapi.Response(in, openapi.Pascal))
	}
	return assemble.Responses(list, x.Origin())
}
