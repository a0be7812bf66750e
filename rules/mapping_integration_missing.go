package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var mappingIntegrationMissing = diagnose.Rule{
	ID:       "mapping-integration-missing",
	Stage:    walk.StageMapping,
	Severity: diagnose.Error,
	Title:    "the method has no integration",
	Doc: `An API one of whose methods has no integration cannot be deployed: CreateDeployment answers "No integration defined for
method". In infrastructure templates the same message comes up when the deployment does not wait for the method, so that it is
taken while the integration is still missing.

Repair: give the method an integration, and let the deployment depend on the method.`,
	Explains: []walk.ErrorCode{walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-method-settings.html"},
	NoFix:    "what the method is to call is known to its author only",
	Check: func(p *diagnose.Pass) {
		for _, refused := range p.Trace.Route.Settings {
			if refused.Setting == walk.IntegrationMissing {
				remove := p.Fix("remove the method "+p.Expression(walk.MethodName(refused.Method)),
					snapshot.RemoveMethod{On: snapshot.MethodRef{API: p.Method().API, Path: refused.Method.Path, Method: refused.Method.HTTPMethod}})
				remove.Choice = "give it an integration instead where it is meant to answer"
				p.Report(diagnose.Finding{
					Fixes:    []diagnose.Fix{remove},
					Codes:    []walk.ErrorCode{refused.Code},
					Message:  p.Expression(walk.MethodName(refused.Method)) + " has no integration",
					Why:      "AWS refuses to deploy an API with such a method, and with it the others: \"No integration defined for method\".",
					Evidence: []diagnose.Evidence{{Label: "integration of another method", Value: "none", Origin: refused.Origin}},
					Check:    diagnose.Say("deploy the API: AWS answers at once"),
				})
			}
		}
		m := p.Trace.Route.Method
		if m == nil {
			if p.Requires(walk.StageRoute) {
				p.NotApplicable()
			}
			return
		}
		integration, ok := m.Integration.Read(p.Gaps())
		if !ok || integration != nil || takenEarly(&p.Trace.Route) { // route-stale-deployment tells that
			return
		}
		p.ReportAs(diagnose.Finding{
			Message:  walk.MethodName(m) + " has no integration",
			Why:      "AWS refuses to deploy an API with such a method: \"No integration defined for method\".",
			Evidence: []diagnose.Evidence{{Label: "integration", Value: "none", Origin: m.Integration.Origin()}},
			Check:    diagnose.Say("deploy the API: AWS answers at once"),
		}, p.Failed(walk.StageMapping))
	},
}
