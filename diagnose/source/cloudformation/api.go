package cloudformation

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// api reads an API of any kind, with what its definition holds.
func (b *builder) api(s *stack, r *resource, p tree.View) {
	p.Value = s.withGlobals(r, p.Value)
	a := assemble.API{ID: r.serial, Root: r.serial + "-root", Type: snapshot.REST, Name: p.Get("Name").Plain(), Origin: s.origin(r, "", r.at),
		DefaultEndpointDisabled: p.Get("DisableExecuteApiEndpoint").Boolean(false),
		EndpointTypes:           endpointTypes(p.Get("EndpointConfiguration")),
		Policy:                  policyText(p.Get("Policy")),
		BinaryMediaTypes:        openapi.MediaTypes(p.Get("BinaryMediaTypes"))}
	b.roots[a.ID] = s.root
	switch {
	case r.typ == "AWS::ApiGatewayV2::Api" && p.Get("ProtocolType").Is("WEBSOCKET"):
		a.Type = snapshot.WebSocket
	case r.typ == "AWS::ApiGatewayV2::Api" || r.typ == "AWS::Serverless::HttpApi":
		a.Type = snapshot.HTTP
	}
	b.protocol(r, p.Get("ProtocolType"))
	if a.Type != snapshot.REST {
		a.RouteSelection = p.Get("RouteSelectionExpression").Text("")
		a.APIKeySource = p.Get("ApiKeySelectionExpression").Text("$request.header.x-api-key")
		a.CORS = corsOf(p.Get("CorsConfiguration"))
	}
	if strings.HasPrefix(r.typ, "AWS::Serverless::") {
		b.serverless(s, r, p, &a)
	} else {
		b.definition(s, r, p, &a, nil)
		if clone := p.Get("CloneFrom"); !clone.Absent() {
			a.Doubt = &snapshot.Gap{Reason: snapshot.NotRead, Detail: "the API is a clone of " + clone.Plain() + ", which is not part of the templates", Origin: clone.Origin()}
		}
	}
	if target := p.Get("Target"); !target.Absent() && r.typ == "AWS::ApiGatewayV2::Api" && a.Type == snapshot.HTTP {
		a.Quick = &assemble.QuickCreate{RouteKey: p.Get("RouteKey").Plain(), Target: target.Text(""), Credentials: p.Get("CredentialsArn").Text("")}
	}
	b.parts.APIs = append(b.parts.APIs, a)
}

// protocol refuses an HTTP or WebSocket API of another protocol than these two (I65).
func (b *builder) protocol(r *resource, protocol tree.View) {
	if r.typ == "AWS::ApiGatewayV2::Api" && !protocol.Absent() && !protocol.Unknown() && !protocol.Is("HTTP") && !protocol.Is("WEBSOCKET") {
		b.world.refuse("ValidationError", "ProtocolType "+tree.Clip(protocol.Plain(), 40)+" is none of HTTP, WEBSOCKET", protocol.Origin())
	}
}

// endpointTypes reads the types of a REST API's endpoint; SAM writes one as text.
func endpointTypes(x tree.View) snapshot.Fact[[]string] {
	if x.Value != nil && x.Value.Kind == tree.Object {
		if inner := x.Get("Types"); !inner.Absent() {
			return inner.Texts()
		}
		x = x.Get("Type")
	}
	return x.Texts()
}

// definition reads the OpenAPI document of an API, if it has one. When it cannot
// be had the API's methods are in doubt.
func (b *builder) definition(s *stack, r *resource, p tree.View, a *assemble.API, beside map[string]snapshot.Fact[snapshot.Authorizer]) {
	body, location := "Body", "BodyS3Location"
	if strings.HasPrefix(r.typ, "AWS::Serverless::") {
		body, location = "DefinitionBody", "DefinitionUri"
	}
	x := p.Get(body)
	if x.Absent() {
		if x = p.Get(location); x.Absent() {
			return
		}
		if x, a.Doubt = b.localDefinition(r, x); a.Doubt != nil {
			return
		}
	}
	var gap snapshot.Gap
	switch {
	case x.Unknown():
		gap = x.Gap()
	case x.Value.Kind != tree.Object:
		gap = x.Misfit("an OpenAPI document")
	default:
		x.Value = imports{stack: s}.value(x.Value, &tree.Node{At: x.At}, "")
		a.Definition = openapi.Read(x, a.Type, beside)
		return
	}
	a.Doubt = &gap
}

