package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeEndpointDisabled = diagnose.Rule{
	ID:       "route-endpoint-disabled",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "the default endpoint of the API is disabled",
	Doc: `An API whose setting disableExecuteApiEndpoint is true answers 403 Forbidden to every call to its default address
(ID.execute-api.REGION.amazonaws.com). Only calls through a custom domain name get through. This is often intended; then
the caller uses the wrong address.

Repair: call the custom domain name, or enable the default endpoint (update-rest-api with
op=replace,path=/disableExecuteApiEndpoint,value=False) and deploy the API again.`,
	Explains: []walk.ErrorCode{walk.Forbidden, walk.NotFound},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html"},
	When:     hasAPI,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		disabled, ok := r.API.DefaultEndpointDisabled.Read(p.Gaps())
		if !ok || !disabled {
			return
		}
		f := diagnose.Finding{
			Message:  "the call goes to the default endpoint, which the API has disabled",
			Why:      "API Gateway refuses calls of a disabled default endpoint before it looks at the method.",
			Evidence: []diagnose.Evidence{{Label: "disableExecuteApiEndpoint", Value: "true", Origin: r.API.DefaultEndpointDisabled.Origin()}},
			Check:    diagnose.AWS("apigateway", "get-rest-api", "--rest-api-id", r.API.ID, "--query", "disableExecuteApiEndpoint"),
		}
		fix := p.Fix("enable the default endpoint of the API, which is disabled", snapshot.SetDefaultEndpoint{API: r.API.ID})
		fix.Choice = "it was disabled so that callers use the custom domain name, which may be meant here too"
		f.Fixes = []diagnose.Fix{fix}
		if failure := p.Failed(walk.StageRoute); failure != nil && r.EndpointRefused {
			p.ReportAs(f, failure)
		}
	},
}
