package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/rules"
)

// logOf is the log of a run, read again.
func logOf(t *testing.T, r Run) sarifRun {
	t.Helper()
	var b bytes.Buffer
	if err := SARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

// A run has no more results, and a result no more places, than code scanning
// takes. The lightest results are left out, and that is said.
func TestSARIFLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: it renders thousands of findings")
	}
	r := only(whole(), 0)
	finding := r.Examination.Diagnoses[0].Findings[0]
	finding.Fixes = nil
	var list []diagnose.Finding
	for i := range mostResults + 3 {
		f := finding
		f.Severity = diagnose.Warning
		switch i {
		case 5, 6, 7, 8:
			f.Severity = diagnose.Note
		case mostResults + 2:
			f.Severity = diagnose.Error
			f.Evidence = slices.Repeat(f.Evidence[:1], mostLocations+50)
		}
		list = append(list, f)
	}
	r.Examination.Diagnoses[0].Findings = list
	run := sarifRunOf(r) // to write it out and read it again takes ten times as long
	if len(run.Results) != mostResults {
		t.Fatalf("%d results", len(run.Results))
	}
	levels := map[string]int{}
	for _, x := range run.Results {
		levels[x.Level]++
	}
	if levels["note"] != 1 || levels["warning"] != mostResults-2 || levels["error"] != 1 || run.Results[5].Level != "note" {
		t.Errorf("the results are %v, want the lightest ones left out and the others in order", levels)
	}
	last := run.Results[mostResults-1]
	if n := len(last.Locations) + len(last.Related); last.Level != "error" || n != mostLocations {
		t.Errorf("the last result is of level %q and has %d places", last.Level, n)
	}
	if n := strings.Count(last.Message.Text, "]("); n != mostLinks {
		t.Errorf("%d links", n)
	}
	if got := last.Fingerprints["primaryLocationLineHash"]; got != last.Fingerprints["apisqsDoctor/v1"]+":25000" {
		t.Errorf("results that look alike have one fingerprint: %s", got)
	}
	notes := run.Invocations[0].Notifications
	if n := len(notes) - 1; n < 0 || notes[n].Descriptor.ID != kindCut || notes[n].Message.Text != "left out: 3 results, the lightest; code scanning takes 25000, the JSON report has all" {
		t.Errorf("notifications %+v", notes)
	}
	if run := logOf(t, only(whole(), 0)); slices.ContainsFunc(run.Invocations[0].Notifications, func(n sarifNotification) bool { return n.Descriptor.ID == kindCut }) {
		t.Error("results are said to be left out that are not")
	}
}

// All rules have what code scanning asks for, within its limits.
func TestSARIFRules(t *testing.T) {
	run := logOf(t, Run{Rules: rules.All()})
	secure := 0
	for i, r := range rules.All() {
		got := run.Tool.Driver.Rules[i]
		if got.ID != r.ID || got.Short.Text == "" || got.Full.Text == "" || len(got.Short.Text) > longestDescription || len(got.Full.Text) > longestDescription || len(got.Name) > 255 {
			t.Errorf("%s: %+v", r.ID, got)
		}
		if len(got.Help.Text) < len(r.Doc) || !strings.HasPrefix(got.Help.Markdown, "# "+r.Title+"\n\n") ||
			!strings.Contains(regexp.MustCompile(`\\([<*_\\])`).ReplaceAllString(got.Help.Markdown, "$1"), strings.TrimSpace(r.Doc)) || regexp.MustCompile(`(^|[^\\])[<*]`).MatchString(got.Help.Markdown) {
			t.Errorf("%s has no help: %+v", r.ID, got.Help)
		}
		for _, ref := range r.Refs {
			if !strings.Contains(got.Help.Markdown, "]("+ref+")") || !strings.Contains(got.Help.Text, ref) {
				t.Errorf("%s: the help does not refer to %s", r.ID, ref)
			}
		}
		tags := slices.Compact(slices.Sorted(slices.Values(got.Properties.Tags)))
		if len(tags) != len(got.Properties.Tags) || len(tags) > 20 {
			t.Errorf("%s has tags %v", r.ID, got.Properties.Tags)
		}
		if slices.Contains(tags, "security") != (got.Properties.Security != "") {
			t.Errorf("%s: tags %v, security %q", r.ID, tags, got.Properties.Security)
		}
		if got.Properties.Security != "" {
			secure++
		}
	}
	if secure != len(securitySeverity) {
		t.Errorf("%d rules about security, of %d", secure, len(securitySeverity))
	}
}

