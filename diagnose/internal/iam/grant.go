package iam

import "strings"

// Grant is one grant on a KMS key (fact 67).
type Grant struct {
	Name       string // grant id or name, for evidence
	Grantee    string // principal ARN
	Operations []string
	// The constraints; nil means none.
	EncryptionContextEquals map[string]string
	EncryptionContextSubset map[string]string
}

const encryptionContextPrefix = "kms:encryptioncontext:"

// grants says whether a grant allows the request, and which one.
func (e *env) grants() (allow Tri, index int) {
	if e.in.Service != KMS {
		return No, -1
	}
	allow, index = No, -1
	for i := range e.in.Grants {
		one := e.grant(&e.in.Grants[i])
		if one == Yes {
			return Yes, i
		}
		allow = allow.Or(one)
	}
	if !e.in.GrantsKnown {
		allow = allow.Or(Unknown)
	}
	return allow, index
}

func (e *env) grant(g *Grant) Tri {
	operation := No
	for _, op := range g.Operations {
		if n := len(e.action) - len(op); n > 0 && e.action[:n] == "kms:" && strings.EqualFold(e.action[n:], op) {
			operation = Yes
		}
	}
	if operation == No {
		return No
	}
	return e.grantee(g).And(e.grantConstraints(g))
}

func (e *env) grantee(g *Grant) Tri {
	entry := PrincipalEntry{Kind: "AWS", Text: g.Grantee}
	entry.compile()
	m := e.principal(&entry, Allow)
	if entry.form == formEveryone {
		return No
	}
	// The root of the account as grantee hands the right to the account; whether
	// a role then needs its own Allow is not said.
	return m.direct.Or(m.role).Or(m.account.And(Unknown))
}

// grantConstraints compares the encryption context.
func (e *env) grantConstraints(g *Grant) Tri {
	result := e.encryptionContextHas(g.EncryptionContextSubset)
	if g.EncryptionContextEquals == nil {
		return result
	}
	result = result.And(e.encryptionContextHas(g.EncryptionContextEquals))
	keys := e.r.Context.get("kms:encryptioncontextkeys")
	switch {
	case keys.presence == maybe || keys.open:
		return result.And(Unknown)
	default:
		return result.And(tri(len(keys.values) == len(g.EncryptionContextEquals)))
	}
}

func (e *env) encryptionContextHas(want map[string]string) Tri {
	result := Yes
	for key, value := range want {
		k := e.r.Context.get(encryptionContextPrefix + lower(key))
		switch {
		case k.presence == absent:
			return No
		case k.presence == maybe || k.open || len(k.values) != 1:
			result = result.And(Unknown)
		default:
			result = result.And(e.opaque.equal(value, k.values[0]))
		}
	}
	return result
}
