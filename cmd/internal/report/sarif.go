package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
)

// What code scanning takes; it refuses a file with more:
// https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
const (
	mostResults   = 25_000 // of a run
	mostLocations = 1_000  // of a result
)

// SARIF writes the run as a SARIF 2.1.0 log, as GitHub code scanning reads it:
// a result for each finding, a notification for each thing that could not be
// read. A finding on deployed resources has logical locations only, unless the
// run names a file that it is shown at. What a fix changes in a template is told
// character by character.
func SARIF(w io.Writer, r Run) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{sarifRunOf(r)}}); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	writeEscaped(out, b.Bytes())
	return out.Flush()
}

// sarifRunOf is the log of a run before it is written.
func sarifRunOf(r Run) sarifRun {
	doc := NewDocument(r.posix().showing(Remedy{Commands: r.Remedy.Commands}))
	s := &sarifWriter{run: r, doc: doc, say: newWords(r), standIn: standIn(r), index: map[string]int{}, seen: map[string]int{}, valid: map[*byte]bool{}}
	return s.log()
}

// sarifWriter makes the log of a run.
type sarifWriter struct {
	run     Run
	doc     Document
	say     Words
	standIn string         // file for what has no place in one; empty for none
	index   map[string]int // of the rules, by id
	seen    map[string]int // how many results have a fingerprint so far
	valid   map[*byte]bool // whether a file is text, by its first byte
}

func (s *sarifWriter) log() sarifRun {
	out := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{}, AutomationDetails: sarifAutomation{ID: s.category()}}
	out.Tool.Driver = sarifDriver{Name: s.run.Tool.Name, Version: s.run.Tool.Version, SemanticVersion: s.run.Tool.Version}
	for _, rule := range rulesOf(s.run) {
		s.index[rule.ID] = len(out.Tool.Driver.Rules)
		out.Tool.Driver.Rules = append(out.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	list, cut := s.subjects()
	for _, x := range list {
		out.Results = append(out.Results, s.result(x))
	}
	notes := s.notifications(cut)
	out.Invocations = []sarifInvocation{{ExecutionSuccessful: s.doc.Error == nil, Notifications: notes}}
	for _, kind := range sarifKinds {
		if slices.ContainsFunc(notes, func(n sarifNotification) bool { return n.Descriptor.ID == kind.ID }) {
			out.Tool.Driver.Notifications = append(out.Tool.Driver.Notifications, kind)
		}
	}
	return out
}

// category keeps what is found in one target apart from what is found in
// another, so that an upload closes its own alerts only. A run that failed has
// nothing to say about any alert.
func (s *sarifWriter) category() string {
	t := s.doc.Target
	parts := []string{"apisqs-doctor", t.Kind}
	switch {
	case s.doc.Error != nil:
		parts[1] = "failed"
	case t.Kind != snapshot.Live && t.Kind != snapshot.Saved && t.File != "" && t.File != snapshot.StandardInput:
		var files []string
		for _, file := range t.all() {
			files = append(files, strings.Trim(sarifArtifact(file).URI, "/"))
		}
		parts = append(parts, strings.Join(files, "+"))
	case t.API != nil:
		parts = append(parts, t.API.ID)
	}
	return strings.Join(parts, "/") + "/"
}

// subject is a finding of a method, by their places in the document.
type subject struct{ method, finding int }

// subjects lists what results are made of, in the order of the document, and how
// many had to be left out: the lightest ones.
func (s *sarifWriter) subjects() (list []subject, cut int) {
	for i, m := range s.doc.Methods {
		for j := range m.Findings {
			list = append(list, subject{i, j})
		}
	}
	if len(list) <= mostResults {
		return list, 0
	}
	rank := func(x subject) int {
		f := s.doc.Methods[x.method].Findings[x.finding]
		if f.Suppressed != nil {
			return 3
		}
		return slices.Index([]string{"error", "warning", "note"}, sarifLevel(f.Severity))
	}
	slices.SortStableFunc(list, func(a, b subject) int { return cmp.Compare(rank(a), rank(b)) })
	cut, list = len(list)-mostResults, list[:mostResults]
	slices.SortFunc(list, func(a, b subject) int {
		return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.finding, b.finding))
	})
	return list, cut
}

func sarifLevel(severity string) string {
	switch severity {
	case "error", "warning":
		return severity
	}
	return "note"
}

