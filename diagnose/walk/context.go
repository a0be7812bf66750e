package walk

import (
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/vtl"
)

// client is the call as API Gateway's REST side sees it.
func (w *mapping) client() *rest.Call {
	r := &w.Request
	return &rest.Call{Method: r.Method, ContentType: w.Mapping.ContentType, Headers: parameters(r.Headers), Query: parameters(r.Query),
		Path: w.Route.PathParams, Body: r.Body, Variables: w.Route.Variables, Context: func() map[string]any { return w.kind.context(w) }}
}

func parameters(list []Header) []rest.Parameter {
	out := make([]rest.Parameter, len(list))
	for i, h := range list {
		out[i] = rest.Parameter(h)
	}
	return out
}

// contextValues are the values of $context for templates.
func (w *mapping) contextValues() *vtl.ContextValues {
	if w.context == nil {
		w.context = vtl.LazyContext(func() map[string]any { return w.kind.context(w) })
	}
	return w.context
}

func (w *mapping) contextMap() map[string]any {
	r := w.Route
	in := rest.ContextInput{
		API: r.API.ID, Account: w.Snapshot.Target.Account, Region: w.Snapshot.OwnRegion(), Partition: w.Snapshot.Target.Partition,
		Method: w.Request.Method, Path: w.Request.Path,
		ResourceID: r.Method.ResourceID, ResourcePath: r.Method.Path, Authorizer: w.authorizerValues(),
	}
	if r.Stage != nil {
		in.Stage = r.Stage.Name
		in.Deployment, _ = r.Stage.DeploymentID.Peek()
	}
	in.UserAgent, _ = w.Request.Header("User-Agent")
	in.APIKey, _ = w.Request.Header("x-api-key")
	in.Authorization, _ = r.Method.Authorization.Peek()
	return rest.NewContext(in)
}

// authorizerValues are samples of what an authorizer hands on: what it holds is
// the authorizer's own affair, so every member that the template reads is there.
// It is nil for a method without an authorizer.
func (w *mapping) authorizerValues() map[string]any {
	kind, ok := w.Route.Method.Authorization.Peek()
	if ok && (kind == "" || kind == "NONE" || kind == "AWS_IAM") {
		return nil
	}
	return w.authorizerSamples()
}

func (w *mapping) authorizerSamples() map[string]any {
	values := map[string]any{"principalId": "sample"}
	template, err := w.Template(w.Mapping.Template)
	if err != nil {
		return values
	}
	for _, read := range template.Reads() {
		if path, ok := strings.CutPrefix(read.Name, "authorizer."); ok && read.Kind == "context" {
			Grow(values, strings.Split(path, "."), "sample")
		}
	}
	return values
}

// trimWord shortens a text for a sentence.
func trimWord(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= n {
		return s
	}
	return s[:n] + "..."
}
