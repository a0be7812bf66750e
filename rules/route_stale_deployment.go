package rules

import (
	"fmt"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var routeStaleDeployment = diagnose.Rule{
	ID:       "route-stale-deployment",
	Stage:    walk.StageRoute,
	Severity: diagnose.Error,
	Title:    "the stage runs an older configuration than the draft",
	Doc: `Changes of methods and integrations go to the draft. The stage keeps running the copy that its deployment froze, until
the API is deployed again; even then some first calls can be served by the old copy. The console's Test runs the draft, so it
shows success while callers still get the old error, or 403 Missing Authentication Token for a method that only the draft has.
In infrastructure templates a deployment is taken once: it has to be replaced (a new logical id, a redeployment trigger) and
has to wait for the methods and their integrations: one that is made earlier is refused.

A stage of an HTTP or WebSocket API can deploy every change by itself. When such a deployment fails, the one before stays live,
and the stage's LastDeploymentStatusMessage says why; a deployment that is made by hand for it fails too.

The finding tells which way it lies: the draft repairs what the stage gets wrong (deploy), or the draft would break what the
stage gets right (do not deploy).`,
	Explains: []walk.ErrorCode{walk.MissingAuthenticationToken, walk.NotFound, walk.UnknownOperation, walk.AccessDenied, walk.BadRequest},
	Refs:     []string{"https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html"},
	Check: func(p *diagnose.Pass) {
		r := &p.Trace.Route
		if r.API == nil || r.Stage == nil || !r.Deployed {
			if p.Requires(walk.StageRoute) {
				p.NotApplicable()
			}
			return
		}
		if _, ok := r.API.Draft.Read(p.Gaps()); !ok || p.Awkward != "" {
			return
		}
		var evidence []diagnose.Evidence
		for _, d := range r.Differences {
			if d.SameMethod {
				evidence = append(evidence, differenceEvidence(d))
			}
		}
		failed := failedDeployment(p)
		if len(r.Uncompared) > 0 {
			reportFailedDeployment(p, failed)
			p.Gaps().Add(snapshot.Gap{Reason: snapshot.NotRead, Detail: "in the draft: " + strings.Join(r.Uncompared, ", "), Origin: r.DraftMethod.Origin})
			return
		}
		if len(evidence) == 0 {
			unfollowed(p)
			reportFailedDeployment(p, failed)
			return
		}
		drafted := p.Drafted()
		if drafted == nil {
			return
		}
		now, then := p.Trace.FirstFailure(), drafted.FirstFailure()
		f := diagnose.Finding{Evidence: evidence, Fixes: []diagnose.Fix{p.Fix(fmt.Sprintf("deploy the draft to stage %q", r.Stage.Name), p.Deploy())}}
		if failed != nil {
			f.Evidence = append([]diagnose.Evidence{*failed}, f.Evidence...)
		}
		if r.Stage.AutoDeploy && r.API.Type != snapshot.REST {
			f.Fixes = nil // a deployment made for it fails; what the message names has to be mended, and that deploys
		}
		switch {
		case takenEarly(r):
			f.Message = fmt.Sprintf("the deployment of stage %q does not wait for the integration of %s", r.Stage.Name, walk.MethodName(r.Method))
			f.Why = "Nothing orders the two: the deployment can be made as soon as the method is there, and AWS answers \"No integration defined for method\". When all else is there, a second try succeeds."
			f.Evidence = []diagnose.Evidence{{Label: "integration when the deployment is made", Value: "none", Origin: r.Method.Integration.Origin()}}
			for i := range f.Fixes {
				f.Fixes[i].Title = "let the deployment wait for the integration"
			}
			f.Fixes = awaiting(p, r.DraftMethod, f.Fixes)
			p.ReportAs(f, p.Failed(walk.StageMapping))
		case r.Method == nil && r.DraftMethod != nil:
			f.Message = fmt.Sprintf("%s stands in the draft, but stage %q does not run it", walk.MethodName(r.DraftMethod), r.Stage.Name)
			f.Why = "The stage answers as if the method did not exist, because its deployment is older than the method or did not wait for it."
			f.Fixes = awaiting(p, r.DraftMethod, f.Fixes)
			p.ReportAs(f, p.Failed(walk.StageRoute))
		case r.DraftMethod == nil || now == nil && then != nil:
			f.Severity, f.Fixes = diagnose.Warning, nil
			f.Message = fmt.Sprintf("the draft would break what stage %q runs: do not deploy it", r.Stage.Name)
			f.Why = "Whoever deploys next, for whatever reason, makes the draft live."
			if then != nil {
				f.Why += fmt.Sprintf(" The call would then fail at the %s stage with %s.", then.Stage, then.Failure.Code)
			}
			p.Report(f)
		case now != nil && (then == nil || then.Later(now)):
			f.Message = fmt.Sprintf("stage %q runs an older configuration; the draft repairs the %s stage and is not deployed", r.Stage.Name, now.Stage)
			f.Why = "Callers get what the stage runs, not what the console shows and tests."
			p.ReportAs(f, now.Failure)
		case failed != nil:
			reportFailedDeployment(p, failed)
		default:
			f.Severity = diagnose.Note
			f.Message = fmt.Sprintf("the draft of this method differs from what stage %q runs", r.Stage.Name)
			f.Why = "The next deployment changes this method; for this call it makes no difference."
			p.Report(f)
		}
	},
}

// unfollowed warns of a deployment that works the first time and does not take a
// later change of the integration (I22).
func unfollowed(p *diagnose.Pass) {
	in := p.Trace.Mapping.Integration
	if in == nil || !slices.Contains(p.Trace.Route.Stage.Unfollowed, in.Origin.Resource) {
		return
	}
	origin := p.Trace.Route.Stage.Deployed.Origin()
	p.Report(diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("a change of the integration of %s would not be deployed to stage %q", walk.MethodName(p.Trace.Route.Method), p.Trace.Route.Stage.Name),
		Why:      "The first apply deploys what is there. A later one changes the integration and leaves the deployment as it is, for none of its triggers follows the integration; an id does not change with what it names.",
		Evidence: []diagnose.Evidence{{Label: "triggers of the deployment", Value: "nothing of " + in.Origin.Resource, Origin: origin}},
		Fixes:    []diagnose.Fix{p.Fix("let the triggers of the deployment follow the integration of "+walk.MethodName(p.Trace.Route.Method), p.Deploy())},
		Check:    diagnose.Say("after a change, terraform plan has to replace the deployment"),
	})
}

