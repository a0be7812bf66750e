package secret

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/walk"
)

// Request returns the call with stand-ins for its credentials, and whether there
// are any. What the doctor itself makes up is none.
func Request(r walk.Request, mask Mask) (walk.Request, bool) {
	h := &hider{mask}
	out := r
	out.Headers, out.Query = slices.Clone(r.Headers), slices.Clone(r.Query)
	again := repeats{mask: mask}
	for i, x := range out.Headers {
		out.Headers[i].Value = h.header(x)
		again.note(x, out.Headers[i])
	}
	for i, x := range out.Query {
		if Named(Query, x.Name) {
			out.Query[i].Value = h.credential(x.Value)
			again.note(x, out.Query[i])
		} else {
			out.Query[i].Value = h.text(x.Value, deepest)
		}
	}
	out.Body = h.text(r.Body, deepest)
	again.replace(&out)
	return out, !slices.Equal(out.Headers, r.Headers) || !slices.Equal(out.Query, r.Query) || out.Body != r.Body || out.Path != r.Path
}

// Shown tells whether the value of a header or parameter may be shown because of
// its name, or because the doctor made it up.
func Shown(h walk.Header) bool {
	return !Named(Query, h.Name) || strings.HasPrefix(h.Value, "sample-") || strings.HasSuffix(h.Value, "Credential=sample")
}

// schemes are those of the Authorization header: IANA's registry of HTTP
// authentication schemes, and what is seen beside them.
var schemes = set(`basic bearer digest dpop gnap hoba mutual negotiate ntlm oauth privatetoken scram-sha-1 scram-sha-256 vapid
	aws aws4-hmac-sha256 aws4-ecdsa-p256-sha256 token apikey api-key jwt key hawk sharedkey sharedkeylite sso-key`)

func (h *hider) header(x walk.Header) string {
	switch {
	case strings.EqualFold(x.Name, "Cookie"):
		return h.cookies(x.Value)
	case !Named(Header, x.Name):
		return h.text(x.Value, deepest)
	case Shown(walk.Header{Name: x.Name, Value: x.Value}):
		return x.Value
	}
	scheme, rest, ok := strings.Cut(x.Value, " ")
	if !ok || !schemes[strings.ToLower(scheme)] {
		return h.credential(x.Value)
	}
	if strings.EqualFold(scheme, "Basic") {
		if plain, err := base64.StdEncoding.DecodeString(rest); err == nil {
			user, password, _ := strings.Cut(string(plain), ":")
			return scheme + " " + base64.StdEncoding.EncodeToString([]byte(h.credential(user)+":"+h.credential(password)))
		}
	}
	return scheme + " " + h.credential(rest)
}

// cookies keeps the names.
func (h *hider) cookies(s string) string {
	list := strings.Split(s, ";")
	for i, cookie := range list {
		name, value, ok := strings.Cut(cookie, "=")
		if !ok {
			list[i] = h.credential(cookie)
			continue
		}
		list[i] = name + "=" + h.credential(value)
	}
	return strings.Join(list, ";")
}

// repeats replaces a credential where the call holds it once more, under a name
// that says nothing or in the path.
type repeats struct {
	mask  Mask
	pairs []string
}

// shortest is the length, in bytes, of credentials that are looked for in other
// texts. What is shorter may be a part of any word.
const shortest = 8

func (r *repeats) note(before, after walk.Header) {
	if before.Value == after.Value {
		return
	}
	list := append([]string{before.Value}, strings.Fields(before.Value)...)
	for _, cookie := range strings.Split(before.Value, ";") {
		_, value, _ := strings.Cut(cookie, "=")
		list = append(list, value)
	}
	for _, s := range list {
		if len(s) >= shortest && !schemes[strings.ToLower(s)] {
			r.pairs = append(r.pairs, s, r.mask(s), url.QueryEscape(s), url.QueryEscape(r.mask(s)), url.PathEscape(s), url.PathEscape(r.mask(s)))
		}
	}
}

func (r *repeats) replace(q *walk.Request) {
	if len(r.pairs) == 0 {
		return
	}
	in := strings.NewReplacer(r.pairs...)
	q.Path, q.Body = in.Replace(q.Path), in.Replace(q.Body)
	for i := range q.Headers {
		q.Headers[i].Value = in.Replace(q.Headers[i].Value)
	}
	for i := range q.Query {
		q.Query[i].Value = in.Replace(q.Query[i].Value)
	}
}
