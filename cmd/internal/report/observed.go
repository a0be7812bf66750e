package report

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/diagnose"
)

// Observed is what the logs say of the calls of a method, held against the prediction.
type Observed struct {
	Window string          `json:"window"` // how far back was read, such as 1h
	Calls  int             `json:"calls"`  // that met the current deployment
	Failed int             `json:"failed"` // the client got an error
	Lost   int             `json:"lost"`   // SQS refused, and the client was told of success
	Older  int             `json:"older"`  // calls of earlier deployments, not among the others
	Groups []ObservedGroup `json:"groups"` // calls that went in one way for one reason, the most first
	Unread []string        `json:"unread"` // why calls may be missing
}

// ObservedGroup is a set of calls that failed in one way for one reason, or that
// succeeded where a failure was predicted.
type ObservedGroup struct {
	Outcome  string           `json:"outcome"` // against the prediction
	Rule     string           `json:"rule"`    // that explains them; empty when none does
	Code     string           `json:"code"`
	Statuses ObservedStatuses `json:"statuses"`
	Count    int              `json:"count"`
	First    string           `json:"first"` // RFC 3339; empty when the log has no times
	Last     string           `json:"last"`
	Example  ObservedExample  `json:"example"`
	Shared   string           `json:"shared"` // what these calls have in common and others have not; empty when nothing
	Lost     bool             `json:"lost"`
	Why      string           `json:"why"` // what the rule finds, or what can explain a difference
}

// ObservedStatuses are those of the client and of SQS, 0 for none or when not logged.
type ObservedStatuses struct {
	Client int `json:"client"`
	SQS    int `json:"sqs"`
}

// ObservedExample is one call of a group.
type ObservedExample struct {
	ID        string `json:"id"`
	Time      string `json:"time"`
	Line      string `json:"line"` // of the log, that says how it ended
	Predicted string `json:"predicted"`
}

// observedOf is what was seen of the method of a diagnosis; nil when no logs were read.
func (r *Run) observedOf(d *diagnose.Diagnosis) *logs.Observed {
	if d.Trace == nil || d.Trace.Route.API == nil || d.Trace.Route.Method == nil {
		return nil
	}
	return r.Observed[ObservedKey(d)]
}

// ObservedKey names the method of a diagnosis in Run.Observed.
func ObservedKey(d *diagnose.Diagnosis) string {
	r := &d.Trace.Route
	stage := ""
	if r.Stage != nil {
		stage = r.Stage.Name
	}
	return r.API.ID + "/" + stage + " " + logs.MethodName(r.Method)
}

// observed is the JSON of what was seen.
func observed(o *logs.Observed, say Words) *Observed {
	if o == nil {
		return nil
	}
	out := &Observed{Window: o.Window, Calls: o.Calls, Failed: o.Failed, Lost: o.Lost, Older: o.Older, Groups: []ObservedGroup{}, Unread: []string{}}
	for _, s := range o.Unread {
		out.Unread = append(out.Unread, say.Show(s))
	}
	for _, g := range o.Groups {
		out.Groups = append(out.Groups, ObservedGroup{string(g.Outcome), g.Rule, string(g.Code), ObservedStatuses(g.Statuses), g.Count, g.First, g.Last,
			ObservedExample{g.Example.ID, g.Example.Time, say.Show(g.Example.Line), g.Example.Predicted}, say.Show(g.Shared), g.Lost, say.Show(g.Why)})
	}
	return out
}

// observedLine sums up what was seen in a sentence.
func observedLine(o *logs.Observed) string {
	s := fmt.Sprintf("%s in %s: %d failed, %d lost", plural(o.Calls, "call"), o.Window, o.Failed, o.Lost)
	if o.Calls == 0 {
		s = "no call in the logs of " + o.Window + ", which does not say that there was none"
	}
	if len(o.Unread) > 0 {
		s += "; calls may be missing"
	}
	return s
}

// ObservedWords say how a group stands against the prediction.
var ObservedWords = map[logs.Outcome]string{
	logs.Confirmed:    "as predicted",
	logs.Differs:      "DIFFERS from the prediction",
	logs.NotPredicted: "not predicted",
	logs.TooLittle:    "too little is logged to compare",
}

// groupLine is a group in a sentence.
func groupLine(g logs.Group) string {
	s := fmt.Sprintf("%d × %s, %s", g.Count, g.Seen(), ObservedWords[g.Outcome])
	if g.Rule != "" {
		s += " (" + g.Rule + ")"
	}
	if g.Shared != "" {
		s += "; " + g.Shared
	}
	return s
}

// observed writes what was seen under the path of a method.
func (t *text) observed(d *diagnose.Diagnosis) {
	o := t.run.observedOf(d)
	if o == nil {
		return
	}
	t.hang("  seen     ", 11, t.clean(observedLine(o)))
	for _, g := range o.Groups {
		t.hang("           ", 13, t.clean(groupLine(g)))
	}
	t.line("")
}

// markdownObserved writes what was seen of a method.
func markdownObserved(b *strings.Builder, name string, o *logs.Observed, say Words) {
	if o == nil {
		return
	}
	fmt.Fprintf(b, "\n%s, from its logs: %s\n", code(name), prose(observedLine(o)))
	for i, g := range o.Groups {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "- %s\n", prose(say.Show(groupLine(g))))
	}
}
