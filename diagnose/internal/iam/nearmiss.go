package iam

import "strings"

// The parts of a statement, as named in NearMiss.Failed.
const (
	PartAction    = "action"
	PartResource  = "resource"
	PartPrincipal = "principal"
	PartCondition = "condition"
)

// nearest finds the Allow statement that came closest among the policies of the
// layer that fails. The action weighs most: a statement for something else is
// no near miss, however well the rest fits.
func (e *env) nearest(layer Layer) *NearMiss {
	var best candidate
	own := e.in.Service.resourceLayer()
	switch layer {
	case LayerIdentity:
		e.search(&best, LayerIdentity, e.in.Identity)
		if e.sameAccount() != No { // the resource's policy could have allowed as well
			e.searchOne(&best, own, e.in.Resource)
		}
	case LayerBoundary:
		e.searchOne(&best, layer, e.in.Boundary)
	case LayerSession:
		e.searchOne(&best, layer, e.in.Session)
	case LayerSCP:
		for _, level := range e.in.SCPs.Levels {
			if e.tallyDocuments(level).allow != Yes {
				e.search(&best, layer, level)
				break
			}
		}
	case own:
		e.searchOne(&best, own, e.in.Resource)
	}
	if best.score == 0 {
		return nil
	}
	return e.nearMiss(&best)
}

func (e *env) search(best *candidate, layer Layer, docs []Document) {
	for i := range docs {
		e.searchOne(best, layer, &docs[i])
	}
}

func (e *env) searchOne(best *candidate, layer Layer, d *Document) {
	if d == nil || d.Policy == nil {
		return
	}
	for i := range d.Policy.Statements {
		st := &d.Policy.Statements[i]
		if st.Effect != Allow {
			continue
		}
		if c := e.candidate(layer, d, st); c.score > best.score {
			*best = c
		}
	}
}

// candidate is a statement with what matched of it.
type candidate struct {
	layer                                  Layer
	doc                                    *Document
	st                                     *Statement
	action, resource, principal, condition Tri
	score                                  int
}

func (e *env) candidate(layer Layer, d *Document, st *Statement) candidate {
	c := candidate{layer: layer, doc: d, st: st, principal: Yes}
	c.action = e.actions(st)
	if c.action != Yes && !e.sameService(st) {
		return c
	}
	c.resource, c.condition = e.resources(st), e.conditions(st)
	if st.hasPrincipal {
		c.principal = e.principals(st).any()
	}
	for _, part := range [...]struct {
		t      Tri
		weight int
	}{{c.action, 32}, {c.resource, 16}, {c.principal, 8}, {c.condition, 4}} {
		switch part.t {
		case Yes:
			c.score += part.weight
		case Unknown:
			c.score += part.weight / 2
		}
	}
	if c.action == Yes && c.resource == Yes && c.principal == Yes && c.condition == Yes {
		c.score = 0 // it allows; it is not what is missing
	}
	return c
}

// sameService reports whether an action of the statement is one of the same service.
func (e *env) sameService(st *Statement) bool {
	colon := strings.IndexByte(e.action, ':') + 1
	for i := range st.Actions {
		if strings.HasPrefix(st.Actions[i].pattern.text, e.action[:colon]) {
			return true
		}
	}
	return false
}

func (e *env) nearMiss(c *candidate) *NearMiss {
	st := c.st
	n := &NearMiss{Match: Match{c.layer, c.doc.Name, c.doc.Origin, st.Index, st.Sid, st.Line, st.Column}}
	not := ""
	switch {
	case c.action != Yes:
		n.Failed, n.Actual = PartAction, e.r.Action
		n.Expected = joinActions(st.Actions)
		if st.NotAction {
			not = "everything but "
		}
	case c.resource != Yes:
		n.Failed, n.Actual = PartResource, e.r.Resource
		n.Expected = joinResources(st.Resources)
		if st.NotResource {
			not = "everything but "
		}
		if !st.hasResource {
			n.Expected = "no Resource at all"
		}
	case c.principal != Yes:
		n.Failed, n.Actual = PartPrincipal, e.principalText()
		n.Expected = joinPrincipals(st.Principals)
		if st.NotPrincipal {
			not = "everyone but "
		}
	case c.condition != Yes:
		n.Failed = PartCondition
		n.Expected, n.Actual = e.failedCondition(st)
	}
	n.Expected = not + n.Expected
	return n
}

// principalText names the caller as policies do: a role session by its role.
func (e *env) principalText() string {
	if p := &e.r.Principal; p.Type == RoleSession && p.RoleARN != "" {
		return p.RoleARN
	}
	return e.r.Principal.ARN()
}

// failedCondition describes the first condition that does not hold.
func (e *env) failedCondition(st *Statement) (expected, actual string) {
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if e.condition(c) == Yes {
			continue
		}
		k := e.r.Context.get(c.key)
		switch {
		case k.presence == absent:
			actual = c.Key + " is not in the request"
		case k.presence == maybe || k.open:
			actual = c.Key + " is not known"
		default:
			actual = c.Key + " is " + strings.Join(k.values, ", ")
		}
		return c.Operator + " " + c.Key + " " + shorten(strings.Join(c.Values, ", ")), actual
	}
	return "", ""
}

func joinActions(list []Action) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
	}
	return shorten(strings.Join(texts, ", "))
}

func joinResources(list []Resource) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
	}
	return shorten(strings.Join(texts, ", "))
}

func joinPrincipals(list []PrincipalEntry) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
	}
	return shorten(strings.Join(texts, ", "))
}

// shorten cuts long lists: a statement may hold hundreds of entries.
func shorten(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " ..."
}
