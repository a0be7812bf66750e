package iam

import (
	"fmt"
	"slices"
	"strings"
)

// Validate says what is wrong with the policy as one of the given kind: what AWS
// refuses to save, and what it takes but what matches nothing. The list is sorted
// by statement and includes what Parse found. A text that holds one of the opaque
// placeholders is not judged where the unknown part could make it right.
func (p *Policy) Validate(kind Kind, opaque ...string) []Problem {
	v := validator{policy: p, kind: kind, opaque: opaque}
	for _, found := range p.problems {
		found.Kind = AnyKind
		if found.Refused {
			found.Code, found.Answer = kind.Refusal(found.Answer)
		}
		if found.Statement > 0 {
			found.Sid = p.Statements[found.Statement-1].Sid
		}
		v.out = append(v.out, found)
	}
	v.document()
	for i := range p.Statements {
		v.st = &p.Statements[i]
		v.statement()
	}
	slices.SortStableFunc(v.out, func(a, b Problem) int { return a.Statement - b.Statement })
	return v.out
}

// maxProblems bounds the list.
const maxProblems = 200

type validator struct {
	policy *Policy
	kind   Kind
	opaque Opaque
	st     *Statement // nil while at the document
	out    []Problem
}

// verdict is what AWS does about a problem.
type verdict uint8

const (
	note verdict = iota
	refused
	dead
)

// answerPrincipal is how IAM begins its answer to a principal that is none.
const answerPrincipal = "Invalid principal in policy"

// answerOverlyPermissive is the fault that KMS finds in a condition (fact 43).
const answerOverlyPermissive = "OverlyPermissiveCondition"

// add reports a problem; answer is IAM's text, if known.
func (v *validator) add(w verdict, answer, format string, args ...any) {
	if len(v.out) >= maxProblems {
		return
	}
	found := Problem{Kind: v.kind, Message: fmt.Sprintf(format, args...), Answer: answer, Refused: w == refused, Dead: w == dead}
	if w == refused && v.kind != AnyKind {
		found.Code, found.Answer = v.kind.Refusal(answer)
	}
	if v.st != nil {
		found.Statement, found.Sid, found.Line, found.Column = v.st.Index, v.st.Sid, v.st.Line, v.st.Column
	}
	v.out = append(v.out, found)
}

func (v *validator) document() {
	p := v.policy
	switch p.Version {
	case Version2012:
	case "", Version2008:
		if v.kind == Identity {
			// Seen from CreatePolicy; stored policies with the old version exist and work.
			v.add(note, "Policy document must be version 2012-10-17 or greater.", "Version is %q; IAM may refuse to create a policy older than %q", orElse(p.Version, "missing"), Version2012)
		}
	default:
		v.add(refused, answerSyntax, "Version %q does not exist: use %q", p.Version, Version2012)
	}
	if len(p.Statements) == 0 {
		v.add(refused, answerSyntax, "there is no statement")
	}
	if p.ID != "" && v.kind == Identity {
		v.add(note, "", "Id has no place in an identity policy")
	}
	sids := make(map[string]int)
	for i := range p.Statements {
		st := &p.Statements[i]
		if st.Sid == "" {
			continue
		}
		if v.ownPolicy() && !alphanumeric(v.opaque.without(st.Sid)) {
			v.st = st
			v.add(refused, "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
				"Sid %q may hold only letters and digits in an %s", st.Sid, v.kind)
			v.st = nil
		}
		if sids[st.Sid] > 0 && v.ownPolicy() {
			v.st = st
			v.add(refused, "Statement IDs (SID) in a single policy must be unique.", "Sid %q is also that of statement %d", st.Sid, sids[st.Sid])
			v.st = nil
			continue
		}
		sids[st.Sid] = st.Index
	}
	v.quotas()
}

// ownPolicy reports whether the policy is one of a principal, whose statement ids
// IAM checks. SQS's own policies have ids with underscores, KMS takes blanks in them.
func (v *validator) ownPolicy() bool {
	return v.kind == Identity || v.kind == Boundary || v.kind == Session
}

// quotas checks the limits of the kinds of policies that we meet.
func (v *validator) quotas() {
	p := v.policy
	limit := map[Kind]int{Identity: 10240, Boundary: 6144, Session: 2048, QueuePolicy: 8192, KeyPolicy: 32768, Trust: 4096, SCP: 10240, RCP: 5120, APIResource: 8192}[v.kind]
	if limit > 0 && p.Size > limit && v.kind == QueuePolicy {
		v.add(refused, "", "the policy has %d bytes, a queue policy may have %d", p.Size, limit) // fact 57
	} else if limit > 0 && p.Size > limit {
		v.add(note, "", "the policy has %d bytes; the usual quota for a %s is %d", p.Size, v.kind, limit)
	}
	if v.kind == QueuePolicy && len(p.Statements) > 20 {
		v.add(refused, "", "the policy has %d statements, a queue policy may have 20", len(p.Statements))
		last := &v.out[len(v.out)-1]
		last.Answer = fmt.Sprintf("%d statements were found in the submitted policy, max allowed is 20", len(p.Statements))
	}
}

