package iam

import (
	"strings"

	"apisqs-doctor/diagnose/text"
)

// PrincipalType is what makes a call.
type PrincipalType uint8

// The types of principals. The zero value is nobody, whom nothing allows and
// whose identity is open.
const (
	UnknownPrincipal PrincipalType = iota
	RoleSession
	User
	AWSService
	AccountRoot
	Anonymous // an unsigned call
)

// Principal is who makes the call. Empty fields are not known.
type Principal struct {
	Type       PrincipalType
	RoleARN    string // of a role session: with the role's path (fact 19)
	SessionARN string // of a role session: without it
	RoleID     string // of a role session: AROA...
	UserARN    string
	Service    string // apigateway.amazonaws.com
	Account    string // 12 digits; empty for a service
}

// SessionName is the session name that API Gateway gives to the role session of
// an integration (fact 47: seen in public event samples, not documented).
const SessionName = "BackplaneAssumeRoleSession"

// RoleSessionPrincipal returns the session that API Gateway makes of a role.
// roleID may be empty when it is not known. opaque lists the placeholders in the
// ARN; if it cannot be taken apart, account and session are not known.
func RoleSessionPrincipal(roleARN, roleID string, opaque ...string) Principal {
	p := Principal{Type: RoleSession, RoleARN: roleARN, RoleID: roleID}
	arn, ok := Opaque(opaque).parseARN(roleARN)
	if !ok || !strings.HasPrefix(arn.Resource, "role/") {
		return p
	}
	p.Account = arn.Account
	if name := Opaque(opaque).afterSlash(arn.Resource); name != "" {
		p.SessionARN = "arn:" + arn.Partition + ":sts::" + arn.Account + ":assumed-role/" + name + "/" + SessionName
	}
	return p
}

// ServicePrincipal returns an AWS service that calls in its own name.
func ServicePrincipal(name string) Principal { return Principal{Type: AWSService, Service: name} }

// ARN is the name under which the principal appears in error texts: the session
// ARN of a role session, the user ARN of a user, the name of a service.
func (p *Principal) ARN() string {
	switch p.Type {
	case RoleSession:
		if p.SessionARN != "" {
			return p.SessionARN
		}
		return p.RoleARN
	case User:
		return p.UserARN
	case AWSService:
		return p.Service
	case AccountRoot:
		return p.rootARN()
	}
	return "anonymous"
}

// prefix is what stands before ":iam::" or ":sts::" in the principal's ARN:
// "arn:" and the partition.
func (p *Principal) prefix() string {
	for _, arn := range [...]string{p.RoleARN, p.UserARN} {
		if i := strings.Index(arn, ":iam::"); i >= 0 {
			return arn[:i]
		}
	}
	if i := strings.Index(p.SessionARN, ":sts::"); i >= 0 {
		return p.SessionARN[:i]
	}
	return "arn:aws"
}

func (p *Principal) rootARN() string { return p.prefix() + ":iam::" + p.Account + ":root" }

// principalForm is the shape of an entry of a Principal element (fact 17).
type principalForm uint8

const (
	formOther principalForm = iota // matches none of the callers we know
	formEveryone
	formAccount
	formRole
	formSession
	formUser
	formService
	formUniqueID // AROA..., AIDA...: the trace of a deleted principal (fact 20)
)

func (e *PrincipalEntry) compile() {
	switch e.Kind {
	case "*":
		if e.Text == "*" {
			e.form = formEveryone
		}
		return
	case "Service":
		e.form = formService
		return
	case "AWS":
	default:
		return
	}
	if e.Text == "*" {
		e.form = formEveryone // fact 17
		return
	}
	if isAccount(e.Text) {
		e.form, e.account = formAccount, e.Text
		return
	}
	arn, ok := text.ParseARN(e.Text)
	if !ok {
		if isUniqueID(e.Text) {
			e.form = formUniqueID
		}
		return
	}
	e.partition, e.account = arn.Partition, arn.Account
	switch {
	case arn.Service == "iam" && arn.Resource == "root":
		e.form = formAccount
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "role/"):
		e.form = formRole
	case arn.Service == "iam" && strings.HasPrefix(arn.Resource, "user/"):
		e.form = formUser
	case arn.Service == "sts" && strings.HasPrefix(arn.Resource, "assumed-role/"):
		e.form = formSession
	}
}

// isUniqueID reports whether s looks like the unique id that AWS leaves in a
// policy when the principal is deleted.
func isUniqueID(s string) bool {
	if len(s) < 16 || len(s) > 128 || s != strings.ToUpper(s) || strings.ContainsAny(s, ":/*?. ") {
		return false
	}
	return strings.HasPrefix(s, "AROA") || strings.HasPrefix(s, "AIDA")
}

