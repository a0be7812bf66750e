package walk

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/gateway/websocket"
	"apisqs-doctor/diagnose/snapshot"
)

// refusedRoutes lists what AWS does not create of an HTTP or WebSocket API. A
// stack is created as a whole or not at all, so that one route that is refused
// takes the others with it; Terraform creates them one by one.
func (w *routing) refusedRoutes(gaps *snapshot.Gaps) *Failure {
	draft, ok := w.Route.API.Draft.Peek()
	if !ok {
		return nil
	}
	return w.refusedSettings(&draft, http.CheckStageName, gaps)
}

func (httpAPI) refused(w *routing, gaps *snapshot.Gaps) *Failure { return w.refusedRoutes(gaps) }

func (webSocket) refused(w *routing, gaps *snapshot.Gaps) *Failure { return w.refusedRoutes(gaps) }

func (httpAPI) judge(j *judge) {
	if text, ok := given(j, j.api.RouteSelection); ok {
		j.check(RouteSelection, nil, "route selection expression", text, j.api.RouteSelection.Origin(), http.CheckRouteSelection)
	}
	j.routeKeys()
	j.stageVariables()
	j.stageSettings()
	if cors, ok := given(j, j.config.CORS); ok && cors != nil {
		err := http.CheckCORS(cors.Origins, cors.Credentials)
		j.add(err != nil, CORSSetting, nil, "CORS configuration", "allow origins *, allow credentials", j.config.CORS.Origin(), err)
	}
	for i := range j.config.Methods {
		m := &j.config.Methods[i]
		if doubt := http.DoubtOfRouteKey(m.RouteKey); doubt != "" && !j.isOpaque(m.RouteKey) {
			j.gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: doubt, Origin: m.Origin})
		}
		j.check(RouteKey, m, "route key", m.RouteKey, m.Origin, http.CheckRouteKey)
		j.routeAuthorization(m)
		if in, ok := m.Integration.Peek(); ok && in != nil {
			j.subtype(m, in)
		}
	}
	j.alone()
}

func (webSocket) judge(j *judge) {
	if text, ok := j.api.RouteSelection.Read(&j.gaps); ok && text == "" {
		j.add(true, RouteSelection, nil, "route selection expression", "", j.api.RouteSelection.Origin(), websocket.NoRouteSelection)
	}
	j.routeKeys()
	j.stageVariables()
	for i := range j.config.Methods {
		m := &j.config.Methods[i]
		if kind, ok := m.Authorization.Read(&j.gaps); ok && kind != "" && kind != "NONE" && !j.isOpaque(kind) && m.RouteKey != websocket.Connect {
			j.add(true, AuthorizationSetting, m, "authorization", kind, m.Authorization.Origin(), websocket.AuthorizedElsewhere)
		}
		if in, ok := m.Integration.Peek(); ok && in != nil {
			j.endpoint(m, in)
			j.timeout(m, in, http.MaxWebSocketTimeout)
			mappings, _ := in.RequestParameters.Peek()
			for _, name := range slices.Sorted(maps.Keys(mappings)) {
				j.routeMapping(m, name, mappings[name])
			}
		}
	}
	j.alone()
}

// given reads a setting that may decide. One that nobody asked for, as in older
// snapshots, is taken to be as AWS takes it.
func given[T any](j *judge, f snapshot.Fact[T]) (T, bool) {
	v, ok := f.Peek()
	if gap := f.Gap(); !ok && gap.Reason != snapshot.NotRead {
		j.gaps.Add(gap)
	}
	return v, ok
}

// alone marks what is refused without the rest: Terraform goes on with it.
func (j *judge) alone() {
	for i := range j.refused {
		j.refused[i].Alone = j.Snapshot.Target.Kind == snapshot.Terraform
	}
}

// routeKeys refuses the second of two routes of one key (reported word for word).
func (j *judge) routeKeys() {
	seen := map[string]bool{}
	for i := range j.config.Methods {
		m := &j.config.Methods[i]
		if seen[m.RouteKey] && !j.isOpaque(m.RouteKey) {
			j.refused = append(j.refused, RefusedSetting{Setting: RouteKey, Method: m, Name: "second route key", Value: m.RouteKey, Code: Conflict,
				Message: "Route with key " + m.RouteKey + " already exists for this API", Origin: m.Origin})
		}
		seen[m.RouteKey] = true
	}
}

func (j *judge) stageVariables() {
	stages, _ := j.api.Stages.Peek()
	for i := range stages {
		variables, _ := stages[i].Variables.Peek()
		for _, name := range slices.Sorted(maps.Keys(variables)) {
			if j.isOpaque(variables[name]) {
				continue
			}
			err := http.CheckStageVariable(name, variables[name])
			j.add(err != nil, StageVariable, nil, "stage variable "+name, variables[name], stages[i].Variables.Origin(), err)
		}
	}
}

