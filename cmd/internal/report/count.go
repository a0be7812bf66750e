package report

import "apisqs-doctor/diagnose"

// Summary counts the verdicts and the findings of an examination.
type Summary struct {
	Verdict      diagnose.Verdict `json:"verdict"`
	Methods      int              `json:"methods"`
	Broken       int              `json:"broken"`
	AtRisk       int              `json:"atRisk"`
	Healthy      int              `json:"healthy"`
	Inconclusive int              `json:"inconclusive"`
	Errors       int              `json:"errors"`
	Warnings     int              `json:"warnings"`
	Notes        int              `json:"notes"`
	Others       int              `json:"others"` // methods whose integration is not to SQS
}

// Summarize counts. An examination without a verdict is inconclusive.
func Summarize(e *diagnose.Examination) Summary {
	s := Summary{Verdict: verdict(e.Verdict), Methods: len(e.Diagnoses), Others: e.Others}
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		switch verdict(d.Verdict) {
		case diagnose.Broken:
			s.Broken++
		case diagnose.AtRisk:
			s.AtRisk++
		case diagnose.Healthy:
			s.Healthy++
		default:
			s.Inconclusive++
		}
		s.Errors += d.Count(diagnose.Error)
		s.Warnings += d.Count(diagnose.Warning)
		s.Notes += d.Count(diagnose.Note)
	}
	return s
}

// plus adds the counts of another region or account. Of the verdicts the worst
// counts, and what was not read outranks a risk that is known.
func (s Summary) plus(o Summary) Summary {
	out := Summary{s.Verdict, s.Methods + o.Methods, s.Broken + o.Broken, s.AtRisk + o.AtRisk, s.Healthy + o.Healthy, s.Inconclusive + o.Inconclusive,
		s.Errors + o.Errors, s.Warnings + o.Warnings, s.Notes + o.Notes, s.Others + o.Others}
	switch { // one without methods has nothing to say
	case o.Methods == 0:
		return out
	case s.Methods == 0:
		out.Verdict = o.Verdict
		return out
	}
	for _, v := range []diagnose.Verdict{diagnose.Broken, diagnose.Inconclusive, diagnose.AtRisk, diagnose.Healthy} {
		if s.Verdict == v || o.Verdict == v {
			out.Verdict = v
			break
		}
	}
	return out
}

// verdict makes the zero Verdict what it means.
func verdict(v diagnose.Verdict) diagnose.Verdict {
	if v == "" {
		return diagnose.Inconclusive
	}
	return v
}
