package cli

import (
	"context"
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live"
	"apisqs-doctor/diagnose/walk"
)

// verifyIAM asks IAM's policy simulator about each decision on a call to SQS and
// says beside it whether the simulator agrees. The local decision stands: the
// simulator judges conditions of organization policies wrongly, and knows no
// trust policies and no grants.
func (a *app) verifyIAM(ctx context.Context, t *targetFlags, s *snapshot.Snapshot, e *diagnose.Examination) error {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	cfg, err := t.settings(ctx)
	if err != nil {
		return err
	}
	asked := map[live.Simulation]string{}
	for i := range e.Diagnoses {
		trace := e.Diagnoses[i].Trace
		d := trace.Authorization.Decision
		if d == nil || trace.Signing.Role == nil {
			continue
		}
		q := live.Simulation{Role: trace.Signing.Role.ARN, Action: trace.Authorization.Action, Resource: trace.Authorization.Resource, ResourcePolicy: queuePolicy(s, trace.Authorization.Resource)}
		opinion, ok := asked[q]
		if !ok {
			opinion = secondOpinion(ctx, cfg, q, d)
			asked[q] = opinion
		}
		said := &trace.Step(walk.StageAuthorization).Said
		*said += "; " + opinion
		if trace.Route.API.Type == snapshot.HTTP { // H69
			*said += "; of an HTTP API only the access log shows a real refusal ($context.integrationErrorMessage): it has no test invocation and no execution log"
		}
	}
	return nil
}

func queuePolicy(s *snapshot.Snapshot, arn string) string {
	queue, ok := s.Queue(arn).Peek()
	if !ok || queue == nil {
		return ""
	}
	text, _ := queue.Policy.Peek()
	return text
}

// secondOpinion puts the simulator's answer beside the local decision.
func secondOpinion(ctx context.Context, cfg live.Settings, q live.Simulation, d *walk.Decision) string {
	allowed, decision, err := live.Simulate(ctx, cfg, q)
	switch {
	case err != nil:
		return "IAM's simulator was not asked: " + oneLine(err.Error()) + " (needs iam:SimulatePrincipalPolicy on " + q.Role + ")"
	case d.Effect == walk.Undecided:
		return fmt.Sprintf("IAM's simulator says %s", decision)
	case allowed == (d.Effect == walk.Allowed):
		return fmt.Sprintf("IAM's simulator agrees (%s)", decision)
	}
	return fmt.Sprintf("IAM's simulator DISAGREES (%s)", decision)
}