// principalMatch says in which way a Principal element covers the caller. The way
// decides which implicit denies elsewhere still count (facts 11-14).
type principalMatch struct {
	direct  Tri // everyone, the session, the user, the service: boundary and session policy do not count
	role    Tri // the role: they do
	account Tri // the account: the caller's own policies must allow too
}

func (m principalMatch) any() Tri { return m.direct.Or(m.role).Or(m.account) }

var (
	matchesNobody  = principalMatch{No, No, No}
	matchesUnknown = principalMatch{Unknown, Unknown, Unknown}
)

// principals compares the Principal element of a statement with the caller.
func (e *env) principals(st *Statement) principalMatch {
	if !st.hasPrincipal {
		return matchesNobody
	}
	if st.NotPrincipal {
		return principalMatch{direct: No, role: e.notPrincipal(st), account: No}
	}
	m := matchesNobody
	for i := range st.Principals { // fact 22: alternatives
		one := e.principal(&st.Principals[i], st.Effect)
		m.direct, m.role, m.account = m.direct.Or(one.direct), m.role.Or(one.role), m.account.Or(one.account)
	}
	return m
}

// principal compares one entry. In a Deny everyone is everyone; whom else "*" lets
// in, everyone says.
func (e *env) principal(entry *PrincipalEntry, effect Effect) principalMatch {
	if len(e.opaque) > 0 && entry.form != formEveryone && (e.opaque.in(entry.Text) || e.opaque.in(e.r.Principal.ARN()) || e.opaque.in(e.r.Principal.RoleARN)) {
		return e.openPrincipal(entry)
	}
	p := &e.r.Principal
	m := matchesNobody
	switch entry.form {
	case formEveryone:
		m.direct = Yes
		if effect == Allow {
			m.direct = e.everyone()
		}
	case formAccount:
		m.account = e.accountEntry(entry)
	case formRole:
		m.role = roleEntry(p, entry)
	case formSession:
		m.direct = sessionEntry(p, entry)
	case formUser:
		if p.Type == User && p.UserARN == "" || p.Type == UnknownPrincipal {
			m.direct = Unknown
		} else {
			m.direct = tri(p.Type == User && p.UserARN == entry.Text) // fact 21: case counts
		}
	case formService:
		m.direct = serviceEntry(p, entry)
	case formUniqueID:
		// fact 20: while the role exists its id is shown as the ARN.
		if p.Type == RoleSession && (p.RoleID == "" || p.RoleID == entry.Text) || p.Type == UnknownPrincipal {
			m.role = Unknown
		}
	}
	if p.Type == UnknownPrincipal && entry.form != formOther && (entry.form != formEveryone || effect != Deny) {
		return matchesUnknown
	}
	return m
}

// everyone: an Allow for "*" covers every caller. Whether it lets a service assume a
// role is not documented: the guides always name the service there (fact 49). A Deny
// covers services: AWS's own policies against confused deputies deny "*" and tell
// services apart by aws:PrincipalIsAWSService (fact 45).
func (e *env) everyone() Tri {
	if e.in.Service == STS && e.r.Principal.Type == AWSService {
		return Unknown
	}
	return Yes
}

func (e *env) accountEntry(entry *PrincipalEntry) Tri {
	p := &e.r.Principal
	switch {
	case p.Type == AWSService || p.Type == Anonymous:
		return No
	case p.Account == "":
		return Unknown
	case p.Account != entry.account:
		return No
	}
	return tri(entry.partition == "" || strings.HasPrefix(p.prefix(), "arn:") && p.prefix()[len("arn:"):] == entry.partition)
}

func roleEntry(p *Principal, entry *PrincipalEntry) Tri { return sessionARN(p, p.RoleARN, entry) }

func sessionEntry(p *Principal, entry *PrincipalEntry) Tri { return sessionARN(p, p.SessionARN, entry) }

// sessionARN compares one of the ARNs of a role session with an entry, in which
// "*" is no wildcard (fact 18).
func sessionARN(p *Principal, arn string, entry *PrincipalEntry) Tri {
	switch {
	case p.Type == UnknownPrincipal, p.Type == RoleSession && arn == "":
		return Unknown
	case p.Type != RoleSession:
		return No
	case arn == entry.Text:
		return Yes
	case strings.EqualFold(arn, entry.Text):
		return Unknown // fact 21: not settled for role names
	}
	return No
}

func serviceEntry(p *Principal, entry *PrincipalEntry) Tri {
	switch {
	case p.Type == UnknownPrincipal, p.Type == AWSService && p.Service == "":
		return Unknown
	case p.Type != AWSService:
		return No // fact 24: a role session is no service
	case p.Service == entry.Text:
		return Yes
	case strings.EqualFold(p.Service, entry.Text), entry.Text == p.Service+".cn":
		return Unknown // some services are known by both names in China
	}
	return No
}
