package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeBlocked = diagnose.Rule{
	ID:       "route-blocked",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	APIs:     []snapshot.APIType{snapshot.REST, snapshot.HTTP},
	Title:    "a setting of the stage refuses every call",
	Doc: `Some settings refuse calls whatever the caller sends: a throttling rate or burst of 0 in the method settings of the stage or
in a usage plan (429 Too Many Requests), a quota of 0 (429 Limit Exceeded), and a web ACL that blocks by default and has no rule that
allows (403 Forbidden). They are used to switch an API off, and stay behind. For HTTP APIs Terraform sets both limits to 0 where
a default_route_settings or route_settings block of aws_apigatewayv2_stage does not name them.

Repair: raise the limit, or let a rule of the web ACL allow the calls. Neither needs a deployment.`,
	Explains: []walk.ErrorCode{walk.TooManyRequests, walk.LimitExceeded, walk.Forbidden},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html",
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html",
	},
	NoFix: "which limit is right, and which calls a web ACL should let through, is known to the owner only",
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		if r.Stage == nil || r.Method == nil {
			p.Requires(walk.StageRoute)
			return
		}
		if r.Blocked == "" {
			return
		}
		p.ReportAs(diagnose.Finding{
			Message:  r.Blocked + unsetLimits(p),
			Why:      "API Gateway refuses the call before it looks at the integration.",
			Evidence: []diagnose.Evidence{{Label: "setting", Value: r.Blocked, Origin: r.BlockedAt}},
		}, p.Failed(walk.StageRoute))
	},
}

// unsetLimits tells of limits that nobody wrote down: I25.
func unsetLimits(p *diagnose.Pass) string {
	if p.Snapshot.Target.Kind != snapshot.Terraform || p.Trace.Route.Method.RouteKey == "" {
		return ""
	}
	return ", which Terraform sets for a limit that the settings block of the stage leaves out"
}