// What concerns one target is kept apart from what concerns another, and a run
// that failed closes no alert.
func TestSARIFCategory(t *testing.T) {
	set := func(kind, file string) Run {
		r := broken()
		r.Examination.Target.Kind, r.Examination.Target.File = kind, file
		return r
	}
	several, fail := set(snapshot.Live, ""), set(snapshot.Template, "template.yaml")
	several.Examination.APIs = append(several.Examination.APIs, several.Examination.APIs[0])
	fail.Problem = &Problem{ExitCode: 2}
	for want, r := range map[string]Run{
		"apisqs-doctor/template/infra/my%20file.yaml/": set(snapshot.Template, "./infra/my file.yaml"),
		"apisqs-doctor/template/a1b2c3d4/":             set(snapshot.Template, snapshot.StandardInput),
		"apisqs-doctor/live/a1b2c3d4/":                 set(snapshot.Live, ""),
		"apisqs-doctor/snapshot/a1b2c3d4/":             set(snapshot.Saved, "api.json"),
		"apisqs-doctor/live/":                          several,
		"apisqs-doctor/failed/":                        fail,
	} {
		if got := logOf(t, r).AutomationDetails.ID; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A place is a line of a file, or the first line of the file that stands in for
// what has none.
func TestSARIFPlaces(t *testing.T) {
	for _, tt := range []struct {
		kind, file, anchor string
		origin             Origin
		want               string
	}{
		{snapshot.Template, "t.yaml", "anchor.yaml", Origin{File: "more/../nested.yaml", Line: 7}, "nested.yaml:7"},
		{snapshot.Template, "t.yaml", "anchor.yaml", Origin{Resource: "Post"}, "t.yaml:1"},
		{snapshot.Template, snapshot.StandardInput, "", Origin{File: snapshot.StandardInput, Line: 7}, ""},
		{snapshot.Template, snapshot.StandardInput, "anchor.yaml", Origin{File: snapshot.StandardInput, Line: 7}, "anchor.yaml:1"},
		{snapshot.Live, "", "", Origin{Resource: "x"}, ""},
		{snapshot.Live, "", "anchor.yaml", Origin{Resource: "x"}, "anchor.yaml:1"},
		{snapshot.Saved, "api.json", "", Origin{Resource: "x"}, ""},
		{snapshot.Saved, "api.json", "anchor.yaml", Origin{Resource: "x"}, "anchor.yaml:1"},
		{snapshot.Saved, "api.json", "", Origin{File: "t.yaml", Line: 7}, "t.yaml:7"},
	} {
		r := Run{Anchor: tt.anchor}
		r.Examination.Target.Kind, r.Examination.Target.File = tt.kind, tt.file
		l := (&sarifWriter{standIn: standIn(r)}).location(tt.origin)
		got := ""
		if l.Physical != nil {
			got = fmt.Sprintf("%s:%d", l.Physical.Artifact.URI, l.Physical.Region.StartLine)
		}
		if got != tt.want || (l.Logical != nil) != (tt.origin.Resource != "") {
			t.Errorf("%+v: got %q, want %q", tt, got, tt.want)
		}
	}
}

// Messages link to the places in files, and to nothing that the data names.
func TestSARIFLinks(t *testing.T) {
	const evil = "a [b](http://example.com) c"
	r := only(known(), 0)
	r.Notices = []string{evil}
	f := &r.Examination.Diagnoses[0].Findings[0]
	f.Message, f.Why = evil, evil
	f.Fixes[0].Title = evil
	at := f.Evidence[0].Origin
	f.Evidence = []diagnose.Evidence{{Label: "first", Origin: at}, {Label: `list\[0](1)`, Origin: at}, {Label: "elsewhere"}, {Label: "third", Origin: at}}
	run := logOf(t, r)
	got := run.Results[0]
	if want := `See [list\\\[0\](1)](1), [third](3). More:`; !strings.Contains(got.Message.Text, want) {
		t.Errorf("message %q, want %q", got.Message.Text, want)
	}
	texts := []string{strings.Replace(got.Message.Text, `[list\\\[0\](1)](1), [third](3)`, "", 1), got.Fixes[0].Description.Text, got.Fixes[0].Description.Markdown}
	for _, l := range got.Related {
		texts = append(texts, l.Message.Text)
	}
	for _, n := range run.Invocations[0].Notifications {
		texts = append(texts, n.Message.Text)
	}
	for _, text := range texts {
		if regexp.MustCompile(`\]\(`).MatchString(text) {
			t.Errorf("%q has a link", text)
		}
	}
}
