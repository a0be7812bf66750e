package walk

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/internal/iam"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// trust decides whether API Gateway may assume the role (iam-facts 46, 49).
func (w *signing) trust(gaps *snapshot.Gaps) *Failure {
	s := w.Signing
	doc := w.document("the trust policy", s.Role.Trust, nil, gaps)
	if f := w.malformedTrust(); f != nil {
		return f
	}
	d := w.assumptions[s.Role]
	if d == nil {
		decision := w.assume(s.Role, doc)
		d = &decision
		w.assumptions[s.Role] = d
	}
	s.Trust = d
	switch d.Effect {
	case iam.No:
		return w.kind.unassumable(s.Role.ARN)
	case iam.Unknown:
		w.decisionGaps(gaps, "whether API Gateway may assume the role", d)
	}
	return nil
}

// assume evaluates a role's trust policy for API Gateway.
func (w *call) assume(role *snapshot.Role, doc iam.Document) iam.Decision {
	return iam.Evaluate(iam.Request{
		Principal:       iam.ServicePrincipal(gatewayService),
		Action:          "sts:AssumeRole",
		Resource:        role.ARN,
		ResourceAccount: text.AccountOf(role.ARN),
		Context:         iam.AssumeRoleContext(w.Snapshot.OwnRegion(), iam.Target{ARN: role.ARN, Tags: roleTags(role), Org: w.membership(text.AccountOf(role.ARN))}),
		Opaque:          w.opaque,
	}, iam.Inputs{Service: iam.STS, Resource: &doc, IdentityComplete: true, RCPs: w.organization(resourceControl)})
}

// Assumable decides whether API Gateway may assume a role, whatever the role is
// for, such as the one that writes the account's logs.
func (e *Engine) Assumable(role *snapshot.Role) Decision {
	w := &call{Engine: e}
	return w.assume(role, w.document("the trust policy", role.Trust, nil, &snapshot.Gaps{}))
}

// malformedTrust finds a trust policy that AWS does not store.
func (w *signing) malformedTrust() *Failure {
	s := w.Signing
	bad := w.creation().trust
	for i := range bad {
		if bad[i].Owner == s.Role.ARN {
			s.TrustProblem = &bad[i]
			return bad[i].failure()
		}
	}
	return nil
}

// unknownServices finds service principals that IAM refuses: names of no service
// ("Invalid principal in policy", in many reports). Which services there are is
// not known here, only that none is called nearly like API Gateway.
func unknownServices(policy *iam.Policy) []iam.Problem {
	var list []iam.Problem
	for i := range policy.Statements {
		st := &policy.Statements[i]
		for _, principal := range st.Principals {
			name := strings.ToLower(principal.Text)
			label, domain, _ := strings.Cut(name, ".")
			if principal.Kind != "Service" || name == "*" || strings.HasPrefix(domain, "amazonaws.com") && !misspelt(label, "apigateway") || strings.Contains(domain, ".amazonaws.") {
				continue
			}
			answer := `Invalid principal in policy: "SERVICE":"` + principal.Text + `"`
			list = append(list, iam.Problem{Kind: iam.Trust, Statement: st.Index, Sid: st.Sid, Refused: true, Answer: answer,
				Message: fmt.Sprintf("%q is no service; API Gateway is %q", principal.Text, gatewayService)})
		}
	}
	return list
}

// misspelt tells a name that differs from another in one or two letters.
func misspelt(name, right string) bool {
	return name != right && text.Distance(name, right) <= 2
}
