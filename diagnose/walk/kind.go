package walk

import (
	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/snapshot"
)

// kind is what differs between REST, HTTP and WebSocket APIs, stage by stage. It
// is chosen in one place; no other code of the walk asks which kind of API it is.
type kind interface {
	// refused is what keeps the API from being deployed; nil for nothing. judge
	// looks at one configuration for it.
	refused(w *routing, gaps *snapshot.Gaps) *Failure
	judge(j *judge)
	// chooseStage gives the index of the stage that takes the call, -1 for none.
	chooseStage(w *routing, stages []snapshot.Stage) int
	// undeployed, disabled and unmatched are the answers where there is no stage
	// or deployment, at a default endpoint that is switched off, and where no
	// method or route fits.
	undeployed() *Failure
	disabled() *Failure
	unmatched() *Failure
	// preflight is the answer that the API gives itself, before any method is
	// looked at; nil for none.
	preflight(w *routing, gaps *snapshot.Gaps) *Failure
	// named is how the call names what it is for: a method and path, or a route.
	named(w *routing) string
	find(w *routing, config *snapshot.Configuration) found
	// admit is what stands between the caller and the integration.
	admit(w *routing, gaps *snapshot.Gaps) (*Failure, string)
	// context is $context of the request, as a template sees it.
	context(w *mapping) map[string]any
	// unrecorded tells a member of $context that AWS documents and context lacks:
	// it may be there all the same.
	unrecorded(name string) bool
	// untemplated is what becomes of a call that no template fits and that is not
	// passed on, in a word or two.
	untemplated() string
	// build, sign and answer are the stages mapping, signing and response, once
	// there is an integration.
	build(w *mapping, step *Step, gaps *snapshot.Gaps)
	sign(w *signing, step *Step, gaps *snapshot.Gaps)
	answer(w *responding, step *Step, gaps *snapshot.Gaps)
	// unread reads the facts without which it is not known what kind of call leaves.
	unread(w *reading, gaps *snapshot.Gaps)
	// noRole, unassumable and callers are what comes of an integration without
	// credentials, of a role that API Gateway may not take, and of credentials that
	// are the caller's own.
	noRole() *Failure
	unassumable(role string) *Failure
	callers(w *signing, gaps *snapshot.Gaps) *Failure
	// unreached ends the response stage where there is no integration.
	unreached(w *responding, step *Step)
	// own gives the client API Gateway's own answer.
	own(w *responding, f *Failure)
}

// kindOf is the one place that tells the kinds of API apart.
func kindOf(api *snapshot.API) kind {
	switch api.Type {
	case snapshot.HTTP:
		return httpAPI{}
	case snapshot.WebSocket:
		return webSocket{}
	}
	return restAPI{}
}

// restAPI is a REST API.
type restAPI struct{}

func (restAPI) refused(w *routing, gaps *snapshot.Gaps) *Failure {
	return w.refusedSettings(w.Route.Configuration, rest.CheckStageName, gaps)
}

func (restAPI) chooseStage(w *routing, stages []snapshot.Stage) int { return w.namedStage(stages) }

// undeployed is what a call to a stage that does not exist gets. That it is
// 403 is known, which of the two messages is not recorded.
func (restAPI) undeployed() *Failure {
	return &Failure{Origin: FromAPIGateway, Status: 403, Code: Forbidden, Codes: []ErrorCode{Forbidden, MissingAuthenticationToken}, Message: gateway.Forbidden.Message, Body: gateway.Forbidden.Body()}
}

func (restAPI) disabled() *Failure { return own(gateway.Forbidden) }

func (restAPI) unmatched() *Failure { return own(gateway.MissingToken) }

func (restAPI) preflight(*routing, *snapshot.Gaps) *Failure { return nil }

func (restAPI) named(w *routing) string { return w.Request.Method + " " + w.Request.Path }

func (restAPI) find(w *routing, config *snapshot.Configuration) found { return w.search(config) }

func (restAPI) admit(w *routing, gaps *snapshot.Gaps) (*Failure, string) { return w.admission(gaps) }

func (restAPI) context(w *mapping) map[string]any { return w.contextMap() }

func (restAPI) unrecorded(name string) bool { return rest.UnrecordedContext(name) }

func (restAPI) build(w *mapping, step *Step, gaps *snapshot.Gaps) {
	w.Mapping.ContentType, _ = w.Request.Header("Content-Type")
	w.Mapping.Wanted = gateway.MediaType(w.Mapping.ContentType)
	failures := []*Failure{w.body(gaps, w.chooseByType), w.parameters(gaps, declaredSource)}
	w.applyOverrides()
	w.defaultHeaders()
	w.finishMapping(step, gaps, failures)
}

// declaredSource reads a mapping's source and what the method has to declare for
// it (T80).
func declaredSource(text string) (source rest.Expression, declaration string, err error) {
	source, err = rest.ParseExpression(text)
	return source, source.Declaration(), err
}

func (restAPI) sign(w *signing, step *Step, gaps *snapshot.Gaps) { w.signToURI(step, gaps) }

func (restAPI) answer(w *responding, step *Step, gaps *snapshot.Gaps) { w.mapAnswer(step, gaps) }

func (restAPI) unread(w *reading, gaps *snapshot.Gaps) {
	w.Mapping.Integration.Type.Read(gaps)
	w.Mapping.Integration.HTTPMethod.Read(gaps)
}

func (restAPI) noRole() *Failure { return refusedPut(gateway.ErrNoRole) } // T116, iam-facts 52

func (restAPI) unassumable(role string) *Failure {
	return own(gateway.Internal(gateway.LogAssume(role))) // T101, T115
}

// callers passes the caller's own identity on, if the method identifies one.
func (restAPI) callers(w *signing, gaps *snapshot.Gaps) *Failure {
	if kind, ok := w.Route.Method.Authorization.Read(gaps); ok && kind != "AWS_IAM" {
		return noCaller()
	}
	gaps.Add(snapshot.Gap{Reason: snapshot.NotRead, Detail: "the caller's own policies decide, and who calls is not known", Origin: w.Signing.CredOrigin}) // iam-facts 53
	return nil
}

func (restAPI) untemplated() string { return "415" }

func (restAPI) unreached(w *responding, step *Step) { step.blocked(w.firstBlocker()) }

func (restAPI) own(w *responding, f *Failure) { w.Response.ownAnswer(f) }
