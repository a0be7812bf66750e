package walk

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/snapshot"
)

// Setting is what a refusal to deploy is about. The first group is judged, of the
// method under diagnosis, by the stages that read it.
type Setting uint8

// The settings.
const (
	IntegrationMissing Setting = iota
	IntegrationType
	IntegrationMethod
	IntegrationURI
	IntegrationRole
	RequestMapping
	UndeclaredParameter
	ReplyMapping

	HTTPMethod
	AuthorizationSetting
	ValidatorSetting
	ModelSetting
	PassthroughSetting
	ContentHandlingSetting
	TimeoutSetting
	ResponseStatus
	ContentTypeKey
	PathPart
	StageName
	NoMethods
	RouteKey
	RouteSelection
	StageVariable
	APIPolicy
	CORSSetting
	LoggingSetting
	RouteSettings
)

// RefusedSetting is a setting of an API that API Gateway refuses, and with it the
// deployment as a whole (T170).
type RefusedSetting struct {
	Setting     Setting
	Method      *snapshot.Method // nil: of the API or a stage
	Name, Value string           // of the setting, as messages name them
	Code        ErrorCode
	Message     string // AWS's text
	Origin      snapshot.Origin
	Alone       bool // the other methods are created all the same
}

// deployment is what API Gateway refuses of a configuration, and what could not be judged.
type deployment struct {
	refused []RefusedSetting
	gaps    snapshot.Gaps
}

// refusedSettings lists what keeps the configuration that is walked from being
// deployed. What exists was taken: only what a file describes is judged.
func (w *routing) refusedSettings(config *snapshot.Configuration, stageName func(string) error, gaps *snapshot.Gaps) *Failure {
	r := w.Route
	if r.API.Origin.File == "" || w.Snapshot.Target.Exists || config == nil {
		return nil
	}
	d := w.deployment(r.API, config)
	for _, refused := range slices.Concat(d.refused, w.uncreated(d, gaps)) {
		own := refused.Method != nil && r.Method != nil && refused.Method.HTTPMethod == r.Method.HTTPMethod && refused.Method.Path == r.Method.Path
		if !own && refused.Method != nil && refused.Alone {
			continue
		}
		if !own || refused.Setting >= HTTPMethod {
			r.Settings = append(r.Settings, refused)
		}
	}
	for i := range r.Stages {
		if name := r.Stages[i].Name; !w.isOpaque(name) {
			if err := stageName(name); err != nil {
				r.Settings = append(r.Settings, refusal(StageName, nil, "stage name", name, r.Stages[i].Origin, err))
			}
		}
	}
	if len(r.Settings) == 0 {
		gaps.Append(d.gaps.List())
		return nil
	}
	first := r.Settings[0]
	return &Failure{Origin: FromDeployment, Code: first.Code, Message: first.Message}
}

// uncreated are refusals of methods that the deployment does not take with it: a stack
// is not made without them either. Only whether a method without an integration keeps
// the deployment from being made depends on which of them comes first (T106).
func (w *routing) uncreated(d *deployment, gaps *snapshot.Gaps) []RefusedSetting {
	draft, ok := w.Route.API.Draft.Peek()
	if !ok || w.Snapshot.Target.Kind != snapshot.Template {
		return nil
	}
	var list []RefusedSetting
	for _, refused := range w.deployment(w.Route.API, &draft).refused {
		known := func(other RefusedSetting) bool {
			return other.Setting == refused.Setting && other.Name == refused.Name && (other.Method == nil || refused.Method == nil || MethodName(other.Method) == MethodName(refused.Method))
		}
		switch {
		case refused.Method == nil || slices.ContainsFunc(d.refused, known):
		case refused.Setting == IntegrationMissing:
			gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Origin: refused.Origin,
				Detail: "whether the deployment is made before the method " + MethodName(refused.Method) + ", which has no integration: the one does not wait for the other"})
		default:
			list = append(list, refused)
		}
	}
	return list
}

