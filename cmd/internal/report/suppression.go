package report

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
)

// Suppression says why a finding does not fail the run. The finding stays in
// every report: what is wrong is wrong, also where it is known.
type Suppression struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	Until  string `json:"until,omitempty"` // YYYY-MM-DD, the last day on which it holds
}

// What a finding is suppressed by.
const (
	BySkip     = "skip"     // --skip on the command line
	ByOnly     = "only"     // --only names other rules
	ByFile     = "file"     // a skip of the configuration file
	ByTemplate = "template" // a skip in the Metadata of the template
	ByBaseline = "baseline" // known when the baseline was written
)

// Fingerprint names a finding in the same way from run to run, whatever lines
// have moved and values have changed: 16 hexadecimal digits made from the rule,
// the API, the stage, the method and what the first evidence is.
func Fingerprint(d *diagnose.Diagnosis, f diagnose.Finding) string {
	label := ""
	if len(f.Evidence) > 0 {
		label = f.Evidence[0].Label
	}
	return fingerprint(d, f, label)
}

// FormerFingerprints name the finding as earlier releases did, which a baseline of
// theirs holds.
func FormerFingerprints(d *diagnose.Diagnosis, f diagnose.Finding) []string {
	if len(f.Evidence) == 0 {
		return nil
	}
	var list []string
	for _, former := range formerLabels {
		if former.now.MatchString(f.Evidence[0].Label) && former.rule.MatchString(f.Rule) {
			list = append(list, fingerprint(d, f, former.now.ReplaceAllString(f.Evidence[0].Label, former.was)))
		}
	}
	return list
}

// formerLabels are the labels that the first evidence of a rule's findings has changed,
// with what 0.1.0 said.
var formerLabels = []struct {
	rule, now *lazy.Expression
	was       string
}{
	// The mapping that gives a parameter that SQS refuses stands in front of the body.
	{lazy.Regexp(`^(?:queue-|protocol-missing-parameter$)`), lazy.Regexp(`^integration\.request\.querystring\..*`), "body that SQS receives"},
	// The template's media type is named too.
	{lazy.Regexp(`^response-template$`), lazy.Regexp(`^(response template of [0-9]+) for .*`), "$1"},
}

func fingerprint(d *diagnose.Diagnosis, f diagnose.Finding, label string) string {
	p := placeOf(d)
	api := p.apiName
	if api == "" {
		api = p.apiID
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, api, p.stage, p.method, p.path, label}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// Mark names a finding within one run, where fingerprints may be alike: two APIs
// can have one name, and a rule can find two things of one label in a method.
type Mark struct {
	fingerprint string
	api         string // id
	at          snapshot.Origin
}

// MarkOf is the mark of a finding.
func MarkOf(d *diagnose.Diagnosis, f diagnose.Finding) Mark {
	m := Mark{fingerprint: Fingerprint(d, f), api: placeOf(d).apiID}
	if len(f.Evidence) > 0 {
		m.at = f.Evidence[0].Origin
	}
	return m
}

// suppression is the one for a finding, or nil.
func (r Run) suppression(d *diagnose.Diagnosis, f diagnose.Finding) *Suppression {
	if s, ok := r.Suppressed[MarkOf(d, f)]; ok {
		return &s
	}
	return nil
}

// suppressed tells of a finding that does not fail the run in two lines.
func (t *text) suppressed(f diagnose.Finding, s Suppression) {
	t.hang("  known "+string(f.Severity)+" "+f.Rule+": ", fieldColumns, t.clean(f.Message))
	reason := s.Reason
	if s.Until != "" {
		reason += " (until " + s.Until + ")"
	}
	t.field(s.By, t.clean(reason))
}

// notices tells what the reader has to know about the run itself.
func (t *text) notices() {
	for _, n := range t.run.Notices {
		t.hang("note: ", 6, t.clean(n))
	}
	for _, n := range t.run.Sights {
		t.hang("logs: ", 6, t.clean(n))
	}
	if len(t.run.Notices)+len(t.run.Sights) > 0 {
		t.line("")
	}
}
