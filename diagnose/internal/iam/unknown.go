package iam

import "fmt"

// maxUnknowns bounds the list of reasons; more than this nobody reads.
const maxUnknowns = 50

// unknowns collects what leaves the answer open: documents that are not known,
// and statements of which it is not known whether they match.
func (e *env) unknowns(l *layers) []UnknownReason {
	u := collector{e: e}
	u.documents(LayerIdentity, e.in.Identity, l.identity.allow, l.identity.deny)
	unnamed := e.r.Principal.Type == UnknownPrincipal
	if !e.in.IdentityComplete && (l.identity.allow == Unknown || l.identity.deny == Unknown) {
		u.add(UnknownReason{Layer: LayerIdentity, Caller: unnamed, Reason: orElse(e.in.IdentityGap, "the list of identity policies is not complete")})
	}
	u.document(LayerBoundary, e.in.Boundary, l.boundary.allow, l.boundary.deny)
	u.document(LayerSession, e.in.Session, l.session.allow, l.session.deny)
	u.document(e.in.Service.resourceLayer(), e.in.Resource, l.resource.openAllow(), l.resource.deny)
	for _, level := range e.in.SCPs.Levels {
		u.documents(LayerSCP, level, l.scp.allow, l.scp.deny)
	}
	for _, level := range e.in.RCPs.Levels {
		u.documents(LayerRCP, level, Yes, l.rcp.deny)
	}
	if l.grant == Unknown {
		u.grants()
	}
	if l.sameAccount == Unknown {
		u.add(UnknownReason{Caller: unnamed, Reason: "it is not known whether the caller and the resource belong to the same account"})
	}
	if len(u.out) == 0 {
		u.add(UnknownReason{Layer: LayerGrant, Reason: "whether the documented rules let this combination of policies allow is not settled"})
	}
	return u.out
}

type collector struct {
	e   *env
	out []UnknownReason
}

func (u *collector) add(r UnknownReason) {
	for _, old := range u.out {
		if old == r {
			return
		}
	}
	if len(u.out) < maxUnknowns {
		u.out = append(u.out, r)
	}
}

func (u *collector) documents(layer Layer, docs []Document, allow, deny Tri) {
	for i := range docs {
		u.document(layer, &docs[i], allow, deny)
	}
}

// document adds what is open in a document of a layer whose sums are allow and
// deny: statements of an effect that is settled do not matter.
func (u *collector) document(layer Layer, d *Document, allow, deny Tri) {
	if d == nil || allow != Unknown && deny != Unknown || len(u.out) >= maxUnknowns {
		return
	}
	if d.Policy == nil {
		u.add(UnknownReason{Layer: layer, Document: d.Name, Reason: d.reason()})
		return
	}
	for i := range d.Policy.Statements {
		st := &d.Policy.Statements[i]
		if (st.Effect == Allow && allow == Unknown || st.Effect == Deny && deny == Unknown) && len(u.out) < maxUnknowns {
			u.statement(UnknownReason{Layer: layer, Document: d.Name, Statement: st.Index}, st)
		}
	}
}

// openAllow is Unknown if any form of an Allow is.
func (t *resourceTally) openAllow() Tri {
	if t.match.direct == Unknown || t.match.role == Unknown || t.match.account == Unknown {
		return Unknown
	}
	return t.allow
}

// statement adds the open parts of a statement that may match.
func (u *collector) statement(r UnknownReason, st *Statement) {
	e := u.e
	action, resource, condition, principal := e.actions(st), e.resources(st), e.conditions(st), Yes
	if st.hasPrincipal {
		principal = e.principals(st).any()
	}
	if action == No || resource == No || condition == No || principal == No {
		return
	}
	if action == Unknown {
		r.Reason = fmt.Sprintf("whether %q covers %q is not known", joinActions(st.Actions), e.r.Action)
		u.add(r)
	}
	if resource == Unknown {
		r.Reason = fmt.Sprintf("whether %q covers %q is not known", joinResources(st.Resources), e.r.Resource)
		if !st.hasResource {
			r.Reason = "what a statement without Resource applies to is not documented"
		}
		u.add(r)
	}
	if principal == Unknown {
		r := r
		r.Caller = e.r.Principal.Type == UnknownPrincipal
		r.Reason = fmt.Sprintf("whether %q covers %q is not known", joinPrincipals(st.Principals), e.principalText())
		if st.NotPrincipal {
			r.Reason = fmt.Sprintf("whether NotPrincipal %q spares %q is not known", joinPrincipals(st.Principals), e.principalText())
		}
		u.add(r)
	}
	if st.doubt != "" {
		r.Reason = "how AWS reads the statement is not certain: " + st.doubt
		u.add(r)
	}
	for i := range st.Conditions {
		if c := &st.Conditions[i]; e.condition(c) == Unknown {
			u.condition(r, c)
		}
	}
}

func (u *collector) condition(r UnknownReason, c *Condition) {
	r.Key = c.Key
	k := u.e.r.Context.get(c.key)
	switch {
	case k.presence == maybe || k.open:
		r.Reason = orElse(k.reason, "the value cannot be known in advance")
	case c.test.compare == compareNothing:
		r.Reason = fmt.Sprintf("%q is not a condition operator", c.Operator)
	default:
		r.Reason = fmt.Sprintf("how %s compares %q is not certain", c.Operator, shorten(joinValues(c.Values)))
	}
	u.add(r)
}

func (u *collector) grants() {
	if !u.e.in.GrantsKnown {
		u.add(UnknownReason{Layer: LayerGrant, Reason: orElse(u.e.in.GrantsGap, "the grants of the key are not known")})
	}
	for i := range u.e.in.Grants {
		g := &u.e.in.Grants[i]
		if u.e.grant(g) == Unknown {
			u.add(UnknownReason{Layer: LayerGrant, Document: g.Name, Statement: i + 1, Reason: "whether the grant covers the caller and the call is not known"})
		}
	}
}

func joinValues(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	out := ""
	for i, v := range values {
		if i > 0 {
			out += ", "
		}
		if out += v; len(out) > 400 {
			break
		}
	}
	return out
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
