package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// gatewayAPI is an API in the making.
type gatewayAPI struct {
	id     string
	typ    snapshot.APIType
	stack  *stack
	res    *resource // nil for an API that is not in the templates
	props  view
	out    snapshot.API
	draft  snapshot.Configuration
	doubt  *snapshot.Gap // why the draft is not known
	owners []*resource   // of draft.Methods, one each; nil for those of a definition
	routes map[string]bool
	open   map[int]bool // methods that a SAM definition exempts from the default authorizer
	stages []snapshot.Stage
}

// gatewayResource is a resource of a REST API: one part of a path.
type gatewayResource struct {
	parent string
	part   string
	path   string
	busy   bool
}

// readAPIs maps the APIs of the stack, with what their definitions hold.
func (b *builder) readAPIs(s *stack) {
	for _, r := range s.live("AWS::ApiGateway::RestApi", "AWS::Serverless::Api", "AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi") {
		p := s.props(r)
		p.v = s.withGlobals(r, p.v)
		a := &gatewayAPI{id: r.serial, typ: snapshot.REST, stack: s, res: r, props: p, routes: map[string]bool{}, open: map[int]bool{}}
		a.out = snapshot.API{ID: a.id, Origin: s.origin(r, "", r.at)}
		switch r.typ {
		case "AWS::ApiGatewayV2::Api":
			a.typ = snapshot.HTTP
			if p.get("ProtocolType").is("WEBSOCKET") {
				a.typ = snapshot.WebSocket
			}
		case "AWS::Serverless::HttpApi":
			a.typ = snapshot.HTTP
		}
		a.out.Type = a.typ
		b.apis[a.id] = a
		b.order = append(b.order, a)
		b.settings(a)
		if strings.HasPrefix(r.typ, "AWS::Serverless::") {
			b.serverless(a)
			continue
		}
		b.definition(a, "Body", "BodyS3Location")
		b.quickCreate(a)
		if clone := p.get("CloneFrom"); !clone.absent() {
			a.doubt = &snapshot.Gap{Reason: snapshot.NotRead, Detail: "the API is a clone of " + clone.plain() + ", which is not part of the templates", Origin: clone.origin()}
		}
	}
}

// api returns the API that a property names, or makes one of which only what
// the templates add to it is known. It returns nil when the property is missing,
// for which CloudFormation refuses the template.
func (b *builder) api(x view, typ snapshot.APIType) *gatewayAPI {
	id := x.plain()
	switch {
	case id == "" && x.unknown():
		id = b.world.symbolIn(x.stack.prefix, x.v.gap.expression, x.v.gap.expression, "", &node{at: x.at}).text
	case id == "":
		b.world.refuse("ValidationError", "the required property "+x.path+" of "+x.res.id+" is missing", x.origin())
		return nil
	}
	if a, ok := b.apis[id]; ok {
		return a
	}
	a := &gatewayAPI{id: id, typ: typ, stack: x.stack, props: view{stack: x.stack}, routes: map[string]bool{}}
	gap := snapshot.Gap{Reason: snapshot.NotRead, Detail: "the API " + id + " is not part of the templates", Origin: x.origin()}
	a.out = snapshot.API{ID: id, Type: typ, Origin: x.origin(), EndpointTypes: snapshot.Unknown[[]string](gap),
		DefaultEndpointDisabled: snapshot.Unknown[bool](gap), Policy: snapshot.Unknown[string](gap), Stages: snapshot.Unknown[[]snapshot.Stage](gap)}
	b.apis[id] = a
	b.order = append(b.order, a)
	return a
}

// settings maps the properties of the API itself.
func (b *builder) settings(a *gatewayAPI) {
	p := a.props
	a.out.Name = p.get("Name").plain()
	a.out.DefaultEndpointDisabled = p.get("DisableExecuteApiEndpoint").boolean(false)
	switch {
	case a.typ != snapshot.REST:
		a.out.EndpointTypes = snapshot.Known([]string{"REGIONAL"}, p.get("EndpointConfiguration").origin())
	default:
		types := p.get("EndpointConfiguration")
		if types.v != nil && types.v.kind == kindObject {
			if inner := types.get("Types"); !inner.absent() {
				types = inner
			} else {
				types = types.get("Type") // SAM
			}
		}
		a.out.EndpointTypes = types.texts()
		if types.absent() {
			a.out.EndpointTypes = snapshot.Known([]string{"EDGE"}, types.origin())
		}
	}
	a.out.Policy, _ = p.get("Policy").policy()
	a.draft.BinaryMediaTypes = mediaTypes(p.get("BinaryMediaTypes"))
	a.draft.Validators = map[string]snapshot.Fact[snapshot.Validator]{}
	a.draft.Models = map[string]snapshot.Fact[string]{}
	a.draft.Authorizers = map[string]snapshot.Fact[snapshot.Authorizer]{}
	if a.typ == snapshot.REST {
		a.route("/")
	}
}

