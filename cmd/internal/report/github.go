package report

import (
	"fmt"
	"io"
	"strings"

	"apisqs-doctor/diagnose"
)

// GitHub writes the run as workflow commands, which GitHub Actions shows beside
// the lines of a pull request.
func GitHub(w io.Writer, r Run) error {
	doc := NewDocument(r.showing(Remedy{}))
	say := newWords(r)
	var b strings.Builder
	if doc.Error != nil {
		annotation(&b, "error", Origin{}, "apisqs-doctor could not run", joinSentences(doc.Error.Message, doc.Error.Hint))
	}
	for i, m := range doc.Methods {
		for _, f := range m.Findings {
			var o Origin
			if len(f.Evidence) > 0 {
				o = f.Evidence[0].Origin
			}
			level, text := annotationLevel(f.Severity), message(m, f)
			if f.Suppressed != nil {
				level, text = "notice", text+" Does not fail the run: "+f.Suppressed.Reason+"."
			}
			annotation(&b, level, o, f.Rule, text)
		}
		d := &r.Examination.Diagnoses[i]
		switch {
		case m.Verdict == diagnose.Inconclusive:
			annotation(&b, "warning", Origin{}, "inconclusive: "+title(m), say.Show(Outcome(d)))
		case m.Verdict == diagnose.Broken && d.Count(diagnose.Error) == 0:
			annotation(&b, "error", Origin{}, "broken: "+title(m), say.Show(Outcome(d)))
		}
	}
	for _, g := range doc.Gaps {
		annotation(&b, "warning", g.Origin, "inconclusive", g.Detail)
	}
	for _, n := range doc.Notices {
		annotation(&b, "warning", Origin{}, "apisqs-doctor", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotationLevel(severity string) string {
	switch severity {
	case "error", "warning":
		return severity
	}
	return "notice"
}

// annotation writes a workflow command. Its text and its properties have
// escapes of their own (actions/toolkit, packages/core/src/command.ts).
func annotation(b *strings.Builder, level string, o Origin, title, text string) {
	properties := ""
	if o.File != "" {
		properties = "file=" + annotationProperty.Replace(Visible(o.File)) + ","
		if o.Line > 0 {
			properties += fmt.Sprintf("line=%d,", o.Line)
		}
	}
	fmt.Fprintf(b, "::%s %stitle=%s::%s\n", level, properties, annotationProperty.Replace(Visible(title)), annotationText.Replace(visible(text, true)))
}

var (
	annotationText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	annotationProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
