package walk

import (
	"maps"
	"slices"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
)

// subtype is the operation that the integration calls, or the one that was
// evidently meant; nil for none of SQS.
func (w *mapping) subtype(gaps *snapshot.Gaps) *http.Subtype {
	name, ok := w.Mapping.Integration.Subtype.Read(gaps)
	if !ok {
		return nil
	}
	if s, ok := http.Lookup(name); ok {
		return s
	}
	return http.Meant(name)
}

// build makes the call of the integration's parameters. There is no template.
func (httpAPI) build(w *mapping, step *Step, gaps *snapshot.Gaps) {
	m := w.Mapping
	m.Payload = w.Request.Body
	subtype := w.subtype(gaps)
	if subtype == nil {
		if gaps.Any() {
			step.unknown(gaps, "which operation the integration calls is not known")
		} else {
			step.skip("the integration calls no operation of SQS by a subtype")
		}
		return
	}
	m.Subtype = subtype.Name
	facts, ok := m.Integration.RequestParameters.Read(gaps)
	if !ok {
		step.unknown(gaps, "the parameters of the integration are not known")
		return
	}
	values := map[string]string{}
	var unread []string
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		text, ok := facts[name].Read(gaps)
		if !ok {
			unread, text = append(unread, name), "-"
		} else if name != "QueueUrl" && name != "Region" && w.unresolvedText(text) {
			gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the parameter " + name + " is " + w.expression(text), Origin: facts[name].Origin()})
		}
		values[name] = text
	}
	parameters, refusals := http.Compile(subtype, values)
	w.refuse(refusals, subtype)
	arguments := parameters.Evaluate(w.input())
	failure := w.judge(arguments, facts, unread, gaps)
	call := http.NewCall(subtype, w.sendable(arguments))
	if f := w.send(call, gaps); failure == nil {
		failure = f
	}
	m.BodyKnown = m.BodyKnown && len(unread) == 0
	switch {
	case len(m.RefusedArguments) > 0:
		f := Failure{Origin: FromDeployment, Code: BadRequest, Message: m.RefusedArguments[0].Message}
		step.fail(gaps, f, "AWS refuses the integration: %s", m.RefusedArguments[0].Reason)
	case failure != nil:
		step.fail(gaps, *failure, "%s", failure.Message)
	default:
		step.pass(gaps, "%s with %s", subtype.Name, strings.Join(names(m.Arguments), ", "))
	}
}

func names(list []Argument) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Name
	}
	return out
}

// refuse files what AWS refuses of the parameters.
func (w *mapping) refuse(list []http.Refusal, subtype *http.Subtype) {
	faults := map[http.Fault]ArgumentFault{http.MissingParameter: ArgumentMissing, http.UnknownParameter: ArgumentUnknown,
		http.BlankParameter: ArgumentBlank, http.BadExpression: ArgumentMalformed}
	m := w.Mapping
	at := m.Integration.RequestParameters.Origin()
	for _, r := range list {
		refused := RefusedArgument{Name: r.Parameter, Expression: r.Value, Reason: r.Reason, Message: r.Message, Literal: r.Literal, Fault: faults[r.Fault], Origin: at}
		switch r.Fault {
		case http.MissingParameter:
			refused.Expression, refused.Missing = "", strings.Split(r.Value, ", ")
		case http.UnknownParameter:
			refused.Spelt = subtype.Spelt(r.Parameter)
		case http.BadExpression:
			refused.Meant = http.MeantText(r.Parameter, r.Value)
		}
		if facts, ok := m.Integration.RequestParameters.Peek(); ok {
			if fact, ok := facts[r.Parameter]; ok {
				refused.Origin = fact.Origin()
			}
		}
		m.RefusedArguments = append(m.RefusedArguments, refused)
	}
}

// judge files the arguments, and gives what comes of one whose source gives
// nothing: 400, whether it is required or not (H40).
func (w *mapping) judge(list []http.Argument, facts map[string]snapshot.Fact[string], unread []string, gaps *snapshot.Gaps) *Failure {
	m := w.Mapping
	var failure *Failure
	for i := range list {
		a := &list[i]
		one := Argument{Name: a.Name, Expression: a.Expression.Text, Required: a.Required, Value: a.Text, Origin: facts[a.Name].Origin()}
		one.FromClient, _ = history(a.Spans())
		if a.Source != nil {
			one.Source, one.SourceName = a.Source.Text, a.Source.String()
		}
		one.Why = a.Why
		if text, static := a.Expression.Static(); static {
			one.Unmarked = selection.Unmarked(text)
		}
		switch {
		case slices.Contains(unread, a.Name):
			continue
		case a.Outcome == selection.Nothing:
			one.Missing, one.Trouble = true, a.Trouble()
			if a.Source != nil && a.Source.Kind == selection.StageVariable {
				m.Missing = append(m.Missing, a.Source.Name)
			}
			if failure == nil {
				failure = gatewayFailure(http.BadRequest, BadRequest)
				failure.Message, failure.Log, failure.Body = one.Trouble, one.Trouble, ""
			}
		case a.Outcome == selection.Unknown:
			one.Open = true
			gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: "the parameter " + a.Name + ": " + a.Why, Origin: one.Origin})
		}
		m.Arguments = append(m.Arguments, one)
	}
	m.BodyKnown = failure == nil
	return failure
}