// awaiting puts, where a file describes the deployment, what lets it wait for the
// method in the place of the deployment: taken as it is, it would miss the method again.
func awaiting(p *diagnose.Pass, m *snapshot.Method, deploy []diagnose.Fix) []diagnose.Fix {
	r := &p.Trace.Route
	if !p.Snapshot.Target.Written() {
		return deploy
	}
	for _, refusal := range r.Refused {
		if r.Stage.DeployedElsewhere(refusal) {
			return ownDeployment(p, refusal)
		}
	}
	return []diagnose.Fix{p.Fix("let the deployment wait for the integration of "+walk.MethodName(m), snapshot.AwaitMethods{API: r.API.ID, Stage: r.Stage.Name,
		On: []snapshot.MethodRef{{API: r.API.ID, Path: m.Path, Method: m.HTTPMethod}}}, p.Deploy())}
}

// failedDeployment is what AWS says of the last deployment of a stage that deploys by
// itself, where that failed: the one before stays live (H65).
func failedDeployment(p *diagnose.Pass) *diagnose.Evidence {
	st := p.Trace.Route.Stage
	if !st.AutoDeploy || p.Trace.Route.API.Type == snapshot.REST || p.Snapshot.Target.Written() {
		return nil
	}
	message, ok := st.LastDeploymentMessage.Read(p.Gaps())
	if !ok || message == "" || strings.HasPrefix(message, "Successfully") {
		return nil
	}
	return &diagnose.Evidence{Label: "last deployment of stage " + st.Name, Value: message, Origin: st.LastDeploymentMessage.Origin()}
}

// reportFailedDeployment reports it where it changes nothing of this method.
func reportFailedDeployment(p *diagnose.Pass, failed *diagnose.Evidence) {
	if failed == nil {
		return
	}
	p.Report(diagnose.Finding{
		Severity: diagnose.Warning,
		Message:  fmt.Sprintf("stage %q deploys by itself, and its last deployment failed", p.Trace.Route.Stage.Name),
		Why:      "The stage goes on with the deployment before; no change of the API reaches callers until one succeeds.",
		Evidence: []diagnose.Evidence{*failed},
		Check:    diagnose.Say("mend what the message names: the next change of a route or an integration deploys again"),
	})
}

// takenEarly tells whether the deployed method lacks the integration that the
// draft has: the deployment does not wait for it.
func takenEarly(r *walk.Route) bool {
	if r.Method == nil || r.DraftMethod == nil {
		return false
	}
	deployed, known := r.Method.Integration.Peek()
	drafted, _ := r.DraftMethod.Integration.Peek()
	return known && deployed == nil && drafted != nil
}

func differenceEvidence(d walk.Difference) diagnose.Evidence {
	label := "method " + d.Method
	if d.Field != "" {
		label = d.Field
	}
	return diagnose.Evidence{Label: label, Value: fmt.Sprintf("deployed %q, draft %q", brief(d.Deployed), brief(d.Draft)), Origin: d.Origin}
}

func brief(s string) string { return excerpt([]byte(strings.Join(strings.Fields(s), " "))) }
