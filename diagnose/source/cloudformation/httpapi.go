package cloudformation

import (
	"strings"

	"apisqs-doctor/diagnose/snapshot"
)

// readIntegrations collects the integrations of HTTP and WebSocket APIs.
func (b *builder) readIntegrations(s *stack) {
	for _, r := range s.live("AWS::ApiGatewayV2::Integration") {
		p := s.props(r)
		a := b.api(p.get("ApiId"), snapshot.HTTP)
		if a == nil {
			continue
		}
		i := integrationOf(p, v2Names)
		i.Origin = s.origin(r, "", r.at)
		i.TimeoutMillis = p.get("TimeoutInMillis").number(timeoutOf(a.typ))
		i.Responses = responseParameters(p.get("ResponseParameters"))
		b.integrations[r.serial] = i
	}
	b.readIntegrationResponses(s)
}

func timeoutOf(typ snapshot.APIType) int {
	if typ == snapshot.HTTP {
		return httpTimeout
	}
	return restTimeout
}

// readIntegrationResponses maps the integration responses of WebSocket APIs.
func (b *builder) readIntegrationResponses(s *stack) {
	for _, r := range s.live("AWS::ApiGatewayV2::IntegrationResponse") {
		p := s.props(r)
		i, ok := b.integrations[p.get("IntegrationId").plain()]
		if !ok {
			continue
		}
		key := p.get("IntegrationResponseKey")
		// The key is $default or a pattern between slashes.
		pattern := key
		if v := key.plain(); v == "$default" {
			pattern.v = text("")
		} else if len(v) > 1 && strings.HasPrefix(v, "/") && strings.HasSuffix(v, "/") {
			pattern.v = text(v[1 : len(v)-1])
		}
		one, gap := responseOf(p, pattern, view{stack: s, res: r, path: key.path, at: key.at}, "ResponseParameters", "ResponseTemplates", "ContentHandlingStrategy")
		if gap != nil {
			i.Responses = snapshot.Unknown[[]snapshot.IntegrationResponse](*gap)
			continue
		}
		one.Origin = s.origin(r, "", r.at)
		if have, known := i.Responses.Read(&snapshot.Gaps{}); known {
			i.Responses = i.Responses.With(append(have[:len(have):len(have)], one))
		}
	}
}

// responseParameters maps the response parameters of an HTTP API's
// integration: by status, a list of sources and destinations or a plain map.
func responseParameters(x view) snapshot.Fact[[]snapshot.IntegrationResponse] {
	if x.unknown() {
		return snapshot.Unknown[[]snapshot.IntegrationResponse](x.gap())
	}
	list := []snapshot.IntegrationResponse{}
	for _, m := range x.members() {
		if m.view.unknown() {
			return snapshot.Unknown[[]snapshot.IntegrationResponse](m.view.gap())
		}
		r := snapshot.IntegrationResponse{Pattern: m.name, Status: m.name, Origin: m.view.origin(), Parameters: map[string]string{}}
		if inner := m.view.get("ResponseParameters"); !inner.absent() {
			for _, in := range inner.items() {
				r.Parameters[in.get("Destination").plain()] = in.get("Source").plain()
			}
		} else {
			for _, in := range m.view.members() {
				r.Parameters[in.name] = in.view.plain()
			}
		}
		list = append(list, r)
	}
	return snapshot.Known(list, x.origin())
}

// readRoutes maps the routes of HTTP and WebSocket APIs that are resources.
func (b *builder) readRoutes(s *stack) {
	for _, r := range s.live("AWS::ApiGatewayV2::Route") {
		p := s.props(r)
		a := b.api(p.get("ApiId"), snapshot.HTTP)
		if a == nil {
			continue
		}
		m := snapshot.Method{RouteKey: p.get("RouteKey").plain(), ResourceID: r.serial, Origin: s.origin(r, "", r.at)}
		m.HTTPMethod, m.Path = routeParts(a.typ, m.RouteKey)
		m.Authorization = p.get("AuthorizationType").upper("NONE")
		m.AuthorizerID = p.get("AuthorizerId").text("")
		m.APIKeyRequired = p.get("ApiKeyRequired").boolean(false)
		m.ValidatorID = snapshot.Known("", p.origin())
		m.RequestParameters = p.get("RequestParameters").flags()
		m.RequestModels = p.get("RequestModels").textMap()
		m.Responses = snapshot.Known(map[string]snapshot.MethodResponse{}, p.origin())
		m.Integration = b.target(p.get("Target"))
		a.add(m, r)
	}
}

// quickCreate maps the Target shorthand of an HTTP API: one proxy route and the
// default stage.
func (b *builder) quickCreate(a *gatewayAPI) {
	target := a.props.get("Target")
	if target.absent() || a.typ != snapshot.HTTP {
		return
	}
	key := a.props.get("RouteKey").plain()
	if key == "" {
		key = "$default"
	}
	at := target.origin()
	i := integrationOf(view{stack: target.stack, res: target.res, path: target.path, at: target.at}, v2Names)
	i.Type, i.URI, i.Credentials = snapshot.Known("HTTP_PROXY", at), target.text(""), a.props.get("CredentialsArn").text("")
	i.TimeoutMillis = snapshot.Known(httpTimeout, at)
	i.Responses = snapshot.Known([]snapshot.IntegrationResponse{}, at)
	if strings.HasPrefix(target.plain(), "arn:") {
		i.Type = snapshot.Known("AWS_PROXY", at) // a function
	}
	m := snapshot.Method{RouteKey: key, Origin: at, Authorization: snapshot.Known("NONE", at), AuthorizerID: snapshot.Known("", at), APIKeyRequired: snapshot.Known(false, at),
		ValidatorID: snapshot.Known("", at), RequestParameters: snapshot.Known(map[string]bool{}, at), RequestModels: snapshot.Known(map[string]string{}, at),
		Responses: snapshot.Known(map[string]snapshot.MethodResponse{}, at), Integration: snapshot.Known(i, at)}
	m.HTTPMethod, m.Path = routeParts(a.typ, key)
	a.add(m, nil)
	a.stages = append(a.stages, snapshot.Stage{Name: "$default", Origin: at, AutoDeploy: true, DeploymentID: snapshot.Known(a.id+"-auto", at),
		Variables: snapshot.Known(map[string]string{}, at), Canary: snapshot.Known[*snapshot.Canary](nil, at)})
}

// routeParts splits a route key. The catch-all route of an HTTP API has no path;
// a route of a WebSocket API has its key as path, so that no two are alike.
func routeParts(typ snapshot.APIType, key string) (method, path string) {
	if typ == snapshot.WebSocket {
		return "", key
	}
	if method, path, ok := strings.Cut(key, " "); ok {
		return strings.ToUpper(method), path
	}
	return "ANY", ""
}

// target finds the integration that a route names: integrations/ID.
func (b *builder) target(x view) snapshot.Fact[*snapshot.Integration] {
	switch {
	case x.absent():
		return snapshot.Known[*snapshot.Integration](nil, x.origin())
	case x.unknown():
		return snapshot.Unknown[*snapshot.Integration](x.gap())
	}
	id := strings.TrimPrefix(x.plain(), "integrations/")
	if i, ok := b.integrations[id]; ok {
		return snapshot.Known(i, i.Origin)
	}
	return snapshot.Unknown[*snapshot.Integration](snapshot.Gap{Reason: snapshot.NotRead, Detail: "the integration " + id + " is not part of the templates", Origin: x.origin()})
}