// sendable leaves out what has no value, so that what waits behind can be told:
// a message body that is missing stands for any.
func (w *mapping) sendable(list []http.Argument) []http.Argument {
	var kept []http.Argument
	for _, a := range list {
		if a.Outcome != selection.Resolved && a.Text == "" {
			w.Mapping.BodyKnown = false
			if a.Name != "MessageBody" {
				continue
			}
			a.Text = "-"
		}
		kept = append(kept, a)
	}
	return kept
}

// send makes the request of the call (H46).
func (w *mapping) send(call *http.Call, gaps *snapshot.Gaps) *Failure {
	m := w.Mapping
	body, spans := call.Body()
	m.Body, m.Spans = []byte(body), spans
	m.TemplateAt = m.Integration.RequestParameters.Origin()
	m.Headers = []Mapped{{Name: "Content-Type", Value: sqs.MediaTypeForm}}
	m.Region = call.Region
	for _, doubt := range call.Doubts {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: doubt, Origin: m.TemplateAt})
	}
	if len(call.Problems) == 0 {
		return nil
	}
	// That such a call fails is certain, by whom and with which status is not.
	m.BodyKnown = false
	problem := call.Problems[0]
	for i := range m.Arguments {
		if m.Arguments[i].Name == problem.Parameter {
			m.Arguments[i].Why = problem.Why
			m.Arguments[i].Trouble = "the value of " + problem.Parameter + " cannot be read: " + problem.Why
		}
	}
	return &Failure{Origin: FromAPIGateway, Status: 400, Statuses: []int{400, 500}, Code: BadRequest, Codes: []ErrorCode{BadRequest, InternalServerError},
		Message: "the value of " + problem.Parameter + " cannot be read: " + problem.Why}
}

// sign derives the endpoint and the identity of the call: API Gateway chooses
// the endpoint of SQS by the region (H7).
func (httpAPI) sign(w *signing, step *Step, gaps *snapshot.Gaps) {
	s, i := w.Signing, w.Mapping.Integration
	kind, ok := i.Type.Read(gaps)
	s.Type = strings.ToUpper(kind)
	subtype, _ := i.Subtype.Read(gaps)
	uri, _ := i.URI.Read(gaps)
	s.URIText, s.URIOrigin = uri, i.URI.Origin()
	s.Meant = w.Mapping.Subtype != "" || http.MeansSQS(subtype) || w.meansSQS()
	if ok && !w.isOpaque(kind) && !w.isOpaque(subtype) {
		refusal := http.CheckType(s.Type, subtype)
		if r := http.CheckURI(s.Type, subtype, uri); r != nil && r.Uncertain {
			gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: "whether AWS takes a URI beside a subtype is not documented", Origin: s.URIOrigin})
		} else if s.Meant && refusal == nil {
			refusal = r
		}
		if refusal != nil {
			s.TypeFailure, s.TypeReason = refusedBy(refusal), refusal.Reason
		}
	}
	if w.Mapping.Subtype != "" {
		if version, ok := i.PayloadFormat.Read(gaps); ok && !w.isOpaque(version) {
			s.PayloadFailure = refusedBy(http.CheckPayload(version))
		}
		if s.Region = w.Mapping.Region; s.Region == "" {
			s.Region = w.Snapshot.OwnRegion()
		}
		s.Method, s.RequestPath = "POST", "/"
		s.URI = gateway.URI{Service: "sqs", Region: s.Region}
		s.Host = sqs.EndpointHost(s.Region)
	}
	s.IdentityFailure = w.identity(gaps)
	w.finishSigning(step, gaps, []*Failure{s.TypeFailure, s.PayloadFailure, s.IdentityFailure})
}

// refusedBy is what AWS answers when it does not create an integration.
func refusedBy(r *http.Refusal) *Failure {
	if r == nil {
		return nil
	}
	return &Failure{Origin: FromDeployment, Code: BadRequest, Message: r.Message}
}

func (httpAPI) noRole() *Failure { return refusedBy(http.CheckCredentials("")) } // H4

func (httpAPI) unassumable(string) *Failure {
	return gatewayFailure(http.RoleNotAssumable, InternalServerError) // H48
}

// callers fails: at run time only a role works. The status was not seen (H4).
func (httpAPI) callers(*signing, *snapshot.Gaps) *Failure {
	f := gatewayFailure(http.InternalError, InternalServerError)
	f.Statuses, f.Codes = []int{500, 403}, []ErrorCode{InternalServerError, AccessDenied}
	f.Message = "only a role can sign the call of an HTTP API"
	return f
}

func (httpAPI) unread(w *reading, gaps *snapshot.Gaps) {
	w.Mapping.Integration.Type.Read(gaps)
	w.Mapping.Integration.Subtype.Read(gaps)
}
