package iam

import "strings"

// resourceFlags say what is special about a resource pattern.
type resourceFlags uint8

const (
	// resourceFragile: a "*" inside one of the first five segments does not run
	// over a colon, and a wildcard in the service segment is not allowed (fact
	// 29): a match that needs either is not certain.
	resourceFragile resourceFlags = 1 << iota
	// resourceRefused: a wildcard in the service segment, which IAM refuses.
	resourceRefused
	// resourceShort: fewer than six segments. IAM completes such a text with
	// wildcards; that is not documented for the other services.
	resourceShort
	// resourceMisplaced: a policy variable outside of the sixth segment, where
	// it is not one (fact 32).
	resourceMisplaced
	// resourceAPI: the form "execute-api:/stage/METHOD/path", which API Gateway
	// completes with the API's own ARN.
	resourceAPI
)

// compile prepares every text of the policy for matching. It comes after the
// whole text is read because the version decides whether variables are known.
func (p *Policy) compile() {
	variables := p.variables()
	p.compileActions()
	for i := range p.Statements {
		st := &p.Statements[i]
		for j := range st.Resources {
			st.Resources[j].compile(variables)
		}
		for j := range st.Principals {
			st.Principals[j].compile()
		}
		for j := range st.Conditions {
			st.Conditions[j].compile(variables)
		}
	}
}

// compileActions lowers the actions of all statements in one piece of memory:
// roles have hundreds of them.
func (p *Policy) compileActions() {
	var all strings.Builder
	n := 0
	for i := range p.Statements {
		for j := range p.Statements[i].Actions {
			n += len(p.Statements[i].Actions[j].Text)
		}
	}
	all.Grow(n)
	for i := range p.Statements {
		actions := p.Statements[i].Actions
		for j := range actions {
			a := &actions[j]
			start := all.Len()
			for k := 0; k < len(a.Text); k++ {
				c := a.Text[k]
				if 'A' <= c && c <= 'Z' {
					c += 'a' - 'A'
				}
				all.WriteByte(c)
			}
			a.pattern = compileGlob(all.String()[start:])
			service, _, _ := strings.Cut(a.Text, ":")
			a.fragile = a.Text != "*" && strings.ContainsAny(service, "*?")
		}
	}
}

// lower is strings.ToLower for ASCII: it copies only if needed.
func lower(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			return lowerCopy(s)
		}
	}
	return s
}

func lowerCopy(s string) string {
	b := make([]byte, len(s))
	for i := range b {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b[i] = c
	}
	return string(b)
}

func (r *Resource) compile(variables bool) {
	r.pattern = compileGlob(r.Text)
	if strings.HasPrefix(r.Text, "execute-api:/") {
		r.flags |= resourceAPI
		return
	}
	hasVariable := variables && strings.Contains(r.Text, "${")
	if hasVariable {
		r.pattern.kind, r.pattern.text = patternVariable, r.Text
	}
	if r.pattern.kind == patternExact || r.pattern.kind == patternAny {
		if strings.Count(r.Text, ":") < 5 && r.Text != "*" {
			r.flags |= resourceShort
		}
		return
	}
	segment, start := 0, 0
	for i := 0; i <= len(r.Text) && segment < 5; i++ {
		if i < len(r.Text) && r.Text[i] != ':' {
			continue
		}
		part := r.Text[start:i]
		if hasVariable && strings.Contains(part, "${") {
			r.flags |= resourceMisplaced
		}
		if star := strings.IndexByte(part, '*'); star >= 0 && star < len(part)-1 {
			r.flags |= resourceFragile
		}
		if segment == 2 && strings.ContainsAny(part, "*?") {
			r.flags |= resourceFragile | resourceRefused
		}
		segment, start = segment+1, i+1
	}
	if segment < 5 || start > len(r.Text) {
		r.flags |= resourceShort
	}
}
