package report

import (
	"fmt"
	"io"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/text/lazy"
	"apisqs-doctor/diagnose/text/shell"
	"apisqs-doctor/diagnose/walk"
)

// mostMarkdown is the size, in bytes, that keeps a report within a comment on
// GitHub, which takes 65,536 characters.
const mostMarkdown = 60_000

// Markdown writes the run for a comment on a pull request or the summary of a
// pipeline: a table of verdicts, then the findings, folded.
func Markdown(w io.Writer, r Run) error {
	doc := NewDocument(r.showing(Remedy{}))
	var b strings.Builder
	fmt.Fprintf(&b, "### apisqs-doctor: %s\n\n", doc.Summary.Verdict)
	if doc.Error != nil {
		fmt.Fprintf(&b, "**The doctor could not run:** %s\n", prose(joinSentences(doc.Error.Message, doc.Error.Hint)))
		_, err := io.WriteString(w, b.String())
		return err
	}
	say := newWords(r)
	if len(doc.Methods) > 0 {
		b.WriteString("| verdict | method | stage | queue | what happens |\n| --- | --- | --- | --- | --- |\n")
	}
	for i, m := range doc.Methods {
		row := []string{"**" + verdictWord(m.Verdict) + "**", code(strings.TrimSpace(m.Method + " " + m.Path)), prose(m.Stage), prose(queueName(m)),
			prose(say.Show(Headline(&r.Examination.Diagnoses[i])))}
		line := "| " + strings.Join(row, " | ") + " |\n"
		if b.Len()+len(line) > mostMarkdown {
			fmt.Fprintf(&b, "\n%s more.\n", plural(len(doc.Methods)-i, "method"))
			break
		}
		b.WriteString(line)
	}
	fmt.Fprintf(&b, "\n%s\n", summaryLine(doc.Summary))
	for i, m := range doc.Methods {
		markdownObserved(&b, strings.TrimSpace(m.Method+" "+m.Path), r.observedOf(&r.Examination.Diagnoses[i]), say)
	}
	for _, m := range doc.Methods {
		markdownPlan(&b, m)
	}
	left := 0
	shown := r.showing(markdownNotations(r.Remedy, doc.Target.Kind))
	for i, m := range doc.Methods {
		d := &r.Examination.Diagnoses[i]
		for j := range m.Findings {
			text := ""
			if left == 0 {
				text = markdownFinding(m, finding(shown, d, d.Findings[j], say), doc.Target.Kind, language(r.Remedy.Shell))
			}
			if left > 0 || b.Len()+len(text) > mostMarkdown {
				left++
				continue
			}
			b.WriteString("\n" + text)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s more, see the JSON report.\n", plural(left, "finding"))
	}
	markdownUnread(&b, gaps(unread(&r.Examination), say))
	for _, n := range doc.Notices {
		fmt.Fprintf(&b, "\n> %s\n", prose(n))
	}
	for _, n := range r.Sights {
		fmt.Fprintf(&b, "\nLogs: %s.\n", prose(say.Show(n)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownPlan lists the steps of a plan, and what none of them resolves.
func markdownPlan(b *strings.Builder, m Method) {
	if m.Plan == nil || b.Len() > mostMarkdown {
		return
	}
	lead := "Do this"
	if !m.Plan.Complete {
		lead = "A part of what is to do"
	}
	fmt.Fprintf(b, "\n**%s** for %s, then %s:\n\n", lead, code(strings.TrimSpace(m.Method+" "+m.Path)), prose(strings.ReplaceAll(string(m.Plan.After.Verdict), "-", " ")))
	for i, s := range m.Plan.Steps {
		why := map[string]string{"choice": ". Your choice: ", "blank": ". To be filled in: "}[s.Sure]
		if why != "" {
			why += s.Why
		}
		fmt.Fprintf(b, "%d. %s%s\n", i+1, prose(s.Title), prose(why))
	}
	for _, x := range m.Plan.Remains {
		fmt.Fprintf(b, "\nRemains: %s, %s\n", code(x.Rule), prose(x.Why))
	}
}

func queueName(m Method) string {
	if m.Queue == nil {
		return ""
	}
	return (place{queueARN: *m.Queue}).queueName()
}

// markdownNotations are those that a finding is told in.
func markdownNotations(r Remedy, kind string) Remedy {
	out := Remedy{Check: r.Check, Commands: r.Commands}
	switch kind {
	case snapshot.Template, snapshot.OpenAPI:
		out.CloudFormation = r.CloudFormation
	case snapshot.Terraform:
		out.Terraform = r.Terraform
	}
	return out
}

// markdownFinding tells a finding, folded. What stands in a template is mended
// there, what is deployed by commands.
func markdownFinding(m Method, f Finding, kind, language string) string {
	var b strings.Builder
	word := f.Severity
	if f.Suppressed != nil {
		word = "known " + word
	}
	fmt.Fprintf(&b, "<details><summary><b>%s</b> %s %s: %s</summary>\n\n", word, code(f.Rule), code(strings.TrimSpace(m.Method+" "+m.Path)), prose(f.Message))
	if f.Suppressed != nil {
		fmt.Fprintf(&b, "Does not fail the run: %s\n\n", prose(f.Suppressed.Reason))
	}
	for _, e := range f.Evidence {
		line := "- " + prose(e.Label)
		if e.Value != "" {
			line += ": " + code(e.Value)
		}
		if p := e.place(); p != "" {
			line += " at " + code(p)
		}
		b.WriteString(line + "\n")
	}
	if f.Why != "" {
		fmt.Fprintf(&b, "\n%s\n", prose(f.Why))
	}
	for _, x := range f.Fixes {
		fmt.Fprintf(&b, "\n**Fix:** %s%s\n", prose(x.Title), prose(orNothing(" (%s)", afterWords(x))))
		if s := doubt(x); s != "" {
			fmt.Fprintf(&b, "\n%s\n", prose(s))
		}
		if x.Risk != "" {
			fmt.Fprintf(&b, "\nRisk: %s\n", prose(x.Risk))
		}
		switch {
		case (kind == snapshot.Template || kind == snapshot.OpenAPI) && x.CloudFormation != "":
			b.WriteString(fence("yaml", x.CloudFormation))
		case kind == snapshot.Terraform && x.Terraform != "":
			b.WriteString(fence("hcl", x.Terraform))
		default:
			b.WriteString(fence(language, strings.Join(x.Commands, "\n")))
		}
	}
	if f.Say != "" {
		fmt.Fprintf(&b, "\nCheck: %s\n", prose(f.Say))
	}
	b.WriteString(fence(language, f.Run))
	fmt.Fprintf(&b, "\nMore: %s\n\n</details>\n", code(f.Help))
	return b.String()
}

// afterWords says what is predicted once a fix is made.
// doubt says why a fix is not sure, as a sentence; empty for a sure one.
func doubt(x Fix) string {
	switch {
	case x.Reason == "":
		return ""
	case x.Sure == string(diagnose.Choice):
		return "Your choice: " + x.Reason
	}
	return "To be filled in: " + x.Reason
}

func afterWords(x Fix) string {
	if x.After == nil {
		return ""
	}
	p := x.After.Predicted
	switch {
	case x.refuses && p.Code != nil && *p.Code == string(walk.UnsupportedMediaType):
		return "then such a call is refused"
	case p.Code != nil && p.Status != nil:
		return fmt.Sprintf("alone not enough: then %d %s", *p.Status, *p.Code)
	case p.Code != nil:
		return "alone not enough: then " + *p.Code
	case p.Status != nil:
		return fmt.Sprintf("then %d", *p.Status)
	}
	return "then " + string(x.After.Verdict)
}

func markdownUnread(b *strings.Builder, list []Gap) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>not read: %s</summary>\n\n", plural(len(list), "fact"))
	for _, g := range list {
		line := "- " + prose(g.Reason+": "+g.Detail)
		if g.Needs != "" {
			line += ", needs " + code(g.Needs)
		}
		if b.Len()+len(line) > mostMarkdown+4000 {
			b.WriteString("- and more\n")
			break
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("\n</details>\n")
}

// verdictWord is a verdict as headings write it.
func verdictWord(v diagnose.Verdict) string {
	return strings.ToUpper(strings.ReplaceAll(string(v), "-", " "))
}

// summaryLine counts verdicts and findings.
func summaryLine(s Summary) string {
	return plural(s.Methods, "method") + " to SQS" + orNothing(": %s", s.verdicts()) + "." + orNothing(" %s.", s.findings())
}

// verdicts counts the methods by verdict, worst first.
func (s Summary) verdicts() string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{s.Broken, "broken"}, {s.Inconclusive, "inconclusive"}, {s.AtRisk, "at risk"}, {s.Healthy, "healthy"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}

// findings counts the findings by severity, worst first.
func (s Summary) findings() string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{s.Errors, "error"}, {s.Warnings, "warning"}, {s.Notes, "note"}} {
		if c.n > 0 {
			parts = append(parts, plural(c.n, c.word))
		}
	}
	return strings.Join(parts, ", ")
}

// html makes a text safe inside an element.
func html(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(Visible(s))
}

// markdownMarks are the characters that Markdown would obey in prose.
const markdownMarks = "\\`*_{}[]|~#@!$"

// prose makes a text one that Markdown shows as it is: no markup, no link, no
// mention of a user, no new cell of a table. Forges look for mentions, numbers of
// issues and addresses in what is shown, so that an escape alone does not keep them
// from being found: a space of no width does.
func prose(s string) string {
	return marks(reference.ReplaceAllString(Visible(s), "$1$3$5\u200b$2$4$6"))
}

// reference is a sign with what it refers to: @user, #1 and GH-1, and those of
// GitLab (!1, ~label, $1, %1, &1), and an address with its scheme or without.
var reference = lazy.Regexp(`(?i)([@#~]|GH-)(\w)|([!$%&])(\d)|((?:https?|ftp|ssh|git|mailto):|www)([/.\w])`)

// marks escapes what Markdown and HTML would obey.
func marks(s string) string {
	var b strings.Builder
	for _, r := range html(s) {
		if strings.ContainsRune(markdownMarks, r) {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code shows a text as code on one line; a table takes it too.
func code(s string) string { return "<code>" + marks(s) + "</code>" }

// language is what Markdown calls the commands of a shell.
func language(kind shell.Kind) string {
	switch kind {
	case shell.PowerShell:
		return "powershell"
	case shell.Cmd:
		return "bat"
	}
	return "sh"
}

// fence shows lines to be copied, between marks longer than any in them.
func fence(language, s string) string {
	s = strings.TrimRight(visible(s, true), "\n")
	if s == "" {
		return ""
	}
	marks := "```"
	for strings.Contains(s, marks) {
		marks += "`"
	}
	return "\n" + marks + language + "\n" + s + "\n" + marks + "\n"
}

// Short writes the run for a chat message: a line for each method that is not
// healthy and for what kept methods out of the list, and the sum.
func Short(w io.Writer, r Run) error {
	doc := NewDocument(r.showing(Remedy{}))
	say := newWords(r)
	var b strings.Builder
	if doc.Error != nil {
		fmt.Fprintf(&b, "INCONCLUSIVE apisqs-doctor: %s\n", Visible(doc.Error.Message))
	}
	for i, m := range doc.Methods {
		d := &r.Examination.Diagnoses[i]
		if m.Verdict == diagnose.Healthy && len(m.Findings) == 0 && len(doc.Methods) > 1 {
			continue
		}
		line := verdictWord(m.Verdict) + " " + title(m) + ": " + say.Show(Headline(d))
		for _, f := range m.Findings {
			line += "; " + f.Rule
			if f.Suppressed != nil {
				line += " (known)"
			}
		}
		b.WriteString(Visible(line) + "\n")
	}
	for _, g := range doc.Gaps {
		b.WriteString(Visible("INCONCLUSIVE "+g.Detail) + "\n")
	}
	for _, n := range doc.Notices {
		b.WriteString(Visible("note: "+n) + "\n")
	}
	if doc.Error == nil {
		b.WriteString(summaryLine(doc.Summary) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
