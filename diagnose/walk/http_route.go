package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/snapshot"
)

// httpAPI is an HTTP API.
type httpAPI struct{}

// chooseStage takes the stage that the request names. A call that names none
// goes to the stage of its first path segment or to the default stage (H60).
func (httpAPI) chooseStage(w *routing, stages []snapshot.Stage) int {
	if w.Request.Stage != "" {
		return w.namedStage(stages)
	}
	names := make([]string, len(stages))
	for i := range stages {
		names[i] = stages[i].Name
	}
	if name, rest, ok := http.ChooseStage(names, w.Request.Path); ok {
		w.Request.Path = rest
		return slices.Index(names, name)
	}
	return w.namedStage(stages) // the path leaves the stage out
}

// gatewayFailure makes a failure of one of API Gateway's own answers.
func gatewayFailure(a http.Answer, code ErrorCode) *Failure {
	return &Failure{Origin: FromAPIGateway, Status: a.Status, Statuses: a.Statuses, Code: code, Message: a.Message, Log: a.Log, Body: a.Body()}
}

func (httpAPI) undeployed() *Failure { return gatewayFailure(http.NotFound, NotFound) } // H60, H66

func (httpAPI) unmatched() *Failure { return gatewayFailure(http.NotFound, NotFound) } // H61

func (httpAPI) disabled() *Failure {
	f := gatewayFailure(http.EndpointDisabled, NotFound)
	f.Codes = []ErrorCode{NotFound, Forbidden}
	return f
}

func (httpAPI) named(w *routing) string { return restAPI{}.named(w) }

// find chooses the route (H61).
func (httpAPI) find(w *routing, config *snapshot.Configuration) found {
	req := &w.Request
	choice := w.routes(config).Choose(req.Method, req.Path)
	out := found{doubt: choice.Doubt}
	if choice.Index >= 0 {
		out.method, out.params = &config.Methods[choice.Index], choice.Params
		return out
	}
	for i := range config.Methods {
		m := &config.Methods[i]
		switch {
		case m.Path == "":
		case strings.EqualFold(m.HTTPMethod, req.Method):
			out.nearPaths = append(out.nearPaths, m.Path)
		case http.NewRoutes([]string{"ANY " + m.Path}).Choose(req.Method, req.Path).Index == 0:
			out.nearMethods = append(out.nearMethods, m.HTTPMethod)
		}
	}
	return out
}

// routes are the compiled routes of a configuration.
func (w *routing) routes(config *snapshot.Configuration) *http.Routes {
	key := identity(config)
	if routes, ok := w.httpRoutes[key]; ok && key != nil {
		return routes
	}
	keys := make([]string, len(config.Methods))
	for i := range config.Methods {
		keys[i] = MethodName(&config.Methods[i])
	}
	routes := http.NewRoutes(keys)
	w.httpRoutes[key] = routes
	return routes
}

// input is the request as an expression sees it.
func (w *routing) input() *selection.Input {
	r := &w.Request
	in := &selection.Input{Path: r.Path, PathVariables: w.Route.PathParams, Body: r.Body, StageVariables: w.Route.Variables,
		Headers: make([]selection.Pair, len(r.Headers)), Query: make([]selection.Pair, len(r.Query))}
	for i, h := range r.Headers {
		in.Headers[i] = selection.Pair(h)
	}
	for i, q := range r.Query {
		in.Query[i] = selection.Pair(q)
	}
	in.Context = w.contextOf().Lookup
	for _, h := range w.ownHeaders() {
		if _, sent := r.Header(h.Name); !sent {
			in.Headers = append(in.Headers, h)
		}
	}
	return in
}

// ownHeaders are those that API Gateway adds to every call, so that a source which
// reads one finds it (H27 has x-forwarded-proto in use).
func (w *routing) ownHeaders() []selection.Pair {
	values := w.contextOf()
	address, _ := values.Lookup("identity.sourceIp")
	domain, _ := values.Lookup("domainName")
	return []selection.Pair{{Name: "X-Forwarded-For", Value: address}, {Name: "X-Forwarded-Port", Value: "443"}, {Name: "X-Forwarded-Proto", Value: "https"},
		{Name: "Host", Value: domain}, {Name: "X-Amzn-Trace-Id", Value: "Root=1-5759e988-bd862e3fe1be46a994272793"}}
}

// context is not needed: an HTTP API has no templates.
func (httpAPI) context(*mapping) map[string]any { return nil }

func (httpAPI) unrecorded(string) bool { return false } // it has no templates