func (s *sarifWriter) result(x subject) sarifResult {
	m := s.doc.Methods[x.method]
	f := m.Findings[x.finding]
	s.seen[f.Fingerprint]++
	out := sarifResult{RuleID: f.Rule, RuleIndex: s.index[f.Rule], Level: sarifLevel(f.Severity),
		Fingerprints: map[string]string{"apisqsDoctor/v1": f.Fingerprint, "primaryLocationLineHash": fmt.Sprintf("%s:%d", f.Fingerprint, s.seen[f.Fingerprint])},
		Properties:   sarifResultProperties{Method: m.Method + " " + m.Path, Stage: m.Stage, Verdict: string(m.Verdict), Codes: f.Codes}}
	var links []string
	for i, e := range f.Evidence[:min(len(f.Evidence), mostLocations)] {
		l := s.location(e.Origin)
		if i == 0 {
			out.Locations = []sarifLocation{l}
			continue
		}
		label := unlinked(e.Label)
		l.ID, l.Message = i, &label
		out.Related = append(out.Related, l)
		if e.Label != "" && inFile(e.Origin) && len(links) < mostLinks {
			links = append(links, fmt.Sprintf("[%s](%d)", linkText.Replace(e.Label), i))
		}
	}
	if len(out.Locations) == 0 {
		out.Locations = []sarifLocation{s.location(Origin{Resource: m.API, Path: m.Method + " " + m.Path})}
	}
	out.Message.Text = linked(m, f, links)
	fixes := s.run.Examination.Diagnoses[x.method].Findings[x.finding].Fixes
	for i, shown := range f.Fixes {
		fix, why := s.fix(fixes[i], shown)
		if fix == nil {
			out.Properties.Fixes = append(out.Properties.Fixes, sarifProposal{shown.Title, shown.Changes, shown.Commands, why})
			continue
		}
		out.Fixes = append(out.Fixes, *fix)
	}
	out.suppress(f.Suppressed)
	return out
}

// suppress says that a result does not count, and whether the code itself says so.
func (r *sarifResult) suppress(s *Suppression) {
	if s == nil {
		return
	}
	kind := "external"
	switch s.By {
	case ByTemplate:
		kind = "inSource"
	case ByBaseline:
		r.BaselineState = "unchanged"
	}
	r.Suppressions = []sarifSuppression{{Kind: kind, Justification: s.Reason}}
}

// mostLinks is how many places a message links to; the result has all of them.
const mostLinks = 5

// linkText escapes what would end a link's text (SARIF 2.1.0, 3.11.6).
var linkText = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// unlinked is a text in which nothing is a link, whatever the data has in it
// (SARIF 2.1.0, 3.11.6).
func unlinked(s string) sarifText { return sarifText{Text: strings.ReplaceAll(s, "](", "] (")} }

// linked is the message with links to places of the result.
func linked(m Method, f Finding, links []string) string {
	text := unlinked(gist(m, f)).Text
	if len(links) > 0 {
		text = joinSentences(text, "See "+strings.Join(links, ", "))
	}
	return joinSentences(text, "More: "+f.Help)
}

// message is the finding in a few sentences, and where there are more of them.
func message(m Method, f Finding) string { return joinSentences(gist(m, f), "More: "+f.Help) }

// gist is the finding in a few sentences: what, where, why and the first fix.
func gist(m Method, f Finding) string {
	list := []string{m.Method + " " + m.Path + ": " + f.Message, f.Why}
	if len(f.Fixes) > 0 {
		list = append(list, "Fix: "+f.Fixes[0].Title)
	}
	return joinSentences(list...)
}

func joinSentences(list ...string) string {
	var b strings.Builder
	for _, s := range list {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
		if !strings.ContainsAny(s[len(s)-1:], ".!?") {
			b.WriteByte('.')
		}
	}
	return b.String()
}

// rulesOf are the rules that were applied or, where the run does not say, those
// that found something.
func rulesOf(r Run) []diagnose.Rule {
	if r.Rules != nil {
		return r.Rules
	}
	var list []diagnose.Rule
	seen := map[string]bool{}
	for i := range r.Examination.Diagnoses {
		for _, f := range r.Examination.Diagnoses[i].Findings {
			if !seen[f.Rule] {
				seen[f.Rule] = true
				list = append(list, diagnose.Rule{ID: f.Rule, Stage: f.Stage, Severity: f.Severity, Title: f.Rule, Doc: f.Rule})
			}
		}
	}
	return list
}
