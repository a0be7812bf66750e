package live

import (
	"apisqs-doctor/diagnose/text"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// Simulation asks IAM's policy simulator about one call of a role.
type Simulation struct {
	Role           string // ARN
	Action         string // "sqs:SendMessage"
	Resource       string // ARN
	ResourcePolicy string // of the queue; empty when there is none
}

// Simulate asks SimulatePrincipalPolicy. allowed is IAM's answer, decision its
// word for it: allowed, explicitDeny or implicitDeny. The simulator knows neither
// trust policies nor grants, and conditions of organization policies make it deny
// what AWS allows, so its answer is a second opinion and no more.
func Simulate(ctx context.Context, cfg Settings, q Simulation) (allowed bool, decision string, err error) {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: aws.String(q.Role), ActionNames: []string{q.Action}, ResourceArns: []string{q.Resource}}
	if q.ResourcePolicy != "" {
		in.ResourcePolicy = aws.String(q.ResourcePolicy)
		in.ResourceOwner = aws.String("arn:aws:iam::" + text.AccountOf(q.Resource) + ":root")
		in.CallerArn = aws.String(q.Role)
	}
	out, err := iam.NewFromConfig(cfg).SimulatePrincipalPolicy(ctx, in)
	if err != nil {
		_, said := Judge(err)
		return false, "", errors.New(said)
	}
	for _, r := range out.EvaluationResults {
		return r.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed, string(r.EvalDecision), nil
	}
	return false, "no answer", nil
}
