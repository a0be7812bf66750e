// Package probe holds what AWS answered to a request against what the doctor
// predicts for it. The request runs through API Gateway's TestInvokeMethod,
// which knows the draft alone.
package probe

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/source/live/testinvoke"
	"apisqs-doctor/diagnose/walk"
)

// Stage is the name that API Gateway gives the stage of a test.
const Stage = "test-invoke-stage"

// Draft returns the configuration that TestInvokeMethod runs: the API's draft
// with the variables, without what stands between a caller and a method of a
// stage. Authorization, API keys, the resource policy, canaries and a disabled
// endpoint have no part in a test; request validators do. The snapshot has to
// hold one API, whose draft is known.
func Draft(s *snapshot.Snapshot, variables map[string]string) *snapshot.Snapshot {
	out := *s
	out.APIs = slices.Clone(s.APIs)
	api := &out.APIs[0]
	draft, _ := api.Draft.Peek()
	draft.Methods = slices.Clone(draft.Methods)
	for i := range draft.Methods {
		m := &draft.Methods[i]
		m.APIKeyRequired = m.APIKeyRequired.With(false)
		m.Authorization = m.Authorization.With("NONE")
		if passesCaller(m) {
			m.Authorization = snapshot.Unknown[string](snapshot.Gap{Reason: snapshot.NotCovered, Origin: m.Origin,
				Detail: "a test calls SQS with the credentials of whoever runs it, and what they allow is not read"})
		}
	}
	api.Draft = api.Draft.With(draft)
	api.Policy = api.Policy.With("")
	api.EndpointTypes = api.EndpointTypes.With([]string{"REGIONAL"}) // a private API would need its policy
	api.DefaultEndpointDisabled = api.DefaultEndpointDisabled.With(false)
	at := api.Stages.Origin()
	api.Stages = api.Stages.With([]snapshot.Stage{{Name: Stage, Origin: at, AutoDeploy: true, Deployed: api.Draft, DeploymentID: snapshot.Known("", at),
		Variables: snapshot.Known(variables, at), Canary: snapshot.Known[*snapshot.Canary](nil, at)}})
	return &out
}

// passesCaller tells whether the integration calls SQS with the caller's own
// credentials, arn:aws:iam::*:user/* (iam-facts 53).
func passesCaller(m *snapshot.Method) bool {
	in, ok := m.Integration.Peek()
	if !ok || in == nil {
		return false
	}
	credentials, _ := in.Credentials.Peek()
	return strings.HasSuffix(credentials, ":user/*")
}

// Asked is the request as a test takes it: with the Content-Type that a test has
// when none is given (T124), and with a sample for each placeholder in the path.
func Asked(r walk.Request) walk.Request {
	r.Stage = Stage
	if _, ok := r.Header("Content-Type"); !ok {
		r = r.WithHeader("Content-Type", "application/json")
	}
	r.Path = walk.SamplePath(r.Path)
	return r
}

// Request makes the call of a test: of the request that Asked made, to the
// method that it meets. The error says why a test cannot carry the request.
func Request(r walk.Request, api string, m *snapshot.Method, variables map[string]string) (testinvoke.Request, error) {
	out := testinvoke.Request{API: api, Resource: m.ResourceID, Method: strings.ToUpper(r.Method), Path: pathOf(r), Body: r.Body,
		Headers: map[string][]string{}, Variables: maps.Clone(variables)}
	texts := []string{r.Body}
	for _, h := range r.Headers {
		name := h.Name
		for have := range out.Headers {
			if strings.EqualFold(have, name) {
				name = have
			}
		}
		out.Headers[name] = append(out.Headers[name], h.Value)
		texts = append(texts, h.Name, h.Value)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return out, fmt.Errorf("the request is not valid UTF-8, and TestInvokeMethod takes text alone")
		}
	}
	return out, nil
}

// pathOf is the path with its query string, percent-encoded.
func pathOf(r walk.Request) string {
	path := r.Path
	if _, err := url.PathUnescape(path); err != nil || strings.ContainsAny(path, " ?#\"") || strings.ContainsFunc(path, func(c rune) bool { return c > 0x7e || c < 0x20 }) {
		path = (&url.URL{Path: path}).EscapedPath()
	}
	for i, q := range r.Query {
		sep := "&"
		if i == 0 {
			sep = "?"
		}
		path += sep + escape(q.Name) + "=" + escape(q.Value)
	}
	return path
}

// escape encodes a blank as %20, which is a blank to everybody.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
