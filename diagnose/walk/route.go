package walk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/snapshot"
)

// route finds the stage and the method, and what stands between the caller and
// the integration: endpoint, resource policy, authorization, API key, validator.
func (w *routing) route() {
	step, gaps, r := w.step(StageRoute), &snapshot.Gaps{}, w.Route
	r.API = w.Snapshot.API(w.Request.API)
	if r.API == nil {
		step.unknown(gaps, "no API %q in the snapshot", w.Request.API)
		return
	}
	w.kind = kindOf(r.API)
	if refusal := w.refusal(); refusal != nil {
		defer step.fail(gaps, *refusal, "AWS refuses to deploy this: %s", refusal.Message)
	}
	for _, part := range w.Snapshot.Target.Unread {
		if part.Decides && (len(part.APIs) == 0 || slices.Contains(part.APIs, r.API.ID)) {
			gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: part.What, Origin: part.Origin})
		}
	}
	undomained, why := w.domain(gaps)
	failure, said := w.findStage(gaps)
	failure, said = firstOf(undomained, why, failure, said)
	defer func() {
		if f := w.kind.refused(w, gaps); f != nil {
			step.fail(gaps, *f, "AWS refuses to deploy this: %s", f.Message)
		} else if step.Status == Passed && gaps.Any() {
			step.Status, step.Gaps = Unknown, gaps.List()
		}
	}()
	if conflict := w.stageConflict(); conflict != nil {
		defer step.fail(gaps, *conflict, "AWS refuses to deploy this: two things create the stage %q", r.Conflict)
	}
	if r.Configuration == nil {
		w.finishRoute(step, gaps, failure, said)
		return
	}
	if r.Preflight = w.kind.preflight(w, gaps); r.Preflight != nil && failure == nil {
		step.pass(gaps, "the API answers preflight requests itself (CORS)")
		return
	}
	r.Preflight = nil
	r.DraftMethod = w.draftMethod()
	if !w.findMethod() {
		r.Differences = w.differences()
		failure, said = firstOf(failure, said, w.kind.unmatched(), fmt.Sprintf("no %s in the API", w.kind.named(w)))
		w.finishRoute(step, gaps, failure, said)
		return
	}
	r.Differences = w.differences()
	if r.Doubt != "" {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: r.Doubt, Origin: r.Method.Origin})
	}
	if failure == nil {
		failure, said = w.kind.admit(w, gaps)
	}
	w.finishRoute(step, gaps, failure, said)
}

// namedStage is the stage that the request names, or the first one; -1 for none.
func (w *routing) namedStage(stages []snapshot.Stage) int {
	for i := range stages {
		if w.Request.Stage == "" || stages[i].Name == w.Request.Stage {
			return i
		}
	}
	return -1
}

// stageConflict finds two stages of one name: a deployment that names its stage
// creates it, and so does a stage resource; the second of them is refused.
func (w *routing) stageConflict() *Failure {
	r := w.Route
	for i := range r.Stages {
		for j := range r.Stages[:i] {
			if r.Stages[i].Name != r.Stages[j].Name || r.Conflict != "" {
				continue
			}
			r.Conflict = r.Stages[i].Name
			r.Conflicting = []snapshot.Origin{r.Stages[j].Origin, r.Stages[i].Origin}
		}
	}
	if r.Conflict == "" {
		return nil
	}
	return &Failure{Origin: FromDeployment, Code: Conflict, Codes: []ErrorCode{Conflict, AlreadyExists}, Message: "Stage already exists"}
}

// Codes of a deployment that meets what is there already.
const (
	Conflict      ErrorCode = "ConflictException"      // API Gateway's own
	AlreadyExists ErrorCode = "AlreadyExistsException" // CloudFormation's word for it
)

func firstOf(f *Failure, said string, g *Failure, saidG string) (*Failure, string) {
	if f != nil {
		return f, said
	}
	return g, saidG
}

func (w *routing) finishRoute(step *Step, gaps *snapshot.Gaps, failure *Failure, said string) {
	r := w.Route
	switch {
	case failure != nil:
		step.fail(gaps, *failure, "%s", said)
	case r.Method == nil:
		step.unknown(gaps, "%s", said)
	default:
		what := "the draft"
		if r.Deployed {
			what = "the deployed configuration"
			if id, ok := r.Stage.DeploymentID.Peek(); ok && id != "" {
				what = "deployment " + id
			}
			if r.Stage.DeployedAt != "" {
				what += " of " + r.Stage.DeployedAt
			}
		}
		step.pass(gaps, "%s, %s", MethodName(r.Method), what)
	}
}

// MethodName is how reports name a method: "POST /orders", or a route key.
func MethodName(m *snapshot.Method) string {
	return cmp.Or(m.RouteKey, m.HTTPMethod+" "+m.Path)
}

