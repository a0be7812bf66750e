package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"slices"
	"strings"
)

// judges tells whether a walk has a call to SQS and what the stage derived of it.
func judges(stage walk.Stage) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool { return p.Judges(stage) }
}

// requires tells whether nothing that the stage derives is missing.
func requires(stage walk.Stage) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool { return p.Requires(stage) }
}

// all tells whether every one of the conditions holds, in turn.
func all(conditions ...func(*diagnose.Pass) bool) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool {
		return !slices.ContainsFunc(conditions, func(holds func(*diagnose.Pass) bool) bool { return !holds(p) })
	}
}

// plain tells the request under diagnosis from an awkward one.
func plain(p *diagnose.Pass) bool { return p.Awkward == "" }

// sendsForm tells whether the call is a form with its parameters in the body.
func sendsForm(p *diagnose.Pass) bool { return p.Trace.SendsForm() }

// hasAPI tells whether it is known which API is called.
func hasAPI(p *diagnose.Pass) bool {
	if p.Trace.Route.API == nil {
		p.Requires(walk.StageRoute)
	}
	return p.Trace.Route.API != nil
}

// hasMethod tells whether the call reaches a method. Where it is known to reach none,
// the rule does not apply.
func hasMethod(p *diagnose.Pass) bool {
	if p.Trace.Route.Method != nil {
		return true
	}
	if p.Requires(walk.StageRoute) {
		p.NotApplicable()
	}
	return false
}

// reached tells whether the call reaches an integration.
func reached(p *diagnose.Pass) bool {
	if !p.Reached() {
		p.NotApplicable()
	}
	return p.Reached()
}

// callsSQS tells whether the walk got to a call for SQS that a rule can judge.
func callsSQS(p *diagnose.Pass) bool {
	if !p.Reached() || !p.CallsSQS() || p.Trace.Signing.Type == "MOCK" {
		p.NotApplicable()
		return false
	}
	return true
}

// unreadableFor tells whether SQS cannot read the call for the given reason. Where
// it can, or where that is not known, the rule is done.
func unreadableFor(has func(walk.Faults) bool) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool {
		switch {
		case !callsSQS(p):
			return false
		case has(p.Trace.Protocol.Faults):
			return true
		}
		p.Requires(walk.StageProtocol)
		return false
	}
}

// reachedSQS tells whether there is an integration that is meant to call SQS.
func reachedSQS(p *diagnose.Pass) bool {
	if !p.Reached() || !p.Trace.Signing.Meant && (p.Trace.Signing.URIText != "" || p.Trace.Signing.Type == "MOCK") {
		p.NotApplicable()
		return false
	}
	return true
}

// further tells whether another walk gets further than the first failure of this
// one, or fails of something else there.
func further(first *walk.Step, then *walk.Trace) bool {
	failed := then.FirstFailure()
	return failed == nil || failed.Later(first) || failed.Failure.Message != first.Failure.Message
}

// unblamed tells whether what the queue refuses is its parameter's own fault.
func unblamed(p *diagnose.Pass) bool { return !blamedElsewhere(p, p.Trace.Queue.Answer.Parameter) }

// blamedElsewhere tells whether a parameter is missing or wrong for a reason that
// a rule of the mapping stage reports: a reference that can print nothing
// (mapping-empty-reference), or white space around the parameter
// (mapping-whitespace).
func blamedElsewhere(p *diagnose.Pass, name string) bool {
	for _, slip := range p.Trace.MisspeltParameters() {
		if slip.Meant == name {
			return true // mapping-name-mismatch
		}
	}
	return misprinted(p, name) || misspaced(p) || mismapped(p, name)
}

func misprinted(p *diagnose.Pass, name string) bool {
	m, t := &p.Trace.Mapping, p.Template()
	if t == nil {
		return false
	}
	text := ""
	if at, ok := t.FormParameter(name); ok {
		text = m.Template[at.Start:at.End]
	} else if at, ok := t.Member(lastName(name)); ok {
		text = m.Template[at.Start:at.End]
	}
	for _, e := range m.Blanks() {
		mistake := e.Reason == walk.UndefinedVariable || e.Reason == walk.UnknownMethod || arrivesAs(p, e) != ""
		if p.Awkward != "" && strings.Contains(text, e.Reference) {
			return true // a body of another client's; this one sends the member
		}
		if mistake && strings.Contains(text, e.Reference) && blames(p, e) {
			return true
		}
	}
	return false
}

// misspaced tells whether the call gets further once the white space is taken
// out of the template.
func misspaced(p *diagnose.Pass) bool {
	if p.Trace.Mapping.Rendered == nil || !p.Trace.SendsForm() || len(strayBlanks(&p.Trace.Mapping)) == 0 {
		return false
	}
	_, mended := tightened(p)
	return mended != nil && culprit(p, mended) != nil
}

// refusedFor tells whether the queue refuses the call, or one of its messages,
// for the given reason. Where it does not, or that is not known, the rule is done.
func refusedFor(fault walk.QueueFault) func(*diagnose.Pass) bool {
	return func(p *diagnose.Pass) bool {
		switch {
		case !callsSQS(p):
			return false
		case p.Trace.Queue.Fault == fault:
			return true
		}
		if p.Requires(walk.StageProtocol) && !p.Trace.Queue.Missing {
			p.Requires(walk.StageQueue)
		}
		return false
	}
}
