package iam

// notPrincipal says whether a NotPrincipal element covers the caller.
func (e *env) notPrincipal(st *Statement) Tri {
	p := &e.r.Principal
	if st.Effect == Deny && e.in.Boundary != nil && (p.Type == RoleSession || p.Type == User) {
		// fact 15: a principal with a boundary is always denied.
		if e.in.Boundary.Policy != nil {
			return Yes
		}
		return Unknown.Or(e.excepted(st).Not())
	}
	return e.excepted(st).Not()
}

// excepted says whether the list of a NotPrincipal element spares the caller.
func (e *env) excepted(st *Statement) Tri {
	p := &e.r.Principal
	var role, session, account, direct Tri = No, No, No, No
	for i := range st.Principals {
		entry := &st.Principals[i]
		m := e.principal(entry, st.Effect)
		role, account = role.Or(m.role), account.Or(m.account)
		if entry.form != formEveryone && p.Type == RoleSession {
			session = session.Or(m.direct)
		} else {
			direct = direct.Or(m.direct)
		}
	}
	switch p.Type {
	case RoleSession:
		// fact 15: role, session and account together spare the caller. Only
		// some of them: services differ. None of role and session: not spared.
		if role.And(session).And(account).Or(direct) == Yes {
			return Yes
		}
		if role.Or(session).Or(direct) == No && (st.Effect == Deny || account == No) {
			return No
		}
		return Unknown
	case User:
		if direct.And(account) == Yes {
			return Yes
		}
		if direct == No && (st.Effect == Deny || account == No) {
			return No
		}
		return Unknown
	}
	return direct.Or(account)
}
