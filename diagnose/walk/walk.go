package walk

import (
	"fmt"

	"apisqs-doctor/diagnose/internal/vtl"
	"apisqs-doctor/diagnose/snapshot"
)

// Walk follows one request. A stage that needs what an earlier one failed to
// produce is unknown with reason Blocked; the others go on, so that everything
// that is wrong shows at once.
func (e *Engine) Walk(r Request) *Trace {
	c := call{Engine: e, Request: r}
	for i, s := range Stages {
		c.Steps[i].Stage = s
	}
	route := routing{call: c}
	route.route()
	if route.Route.Preflight != nil {
		return answered(&route)
	}
	mapping := mapping{routing: &route}
	mapping.mapping()
	signing := signing{mapping: &mapping}
	signing.signing()
	reading := reading{signing: &signing}
	reading.protocol()
	authorizing := authorizing{reading: &reading}
	authorizing.authorization()
	queueing := queueing{authorizing: &authorizing}
	queueing.queue()
	encrypting := encrypting{queueing: &queueing}
	encrypting.encryption()
	responding := responding{encrypting: &encrypting}
	responding.response()
	return &Trace{
		Request: route.asked(r), Steps: responding.Steps,
		Route: route.Route, Mapping: mapping.Mapping, Signing: signing.Signing, Protocol: reading.Protocol,
		Authorization: authorizing.Authorization, Queue: queueing.Queue, Encryption: encrypting.Encryption, Response: responding.Response,
	}
}

// answered ends the walk of a preflight request, which the API answers itself.
func answered(route *routing) *Trace {
	last := responding{encrypting: &encrypting{queueing: &queueing{authorizing: &authorizing{reading: &reading{signing: &signing{mapping: &mapping{routing: route}}}}}}}
	for _, s := range Stages[1:] {
		last.step(s).skip("API Gateway answers the preflight request itself")
	}
	last.kind.own(&last, route.Route.Preflight)
	return &Trace{Request: route.Request, Steps: last.Steps, Route: route.Route, Response: last.Response}
}

// call is a walk in progress. Each stage works on a value of its own: the section
// that it fills, and what the stages before it derived, which it only reads.
type call struct {
	*Engine
	Request Request
	Steps   [len(Stages)]Step
	kind    kind // of the API; nil where there is none
}

// The stages of a walk. The trace takes from each of them its own section, so
// that none can change what an earlier one derived or see what a later one will.
type (
	routing struct {
		call
		domained bool // the request came by a custom domain name, whose path was taken off
		Route    Route
	}
	mapping struct {
		*routing
		Mapping Mapping
		context *vtl.ContextValues // $context of this request, made when it is first read
	}
	signing struct {
		*mapping
		Signing Signing
	}
	reading struct {
		*signing
		Protocol Protocol
	}
	authorizing struct {
		*reading
		Authorization Authorization
	}
	queueing struct {
		*authorizing
		Queue Queue
	}
	encrypting struct {
		*queueing
		Encryption Encryption
	}
	responding struct {
		*encrypting
		Response Response
	}
)

// step gives the step of a stage.
func (w *call) step(s Stage) *Step { return &w.Steps[s.Index()] }

// pass ends a stage well, or as unknown when it met gaps.
func (s *Step) pass(gaps *snapshot.Gaps, format string, args ...any) {
	s.Said = fmt.Sprintf(format, args...)
	s.Gaps = gaps.List()
	s.Status = Passed
	if gaps.Any() {
		s.Status = Unknown
	}
}

// skip ends a stage that has nothing to do.
func (s *Step) skip(format string, args ...any) {
	s.Status, s.Said = NotApplicable, fmt.Sprintf(format, args...)
}

// fail ends a stage with what is answered.
func (s *Step) fail(gaps *snapshot.Gaps, f Failure, format string, args ...any) {
	if len(f.Codes) == 0 && f.Code != "" {
		f.Codes = []ErrorCode{f.Code}
	}
	s.Status, s.Failure = Failed, &f
	s.Said = fmt.Sprintf(format, args...)
	s.Gaps = gaps.List()
}

// unknown ends a stage that cannot be decided.
func (s *Step) unknown(gaps *snapshot.Gaps, format string, args ...any) {
	s.Status, s.Said, s.Gaps = Unknown, fmt.Sprintf(format, args...), gaps.List()
	if len(s.Gaps) == 0 {
		s.Gaps = []snapshot.Gap{{Reason: snapshot.Blocked, Detail: s.Said}}
	}
}

// blocked ends a stage that lacks what an earlier one should have produced.
func (s *Step) blocked(by Stage) {
	gaps := &snapshot.Gaps{}
	gaps.Add(snapshot.Gap{Reason: snapshot.Blocked, Detail: "the " + string(by) + " stage did not get that far"})
	s.unknown(gaps, "not reached")
}
