package cloudformation

import (
	"fmt"

	"apisqs-doctor/diagnose/snapshot"
)

// serverless maps what the SAM transform makes of an AWS::Serverless::Api or
// HttpApi: the API, its deployment and its stages.
func (b *builder) serverless(a *gatewayAPI) {
	s, r := a.stack, a.res
	if !s.sam && !s.macros {
		b.world.refuse("ValidationError", "Template format error: Unrecognized resource types: ["+r.typ+"]", a.out.Origin)
	}
	if !b.editable(a) {
		return
	}
	b.definition(a, "DefinitionBody", "DefinitionUri")
	b.serverlessAuth(a)
	p := a.props
	deployment := snapshot.Known(r.serial+"-deployment", a.out.Origin)
	stage := func(name string) snapshot.Stage {
		return snapshot.Stage{Name: name, Origin: s.origin(r, "Properties.StageName", p.get("StageName").at), DeploymentID: deployment,
			Variables: snapshot.Known(map[string]string{}, p.origin()), Canary: snapshot.Known[*snapshot.Canary](nil, p.origin()), AutoDeploy: true}
	}
	if a.typ == snapshot.HTTP {
		name := p.get("StageName").plain()
		if name == "" {
			name = "$default"
		}
		st := stage(name)
		st.Variables = p.get("StageVariables").textMap()
		a.stages = append(a.stages, st)
		return
	}
	st := stage(p.get("StageName").plain())
	st.Variables = p.get("Variables").textMap()
	st.Canary = canaryOf(p.get("CanarySetting"), "")
	a.stages = append(a.stages, st)
	// Without OpenApiVersion the generated deployment makes a stage of its own, named "Stage".
	if p.get("OpenApiVersion").absent() {
		a.stages = append(a.stages, stage("Stage"))
	}
}

// withGlobals merges the Globals section into the properties of a SAM
// resource: the resource's own win, maps merge and lists are joined.
func (s *stack) withGlobals(r *resource, own *value) *value {
	section := map[string]string{"AWS::Serverless::Api": "Api", "AWS::Serverless::HttpApi": "HttpApi"}[r.typ]
	n := s.globals.get(section)
	if n == nil {
		return own
	}
	return merge(s.resolve(n), own, 0)
}

func merge(base, own *value, depth int) *value {
	switch {
	case own == nil || own.kind == kindNull:
		return base
	case base.kind == kindList && own.kind == kindList:
		return &value{kind: kindList, items: append(base.items[:len(base.items):len(base.items)], own.items...)}
	case base.kind != kindObject || own.kind != kindObject:
		return own
	}
	out := &value{kind: kindObject}
	for _, m := range base.members {
		if mine := own.member(m.name); mine != nil {
			m = member{name: m.name, at: mine.at, value: merge(m.value, mine.value, depth+1)}
		}
		out.members = append(out.members, m)
	}
	for _, m := range own.members {
		if base.member(m.name) == nil {
			out.members = append(out.members, m)
		}
	}
	return out
}

// editors are the properties for which SAM edits the definition.
var editors = []struct{ property, noun string }{{"Auth", "Auth"}, {"Cors", "Cors"}, {"CorsConfiguration", "Cors"}, {"GatewayResponses", "GatewayResponses"}, {"Models", "Models"}}

// editable tells whether the SAM transform takes the resource. What edits the
// definition needs one that SAM can see: inline, or brought by an AWS::Include
// that CloudFormation expands before it runs SAM, nested transforms first.
func (b *builder) editable(a *gatewayAPI) bool {
	p := a.props
	language := "OpenApi"
	if a.typ == snapshot.REST {
		language = "Swagger"
	}
	body := p.get("DefinitionBody")
	refuse := func(message string) bool {
		b.world.refuse("", fmt.Sprintf("Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Resource with id [%s] is invalid. %s", a.res.id, message), body.origin())
		gap := snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the SAM transform fails for this API", Origin: body.origin()}
		a.doubt = &gap
		a.out.Stages = snapshot.Known([]snapshot.Stage{}, a.out.Origin)
		return false
	}
	for _, e := range editors {
		x := p.get(e.property)
		if x.absent() || x.unknown() || x.v.kind == kindObject && len(x.v.members) == 0 {
			continue
		}
		switch {
		case body.absent() && !p.get("DefinitionUri").absent() && e.property == "Auth":
			return refuse(fmt.Sprintf("%s works only with inline %s specified in the 'DefinitionBody' property.", e.noun, language))
		case body.absent():
			continue
		}
		paths := body.get("paths")
		version := body.get("openapi")
		if a.typ == snapshot.REST && version.absent() {
			version = body.get("swagger")
		}
		if body.unknown() || version.absent() || paths.absent() || !paths.unknown() && paths.v.kind != kindObject {
			return refuse(fmt.Sprintf("Unable to add %s configuration because 'DefinitionBody' does not contain a valid %s definition.", e.noun, language))
		}
	}
	return true
}