// deployment judges a configuration once.
func (e *Engine) deployment(api *snapshot.API, config *snapshot.Configuration) *deployment {
	key := identity(config)
	if d, ok := e.deployments[key]; ok && key != nil {
		return d
	}
	j := judge{Engine: e, api: api, config: config, deployment: &deployment{}}
	kindOf(api).judge(&j)
	e.deployments[key] = j.deployment
	return j.deployment
}

func (restAPI) judge(j *judge) {
	for i := range j.config.Methods {
		j.method(&j.config.Methods[i])
	}
	j.add(len(j.config.Methods) == 0, NoMethods, nil, "methods", "", j.api.Origin, rest.NoMethods)
	j.policy()
	for _, part := range j.pathParts(j.config.Routes) {
		j.add(true, PathPart, nil, "path part", part.text, j.api.Origin, part.err)
	}
}

// policy judges the resource policy of the API, which is stored or refused as a whole (T181).
func (j *judge) policy() {
	text, ok := j.api.Policy.Read(&j.gaps)
	if !ok || text == "" {
		return
	}
	policy, problems := j.Engine.policy(text)
	if policy != nil {
		problems = policy.Validate(iam.APIResource, j.opaque...)
	}
	for _, problem := range problems {
		if problem.Refused {
			j.add(true, APIPolicy, nil, "resource policy", problem.Message, j.api.Policy.Origin(), rest.BadPolicy)
			return
		}
	}
}

// pathPart is a part of a path that API Gateway refuses.
type pathPart struct {
	text string
	err  error
}

// pathParts are those that are refused of the paths of an API, judged once.
func (e *Engine) pathParts(paths []string) []pathPart {
	if len(paths) == 0 {
		return nil
	}
	refused, ok := e.parts[&paths[0]]
	if ok {
		return refused
	}
	seen := map[string]bool{}
	for _, path := range paths {
		for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
			if part == "" || seen[part] {
				continue
			}
			seen[part] = true
			if err := rest.CheckPathPart(part); err != nil && !e.isOpaque(part) {
				refused = append(refused, pathPart{part, err})
			}
		}
	}
	e.parts[&paths[0]] = refused
	return refused
}

// judge looks at the settings of one configuration.
type judge struct {
	*Engine
	*deployment
	api    *snapshot.API
	config *snapshot.Configuration
}

func refusal(s Setting, m *snapshot.Method, name, value string, at snapshot.Origin, err error) RefusedSetting {
	code := BadRequest
	message := err.Error()
	var refused *rest.Refusal
	var routed *http.Refusal
	switch {
	case errors.As(err, &refused):
		code = ErrorCode(refused.Code)
	case errors.As(err, &routed) && routed.Fault == http.NoSuchRoute:
		code = NotFound
	case errors.As(err, &routed) && !routed.Literal:
		message = routed.Reason // AWS's own words are not recorded
	}
	return RefusedSetting{Setting: s, Method: m, Name: name, Value: value, Code: code, Message: message, Origin: at}
}

// add notes a refusal if there is one.
func (j *judge) add(refused bool, s Setting, m *snapshot.Method, name, value string, at snapshot.Origin, err error) {
	if refused {
		j.refused = append(j.refused, refusal(s, m, name, value, at, err))
	}
}

// check judges a text, unless a part of it is not known before deployment.
func (j *judge) check(s Setting, m *snapshot.Method, name, value string, at snapshot.Origin, check func(string) error) {
	if j.isOpaque(value) {
		return
	}
	err := check(value)
	j.add(err != nil, s, m, name, value, at, err)
}

// fact judges a text that may not be known.
func (j *judge) fact(s Setting, m *snapshot.Method, name string, fact snapshot.Fact[string], check func(string) error) {
	if value, ok := fact.Read(&j.gaps); ok {
		j.check(s, m, name, value, fact.Origin(), check)
	}
}

