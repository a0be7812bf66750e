package openapi

import (
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

func (d document) method(path, verb string, item, operation map[string]any, at snapshot.Origin) snapshot.Method {
	m := snapshot.Method{
		HTTPMethod:        verb,
		Path:              path,
		Origin:            at,
		ValidatorID:       d.validator(operation, at),
		RequestParameters: d.parameters(item, operation, at),
		RequestModels:     requestModels(operation, at),
		Responses:         responses(operation, at),
		Integration:       integration(operation[integrationMember], at.At(integrationMember)),
	}
	m.Authorization, m.AuthorizerID, m.APIKeyRequired = d.security(operation, at)
	return m
}

// validator names the request validator of the operation or of the document.
func (d document) validator(operation map[string]any, at snapshot.Origin) snapshot.Fact[string] {
	const member = "x-amazon-apigateway-request-validator"
	v, ok := operation[member]
	if !ok {
		v = d.root[member]
	}
	return text(v, at.At(member))
}

// parameters gives the declared request parameters in the control plane's
// spelling. Those of the path item hold for each of its methods.
func (d document) parameters(item, operation map[string]any, at snapshot.Origin) snapshot.Fact[map[string]bool] {
	places := map[string]string{"header": "header", "query": "querystring", "path": "path"}
	out := map[string]bool{}
	for _, declared := range []any{item["parameters"], operation["parameters"]} {
		list, ok := declared.([]any)
		if !ok && declared != nil {
			return unparsed[map[string]bool](at.At("parameters"), "a list", declared)
		}
		for _, v := range list {
			parameter := object(v)
			if ref, ok := parameter["$ref"].(string); ok {
				name, local := strings.CutPrefix(ref, "#/components/parameters/")
				parameter = object(object(d.components["parameters"])[name])
				if !local || parameter == nil {
					return snapshot.Unknown[map[string]bool](snapshot.Gap{Reason: snapshot.Unparsed,
						Detail: "the document has no parameter " + ref, Origin: at.At("parameters")})
				}
			}
			name, _ := parameter["name"].(string)
			in, _ := parameter["in"].(string)
			required, _ := parameter["required"].(bool)
			if place, ok := places[in]; ok && name != "" {
				out["method.request."+place+"."+name] = required
			}
		}
	}
	return snapshot.Known(out, at.At("parameters"))
}

func requestModels(operation map[string]any, at snapshot.Origin) snapshot.Fact[map[string]string] {
	at = at.At("requestBody.content")
	out := map[string]string{}
	for contentType, v := range object(object(operation["requestBody"])["content"]) {
		ref, _ := object(object(v)["schema"])["$ref"].(string)
		name, local := strings.CutPrefix(ref, "#/components/schemas/")
		if !local {
			return snapshot.Unknown[map[string]string](snapshot.Gap{Reason: snapshot.Unparsed,
				Detail: "the schema of " + contentType + " is not a reference to a model", Origin: at})
		}
		out[contentType] = name
	}
	return snapshot.Known(out, at)
}

func responses(operation map[string]any, at snapshot.Origin) snapshot.Fact[map[string]snapshot.MethodResponse] {
	at = at.At("responses")
	out := map[string]snapshot.MethodResponse{}
	for status, v := range object(operation["responses"]) {
		response := snapshot.MethodResponse{Parameters: map[string]bool{}, Origin: at.At("['" + status + "']")}
		for name, header := range object(object(v)["headers"]) {
			required, _ := object(header)["required"].(bool)
			response.Parameters["method.response.header."+name] = required
		}
		out[status] = response
	}
	return snapshot.Known(out, at)
}

// security gives the authorization type, the authorizer by the name of its
// security scheme, and whether an API key is asked for.
func (d document) security(operation map[string]any, at snapshot.Origin) (authorization, authorizer snapshot.Fact[string], key snapshot.Fact[bool]) {
	required, own := operation["security"]
	if !own {
		required = d.root["security"]
	}
	at = at.At("security")
	authType, authorizerID, keyRequired := "NONE", "", false
	// An operation may name its type itself; exports do so for AWS_IAM.
	if named, _ := object(operation["x-amazon-apigateway-auth"])["type"].(string); named != "" {
		authType = strings.ToUpper(named)
	}
	list, _ := required.([]any)
	for _, alternative := range list {
		for _, name := range slices.Sorted(maps.Keys(object(alternative))) {
			scheme, ok := object(d.components["securitySchemes"])[name].(map[string]any)
			if !ok {
				gap := snapshot.Gap{Reason: snapshot.Unparsed, Detail: "the document has no security scheme " + name, Origin: at}
				return snapshot.Unknown[string](gap), snapshot.Unknown[string](gap), snapshot.Unknown[bool](gap)
			}
			kind, _ := scheme["x-amazon-apigateway-authtype"].(string)
			switch strings.ToLower(kind) {
			case "":
				if in, _ := scheme["name"].(string); strings.EqualFold(in, "x-api-key") {
					keyRequired = true
				}
			case "awssigv4":
				authType = "AWS_IAM"
			default: // custom, cognito_user_pools
				authType, authorizerID = strings.ToUpper(kind), name
			}
		}
	}
	return snapshot.Known(authType, at), snapshot.Known(authorizerID, at), snapshot.Known(keyRequired, at)
}

// text reads an optional string; absent is known to be empty.
func text(v any, at snapshot.Origin) snapshot.Fact[string] {
	if v == nil {
		return snapshot.Known("", at)
	}
	s, ok := v.(string)
	if !ok {
		return unparsed[string](at, "a string", v)
	}
	return snapshot.Known(s, at)
}
