package report

import (
	"fmt"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/text/lazy"
)

// securitySeverity is the CVSS-like score that code scanning shows for rules
// about what an attacker could do; other rules have none.
var securitySeverity = map[string]string{
	"mapping-body-not-encoded":    "7.5", // a client can set parameters of the SQS call
	"protocol-target-from-client": "8.1", // a client chooses the operation
	"authorization-broad":         "4.0",
}

// longestDescription is how many bytes code scanning shows of a description.
const longestDescription = 1024

func sarifRuleOf(r diagnose.Rule) sarifRule {
	full, _, _ := strings.Cut(strings.TrimSpace(r.Doc), "\n\n")
	full = strings.Join(strings.Fields(full), " ")
	if full == "" || len(full) > longestDescription {
		full = r.Title
	}
	out := sarifRule{ID: r.ID, Name: pascal(r.ID), Short: sarifText{Text: r.Title}, Full: sarifText{Text: full},
		Help: sarifHelp(r), Default: sarifDefault{Level: sarifLevel(string(r.Severity))},
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

// sarifHelp is a rule's documentation, as text and as Markdown.
func sarifHelp(r diagnose.Rule) sarifText {
	text, markdown := []string{r.Title}, []string{"# " + r.Title}
	add := func(t, m string) { text, markdown = append(text, t), append(markdown, m) }
	if doc := strings.TrimSpace(r.Doc); doc != "" {
		add(doc, markdownMark.ReplaceAllStringFunc(doc, func(m string) string {
			if m[0] == '`' {
				return m
			}
			return `\` + m
		}))
	}
	if len(r.APIs) > 0 {
		add("Judges "+r.Scope()+".", "Judges "+r.Scope()+".")
	}
	if len(r.Explains) > 0 {
		codes := make([]string, len(r.Explains))
		for i, c := range r.Explains {
			codes[i] = string(c)
		}
		add("Explains "+strings.Join(codes, ", ")+".", "Explains `"+strings.Join(codes, "`, `")+"`.")
	}
	if r.NoFix != "" {
		add("Where no fix is offered: "+r.NoFix+".", "Where no fix is offered: "+r.NoFix+".")
	}
	if len(r.Refs) > 0 {
		links := make([]string, len(r.Refs))
		for i, ref := range r.Refs {
			links[i] = fmt.Sprintf("- [%s](%s)", strings.TrimPrefix(ref, "https://"), ref)
		}
		add("See "+strings.Join(r.Refs, "\nSee "), "## References\n\n"+strings.Join(links, "\n"))
	}
	return sarifText{Text: strings.Join(text, "\n\n"), Markdown: strings.Join(markdown, "\n\n")}
}

// markdownMark is code, or a character of prose that Markdown would take for a
// tag, an emphasis or an escape.
var markdownMark = lazy.Regexp("`[^`]*`|[<*_\\\\]")

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