// mediaTypes maps binary media types, in which CloudFormation and SAM write ~1 for a slash.
func mediaTypes(x view) snapshot.Fact[[]string] {
	f := x.texts()
	list, ok := f.Read(&snapshot.Gaps{})
	if !ok {
		return f
	}
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "~1", "/")
	}
	return f.With(list)
}

// route records a path and the resources above it.
func (a *gatewayAPI) route(path string) {
	for !a.routes[path] {
		a.routes[path] = true
		cut := strings.LastIndexByte(path, '/')
		if cut <= 0 || a.typ != snapshot.REST {
			return
		}
		path = path[:cut]
	}
}

// add adds a method to the draft.
func (a *gatewayAPI) add(m snapshot.Method, owner *resource) {
	a.draft.Methods = append(a.draft.Methods, m)
	a.owners = append(a.owners, owner)
	a.route(m.Path)
}

// readTree collects the resources of REST APIs.
func (b *builder) readTree(s *stack) {
	for _, r := range s.live("AWS::ApiGateway::Resource") {
		p := s.props(r)
		b.tree[r.serial] = &gatewayResource{parent: p.get("ParentId").plain(), part: p.get("PathPart").plain()}
	}
}

// path returns the path of a resource by its id. A parent outside of the
// templates gives a path below its symbol.
func (b *builder) path(id string) string {
	if api, ok := strings.CutSuffix(id, "-root"); ok && b.apis[api] != nil {
		return "/"
	}
	node, ok := b.tree[id]
	switch {
	case !ok && id == "":
		return "/"
	case !ok:
		return "/" + id
	case node.path != "":
		return node.path
	case node.busy:
		return "/"
	}
	node.busy = true
	node.path = strings.TrimSuffix(b.path(node.parent), "/") + "/" + node.part
	node.busy = false
	return node.path
}

// readParts maps what methods refer to by id or name.
func (b *builder) readParts(s *stack) {
	for _, r := range s.live("AWS::ApiGateway::Resource") {
		p := s.props(r)
		if a := b.api(p.get("RestApiId"), snapshot.REST); a != nil {
			a.route(b.path(r.serial))
		}
	}
	for _, r := range s.live("AWS::ApiGateway::RequestValidator", "AWS::ApiGateway::Model", "AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer") {
		p := s.props(r)
		id, typ := p.get("RestApiId"), snapshot.REST
		if r.typ == "AWS::ApiGatewayV2::Authorizer" {
			id, typ = p.get("ApiId"), snapshot.HTTP
		}
		a := b.api(id, typ)
		if a == nil {
			continue
		}
		a.prepare()
		switch r.typ {
		case "AWS::ApiGateway::RequestValidator":
			a.draft.Validators[r.serial] = validatorOf(p, p.get("Name").plain(), "ValidateRequestBody", "ValidateRequestParameters")
		case "AWS::ApiGateway::Model":
			a.draft.Models[s.refOf(r, &node{at: r.at}).text] = schemaOf(p.get("Schema"))
		default:
			a.draft.Authorizers[r.serial] = authorizerOf(p)
		}
	}
}

// prepare makes the maps of an API that is not in the templates.
func (a *gatewayAPI) prepare() {
	if a.draft.Validators == nil {
		a.draft.Validators = map[string]snapshot.Fact[snapshot.Validator]{}
		a.draft.Models = map[string]snapshot.Fact[string]{}
		a.draft.Authorizers = map[string]snapshot.Fact[snapshot.Authorizer]{}
	}
}

