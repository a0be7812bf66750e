package iam

import "strings"

// expand builds the tokens of a text with policy variables for this request. The
// state is No if a variable has no value (fact 33), else Yes; a variable whose
// value is not known becomes a token that may be anything.
func (e *env) expand(s string, mode textMode) (out []token, state Tri) {
	for s != "" {
		i := strings.Index(s, "${")
		end := -1
		if i >= 0 {
			end = strings.IndexByte(s[i:], '}')
		}
		if end < 0 {
			return e.opaque.tokens(out, s, mode), Yes
		}
		out = e.opaque.tokens(out, s[:i], mode)
		name := s[i+2 : i+end]
		s = s[i+end+1:]
		switch name {
		case "*", "?", "$": // fact 33: these stand for themselves
			out = append(out, token(name[0]))
			continue
		}
		var ok Tri
		if out, ok = e.variable(out, name, mode); ok != Yes {
			return nil, ok
		}
	}
	return out, Yes
}

// variable appends the value of one variable. Wildcards in the value are text.
func (e *env) variable(out []token, name string, mode textMode) ([]token, Tri) {
	key, rest, hasDefault := strings.Cut(name, ",")
	fallback := ""
	if hasDefault {
		rest = strings.TrimSpace(rest)
		if len(rest) < 2 || rest[0] != '\'' || rest[len(rest)-1] != '\'' {
			return nil, Unknown
		}
		fallback = rest[1 : len(rest)-1]
	}
	k := e.r.Context.get(lower(strings.TrimSpace(key)))
	switch {
	case k.presence == absent && hasDefault:
		return e.opaque.tokens(out, fallback, mode&^wild), Yes
	case k.presence == absent:
		return nil, No
	case k.presence == maybe || k.open:
		// Missing, it matches nothing; present, anything. The stray token never
		// makes a certain match, which covers both.
		return append(out, tokenStray), Yes
	case len(k.values) != 1:
		return nil, Unknown // fact 33: not with several values
	}
	return e.opaque.tokens(out, k.values[0], mode&^wild), Yes
}
