package rules

import (
	"encoding/json"
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

const (
	gatewayPrincipal = "apigateway.amazonaws.com"
	trustStatement   = `{"Effect":"Allow","Principal":{"Service":"` + gatewayPrincipal + `"},"Action":"sts:AssumeRole"}`
)

var signingRoleTrust = diagnose.Rule{
	ID:       "signing-role-trust",
	Stage:    walk.StageSigning,
	Severity: diagnose.Error,
	Title:    "the execution role does not trust API Gateway",
	Doc: `API Gateway takes the execution role with sts:AssumeRole as the service apigateway.amazonaws.com. The role's trust
policy must allow that. Where it does not, the client gets 500 "Internal server error", and the execution log says "API Gateway
does not have permission to assume the provided role". Common faults: the role was made for lambda.amazonaws.com or
ops.apigateway.amazonaws.com; a condition on aws:SourceAccount or aws:SourceArn, which API Gateway does not send when it
assumes an integration's role; a misspelt principal or action, which AWS refuses to store.

Repair: one Allow statement with Principal {"Service": "apigateway.amazonaws.com"}, Action "sts:AssumeRole" and no condition.`,
	Explains: []walk.ErrorCode{walk.InternalServerError, walk.MalformedPolicy},
	Refs: []string{
		"https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html",
		"https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/479",
	},
	When: all(reachedSQS, needsRole),
	Check: func(p *diagnose.Pass) {
		s := &p.Trace.Signing
		switch {
		case s.TrustProblem != nil:
			reportMalformedTrust(p)
		case s.Trust != nil && s.Trust.Effect == walk.Denied:
			reportTrust(p)
		case s.Trust == nil || s.Trust.Effect == walk.Undecided:
			if s.IdentityFailure == nil {
				p.Requires(walk.StageSigning)
			}
		}
	},
}

func reportMalformedTrust(p *diagnose.Pass) {
	s := &p.Trace.Signing
	problem := s.TrustProblem.Problem
	var fixes []diagnose.Fix
	text, _ := s.Role.Trust.Peek()
	if policy := s.TrustProblem.Document.Policy; problem.Statement == 0 && policy != nil && policy.Version != "" && !strings.HasSuffix(policy.Version, "-10-17") {
		fixes = policyVersion(p, trustOf(p), policy.Version)
	}
	if before, ok := statementText(text, problem.Statement); ok {
		fixes = append(fixes, p.Fix(fmt.Sprintf("replace statement %d of the trust policy by one that lets %s assume role %s", problem.Statement, gatewayPrincipal, p.Expression(lastPart(s.Credentials))),
			snapshot.SetStatement{On: trustOf(p), Index: problem.Statement, Before: before, After: trustStatement}))
	}
	p.ReportAs(diagnose.Finding{
		Message:  "the trust policy of role " + lastPart(s.Credentials) + " is malformed: " + problem.String(),
		Why:      "AWS does not store the role with it.",
		Evidence: []diagnose.Evidence{{Label: "trust policy", Value: excerpt([]byte(p.Expression(text))), Origin: s.TrustProblem.Origin}, roleEvidence(p)},
		Fixes:    fixes,
		Check:    diagnose.Say("validate the trust policy in the console of IAM"),
	}, s.IdentityFailure)
}

func reportTrust(p *diagnose.Pass) {
	s := &p.Trace.Signing
	role := lastPart(s.Credentials)
	f := diagnose.Finding{
		Message:  "the trust policy of role " + role + " does not let " + gatewayPrincipal + " assume it",
		Why:      "API Gateway cannot assume the role and answers " + answerOr(p, "500") + " without calling SQS; only " + reasonLog(p) + " names the reason.",
		Evidence: []diagnose.Evidence{{Label: "trust policy", Value: "no statement for " + gatewayPrincipal, Origin: s.Role.Trust.Origin()}, roleEvidence(p)},
		Check:    diagnose.AWS("iam", "get-role", "--role-name", role, "--query", "Role.AssumeRolePolicyDocument"),
	}
	add := p.Fix("let "+gatewayPrincipal+" assume role "+p.Expression(role)+" in its trust policy", snapshot.SetStatement{On: trustOf(p), After: trustStatement})
	near := s.Trust.Nearest
	switch {
	case s.Trust.Explicit && len(s.Trust.Statements) > 0:
		f.Message = "a Deny in the trust policy of role " + role + " keeps " + gatewayPrincipal + " from assuming it"
		f.Evidence[0] = matchEvidence(p, s.Trust.Statements[0])
		f.Fixes = removal(p, s.Trust.Statements[0])
	case near == nil:
		f.Fixes = []diagnose.Fix{add}
	case near.Failed == "condition":
		f.Message = fmt.Sprintf("the trust policy of role %s lets %s assume it only under a condition that does not hold: %s", role, gatewayPrincipal, p.Expression(near.Expected))
		f.Why = "API Gateway does not send that key when it assumes an integration's role, so every call ends in 500."
		f.Evidence = append(nearEvidence(p, near), roleEvidence(p))
		f.Fixes = append(withoutCondition(p, near), add)
	default:
		f.Message += fmt.Sprintf(": its %s is %q", near.Failed, p.Expression(near.Expected))
		f.Evidence = append(nearEvidence(p, near), roleEvidence(p))
		f.Fixes = []diagnose.Fix{add}
	}
	if len(f.Fixes) > 0 && p.TrustedByOthers(s.Credentials) {
		f.Fixes = append(f.Fixes, ownRole(p)...)
	}
	p.ReportAs(f, s.IdentityFailure)
}

func trustOf(p *diagnose.Pass) snapshot.PolicyTarget {
	return snapshot.PolicyTarget{Kind: "trust", Resource: p.Trace.Signing.Credentials}
}

// withoutCondition offers the statement without the condition that API Gateway
// cannot meet; its other conditions stay.
func withoutCondition(p *diagnose.Pass, near *walk.NearMiss) []diagnose.Fix {
	on, text, ok := target(p, near.Match)
	words := strings.Fields(near.Expected)
	if !ok || len(words) < 2 {
		return nil
	}
	var statement map[string]json.RawMessage
	var conditions map[string]map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &statement) != nil || json.Unmarshal(statement["Condition"], &conditions) != nil {
		return nil
	}
	for operator, keys := range conditions {
		for key := range keys {
			if operator == words[0] && strings.EqualFold(key, words[1]) {
				delete(keys, key)
			}
		}
		if len(keys) == 0 {
			delete(conditions, operator)
		}
	}
	delete(statement, "Condition")
	if len(conditions) > 0 {
		statement["Condition"] = json.RawMessage(compact(conditions))
	}
	return []diagnose.Fix{p.Fix("take the condition on "+words[1]+" out of the trust policy",
		snapshot.SetStatement{On: on, Index: near.Statement, Before: text, After: compact(statement)})}
}
