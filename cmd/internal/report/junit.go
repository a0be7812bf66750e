package report

import (
	"encoding/xml"
	"io"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// JUnit writes the run as JUnit XML: a suite for each method, in it a case for
// the verdict and one for each rule. An error finding is a failure, what is
// unknown an error, what does not apply or is suppressed is skipped; warnings
// and notes stand in the output of a case that passes.
func JUnit(w io.Writer, r Run) error {
	doc := NewDocument(r.posix().showing(Remedy{Commands: r.Remedy.Commands}))
	say := newWords(r)
	out := junitSuites{Name: r.Tool.Name}
	for i := range r.Examination.Diagnoses {
		out.add(junitSuiteOf(&r.Examination.Diagnoses[i], doc.Methods[i], say))
	}
	if rest := junitRest(doc); len(rest.Cases) > 0 {
		out.add(rest)
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(append([]byte(xml.Header), text...), '\n'))
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	File    string       `xml:"file,attr,omitempty"`
	Line    int          `xml:"line,attr,omitempty"`
	Failure *junitResult `xml:"failure,omitempty"`
	Error   *junitResult `xml:"error,omitempty"`
	Skipped *junitResult `xml:"skipped,omitempty"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitResult struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (s *junitSuites) add(suite junitSuite) {
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	s.Tests, s.Failures, s.Errors, s.Skipped = s.Tests+suite.Tests, s.Failures+suite.Failures, s.Errors+suite.Errors, s.Skipped+suite.Skipped
	s.Suites = append(s.Suites, suite)
}

func junitSuiteOf(d *diagnose.Diagnosis, m Method, say Words) junitSuite {
	suite := junitSuite{Name: Visible(title(m))}
	suite.Cases = append(suite.Cases, junitVerdict(d, m, say))
	byRule := map[string][]Finding{}
	for _, f := range m.Findings {
		byRule[f.Rule] = append(byRule[f.Rule], f)
	}
	seen := map[string]bool{}
	for _, c := range d.Checks {
		seen[c.Rule] = true
		suite.Cases = append(suite.Cases, junitCaseOf(c, byRule[c.Rule], say))
	}
	for _, f := range m.Findings {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			suite.Cases = append(suite.Cases, junitCaseOf(diagnose.Check{Rule: f.Rule, Stage: walk.Stage(f.Stage), Status: walk.Failed}, byRule[f.Rule], say))
		}
	}
	return suite
}

// title names a method in a line.
func title(m Method) string {
	return strings.Join(strings.Fields(strings.Join([]string{m.API, m.Stage, m.Method, m.Path}, " ")), " ")
}

// junitVerdict is the case that tells what the client gets. A failure that a
// finding explains is counted there and not twice.
func junitVerdict(d *diagnose.Diagnosis, m Method, say Words) junitCase {
	c := junitCase{Class: "apisqs-doctor", Name: "verdict", Output: Visible(string(m.Verdict) + ": " + say.Show(Outcome(d)))}
	switch {
	case m.Verdict == diagnose.Inconclusive:
		c.Error = &junitResult{Type: "inconclusive", Message: c.Output}
	case m.Verdict == diagnose.Broken && d.Count(diagnose.Error) == 0:
		c.Failure = &junitResult{Type: "broken", Message: c.Output}
	}
	return c
}

func junitCaseOf(check diagnose.Check, findings []Finding, say Words) junitCase {
	c := junitCase{Class: "apisqs-doctor." + string(check.Stage), Name: check.Rule}
	var failures, known, said []string
	for _, f := range findings {
		text := Visible(f.Message)
		if place := junitPlace(f); place != "" {
			text += " (" + place + ")"
		}
		switch {
		case f.Suppressed != nil:
			known = append(known, text+": "+Visible(f.Suppressed.Reason))
		case f.Severity == string(diagnose.Error):
			failures = append(failures, visible(junitText(f), true))
		default:
			said = append(said, f.Severity+": "+text)
		}
		if len(f.Evidence) > 0 && c.File == "" {
			c.File, c.Line = Visible(f.Evidence[0].Origin.File), f.Evidence[0].Origin.Line
		}
	}
	c.Output = strings.Join(said, "\n")
	switch {
	case len(failures) > 0:
		first, _, _ := strings.Cut(failures[0], "\n")
		c.Failure = &junitResult{Type: string(diagnose.Error), Message: first, Text: strings.Join(failures, "\n\n")}
	case len(known) > 0:
		c.Skipped = &junitResult{Message: strings.Join(known, "; ")}
	case check.Status == walk.NotApplicable:
		c.Skipped = &junitResult{Message: "does not apply"}
	case check.Status != walk.Passed && check.Status != walk.Failed:
		var list []string
		if NotReached(walk.Step{Gaps: check.Gaps}) {
			c.Skipped = &junitResult{Message: "not reached"}
			break
		}
		for _, g := range check.Gaps {
			list = append(list, Visible(string(g.Reason)+": "+say.Show(g.Detail)))
		}
		if len(list) == 0 {
			list = []string{"not known"}
		}
		c.Error = &junitResult{Type: "unknown", Message: list[0], Text: strings.Join(list, "\n")}
	}
	return c
}

func junitPlace(f Finding) string {
	if len(f.Evidence) == 0 {
		return ""
	}
	return Visible(f.Evidence[0].place())
}

// place is the file and line of a value, or its resource.
func (e Evidence) place() string {
	o := e.Origin
	return Where(snapshot.Origin{Resource: o.Resource, Path: o.Path, File: o.File, Line: o.Line})
}

// junitText tells a finding in full: the message first, on a line of its own.
func junitText(f Finding) string {
	var b strings.Builder
	b.WriteString(Visible(f.Message))
	for _, e := range f.Evidence {
		b.WriteString("\n" + Visible(strings.TrimSuffix(e.Label+": "+e.Value, ": ")))
		if place := e.place(); place != "" {
			b.WriteString(" (" + place + ")")
		}
	}
	if f.Why != "" {
		b.WriteString("\nwhy: " + Visible(f.Why))
	}
	for _, x := range f.Fixes {
		b.WriteString("\nfix: " + Visible(x.Title))
		for _, command := range x.Commands {
			b.WriteString("\n  " + command)
		}
	}
	b.WriteString("\nmore: " + f.Help)
	return b.String()
}

// junitRest is the suite of what belongs to no method.
func junitRest(doc Document) junitSuite {
	suite := junitSuite{Name: "apisqs-doctor"}
	if doc.Error != nil {
		message := Visible(joinSentences(doc.Error.Message, doc.Error.Hint))
		suite.Cases = append(suite.Cases, junitCase{Class: "apisqs-doctor", Name: "run", Error: &junitResult{Type: "error", Message: message}})
	} else if len(doc.Methods) == 0 {
		suite.Cases = append(suite.Cases, junitCase{Class: "apisqs-doctor", Name: "run", Error: &junitResult{Type: "inconclusive", Message: "no method leads to SQS"}})
	}
	for _, g := range doc.Gaps {
		suite.Cases = append(suite.Cases, junitCase{Class: "apisqs-doctor", Name: "unlisted", Error: &junitResult{Type: "unknown", Message: Visible(g.Detail)}})
	}
	for _, n := range doc.Notices {
		suite.Cases = append(suite.Cases, junitCase{Class: "apisqs-doctor", Name: "notice", Output: Visible(n)})
	}
	return suite
}
