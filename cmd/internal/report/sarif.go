package report

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"apisqs-doctor/diagnose"
)

// SARIF writes the run as a SARIF 2.1.0 log, as GitHub code scanning reads it:
// a result for each finding, a notification for each thing that could not be
// read. A finding on live resources has logical locations only.
func SARIF(w io.Writer, r Run) error {
	doc := NewDocument(r)
	s := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{},
		AutomationDetails: sarifAutomation{ID: "apisqs-doctor/" + doc.Target.Kind + "/"}}
	s.Tool.Driver = sarifDriver{Name: r.Tool.Name, Version: r.Tool.Version, SemanticVersion: r.Tool.Version}
	index := map[string]int{}
	for _, rule := range rulesOf(r) {
		index[rule.ID] = len(s.Tool.Driver.Rules)
		s.Tool.Driver.Rules = append(s.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	call := sarifInvocation{ExecutionSuccessful: doc.Error == nil, Notifications: []sarifNotification{}}
	for _, m := range doc.Methods {
		for _, f := range m.Findings {
			s.Results = append(s.Results, sarifResultOf(doc.Target.File, m, f, index[f.Rule]))
		}
	}
	for _, g := range gaps(unread(&r.Examination), newWords(r)) {
		call.Notifications = append(call.Notifications, sarifGap(doc.Target.File, g))
	}
	for _, n := range doc.Notices {
		call.Notifications = append(call.Notifications, sarifNotification{Level: "warning", Message: sarifText{Text: n}})
	}
	if doc.Error != nil {
		call.Notifications = append(call.Notifications, sarifNotification{Level: "error", Message: sarifText{Text: joinSentences(doc.Error.Message, doc.Error.Hint)}})
	}
	s.Invocations = []sarifInvocation{call}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{s}}); err != nil {
		return err
	}
	_, err := w.Write(escapeUnseen(b.Bytes()))
	return err
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

// securitySeverity is the CVSS-like score that code scanning shows for rules
// about what an attacker could do; other rules have none.
var securitySeverity = map[string]string{
	"mapping-body-not-encoded":    "7.5", // a client can set parameters of the SQS call
	"protocol-target-from-client": "8.1", // a client chooses the operation
	"authorization-broad":         "4.0",
}

func sarifRuleOf(r diagnose.Rule) sarifRule {
	doc := strings.TrimSpace(r.Doc)
	if doc == "" {
		doc = r.Title
	}
	full, _, _ := strings.Cut(doc, "\n\n")
	out := sarifRule{ID: r.ID, Name: pascal(r.ID), Short: sarifText{Text: r.Title}, Full: sarifText{Text: strings.Join(strings.Fields(full), " ")},
		Help: sarifText{Text: doc, Markdown: doc}, Default: sarifDefault{Level: sarifLevel(string(r.Severity))},
		Properties: sarifRuleProperties{Tags: []string{"aws", "api-gateway", "sqs", string(r.Stage)}, Precision: "high",
			Problem: map[string]string{"error": "error", "warning": "warning", "note": "recommendation"}[sarifLevel(string(r.Severity))]}}
	if len(r.Refs) > 0 {
		out.HelpURI = r.Refs[0]
	}
	if score := securitySeverity[r.ID]; score != "" {
		out.Properties.Security = score
		out.Properties.Tags = append(out.Properties.Tags, "security")
	}
	return out
}

func sarifLevel(severity string) string {
	switch severity {
	case "error", "warning":
		return severity
	}
	return "note"
}

// pascal makes ProtocolContentType of protocol-content-type.
func pascal(id string) string {
	var b strings.Builder
	for _, word := range strings.Split(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

func sarifResultOf(file string, m Method, f Finding, index int) sarifResult {
	out := sarifResult{RuleID: f.Rule, RuleIndex: index, Level: sarifLevel(f.Severity), Message: sarifText{Text: message(m, f)},
		Fingerprints: map[string]string{"apisqsDoctor/v1": f.Fingerprint, "primaryLocationLineHash": f.Fingerprint + ":1"},
		Properties:   sarifResultProperties{Method: m.Method + " " + m.Path, Stage: m.Stage, Verdict: string(m.Verdict), Codes: f.Codes}}
	for i, e := range f.Evidence {
		l := sarifLocationOf(file, e.Origin)
		if i == 0 {
			out.Locations = []sarifLocation{l}
			continue
		}
		l.ID, l.Message = i, &sarifText{Text: e.Label}
		out.Related = append(out.Related, l)
	}
	if len(out.Locations) == 0 {
		out.Locations = []sarifLocation{sarifLocationOf(file, Origin{Resource: m.API, Path: m.Method + " " + m.Path})}
	}
	for _, x := range f.Fixes {
		out.Properties.Fixes = append(out.Properties.Fixes, sarifProposal{x.Title, x.Changes, x.Commands})
	}
	if s := f.Suppressed; s != nil {
		kind := "external"
		switch s.By {
		case ByTemplate:
			kind = "inSource"
		case ByBaseline:
			out.BaselineState = "unchanged"
		}
		out.Suppressions = []sarifSuppression{{Kind: kind, Justification: s.Reason}}
	}
	return out
}

// message is the finding in a few sentences: what, where, why and the first fix.
func message(m Method, f Finding) string {
	list := []string{m.Method + " " + m.Path + ": " + f.Message, f.Why}
	if len(f.Fixes) > 0 {
		list = append(list, "Fix: "+f.Fixes[0].Title)
	}
	return joinSentences(append(list, "More: "+f.Help)...)
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

func sarifGap(file string, g Gap) sarifNotification {
	text := g.Detail
	if g.Needs != "" {
		text += " (needs " + g.Needs + ")"
	}
	if text == "" {
		text = g.Reason
	}
	n := sarifNotification{Level: "warning", Message: sarifText{Text: text}, Properties: map[string]string{"reason": g.Reason}}
	if g.Origin != (Origin{}) {
		n.Locations = []sarifLocation{sarifLocationOf(file, g.Origin)}
	}
	return n
}

// sarifLocationOf is a line of a file where there is one, and the resource. The
// target's own file stands in for a place that has none.
func sarifLocationOf(file string, o Origin) sarifLocation {
	var l sarifLocation
	if o.File != "" {
		file = o.File
	}
	if file != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact(file), Region: sarifRegion{StartLine: max(1, o.Line)}}
	}
	if name := strings.TrimSpace(o.Resource + " " + o.Path); name != "" {
		l.Logical = []sarifLogical{{FullyQualifiedName: name, Kind: "resource"}}
	}
	return l
}

// sarifArtifact is the file's address: relative to the repository unless its
// name is absolute.
func sarifArtifact(file string) sarifArtifactLocation {
	u := url.URL{Path: filepath.ToSlash(file)}
	if strings.HasPrefix(u.Path, "/") {
		u.Scheme = "file"
		return sarifArtifactLocation{URI: u.String()}
	}
	return sarifArtifactLocation{URI: strings.TrimPrefix(u.String(), "./"), Base: "%SRCROOT%"}
}
