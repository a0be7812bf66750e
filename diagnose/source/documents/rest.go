package documents

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/assemble"
	"apisqs-doctor/diagnose/source/openapi"
	"apisqs-doctor/diagnose/source/tree"
)

// apiID is the id of an API of which no answer says it.
const apiID = "api"

// given is a method of a REST API as an answer shows it.
type given struct {
	x    tree.View
	id   string // of the resource; empty when the answer does not say it
	verb string
}

func (r *reader) restAPI(x tree.View) {
	if r.api != nil {
		r.fail(x, "a second API", "the answers about one API")
		return
	}
	at := x.Origin()
	r.api = &assemble.API{ID: x.Get("id").Plain(), Type: snapshot.REST, Name: x.Get("name").Plain(), Origin: at,
		DefaultEndpointDisabled: x.Get("disableExecuteApiEndpoint").Boolean(false),
		EndpointTypes:           x.Get("endpointConfiguration").Get("types").Texts(),
		Policy:                  storedPolicy(x.Get("policy").Text("")),
		BinaryMediaTypes:        openapi.MediaTypes(x.Get("binaryMediaTypes")),
		APIKeySource:            x.Get("apiKeySource").Text("")}
}

// storedPolicy undoes the control plane's habit of escaping the policy once more.
func storedPolicy(f snapshot.Fact[string]) snapshot.Fact[string] {
	text, _ := f.Peek()
	if plain, err := strconv.Unquote(`"` + text + `"`); err == nil && !json.Valid([]byte(text)) && json.Valid([]byte(plain)) {
		return f.With(plain)
	}
	return f
}

func (r *reader) resource(x tree.View) {
	id := x.Get("id").Plain()
	r.paths[id] = x.Get("path").Plain()
	for _, m := range x.Get("resourceMethods").Members() {
		r.methods = append(r.methods, given{m.View, id, m.Name})
	}
}

func (r *reader) method(x tree.View) {
	r.methods = append(r.methods, given{x, x.Get("methodIntegration").Get("cacheNamespace").Plain(), x.Get("httpMethod").Plain()})
}

func (r *reader) integration(x tree.View) { r.lone = append(r.lone, x) }

func (r *reader) stage(x tree.View) {
	at := x.Origin()
	r.stages = append(r.stages, assemble.Stage{Type: snapshot.REST, Name: x.Get("stageName").Plain(), Origin: at,
		Deployment: openapi.Ref(x.Get("deploymentId")), AutoDeploy: snapshot.Known(false, at),
		Variables: x.Get("variables").TextMap(), Canary: snapshot.Known[*snapshot.Canary](nil, at)})
}

func (r *reader) validator(x tree.View) {
	r.validators[x.Get("id").Plain()] = openapi.Validator(x, x.Get("name").Plain(), openapi.Camel)
}

func (r *reader) model(x tree.View) { r.models[x.Get("name").Plain()] = x.Get("schema").Text("{}") }

func (r *reader) authorizer(x tree.View) {
	r.authorizers[x.Get("id").Plain()] = snapshot.Known(openapi.Authorizer(x, openapi.Camel), x.Origin())
}

// restMethods puts the methods of a REST API together: each once, however many
// answers show it, and those of integrations that stand alone.
func (r *reader) restMethods() {
	if len(r.methods)+len(r.lone) == 0 && (r.api == nil || r.api.Type != snapshot.REST) {
		return
	}
	a := r.someAPI(snapshot.REST)
	if r.documents > 0 {
		r.lend(a)
		return
	}
	d := &assemble.Definition{Validators: r.validators, Models: r.models, Authorizers: r.authorizers}
	if len(r.methods)+len(r.lone) == 0 {
		d.Doubt = &snapshot.Gap{Reason: snapshot.NotRead, Detail: "the methods of the API were not given",
			Needs: output("apigateway get-resources --rest-api-id " + a.ID + " --embed methods"), Origin: a.Origin}
	}
	for _, id := range slices.Sorted(maps.Keys(r.paths)) {
		d.Paths = append(d.Paths, r.paths[id])
	}
	at := map[[2]string]int{} // the place of each method
	for _, m := range r.methods {
		key := [2]string{m.id, m.verb}
		have, again := at[key]
		switch {
		case !again || m.id == "":
			at[key] = len(d.Methods)
			d.Methods = append(d.Methods, r.methodOf(m))
		case !d.Methods[have].Authorization.IsKnown():
			d.Methods[have] = r.methodOf(m) // it was embedded by name alone
		}
	}
	for _, x := range r.lone {
		r.addLone(d, x)
	}
	a.Definition = d
	r.parts.APIs = append(r.parts.APIs, *a)
	for _, st := range r.stages {
		st.API = assemble.To(a.ID, st.Origin)
		r.parts.Stages = append(r.parts.Stages, st)
	}
}

// lend gives what get-rest-api says to the API of the only document.
func (r *reader) lend(from *assemble.API) {
	if len(r.parts.APIs) != 1 {
		return
	}
	to := &r.parts.APIs[0]
	to.Name, to.DefaultEndpointDisabled, to.EndpointTypes, to.Policy = from.Name, from.DefaultEndpointDisabled, from.EndpointTypes, from.Policy
}

