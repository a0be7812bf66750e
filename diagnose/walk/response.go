package walk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose/internal/gateway"
	"apisqs-doctor/diagnose/internal/gateway/rest"
	"apisqs-doctor/diagnose/internal/sqs"
	"apisqs-doctor/diagnose/snapshot"
)

// sqsStatuses are the statuses that SQS answers with, success first (section 2 of
// the record: T2, T8, T25, T35, T49).
var sqsStatuses = []int{200, 400, 403, 404, 413, 500, 503}

// response derives what the client sees: of the answer that this request gets,
// and of every other that SQS may give.
func (w *responding) response() {
	step := w.step(StageResponse)
	switch {
	case w.kind == nil:
		step.blocked(w.firstBlocker())
		return
	case w.Mapping.Integration == nil:
		w.kind.unreached(w, step)
		return
	}
	w.kind.answer(w, step, &snapshot.Gaps{})
}

// mapAnswer lets integration responses turn SQS's answer into the client's.
func (w *responding) mapAnswer(step *Step, gaps *snapshot.Gaps) {
	r := w.Response
	responses, ok := w.Mapping.Integration.Responses.Read(gaps)
	if !ok {
		step.unknown(gaps, "the integration responses are not known")
		return
	}
	declared, ok := w.Route.Method.Responses.Read(gaps)
	if !ok {
		step.unknown(gaps, "the method responses are not known")
		return
	}
	replies := w.replies(responses, declared)
	r.Refused, r.BadPatterns, r.Outcomes, r.Unreachable = replies.refused, replies.badPatterns, replies.outcomes, replies.unreachable
	if len(r.Refused) > 0 {
		refusal := Failure{Origin: FromDeployment, Code: BadRequest, Message: r.Refused[0].Err.Error()}
		step.fail(gaps, refusal, "AWS refuses the response mapping: %s", refusal.Message)
		return
	}
	gaps.Append(replies.gaps)
	patterns := replies.patterns
	defer w.brokenTemplates(responses)
	failure := firstFailure(w.Steps)
	if failure != nil && failure.Failure.Origin == FromDeployment {
		step.skip("no call is ever made")
		return
	}
	if failure != nil && failure.Failure.Origin == FromAPIGateway {
		r.ownAnswer(failure.Failure)
		step.skip("API Gateway answers %d by itself", r.Status)
		return
	}
	w.sqsAnswer(failure)
	if r.SQSStatus == 0 {
		step.unknown(gaps, "what SQS answers is not known")
		return
	}
	w.answerClient(step, gaps, responses, patterns, declared)
}

// sqsAnswer is the answer that API Gateway gets: of the first failure, or of a
// success. It stays 0 where an earlier stage is unknown.
func (w *responding) sqsAnswer(failure *Step) {
	r := w.Response
	for _, s := range Stages[:StageResponse.Index()] {
		step := w.step(s)
		if step == failure {
			r.SQSStatus, r.SQSBody = failure.Failure.Status, Body{text: failure.Failure.Body}
			return
		}
		if step.Status == Unknown && !(s == StageRoute && w.Route.Method != nil) {
			// That the stage's own configuration is not known is said by the route;
			// what the draft does is still told.
			return
		}
	}
	call := w.Protocol.Effective()
	success := call.Success(w.successFacts())
	r.SQSStatus, r.SQSBody = success.Status, Body{answer: &success}
}

// successFacts are the queue's facts that a success body shows.
func (w *responding) successFacts() sqs.Queue {
	if w.Queue.Queue == nil {
		return sqs.Queue{ARN: w.Queue.ARN}
	}
	return w.queueFacts(w.Queue.Queue)
}

