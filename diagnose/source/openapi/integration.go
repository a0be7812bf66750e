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
	x = r.follow(x)
	switch {
	case x.Absent():
		return snapshot.Known[*snapshot.Integration](nil, x.Origin())
	case x.Unknown():
		return snapshot.Unknown[*snapshot.Integration](x.Gap())
	case x.Value.Kind != tree.Object:
		return snapshot.Unknown[*snapshot.Integration](x.Misfit("an integration"))
	}
	i := Integration(x, r.typ, Camel)
	if r.typ == snapshot.HTTP {
		i.Responses = Responses(x.Get("responseParameters"), ForStatus)
	} else {
		i.Responses = Responses(x.Get("responses"), response)
	}
	return snapshot.Known(&i, i.Origin)
}

// response reads a response, which stands under its selection pattern, or under
// "default" without one (T167).
func response(m tree.Named) assemble.IntegrationResponse {
	out := Response(m.View, Camel)
	if out.Pattern = snapshot.Known(m.Name, m.Origin()); m.Name == "default" {
		out.Pattern = snapshot.Known("", m.Origin())
	}
	if m.Get("statusCode").Absent() {
		out.Status = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unparsed, Detail: m.Path + " has no statusCode", Origin: m.Origin()})
	}
	return out
}
