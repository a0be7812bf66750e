package rules

import (
	"encoding/json"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

var authorizationPolicyMalformed = diagnose.Rule{
	ID:       "authorization-policy-malformed",
	Stage:    walk.StageAuthorization,
	Severity: diagnose.Error,
	Title:    "a policy text that AWS refuses to store",
	Doc: `IAM and SQS check a policy when it is stored. A queue URL as Resource, an unknown Version, a missing Principal in a
queue policy or a Principal in a role's policy are refused with MalformedPolicyDocument, and the stack is rolled back. The
Ref of a queue is its URL; policies need its ARN, which is GetAtt QUEUE.Arn.`,
	Explains: []walk.ErrorCode{walk.MalformedPolicy},
	Refs:     []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html", "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html"},
	Check: func(p *diagnose.Pass) {
		if !p.Reached() {
			p.NotApplicable()
			return
		}
		if !p.Requires(walk.StageAuthorization) {
			return
		}
		for _, bad := range p.Trace.Authorization.Malformed {
			p.ReportAs(diagnose.Finding{
				Message:  fmt.Sprintf("%s: %s", bad.Document.Name, p.Expression(bad.Problem.String())),
				Why:      "AWS refuses to store the policy, so that the role or queue is never made.",
				Evidence: []diagnose.Evidence{{Label: "policy", Value: bad.Document.Name, Origin: bad.Origin}},
				Fixes:    repairStatement(p, bad),
			}, p.Failed(walk.StageAuthorization))
		}
	},
}

// repairStatement puts ARNs in the place of queue URLs, which is the one fault
// whose repair is certain.
func repairStatement(p *diagnose.Pass, bad walk.BadPolicy) []diagnose.Fix {
	on, text, ok := target(p, walk.Match{Layer: walk.LayerIdentity, Document: bad.Document.Name, Statement: bad.Problem.Statement})
	if !ok {
		on, text, ok = target(p, walk.Match{Layer: walk.LayerQueuePolicy, Statement: bad.Problem.Statement})
	}
	var statement map[string]any
	if !ok || json.Unmarshal([]byte(text), &statement) != nil {
		return nil
	}
	fixed, changed := arnsForURLs(statement["Resource"])
	if !changed {
		return nil
	}
	statement["Resource"] = fixed
	return []diagnose.Fix{p.Fix("name the queue by its ARN", snapshot.SetStatement{On: on, Index: bad.Problem.Statement, Before: text, After: compact(statement)})}
}

func arnsForURLs(v any) (any, bool) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "http") {
			if arn := diagnose.QueueARN(v); arn != "" {
				return arn, true
			}
		}
	case []any:
		changed := false
		for i := range v {
			item, c := arnsForURLs(v[i])
			v[i], changed = item, changed || c
		}
		return v, changed
	}
	return v, false
}
