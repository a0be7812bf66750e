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
	Doc: `IAM, SQS and KMS check a policy when it is stored. A queue URL as Resource, an unknown Version, a missing Principal in a
queue or key policy, a Principal in a role's policy, a Sid with blanks or hyphens in a role's policy, a queue policy with more
than seven actions in a statement: the policy is refused, and the stack is rolled back with all that it holds. IAM answers
MalformedPolicyDocument, KMS MalformedPolicyDocumentException, SQS InvalidAttributeValue with no more than "Invalid value for the
parameter Policy.". Names count as well: a role's has at most 64 characters, an inline policy must have one (ValidationError), and
only the ARN of a policy can be attached (InvalidInput).

The Ref of a queue is its URL; policies need its ARN, which is GetAtt QUEUE.Arn.`,
	Explains: []walk.ErrorCode{walk.MalformedPolicy, walk.MalformedKeyPolicy, walk.InvalidAttribute, walk.Validation, walk.InvalidInput},
	Refs:     []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html", "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-overview-of-managing-access.html"},
	When:     all(reached, requires(walk.StageAuthorization)),
	Check: func(p *diagnose.Pass) {
		for _, bad := range p.Trace.Authorization.Malformed {
			f := diagnose.Finding{
				Codes:    []walk.ErrorCode{walk.ErrorCode(bad.Problem.Code)},
				Message:  fmt.Sprintf("%s: %s", p.Expression(bad.Document.Name), p.Expression(bad.Problem.String())),
				Why:      "AWS refuses to store the policy, so that the role or queue is never made.",
				Evidence: []diagnose.Evidence{{Label: "policy", Value: p.Expression(bad.Document.Name), Origin: bad.Origin}},
				Fixes:    repairStatement(p, bad),
				Check:    diagnose.NoCheck,
			}
			if bad.Other {
				f.Message = p.Expression(lastPart(bad.Owner)) + ", " + f.Message
				f.Why = "AWS refuses to store the policy; what is created together with it, this API too, is rolled back."
			}
			p.Report(f)
		}
	},
}

// repairStatement puts ARNs in the place of queue URLs and takes out of a Sid what it
// may not hold: the faults whose repair is certain.
func repairStatement(p *diagnose.Pass, bad walk.BadPolicy) []diagnose.Fix {
	if policy := bad.Document.Policy; bad.Problem.Statement == 0 && policy != nil && policy.Version != "" && !strings.HasSuffix(policy.Version, "-10-17") {
		return policyVersion(p, bad.Target(), policy.Version)
	}
	if bad.Other || bad.Problem.Statement == 0 {
		return nil
	}
	on, text, ok := target(p, walk.Match{Layer: walk.LayerIdentity, Document: bad.Document.Name, Statement: bad.Problem.Statement})
	if !ok {
		on, text, ok = target(p, walk.Match{Layer: walk.LayerQueuePolicy, Statement: bad.Problem.Statement})
	}
	var statement map[string]any
	if !ok || json.Unmarshal([]byte(text), &statement) != nil {
		return nil
	}
	title := fmt.Sprintf("write the ARN of the queue in place of its URL in statement %d of policy %s", bad.Problem.Statement, p.Expression(bad.Document.Name))
	fixed, changed := arnsForURLs(statement["Resource"])
	if changed {
		statement["Resource"] = fixed
	} else if sid := strings.Map(alphanumeric, bad.Problem.Sid); sid != bad.Problem.Sid {
		title, statement["Sid"] = fmt.Sprintf("write the Sid %q as %q: letters and digits alone", bad.Problem.Sid, sid), sid
	} else {
		return nil
	}
	return []diagnose.Fix{p.Fix(title, snapshot.SetStatement{On: on, Index: bad.Problem.Statement, Before: text, After: compact(statement)})}
}

// alphanumeric drops all but ASCII letters and digits.
func alphanumeric(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
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

// policyVersion names the version of the policy language that there is.
func policyVersion(p *diagnose.Pass, on snapshot.PolicyTarget, before string) []diagnose.Fix {
	const version = "2012-10-17"
	return []diagnose.Fix{p.Fix("set the Version of the policy to "+version+from(p.Expression(before)), snapshot.SetPolicyVersion{On: on, Before: before, After: version})}
}
