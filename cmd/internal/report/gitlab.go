package report

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"apisqs-doctor/diagnose"
)

// gitlabIssue is one entry of a Code Quality report, which GitLab shows in merge
// requests: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
// An entry without a path or a line is not shown.
type gitlabIssue struct {
	Description string         `json:"description"`
	Check       string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"` // of entries with the same one GitLab shows the first
	Severity    string         `json:"severity"`    // info, minor, major, critical or blocker
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"` // from the root of the repository, without ./
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

var gitlabSeverities = map[string]string{"error": "critical", "warning": "major", "note": "info"}

// GitLab writes the run as a Code Quality report. What is deployed has no file: it is
// shown at the run's anchor or, without one, under the name of the program.
func GitLab(w io.Writer, r Run) error {
	doc := NewDocument(r.posix())
	say := newWords(r)
	issues := []gitlabIssue{}
	seen := map[string]int{}
	add := func(check, severity, fingerprint, description string, o Origin) {
		if seen[fingerprint]++; seen[fingerprint] > 1 {
			fingerprint = fmt.Sprintf("%s-%d", fingerprint, seen[fingerprint])
		}
		at := gitlabLocation{cmp.Or(standIn(r), "apisqs-doctor"), gitlabLines{1}}
		if inFile(o) {
			at = gitlabLocation{o.File, gitlabLines{max(1, o.Line)}}
		}
		at.Path = Visible(path.Clean(filepath.ToSlash(at.Path)))
		issues = append(issues, gitlabIssue{Visible(description), check, fingerprint, severity, at})
	}
	if doc.Error != nil {
		add("apisqs-doctor", "blocker", nameOf("error"), "the doctor could not run: "+joinSentences(doc.Error.Message, doc.Error.Hint), Origin{})
	}
	for i, m := range doc.Methods {
		for _, f := range m.Findings {
			var o Origin
			if len(f.Evidence) > 0 {
				o = f.Evidence[0].Origin
			}
			severity, text := gitlabSeverities[f.Severity], message(m, f)
			if f.Suppressed != nil {
				severity, text = "info", text+" Does not fail the run: "+f.Suppressed.Reason+"."
			}
			add(f.Rule, cmp.Or(severity, "info"), f.Fingerprint, text, o)
		}
		d := &r.Examination.Diagnoses[i]
		switch {
		case m.Verdict == diagnose.Inconclusive:
			add("inconclusive", "major", nameOf("inconclusive", title(m)), title(m)+": "+say.Show(Outcome(d)), Origin{})
		case m.Verdict == diagnose.Broken && d.Count(diagnose.Error) == 0:
			add("broken", "critical", nameOf("broken", title(m)), title(m)+": "+say.Show(Outcome(d)), Origin{})
		}
	}
	for _, g := range doc.Gaps {
		add("inconclusive", "major", nameOf("gap", g.Detail), g.Detail, g.Origin)
	}
	for _, n := range doc.Notices {
		add("apisqs-doctor", "info", nameOf("notice", n), n, Origin{})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(issues); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	writeEscaped(out, b.Bytes())
	return out.Flush()
}

// nameOf makes a fingerprint of what an entry without one is about.
func nameOf(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(sum, "%s\x00", p)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
