package assemble

import (
	"cmp"
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// routes adds the routes of HTTP and WebSocket APIs with their integrations.
func (a *assembler) routes() {
	integrations := map[string]*Integration{}
	for i := range a.Integrations {
		if in := &a.Integrations[i]; in.Verb == "" {
			integrations[in.ID] = in
		}
	}
	for _, in := range a.IntegrationResponses {
		if own := integrations[in.Integration.Text]; own != nil && in.Verb == "" {
			in.Pattern = patternOf(in.Key)
			own.Responses = withResponse(own.Responses, in)
		}
	}
	responses := map[string]map[string]snapshot.MethodResponse{}
	for _, in := range a.RouteResponses {
		if responses[in.Route.Text] == nil {
			responses[in.Route.Text] = map[string]snapshot.MethodResponse{}
		}
		responses[in.Route.Text][in.Key] = in.MethodResponse
	}
	for _, in := range a.Routes {
		one, m := a.api(in.API, snapshot.HTTP), in.Method
		m.HTTPMethod, m.Path = RouteParts(one.out.Type, m.RouteKey)
		m.ValidatorID = snapshot.Known("", m.Origin)
		m.Responses = snapshot.Known(map[string]snapshot.MethodResponse{}, m.Origin)
		if own := responses[m.ResourceID]; own != nil {
			m.Responses = m.Responses.With(own)
		}
		id, whole := strings.CutPrefix(in.Target.Text, "integrations/")
		own := integrations[id]
		switch {
		case own != nil && !whole:
			m.Integration = snapshot.Unknown[*snapshot.Integration](snapshot.Gap{Reason: snapshot.Unverified, Origin: in.Target.Origin(),
				Detail: "the route's target is the integration's id alone; it has the form integrations/ID, and what AWS makes of another is not documented"})
		case in.Target.Absent():
			m.Integration = snapshot.Known[*snapshot.Integration](nil, in.Target.Origin())
		case own != nil:
			m.Integration = snapshot.Known(&own.Integration, own.Origin)
		case !in.Target.IsKnown():
			m.Integration = snapshot.Unknown[*snapshot.Integration](in.Target.Gap())
		default:
			m.Integration = snapshot.Unknown[*snapshot.Integration](a.outside("integration", id, in.Target.Origin()))
		}
		one.add(m, madeOf{method: in.Address})
	}
}

// patternOf is the pattern in an integration response key: $default, or a
// pattern between slashes.
func patternOf(key snapshot.Fact[string]) snapshot.Fact[string] {
	v, ok := read(key)
	switch {
	case ok && v == "$default":
		return key.With("")
	case ok && len(v) > 1 && strings.HasPrefix(v, "/") && strings.HasSuffix(v, "/"):
		return key.With(v[1 : len(v)-1])
	}
	return key
}

// RouteParts splits a route key. The catch-all route of an HTTP API has no path;
// a route of a WebSocket API has its key as path, so that no two are alike.
func RouteParts(typ snapshot.APIType, key string) (method, path string) {
	if typ == snapshot.WebSocket {
		return "", key
	}
	if method, path, ok := strings.Cut(key, " "); ok {
		return strings.ToUpper(method), strings.TrimSpace(path)
	}
	if strings.HasPrefix(key, "/") { // no route key; AWS refuses it
		return "ANY", key
	}
	return "ANY", ""
}

// quickCreate adds the proxy route and the default stage of an HTTP API.
func (a *api) quickCreate(q *QuickCreate) {
	q.RouteKey = cmp.Or(q.RouteKey, "$default")
	at := q.Target.Origin()
	none := snapshot.Known("", at)
	i := &snapshot.Integration{Origin: at, Type: snapshot.Known("HTTP_PROXY", at), Subtype: none, HTTPMethod: none, URI: q.Target, Credentials: q.Credentials,
		RequestParameters: snapshot.Known(map[string]snapshot.Fact[string]{}, at), Templates: snapshot.Known(map[string]snapshot.Fact[string]{}, at),
		Passthrough: none, ContentHandling: none, PayloadFormat: none, TemplateSelection: none, TimeoutMillis: snapshot.Known(NotGiven, at),
		Responses: snapshot.Known([]snapshot.IntegrationResponse{}, at)}
	if uri, _ := read(q.Target); strings.HasPrefix(uri, "arn:") {
		i.Type = snapshot.Known("AWS_PROXY", at) // a function
	}
	m := snapshot.Method{RouteKey: q.RouteKey, Origin: at, Authorization: none, AuthorizerID: none, APIKeyRequired: snapshot.Known(false, at),
		ValidatorID: none, RequestParameters: snapshot.Known(map[string]bool{}, at), RequestModels: snapshot.Known(map[string]string{}, at),
		Responses: snapshot.Known(map[string]snapshot.MethodResponse{}, at), Integration: snapshot.Known(i, at)}
	m.HTTPMethod, m.Path = RouteParts(a.out.Type, q.RouteKey)
	a.add(m, madeOf{})
	a.stages = append(a.stages, snapshot.Stage{Name: "$default", Origin: at, AutoDeploy: true, DeploymentID: snapshot.Known(a.out.ID+"-auto", at),
		Variables: snapshot.Known(map[string]string{}, at), Canary: snapshot.Known[*snapshot.Canary](nil, at)})
}