// answerClient turns SQS's answer into the client's.
func (w *responding) answerClient(step *Step, gaps *snapshot.Gaps, responses []snapshot.IntegrationResponse, patterns []rest.Pattern, declared map[string]snapshot.MethodResponse) {
	r := w.Response
	if gaps.Any() {
		step.unknown(gaps, "a selection pattern cannot be evaluated")
		return
	}
	if w.Signing.Type == "HTTP_PROXY" {
		r.Status, r.Body = r.SQSStatus, r.SQSBody
		step.pass(gaps, "%d is passed through", r.Status)
		return
	}
	o := outcome(r.SQSStatus, responses, patterns, declared)
	r.Chosen = o.Response
	if o.Unmapped || o.Undefined {
		log := gateway.LogUnmapped(r.SQSStatus)
		said := fmt.Sprintf("no integration response for %d: the client gets 500", r.SQSStatus)
		if o.Undefined {
			log = gateway.LogUndefined(o.Response.Status)
			said = fmt.Sprintf("the method has no response %s: the client gets 500", o.Response.Status)
		}
		f := own(gateway.Internal(log))
		r.ownAnswer(f)
		step.fail(gaps, *f, "%s", said)
		return
	}
	r.Status = o.Status
	if o.Doubtful {
		gaps.Add(snapshot.Gap{Reason: snapshot.Unverified, Detail: fmt.Sprintf("several selection patterns match %d, and which of them wins is not documented", r.SQSStatus), Origin: o.Response.Origin}) // T92
	}
	if f := w.reply(o.Response, gaps); f != nil {
		r.ownAnswer(f)
		step.fail(gaps, *f, "the response template of %s fails: %s", o.Response.Status, r.TemplateErr)
		return
	}
	if gaps.Any() {
		step.unknown(gaps, "what the client gets rests on what is not known")
		return
	}
	how := "the default response"
	if o.Response.Pattern != "" {
		how = "pattern " + o.Response.Pattern
	}
	step.pass(gaps, "%d is mapped to %d by %s", r.SQSStatus, r.Status, how)
}

// outcome is what the client sees for one status of SQS (T90 to T95).
func outcome(status int, responses []snapshot.IntegrationResponse, patterns []rest.Pattern, declared map[string]snapshot.MethodResponse) Outcome {
	o := Outcome{SQSStatus: status, Status: 500}
	selection := rest.Select(status, patterns)
	if selection.Index < 0 {
		o.Unmapped = true
		return o
	}
	o.Response = &responses[selection.Index]
	for _, other := range selection.Others {
		// T92 fits both the order of the list and the order of the statuses.
		o.Doubtful = o.Doubtful || responses[other].Status < o.Response.Status
	}
	if _, ok := declared[o.Response.Status]; !ok {
		o.Undefined = true
		return o
	}
	if n, err := strconv.Atoi(o.Response.Status); err == nil {
		o.Status = n
	}
	return o
}

// unreachable finds integration responses that no HTTP status selects.
func unreachable(responses []snapshot.IntegrationResponse, patterns []rest.Pattern) []Unreachable {
	reached := make([]bool, len(responses))
	for status := 100; status < 600; status++ {
		if s := rest.Select(status, patterns); s.Index >= 0 {
			reached[s.Index] = true
		}
	}
	var list []Unreachable
	for i, ok := range reached {
		if ok || patterns[i].Text != "" && !patterns[i].Valid() {
			continue
		}
		why := fmt.Sprintf("no HTTP status matches %q: for SQS the pattern is compared with the status, not with a message", responses[i].Pattern)
		if meant := strings.ReplaceAll(responses[i].Pattern, `\\`, `\`); meant != responses[i].Pattern {
			if p, err := rest.CompilePattern(meant); err == nil && overlaps(p, p) {
				why = fmt.Sprintf("the backslash of %s is doubled, so that the pattern asks for the sign itself; %s is meant", responses[i].Pattern, meant)
			}
		}
		if responses[i].Pattern == "" {
			why = "another response is the default already"
		} else if slices.ContainsFunc(patterns[:i], func(p rest.Pattern) bool { return overlaps(p, patterns[i]) }) {
			why = "earlier patterns take every status that it matches"
		}
		never := responses[i].Pattern != "" && !overlaps(patterns[i], patterns[i])
		list = append(list, Unreachable{responses[i], why, never})
	}
	return list
}

func overlaps(a, b rest.Pattern) bool {
	for status := 100; status < 600; status++ {
		if a.Matches(status) && b.Matches(status) {
			return true
		}
	}
	return false
}