// refusal is a fault for which the API would not be deployed at all.
func (w *routing) refusal() *Failure {
	r := w.Route
	for i := range w.Snapshot.Refusals {
		refusal := &w.Snapshot.Refusals[i]
		if len(refusal.APIs) == 0 || slices.Contains(refusal.APIs, r.API.ID) {
			r.Refused = append(r.Refused, refusal)
		}
	}
	if len(r.Refused) == 0 {
		return nil
	}
	return &Failure{Origin: FromDeployment, Code: ErrorCode(r.Refused[0].Code), Message: r.Refused[0].Message}
}

// findStage chooses the stage and the configuration to walk: the deployed one,
// or the draft where that is not known or does not exist.
func (w *routing) findStage(gaps *snapshot.Gaps) (failure *Failure, said string) {
	r := w.Route
	stages, known := r.API.Stages.Read(gaps)
	r.Stages = stages
	if i := w.kind.chooseStage(w, stages); i >= 0 {
		r.Stage = &stages[i]
	}
	draft, draftKnown := r.API.Draft.Peek()
	if r.Stage != nil {
		w.variables(gaps)
		id, idKnown := r.Stage.DeploymentID.Peek()
		undeployed := idKnown && id == "" && !r.Stage.AutoDeploy
		if deployed, ok := r.Stage.Deployed.Peek(); ok && !undeployed {
			r.Configuration, r.Deployed = &deployed, true
			return w.endpoint(gaps)
		} else if !undeployed {
			gaps.Add(r.Stage.Deployed.Gap())
		} else {
			failure, said = w.kind.undeployed(), fmt.Sprintf("stage %s has no deployment", r.Stage.Name)
		}
	} else if known {
		failure, said = w.kind.undeployed(), "the API has no stage"
		if w.Request.Stage != "" {
			said = fmt.Sprintf("the API has no stage %q", w.Request.Stage)
		}
		r.Variables = map[string]string{}
	}
	if draftKnown {
		r.Configuration = &draft
	} else {
		gaps.Add(r.API.Draft.Gap())
		said = "the API's methods are not known"
	}
	if failure == nil && r.Configuration != nil {
		return w.endpoint(gaps)
	}
	return failure, said
}

// variables reads the stage's variables, with the overrides of its canary for a
// call that the canary takes.
func (w *routing) variables(gaps *snapshot.Gaps) {
	r := w.Route
	canary, ok := r.Stage.Canary.Read(gaps)
	if ok && canary != nil && canary.Percent > 0 {
		r.Canary = canary
		if id, ok := r.Stage.DeploymentID.Peek(); ok && canary.DeploymentID != "" && canary.DeploymentID != id {
			gaps.Add(snapshot.Gap{Reason: snapshot.NotRead, Origin: r.Stage.Canary.Origin(),
				Detail: fmt.Sprintf("the canary's deployment %s, which takes %g%% of the calls", canary.DeploymentID, canary.Percent)})
		}
	}
	vars, ok := r.Stage.Variables.Peek()
	if !ok {
		return
	}
	r.Variables = map[string]string{}
	maps.Copy(r.Variables, vars)
	if r.Canary != nil && w.Request.Canary {
		maps.Copy(r.Variables, r.Canary.Variables)
	}
}

// endpoint refuses calls to a disabled default endpoint. A caller who names
// another host comes through a custom domain.
func (w *routing) endpoint(gaps *snapshot.Gaps) (*Failure, string) {
	disabled, ok := w.Route.API.DefaultEndpointDisabled.Read(gaps)
	host, hasHost := w.Request.Header("Host")
	if !ok || !disabled || hasHost && !strings.Contains(host, ".execute-api.") {
		return nil, ""
	}
	w.Route.EndpointRefused = true
	return w.kind.disabled(), "the default endpoint of the API is disabled"
}

// domain follows a call that comes by a custom domain name through its paths: the
// longest one that the call's path begins with names the stage. A path of no mapping
// is refused.
func (w *routing) domain(gaps *snapshot.Gaps) (*Failure, string) {
	host, custom := w.Request.Header("Host")
	host, _, _ = strings.Cut(host, ":")
	domains, known := w.Route.API.Domains.Peek()
	if gap := w.Route.API.Domains.Gap(); !known && gap.Reason != snapshot.NotRead && custom && !strings.Contains(host, ".execute-api.") {
		gaps.Add(gap) // where nobody asked, as in a template, the path is taken for that of the API
	}
	var best *snapshot.Domain
	named := false
	for i := range domains {
		d := &domains[i]
		if !strings.EqualFold(d.Name, host) {
			continue
		}
		named = true
		under := d.Path == "" || w.Request.Path == "/"+d.Path || strings.HasPrefix(w.Request.Path, "/"+d.Path+"/")
		if under && (best == nil || len(d.Path) > len(best.Path)) {
			best = d
		}
	}
	switch {
	case !named:
		return nil, ""
	case best == nil:
		return own(gateway.Forbidden), fmt.Sprintf("no path of the domain %s leads from %s to the API", host, w.Request.Path)
	}
	w.domained = true
	if best.Path != "" {
		w.Request.Path = "/" + strings.TrimPrefix(strings.TrimPrefix(w.Request.Path, "/"+best.Path), "/")
	}
	if best.Stage != "" {
		w.Request.Stage = best.Stage
	} else if stage, rest, ok := strings.Cut(strings.TrimPrefix(w.Request.Path, "/"), "/"); ok && w.Request.Stage == "" && !w.Route.API.Lacks(stage) && w.Route.API.Stages.IsKnown() {
		w.Request.Stage, w.Request.Path = stage, "/"+rest
	}
	return nil, ""
}

