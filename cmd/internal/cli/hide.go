package cli

import (
	"strings"

	"apisqs-doctor/cmd/internal/cases"
	"apisqs-doctor/cmd/internal/secret"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// hide puts stand-ins in the place of the call's credentials, with which the call
// takes the same way: what is diagnosed and shown knows no credential. There is an
// error where none does, since the value itself decides.
func (c call) hide(s *snapshot.Snapshot, r walk.Request) (walk.Request, error) {
	if c.show {
		return r, nil
	}
	var as *walk.Trace
	for _, mask := range []secret.Mask{secret.Plain, secret.Shaped} {
		hidden, any := secret.Request(r, mask)
		if !any {
			return r, nil
		}
		engine := walk.New(s)
		if as == nil {
			as = engine.Walk(r)
		}
		if sameWay(as, engine.Walk(hidden)) {
			return hidden, nil
		}
	}
	return r, usage("to show them, give --show-secrets; to keep them out of the report, give others that are not in use",
		"what becomes of this call depends on the values of its credentials, which are not shown")
}

// sameWay tells whether two calls end alike at each stage.
func sameWay(a, b *walk.Trace) bool {
	for i := range a.Steps {
		x, y := &a.Steps[i], &b.Steps[i]
		if x.Status != y.Status || (x.Failure == nil) != (y.Failure == nil) || x.Failure != nil && x.Failure.Code != y.Failure.Code {
			return false
		}
	}
	return a.Route.Method == nil && b.Route.Method == nil || a.Route.Method != nil && b.Route.Method != nil && walk.MethodName(a.Route.Method) == walk.MethodName(b.Route.Method)
}

// hideOutcome keeps the credentials of a case's call out of its results.
func hideOutcome(o *cases.Outcome, r *walk.Request) {
	in := strings.NewReplacer(secret.Pairs(r)...)
	for i := range o.Differences {
		d := &o.Differences[i]
		d.Expected, d.Got = in.Replace(d.Expected), in.Replace(d.Got)
	}
}
