package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// integrationNames are the names that the properties of an integration have
// in one of the languages that describe it.
type integrationNames struct {
	typ, subtype, method, uri, credentials, parameters, templates, passthrough, content, timeout, payload, selection, responses string
}

var (
	restNames = integrationNames{typ: "Type", method: "IntegrationHttpMethod", uri: "Uri", credentials: "Credentials", parameters: "RequestParameters",
		templates: "RequestTemplates", passthrough: "PassthroughBehavior", content: "ContentHandling", timeout: "TimeoutInMillis", responses: "IntegrationResponses"}
	v2Names = integrationNames{typ: "IntegrationType", subtype: "IntegrationSubtype", method: "IntegrationMethod", uri: "IntegrationUri", credentials: "CredentialsArn",
		parameters: "RequestParameters", templates: "RequestTemplates", passthrough: "PassthroughBehavior", content: "ContentHandlingStrategy", timeout: "TimeoutInMillis",
		payload: "PayloadFormatVersion", selection: "TemplateSelectionExpression", responses: "ResponseParameters"}
	openAPINames = integrationNames{typ: "type", subtype: "integrationSubtype", method: "httpMethod", uri: "uri", credentials: "credentials", parameters: "requestParameters",
		templates: "requestTemplates", passthrough: "passthroughBehavior", content: "contentHandling", timeout: "timeoutInMillis", payload: "payloadFormatVersion",
		selection: "templateSelectionExpression", responses: "responses"}
)

// Defaults of an integration as API Gateway stores them (T161 and the limits page).
const (
	defaultPassthrough = "WHEN_NO_MATCH"
	restTimeout        = 29000 // milliseconds
	httpTimeout        = 30000
)

// integrationFact maps an integration of a REST API, or none.
func integrationFact(x view, names integrationNames) snapshot.Fact[*snapshot.Integration] {
	switch {
	case x.absent():
		return snapshot.Known[*snapshot.Integration](nil, x.origin())
	case x.unknown():
		return snapshot.Unknown[*snapshot.Integration](x.gap())
	case x.v.kind != kindObject:
		return snapshot.Unknown[*snapshot.Integration](x.misfit("an integration"))
	}
	i := integrationOf(x, names)
	i.TimeoutMillis = x.get(names.timeout).number(restTimeout)
	responses := x.get(names.responses)
	if names == restNames {
		i.Responses = responseList(responses)
	} else {
		i.Responses = responseMap(responses)
	}
	return snapshot.Known(i, i.Origin)
}

// integrationOf maps what all languages share.
func integrationOf(x view, names integrationNames) *snapshot.Integration {
	get := func(name string) view {
		if name == "" {
			return view{stack: x.stack, res: x.res, path: x.path, at: x.at}
		}
		return x.get(name)
	}
	i := &snapshot.Integration{Origin: x.origin()}
	i.Type = get(names.typ).upper("")
	i.Subtype = get(names.subtype).text("")
	i.HTTPMethod = get(names.method).upper("")
	i.URI = get(names.uri).text("")
	i.Credentials = get(names.credentials).text("")
	i.RequestParameters = get(names.parameters).textFacts()
	i.Templates = get(names.templates).textFacts()
	i.Passthrough = get(names.passthrough).upper(defaultPassthrough)
	i.ContentHandling = get(names.content).upper("")
	i.PayloadFormat = get(names.payload).text("")
	i.TemplateSelection = get(names.selection).text("")
	return i
}

// responseList maps the IntegrationResponses of a Method resource.
func responseList(x view) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.gap())
	}
	list := []snapshot.IntegrationResponse{}
	for _, in := range x.items() {
		if in.unknown() {
			return snapshot.Unknown[[]snapshot.IntegrationResponse](in.gap())
		}
		r, gap := responseOf(in, in.get("SelectionPattern"), in.get("StatusCode"), "ResponseParameters", "ResponseTemplates", "ContentHandling")
		if gap != nil {
			return snapshot.Unknown[[]snapshot.IntegrationResponse](*gap)
		}
		list = append(list, r)
	}
	return snapshot.Known(list, x.origin())
}

// responseMap maps the responses of an OpenAPI integration: by pattern, with
// "default" for what no pattern fits.
func responseMap(x view) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.gap())
	}
	list := []snapshot.IntegrationResponse{}
	for _, m := range x.members() {
		if m.view.unknown() {
			return snapshot.Unknown[[]snapshot.IntegrationResponse](m.view.gap())
		}
		pattern := view{stack: x.stack, res: x.res, path: m.view.path, at: m.view.at, v: text(m.name)}
		if m.name == "default" {
			pattern.v = text("")
		}
		r, gap := responseOf(m.view, pattern, m.view.get("statusCode"), "responseParameters", "responseTemplates", "contentHandling")
		if gap != nil {
			return snapshot.Unknown[[]snapshot.IntegrationResponse](*gap)
		}
		list = append(list, r)
	}
	return snapshot.Known(list, x.origin())
}

// responseOf maps one integration response. The response's members are plain
// values, so one that is unknown makes the response unknown.
func responseOf(x, pattern, status view, parameters, templates, content string) (snapshot.IntegrationResponse, *snapshot.Gap) {
	r := snapshot.IntegrationResponse{Origin: x.origin()}
	for _, part := range []view{pattern, status, x.get(content)} {
		if part.unknown() {
			gap := part.gap()
			return r, &gap
		}
	}
	r.Pattern, r.Status, r.ContentHandling = pattern.plain(), status.plain(), strings.ToUpper(x.get(content).plain())
	var gaps snapshot.Gaps
	r.Parameters, _ = x.get(parameters).textMap().Read(&gaps)
	r.Templates, _ = x.get(templates).textMap().Read(&gaps)
	if gaps.Any() {
		return r, &gaps.List()[0]
	}
	if len(r.Parameters) == 0 {
		r.Parameters = nil
	}
	if len(r.Templates) == 0 {
		r.Templates = nil
	}
	return r, nil
}
