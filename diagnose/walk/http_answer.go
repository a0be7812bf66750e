package walk

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway/http"
	"apisqs-doctor/diagnose/snapshot"
)

// answer derives what the client sees: SQS's answer as it is, changed by the
// response parameters (H46, H51). Of a refusal by SQS the status is open (H50).
func (httpAPI) answer(w *responding, step *Step, gaps *snapshot.Gaps) {
	r := w.Response
	responses, ok := w.Mapping.Integration.Responses.Read(gaps)
	if !ok {
		step.unknown(gaps, "the response parameters are not known")
		return
	}
	parameters := map[string]map[string]string{}
	for i := range responses {
		parameters[responses[i].Pattern] = responses[i].Parameters
	}
	replies, refusals := http.CompileReplies(parameters)
	for i := range refusals {
		r.Refused = append(r.Refused, Refused{Name: refusals[i].Parameter, Expression: refusals[i].Value, Err: &refusals[i], Origin: w.Mapping.Integration.Responses.Origin()})
	}
	if len(r.Refused) > 0 {
		step.fail(gaps, Failure{Origin: FromDeployment, Code: BadRequest, Message: refusals[0].Message}, "AWS refuses the response parameters: %s", refusals[0].Reason)
		return
	}
	for _, status := range sqsStatuses {
		o := Outcome{SQSStatus: status, Status: replies.Status(status)}
		for i := range responses {
			if responses[i].Pattern == fmt.Sprint(status) {
				o.Response = &responses[i]
			}
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	failure := firstFailure(w.Steps)
	switch {
	case failure != nil && failure.Failure.Origin == FromDeployment:
		step.skip("no call is ever made")
		return
	case failure != nil && failure.Failure.Origin == FromAPIGateway:
		w.kind.own(w, failure.Failure)
		step.skip("API Gateway answers %s by itself", listed(r.Statuses))
		return
	}
	w.sqsAnswer(failure)
	if r.SQSStatus == 0 {
		step.unknown(gaps, "what SQS answers is not known")
		return
	}
	r.Statuses = replies.Statuses(r.SQSStatus)
	r.Status = r.Statuses[0]
	switch {
	case r.Status == 0:
		gaps.Add(snapshot.Gap{Reason: snapshot.Unresolved, Detail: "the status is taken from a source that is not known here", Origin: w.Mapping.Integration.Responses.Origin()})
		step.unknown(gaps, "the status that the client gets is not known")
	case failure == nil:
		r.Body = r.SQSBody
		r.Headers = []Header{{"Content-Type", "text/xml"}}
		step.pass(gaps, "the client gets %d with the answer of SQS as it is, XML", r.Status)
	default:
		step.pass(gaps, "SQS answers %d; the client gets %s", r.SQSStatus, listed(r.Statuses))
	}
}

func (httpAPI) unreached(w *responding, step *Step) { step.blocked(w.firstBlocker()) }

func (httpAPI) untemplated() string { return "" } // there are no templates

// own is API Gateway's own answer. It names no type of error.
func (httpAPI) own(w *responding, f *Failure) {
	r := w.Response
	r.Status, r.Statuses, r.Body = f.Status, f.Statuses, Body{text: f.Body}
	if len(r.Statuses) == 0 {
		r.Statuses = []int{f.Status}
	}
	r.Headers = []Header{{"Content-Type", "application/json"}}
}

// listed writes statuses for a sentence: "500 or 403".
func listed(statuses []int) string {
	words := make([]string, len(statuses))
	for i, s := range statuses {
		words[i] = fmt.Sprint(s)
		if s == 0 {
			words[i] = "a status that is not known here"
		}
	}
	return strings.Join(words, " or ")
}
