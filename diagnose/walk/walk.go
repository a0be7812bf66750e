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
	t := e.spare
	if e.spare = nil; t == nil {
		t = &Trace{}
	}
	for i, s := range Stages {
		t.Steps[i].Stage = s
	}
	route := routing{call: call{Engine: e, Request: r, Steps: &t.Steps}, Route: &t.Route}
	route.arrive()
	t.Request = route.asked(r)
	mapping := mapping{routing: &route, Mapping: &t.Mapping}
	signing := signing{mapping: &mapping, Signing: &t.Signing}
	reading := reading{signing: &signing, Protocol: &t.Protocol}
	authorizing := authorizing{reading: &reading, Authorization: &t.Authorization}
	queueing := queueing{authorizing: &authorizing, Queue: &t.Queue}
	encrypting := encrypting{queueing: &queueing, Encryption: &t.Encryption}
	responding := responding{encrypting: &encrypting, Response: &t.Response}
	if route.Route.Preflight != nil {
		t.Request = route.Request
		responding.preflight()
		return t
	}
	mapping.mapping()
	signing.signing()
	reading.protocol()
	authorizing.authorization()
	queueing.queue()
	encrypting.encryption()
	responding.response()
	return t
}

// Forget gives back a trace of which nothing is needed any more, for the next walk.
func (e *Engine) Forget(t *Trace) {
	*t = Trace{}
	e.spare = t
}

// preflight ends the walk of a preflight request, which the API answers itself.
func (w *responding) preflight() {
	for _, s := range Stages[1:] {
		w.step(s).skip("API Gateway answers the preflight request itself")
	}
	w.kind.own(w, w.Route.Preflight)
}

// call is a walk in progress. Each stage works on a value of its own: the section
// that it fills, and what the stages before it derived, which it only reads.
type call struct {
	*Engine
	Request Request
	Steps   *[len(Stages)]Step
	kind    kind // of the API; nil where there is none
}

// The stages of a walk. Each of them points to the sections of the trace that it and
// those before it fill, so that none sees what a later one will derive.
type (
	routing struct {
		call
		domained bool // the request came by a custom domain name, whose path was taken off
		bodyRead bool // the way of the call depends on its body
		Route    *Route
	}
	mapping struct {
		*routing
		Mapping *Mapping
		context *vtl.ContextValues // $context of this request, made when it is first read
	}
	signing struct {
		*mapping
		Signing *Signing
	}
	reading struct {
		*signing
		Protocol *Protocol
	}
	authorizing struct {
		*reading
		Authorization *Authorization
	}
	queueing struct {
		*authorizing
		Queue *Queue
	}
	encrypting struct {
		*queueing
		Encryption *Encryption
	}
	responding struct {
		*encrypting
		Response *Response
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
