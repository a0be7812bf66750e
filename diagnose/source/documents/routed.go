package documents

import (
	"cmp"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

func (r *reader) routedAPI(x tree.View) {
	if r.api != nil {
		r.fail(x, "a second API", "the answers about one API")
		return
	}
	at := x.Origin()
	r.api = &assemble.API{ID: x.Get("ApiId").Plain(), Type: snapshot.APIType(strings.ToUpper(x.Get("ProtocolType").Plain())), Name: x.Get("Name").Plain(), Origin: at,
		DefaultEndpointDisabled: x.Get("DisableExecuteApiEndpoint").Boolean(false), EndpointTypes: snapshot.Known([]string{}, at), Policy: snapshot.Known("", at),
		BinaryMediaTypes: snapshot.Known([]string{}, at), RouteSelection: x.Get("RouteSelectionExpression").Text(""), APIKeySource: x.Get("ApiKeySelectionExpression").Text(""),
		CORS: snapshot.Known[*snapshot.CORS](nil, at)}
	if cors := x.Get("CorsConfiguration"); !cors.Absent() {
		r.api.CORS = openapi.CORS(cors, openapi.Pascal)
	}
}

func (r *reader) route(x tree.View) {
	m := openapi.Method(x, snapshot.HTTP, openapi.Pascal)
	m.ResourceID = x.Get("RouteId").Plain()
	r.routes = append(r.routes, assemble.Route{Target: openapi.Ref(x.Get("Target")), Method: m})
}

func (r *reader) routedIntegration(x tree.View) {
	in := openapi.Integration(x, snapshot.HTTP, openapi.Pascal.Routed())
	in.ID = x.Get("IntegrationId").Plain()
	in.Type = x.Get("IntegrationType").Text("AWS_PROXY")
	in.ResponseSelection = x.Get("IntegrationResponseSelectionExpression").Text("")
	in.Responses = openapi.Responses(x.Get("ResponseParameters"), openapi.ForStatus)
	r.integrations = append(r.integrations, assemble.Integration{Integration: in})
}

func (r *reader) routedStage(x tree.View) {
	at := x.Origin()
	r.stages = append(r.stages, assemble.Stage{Type: snapshot.HTTP, Name: x.Get("StageName").Plain(), Origin: at, AutoDeploy: x.Get("AutoDeploy").Boolean(false),
		Deployment: openapi.Ref(x.Get("DeploymentId")),
		Variables:  x.Get("StageVariables").TextMap(), Canary: snapshot.Known[*snapshot.Canary](nil, at)})
}

// routed puts an HTTP or WebSocket API together. An integration without its route
// is one that every call meets.
func (r *reader) routed() {
	if len(r.routes)+len(r.integrations) == 0 && (r.api == nil || r.api.Type == snapshot.REST) {
		return
	}
	a := r.someAPI(r.routedType())
	if r.documents > 0 {
		r.lend(a)
		return
	}
	to := assemble.To(a.ID, a.Origin)
	if len(r.routes) == 0 {
		r.anyRoutes(a)
	}
	whole := len(r.integrations) > 0
	for _, route := range r.routes {
		route.API = to
		if !whole {
			route.Target = assemble.Ref{Text: route.Target.Text, Fact: snapshot.Unknown[string](outputGap("the integrations of the API were not given", "apigatewayv2 get-integrations --api-id "+a.ID, route.Origin))}
		}
		r.parts.Routes = append(r.parts.Routes, route)
	}
	for _, in := range r.integrations {
		in.API = to
		if a.Type == snapshot.WebSocket {
			gap := outputGap("how the API answers was not given", "apigatewayv2 get-integration-responses --api-id "+a.ID+" --integration-id "+in.ID, in.Origin)
			in.Responses = snapshot.Unknown[[]snapshot.IntegrationResponse](gap)
		}
		r.parts.Integrations = append(r.parts.Integrations, in)
	}
	for _, st := range r.stages {
		st.API = to
		r.parts.Stages = append(r.parts.Stages, st)
	}
	r.parts.APIs = append(r.parts.APIs, *a)
}

// routedType tells HTTP from WebSocket APIs where get-api does not: only the former
// have subtypes and keys with a method.
func (r *reader) routedType() snapshot.APIType {
	if r.api != nil {
		return r.api.Type
	}
	for _, in := range r.integrations {
		if subtype, _ := in.Subtype.Peek(); subtype != "" {
			return snapshot.HTTP
		}
	}
	for _, route := range r.routes {
		if method, path, ok := strings.Cut(route.RouteKey, " "); ok && strings.HasPrefix(path, "/") && method == strings.ToUpper(method) {
			return snapshot.HTTP
		}
	}
	for _, in := range r.integrations {
		if typ, _ := in.Type.Peek(); typ == "AWS" {
			return snapshot.WebSocket
		}
	}
	return snapshot.HTTP
}

// anyRoutes makes a route for each integration, as no answer shows one.
func (r *reader) anyRoutes(a *assemble.API) {
	for i := range r.integrations {
		in := &r.integrations[i]
		in.ID = cmp.Or(in.ID, "integration")
		m := snapshot.Method{RouteKey: "$default", ResourceID: in.ID, Origin: in.Origin}
		unsaid(&m, outputGap("an integration does not say how its route is called", "apigatewayv2 get-routes --api-id "+a.ID, in.Origin))
		m.ModelSelection, m.ResponseSelection = m.ValidatorID, m.ValidatorID
		r.routes = append(r.routes, assemble.Route{Target: assemble.To("integrations/"+in.ID, in.Origin), Method: m})
	}
}