// asked is the request that a trace shows: as the client sends it.
func (w *routing) asked(r Request) Request {
	if w.domained {
		return r
	}
	return w.Request
}

// own makes a failure of one of API Gateway's own answers.
func own(o gateway.OwnResponse) *Failure {
	return &Failure{Origin: FromAPIGateway, Status: o.Status, Code: ErrorCode(o.ErrorType), Message: o.Message, Log: o.Log, Body: o.Body()}
}

// findMethod looks for the method of the request in the configuration that the
// walk follows.
func (w *routing) findMethod() bool {
	r := w.Route
	found := w.kind.find(w, r.Configuration)
	r.NearMethods, r.NearPaths, r.Doubt = found.nearMethods, found.nearPaths, found.doubt
	if found.method == nil {
		return false
	}
	r.Method, r.PathParams = found.method, found.params
	for name, value := range r.PathParams {
		// The resource's own path was given: the placeholder is the sample.
		if n := len(value); n > 2 && value[0] == '{' && value[n-1] == '}' {
			r.PathParams[name] = strings.TrimSuffix(value[1:n-1], "+")
		}
	}
	return true
}

// draftMethod is the method that the request would meet if the draft were
// deployed; nil when there is none or the draft is not known.
func (w *routing) draftMethod() *snapshot.Method {
	draft, ok := w.Route.API.Draft.Peek()
	if !ok {
		return nil
	}
	return w.kind.find(w, &draft).method
}

// found is the outcome of looking for a method.
type found struct {
	method                 *snapshot.Method
	params                 map[string]string
	nearMethods, nearPaths []string
	doubt                  string // why another method may take the call
}

// search looks for the method of the request: the most specific resource wins,
// and an exact HTTP method wins over ANY.
func (w *routing) search(config *snapshot.Configuration) found {
	req := &w.Request
	out, best := found{}, ""
	index := w.index(config)
	for _, i := range slices.Concat(index.exact[strings.Trim(req.Path, "/")], index.open) {
		m := &config.Methods[i]
		params, rank, ok := gateway.Match(m.Path, req.Path)
		if !ok {
			continue
		}
		switch {
		case strings.EqualFold(m.HTTPMethod, req.Method):
			rank += "1"
		case m.HTTPMethod != "ANY":
			out.nearMethods = append(out.nearMethods, m.HTTPMethod)
			continue
		}
		if out.method == nil || rank > best {
			out.method, out.params, best = m, params, rank
		}
	}
	for i := 0; i < len(config.Methods) && out.method == nil; i++ {
		if m := &config.Methods[i]; m.Path != "" && strings.EqualFold(m.HTTPMethod, req.Method) {
			out.nearPaths = append(out.nearPaths, m.Path)
		}
	}
	return out
}

// Fitting are the methods of a configuration that the path of the request fits.
func (e *Engine) Fitting(config *snapshot.Configuration, r *Request) []snapshot.Method {
	index := e.index(config)
	places := slices.Concat(index.exact[strings.Trim(r.Path, "/")], index.open)
	slices.Sort(places)
	list := []snapshot.Method{}
	for _, i := range places {
		m := &config.Methods[i]
		if _, _, ok := gateway.Match(m.Path, r.Path); ok || m.Path == "" || m.RouteKey != "" {
			list = append(list, *m)
		}
	}
	return list
}

// routeIndex finds the methods that a path may meet without looking at all of
// them, so that the time for an API grows with its methods and not with their square.
type routeIndex struct {
	exact map[string][]int // by path without its outer slashes
	open  []int            // paths with parameters, and routes without a path
}

func (e *Engine) index(config *snapshot.Configuration) *routeIndex {
	key := identity(config)
	if index, ok := e.indexes[key]; ok && key != nil {
		return index
	}
	index := &routeIndex{exact: map[string][]int{}}
	for i := range config.Methods {
		m := &config.Methods[i]
		if strings.Contains(m.Path, "{") {
			index.open = append(index.open, i)
			continue
		}
		path := strings.Trim(m.Path, "/")
		index.exact[path] = append(index.exact[path], i)
	}
	e.indexes[key] = index
	return index
}
