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
			s := Outcome(d) + "; at risk: " + f.Message
			if f.Awkward.Name != "" {
				s += " (shows on " + f.Awkward.Name + ")"
			}
			return s
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

// mending says what is predicted once a plan is carried out.
func mending(p *diagnose.Plan) string {
	switch {
	case p.After == nil || p.After.Code != "" || p.Verdict == diagnose.Broken:
		return "do this; it is a part of what is needed:"
	case p.Verdict == diagnose.Inconclusive:
		return "do this; whether it is enough is not known:"
	case !p.Complete:
		return "do this; what remains stands below it:"
	}
	return "do this, " + then(*p.After) + ":"
}

// then is a success in words.
func then(p diagnose.Prediction) string {
	switch {
	case p.Delivery != "":
		return "and it works"
	case p.Status == 0:
		return "then it works"
	}
	return strings.TrimSpace("then the client gets " + statusesWord(p))
}
