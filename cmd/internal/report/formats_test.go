package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// formats are all that a run is written in.
var formats = []struct {
	name  string
	write func(io.Writer, Run) error
}{
	{"json", JSON},
	{"txt", func(w io.Writer, r Run) error { return Text(w, r, false) }},
	{"short.txt", Short},
	{"sarif", SARIF},
	{"junit.xml", JUnit},
	{"md", Markdown},
	{"github", GitHub},
	{"gitlab.json", GitLab},
}

// only keeps one method of a run.
func only(r Run, i int) Run {
	d := r.Examination.Diagnoses[i]
	r.Examination.Diagnoses, r.Examination.Verdict, r.Examination.Others = []diagnose.Diagnosis{d}, d.Verdict, 0
	return r
}

// whole is a run with checks, a suppressed finding and a notice.
func whole() Run {
	r := broken()
	denied := r.Examination.Diagnoses[1].Gaps[0]
	r.Rules = []diagnose.Rule{
		{ID: "protocol-content-type", Stage: walk.StageProtocol, Severity: diagnose.Error, Title: "a form is not announced as one",
			Doc: "SQS reads a form only when it is announced.\n\nMap Content-Type.", Refs: []string{"https://docs.aws.amazon.com/apigateway/"}},
		{ID: "mapping-body-not-encoded", Stage: walk.StageMapping, Severity: diagnose.Error, Title: "client data is not encoded", Doc: "One `&` ends the message."},
		{ID: "signing-role-trust", Stage: walk.StageSigning, Severity: diagnose.Error, Title: "the role does not trust API Gateway"},
		{ID: "queue-fifo-group", Stage: walk.StageQueue, Severity: diagnose.Error, Title: "no message group"},
	}
	check := func(rule, status string, gaps ...snapshot.Gap) diagnose.Check {
		stage, _, _ := strings.Cut(rule, "-")
		return diagnose.Check{Rule: rule, Stage: walk.Stage(stage), Status: walk.Status(status), Gaps: gaps}
	}
	blocked := snapshot.Gap{Reason: snapshot.Blocked, Detail: "not reached"}
	set := func(i int, list ...diagnose.Check) { r.Examination.Diagnoses[i].Checks = list }
	set(0, check("protocol-content-type", "failed"), check("mapping-body-not-encoded", "passed"), check("signing-role-trust", "passed"), check("queue-fifo-group", "unknown", blocked))
	set(1, check("protocol-content-type", "passed"), check("mapping-body-not-encoded", "passed"), check("signing-role-trust", "unknown", denied), check("queue-fifo-group", "not-applicable"))
	set(2, check("protocol-content-type", "passed"), check("mapping-body-not-encoded", "failed"), check("signing-role-trust", "passed"), check("queue-fifo-group", "not-applicable"))
	set(3, check("protocol-content-type", "passed"), check("mapping-body-not-encoded", "passed"), check("signing-role-trust", "passed"), check("queue-fifo-group", "not-applicable"))
	return r
}

// known is the whole run with its finding suppressed by a baseline, and a skip that has expired.
func known() Run {
	r := whole()
	d := &r.Examination.Diagnoses[0]
	r.Suppressed = map[Mark]Suppression{MarkOf(d, d.Findings[0]): {By: ByBaseline, Reason: "known since the baseline was written"}}
	r.Notices = []string{`the skip of "queue-fifo-group" has expired on 2026-01-31`}
	return r
}

// deployed is a run about a deployed API, whose findings are shown at a file of
// the repository.
func deployed() Run {
	r := only(whole(), 0)
	r.Anchor = "infra/template.yaml"
	r.Examination.Target.Kind, r.Examination.Target.File = snapshot.Live, ""
	d := &r.Examination.Diagnoses[0]
	d.Gaps = whole().Examination.Diagnoses[1].Gaps
	f := &d.Findings[0]
	f.Evidence = slices.Clone(f.Evidence)
	for i := range f.Evidence {
		f.Evidence[i].Origin = snapshot.Origin{Resource: "/restapis/a1b2c3d4", Path: "integration"}
	}
	return r
}

// runs are the runs that have expected reports in each format.
func runs() map[string]Run {
	return map[string]Run{"broken": only(whole(), 0), "inconclusive": only(whole(), 1), "at-risk": only(whole(), 2), "healthy": only(whole(), 3),
		"several": whole(), "known": known(), "error": failed(), "deployed": deployed()}
}