func (j *judge) method(m *snapshot.Method) {
	j.check(HTTPMethod, m, "HTTP method", m.HTTPMethod, m.Origin, rest.CheckMethod)
	j.authorization(m)
	if id, ok := m.ValidatorID.Read(&j.gaps); ok && id != "" && !j.isOpaque(id) {
		_, there := j.config.Validators[id]
		j.add(!there, ValidatorSetting, m, "request validator", id, m.ValidatorID.Origin(), rest.NoValidator)
	}
	models, _ := m.RequestModels.Read(&j.gaps)
	for _, media := range slices.Sorted(maps.Keys(models)) {
		name := models[media]
		if _, there := j.config.Models[name]; !there && !rest.BuiltInModel(name) && !j.isOpaque(name) {
			j.add(true, ModelSetting, m, "request model", name, m.RequestModels.Origin(), rest.NoModel(name))
		}
	}
	responses, _ := m.Responses.Read(&j.gaps)
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		j.check(ResponseStatus, m, "status of a method response", status, responses[status].Origin, rest.CheckStatus)
	}
	if i, ok := m.Integration.Read(&j.gaps); ok {
		j.add(i == nil && !j.takenEarly(m), IntegrationMissing, m, "integration", "", m.Integration.Origin(), rest.Unintegrated)
		if i != nil {
			j.integration(m, i, responses)
		}
	}
}

// takenEarly tells a method that gets its integration after the deployment that does
// not wait for it: whether AWS refuses it depends on which comes first.
func (j *judge) takenEarly(m *snapshot.Method) bool {
	draft, ok := j.api.Draft.Read(&j.gaps)
	if !ok || identity(&draft) == identity(j.config) {
		return false
	}
	return slices.ContainsFunc(draft.Methods, func(d snapshot.Method) bool {
		integration, known := d.Integration.Read(&j.gaps)
		return d.HTTPMethod == m.HTTPMethod && d.Path == m.Path && known && integration != nil
	})
}

// edge tells an edge-optimized API, whose integrations have 29 s at most.
func (j *judge) edge() bool {
	types, ok := j.api.EndpointTypes.Read(&j.gaps)
	return ok && (len(types) == 0 || slices.Contains(types, "EDGE"))
}

func (j *judge) authorization(m *snapshot.Method) {
	kind, ok := m.Authorization.Read(&j.gaps)
	id, idKnown := m.AuthorizerID.Read(&j.gaps)
	if !ok || !idKnown || j.isOpaque(kind) {
		return
	}
	at := m.Authorization.Origin()
	if err := rest.CheckAuthorization(kind, id); err != nil {
		j.add(true, AuthorizationSetting, m, "authorization", kind, at, err)
	} else if _, there := j.config.Authorizers[id]; id != "" && kind != "NONE" && kind != "AWS_IAM" && !there && !j.isOpaque(id) {
		j.add(true, AuthorizationSetting, m, "authorizer", id, m.AuthorizerID.Origin(), rest.NoAuthorizer)
	}
}

func (j *judge) integration(m *snapshot.Method, i *snapshot.Integration, declared map[string]snapshot.MethodResponse) {
	j.fact(IntegrationType, m, "integration type", i.Type, rest.CheckIntegrationType)
	j.fact(PassthroughSetting, m, "passthrough behavior", i.Passthrough, rest.CheckPassthrough)
	j.fact(ContentHandlingSetting, m, "content handling", i.ContentHandling, rest.CheckContentHandling)
	if millis, ok := i.TimeoutMillis.Read(&j.gaps); ok {
		err := rest.CheckTimeout(millis, millis > rest.MaxTimeout && j.edge())
		j.add(err != nil, TimeoutSetting, m, "timeout in milliseconds", strconv.Itoa(millis), i.TimeoutMillis.Origin(), err)
	}
	j.endpoint(m, i)
	templates, _ := i.Templates.Read(&j.gaps)
	for _, key := range slices.Sorted(maps.Keys(templates)) {
		j.check(ContentTypeKey, m, "content type of a mapping template", key, templates[key].Origin(), rest.CheckContentType)
	}
	mappings, _ := i.RequestParameters.Read(&j.gaps)
	for _, name := range slices.Sorted(maps.Keys(mappings)) {
		if text, ok := mappings[name].Read(&j.gaps); ok {
			j.mapping(m, name, text, mappings[name].Origin())
		}
	}
	responses, _ := i.Responses.Read(&j.gaps)
	for _, response := range responses {
		j.check(ResponseStatus, m, "status of an integration response", response.Status, response.Origin, rest.CheckStatus)
		for _, key := range slices.Sorted(maps.Keys(response.Templates)) {
			j.check(ContentTypeKey, m, "content type of a response template", key, response.Origin, rest.CheckContentType)
		}
		for _, refused := range refusedReplies(&response, declared) {
			j.add(true, ReplyMapping, m, refused.Name, refused.Expression, refused.Origin, refused.Err)
		}
	}
}