// stageSettings judges the settings of an HTTP API's stages by route: the log that it
// does not have (H109), and routes that there are not (H110), where all are known.
func (j *judge) stageSettings() {
	routes := make([]string, len(j.config.Methods))
	for i := range j.config.Methods {
		routes[i] = j.config.Methods[i].RouteKey
	}
	stages, _ := j.api.Stages.Peek()
	for i := range stages {
		settings, _ := stages[i].Settings.Peek()
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			s := settings[key]
			j.check(LoggingSetting, nil, "logging level", s.LoggingLevel, s.Origin, http.CheckLogging)
			if key == snapshot.AllMethods || j.isOpaque(key) || slices.ContainsFunc(routes, j.isOpaque) || len(j.Snapshot.Target.Unread) > 0 {
				continue
			}
			err := http.CheckSettingsKey(key, routes)
			j.add(err != nil, RouteSettings, nil, "settings of the route", key, s.Origin, err)
		}
	}
}

// routeAuthorization judges the authorization of an HTTP API's route (H70).
func (j *judge) routeAuthorization(m *snapshot.Method) {
	kind, known := m.Authorization.Read(&j.gaps)
	scopes, _ := m.Scopes.Read(&j.gaps)
	id, idKnown := m.AuthorizerID.Peek()
	if !known || j.isOpaque(kind) {
		return
	}
	_, there := j.config.Authorizers[id]
	there = there || !idKnown || j.isOpaque(id)
	err := http.CheckAuthorization(kind, scopes, there)
	j.add(err != nil, AuthorizationSetting, m, "authorization", kind, m.Authorization.Origin(), err)
}

// subtype judges an integration of an HTTP API (H3, H4, H10 to H23). What is not
// for SQS is judged by its type alone.
func (j *judge) subtype(m *snapshot.Method, in *snapshot.Integration) {
	kind, kindKnown := in.Type.Peek()
	subtype, _ := in.Subtype.Peek()
	if !kindKnown || j.isOpaque(kind) || j.isOpaque(subtype) {
		return
	}
	refuse := func(s Setting, name, value string, at snapshot.Origin, r *http.Refusal) {
		if r != nil && !r.Uncertain {
			j.add(true, s, m, name, value, at, r)
		}
	}
	if r := http.CheckType(kind, subtype); r != nil {
		name, value, at := "integration type", kind, in.Type.Origin()
		if r.Fault != http.WrongType {
			name, value, at = "integration subtype", subtype, in.Subtype.Origin()
		}
		refuse(IntegrationType, name, value, at, r)
		return
	}
	own, ok := http.Lookup(subtype)
	if !ok {
		return
	}
	if version, ok := in.PayloadFormat.Peek(); ok && !j.isOpaque(version) {
		refuse(IntegrationType, "payload format version", version, in.PayloadFormat.Origin(), http.CheckPayload(version))
	}
	if credentials, ok := in.Credentials.Peek(); ok {
		refuse(IntegrationRole, "credentials", credentials, in.Credentials.Origin(), http.CheckCredentials(credentials))
	}
	j.timeout(m, in, http.MaxTimeout)
	facts, known := in.RequestParameters.Peek()
	values := map[string]string{}
	for name, fact := range facts {
		if values[name], ok = fact.Peek(); !ok {
			values[name] = "-" // there, whatever it is
		}
	}
	if _, refusals := http.Compile(own, values); known {
		for i := range refusals {
			at := in.RequestParameters.Origin()
			if fact, there := facts[refusals[i].Parameter]; there {
				at = fact.Origin()
			}
			if j.isOpaque(refusals[i].Value) {
				continue
			}
			refuse(RequestMapping, "parameter "+refusals[i].Parameter, refusals[i].Value, at, &refusals[i])
		}
	}
	responses, _ := in.Responses.Peek()
	parameters := map[string]map[string]string{}
	for i := range responses {
		parameters[responses[i].Pattern] = responses[i].Parameters
	}
	_, refusals := http.CompileReplies(parameters)
	for i := range refusals {
		refuse(ReplyMapping, "response parameter "+strconv.Quote(refusals[i].Parameter), refusals[i].Value, in.Responses.Origin(), &refusals[i])
	}
}

// timeout judges the timeout of an integration, where one is given.
func (j *judge) timeout(m *snapshot.Method, in *snapshot.Integration, most int) {
	if millis, ok := in.TimeoutMillis.Peek(); ok && millis != 0 {
		err := http.CheckTimeout(millis, most)
		j.add(err != nil, TimeoutSetting, m, "timeout", strconv.Itoa(millis), in.TimeoutMillis.Origin(), err)
	}
}

// routeMapping judges a request parameter of a WebSocket API's integration. Only
// what is no mapping at all is refused for certain.
func (j *judge) routeMapping(m *snapshot.Method, name string, fact snapshot.Fact[string]) {
	text, ok := fact.Peek()
	if !ok || j.isOpaque(text) || j.isOpaque(name) {
		return
	}
	_, err := rest.ParseDestination(name)
	if err == nil {
		_, _, err = routeSource(text)
	}
	j.add(err != nil, RequestMapping, m, name, text, fact.Origin(), err)
}

// foreignSource says why it is not known what a source of a WebSocket mapping
// gives; empty for one that is documented (H100).
func foreignSource(text string) string {
	if strings.HasPrefix(text, "method.request.") {
		return fmt.Sprintf("whether a WebSocket API takes the source %s is not documented; its sources begin with route.request", text)
	}
	return ""
}