// someAPI is the API that get-rest-api or get-api gave, or one of which only its
// methods are known.
func (r *reader) someAPI(typ snapshot.APIType) *assemble.API {
	get, stages := "apigateway get-rest-api --rest-api-id ID", "apigateway get-stages --rest-api-id ID"
	if typ != snapshot.REST {
		get, stages = "apigatewayv2 get-api --api-id ID", "apigatewayv2 get-stages --api-id ID"
	}
	a := r.api
	if a == nil {
		at := r.first
		at.Resource = "the API"
		gap := outputGap("the API itself was not given", get, at)
		a = &assemble.API{ID: apiID, Type: typ, Origin: at, DefaultEndpointDisabled: snapshot.Unknown[bool](gap), EndpointTypes: snapshot.Unknown[[]string](gap),
			Policy: snapshot.Unknown[string](gap), BinaryMediaTypes: snapshot.Known([]string{}, at), APIKeySource: snapshot.Unknown[string](gap), RouteSelection: snapshot.Known("", at),
			CORS: snapshot.Unknown[*snapshot.CORS](gap)}
		if typ == snapshot.REST {
			r.parts.Target.Assumed = append(r.parts.Target.Assumed, snapshot.Assumption{What: "the API has no binary media types", Why: "get-rest-api was not given", Origin: at})
		}
	}
	if len(r.stages) == 0 {
		gap := outputGap("what is deployed was not given", stages, a.Origin)
		a.Stages = &gap
	}
	return a
}

// methodOf reads a method. One that get-resources gives by its name alone, without
// --embed methods, is not known.
func (r *reader) methodOf(m given) snapshot.Method {
	x := m.x
	out := openapi.Method(x, snapshot.REST, openapi.Camel)
	out.HTTPMethod, out.Path, out.ResourceID = strings.ToUpper(m.verb), r.pathOf(m.id), m.id
	if x.Get("authorizationType").Absent() {
		unsaid(&out, outputGap("get-resources gave the name of "+out.HTTPMethod+" "+out.Path+" and no more", "apigateway get-resources --rest-api-id ID --embed methods", out.Origin))
		return out
	}
	responses := map[string]snapshot.MethodResponse{}
	for _, response := range x.Get("methodResponses").Members() {
		parameters, _ := response.Get("responseParameters").Flags().Peek()
		responses[response.Name] = snapshot.MethodResponse{Parameters: parameters, Origin: response.Origin()}
	}
	out.Responses = snapshot.Known(responses, x.Get("methodResponses").Origin())
	out.Integration = integrationOf(x.Get("methodIntegration"))
	return out
}

// unsaid makes all of a method unknown but what it is called by.
func unsaid(m *snapshot.Method, gap snapshot.Gap) {
	text := snapshot.Unknown[string](gap)
	m.Authorization, m.AuthorizerID, m.ValidatorID = text, text, text
	m.Scopes = snapshot.Unknown[[]string](gap)
	m.APIKeyRequired = snapshot.Unknown[bool](gap)
	m.RequestParameters = snapshot.Unknown[map[string]bool](gap)
	m.RequestModels = snapshot.Unknown[map[string]string](gap)
	m.Responses = snapshot.Unknown[map[string]snapshot.MethodResponse](gap)
	m.Integration = snapshot.Unknown[*snapshot.Integration](gap)
}

// pathOf is the path of a resource; one that get-resources did not give is named
// by its id.
func (r *reader) pathOf(id string) string {
	if path := r.paths[id]; path != "" {
		return path
	}
	return "/" + id
}

// addLone adds an integration without its method: to the method of its resource
// that lacks one, or as one that every call meets.
func (r *reader) addLone(d *assemble.Definition, x tree.View) {
	id := x.Get("cacheNamespace").Plain()
	in := integrationOf(x)
	uri := x.Get("uri").Plain()
	for i := range d.Methods {
		m := &d.Methods[i]
		have, known := m.Integration.Peek()
		switch {
		case m.ResourceID != id:
		case !known, have == nil:
			m.Integration = in
			return
		default:
			if same, _ := have.URI.Peek(); same == uri {
				return // get-method has shown it too
			}
		}
	}
	m := snapshot.Method{HTTPMethod: "ANY", Path: r.pathOf(id), ResourceID: id, Origin: x.Origin()}
	unsaid(&m, outputGap("an integration does not say how its method is called", "apigateway get-method --rest-api-id ID --resource-id ID --http-method POST", x.Origin()))
	m.Integration = in
	d.Methods = append(d.Methods, m)
}

// integrationOf reads an integration with its responses, which stand under their
// statuses. One without a selection pattern is the default.
func integrationOf(x tree.View) snapshot.Fact[*snapshot.Integration] {
	if x.Absent() {
		return snapshot.Known[*snapshot.Integration](nil, x.Origin())
	}
	if x.Value.Kind != tree.Object {
		return snapshot.Unknown[*snapshot.Integration](x.Misfit("an integration"))
	}
	in := openapi.Integration(x, snapshot.REST, openapi.Camel)
	in.Responses = openapi.Responses(x.Get("integrationResponses"), func(m tree.Named) assemble.IntegrationResponse {
		response := openapi.Response(m.View, openapi.Camel)
		response.Status = snapshot.Known(m.Name, m.Origin())
		return response
	})
	return snapshot.Known(&in, in.Origin)
}
