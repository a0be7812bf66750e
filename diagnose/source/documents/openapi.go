package documents

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// document reads an OpenAPI document: an API of which all is known that the
// document decides (I44).
func (r *reader) document(x tree.View) {
	r.documents++
	at := x.Origin()
	typ := typeOf(x)
	id := "openapi"
	if r.documents > 1 {
		id += "-" + string(rune('0'+r.documents%10))
	}
	a := assemble.API{ID: id, Root: id + "-root", Type: typ, Origin: at,
		DefaultEndpointDisabled: snapshot.Known(false, at), EndpointTypes: endpointTypes(x),
		Policy: snapshot.Known("", at), BinaryMediaTypes: snapshot.Known([]string{}, at),
		APIKeySource:   x.Get("x-amazon-apigateway-api-key-source").Text(""),
		RouteSelection: x.Get("x-amazon-apigateway-route-selection-expression").Text(""),
		CORS:           snapshot.Known[*snapshot.CORS](nil, at),
		Definition:     openapi.Read(x, typ, nil)}
	a.Stages = &snapshot.Gap{Reason: snapshot.NotRead, Detail: "an OpenAPI document does not say what is deployed, and to which stage",
		Needs: "the template or Terraform that deploys it, or --api-id", Origin: at}
	r.parts.APIs = append(r.parts.APIs, a)
}

// endpointTypes reads where the endpoint of a REST API is.
func endpointTypes(x tree.View) snapshot.Fact[[]string] {
	configuration := x.Get("x-amazon-apigateway-endpoint-configuration")
	if types := configuration.Get("types"); !types.Absent() {
		return types.Texts()
	}
	return snapshot.Known([]string{}, configuration.Origin())
}

// typeOf tells the kind of API that a document is for: only HTTP APIs have
// integrations with a subtype or a payload format, and shared ones (I42, I43).
func typeOf(x tree.View) snapshot.APIType {
	if !x.Get("openapi").Absent() {
		if !x.Get("x-amazon-apigateway-cors").Absent() || !x.Get("x-amazon-apigateway-importexport-version").Absent() ||
			!x.Get("components").Get("x-amazon-apigateway-integrations").Absent() {
			return snapshot.HTTP
		}
		for _, path := range x.Get("paths").Members() {
			if path.Name == "/$default" || path.Name == "$default" {
				return snapshot.HTTP
			}
			for _, operation := range path.Members() {
				in := operation.Get("x-amazon-apigateway-integration")
				if !in.Get("integrationSubtype").Absent() || !in.Get("payloadFormatVersion").Absent() || !in.Get("$ref").Absent() {
					return snapshot.HTTP
				}
			}
		}
	}
	if strings.HasPrefix(x.Get("x-amazon-apigateway-route-selection-expression").Plain(), "$request.body") {
		return snapshot.WebSocket
	}
	return snapshot.REST
}