func TestFormats(t *testing.T) {
	for name, r := range runs() {
		for _, f := range formats {
			var b, again bytes.Buffer
			if err := f.write(&b, r); err != nil {
				t.Fatal(err)
			}
			if err := f.write(&again, r); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Errorf("%s of %s differs from one time to the next", f.name, name)
			}
			if i := bytes.IndexFunc(b.Bytes(), func(r rune) bool { return r != '\n' && unseen(r) }); i >= 0 {
				t.Errorf("%s of %s has a control character at %d", f.name, name, i)
			}
			golden(t, filepath.Join("formats", name+"."+f.name), b.Bytes())
		}
	}
}

// SARIF says whether a suppression stands in the code, and what was there before.
func TestSuppressionsInSARIF(t *testing.T) {
	for by, want := range map[string][2]string{BySkip: {"external", ""}, ByFile: {"external", ""}, ByTemplate: {"inSource", ""}, ByBaseline: {"external", "unchanged"}} {
		var out sarifResult
		out.suppress(&Suppression{By: by, Reason: "agreed"})
		if got := [2]string{out.Suppressions[0].Kind, out.BaselineState}; got != want {
			t.Errorf("%s: %q, want %q", by, got, want)
		}
	}
}

// The official schema, of OASIS: sarif-schema-2.1.0.json, errata 01.
func sarifValidator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSARIFValidates(t *testing.T) {
	schema := sarifValidator(t)
	check := func(name string, r Run) {
		var b bytes.Buffer
		if err := SARIF(&b, r); err != nil {
			t.Fatal(err)
		}
		validate(t, schema, name, b.Bytes())
	}
	for name, r := range runs() {
		check(name, r)
	}
	check("nothing", Run{})
	check("empty", Run{Examination: diagnose.Examination{Diagnoses: []diagnose.Diagnosis{{Findings: []diagnose.Finding{{Rule: "x"}}}}}})
	bad, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version":"2.1.0","runs":[{"results":[]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(bad) == nil {
		t.Error("the schema takes a run without a tool")
	}
}

// A file's address is relative to the repository, and survives odd names.
func TestSARIFArtifact(t *testing.T) {
	for file, want := range map[string]sarifArtifactLocation{
		"infra/template.yaml":    {"infra/template.yaml", "%SRCROOT%"},
		"./template.yaml":        {"template.yaml", "%SRCROOT%"},
		"infra/../a.yaml":        {"a.yaml", "%SRCROOT%"},
		"my template#1.yaml":     {"my%20template%231.yaml", "%SRCROOT%"},
		"a:b/c:d.yaml":           {"a%3Ab/c%3Ad.yaml", "%SRCROOT%"},
		"/home/ci/template.yaml": {"file:///home/ci/template.yaml", ""},
	} {
		if got := sarifArtifact(file); got != want {
			t.Errorf("%s: got %+v, want %+v", file, got, want)
		}
	}
}

// What the counts of a JUnit file say is what is in it.
func TestJUnitCounts(t *testing.T) {
	for name, r := range runs() {
		var b bytes.Buffer
		if err := JUnit(&b, r); err != nil {
			t.Fatal(err)
		}
		var doc junitSuites
		if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		var sum, said junitSuites
		for _, s := range doc.Suites {
			sum.add(junitSuite{Cases: s.Cases})
			said.Tests, said.Failures, said.Errors, said.Skipped = said.Tests+s.Tests, said.Failures+s.Failures, said.Errors+s.Errors, said.Skipped+s.Skipped
			for _, c := range s.Cases {
				if c.Name == "" || c.Class == "" {
					t.Errorf("%s: a case without a name in %s", name, s.Name)
				}
			}
		}
		got := []int{doc.Tests, doc.Failures, doc.Errors, doc.Skipped}
		if !slices.Equal(got, []int{sum.Tests, sum.Failures, sum.Errors, sum.Skipped}) || !slices.Equal(got, []int{said.Tests, said.Failures, said.Errors, said.Skipped}) {
			t.Errorf("%s: counts %v, the cases are %+v, the suites say %+v", name, got, sum, said)
		}
		if name == "error" && (doc.Errors != 1 || doc.Tests != 1) {
			t.Errorf("a run that failed has %d cases and %d errors", doc.Tests, doc.Errors)
		}
	}
}

// A case is a failure, an error, skipped or passed as the contract says.
func TestJUnitOutcomes(t *testing.T) {
	var b bytes.Buffer
	if err := JUnit(&b, known()); err != nil {
		t.Fatal(err)
	}
	var doc junitSuites
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	find := func(suite int, rule string) junitCase {
		for _, c := range doc.Suites[suite].Cases {
			if c.Name == rule {
				return c
			}
		}
		t.Fatalf("no case %s in suite %d", rule, suite)
		return junitCase{}
	}
	if c := find(0, "protocol-content-type"); c.Skipped == nil || c.Failure != nil {
		t.Errorf("a suppressed finding is not skipped: %+v", c)
	}
	if c := find(0, "queue-fifo-group"); c.Skipped == nil {
		t.Errorf("a check that was not reached is not skipped: %+v", c)
	}
	if c := find(1, "signing-role-trust"); c.Error == nil {
		t.Errorf("an unknown check is no error: %+v", c)
	}
	if c := find(2, "mapping-body-not-encoded"); c.Failure != nil || !strings.Contains(c.Output, "warning") {
		t.Errorf("a warning is not in the output of a case that passes: %+v", c)
	}
	if c := find(3, "queue-fifo-group"); c.Skipped == nil {
		t.Errorf("a check that does not apply is not skipped: %+v", c)
	}
}