func validatorOf(x view, name, body, parameters string) snapshot.Fact[snapshot.Validator] {
	checksBody, checksParameters := x.get(body).boolean(false), x.get(parameters).boolean(false)
	var gaps snapshot.Gaps
	v := snapshot.Validator{Name: name}
	v.Body, _ = checksBody.Read(&gaps)
	v.Parameters, _ = checksParameters.Read(&gaps)
	if gaps.Any() {
		return snapshot.Unknown[snapshot.Validator](gaps.List()[0])
	}
	return snapshot.Known(v, x.origin())
}

// schemaOf maps a model's schema, an object or its text, to JSON.
func schemaOf(x view) snapshot.Fact[string] {
	if x.absent() || x.unknown() || x.v.readable() {
		return x.text("{}")
	}
	out, ok := jsonOf(x.v)
	if !ok {
		return snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.Unresolved, Detail: x.path + " holds a value that is not known before deployment", Origin: x.origin()})
	}
	return snapshot.Known(out, x.origin())
}

func authorizerOf(x view) snapshot.Fact[snapshot.Authorizer] {
	typ := x.get("Type")
	source := x.get("IdentitySource")
	if typ.absent() {
		typ = x.get("AuthorizerType")
	}
	if typ.unknown() {
		return snapshot.Unknown[snapshot.Authorizer](typ.gap())
	}
	var sources []string
	for _, in := range source.items() {
		sources = append(sources, in.plain())
	}
	return snapshot.Known(snapshot.Authorizer{Name: x.get("Name").plain(), Type: strings.ToUpper(typ.plain()), IdentitySource: strings.Join(sources, ",")}, x.origin())
}

// readMethods maps the methods of REST APIs that are resources of their own.
func (b *builder) readMethods(s *stack) {
	for _, r := range s.live("AWS::ApiGateway::Method") {
		p := s.props(r)
		a := b.api(p.get("RestApiId"), snapshot.REST)
		if a == nil {
			continue
		}
		m := snapshot.Method{HTTPMethod: strings.ToUpper(p.get("HttpMethod").plain()), ResourceID: p.get("ResourceId").plain(), Origin: s.origin(r, "", r.at)}
		m.Path = b.path(m.ResourceID)
		m.Authorization = p.get("AuthorizationType").upper("NONE")
		m.AuthorizerID = p.get("AuthorizerId").text("")
		m.APIKeyRequired = p.get("ApiKeyRequired").boolean(false)
		m.ValidatorID = p.get("RequestValidatorId").text("")
		m.RequestParameters = p.get("RequestParameters").flags()
		m.RequestModels = p.get("RequestModels").textMap()
		m.Responses = methodResponses(p.get("MethodResponses"))
		m.Integration = integrationFact(p.get("Integration"), restNames)
		a.add(m, r)
	}
}

// methodResponses maps the list of a Method resource.
func methodResponses(x view) snapshot.Fact[map[string]snapshot.MethodResponse] {
	if x.unknown() {
		return snapshot.Unknown[map[string]snapshot.MethodResponse](x.gap())
	}
	out := map[string]snapshot.MethodResponse{}
	for _, in := range x.items() {
		if in.unknown() {
			return snapshot.Unknown[map[string]snapshot.MethodResponse](in.gap())
		}
		status := in.get("StatusCode")
		if status.unknown() {
			return snapshot.Unknown[map[string]snapshot.MethodResponse](status.gap())
		}
		response := snapshot.MethodResponse{Origin: in.origin()}
		response.Parameters, _ = in.get("ResponseParameters").flags().Read(&snapshot.Gaps{})
		if len(response.Parameters) == 0 {
			response.Parameters = nil
		}
		out[status.plain()] = response
	}
	return snapshot.Known(out, x.origin())
}

// finish makes the API of what was collected.
func (a *gatewayAPI) finish() snapshot.API {
	a.draft.Routes = sortedKeys(a.routes)
	a.draft.Methods = append([]snapshot.Method{}, a.draft.Methods...)
	if a.doubt != nil {
		a.out.Draft = snapshot.Unknown[snapshot.Configuration](*a.doubt)
	} else {
		a.out.Draft = snapshot.Known(a.draft, a.out.Origin)
	}
	if a.res != nil || len(a.stages) > 0 {
		for i := range a.stages {
			if a.stages[i].AutoDeploy {
				a.stages[i].Deployed = a.out.Draft
			}
		}
		a.out.Stages = snapshot.Known(append([]snapshot.Stage{}, a.stages...), a.out.Origin)
	}
	return a.out
}
