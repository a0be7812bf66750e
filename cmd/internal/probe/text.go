package probe

import (
	"fmt"
	"strings"

	"apisqs-doctor/cmd/internal/explain"
	"apisqs-doctor/cmd/internal/logs"
	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
)

// columns is where the text of a field begins.
const columns = 14

// text lays a trial out for a person. Nothing in it is obeyed by a terminal.
type text struct {
	strings.Builder
	trial *Trial
}

func (w *text) field(name, prose string) {
	if prose != "" {
		w.WriteString(report.Fill("  "+name, columns, w.trial.words.Show(prose)))
	}
}

// Announce says what is about to be sent, and what is predicted.
func (t *Trial) Announce() string {
	w := &text{trial: t}
	w.WriteString(report.Visible(t.words.Show(t.Heading())) + "\n\n")
	w.sample()
	w.field("predicted", t.Predicted())
	w.about()
	return w.String()
}

// sample shows the body of a request that is the doctor's own. One of the user's is not repeated.
func (w *text) sample() {
	if r := &w.trial.Diagnosis.Trace.Request; w.trial.Sample {
		w.field("request", "the doctor's own sample: "+r.Body)
	}
}

// about says what is tested and what is not.
func (w *text) about() {
	tested := "the draft, without stage variables"
	switch {
	case w.trial.Stage != "" && w.trial.variables:
		tested = fmt.Sprintf("the draft, with the variables of stage %q", w.trial.Stage)
	case w.trial.Stage != "":
		tested += fmt.Sprintf(": those of stage %q could not be read", w.trial.Stage)
	}
	w.field("tested", tested)
	w.field("not tested", strings.Join(w.trial.Limits(), ", "))
	for _, note := range w.trial.Notes() {
		w.field("note", note)
	}
}

// Report says what was observed, whether it is what was predicted and, when the
// call failed or the two disagree, what can be the cause. With all the log is
// shown as a whole, bodies included; credentials never are.
func (t *Trial) Report(o *Observed, v Verdict, rules []diagnose.Rule, all bool) string {
	w := &text{trial: t}
	word, sentence := t.headline(o, v)
	w.WriteString(report.Visible(t.words.Show(t.Heading())) + "\n\n")
	w.WriteString(report.Fill("  "+word, len(word)+5, sentence) + "\n")
	w.sample()
	w.field("predicted", t.Predicted())
	w.field("observed", o.sentence())
	w.field("message", t.message(o))
	w.field("latency", o.latency())
	w.about()
	if v == Disagrees {
		w.field("note", "the configuration has changed since it was read (IAM takes its time), something decides that was not read, such as a policy of the organization, "+
			"or the doctor is wrong. In that case please report it, with what this prints: apisqs-doctor snapshot --api-id "+t.Call.API+" --redact")
	}
	well := v == Agrees && o.Delivered() == logs.Yes
	switch found := t.found(); {
	case v == Agrees && len(found) > 0 && (!well || t.altered()):
		w.causes("The diagnosis says why, and AWS bears it out. To repair it: apisqs-doctor fix --api-id "+t.Call.API, found)
	case !well:
		w.causes("It can mean, the likeliest first:", o.causes(rules))
	}
	w.log(o, all, !well)
	return w.String()
}

// headline is the outcome in a word and in a sentence.
func (t *Trial) headline(o *Observed, v Verdict) (word, sentence string) {
	delivered := o.Delivered()
	switch {
	case v == Disagrees:
		return "DISAGREES", "AWS did not do what the doctor predicted"
	case delivered == logs.Unknown:
		return "UNCLEAR", "the log does not say what SQS answered"
	case delivered == logs.No && v == Agrees:
		return "FAILED", "the call failed, as predicted"
	case delivered == logs.No:
		return "FAILED", "the call failed; there was no prediction"
	case v == Unpredicted:
		return "SUCCEEDED", "the call succeeded; there was no prediction"
	case t.altered():
		return "ALTERED", "the call succeeded, as predicted, but " + t.Diagnosis.Trace.Queue.Altered
	}
	return "AGREES", "the call succeeded, as predicted"
}

// altered tells whether the message is predicted to be another one than the client sent.
func (t *Trial) altered() bool { return t.Diagnosis.Trace.Queue.Altered != "" }

// Settled is how a trial ended, for the exit code.
type Settled uint8

