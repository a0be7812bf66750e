package cloudformation

import (
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// samAuth is the Auth property of a SAM API.
type samAuth struct {
	auth tree.View
	api  *assemble.API
}

// authorizers reads Authorizers, by name.
func (s samAuth) authorizers() map[string]snapshot.Fact[snapshot.Authorizer] {
	list := map[string]snapshot.Fact[snapshot.Authorizer]{}
	for _, m := range s.auth.Get("Authorizers").Members() {
		list[m.Name] = s.authorizer(m)
	}
	return list
}

// apply adds to the definition what SAM adds to it.
func (s samAuth) apply() {
	if s.auth.Absent() {
		return
	}
	if s.api.Definition == nil {
		s.api.Definition = &assemble.Definition{}
	}
	d := s.api.Definition
	if s.auth.Unknown() {
		for i := range d.Methods {
			d.Methods[i].Authorization = snapshot.Unknown[string](s.auth.Gap())
		}
		return
	}
	if d.Authorizers == nil {
		d.Authorizers = map[string]snapshot.Fact[snapshot.Authorizer]{}
	}
	for name, authorizer := range s.authorizers() {
		d.Authorizers[name] = authorizer
	}
	s.defaultAuthorizer(d)
	if key := s.auth.Get("ApiKeyRequired"); key.Is("true") {
		for i := range d.Methods {
			if m := &d.Methods[i]; m.HTTPMethod != "OPTIONS" {
				m.APIKeyRequired = snapshot.Known(true, key.Origin())
			}
		}
	}
	s.resourcePolicy(d)
}

func (s samAuth) authorizer(m tree.Named) snapshot.Fact[snapshot.Authorizer] {
	if m.Unknown() {
		return snapshot.Unknown[snapshot.Authorizer](m.Gap())
	}
	prefix := "method.request.header."
	if s.api.Type == snapshot.HTTP {
		prefix = "$request.header."
	}
	out := snapshot.Authorizer{Name: m.Name, Type: "TOKEN", IdentitySource: prefix + "Authorization"}
	switch {
	case !m.Get("UserPoolArn").Absent():
		out.Type = "COGNITO_USER_POOLS"
	case !m.Get("JwtConfiguration").Absent():
		out.Type = "JWT"
	case s.api.Type == snapshot.HTTP || m.Get("FunctionPayloadType").Is("REQUEST"):
		out.Type = "REQUEST"
	}
	if source := m.Get("IdentitySource").Plain(); source != "" {
		out.IdentitySource = source
	}
	identity := m.Get("Identity")
	if header := identity.Get("Header").Plain(); header != "" {
		out.IdentitySource = "method.request.header." + header
	}
	if headers := identity.Get("Headers").Items(); len(headers) > 0 {
		out.IdentitySource = ""
		for _, h := range headers {
			if out.IdentitySource != "" {
				out.IdentitySource += ","
			}
			out.IdentitySource += prefix + h.Plain()
		}
	}
	return snapshot.Known(out, m.Origin())
}

// defaultAuthorizer gives every method without one the default authorizer.
func (s samAuth) defaultAuthorizer(d *assemble.Definition) {
	x := s.auth.Get("DefaultAuthorizer")
	if x.Absent() {
		return
	}
	name := x.Plain()
	authorization := snapshot.Known("AWS_IAM", x.Origin())
	id := snapshot.Known("", x.Origin())
	if declared, ok := d.Authorizers[name]; ok {
		authorization, id = openapi.Authorization(declared), snapshot.Known(name, x.Origin())
	} else if name != "AWS_IAM" || x.Unknown() {
		authorization = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved, Detail: fmt.Sprintf("the default authorizer %q is not among the Authorizers", name), Origin: x.Origin()})
	}
	for i := range d.Methods {
		m := &d.Methods[i]
		// SAM leaves the preflight method of CORS open, and methods that say so.
		if has, ok := m.Authorization.Peek(); ok && has == "NONE" && m.HTTPMethod != "OPTIONS" && !d.Open[i] {
			m.Authorization, m.AuthorizerID = authorization, id
		}
	}
}

// resourcePolicy reads ResourcePolicy. Statements are taken as they are; the
// lists of addresses, accounts and endpoints become statements that are written
// out by SAM and not modelled here.
func (s samAuth) resourcePolicy(d *assemble.Definition) {
	x := s.auth.Get("ResourcePolicy")
	if x.Absent() {
		return
	}
	policy := snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.NotCovered, Detail: "the statements that SAM writes for Auth.ResourcePolicy are not modelled", Origin: x.Origin()})
	if statements := x.Get("CustomStatements"); !x.Unknown() && len(x.Members()) == 1 && !statements.Absent() {
		if out, ok := tree.JSON(statements.Value); ok {
			policy = snapshot.Known(`{"Version":"2012-10-17","Statement":`+out+`}`, statements.Origin())
		} else {
			policy = snapshot.Unknown[string](statements.Gap())
		}
	}
	d.Policy = &policy
}
