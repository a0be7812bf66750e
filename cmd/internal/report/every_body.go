package report

import (
	"fmt"

	"apisqs-doctor/diagnose/walk"
)

// EveryBody is what holds for every call of a method, not only for this one.
type EveryBody struct {
	Result         string   `json:"result"`                   // safe, unsafe or undecided
	Counterexample *Request `json:"counterexample,omitempty"` // a smallest call that shows the harm of an unsafe template
	Harm           string   `json:"harm,omitempty"`
	Stopped        string   `json:"stopped,omitempty"` // why it is undecided: the reference, and what is not known of it
}

func everyBody(b *walk.EveryBody, say Words) *EveryBody {
	if b == nil {
		return nil
	}
	out := &EveryBody{Result: b.Result.String()}
	switch b.Result {
	case walk.UnsafeForOne:
		r := request(b.Request, say)
		out.Counterexample, out.Harm = &r, b.Harm.String()
	case walk.NotDecided:
		out.Stopped = say.Show(stoppedAt(b))
	}
	return out
}

// stoppedAt says why a proof is undecided.
func stoppedAt(b *walk.EveryBody) string {
	if b.Stopped == "" {
		return b.Why
	}
	if b.Line == 0 { // of a parameter mapping
		return b.Stopped + ": " + b.Why
	}
	return fmt.Sprintf("%s (line %d): %s", b.Stopped, b.Line, b.Why)
}

// everyBody says what holds for every call.
func (t *text) everyBody(b *walk.EveryBody) {
	if b == nil {
		return
	}
	mark, paint := "ok", t.style.good
	switch b.Result {
	case walk.UnsafeForOne:
		mark, paint = "!", t.style.doubt
	case walk.NotDecided:
		mark, paint = "?", t.style.doubt
	}
	t.onPath(mark, paint, "every body", t.clean(ForEveryBody(b)))
}

// ForEveryBody says what holds for every call.
func ForEveryBody(b *walk.EveryBody) string {
	switch b.Result {
	case walk.UnsafeForOne:
		return b.Said() + ": " + b.Harm.String()
	case walk.NotDecided:
		return "not decided, " + stoppedAt(b)
	}
	return "no call can break it, cut a value or set a parameter"
}