// endpoint judges where the integration leads and who signs (T100, T103, T116).
func (j *judge) endpoint(m *snapshot.Method, i *snapshot.Integration) {
	kind, ok := i.Type.Peek()
	uri, uriKnown := i.URI.Read(&j.gaps)
	if kind = strings.ToUpper(kind); !ok || kind == "MOCK" || j.isOpaque(kind) {
		return
	}
	if method, ok := i.HTTPMethod.Read(&j.gaps); ok && !j.isOpaque(method) {
		switch {
		case method != "":
			j.check(IntegrationMethod, m, "integration HTTP method", method, i.HTTPMethod.Origin(), rest.CheckMethod)
		case kind != "AWS_PROXY": // T100 names the three others
			j.add(true, IntegrationMethod, m, "integration HTTP method", "", i.Origin, gateway.ErrNoMethod)
		}
	}
	credentials, known := i.Credentials.Read(&j.gaps)
	if known && credentials != "" && !isCallerCredentials(credentials) && !strings.HasPrefix(credentials, "arn:") && !strings.Contains(credentials, "${stageVariables.") && !j.isOpaque(credentials) {
		j.add(true, IntegrationRole, m, "credentials", credentials, i.Credentials.Origin(), gateway.ErrNotARN)
	}
	if !uriKnown || j.isOpaque(uri) && !strings.HasPrefix(uri, "arn:") || strings.Contains(uri, "${stageVariables.") {
		return
	}
	switch kind {
	case "HTTP", "HTTP_PROXY":
		valid := strings.HasPrefix(uri, "http://") || strings.HasPrefix(uri, "https://")
		j.add(!valid, IntegrationURI, m, "integration URI", uri, i.URI.Origin(), gateway.ErrHTTPURI)
	case "AWS", "AWS_PROXY":
		u, err := gateway.ParseURI(uri)
		switch {
		case err != nil:
			j.add(!j.isOpaque(uri), IntegrationURI, m, "integration URI", uri, i.URI.Origin(), err)
		case kind == "AWS_PROXY":
			j.add(u.Service != "lambda" && u.Service != "firehose" && !j.isOpaque(u.Service), IntegrationType, m, "integration type", kind, i.Type.Origin(), gateway.ErrProxyOnly)
		case u.Service != "lambda" && !j.isOpaque(u.Service):
			j.add(known && credentials == "", IntegrationRole, m, "credentials", "", i.Origin, gateway.ErrNoRole)
		}
	}
}

// mapping judges a request parameter mapping (T102).
func (j *judge) mapping(m *snapshot.Method, name, text string, at snapshot.Origin) {
	if j.isOpaque(text) || j.isOpaque(name) {
		return
	}
	_, err := rest.ParseDestination(name)
	var source rest.Expression
	if err == nil {
		source, err = rest.ParseExpression(text)
	}
	if err != nil {
		j.add(true, RequestMapping, m, name, text, at, err)
		return
	}
	if need := source.Declaration(); need != "" {
		if declared, ok := m.RequestParameters.Read(&j.gaps); ok {
			_, there := declared[need]
			j.add(!there, UndeclaredParameter, m, name, text, at, rest.Undeclared(text))
		}
	}
}