// serverlessAuth adds what the Auth property asks of every method.
func (b *builder) serverlessAuth(a *gatewayAPI) {
	auth := a.props.get("Auth")
	if auth.absent() {
		return
	}
	if auth.unknown() {
		for i := range a.draft.Methods {
			a.draft.Methods[i].Authorization = snapshot.Unknown[string](auth.gap())
		}
		return
	}
	for _, m := range auth.get("Authorizers").members() {
		a.draft.Authorizers[m.name] = samAuthorizer(a, m)
	}
	b.defaultAuthorizer(a, auth.get("DefaultAuthorizer"))
	if auth.get("ApiKeyRequired").is("true") {
		for i := range a.draft.Methods {
			if m := &a.draft.Methods[i]; m.HTTPMethod != "OPTIONS" {
				m.APIKeyRequired = snapshot.Known(true, auth.get("ApiKeyRequired").origin())
			}
		}
	}
	b.resourcePolicy(a, auth.get("ResourcePolicy"))
}

// samAuthorizer maps an entry of Auth.Authorizers.
func samAuthorizer(a *gatewayAPI, m named) snapshot.Fact[snapshot.Authorizer] {
	x := m.view
	if x.unknown() {
		return snapshot.Unknown[snapshot.Authorizer](x.gap())
	}
	out := snapshot.Authorizer{Name: m.name, Type: "TOKEN", IdentitySource: "method.request.header.Authorization"}
	switch {
	case !x.get("UserPoolArn").absent():
		out.Type = "COGNITO_USER_POOLS"
	case !x.get("JwtConfiguration").absent():
		out.Type = "JWT"
	case a.typ == snapshot.HTTP || x.get("FunctionPayloadType").is("REQUEST"):
		out.Type = "REQUEST"
	}
	if a.typ == snapshot.HTTP {
		out.IdentitySource = "$request.header.Authorization"
	}
	if source := x.get("IdentitySource").plain(); source != "" {
		out.IdentitySource = source
	}
	identity := x.get("Identity")
	if header := identity.get("Header").plain(); header != "" {
		out.IdentitySource = "method.request.header." + header
	}
	if headers := identity.get("Headers").items(); len(headers) > 0 {
		prefix := "method.request.header."
		if a.typ == snapshot.HTTP {
			prefix = "$request.header."
		}
		out.IdentitySource = ""
		for _, h := range headers {
			if out.IdentitySource != "" {
				out.IdentitySource += ","
			}
			out.IdentitySource += prefix + h.plain()
		}
	}
	return snapshot.Known(out, x.origin())
}

// defaultAuthorizer gives every method without one the default authorizer.
func (b *builder) defaultAuthorizer(a *gatewayAPI, x view) {
	if x.absent() {
		return
	}
	name := x.plain()
	authorization := snapshot.Known("AWS_IAM", x.origin())
	id := snapshot.Known("", x.origin())
	if declared, ok := a.draft.Authorizers[name]; ok {
		id = snapshot.Known(name, x.origin())
		authorizer, known := declared.Read(&snapshot.Gaps{})
		if authorization = snapshot.Known(authorizationOf(authorizer.Type), x.origin()); !known {
			authorization = snapshot.Unknown[string](declared.Gap())
		}
	} else if name != "AWS_IAM" || x.unknown() {
		authorization = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved, Detail: fmt.Sprintf("the default authorizer %q is not among the Authorizers", name), Origin: x.origin()})
	}
	for i := range a.draft.Methods {
		m := &a.draft.Methods[i]
		// SAM leaves the preflight method of CORS open, and methods that say so.
		if has, ok := knownText(m.Authorization); ok && has == "NONE" && m.HTTPMethod != "OPTIONS" && !a.open[i] {
			m.Authorization, m.AuthorizerID = authorization, id
		}
	}
}

// resourcePolicy maps Auth.ResourcePolicy. Statements are taken as they are;
// the lists of addresses, accounts and endpoints become statements that are
// written out by SAM and not modelled here.
func (b *builder) resourcePolicy(a *gatewayAPI, x view) {
	if x.absent() {
		return
	}
	statements := x.get("CustomStatements")
	if x.unknown() || len(x.members()) > 1 || statements.absent() {
		a.out.Policy = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.NotCovered, Detail: "the statements that SAM writes for Auth.ResourcePolicy are not modelled", Origin: x.origin()})
		return
	}
	out, ok := jsonOf(statements.v)
	if !ok {
		a.out.Policy = snapshot.Unknown[string](statements.gap())
		return
	}
	a.out.Policy = snapshot.Known(`{"Version":"2012-10-17","Statement":`+out+`}`, statements.origin())
}