// localDefinition reads a definition from a file beside the template.
// CloudFormation hands it to API Gateway as it is: no function in it is evaluated.
func (b *builder) localDefinition(r *resource, x tree.View) (tree.View, *snapshot.Gap) {
	if file := b.world.asset(r.at.File, x.Get("Key").Plain()); !x.Unknown() && x.Value.Kind == tree.Object && file != "" {
		x.Value = tree.Text(file)
	}
	if x.Unknown() || x.Value.Partial {
		gap := x.Gap()
		return x, &gap
	}
	if x.Value.Kind != tree.String || remote(x.Value.Text) {
		return x, &snapshot.Gap{Reason: snapshot.NotRead, Detail: "the definition of the API lies in S3", Needs: "the definition as a local file", Origin: x.Origin()}
	}
	file := beside(r.at.File, x.Value.Text)
	doc, err := b.world.include(file)
	if err != nil {
		if e, ok := err.(*tree.Error); ok && e.Line > 0 {
			b.world.stop(err)
		}
		return x, &snapshot.Gap{Reason: snapshot.NotRead, Detail: fmt.Sprintf("the file %q with the definition of the API cannot be read", file), Needs: "the file " + file, Origin: x.Origin()}
	}
	x.Value, x.At = tree.Literal(doc.Root), doc.Root.At
	return x, nil
}

func (b *builder) resource(s *stack, r *resource, p tree.View, api assemble.Ref) {
	b.parts.Resources = append(b.parts.Resources, assemble.Resource{ID: r.serial, API: api, Parent: demandedRef(p.Get("ParentId")), Part: p.Get("PathPart").Plain(), Maybe: s.exists(r) != yes, Origin: s.origin(r, "", r.at)})
}

func (b *builder) validator(s *stack, r *resource, p tree.View, api assemble.Ref) {
	b.parts.Validators = append(b.parts.Validators, assemble.Validator{ID: r.serial, API: api,
		Fact: openapi.Validator(p, p.Get("Name").Plain(), openapi.Pascal)})
}

func (b *builder) model(s *stack, r *resource, p tree.View, api assemble.Ref) {
	b.parts.Models = append(b.parts.Models, assemble.Model{Name: s.refOf(r, &tree.Node{At: r.at}).Text, API: api, Schema: openapi.Schema(p.Get("Schema"))})
}

func (b *builder) gatewayResponse(s *stack, r *resource, p tree.View, api assemble.Ref) {
	b.parts.GatewayResponses = append(b.parts.GatewayResponses, assemble.GatewayResponse{Name: r.id, API: api, Kind: p.Get("ResponseType").Plain(), Origin: s.origin(r, "", r.at)})
}

func (b *builder) authorizer(s *stack, r *resource, p tree.View, api assemble.Ref) {
	of, typ := r.apiType(), p.Get("Type")
	if typ.Absent() {
		typ = p.Get("AuthorizerType")
	}
	a := openapi.Authorizer(p, openapi.Pascal)
	a.Type = strings.ToUpper(typ.Plain())
	a.Unpermitted = of == snapshot.REST && !p.Get("AuthorizerUri").Absent() && p.Get("AuthorizerCredentials").Absent()
	fact := snapshot.Known(a, p.Origin())
	if typ.Unknown() {
		fact = snapshot.Unknown[snapshot.Authorizer](typ.Gap())
	} else if lacks := lackingAuthorizer(of, typ.Plain(), p); lacks != "" {
		fact = snapshot.Unknown[snapshot.Authorizer](snapshot.Gap{Reason: snapshot.Unverified, Detail: "the authorizer " + r.id + " has no " + lacks + ", which AWS asks for; what comes of that is not recorded", Origin: p.Origin()})
	}
	b.parts.Authorizers = append(b.parts.Authorizers, assemble.Authorizer{ID: r.serial, API: api, Type: of, Fact: fact,
		Unversioned: typ.Is("REQUEST") && p.Get("AuthorizerPayloadFormatVersion").Absent()})
}

// lackingAuthorizer is what an authorizer of an HTTP or WebSocket API needs and does
// not have (H70, H71); empty for nothing.
func lackingAuthorizer(of snapshot.APIType, typ string, p tree.View) string {
	jwt := p.Get("JwtConfiguration")
	switch {
	case of == snapshot.REST:
	case strings.EqualFold(typ, "JWT") && jwt.Get("Issuer").Absent():
		return "issuer"
	case strings.EqualFold(typ, "JWT") && jwt.Get("Audience").Absent():
		return "audience"
	case strings.EqualFold(typ, "REQUEST") && p.Get("AuthorizerUri").Absent():
		return "function"
	}
	return ""
}
