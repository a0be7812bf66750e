package rules

import (
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/walk"
	"strings"
)

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
func unreadableFor(p *diagnose.Pass, has func(walk.Faults) bool) bool {
	if !callsSQS(p) {
		return false
	}
	if has(p.Trace.Protocol.Faults) {
		return true
	}
	p.Requires(walk.StageProtocol)
	return false
}

// reachedSQS tells whether there is an integration that is meant to call SQS.
func reachedSQS(p *diagnose.Pass) bool {
	if !p.Reached() || !p.Trace.Signing.Meant && (p.Trace.Signing.URIText != "" || p.Trace.Signing.Type == "MOCK") {
		p.NotApplicable()
		return false
	}
	return true
}

// blamedElsewhere tells whether a parameter is missing or wrong for a reason that
// a rule of the mapping stage reports: a reference that can print nothing
// (mapping-empty-reference), or white space around the parameter
// (mapping-whitespace).
func blamedElsewhere(p *diagnose.Pass, name string) bool {
	return misprinted(p, name) || misspaced(p)
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
		mistake := e.Reason == walk.UndefinedVariable || e.Reason == walk.UnknownMethod
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
func refusedFor(p *diagnose.Pass, fault walk.QueueFault) bool {
	if !callsSQS(p) {
		return false
	}
	if p.Trace.Queue.Fault == fault {
		return true
	}
	if p.Requires(walk.StageProtocol) && !p.Trace.Queue.Missing {
		p.Requires(walk.StageQueue)
	}
	return false
}
