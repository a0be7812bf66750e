package rules

import (
	"cmp"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

var routeCloudFrontOrigin = diagnose.Rule{
	ID:       "route-cloudfront-origin",
	Stage:    walk.StageRoute,
	Severity: diagnose.Warning,
	APIs:     restOnly,
	Title:    "calls through the CloudFront distribution do not reach the stage",
	Doc: `A distribution in front of the default endpoint calls https://API.execute-api.REGION.amazonaws.com followed by the origin path
and the viewer's path. The first part of that path is the stage: without /STAGE as the origin path the viewer's own path is taken for
one, and the answer is 403. API Gateway also finds the API by the Host header: a behavior that hands the viewer's Host on (the origin
request policy AllViewer, or forwarded headers with Host or *) makes every call 403 Forbidden. Calls to the endpoint itself work.

Repair: set the origin path to /STAGE, and use the policy AllViewerExceptHostHeader.`,
	Refs:  []string{"https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html"},
	NoFix: "the distribution is not part of the API; the finding says which value it needs",
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		if p.Awkward != "" {
			return
		}
		if r.API == nil || r.Stage == nil {
			if r.API == nil || len(r.API.CloudFront) > 0 {
				p.Requires(walk.StageRoute)
			}
			return
		}
		for _, front := range r.API.CloudFront {
			f := diagnose.Finding{Severity: diagnose.Warning, Why: "API Gateway answers 403 to such calls.",
				Check: diagnose.Say("call the method by the distribution's domain name")}
			if first, _, _ := strings.Cut(strings.Trim(front.Path, "/"), "/"); first == "" {
				f.Message = fmt.Sprintf("the distribution %s calls the API without a stage in the origin path", front.Distribution)
				f.Evidence = []diagnose.Evidence{{Label: "origin path", Value: cmp.Or(front.Path, "none"), Origin: front.Origin}, {Label: "stage", Value: r.Stage.Name, Origin: r.Stage.Origin}}
				p.Report(f)
			}
			if front.ViewerHost {
				f.Message = fmt.Sprintf("the distribution %s hands the viewer's Host header on to the API", front.Distribution)
				f.Evidence = []diagnose.Evidence{{Label: "behavior", Value: "Host is handed on", Origin: front.Origin}}
				p.Report(f)
			}
		}
	},
}