// contextOf are the values of $context: those that the configuration fixes are
// real, the others look like AWS's.
func (w *routing) contextOf() *http.ContextValues {
	r, req, target := w.Route, &w.Request, &w.Snapshot.Target
	c := &http.ContextValues{Account: target.Account, API: r.API.ID, Region: target.Region, Partition: target.Partition, Method: req.Method, Path: req.Path, RouteKey: MethodName(r.Method)}
	if r.Stage != nil {
		c.Stage = r.Stage.Name
	}
	if host, ok := req.Header("Host"); ok {
		c.Domain = host
	}
	c.UserAgent, _ = req.Header("User-Agent")
	c.UserAgent = cmp.Or(c.UserAgent, "apisqs-doctor")
	c.Authorization, _ = r.Method.Authorization.Peek()
	return c
}

// admit looks at what the route's authorization asks for. There are no API keys,
// resource policies and validators (H69).
func (httpAPI) admit(w *routing, gaps *snapshot.Gaps) (*Failure, string) {
	if f, said := w.oversized(gaps); f != nil {
		return f, said
	}
	if f, said := w.authorized(gaps); f != nil {
		return f, said
	}
	return w.blocked(gaps) // H112
}

// authorized looks for the credentials that the route asks for.
func (w *routing) authorized(gaps *snapshot.Gaps) (*Failure, string) {
	r := w.Route
	kind, ok := r.Method.Authorization.Read(gaps)
	if !ok {
		return nil, ""
	}
	w.doubtAuthorization(kind, gaps)
	rights := http.Authorization{Type: kind, Sources: w.identitySources(gaps)}
	admission := rights.Admit(w.input())
	if admission.Refused == nil {
		return nil, ""
	}
	lacks := admission.Lacks
	switch kind {
	case "AWS_IAM":
		lacks += " (the route's authorization is AWS_IAM)"
	default:
		lacks += " that the " + kind + " authorizer reads"
	}
	r.Lacks = append(r.Lacks, lacks)
	code := Unauthorized
	if admission.Refused.Status == http.Forbidden.Status {
		code = Forbidden
	}
	return gatewayFailure(*admission.Refused, code), "the call lacks " + lacks
}

// doubtAuthorization notes an authorization of which is not known what comes of it: AWS
// stores any word (H70), and an authorizer of another kind.
func (w *routing) doubtAuthorization(kind string, gaps *snapshot.Gaps) {
	m := w.Route.Method
	add := func(format string, args ...any) {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: fmt.Sprintf(format, args...), Origin: m.Authorization.Origin()})
	}
	wanted := map[string]string{"JWT": "JWT", "CUSTOM": "REQUEST"}[kind]
	if wanted == "" {
		if kind != "" && kind != "NONE" && kind != "AWS_IAM" && !w.isOpaque(kind) {
			add("AWS stores the authorization %s of the route; what it then asks of a caller is not documented", kind)
		}
		return
	}
	id, _ := m.AuthorizerID.Peek()
	if a, ok := w.Route.Configuration.Authorizers[id].Peek(); ok && a.Type != "" && !strings.EqualFold(a.Type, wanted) && !w.isOpaque(a.Type) {
		add("the route's authorization is %s and its authorizer is of the type %s; what comes of that is not documented", kind, a.Type)
	}
}

// identitySources are the sources that the route's authorizer reads; the header
// Authorization where the snapshot does not hold it.
func (w *routing) identitySources(gaps *snapshot.Gaps) []string {
	usual := []string{"$request.header.Authorization"}
	id, ok := w.Route.Method.AuthorizerID.Read(gaps)
	if !ok {
		return usual
	}
	fact, there := w.Route.Configuration.Authorizers[id]
	if !there {
		return usual
	}
	a, ok := fact.Read(gaps)
	switch {
	case !ok:
		return usual
	case a.IdentitySource == "" && a.Type == "REQUEST":
		return nil // the function is asked for every call
	case a.IdentitySource == "":
		return usual
	}
	return strings.Split(a.IdentitySource, ",")
}

// preflight answers a preflight request of browsers, where CORS is configured,
// before any route is looked at (H72).
func (httpAPI) preflight(w *routing, gaps *snapshot.Gaps) *Failure {
	headers := make([]selection.Pair, len(w.Request.Headers))
	for i, h := range w.Request.Headers {
		headers[i] = selection.Pair(h)
	}
	answer, ok := http.Preflight(w.Request.Method, headers)
	if !ok {
		return nil
	}
	if cors, known := w.Route.Configuration.CORS.Read(gaps); !known || cors == nil {
		return nil
	}
	return &Failure{Origin: FromAPIGateway, Status: answer.Status, Statuses: answer.Statuses}
}
