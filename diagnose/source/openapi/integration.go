package openapi

import (
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

// extension is the member of an operation with its integration.
const extension = "x-amazon-apigateway-integration"

// integration reads the integration of an operation, which may refer to one that
// several share.
func (r *reader) integration(x tree.View) snapshot.Fact[*snapshot.Integration] {
	x, missing := r.follow(x)
	switch {
	case missing != nil:
		return snapshot.Unknown[*snapshot.Integration](*missing)
	case x.Absent():
		return snapshot.Known[*snapshot.Integration](nil, x.Origin())
	case x.Unknown():
		return snapshot.Unknown[*snapshot.Integration](x.Gap())
	case x.Value.Kind != tree.Object:
		return snapshot.Unknown[*snapshot.Integration](x.Misfit("an integration"))
	}
	i := Integration(x, r.typ)
	if r.typ == snapshot.HTTP {
		i.Responses = responses(x.Get("responseParameters"), parameters)
	} else {
		i.Responses = responses(x.Get("responses"), response)
	}
	return snapshot.Known(i, i.Origin)
}

// Integration reads the members of an integration that a document and the control
// plane name alike: all but its responses.
func Integration(x tree.View, typ snapshot.APIType) *snapshot.Integration {
	i := &snapshot.Integration{
		Origin:            x.Origin(),
		Type:              x.Get("type").Text(""),
		HTTPMethod:        x.Get("httpMethod").Text(""),
		URI:               x.Get("uri").Text(""),
		Credentials:       x.Get("credentials").Text(""),
		RequestParameters: x.Get("requestParameters").TextFacts(),
		Templates:         x.Get("requestTemplates").TextFacts(),
		Passthrough:       x.Get("passthroughBehavior").Text(""),
		ContentHandling:   x.Get("contentHandling").Text(""),
		TimeoutMillis:     x.Get("timeoutInMillis").Number(assemble.NotGiven),
	}
	if typ != snapshot.REST {
		i.Subtype = x.Get("integrationSubtype").Text("")
		i.PayloadFormat = x.Get("payloadFormatVersion").Text("")
		i.TemplateSelection = x.Get("templateSelectionExpression").Text("")
	}
	return i
}

func responses(x tree.View, one func(tree.Named) assemble.IntegrationResponse) snapshot.Fact[[]snapshot.IntegrationResponse] {
	switch {
	case x.Unknown():
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Gap())
	case !x.Absent() && x.Value.Kind != tree.Object:
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.Misfit("an object"))
	}
	var list []assemble.IntegrationResponse
	for _, m := range x.Members() {
		list = append(list, one(m))
	}
	return assemble.Responses(list, x.Origin())
}

// response reads a response, which stands under its selection pattern, or under
// "default" without one (T167).
func response(m tree.Named) assemble.IntegrationResponse {
	pattern, status := m.Name, m.Get("statusCode")
	if pattern == "default" {
		pattern = ""
	}
	code := status.Text("")
	if status.Absent() {
		code = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unparsed, Detail: m.Path + " has no statusCode", Origin: m.Origin()})
	}
	return assemble.IntegrationResponse{Origin: m.Origin(), Pattern: snapshot.Known(pattern, m.Origin()), Status: code,
		Parameters: m.Get("responseParameters").TextMap(), Templates: m.Get("responseTemplates").TextMap(), ContentHandling: m.Get("contentHandling").Text("")}
}

// parameters reads what an HTTP API does with one status of the service.
func parameters(m tree.Named) assemble.IntegrationResponse {
	status := snapshot.Known(m.Name, m.Origin())
	return assemble.IntegrationResponse{Origin: m.Origin(), Pattern: status, Status: status, Parameters: m.TextMap(),
		Templates: snapshot.Known[map[string]string](nil, m.Origin()), ContentHandling: snapshot.Known("", m.Origin())}
}
