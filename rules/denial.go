package rules

import (
	"fmt"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
)

// denial is an authorization that was refused, sorted by who has to change what.
type denial int

const (
	noDenial denial = iota
	byAction
	byResource
	byCondition
	byExplicitDeny
	byBoundary
	byOrganization
	byQueuePolicy
	byCrossAccount
)

// denialOf says which rule explains the refusal of the call to SQS.
func denialOf(d *walk.Decision) denial {
	if d == nil || d.Effect != walk.Denied {
		return noDenial
	}
	layer := d.Layer
	if d.Explicit && len(d.Statements) > 0 {
		layer = d.Statements[0].Layer
	}
	switch layer {
	case walk.LayerSCP, walk.LayerRCP:
		return byOrganization
	case walk.LayerBoundary:
		return byBoundary
	case walk.LayerQueuePolicy:
		if d.Explicit {
			return byQueuePolicy
		}
		return byCrossAccount
	case walk.LayerCrossAccount:
		return byCrossAccount
	}
	switch {
	case d.Explicit:
		return byExplicitDeny
	case d.Nearest == nil:
		return byAction
	}
	switch d.Nearest.Failed {
	case "resource":
		return byResource
	case "condition":
		return byCondition
	}
	return byAction
}

// decided tells whether the call to SQS is denied in this way.
func decided(kind denial) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool {
		return p.Judges(walk.StageAuthorization) && denialOf(p.Trace.Authorization.Decision) == kind
	}
}

// may says who may not do what on what.
func may(p *diagnose.Pass) string {
	a := &p.Trace.Authorization
	return fmt.Sprintf("role %s may not call %s on %s", lastPart(p.Trace.Signing.Credentials), a.Action, p.Expression(a.Resource))
}

const (
	refSQSPolicies = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-access-denied.html"
	refEvaluation  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
	refArticle     = "https://repost.aws/knowledge-center/api-gateway-rest-api-sqs-errors"
	refSQSKeys     = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
)

// whyDenied is what SQS does with a call that no policy allows (T8).
const whyDenied = "SQS answers 403 AccessDenied. Its text, \"Access to the resource ... is denied\", is the same for a form that it cannot read."
