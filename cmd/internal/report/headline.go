package report

import (
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// Headline is the verdict of a method in words: what the caller sees, the risk of
// one that works, and what is missing where it cannot be told.
func Headline(d *diagnose.Diagnosis) string {
	switch d.Verdict {
	case diagnose.AtRisk:
		if f := first(d, diagnose.Warning); f != nil {
			if malformed := d.Trace.Queue.Malformed; malformed != nil && strings.Contains(f.Message, malformed.Problem) {
				return Outcome(d) + ": " + malformed.Problem // the outcome says what the message is not
			}
			return Outcome(d) + "; the risk: " + f.Message + showsOn(f)
		}
	case diagnose.Inconclusive, "":
		if open := openFacts(d); len(open) > 0 {
			s := "not known: " + open[0].Detail
			if len(open) > 1 {
				s += ", and other facts that are listed below"
			}
			if d.Predicted.Status != 0 {
				s += "; but for that " + Outcome(d)
			}
			return s
		}
	}
	return Outcome(d)
}

// showsOn names the awkward request that shows a finding, where its message does not
// say already what of it makes the difference.
func showsOn(f *diagnose.Finding) string {
	words := strings.Fields(f.Awkward.Name)
	if len(words) == 0 || strings.Contains(f.Message, strings.Trim(words[len(words)-1], `"`)) {
		return ""
	}
	return " (shows on " + f.Awkward.Name + ")"
}

func first(d *diagnose.Diagnosis, severity diagnose.Severity) *diagnose.Finding {
	for i := range d.Findings {
		if d.Findings[i].Severity == severity {
			return &d.Findings[i]
		}
	}
	return nil
}

// openFacts are the gaps of a diagnosis that follow from no other.
func openFacts(d *diagnose.Diagnosis) []snapshot.Gap {
	return unread(&diagnose.Examination{Diagnoses: []diagnose.Diagnosis{*d}})
}

// mending says what is predicted once the plan of a diagnosis is carried out.
func mending(d *diagnose.Diagnosis) string {
	p := &d.Plan
	switch {
	case p.After == nil || p.After.Code != "" || p.Verdict == diagnose.Broken:
		return "do this; it is a part of what is needed:"
	case p.Verdict == diagnose.Inconclusive:
		return "do this; whether it is enough is not known:"
	case !p.Complete:
		return "do this; what remains stands below it:"
	}
	return "do this, " + then(d) + ":"
}

// then is the success that a plan leads to in words: what is different then.
func then(d *diagnose.Diagnosis) string {
	p := *d.Plan.After
	same := p.Status == d.Predicted.Status && p.Delivery == d.Predicted.Delivery
	switch {
	case d.Verdict == diagnose.AtRisk && same:
		return "and the risk is gone"
	case same && p.Status != 0 && d.Trace != nil && strings.HasPrefix(d.Trace.Protocol.Action, "SendMessage"):
		return "then the message arrives as it is meant, and the client gets " + statusesWord(p)
	case p.Delivery != "":
		return "and it works"
	case p.Status == 0:
		return "then it works"
	}
	return strings.TrimSpace("then the client gets " + statusesWord(p))
}
