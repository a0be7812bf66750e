package openapi

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/tree"
)

// Spelling turns the name that documents and the control plane of REST APIs have
// for a member, such as requestParameters, into that of another way of writing.
type Spelling func(member string) string

// The spellings of documents and the control plane of REST APIs, of CloudFormation
// and the control plane of HTTP and WebSocket APIs, and of Terraform.
var (
	Camel  Spelling = func(member string) string { return member }
	Pascal Spelling = func(member string) string { return strings.ToUpper(member[:1]) + member[1:] }
	Snake           = Spelling(func(member string) string {
		return capital.ReplaceAllStringFunc(member, func(c string) string { return "_" + strings.ToLower(c) })
	}).With(map[string]string{"timeoutInMillis": "timeoutMilliseconds"})

	capital = regexp.MustCompile("[A-Z]")
)

// With is the spelling where some members go by other names.
func (s Spelling) With(names map[string]string) Spelling {
	return func(member string) string { return s(cmp.Or(names[member], member)) }
}

// Routed is the spelling of the integrations of HTTP and WebSocket APIs.
func (s Spelling) Routed() Spelling {
	return s.With(map[string]string{"type": "integrationType", "httpMethod": "integrationMethod", "uri": "integrationUri",
		"credentials": "credentialsArn", "contentHandling": "contentHandlingStrategy"})
}

// in gives the members of an object by the names that documents have for them.
func (s Spelling) in(x tree.View) func(member string) tree.View {
	return func(member string) tree.View { return x.Get(s(member)) }
}

// Ref is what a member names another resource by.
func Ref(x tree.View) assemble.Ref {
	return assemble.Ref{Text: x.Plain(), Fact: x.Text("")}
}

// Refs is a list of names; one that is not known names nothing.
func Refs(x tree.View) []assemble.Ref {
	var list []assemble.Ref
	for _, in := range x.Items() {
		list = append(list, Ref(in))
	}
	return list
}

// Method reads the members of a method or a route: all but its path, its responses
// and its integration.
func Method(x tree.View, typ snapshot.APIType, s Spelling) snapshot.Method {
	get := s.in(x)
	m := snapshot.Method{
		Origin:            x.Origin(),
		Authorization:     get("authorizationType").Text(""),
		AuthorizerID:      get("authorizerId").Text(""),
		APIKeyRequired:    get("apiKeyRequired").Boolean(false),
		Scopes:            get("authorizationScopes").Texts(),
		RequestParameters: get("requestParameters").Flags(),
		RequestModels:     get("requestModels").TextMap(),
	}
	if typ == snapshot.REST {
		m.HTTPMethod = get("httpMethod").Plain()
		m.ValidatorID = get("requestValidatorId").Text("")
		return m
	}
	m.RouteKey = get("routeKey").Plain()
	m.ModelSelection = get("modelSelectionExpression").Text("")
	m.ResponseSelection = get("routeResponseSelectionExpression").Text("")
	return m
}

// Integration reads the members of an integration: all but its responses.
func Integration(x tree.View, typ snapshot.APIType, s Spelling) snapshot.Integration {
	get := s.in(x)
	i := snapshot.Integration{
		Origin:            x.Origin(),
		Type:              get("type").Text(""),
		HTTPMethod:        get("httpMethod").Text(""),
		URI:               get("uri").Text(""),
		Credentials:       get("credentials").Text(""),
		RequestParameters: get("requestParameters").TextFacts(),
		Templates:         get("requestTemplates").TextFacts(),
		Passthrough:       get("passthroughBehavior").Text(""),
		ContentHandling:   get("contentHandling").Text(""),
		TimeoutMillis:     get("timeoutInMillis").Number(assemble.NotGiven),
	}
	if typ != snapshot.REST {
		i.Subtype = get("integrationSubtype").Text("")
		i.PayloadFormat = get("payloadFormatVersion").Text("")
		i.TemplateSelection = get("templateSelectionExpression").Text("")
	}
	return i
}

// Response reads an integration response of a REST API, or of a WebSocket API.
func Response(x tree.View, s Spelling) assemble.IntegrationResponse {
	get := s.in(x)
	return assemble.IntegrationResponse{
		Origin:            x.Origin(),
		Key:               get("integrationResponseKey").Text(""),
		Pattern:           get("selectionPattern").Text(""),
		Status:            get("statusCode").Text(""),
		Parameters:        get("responseParameters").TextMap(),
		Templates:         get("responseTemplates").TextMap(),
		ContentHandling:   get("contentHandling").Text(""),
		TemplateSelection: get("templateSelectionExpression").Text(""),
	}
}

// Responses reads the members of an object, each of which is an integration response.
func Responses(x tree.View, one func(tree.Named) assemble.IntegrationResponse) snapshot.Fact[[]snapshot.IntegrationResponse] {
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

// ForStatus reads what an HTTP API does with the status that is the name of the
// member.
func ForStatus(m tree.Named) assemble.IntegrationResponse {
	return assemble.ForStatus(snapshot.Known(m.Name, m.Origin()), m.TextMap(), m.Origin())
}

// Authorizer reads an authorizer.
func Authorizer(x tree.View, s Spelling) snapshot.Authorizer {
	get := s.in(x)
	jwt := s.in(get("jwtConfiguration").First())
	return snapshot.Authorizer{Name: get("name").Plain(), Type: strings.ToUpper(get("type").Plain()), IdentitySource: Joined(get("identitySource")),
		Validation: get("identityValidationExpression").Plain(), URI: get("authorizerUri").Plain(), Issuer: jwt("issuer").Plain(), Audience: Joined(jwt("audience"))}
}

// Canary reads the canary settings of a stage. The deployment is the one that they
// mean when they name none.
func Canary(x tree.View, deployment string, s Spelling) snapshot.Fact[*snapshot.Canary] {
	if x.Absent() {
		return snapshot.Known[*snapshot.Canary](nil, x.Origin())
	}
	get := s.in(x)
	var gaps snapshot.Gaps
	c := &snapshot.Canary{DeploymentID: deployment}
	if id := get("deploymentId"); !id.Absent() {
		c.DeploymentID = id.Plain()
	}
	percent, _ := get("percentTraffic").Text("0").Read(&gaps)
	c.Percent, _ = strconv.ParseFloat(percent, 64)
	if variables, _ := get("stageVariableOverrides").TextMap().Read(&gaps); len(variables) > 0 {
		c.Variables = variables
	}
	return snapshot.Derived(c, &gaps, x.Origin())
}
