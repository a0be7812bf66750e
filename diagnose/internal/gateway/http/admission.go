package http

import (
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/selection"
)

// Authorization is who may call a route.
type Authorization struct {
	Type    string   // NONE or empty, AWS_IAM, JWT, CUSTOM
	Sources []string // identity sources of the authorizer: $request.header.Authorization
	Scopes  []string // that a token needs one of
}

// Admission is what the authorization makes of a call.
type Admission struct {
	Refused *Answer // nil: the call is let through, if its credentials are good
	Lacks   string  // what the call would have to bring, in plain words
}

// Admit looks for the credentials that the authorization reads. Whether they are
// good is the authorizer's affair: present ones are taken as good. stageVariables
// may be nil where they are not known.
func (a *Authorization) Admit(in *selection.Input) Admission {
	switch strings.ToUpper(a.Type) {
	case "", "NONE":
	case "AWS_IAM":
		for _, h := range in.Headers {
			if strings.EqualFold(h.Name, "Authorization") && strings.HasPrefix(h.Value, "AWS4-") {
				return Admission{}
			}
		}
		return Admission{&Forbidden, "a request signed with AWS Signature Version 4"} // H71
	default:
		for _, text := range a.Sources {
			e, err := selection.Parse(strings.TrimSpace(text), selection.Grammar{})
			if err != nil || len(e.Sources) == 0 {
				continue
			}
			if v := e.Evaluate(in, nil); v.Outcome == selection.Nothing {
				return Admission{&Unauthorized, "the " + e.Sources[0].String()} // H70, H71
			}
		}
	}
	return Admission{}
}

// Preflight tells whether a request is a preflight of browsers. An API with a
// CORS configuration answers it itself, even without a route (H72). The status
// is the one that browsers are seen to get.
func Preflight(method string, headers []selection.Pair) (Answer, bool) {
	origin, asked := false, false
	for _, h := range headers {
		origin = origin || strings.EqualFold(h.Name, "Origin")
		asked = asked || strings.EqualFold(h.Name, "Access-Control-Request-Method")
	}
	return Answer{Status: 204, Statuses: []int{204, 200}}, strings.EqualFold(method, "OPTIONS") && origin && asked
}
