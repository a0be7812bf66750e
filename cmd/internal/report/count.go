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

// verdict makes the zero Verdict what it means.
func verdict(v diagnose.Verdict) diagnose.Verdict {
	if v == "" {
		return diagnose.Inconclusive
	}
	return v
}
