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
	w := &walker{Engine: e, t: &Trace{Request: r}}
	for i, s := range Stages {
		w.t.Steps[i].Stage = s
	}
	w.route()
	w.mapping()
	w.signing()
	w.protocol()
	w.authorization()
	w.queue()
	w.encryption()
	w.response()
	return w.t
}

// walker is one walk in progress.
type walker struct {
	*Engine
	t       *Trace
	context *vtl.ContextValues // $context of this request, made when it is first read
}

// step gives the step of a stage for writing, and a ledger for its gaps.
func (w *walker) step(s Stage) *Step { return w.t.Step(s) }

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
