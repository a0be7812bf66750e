package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// htmlPlan is what to change, with what there is now and then side by side.
type htmlPlan struct {
	Label     string // of its landmark
	Steps     []htmlStep
	Remains   []Remaining
	Complete  bool
	Now, Then htmlSide
	Notations []htmlNotation
}

// htmlSide is what becomes of the request before or after the plan.
type htmlSide struct {
	Verdict  diagnose.Verdict
	Outcome  string
	Start    string     // request line of what SQS receives
	Body     []htmlLine // that SQS receives
	Messages []Message
	InQueue  string // heading of the messages
	None     string // why there is no message
	Answer   *Answer
	Gets     string // what the client gets in place of an answer
}

// htmlStep is a step of the plan.
type htmlStep struct {
	Step
	N       int
	Changes []htmlChange
}

// htmlChange is a value before and after, what differs marked.
type htmlChange struct {
	Target        string
	Before, After []htmlLine
	Bare          bool // the target says it all
}

// newHTMLPlan is the plan of a diagnosis; nil when there is none.
func newHTMLPlan(r Run, d *diagnose.Diagnosis, m Method, id string, say Words) *htmlPlan {
	if m.Plan == nil {
		return nil
	}
	p := &htmlPlan{Remains: m.Plan.Remains, Complete: m.Plan.Complete,
		Now: newHTMLSide(d, say), Then: newHTMLSide(changed(r, d), say),
		Notations: notations(id+"plan", m.kind(r), m.Plan.Commands, m.Plan.CloudFormation, m.Plan.Terraform, m.Plan.Diff)}
	for i, step := range m.Plan.Steps {
		x := htmlStep{Step: step, N: i + 1}
		for _, c := range step.Changes {
			x.Changes = append(x.Changes, sideBySide(c))
		}
		p.Steps = append(p.Steps, x)
	}
	return p
}

// newHTMLSide is what becomes of the request of a diagnosis.
func newHTMLSide(d *diagnose.Diagnosis, say Words) htmlSide {
	s := htmlSide{Verdict: verdict(d.Verdict), Outcome: say.Show(Outcome(d)), Messages: messages(d, say), Answer: answer(d, say), Gets: "It is not known.", InQueue: "In the queue", None: "No message arrives."}
	if d.Verdict == diagnose.Inconclusive && d.Predicted.Code == "" {
		s.InQueue, s.None = "In the queue, if the message gets there", "Whether a message arrives is not known."
	}
	if word := answerWord(d); word != notKnown {
		s.Gets = strings.ToUpper(word[:1]) + word[1:] + "."
	}
	if out, ok := outboundOf(d); ok {
		s.Start = say.Show(out.method + " " + out.url)
		if out.bodyKnown {
			s.Body = bodyLines(d.Trace, nil, say)
		}
	}
	return s
}

// changed is the same call once the plan's changes are made: the prediction that
// the plan was proved with, and the walk that leads to it. Without a walk, where
// the changes cannot be made here, the prediction stands alone.
func changed(r Run, d *diagnose.Diagnosis) *diagnose.Diagnosis {
	out := &diagnose.Diagnosis{Verdict: d.Plan.Verdict, Predicted: *d.Plan.After}
	if r.follower != nil && d.Trace != nil {
		out.Trace = r.follower.Planned(d)
	}
	return out
}

// sideBySide marks what differs between a value and what is to take its place.
func sideBySide(c Change) htmlChange {
	x := htmlChange{Target: c.Target, Bare: c.Before == "" && c.After == ""}
	var gone, come []htmlMark
	shift := 0 // what the edits so far add to the length
	if c.Before != "" && c.After != "" {
		for _, e := range udiff.Strings(c.Before, c.After) {
			gone = append(gone, htmlMark{e.Start, e.End, "gone", ""})
			come = append(come, htmlMark{e.Start + shift, e.Start + shift + len(e.New), "new", ""})
			shift += len(e.New) - (e.End - e.Start)
		}
	}
	x.Before, x.After = codeLines(c.Before, gone, Words{}), codeLines(c.After, come, Words{})
	return x
}

// notations are a change as commands and as text of each kind that it has; the
// one for the target first.
func notations(id, kind string, commands []string, cloudFormation, terraform, diff string) []htmlNotation {
	var list []htmlNotation
	add := func(name, text string, open bool) {
		if text = strings.TrimRight(text, "\n"); text == "" {
			return
		}
		x := htmlNotation{ID: fmt.Sprintf("%s-%d", id, len(list)+1), Name: name, Text: text, Open: open}
		if open {
			list = append([]htmlNotation{x}, list...)
			return
		}
		list = append(list, x)
	}
	written := kind == snapshot.Template || kind == snapshot.Terraform || kind == snapshot.OpenAPI
	add("diff of your files, for git apply", diff, diff != "")
	add("AWS CLI", strings.Join(commands, "\n"), diff == "" && !written)
	add("CloudFormation", cloudFormation, diff == "" && kind == snapshot.Template)
	add("OpenAPI", cloudFormation, diff == "" && kind == snapshot.OpenAPI)
	add("Terraform", terraform, diff == "" && kind == snapshot.Terraform)
	return list
}

// kind is the kind of target that the method was read from.
func (m *Method) kind(r Run) string { return cmp.Or(r.Examination.Target.Kind, snapshot.Live) }
