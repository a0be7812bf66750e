package walk

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text"
)

// EveryBody is what holds for every call that reaches the mapping template, not
// only for the one that was followed.
type EveryBody struct {
	Result vtl.Result // safe, unsafe or undecided
	// Request is a smallest call that shows the harm of an unsafe template, and
	// Replay its walk; Case is what of it makes the difference.
	Request *Request
	Replay  *Trace
	Case    *vtl.Case
	Harm    vtl.Harm
	// Stopped is the reference at which an undecided proof stopped, empty when none
	// is to name, and Why the reason.
	Stopped string
	Line    int
	Why     string
}

// Results of EveryBody, under the names that others use.
const (
	SafeForAll   = vtl.Safe
	UnsafeForOne = vtl.Unsafe
	NotDecided   = vtl.Undecided
)

// EveryBody proves the mapping template of a walk, and the parameter mappings beside
// it, safe for every call of its Content-Type, or finds a smallest one that it is not safe for: one that the
// request validator lets through (T176), and whose own walk shows the harm. It is nil
// where no template makes the body that SQS receives.
func (e *Engine) EveryBody(t *Trace) *EveryBody {
	m := &t.Mapping
	if m.Rendered == nil || m.Binary || t.Route.Method == nil || t.Route.API == nil {
		return nil
	}
	template, err := e.Template(m.Template)
	if err != nil {
		return nil
	}
	w := mapping{routing: &routing{call: call{Engine: e, Request: t.Request, kind: kindOf(t.Route.API)}, Route: &t.Route}, Mapping: &t.Mapping}
	q := &vtl.Question{StageVariables: t.Route.Variables, Context: w.contextValues(), Header: map[string]string{}, Query: map[string]string{}}
	switch {
	case t.SendsForm():
	case t.Protocol.Effective().Protocol == sqs.ProtocolJSON:
		q.Protocol = vtl.JSON
	default:
		return nil
	}
	for _, h := range t.Request.Headers {
		if rest.VisibleHeader(h.Name) {
			q.Header[h.Name] = h.Value
		}
	}
	for _, h := range t.Request.Query {
		q.Query[h.Name] = h.Value
	}
	for name := range t.Route.PathParams {
		q.PathParameters = append(q.PathParameters, name)
	}
	slices.Sort(q.PathParameters)
	refuses := w.constrain(q)
	var replay *Trace
	q.Accepts = func(c *vtl.Case) bool {
		if refuses != nil && refuses(c.Body) != "" {
			return false
		}
		r := e.Walk(e.requestOf(t, c))
		ok := arrives(r, t) && shows(r, t)
		if ok {
			replay = r
		}
		return ok
	}
	proof := template.Prove(q)
	out := &EveryBody{Result: proof.Result, Harm: proof.Harm, Stopped: proof.Stopped, Line: proof.StoppedLine, Why: proof.Why}
	if proof.Case != nil {
		if replay == nil || replay.Request.Body != proof.Case.Body {
			replay = e.Walk(e.requestOf(t, proof.Case))
		}
		out.Case, out.Request, out.Replay = proof.Case, &replay.Request, replay
	}
	if out.Result == SafeForAll {
		e.mappedByClient(t, out)
	}
	return out
}

// Said names the call of an unsafe template by what of it makes the difference.
func (b *EveryBody) Said() string {
	c := b.Case
	for _, part := range []struct {
		name   string
		values map[string]string
	}{{"header", c.Header}, {"query parameter", c.Query}} {
		for _, h := range SortedHeaders(part.values) {
			return part.name + " " + h.Name + " with " + text.Quoted(h.Value)
		}
	}
	if c.Body == "" && len(c.Path) > 0 {
		for _, h := range SortedHeaders(c.Path) {
			if h.Value != "1" {
				return "path parameter " + h.Name + " with " + text.Quoted(h.Value)
			}
		}
	}
	if c.Body == "" {
		return "an empty body"
	}
	return "the body " + text.Quoted(trimWord(c.Body, 60))
}

func (t *Trace) step(s Stage) *Step { return &t.Steps[s.Index()] }

