package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// scheme is a security scheme of a definition as API Gateway takes it.
type scheme struct {
	authorization string // NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS or JWT
	authorizer    string // name of the authorizer, if it is one
	apiKey        bool
}

// readSchemes maps the security schemes, and the authorizers among them.
func (o *openAPI) readSchemes() {
	o.schemes = map[string]scheme{}
	for _, at := range []view{o.root.get("components").get("securitySchemes"), o.root.get("securityDefinitions")} {
		for _, m := range at.members() {
			o.schemes[m.name] = o.scheme(m.name, m.view)
		}
	}
}

func (o *openAPI) scheme(name string, x view) scheme {
	authorizer := o.deref(x.get("x-amazon-apigateway-authorizer"))
	switch {
	case x.get("x-amazon-apigateway-authtype").is("awsSigv4"):
		return scheme{authorization: "AWS_IAM"}
	case !authorizer.absent():
		source := authorizer.get("identitySource")
		if source.absent() {
			source = x.get("name")
		}
		var sources []string
		for _, in := range source.items() {
			sources = append(sources, in.plain())
		}
		typ := strings.ToUpper(authorizer.get("type").plain())
		o.api.draft.Authorizers[name] = snapshot.Known(snapshot.Authorizer{Name: name, Type: typ, IdentitySource: strings.Join(sources, ",")}, authorizer.origin())
		return scheme{authorization: authorizationOf(typ), authorizer: name}
	case x.get("type").is("apiKey") && strings.EqualFold(x.get("name").plain(), "x-api-key"):
		return scheme{authorization: "NONE", apiKey: true}
	}
	return scheme{authorization: "NONE"}
}

// authorizationOf is the authorization type of a method with an authorizer of the given type.
func authorizationOf(authorizer string) string {
	switch authorizer {
	case "COGNITO_USER_POOLS", "JWT":
		return authorizer
	}
	return "CUSTOM"
}

// secure maps what a method asks of its callers. API Gateway reads the security
// of a REST API's operations and ignores that of the document.
func (o *openAPI) secure(m *snapshot.Method, x view) {
	security := x.get("security")
	origin := security.origin()
	m.Authorization = snapshot.Known("NONE", origin)
	m.AuthorizerID = snapshot.Known("", origin)
	m.APIKeyRequired = snapshot.Known(false, origin)
	if auth := x.get("x-amazon-apigateway-auth").get("type"); !auth.absent() {
		m.Authorization = auth.upper("NONE")
	}
	switch {
	case security.unknown():
		m.Authorization = snapshot.Unknown[string](security.gap())
		m.APIKeyRequired = snapshot.Unknown[bool](security.gap())
	case security.absent():
		if all := o.root.get("security"); !all.absent() && o.api.typ == snapshot.HTTP {
			m.Authorization = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unverified,
				Detail: "whether an HTTP API applies the security of the whole document is not documented", Origin: all.origin()})
		}
	}
	for _, requirement := range security.items() {
		for _, r := range requirement.members() {
			if r.name == "NONE" {
				o.api.open[len(o.api.draft.Methods)] = true
			}
			o.require(m, r.name, origin)
		}
	}
}

func (o *openAPI) require(m *snapshot.Method, name string, origin snapshot.Origin) {
	s, ok := o.schemes[name]
	switch {
	case !ok:
	case s.apiKey:
		m.APIKeyRequired = snapshot.Known(true, origin)
	case s.authorization != "NONE":
		m.Authorization = snapshot.Known(s.authorization, origin)
		m.AuthorizerID = snapshot.Known(s.authorizer, origin)
	}
}