func (v *validator) statement() {
	st := v.st
	switch {
	case st.Effect != NoEffect:
	case st.effectText == "":
		v.add(refused, answerSyntax, "Effect is missing")
	case strings.EqualFold(st.effectText, "allow") || strings.EqualFold(st.effectText, "deny"):
		v.add(refused, "The policy failed legacy parsing", "Effect %q must be written \"Allow\" or \"Deny\"", st.effectText)
	case v.opaque.in(st.effectText):
	default:
		v.add(refused, answerSyntax, "Effect %q is neither \"Allow\" nor \"Deny\"", st.effectText)
	}
	v.principals()
	v.actions()
	v.resources()
	v.conditions()
	if v.kind == QueuePolicy { // fact 57
		for _, q := range [...]struct {
			what        string
			count, most int
		}{{"principals", len(st.Principals), 50}, {"conditions", len(st.Conditions), 10}, {"actions", len(st.Actions), 7}} {
			if q.count > q.most {
				v.add(refused, "", "%d %s in one statement, a queue policy may have %d", q.count, q.what, q.most)
			}
		}
	}
}

func (v *validator) principals() {
	st := v.st
	if !v.kind.resourceBased() {
		if st.hasPrincipal && v.kind != AnyKind {
			v.add(refused, "Policy document should not specify a principal.", "Principal has no place in a %s", v.kind)
		}
		return
	}
	if !st.hasPrincipal || len(st.Principals) == 0 {
		v.add(refused, "", "Principal is missing: a %s must say whom it is about", v.kind)
		return
	}
	if st.NotPrincipal {
		switch {
		case v.kind == Trust: // fact 23
			v.add(refused, "", "NotPrincipal is not allowed in a trust policy")
		case st.Effect == Allow:
			v.add(note, "", "Allow with NotPrincipal lets in everybody else, anonymous callers too")
		}
	}
	for i := range st.Principals {
		v.principal(&st.Principals[i])
	}
}

func (v *validator) principal(entry *PrincipalEntry) {
	if v.opaque.in(entry.Text) || v.opaque.in(entry.Kind) {
		return
	}
	switch entry.Kind {
	case "AWS", "*", "Service", "Federated", "CanonicalUser":
	default:
		v.add(refused, "", "Principal has no entry called %q", entry.Kind)
		return
	}
	switch {
	case entry.Kind == "*" && entry.form != formEveryone:
		v.add(refused, "", "Principal is %q: only \"*\" may stand without \"AWS\" or \"Service\"", entry.Text)
	case entry.form == formUniqueID: // fact 20
		v.add(dead, "", "the principal %q is what remains of a deleted role or user and matches nobody, also when it was created anew", entry.Text)
	case entry.Kind != "AWS" || entry.form == formEveryone:
	case strings.ContainsAny(entry.Text, "*?"): // fact 18
		v.add(dead, "", "the principal %q has a wildcard: a principal's name knows none, so it matches nobody (most services refuse it)", entry.Text)
	case entry.form == formOther && !strings.HasPrefix(entry.Text, "arn:"):
		v.add(refused, answerPrincipal, "the principal %q is neither an ARN nor an account number", entry.Text)
	case entry.form == formOther && !strings.HasPrefix(lastOf(entry.Text), "federated-user/") && !strings.HasPrefix(lastOf(entry.Text), "assumed-role/"):
		v.add(refused, answerPrincipal, "the principal %q is not the ARN of an account, a role, a role session or a user", entry.Text)
	case entry.form != formSession && entry.form != formOther && !isAccount(entry.account):
		v.add(refused, answerPrincipal, "the principal %q has no account number of 12 digits", entry.Text)
	}
}

// lastOf is the sixth part of an ARN.
func lastOf(arn string) string {
	parts, _ := splitARN(arn)
	return parts[5]
}

func (v *validator) conditions() {
	for i := range v.st.Conditions {
		c := &v.st.Conditions[i]
		switch {
		case c.test.compare == compareNothing:
			v.add(refused, answerSyntax, "%q is not a condition operator", c.Operator)
			continue
		case !c.test.exactCase:
			v.add(note, "", "the operator %q is documented in another case", c.Operator)
		}
		if c.test.quantifier == forAllValues && v.kind == KeyPolicy && strings.HasPrefix(c.key, encryptionContextPrefix) {
			v.add(refused, answerOverlyPermissive, "KMS refuses ForAllValues with %s", c.Key) // fact 43
		} else if c.test.quantifier == forAllValues && v.st.Effect == Allow {
			v.add(note, "", "ForAllValues in an Allow also holds when %s is missing", c.Key) // fact 42
		}
		for j := range c.vals {
			v.value(c, j)
		}
	}
}

func (v *validator) value(c *Condition, j int) {
	text := c.Values[j]
	if v.opaque.in(text) {
		return
	}
	hasVariable := v.policy.variables() && strings.Contains(text, "${")
	switch {
	case c.test.compare == compareARN && c.vals[j].parts == nil && !hasVariable && text != "*":
		v.add(dead, "", "%s compares ARNs part by part, and %q is none with six parts: it never matches", c.Operator, text)
	case c.vals[j].valid:
	case c.test.compare == compareDate:
		v.add(refused, "The policy failed legacy parsing", "%q is not a date for %s", text, c.Operator)
	case hasVariable:
		v.add(note, "", "%s does not know policy variables: %q", c.Operator, text) // fact 39
	default:
		v.add(note, "", "%q is not a value for %s", text, c.Operator)
	}
}