// requestOf is the call that a case stands for.
func (e *Engine) requestOf(t *Trace, c *vtl.Case) Request {
	r := t.Request
	r.Body = c.Body
	for _, h := range SortedHeaders(c.Header) {
		r = r.WithHeader(h.Name, h.Value)
	}
	r.Query = slices.Clone(r.Query)
	for _, h := range SortedHeaders(c.Query) {
		r.Query = slices.DeleteFunc(r.Query, func(q Header) bool { return q.Name == h.Name })
		r.Query = append(r.Query, h)
	}
	path := t.Route.Method.Path
	for name, value := range c.Path {
		if value == t.Route.PathParams[name] {
			continue
		}
		for _, placeholder := range []string{"{" + name + "}", "{" + name + "+}"} {
			if strings.Contains(path, placeholder) {
				path = strings.ReplaceAll(path, placeholder, url.PathEscape(value))
				r.Path = path
			}
		}
	}
	return r
}

// arrives tells whether the walk of a case gets to the template of the base walk: one
// that AWS refuses to deploy is looked at as if it were deployed.
func arrives(r, base *Trace) bool {
	refused := r.step(StageRoute).Failure
	return (refused == nil || refused.Origin == FromDeployment) && r.Mapping.Choice == base.Mapping.Choice
}

// shows tells whether the walk of a case shows harm that the base walk does not:
// another failure, a parameter that SQS was not meant to get, or client data that
// arrives as another text than was printed.
func shows(r, base *Trace) bool {
	if r.Mapping.Rendered == nil {
		return false
	}
	if first, before := r.failsDeployed(), base.failsDeployed(); first != nil && (before == nil || first.Message != before.Message || first.Code != before.Code) {
		return true
	}
	call := r.Protocol.Effective()
	if r.Queue.Altered != "" || len(call.Ignored) > len(base.Protocol.Effective().Ignored) || len(call.Params) != len(base.Protocol.Effective().Params) {
		return true
	}
	var arrived []string
	for i := range call.Params {
		arrived = append(arrived, call.Params[i].Value)
	}
	for i := range r.Queue.Messages {
		arrived = append(arrived, r.Queue.Messages[i].Body)
	}
	for _, s := range r.Mapping.Spans {
		text := string(r.Mapping.Body[s.Start:s.End])
		if FromTheClient(s) && s.URLEncoded == 0 && !slices.ContainsFunc(arrived, func(v string) bool { return strings.Contains(v, text) }) {
			return true
		}
	}
	return false
}

// failsDeployed is the first failure of a call as if AWS had deployed what it refuses.
func (t *Trace) failsDeployed() *Failure {
	for i := range t.Steps {
		if f := t.Steps[i].Failure; f != nil && t.Steps[i].Status == Failed && f.Origin != FromDeployment {
			return f
		}
	}
	return nil
}

// constrain tells a question what the request validator lets through (T176), and gives
// why it refuses a body; nil where it looks at none.
func (w *mapping) constrain(q *vtl.Question) (refuses func(body string) string) {
	gaps := &snapshot.Gaps{}
	id, _ := w.Route.Method.ValidatorID.Read(gaps)
	if id == "" {
		return nil
	}
	validator, ok := w.Route.Configuration.Validators[id].Read(gaps)
	if !ok || !validator.Body {
		return nil
	}
	models, _ := w.Route.Method.RequestModels.Read(gaps)
	name := w.sender().Model(models)
	if name == "" {
		return nil
	}
	text, ok := w.Route.Configuration.Models[name].Read(gaps)
	var schema map[string]any
	if !ok || json.Unmarshal([]byte(text), &schema) != nil {
		return nil
	}
	refuses, err := rest.BodyValidator(text, w.modelText)
	if err != nil || refuses(w.Request.Body) != "" {
		return nil
	}
	q.JSONBody, q.Sample = true, w.Request.Body
	q.Type = func(path []string) (string, bool) { return schemaType(schema, path) }
	return refuses
}

// schemaType is the one type that a schema fixes for a member, and whether the
// member is always there. What combines schemas or refers to others fixes none.
func schemaType(schema map[string]any, path []string) (kind string, required bool) {
	required = true
	for _, name := range path {
		kind, _ := schema["type"].(string)
		next := map[string]any(nil)
		switch _, err := strconv.Atoi(name); {
		case kind == "object":
			properties, _ := schema["properties"].(map[string]any)
			next, _ = properties[name].(map[string]any)
			names, _ := schema["required"].([]any)
			required = required && slices.Contains(names, any(name))
		case kind == "array" && err == nil:
			next, _ = schema["items"].(map[string]any)
			required = false
		}
		if next == nil {
			return "", false
		}
		schema = next
	}
	kind, _ = schema["type"].(string)
	return kind, required && kind != ""
}
