package walk

import (
	"fmt"
	"maps"
	"slices"

	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/gateway/selection"
	"apisqs-doctor/diagnose/internal/gateway/websocket"
	"apisqs-doctor/diagnose/snapshot"
)

// build makes the request of a frame by template and mappings.
func (webSocket) build(w *mapping, step *Step, gaps *snapshot.Gaps) {
	m := w.Mapping
	failures := []*Failure{w.body(gaps, w.chooseByExpression), w.parameters(gaps, routeSource)}
	mappings, _ := m.Integration.RequestParameters.Read(gaps)
	for _, name := range slices.Sorted(maps.Keys(mappings)) {
		if text, _ := mappings[name].Read(gaps); foreignSource(text) != "" {
			gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: foreignSource(text), Origin: mappings[name].Origin()})
		}
	}
	w.applyOverrides()
	m.Headers = append(m.Headers, Mapped{Name: "User-Agent", Value: "AmazonAPIGateway_" + w.Route.API.ID})
	w.finishMapping(step, gaps, failures)
}

// chooseByExpression picks the template by the template selection expression; no
// media type is involved (H102).
func (w *mapping) chooseByExpression(keys []string, gaps *snapshot.Gaps) rest.Choice {
	m := w.Mapping
	text, ok := m.Integration.TemplateSelection.Read(gaps)
	if !ok {
		return rest.Choice{}
	}
	e, err := w.selector(text)
	if err != nil {
		m.Refused = append(m.Refused, Refused{Name: "templateSelectionExpression", Expression: text, Err: err, Origin: m.Integration.TemplateSelection.Origin()})
	}
	in := &selection.Input{Body: w.Request.Body, StageVariables: w.Route.Variables, Context: w.contextText}
	choice := websocket.ChooseTemplate(e, keys, m.Passthrough, in)
	if m.Wanted = choice.Wanted; m.Wanted == "" || m.Wanted == websocket.Default {
		m.Wanted = "frame"
	}
	if choice.Doubt != "" {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: choice.Doubt, Origin: m.Integration.TemplateSelection.Origin()})
	}
	return rest.Choice{Key: choice.Key, Pass: choice.Passed, Refused: choice.Refused}
}

