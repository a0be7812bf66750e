package rules

import (
	"cmp"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeNotDeployed = diagnose.Rule{
	ID:       "route-not-deployed",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "the API has no deployed stage for this call",
	Doc: `Callers reach a stage, and a stage runs a deployment: a frozen copy of the methods. An API without a stage, a stage
without a deployment, or a call to a stage name that does not exist is answered with 403, mostly Forbidden (by an HTTP API with
404 Not Found, by a WebSocket API at the handshake), and nothing is ever sent to SQS. The console's Test button works all the same, because it runs the draft.

Repair: deploy the API to the stage, and call the stage by its name.`,
	Explains: []walk.ErrorCode{walk.Forbidden, walk.MissingAuthenticationToken, walk.NotFound},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html"},
	When:     hasAPI,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		stages, ok := r.API.Stages.Read(p.Gaps())
		if !ok {
			return
		}
		want := p.Trace.Request.Stage
		name, message := want, ""
		switch {
		case r.Stage == nil && len(stages) == 0:
			message = "the API has no stage"
			name = cmp.Or(name, "prod")
		case r.Stage == nil:
			message = fmt.Sprintf("the API has no stage %q", want)
		default:
			name = r.Stage.Name
			id, ok := r.Stage.DeploymentID.Read(p.Gaps())
			if !ok || id != "" || r.Stage.AutoDeploy {
				return
			}
			message = fmt.Sprintf("stage %q has no deployment", name)
		}
		failure := p.Failed(walk.StageRoute)
		if failure == nil || failure.Origin == walk.FromDeployment {
			return // what AWS refuses as a whole has no stages
		}
		f := diagnose.Finding{
			Message:  message,
			Why:      "A call reaches nothing but what a stage runs; the draft that the console tests is not reachable.",
			Evidence: []diagnose.Evidence{{Label: "stages", Value: stageNames(stages), Origin: r.API.Stages.Origin()}},
			Fixes:    deployFixes(p, name),
		}
		if r.Stage == nil && len(stages) > 0 {
			corrected := p.Trace.Request
			corrected.Stage = stages[0].Name
			f.Request = &corrected
		}
		p.ReportAs(f, failure)
	},
}

// deployFixes deploy the API to a stage. A template of an HTTP or WebSocket API lets
// the stage do it by itself: a deployment of its own would have to be made anew, and
// wait for all routes, with every change.
func deployFixes(p *diagnose.Pass, stage string) []diagnose.Fix {
	r := &p.Trace.Route
	if r.Stage != nil && r.API.Type != snapshot.REST && p.Snapshot.Target.Written() {
		return []diagnose.Fix{{Title: fmt.Sprintf("let stage %q deploy every change by itself", stage), Changes: []snapshot.Change{snapshot.SetAutoDeploy{API: r.API.ID, Stage: stage}}}}
	}
	return []diagnose.Fix{{Title: fmt.Sprintf("deploy the API to stage %q", stage), Changes: []snapshot.Change{snapshot.Deploy{API: r.API.ID, Stage: stage}}}}
}

func stageNames(stages []snapshot.Stage) string {
	if len(stages) == 0 {
		return "none"
	}
	names := make([]string, len(stages))
	for i := range stages {
		names[i] = stages[i].Name
	}
	return quoteAll(names)
}