// The ends of a trial.
const (
	Inconclusive Settled = iota // nothing failed, but it could not be told whether all is well
	Well                        // the call succeeded, as predicted
	Problem                     // it failed, altered the message, or did not do what was predicted
)

// Settle sums a trial up.
func (t *Trial) Settle(o *Observed, v Verdict) Settled {
	switch delivered := o.Delivered(); {
	case v == Disagrees || delivered == logs.No:
		return Problem
	case delivered == logs.Unknown || v == Unpredicted:
		return Inconclusive
	case t.altered():
		return Problem
	}
	return Well
}

// sentence says what was observed in the words of a prediction.
func (o *Observed) sentence() string {
	s := fmt.Sprintf("the client gets %d", o.Status)
	if o.ErrorType != "" {
		s += " " + string(o.ErrorType)
	}
	switch {
	case o.Called == logs.No:
		s += "; SQS was not called"
	case o.SQSStatus == 0:
		s += "; what SQS answered is not in the log"
	case o.SQSStatus >= 400 && o.Code == "":
		s += fmt.Sprintf("; SQS answered %d, and no code that can be read", o.SQSStatus)
	default:
		s += strings.TrimRight(fmt.Sprintf("; SQS answered %d %s", o.SQSStatus, o.Code), " ")
	}
	if o.Lost {
		s += " and refused entries of the batch"
	}
	return s
}

// message says which message is on the queue now.
func (t *Trial) message(o *Observed) string {
	if o.MessageID == "" || o.Lost {
		return ""
	}
	s := o.MessageID + " is on the queue"
	switch sameMessage(t.Diagnosis.Trace, o) {
	case logs.Yes:
		s += ", with the expected text (MD5 " + o.MD5 + ")"
	case logs.No:
		s += ", with another text than expected (MD5 " + o.MD5 + ")"
	}
	return s
}

func (o *Observed) latency() string {
	s := fmt.Sprintf("%d ms", o.Latency)
	if o.SQSLatency != 0 {
		s += fmt.Sprintf(", of which SQS took %d ms", o.SQSLatency)
	}
	return s
}

// mostCauses is how many causes are worth telling.
const mostCauses = 4

// found is what the diagnosis of the draft finds at fault.
func (t *Trial) found() []explain.Cause {
	var list []explain.Cause
	for _, f := range t.Diagnosis.Findings {
		if f.Severity == diagnose.Error {
			list = append(list, explain.Cause{Title: f.Message, Rule: f.Rule})
		}
	}
	return list[:min(len(list), mostCauses)]
}

// causes ranks what the answer and the log can mean.
func (o *Observed) causes(rules []diagnose.Rule) []explain.Cause {
	list := explain.Explain(o.evidence(), rules)
	return list[:min(len(list), mostCauses)]
}

// evidence is what AWS said, without what the client did.
func (o *Observed) evidence() string {
	lines := []string{string(o.ErrorType), o.Body}
	for _, entry := range o.Log {
		if !strings.HasPrefix(entry, "Method request ") {
			lines = append(lines, entry)
		}
	}
	return strings.Join(lines, "\n")
}

func (w *text) causes(title string, list []explain.Cause) {
	if len(list) == 0 {
		return
	}
	w.WriteString("\n" + report.Fill("", 2, title))
	for i, c := range list {
		w.WriteString(report.Fill(fmt.Sprintf("  %d.", i+1), 6, w.trial.words.Show(c.Title)))
		if c.Tell != "" {
			w.WriteString(report.Fill("      tell", 12, c.Tell))
		}
		if c.Rule != "" {
			w.WriteString(report.Fill("      more", 12, "apisqs-doctor rules show "+c.Rule))
		}
	}
}

// log shows the execution log: all of it, what tells how the test went, or nothing.
func (w *text) log(o *Observed, all, telling bool) {
	list, hidden := o.Log.Telling(o.SQSStatus >= 400)
	switch {
	case all:
		list, hidden = o.Log.All(), 0
	case !telling:
		return
	}
	w.WriteString("\n  log\n")
	for _, entry := range list {
		w.WriteString("    " + report.Visible(w.trial.words.Show(entry)) + "\n")
	}
	if hidden > 0 {
		fmt.Fprintf(w, "    (entries that are not shown: %d; --log shows them, with what the request holds)\n", hidden)
	}
	if len(o.Log) == 0 {
		w.WriteString("    (empty)\n")
	}
}
