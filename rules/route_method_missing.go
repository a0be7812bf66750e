package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text"
	"apisqs-doctor/diagnose/walk"
)

var routeMethodMissing = diagnose.Rule{
	ID:       "route-method-missing",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "the API has no such path or method",
	Doc: `A REST API answers a path or an HTTP method that it does not have with 403 and "Missing Authentication Token", which
sounds like a fault of credentials and is none. An HTTP API answers 404 "Not Found". A WebSocket API answers a
frame that no route takes, where there is no route $default, with a frame "Forbidden". Usual reasons: the stage name is missing
from or doubled in the address, GET instead of POST (a browser), another spelling or case of the path, or the trailing part of
a path for which the resource has no parameter.

Repair: call one of the methods that the API has, or add the method and deploy.`,
	Explains: []walk.ErrorCode{walk.MissingAuthenticationToken, walk.NotFound, walk.Forbidden},
	Refs:     []string{"https://repost.aws/knowledge-center/api-gateway-authentication-token-errors"},
	NoFix:    "the call is at fault, or a method is missing whose integration only the owner knows",
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		if r.Method != nil || p.Awkward != "" {
			return // what goes nowhere is refused loudly
		}
		failure := p.Failed(walk.StageRoute)
		if failure == nil || r.Configuration == nil {
			p.Requires(walk.StageRoute)
			return
		}
		if !slices.Contains([]walk.ErrorCode{walk.MissingAuthenticationToken, walk.NotFound, walk.Forbidden}, failure.Code) {
			return
		}
		if r.Deployed && r.DraftMethod != nil {
			return // route-stale-deployment
		}
		req := p.Trace.Request
		f := diagnose.Finding{
			Message:  fmt.Sprintf("the API has no %s %s", req.Method, req.Path),
			Why:      fmt.Sprintf("API Gateway answers %d %q to a path or method that the stage does not have.", failure.Status, failure.Message),
			Evidence: []diagnose.Evidence{{Label: "methods of the stage", Value: methodList(p), Origin: r.API.Origin}},
			Check:    diagnose.NoCheck,
		}
		if frames(p) {
			expression, _ := r.API.RouteSelection.Read(p.Gaps())
			f.Message = "no route takes the frame, and the API has no route $default"
			f.Why = fmt.Sprintf("The route selection expression is %s. A frame that no route takes is answered by an error frame, %q.", p.Expression(expression), failure.Message)
			f.Evidence[0].Label = "routes of the stage"
		}
		if near, ok := nearestCall(p); ok {
			f.Request = &near
			f.Check = p.Curl(near)
		}
		p.ReportAs(f, failure)
	},
}

// methodList names the methods that the configuration has. Of many it names those
// that are nearest to the call.
func methodList(p *diagnose.Pass) string {
	const most = 12
	var names []string
	for i := range p.Trace.Route.Configuration.Methods {
		names = append(names, walk.MethodName(&p.Trace.Route.Configuration.Methods[i]))
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "none"
	}
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	called, distance := p.Trace.Request.Method+" "+p.Trace.Request.Path, map[string]int{}
	for _, name := range names {
		distance[name] = text.Distance(called, name)
	}
	slices.SortStableFunc(names, func(a, b string) int { return distance[a] - distance[b] })
	return fmt.Sprintf("%s (the nearest of %d)", strings.Join(names[:most], ", "), len(names))
}

// nearestCall is the call that was probably meant: the same path by another
// method, the path without the stage's name, or the same method on the path that
// differs least.
func nearestCall(p *diagnose.Pass) (walk.Request, bool) {
	r, req := &p.Trace.Route, p.Trace.Request
	if len(r.NearMethods) > 0 {
		req.Method = r.NearMethods[0]
		if req.Body == "" && (req.Method == "POST" || req.Method == "PUT" || req.Method == "PATCH") {
			sample := diagnose.Plain(req.Method, req.Path)
			req.Body = sample.Body
			req = req.WithHeader("Content-Type", "application/json")
		}
		return req, true
	}
	if r.Stage != nil {
		if rest, ok := strings.CutPrefix(req.Path, "/"+r.Stage.Name+"/"); ok && p.Walk(withPath(req, "/"+rest)).Route.Method != nil {
			return withPath(req, "/"+rest), true
		}
	}
	if frames(p) {
		return walk.Request{}, false // the frame chooses its route
	}
	best, least := "", 4
	for _, path := range r.NearPaths {
		if d := text.Distance(strings.ToLower(path), strings.ToLower(req.Path)); d < least {
			best, least = path, d
		}
	}
	if best == "" && len(r.NearPaths) == 1 {
		best = r.NearPaths[0]
	}
	return withPath(req, best), best != ""
}

func withPath(r walk.Request, path string) walk.Request {
	r.Path = path
	return r
}