// What stands in the data cannot break out of a format.
func TestFormatsQuoteTheData(t *testing.T) {
	const evil = "x|y</summary><script>alert(1)</script>\n::error::gotcha\r\n```\n@everyone `code` [link](http://example.com) %0A"
	r := whole()
	f := &r.Examination.Diagnoses[0].Findings[0]
	f.Message, f.Why, f.Check = evil, evil, diagnose.Verification{Say: evil, Command: []string{evil}}
	f.Evidence = []diagnose.Evidence{{Label: evil, Value: evil, Origin: snapshot.Origin{File: "a,b:c\n.yaml", Line: 3}}}
	r.Examination.APIs[0].Name = evil
	out := map[string]string{}
	for _, f := range formats {
		var b bytes.Buffer
		if err := f.write(&b, r); err != nil {
			t.Fatal(err)
		}
		out[f.name] = b.String()
	}
	for _, line := range strings.Split(strings.TrimSpace(out["github"]), "\n") {
		if !regexp.MustCompile(`^::(error|warning|notice) [^:]*::`).MatchString(line) || strings.HasPrefix(line, "::error::gotcha") {
			t.Errorf("annotation %q", line)
		}
	}
	fenced := ""
	for _, line := range strings.Split(out["md"], "\n") {
		marks := regexp.MustCompile("^`{3,}").FindString(line)
		switch {
		case fenced == "" && marks != "":
			fenced = marks
		case marks == fenced:
			fenced = ""
		case fenced == "" && (strings.Contains(line, "<script>") || strings.Contains(line, "@everyone") || strings.Contains(line, "](")):
			t.Errorf("markup of the data is in the Markdown: %s", line)
		}
	}
	if fenced != "" {
		t.Error("a code block does not end")
	}
	if n := strings.Count(out["md"], "<details>"); n != strings.Count(out["md"], "</details>") {
		t.Errorf("%d details are opened and %d closed", n, strings.Count(out["md"], "</details>"))
	}
	if err := xml.Unmarshal([]byte(out["junit.xml"]), &junitSuites{}); err != nil {
		t.Error(err)
	}
}

// A comment on GitHub takes 65,536 characters.
func TestMarkdownIsBounded(t *testing.T) {
	r := whole()
	for len(r.Examination.Diagnoses) < 2000 {
		r.Examination.Diagnoses = append(r.Examination.Diagnoses, r.Examination.Diagnoses[:4]...)
	}
	var b bytes.Buffer
	if err := Markdown(&b, r); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65_536 {
		t.Errorf("%d bytes", b.Len())
	}
	for _, want := range []string{"more.", "see the JSON report"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report does not say %q", want)
		}
	}
}

// A fingerprint stays when values and lines change, and tells rules, methods and places apart.
func TestFingerprint(t *testing.T) {
	r := broken()
	d, f := &r.Examination.Diagnoses[0], r.Examination.Diagnoses[0].Findings[0]
	first := Fingerprint(d, f)
	moved := f
	moved.Message = "other"
	moved.Evidence = slices.Clone(f.Evidence)
	moved.Evidence[0].Origin.Line, moved.Evidence[0].Value = 99, "other"
	if got := Fingerprint(d, moved); got != first {
		t.Error("the fingerprint depends on a line or a value")
	}
	other := f
	other.Rule = "protocol-target"
	if Fingerprint(d, other) == first || Fingerprint(&r.Examination.Diagnoses[1], f) == first {
		t.Error("two findings have one fingerprint")
	}
	if diff := cmp.Diff(16, len(first)); diff != "" {
		t.Error(diff)
	}
}

// A Markdown report lists the steps of a plan.
func TestMarkdownPlan(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, demonstration(t, "mapping_body_not_encoded_failing")); err != nil {
		t.Fatal(err)
	}
	if want := "**Do this** for <code>POST /orders</code>, then healthy:\n\n1. URL-encode &#36;input.body in the template, with &#36;util.urlEncode\n"; !strings.Contains(b.String(), want) {
		t.Errorf("no %q in\n%s", want, b.String())
	}
}
