package iam

// openPrincipal compares an entry when it or the caller's name holds text that is
// not known: each form that the entry could have is tried.
func (e *env) openPrincipal(entry *PrincipalEntry) principalMatch {
	p := &e.r.Principal
	m := matchesNobody
	switch entry.Kind {
	case "Service":
		if p.Type == AWSService {
			m.direct = e.openName(entry.Text, p.Service)
		}
		return m
	case "AWS", "*":
	default:
		return m
	}
	if p.Type == AWSService || p.Type == Anonymous {
		// Only "*" could cover it, and the text may turn out to be that.
		m.direct = e.opaque.equal(entry.Text, "*")
		return m
	}
	m.account = e.opaque.equal(entry.Text, p.rootARN()).Or(e.opaque.equal(entry.Text, p.Account))
	m.direct = e.opaque.equal(entry.Text, "*")
	if p.Account == "" {
		m.account = Unknown
	}
	switch p.Type {
	case RoleSession:
		m.role = e.openName(entry.Text, p.RoleARN)
		m.direct = m.direct.Or(e.openName(entry.Text, p.SessionARN))
	case User:
		m.direct = m.direct.Or(e.opaque.equal(entry.Text, p.UserARN))
		if p.UserARN == "" {
			m.direct = Unknown
		}
	case UnknownPrincipal:
		return matchesUnknown
	}
	// Once it is certain that the entry names the caller in one way, the other
	// ways are out: it is one text.
	switch {
	case m.role == Yes:
		m.direct, m.account = No, No
	case m.account == Yes:
		m.direct, m.role = No, No
	case m.direct == Yes:
		m.role, m.account = No, No
	}
	return m
}

// openName compares a name of which the case is not settled (fact 21).
func (e *env) openName(entry, name string) Tri {
	if name == "" {
		return Unknown
	}
	result := e.opaque.equal(entry, name)
	if result == No && matchTokens(e.opaque.tokens(nil, entry, fold), e.opaque.tokens(nil, name, fold)) != No {
		return Unknown
	}
	return result
}
