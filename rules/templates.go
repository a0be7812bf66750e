package rules

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"apisqs-doctor/diagnose"
	"apisqs-doctor/diagnose/snapshot"
	"apisqs-doctor/diagnose/walk"
)

// quoteAll joins names for a message.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return strings.Join(quoted, ", ")
}

// inTemplate is evidence that points at a reference of the mapping template.
func inTemplate(p *diagnose.Pass, reference string, line, column int) diagnose.Evidence {
	return diagnose.Evidence{
		Label:  fmt.Sprintf("mapping template %s, line %d, column %d", p.Trace.Mapping.Choice.Key, line, column),
		Value:  reference,
		Origin: p.Trace.Mapping.TemplateAt,
	}
}

// setTemplate is the change of the template that ran.
func setTemplate(p *diagnose.Pass, text string) snapshot.Change {
	m := &p.Trace.Mapping
	return snapshot.SetTemplate{On: p.Method(), ContentType: m.Choice.Key, Before: m.Template, After: text}
}

// edit replaces one reference of a template by another text.
type edit struct {
	reference    string
	line, column int
	by           string
}

// edited makes all the replacements that can be made, from the end backwards so
// that the places stay right; false when none could.
func edited(template string, edits []edit) (string, bool) {
	sort.SliceStable(edits, func(i, j int) bool {
		if edits[i].line != edits[j].line {
			return edits[i].line > edits[j].line
		}
		return edits[i].column > edits[j].column
	})
	done := false
	for i, e := range edits {
		if i > 0 && edits[i-1] == e {
			continue
		}
		next, ok := walk.Replaced(template, e.reference, e.line, e.column, e.by)
		if ok {
			template, done = next, true
		}
	}
	return template, done
}

var formalRE = regexp.MustCompile(`^\$!?\{([^}]*)\}$`)

// plainReference writes ${x} and $!{x} as $x, the form for an argument.
func plainReference(reference string) string {
	if m := formalRE.FindStringSubmatch(reference); m != nil {
		return "$" + m[1]
	}
	return strings.Replace(reference, "$!", "$", 1)
}

func encoded(reference string) string { return "$util.urlEncode(" + plainReference(reference) + ")" }

// sendTemplate is the template that makes the client's body the message, for the
// protocol that the integration's headers ask for.
func sendTemplate(p *diagnose.Pass) string {
	header, _ := p.Trace.Mapping.Header("Content-Type")
	if media, _, _ := strings.Cut(header.Value, ";"); header.Expression != "" && strings.EqualFold(strings.TrimSpace(media), jsonType) {
		url := diagnose.QueueURL(p.Trace.Queue.ARN)
		return `{"QueueUrl":"` + url + `","MessageBody":"$util.escapeJavaScript($input.body).replaceAll("\\'","'")"}`
	}
	return "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"
}

const jsonType = "application/x-amz-json-1.0"

// announceForm lists the change that announces a form, where the integration
// does not do so already or speaks the JSON protocol.
func announceForm(p *diagnose.Pass) []snapshot.Change {
	header, _ := p.Trace.Mapping.Header("Content-Type")
	media, _, _ := strings.Cut(header.Value, ";")
	if header.Expression != "" && (isForm(header.Value) || strings.EqualFold(strings.TrimSpace(media), jsonType)) {
		return nil
	}
	return []snapshot.Change{snapshot.SetRequestParameter{On: p.Method(), Name: "integration.request.header.Content-Type",
		Before: header.Expression, After: "'" + formType + "'"}}
}

// templateFixes are the ways to give a content type a template: that of another
// content type, and the plain one that sends the client's body.
func templateFixes(p *diagnose.Pass, contentType string) []diagnose.Fix {
	m := &p.Trace.Mapping
	var fixes []diagnose.Fix
	templates, _ := m.Integration.Templates.Peek()
	for _, key := range m.Keys {
		if text, ok := templates[key].Peek(); ok && strings.TrimSpace(text) != "" {
			fixes = append(fixes, p.Fix(fmt.Sprintf("use the template of %s for %s too", key, contentType),
				snapshot.SetTemplate{On: p.Method(), ContentType: contentType, After: text}))
			break
		}
	}
	changes := append([]snapshot.Change{snapshot.SetTemplate{On: p.Method(), ContentType: contentType, After: sendTemplate(p)}}, announceForm(p)...)
	return append(fixes, p.Fix("add a template for "+contentType+" that sends the body as the message", changes...))
}

// mediaType is the media type of the client's call, as templates are keyed.
func mediaType(contentType string) string {
	if contentType == "" {
		return "application/json" // T70
	}
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// reportMangled reports client data that arrives as another text than was sent:
// an error when the walk saw the message altered, else a warning.
func reportMangled(p *diagnose.Pass, f diagnose.Finding) {
	f.Severity = diagnose.Warning
	if p.Trace.Queue.Altered != "" {
		f.Severity = diagnose.Error
	}
	f.Evidence = append(f.Evidence, diagnose.Evidence{Label: "body that SQS receives", Value: excerpt(p.Trace.Mapping.Body)})
	f.Check = p.Curl(p.Trace.Request)
	p.Report(f)
}
