// Package accept decides which findings do not fail a run: those that the command
// line, a configuration file, the template itself or a baseline speaks for. It
// drops none of them; they are marked, and every report shows them.
package accept

import (
	"fmt"
	"slices"

	"apisqs-doctor/cmd/internal/report"
	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// Options say which findings are accepted.
type Options struct {
	Only, Skip []string  // IDs of rules, from the command line
	Config     *Config   // nil without a configuration file
	Template   []Skip    // what the template says itself; see Stated
	Baseline   *Baseline // nil without one
	Today      string    // YYYY-MM-DD, for skips that end

	// Partial tells that only a part of what the file and the baseline are about
	// was looked at, so that nothing can be said about what they do not meet.
	Partial bool
}

// Result is what a run is to be told about its findings.
type Result struct {
	Suppressed map[report.Mark]report.Suppression // by report.MarkOf
	Notices    []string                           // skips that have expired or that nothing needs
	Anchor     string                             // of the configuration file
}

// skips are those of the command line, of the configuration file and of the template.
func (o Options) skips() []Skip {
	var list []Skip
	for _, rule := range o.Skip {
		list = append(list, Skip{Skip: snapshot.Skip{Rule: rule, Reason: "skipped on the command line", Origin: snapshot.Origin{File: "--skip " + rule}}, by: report.BySkip})
	}
	if o.Config != nil {
		list = append(list, o.Config.Skips...)
	}
	return append(list, o.Template...)
}

// usage tells by their places which skips fit a finding, and whether they still hold.
type usage struct{ used, expired map[snapshot.Origin]bool }

// Apply marks the findings of an examination. The command line comes before the
// file, the file before the template, the template before the baseline.
func (o Options) Apply(e *diagnose.Examination) Result {
	out := Result{Suppressed: map[report.Mark]report.Suppression{}}
	skips, u := o.skips(), usage{map[snapshot.Origin]bool{}, map[snapshot.Origin]bool{}}
	met, known := map[string]bool{}, o.Baseline.set()
	for i := range e.Diagnoses {
		d := &e.Diagnoses[i]
		for _, f := range d.Findings {
			isKnown := false
			for _, fingerprint := range append(report.FormerFingerprints(d, f), report.Fingerprint(d, f)) {
				met[fingerprint] = true
				isKnown = isKnown || known[fingerprint]
			}
			s, ok := o.suppress(skips, d, f, u)
			if !ok && isKnown {
				s, ok = report.Suppression{By: report.ByBaseline, Reason: "known when the baseline was written"}, true
			}
			if mark := report.MarkOf(d, f); ok && out.Suppressed[mark].By == "" {
				out.Suppressed[mark] = s
			}
		}
	}
	out.Notices = append(o.skipNotices(skips, e, u), o.baselineNotices(met)...)
	if o.Config != nil {
		out.Anchor = o.Config.Anchor
	}
	return out
}

func (o Options) suppress(skips []Skip, d *diagnose.Diagnosis, f diagnose.Finding, u usage) (report.Suppression, bool) {
	var found report.Suppression
	about := subjectOf(d, f)
	// Every skip that fits is one that is needed, also behind another one.
	for i := range skips {
		s := &skips[i]
		switch {
		case !s.fits(f.Rule, about):
		case s.ended(o.Today):
			u.expired[s.place()] = true
		default:
			u.used[s.place()] = true
			if found.By == "" {
				found = report.Suppression{By: s.by, Reason: s.Reason, Until: s.Until}
			}
		}
	}
	switch {
	case len(o.Only) > 0 && !slices.Contains(o.Only, f.Rule):
		return report.Suppression{By: report.ByOnly, Reason: "--only names other rules"}, true
	case found.By != "":
		return found, true
	}
	return report.Suppression{}, false
}

func (o Options) skipNotices(skips []Skip, e *diagnose.Examination, u usage) []string {
	var list []string
	told := map[snapshot.Origin]bool{}
	for i := range skips {
		s := &skips[i]
		at := s.place()
		if told[at] {
			continue
		}
		told[at] = true
		switch {
		case u.expired[at]:
			list = append(list, fmt.Sprintf("%s: the skip of %q ended on %s, so its finding counts again", s.Where(), s.Rule, s.Until))
		case u.used[at] || o.Partial || undecided(e, s.Rule):
		case s.ended(o.Today):
			list = append(list, fmt.Sprintf("%s: the skip of %q ended on %s and fits no finding; take it out", s.Where(), s.Rule, s.Until))
		default:
			list = append(list, fmt.Sprintf("%s: the skip of %q fits no finding; take it out", s.Where(), s.Rule))
		}
	}
	return list
}

// undecided tells that a rule may have something to find that the doctor could
// not see.
func undecided(e *diagnose.Examination, rule string) bool {
	if len(e.Unlisted) > 0 {
		return true
	}
	for i := range e.Diagnoses {
		for _, c := range e.Diagnoses[i].Checks {
			if c.Rule == rule && c.Status != walk.Passed && c.Status != walk.Failed && c.Status != walk.NotApplicable {
				return true
			}
		}
	}
	return false
}

func (o Options) baselineNotices(met map[string]bool) []string {
	if o.Baseline == nil || o.Partial {
		return nil
	}
	gone := 0
	for _, f := range o.Baseline.Findings {
		if !met[f.Fingerprint] {
			gone++
		}
	}
	switch gone {
	case 0:
		return nil
	case 1:
		return []string{"1 finding of the baseline is not there any more; write the baseline anew"}
	}
	return []string{fmt.Sprintf("%d findings of the baseline are not there any more; write the baseline anew", gone)}
}

// Remaining is the examination as the exit code sees it: without the suppressed
// findings, and with the verdicts that the other ones give. A failure that no
// suppressed finding explains stays one.
func Remaining(e *diagnose.Examination, suppressed map[report.Mark]report.Suppression) diagnose.Examination {
	out := *e
	out.Diagnoses = slices.Clone(e.Diagnoses)
	for i := range out.Diagnoses {
		remain(&out.Diagnoses[i], suppressed)
	}
	return out
}

func remain(d *diagnose.Diagnosis, suppressed map[report.Mark]report.Suppression) {
	var left []diagnose.Finding
	errors, explained := 0, d.Predicted.Code == ""
	for _, f := range d.Findings {
		if _, ok := suppressed[report.MarkOf(d, f)]; !ok {
			left = append(left, f)
			continue
		}
		if f.Severity == diagnose.Error {
			errors++
			explained = explained || slices.Contains(f.Codes, d.Predicted.Code)
		}
	}
	if len(left) == len(d.Findings) {
		return
	}
	d.Findings = left
	switch {
	case d.Count(diagnose.Error) > 0, d.Verdict == diagnose.Inconclusive:
	case d.Verdict == diagnose.Broken && (errors == 0 || !explained):
	case d.Verdict == diagnose.Broken && doubtful(d):
		d.Verdict = diagnose.Inconclusive
	case d.Count(diagnose.Warning) > 0:
		d.Verdict = diagnose.AtRisk
	default:
		d.Verdict = diagnose.Healthy
	}
}

// doubtful tells that something could not be read that does not only wait
// behind a failure.
func doubtful(d *diagnose.Diagnosis) bool {
	if d.Trace == nil {
		return true
	}
	for _, s := range d.Trace.Steps {
		if unread(s.Status, s.Gaps) {
			return true
		}
	}
	for _, c := range d.Checks {
		if unread(c.Status, c.Gaps) {
			return true
		}
	}
	return false
}

// unread tells whether a status is unknown for another reason than an earlier failure.
func unread(status walk.Status, gaps []snapshot.Gap) bool {
	switch status {
	case walk.Passed, walk.Failed, walk.NotApplicable:
		return false
	}
	return len(gaps) == 0 || slices.ContainsFunc(gaps, func(g snapshot.Gap) bool { return g.Reason != snapshot.Blocked })
}
