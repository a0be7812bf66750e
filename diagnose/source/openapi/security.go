package openapi

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/tree"
)

// scheme is a security scheme as API Gateway takes it.
type scheme struct {
	authorization snapshot.Fact[string] // NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS or JWT
	authorizer    string                // name of the authorizer, if it is one
	apiKey        bool
}

// scheme reads a security scheme, and its authorizer if it has one.
func (r *reader) scheme(name string, x tree.View) scheme {
	kind := x.Get("x-amazon-apigateway-authtype")
	authorizer := r.follow(x.Get("x-amazon-apigateway-authorizer"))
	switch {
	case kind.Is("awsSigv4"):
		return scheme{authorization: snapshot.Known("AWS_IAM", kind.Origin())}
	case !authorizer.Absent():
		fact := r.authorizer(name, x, authorizer)
		r.out.Authorizers[name] = fact
		return schemeOf(name, fact)
	case x.Get("type").Is("apiKey") && strings.EqualFold(x.Get("name").Plain(), "x-api-key"):
		return scheme{authorization: snapshot.Known("NONE", x.Origin()), apiKey: true}
	case !kind.Absent():
		return scheme{authorization: kind.Text(""), authorizer: name}
	}
	return scheme{authorization: snapshot.Known("NONE", x.Origin())}
}

func (r *reader) authorizer(name string, x, authorizer tree.View) snapshot.Fact[snapshot.Authorizer] {
	typ := authorizer.Get("type")
	if typ.Unknown() {
		return snapshot.Unknown[snapshot.Authorizer](typ.Gap())
	}
	out := Authorizer(authorizer, Camel)
	out.Name = name
	if header := x.Get("name").Plain(); len(authorizer.Get("identitySource").Items()) == 0 && header != "" && header != "Unused" {
		out.IdentitySource = header
		if r.typ == snapshot.REST {
			out.IdentitySource = "method.request.header." + header
		}
	}
	if r.typ == snapshot.HTTP && typ.Is("request") && authorizer.Get("authorizerPayloadFormatVersion").Absent() { // H71
		r.out.Unread = append(r.out.Unread, snapshot.Unread{What: "the authorizer " + name + " has no authorizerPayloadFormatVersion, which API Gateway asks for; what comes of that is not recorded", Origin: authorizer.Origin()})
	}
	return snapshot.Known(out, authorizer.Origin())
}

// schemeOf is what an authorizer asks of a method.
func schemeOf(name string, authorizer snapshot.Fact[snapshot.Authorizer]) scheme {
	return scheme{authorization: Authorization(authorizer), authorizer: name}
}

// Authorization is the authorization type of a method with the authorizer.
func Authorization(authorizer snapshot.Fact[snapshot.Authorizer]) snapshot.Fact[string] {
	a, ok := authorizer.Peek()
	switch {
	case !ok:
		return snapshot.Unknown[string](authorizer.Gap())
	case a.Type == "COGNITO_USER_POOLS" || a.Type == "JWT":
		return snapshot.Known(a.Type, authorizer.Origin())
	}
	return snapshot.Known("CUSTOM", authorizer.Origin())
}

// secure reads what a method asks of its callers. API Gateway reads the security
// of a REST API's operations and ignores that of the document.
func (r *reader) secure(m *snapshot.Method, x tree.View) {
	security := x.Get("security")
	origin := security.Origin()
	m.Authorization = x.Get("x-amazon-apigateway-auth").Get("type").Text("NONE")
	m.AuthorizerID = snapshot.Known("", origin)
	m.APIKeyRequired = snapshot.Known(false, origin)
	m.Scopes = snapshot.Known([]string{}, origin)
	switch {
	case security.Unknown():
		m.Authorization = snapshot.Unknown[string](security.Gap())
		m.APIKeyRequired = snapshot.Unknown[bool](security.Gap())
	case security.Absent():
		if all := r.root.Get("security"); !all.Absent() && r.typ == snapshot.HTTP {
			m.Authorization = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unverified,
				Detail: "whether an HTTP API applies the security of the whole document is not documented", Origin: all.Origin()})
		}
	}
	for _, requirement := range security.Items() {
		for _, one := range requirement.Members() {
			r.require(m, one)
		}
	}
}

func (r *reader) require(m *snapshot.Method, one tree.Named) {
	s, ok := r.schemes[one.Name]
	none, _ := s.authorization.Peek()
	switch {
	case one.Name == "NONE": // how a method leaves the authorizer that SAM gives to all
		r.out.Open[len(r.out.Methods)] = true
	case !ok:
		m.Authorization = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unparsed, Detail: "the document has no security scheme " + one.Name, Origin: one.Origin()})
	case s.apiKey:
		m.APIKeyRequired = snapshot.Known(true, one.Origin())
	case none != "NONE":
		m.Authorization, m.AuthorizerID = s.authorization, snapshot.Known(s.authorizer, one.Origin())
		m.Scopes = one.Texts()
	}
}
