package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeTemplateRefused = diagnose.Rule{
	ID:       "route-template-refused",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "CloudFormation refuses the template",
	Doc: `Some faults of a template belong to no property of a method: a reference to nothing, a condition that is not defined, a
mapping without the key, resources that wait for each other in a circle, an output that a nested stack does not have, two methods
or path parts of one name. CloudFormation refuses such a template as a whole. Nothing of it is deployed: callers reach what was deployed before, or
nothing.

Repair: what the message names, at the line of the evidence.

A transform that fails, such as that of SAM, answers with a text and no code; the route stage quotes it.`,
	Explains: []walk.ErrorCode{walk.Validation, walk.Conflict},
	Refs:     []string{"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"},
	NoFix:    "what the template was meant to say is not known",
	When:     hasAPI,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		for _, refusal := range r.Refused {
			if refusal.Code == "" {
				continue // a transform's own words, which the stage quotes
			}
			p.ReportAs(diagnose.Finding{
				Message:  p.Expression(refusal.Message),
				Why:      "The template is refused as a whole, so that nothing of it is deployed.",
				Evidence: []diagnose.Evidence{{Label: "refused", Origin: refusal.Origin}},
				Fixes:    ownDeployment(p, refusal),
				Check:    diagnose.Say("validate the template again, or deploy it without executing the change set"),
			}, p.Failed(walk.StageRoute))
		}
		if len(r.Refused) == 0 {
			r.API.Draft.Read(p.Gaps()) // of what was not resolved nobody knows
		}
	},
}

// ownDeployment takes the deployment that a stage runs from the API of the stage,
// where the template takes it from another one.
func ownDeployment(p *diagnose.Pass, refusal *snapshot.Refusal) []diagnose.Fix {
	api := p.Trace.Route.API
	stages, _ := api.Stages.Peek()
	for i := range stages {
		if stages[i].DeployedElsewhere(refusal) {
			return []diagnose.Fix{p.Fix("let the deployment be one of "+p.Expression(api.Name), snapshot.SetDeploymentAPI{API: api.ID, Stage: stages[i].Name})}
		}
	}
	return nil
}
