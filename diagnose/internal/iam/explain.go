package iam

// explain fills in the evidence.
func (e *env) explain(d *Decision, l *layers) {
	switch {
	case d.Explicit:
		d.Statements = e.denials(l)
	case d.Effect == Yes:
		d.Statements = e.allowances(l)
	case d.Effect == No:
		d.Nearest = e.nearest(d.Layer)
	default:
		d.Unknowns = e.unknowns(l)
	}
}

func matchAt(layer Layer, docs []Document, at place) Match {
	doc := &docs[at.doc]
	st := &doc.Policy.Statements[at.statement]
	return Match{layer, doc.Name, doc.Origin, st.Index, st.Sid, st.Line, st.Column}
}

func single(layer Layer, doc *Document, at place) Match {
	st := &doc.Policy.Statements[at.statement]
	return Match{layer, doc.Name, doc.Origin, st.Index, st.Sid, st.Line, st.Column}
}

// denials lists the first denying statement of every layer, in AWS's order.
func (e *env) denials(l *layers) []Match {
	var out []Match
	if l.rcp.denyLevel >= 0 {
		out = append(out, matchAt(LayerRCP, e.in.RCPs.Levels[l.rcp.denyLevel], l.rcp.denyPlace))
	}
	if l.scp.denyLevel >= 0 {
		out = append(out, matchAt(LayerSCP, e.in.SCPs.Levels[l.scp.denyLevel], l.scp.denyPlace))
	}
	if l.resource.denyPlace != nowhere {
		out = append(out, single(e.in.Service.resourceLayer(), e.in.Resource, l.resource.denyPlace))
	}
	if l.identity.denyPlace != nowhere {
		out = append(out, matchAt(LayerIdentity, e.in.Identity, l.identity.denyPlace))
	}
	if l.boundary.denyPlace != nowhere {
		out = append(out, single(LayerBoundary, e.in.Boundary, l.boundary.denyPlace))
	}
	if l.session.denyPlace != nowhere {
		out = append(out, single(LayerSession, e.in.Session, l.session.denyPlace))
	}
	return out
}

// allowances lists the first allowing statement of the identity policies and of
// the resource policy, as far as they count, and the grant.
func (e *env) allowances(l *layers) []Match {
	out := make([]Match, 0, 2)
	own := e.in.Service.resourceLayer()
	if l.identity.allowPlace != nowhere && (!e.in.Service.mustAllow() || l.sameAccount == No || l.resource.match.account == Yes) {
		out = append(out, matchAt(LayerIdentity, e.in.Identity, l.identity.allowPlace))
	}
	at := l.resource.directPlace
	if at == nowhere {
		at = l.resource.rolePlace
	}
	if at == nowhere && (e.in.Service.mustAllow() || l.sameAccount != Yes) {
		at = l.resource.accountPlace
	}
	if at != nowhere {
		out = append(out, single(own, e.in.Resource, at))
	}
	if l.grant == Yes && l.grantIndex >= 0 {
		out = append(out, Match{Layer: LayerGrant, Document: e.in.Grants[l.grantIndex].Name, Statement: l.grantIndex + 1})
	}
	return out
}
