package iam

import (
	"slices"
	"strings"
)

// env is one evaluation.
type env struct {
	r      *Request
	in     *Inputs
	opaque Opaque
	action string // of the request, lower case
}

// matchStatement compares everything but the principal.
func (e *env) matchStatement(st *Statement) Tri {
	result := e.actions(st)
	if result == No {
		return No
	}
	if result = result.And(e.resources(st)); result == No {
		return No
	}
	if result = result.And(e.conditions(st)); result == No {
		return No
	}
	if st.doubt != "" {
		return Unknown
	}
	return result
}

// actions compares Action or NotAction (facts 25, 28).
func (e *env) actions(st *Statement) Tri {
	result := No
	if len(e.opaque) == 0 {
		for i := range st.Actions {
			if a := &st.Actions[i]; a.pattern.match(e.action) {
				if result = Yes; !a.fragile {
					break
				}
				result = Unknown
			}
		}
	} else {
		for i := range st.Actions {
			if result = result.Or(e.openAction(&st.Actions[i])); result == Yes {
				break
			}
		}
	}
	if result == Unknown && len(e.opaque) == 0 && st.refusedGrant(st.NotAction) && st.refusedActions() {
		return No
	}
	if st.NotAction {
		return result.Not()
	}
	return result
}

// refusedGrant reports whether a part of the statement that IAM refuses to save
// may be taken for one that grants nothing: in the Allow of an identity policy,
// without negation. Elsewhere it stays open what it does.
func (st *Statement) refusedGrant(negated bool) bool {
	return st.Effect == Allow && !st.hasPrincipal && !negated
}

// refusedActions reports whether every action has a wildcard in its service prefix,
// other than "*:...".
func (st *Statement) refusedActions() bool {
	for i := range st.Actions {
		if a := &st.Actions[i]; !a.fragile || strings.HasPrefix(a.Text, "*") {
			return false
		}
	}
	return true
}

func (e *env) openAction(a *Action) Tri {
	result := tri(a.pattern.match(e.action))
	if e.opaque.in(a.Text) || e.opaque.in(e.r.Action) {
		result = matchTokens(e.opaque.tokens(nil, a.Text, wild|fold), e.opaque.tokens(nil, e.r.Action, fold))
	}
	if a.fragile {
		return result.And(Unknown)
	}
	return result
}

// resources compares Resource or NotResource (facts 28-31).
func (e *env) resources(st *Statement) Tri {
	if !st.hasResource {
		return e.noResource()
	}
	result := No
	for i := range st.Resources {
		r := &st.Resources[i]
		one := e.resource(r)
		if one == Unknown && len(e.opaque) == 0 && r.flags&resourceRefused != 0 && st.refusedGrant(st.NotResource) {
			one = No
		}
		if result = result.Or(one); result == Yes {
			break
		}
	}
	if st.NotResource {
		return result.Not()
	}
	return result
}

// noResource is the outcome for a statement without Resource.
func (e *env) noResource() Tri {
	switch e.in.Service {
	case STS:
		return Yes // a trust policy is about its role
	case SQS, APIGateway:
		// The grammar asks for the element; whether its absence is taken for
		// "this resource" is not documented.
		return Unknown
	}
	return No // fact 64: applies to no key
}

func (e *env) resource(r *Resource) Tri {
	if r.pattern.kind == patternAny {
		return Yes
	}
	if r.flags&resourceAPI != 0 { // whatever the region and the account are
		_, path, found := strings.Cut(e.r.Resource, "/")
		if !found || e.in.Service != APIGateway {
			return No
		}
		return matchTokens(e.opaque.tokens(nil, r.Text[len("execute-api:/"):], wild), e.opaque.tokens(nil, path, literal))
	}
	if len(e.opaque) > 0 && (e.opaque.in(r.Text) || e.opaque.in(e.r.Resource)) {
		return e.openResource(r)
	}
	switch {
	case r.pattern.kind == patternVariable:
		return e.variableResource(r)
	case r.pattern.match(e.r.Resource):
		if r.flags&resourceFragile != 0 && !matchSegments(r.Text, e.r.Resource) {
			return Unknown
		}
		return Yes
	case r.flags&resourceShort != 0 && strings.HasPrefix(r.Text, "arn:"):
		if completed := r.Text + strings.Repeat(":*", max(0, 5-strings.Count(r.Text, ":"))); matchGlob(completed, e.r.Resource) {
			return Unknown
		}
	}
	return No
}

// matchSegments compares an ARN pattern segment by segment. A service segment
// with a wildcard matches nothing (fact 29).
func matchSegments(text, resource string) bool {
	p, ok := splitARN(text)
	v, okValue := splitARN(resource)
	if !ok || !okValue || strings.ContainsAny(p[2], "*?") {
		return false
	}
	for i := range p {
		if !matchGlob(p[i], v[i]) {
			return false
		}
	}
	return true
}

func (e *env) variableResource(r *Resource) Tri {
	p, state := e.expand(r.Text, wild)
	if state != Yes {
		return state
	}
	result := matchTokens(p, e.opaque.tokens(nil, e.r.Resource, literal))
	if r.flags&(resourceMisplaced|resourceFragile|resourceShort) != 0 {
		return result.And(Unknown)
	}
	return result
}

func (e *env) openResource(r *Resource) Tri {
	if r.pattern.kind == patternVariable {
		return e.variableResource(r)
	}
	p, text := e.opaque.tokens(nil, r.Text, wild), e.opaque.tokens(nil, e.r.Resource, literal)
	result := matchTokens(p, text)
	if result == Yes && r.flags&resourceFragile != 0 && !certainSegments(p, text) {
		return Unknown
	}
	if r.flags&resourceShort != 0 && result == No && strings.HasPrefix(r.Text, "arn:") {
		for range 5 {
			if p = append(p, ':', tokenRun); matchTokens(p, text) != No {
				return Unknown
			}
		}
	}
	return result
}

// certainSegments is matchSegments for open texts.
func certainSegments(p, text []token) bool {
	parts, ok := splitTokens(p)
	if !ok || slices.Contains(parts[2], tokenRun) || slices.Contains(parts[2], tokenOne) {
		return false
	}
	return matchARNTokens(p, text) == Yes
}