// selector compiles a selection expression; nil for none. AWS's console and many
// templates write $default without the backslash.
func (w *mapping) selector(text string) (*selection.Expression, error) {
	switch text {
	case "":
		return nil, nil
	case websocket.Default:
		text = `\` + text
	}
	return selection.Parse(text, websocket.Selection)
}

// answer derives what the client gets: a frame, an error frame, the status of
// the handshake, or nothing (H103 to H105).
func (webSocket) answer(w *responding, step *Step, gaps *snapshot.Gaps) {
	r, m := w.Response, w.Route.Method
	failure := firstFailure(w.Steps)
	if failure != nil && failure.Failure.Origin == FromDeployment {
		r.Delivery = DeliveryNone
		step.skip("no call is ever made")
		return
	}
	if failure != nil && failure.Failure.Origin == FromAPIGateway {
		w.kind.own(w, failure.Failure)
		step.skip("%s", w.deliverySaid())
		return
	}
	twoWay := w.answersBack(gaps)
	responses, ok := w.Mapping.Integration.Responses.Read(gaps)
	if !ok && twoWay {
		step.unknown(gaps, "the integration responses are not known")
		return
	}
	if gaps.Any() {
		step.unknown(gaps, "whether the route answers is not known")
		return
	}
	w.sqsAnswer(failure)
	if r.SQSStatus == 0 {
		if !twoWay && m.RouteKey != websocket.Connect {
			r.Delivery = DeliveryNone
		}
		step.unknown(gaps, "what SQS answers is not known")
		return
	}
	keys := make([]string, len(responses))
	for i := range responses {
		keys[i] = responses[i].Pattern
	}
	chosen, bad := websocket.CompileResponses(keys)
	for _, key := range bad {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unparsed, Detail: fmt.Sprintf("the integration response key %q cannot be evaluated", key)})
	}
	at := chosen.Choose(r.SQSStatus)
	w.deliver(websocket.Answered(m.RouteKey, r.SQSStatus, twoWay, at >= 0))
	if r.Delivery == DeliveryFrame && at >= 0 && !r.ErrorFrame {
		r.Chosen = &responses[at]
		w.frame(r.Chosen)
	}
	step.pass(gaps, "%s", w.deliverySaid())
}

// untemplated: which text the frame has is not recorded.
func (webSocket) untemplated() string { return "an error frame" }

// unreached: API Gateway answers all the same.
func (webSocket) unreached(w *responding, step *Step) {
	switch failure := firstFailure(w.Steps); {
	case failure == nil:
		step.blocked(w.firstBlocker())
	case failure.Failure.Origin == FromDeployment:
		w.Response.Delivery = DeliveryNone
		step.skip("no call is ever made")
	default:
		w.kind.own(w, failure.Failure)
		step.skip("%s", w.deliverySaid())
	}
}

// answersBack tells whether the route is two-way: it has a route response
// selection expression and a route response (H103).
func (w *responding) answersBack(gaps *snapshot.Gaps) bool {
	m := w.Route.Method
	text, ok := m.ResponseSelection.Read(gaps)
	if !ok || text == "" {
		return false
	}
	declared, ok := m.Responses.Read(gaps)
	return ok && len(declared) > 0
}

// frame is the text that the client is sent: SQS's answer by the template of the
// integration response, if it has one.
func (w *responding) frame(response *snapshot.IntegrationResponse) {
	r := w.Response
	r.Body = r.SQSBody
	keys := sortedTemplates(response)
	e, err := w.selector(response.TemplateSelection)
	if err != nil || len(keys) == 0 {
		return
	}
	choice := websocket.ChooseTemplate(e, keys, "", &selection.Input{Body: r.SQSBody.String(), StageVariables: w.Route.Variables})
	if choice.Key == "" {
		return
	}
	r.TemplateKey = choice.Key
	template, err := w.Template(response.Templates[choice.Key])
	if err == nil {
		in := w.templateInput()
		in.Body = r.SQSBody.String()
		if r.Rendered, err = template.Render(in); err == nil {
			r.Body = Body{text: r.Rendered.Text}
			return
		}
		r.Rendered = nil
	}
	r.TemplateErr = err.Error()
	r.BrokenTemplates = append(r.BrokenTemplates, BrokenTemplate{*response, choice.Key, r.TemplateErr, true})
	w.deliver(websocket.Own(w.Route.Method.RouteKey, websocket.InternalError, 500))
}

func sortedTemplates(response *snapshot.IntegrationResponse) []string {
	var keys []string
	for key := range response.Templates {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// own is API Gateway's own answer: an error frame, or the status of the handshake.
func (webSocket) own(w *responding, f *Failure) {
	key, message := w.meantRoute(), websocket.InternalError
	if w.Route.Method != nil {
		key = w.Route.Method.RouteKey
	}
	if f.Code == Forbidden {
		message = websocket.Forbidden
	}
	if f.Code == MessageTooBig { // nothing comes back but the end of the connection (H106)
		w.Response.Delivery = DeliveryNone
		return
	}
	statuses := f.Statuses
	if len(statuses) == 0 && f.Status != 0 {
		statuses = []int{f.Status}
	}
	if w.step(StageRoute).Failure != nil && f.Status != 0 {
		key = websocket.Connect // there is no stage or endpoint to connect to, or the handshake lacks credentials
	}
	w.deliver(websocket.Own(key, message, statuses...))
}

// deliver files what the client gets.
func (w *responding) deliver(o websocket.Outcome) {
	r := w.Response
	r.Statuses, r.Status, r.Body, r.ErrorFrame = o.Statuses, 0, Body{}, o.Delivery == websocket.ErrorFrame
	if len(o.Statuses) > 0 {
		r.Status = o.Statuses[0]
	}
	switch o.Delivery {
	case websocket.NoFrame:
		r.Delivery = DeliveryNone
	case websocket.Handshake:
		r.Delivery = DeliveryHandshake
	case websocket.ErrorFrame:
		r.Delivery, r.Body = DeliveryFrame, Body{text: websocket.FrameText(o.Message)}
	default:
		r.Delivery = DeliveryFrame
	}
}

// deliverySaid says what the client gets.
func (w *responding) deliverySaid() string {
	r := w.Response
	switch {
	case r.Delivery == DeliveryNone && r.SQSStatus >= 400:
		return fmt.Sprintf("SQS answers %d, and the client is told nothing: the route is one-way", r.SQSStatus)
	case r.Delivery == DeliveryNone:
		return "the route is one-way: the client gets nothing"
	case r.Delivery == DeliveryHandshake && r.Status == 101:
		return "the connection is made"
	case r.Delivery == DeliveryHandshake:
		return "the handshake fails with " + listed(r.Statuses)
	case r.ErrorFrame:
		return "the client gets an error frame: " + r.Body.String()
	case r.SQSStatus >= 400:
		return fmt.Sprintf("SQS answers %d; the client gets that as a frame", r.SQSStatus)
	}
	return "the client gets the answer as a frame"
}

// contextText is the value of a context variable in an expression.
func (w *mapping) contextText(name string) (string, bool) {
	v, _ := w.client().Evaluate(rest.Expression{Kind: rest.Context, Name: name})
	return v.Text, !v.Absent
}
