package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeStageConflict = diagnose.Rule{
	ID:       "route-stage-conflict",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "two things create one stage",
	Doc: `A deployment that names a stage creates that stage. A stage resource of the same name then meets one that exists
already, API Gateway answers "Stage already exists" (409 ConflictException), and the whole update is rolled back. The same
happens when two deployments or two stage resources use one name.

Repair: remove StageName from the deployment and leave the stage to the stage resource, or give them different names.`,
	Explains: []walk.ErrorCode{walk.Conflict, walk.AlreadyExists},
	Refs:     []string{"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html"},
	NoFix:    "which of the two is to make the stage is for the author to decide",
	When:     hasAPI,
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		if _, ok := r.API.Stages.Read(p.Gaps()); !ok || r.Conflict == "" {
			return
		}
		f := diagnose.Finding{
			Message: fmt.Sprintf("stage %q is created twice", r.Conflict),
			Why:     "The second creation is refused with \"Stage already exists\", so the configuration is never deployed.",
			Check:   diagnose.Say("remove StageName from the deployment, or the stage resource, and deploy the template again"),
		}
		made := r.API.StageOfDeployment(r.Conflict) // or of the API's own target
		if made != nil && made.Origin.Resource != r.API.Origin.Resource && p.Snapshot.Target.Kind != snapshot.Live {
			f.Fixes = []diagnose.Fix{p.Fix("leave the stage to its own resource: remove StageName from the deployment", snapshot.RemoveStageName{API: r.API.ID, Stage: r.Conflict})}
		}
		for i, label := range []string{"created here", "and again here"} {
			if i < len(r.Conflicting) {
				f.Evidence = append(f.Evidence, diagnose.Evidence{Label: label, Value: r.Conflict, Origin: r.Conflicting[i]})
			}
		}
		p.ReportAs(f, p.Failed(walk.StageRoute))
	},
}
