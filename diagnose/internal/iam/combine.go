package iam

// combine puts the layers together (facts 1-16).
func (e *env) combine(l *layers) Decision {
	d := Decision{CrossAccount: l.sameAccount.Not()}
	d.UnreadSCPs = e.in.SCPs.State == OrganizationUnread && e.r.Principal.Type != AWSService && e.r.Principal.Type != Anonymous
	d.UnreadRCPs = e.in.RCPs.State == OrganizationUnread && e.in.Service != AWSManagedKey && e.in.Service != APIGateway

	deny := l.identity.deny.Or(l.boundary.deny).Or(l.session.deny).Or(l.resource.deny).Or(l.scp.deny).Or(l.rcp.deny)
	if deny == Yes {
		d.Effect, d.Explicit, d.Layer = No, true, e.denyingLayer(l)
		return d
	}
	var source Tri
	switch l.sameAccount {
	case Yes:
		source = e.withinAccount(l)
	case No:
		source = e.acrossAccounts(l)
	default:
		source = e.withinAccount(l).agree(e.acrossAccounts(l))
	}
	d.Effect = source.And(l.scp.allow).And(deny.Not()) // fact 16: SCPs cap every form
	switch d.Effect {
	case No:
		d.Layer = e.missingLayer(l)
	case Yes:
		d.Layer = e.allowingLayer(l)
	}
	return d
}

// withinAccount: any one source of an Allow is enough, as far as it is not capped.
func (e *env) withinAccount(l *layers) Tri {
	caps := l.boundary.allow.And(l.session.allow)
	own := l.identity.allow.And(caps)
	if e.in.Service.mustAllow() {
		own = own.And(l.resource.match.account) // facts 7, 64: only if the policy hands over to IAM
	}
	direct := l.resource.match.direct       // facts 12, 13
	role := l.resource.match.role.And(caps) // fact 11
	return own.Or(role).Or(direct).Or(e.granted(l, caps))
}

// granted: a grant allows by itself (fact 67). Whether an implicit deny of a
// boundary or session policy stops it is not said.
func (e *env) granted(l *layers, caps Tri) Tri {
	if caps == No {
		return l.grant.And(Unknown)
	}
	return l.grant.And(caps)
}

// acrossAccounts: both sides must allow (fact 8), and the forms of fact 12 and 13
// give no exemption.
func (e *env) acrossAccounts(l *layers) Tri {
	if l.impossible {
		return No // facts 56, 60
	}
	caps := l.boundary.allow.And(l.session.allow)
	own := l.identity.allow.And(caps)
	both := own.And(l.resource.allow)
	if l.grant == No {
		return both
	}
	// A grant to a principal of another account stands for the key's side;
	// whether the own account must allow too is not said.
	if own == No {
		return both.Or(l.grant.And(Unknown))
	}
	return both.Or(own.And(l.grant))
}

// denyingLayer is the layer of an explicit deny, in AWS's order (fact 2).
func (e *env) denyingLayer(l *layers) Layer {
	switch Yes {
	case l.rcp.deny:
		return LayerRCP
	case l.scp.deny:
		return LayerSCP
	case l.resource.deny:
		return e.in.Service.resourceLayer()
	case l.identity.deny:
		return LayerIdentity
	case l.boundary.deny:
		return LayerBoundary
	}
	return LayerSession
}

// missingLayer is the layer whose Allow is missing.
func (e *env) missingLayer(l *layers) Layer {
	own := e.in.Service.resourceLayer()
	switch {
	case l.scp.allow == No:
		return LayerSCP
	case e.r.Principal.Type == AWSService || e.r.Principal.Type == Anonymous:
		return own
	case l.sameAccount == No && l.impossible:
		return LayerCrossAccount
	case l.sameAccount == No && l.identity.allow == No:
		return LayerIdentity
	case l.sameAccount == No && l.resource.allow == No:
		return own
	case e.in.Service.mustAllow() && l.resource.match.any() == No:
		return own
	case l.identity.allow == No && l.resource.match.role == No && l.resource.match.direct == No:
		return LayerIdentity
	case l.boundary.allow == No:
		return LayerBoundary
	case l.session.allow == No:
		return LayerSession
	case e.in.Service.mustAllow() && l.resource.match.account == No:
		return own
	}
	return LayerIdentity
}

// allowingLayer is the layer that allows, the role's own policies first.
func (e *env) allowingLayer(l *layers) Layer {
	switch {
	case e.in.Service.mustAllow() && (l.resource.match.direct == Yes || l.resource.match.role == Yes):
		return e.in.Service.resourceLayer()
	case l.identity.allow == Yes && (!e.in.Service.mustAllow() || l.resource.match.account == Yes):
		return LayerIdentity
	case l.resource.allow == Yes:
		return e.in.Service.resourceLayer()
	case l.grant == Yes:
		return LayerGrant
	}
	return LayerIdentity
}
